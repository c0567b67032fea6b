/* Criterion: reading the list of a product file. */
#include "therapy/criterion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

const char *const criterion_kind_words[] = {"excludes_if", "needs", "not_now_if", "judgement", "excludes_if_noted", NULL};
const char *const criterion_standing_words[] = {"stated", "assumed", NULL};

typedef struct {
    criterion rule;
    const yaml_node *range, *value;
} criterion_file;

static void keep_node(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)reader, (void)field, (void)context;
    *(const yaml_node **)out = node;
}

static const yaml_field fields[] = {
    YAML_NAME(criterion, id),
    YAML_NAME(criterion, sentence),
    YAML_WORD(criterion, kind, true, criterion_kind_words),
    YAML_WORD(criterion, item, true, record_item_words),
    YAML_WORD(criterion, standing, true, criterion_standing_words),
    YAML_NAME(criterion, source),
    {.key = "range", .read = keep_node, .offset = offsetof(criterion_file, range)},
    {.key = "value", .read = keep_node, .offset = offsetof(criterion_file, value)},
};
_Static_assert(offsetof(criterion_file, rule) == 0, "the fields of a criterion are those of its file");

/* ">= 5" */
static bool read_comparison(yaml_reader *reader, const yaml_node *node, const item_info *info, requirement *out)
{
    const char *text = node->text;
    bool below = *text == '<', equal = (below || *text == '>') && text[1] == '=';
    double limit;
    size_t skip = (below || *text == '>') + (size_t)equal;
    skip += strspn(text + skip, " ");
    if ((!below && *text != '>') || !number_read(text + skip, node->length - skip, &limit) || !(limit >= info->low) ||
        !(limit <= info->high)) {
        yaml_error(
            reader, node,
            "the range of '%s' is '%.40s'; a comparison within its limits is expected, such as \">= 5\", or [5, 10]",
            info->key, text);
        return false;
    }
    *out = below ? (requirement){-INFINITY, limit, false, !equal} : (requirement){limit, INFINITY, !equal, false};
    return true;
}

bool criterion_range(yaml_reader *reader, const yaml_node *node, const item_info *info, requirement *out)
{
    double range[2];
    if (node->kind == YAML_LIST) {
        if (!yaml_range(reader, node, info->key, info->unit, info->low, info->high, range)) return false;
        *out = (requirement){.low = range[0], .high = range[1]};
        return true;
    }
    return yaml_expect(reader, node, YAML_SCALAR, info->key, "\">= 5\" or [5, 10]") && read_comparison(reader, node, info, out);
}

static void read_limits(yaml_reader *reader, const yaml_node *node, const criterion_file *file, requirement *out)
{
    const item_info *info = &record_items[file->rule.item];
    bool flag = strcmp(info->unit, RECORD_FLAG) == 0;
    if (flag != (file->value != NULL) || flag == (file->range != NULL)) {
        yaml_error(reader, node, "a criterion on '%s' is expected to have a '%s' and nothing else to compare with; correct it",
                   info->key, flag ? "value" : "range");
    } else if (flag) {
        bool yes = strcmp(file->value->text, "yes") == 0;
        if (!yes && strcmp(file->value->text, "no") != 0)
            yaml_error(reader, file->value, "the value of '%s' is '%.40s'; yes or no is expected; write one of them",
                       info->key, file->value->text);
        *out = (requirement){.low = yes, .high = yes};
    } else {
        criterion_range(reader, file->range, info, out);
    }
}

void criteria_read(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    criterion_list *target = out;
    (void)context;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, NULL)) return;
    for (const yaml_node *child = node->first; child; child = child->next) {
        criterion_file file = {.rule = {.item = -1}};
        int errors = reader->errors;
        if (target->n == PRODUCT_MAX_CRITERIA) {
            yaml_error(reader, child, "more than %d criteria; fewer are expected; leave some out", PRODUCT_MAX_CRITERIA);
            return;
        }
        yaml_read_map(reader, child, "a criterion", YAML_TABLE(fields), &file, NULL);
        if (reader->errors > errors || file.rule.item < 0) continue; /* none where the file breaks off */
        read_limits(reader, child, &file, &file.rule.range);
        for (int i = 0; i < target->n; i++)
            if (strcmp(target->list[i].id, file.rule.id) == 0)
                yaml_error(reader, child, "two criteria are called '%s'; each id once is expected; rename one", file.rule.id);
        target->list[target->n++] = file.rule;
    }
}
