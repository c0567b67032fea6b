/* A patient record as YAML: islet_patient: 1, an id, and the keys of record.c. */
#include <stdio.h>
#include <string.h>

#include "patient/record.h"

static void read_item(yaml_reader *reader, const yaml_node *node, patient_record *out)
{
    const char *words[64], *nearest = yaml_nearest(node->key, record_keys(words));
    char where[240];
    if (!record_key_known(node->key)) {
        yaml_error(reader, node, "a patient has no '%.60s'%s%s%s; leave it out or correct it", node->key,
                   nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'" : "");
        return;
    }
    if (!yaml_expect(reader, node, YAML_SCALAR, node->key, NULL)) return;
    snprintf(where, sizeof where, "%.200s:%d", reader->file, node->line);
    record_place place = {reader->file, node->line, node->column, reader->problems};
    if (!record_set_text(out, node->key, node->text, where, place)) reader->errors++;
}

islet_status record_read_yaml(const char *text, size_t length, const char *path, patient_record *out, islet_problems *problems)
{
    static const yaml_field id_field = {.key = "id", .size = sizeof out->id};
    yaml_document *document = yaml_parse(text, length, path, problems);
    if (!document) return ISLET_ERR_MEMORY;
    yaml_reader reader = yaml_reader_of(document, path, problems);
    if (document->root && yaml_check_format(&reader, document->root, "islet_patient")) {
        for (const yaml_node *node = document->root->first; node; node = node->next) {
            if (strcmp(node->key, "islet_patient") == 0) continue;
            if (strcmp(node->key, "id") == 0) yaml_read_name(&reader, node, &id_field, out->id, NULL);
            else read_item(&reader, node, out);
        }
    }
    bool fine = document->root && reader.errors == 0;
    yaml_free(document);
    return fine ? ISLET_OK : ISLET_ERR_INPUT;
}
