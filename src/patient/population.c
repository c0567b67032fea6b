/* Population: reading the data file and a protocol's requirements. */
#include "patient/population.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/standing.h"
#include "patient/record.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define VALUE_MAX 1e6 /* no trait of a person is larger in its unit */

static const char *const kind_words[] = {"normal", "lognormal", "uniform", "gamma", "beta", "bernoulli", NULL};
static const char *const band_words[] = {"adult", "adolescent", "child", "youth", NULL};
static const char *const screened_words[] = {"none", "prediabetes", NULL}; /* order of screened_for */
static const char *const diabetes_words[] = {"type1", "type2", "none", NULL}; /* order of diabetes_type */

/* ---- one value: a distribution over people ---- */

typedef struct {
    double mean, sd, low, high;
    int kind, standing;
    char source[256];
} value_file;

static const yaml_field value_fields[] = {
    YAML_NUMBER(value_file, mean, true, -VALUE_MAX, VALUE_MAX, NULL),
    YAML_NUMBER(value_file, sd, false, 0.0, VALUE_MAX, NULL),
    YAML_NUMBER(value_file, low, false, -VALUE_MAX, VALUE_MAX, NULL),
    YAML_NUMBER(value_file, high, false, -VALUE_MAX, VALUE_MAX, NULL),
    YAML_WORD(value_file, kind, false, kind_words),
    YAML_WORD(value_file, standing, true, islet_standing_words),
    YAML_NAME(value_file, source),
};

/* What the distribution needs of its mean, SD and bounds; NULL when it has it. */
static const char *distribution_fault(const value_file *v, bool fraction)
{
    if (!(v->low <= v->high)) return "its low is above its high";
    if (!(v->mean >= v->low && v->mean <= v->high)) return "its mean is outside low to high";
    if (fraction && !(v->mean >= 0.0 && v->mean <= 1.0)) return "its mean is no fraction from 0 to 1";
    switch ((spread_kind)v->kind) {
    case SPREAD_NORMAL: return NULL;
    case SPREAD_LOGNORMAL:
    case SPREAD_GAMMA: return v->mean > 0.0 ? NULL : "its mean is not above 0, as a lognormal or gamma needs";
    case SPREAD_UNIFORM: return isfinite(v->low) && isfinite(v->high) ? NULL : "it is uniform and has no low and high";
    case SPREAD_BETA:
        return v->sd * v->sd < v->mean * (1.0 - v->mean) ? NULL : "its SD is too large for a beta distribution";
    case SPREAD_BERNOULLI: return v->mean >= 0.0 && v->mean <= 1.0 ? NULL : "its mean is no share from 0 to 1";
    }
    return NULL;
}

static void read_value(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    char what[POPULATION_NAME_TEXT + 2];
    value_file file = {.mean = NAN, .low = -INFINITY, .high = INFINITY, .kind = -1, .standing = STANDING_ASSUMED};
    int errors = reader->errors;
    snprintf(what, sizeof what, "'%s'", field->key);
    yaml_read_map(reader, node, what, YAML_TABLE(value_fields), &file, NULL);
    if (reader->errors > errors) return;
    if (file.kind < 0 && file.sd > 0.0) {
        yaml_error(reader, node,
                   "'%s' has a spread and no kind; add kind: normal, lognormal, uniform, gamma, beta or bernoulli",
                   field->key);
        return;
    }
    if (file.kind < 0) file.kind = SPREAD_NORMAL; /* a constant */
    const char *fault = distribution_fault(&file, strcmp(field->unit, "fraction") == 0);
    if (fault) {
        yaml_error(reader, node, "'%s' is no distribution: %s; correct it", field->key, fault);
        return;
    }
    population_value *target = out;
    *target = (population_value){.mean = file.mean,
                                 .sd = file.sd,
                                 .low = file.low,
                                 .high = file.high,
                                 .kind = (spread_kind)file.kind,
                                 .standing = file.standing,
                                 .line = node->line};
    memcpy(target->source, file.source, sizeof target->source);
}

/* ---- the file ---- */

#define POPULATION_VALUE(name, unit_, sentence)                                                                        \
    {.key = #name, .read = read_value, .offset = offsetof(population, name), .required = true, .unit = unit_},
#define POPULATION_ALTERNATIVE(name, unit_, sentence)                                                                  \
    {.key = #name, .read = read_value, .offset = offsetof(population, name), .unit = unit_},
static const yaml_field population_value_fields[] = {POPULATION_VALUES(POPULATION_VALUE)
                                                         POPULATION_ALTERNATIVES(POPULATION_ALTERNATIVE)};

/* Duration is written or follows from the age at diagnosis; height is written for both sexes or follows from body mass index. */
static void check_alternatives(yaml_reader *reader, const yaml_node *node)
{
    bool diagnosed = yaml_find(node, "age_at_diagnosis_year"), duration = yaml_find(node, "duration_year");
    bool women = yaml_find(node, "height_women_m"), men = yaml_find(node, "height_men_m"),
         bmi = yaml_find(node, "child_bmi_kg_m2");
    if (diagnosed == duration)
        yaml_error(
            reader, node,
            "%s of 'age_at_diagnosis_year' and 'duration_year' is given; one of them is expected; the other follows",
            duration ? "each" : "none");
    if (women != men || women == bmi)
        yaml_error(
            reader, node,
            "the people's heights cannot be told; 'height_women_m' and 'height_men_m' are expected, or for children "
            "'child_bmi_kg_m2' alone");
    if (bmi && yaml_find(node, "adult_bmi_kg_m2"))
        yaml_error(reader, node,
                   "'child_bmi_kg_m2' and 'adult_bmi_kg_m2' are both given; one of them is expected; leave one out");
}

static void read_values(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    int errors = reader->errors;
    yaml_read_map(reader, node, field->key, YAML_TABLE(population_value_fields), out, NULL);
    if (reader->errors == errors && !reader->broken) check_alternatives(reader, node);
}

static const yaml_field metabolic_value_fields[] = {METABOLIC_VALUES(POPULATION_VALUE)};

static void read_metabolism(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    yaml_read_map(reader, node, field->key, YAML_TABLE(metabolic_value_fields), out, NULL);
}

static void read_band(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    int band = -1;
    yaml_read_word(reader, node, field, &band, context);
    if (band >= 0) snprintf(out, field->size, "%s", band_words[band]);
}

static const yaml_field population_fields[] = {
    {.key = "islet_population", .read = yaml_read_nothing},
    YAML_NAME(population, name),
    YAML_NAME(population, title),
    YAML_WORD(population, diabetes, false, diabetes_words),
    YAML_WORD(population, screened, false, screened_words),
    {.key = "subjects",
     .read = read_band,
     .offset = offsetof(population, subjects),
     .required = true,
     .size = YAML_ROOM(population, subjects),
     .words = band_words},
    {.key = "values", .read = read_values, .required = true},
    {.key = "metabolism", .read = read_metabolism},
};

/* `metabolism` belongs to every population but those with type 1 diabetes. */
static void check_metabolism(yaml_reader *reader, const yaml_node *root, const population *of)
{
    const yaml_node *metabolism = yaml_find(root, "metabolism");
    if (metabolism && of->diabetes == DIABETES_TYPE1)
        yaml_error(
            reader, metabolism,
            "'metabolism' is given for type 1 diabetes, where nothing reads it; leave it out or write diabetes: type2");
    if (!metabolism && of->diabetes != DIABETES_TYPE1 && !reader->broken)
        yaml_error(
            reader, root,
            "a population without type 1 diabetes has no 'metabolism'; add body mass index, insulin resistance and the other values");
}

bool population_parse(const char *text, size_t length, const char *file, population *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    yaml_document *document = yaml_parse(text, length, file, problems);
    if (!document) return false;
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, "islet_population")) {
        yaml_read_map(&reader, document->root, "a population", YAML_TABLE(population_fields), out, NULL);
        check_metabolism(&reader, document->root, out);
    }
    yaml_free(document);
    return reader.errors == 0;
}

const char *const *population_names(void)
{
    return embedded_names("data/populations");
}

bool population_shipped(const char *name, population *out)
{
    char path[160];
    if (strlen(name) >= POPULATION_NAME_TEXT) return false;
    snprintf(path, sizeof path, "data/populations/%s.yaml", name);
    const embedded_file *file = embedded_find(path);
    return file && population_parse((const char *)file->bytes, file->size, path, out, NULL);
}

/* ---- requirements ---- */

bool population_admits_glucose(const population *of, double hba1c_pct, double fasting_mg_dl)
{
    if (of->screened != SCREENED_PREDIABETES) return true;
    return hba1c_pct < 6.5 && fasting_mg_dl < 126.0 && (hba1c_pct >= 5.7 || fasting_mg_dl >= 100.0);
}

bool requirement_holds(const requirement *r, double x)
{
    return (r->low_open ? x > r->low : x >= r->low) && (r->high_open ? x < r->high : x <= r->high);
}

/* Numbers that are in another unit by their size: said so instead of a bare "out of range". */
static const char *other_unit(const char *key, double x)
{
    if (strcmp(key, "hba1c_pct") == 0 && x > 20.0) return "; this looks like mmol/mol: use the key hba1c_mmol_mol";
    if (strcmp(key, "hba1c_mmol_mol") == 0 && x < 15.0) return "; this looks like %: use the key hba1c_pct";
    if (strcmp(key, "fasting_glucose_mg_dl") == 0 && x < 36.0)
        return "; this looks like mmol/L: use the key fasting_glucose_mmol_l";
    if (strcmp(key, "fasting_glucose_mmol_l") == 0 && x > 36.0)
        return "; this looks like mg/dL: use the key fasting_glucose_mg_dl";
    if (strcmp(key, "age_year") == 0 && x > 110.0) return "; months were perhaps meant: write years";
    return "";
}

/* The unit behind a number, or the key's; false after a message when it is none of the trait's. */
static bool unit_of_limit(yaml_reader *reader, const yaml_node *node, const yaml_field *field, const char *written,
                          record_unit *out)
{
    const char *unit = *written ? written : field->unit;
    char known[RECORD_UNITS_TEXT];
    if (unit && record_unit_find((item_id)field->size, unit, out)) return true;
    record_units((item_id)field->size, known);
    if (*written)
        yaml_error(reader, node,
                   "'%s' is required in '%.30s'; one of %s is expected; convert the number or correct the unit",
                   field->key, written, known);
    else
        yaml_error(reader, node, "'%s' is required without a unit; one of %s is expected; write it behind the number",
                   field->key, known);
    return false;
}

static bool limit_number(yaml_reader *reader, const yaml_node *node, const yaml_field *field, const char *text,
                         size_t length, double *out)
{
    double x;
    record_unit unit;
    const size_t digits = strcspn(text, " %");
    if (!number_read(text, digits < length ? digits : length, &x)) {
        yaml_error(
            reader, node,
            "'%s' is required to be '%.*s', which is no plain number; one is expected, such as 5 or 0.2; write it, and its unit in the key or behind it",
            field->key, (int)(length < 40 ? length : 40), text);
        return false;
    }
    const char *written = text + digits + strspn(text + digits, " ");
    if (!unit_of_limit(reader, node, field, written, &unit)) return false;
    const char *hint = *written ? "" : other_unit(field->key, x);
    if (x >= unit.low && x <= unit.high && !*hint) {
        *out = unit.scale * x + unit.shift;
        return true;
    }
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    number_write(unit.low, low);
    number_write(unit.high, high);
    yaml_error(reader, node, "'%s' is required to be %.*s; %s to %s %s is expected%s", field->key,
               (int)(length < 40 ? length : 40), text, low, high, unit.unit, *hint ? hint : "; correct it or its unit");
    return false;
}

/* [low, high] */
static bool read_interval(yaml_reader *reader, const yaml_node *node, const yaml_field *field, requirement *out)
{
    if (node->count != 2) {
        yaml_error(reader, node, "'%s' is a list of %d; a range of two numbers is expected, low then high", field->key,
                   node->count);
        return false;
    }
    const yaml_node *low = node->first, *high = low->next;
    if (!yaml_expect(reader, low, YAML_SCALAR, field->key, "[18, 65]") ||
        !yaml_expect(reader, high, YAML_SCALAR, field->key, "[18, 65]"))
        return false;
    bool fine = limit_number(reader, low, field, low->text, low->length, &out->low);
    fine = limit_number(reader, high, field, high->text, high->length, &out->high) && fine;
    if (fine && !(out->low <= out->high)) {
        yaml_error(reader, node, "'%s' is a range from %.30s down to %.30s; low then high is expected; swap them",
                   field->key, low->text, high->text);
        return false;
    }
    return fine;
}

/* ">= 5", "> 5", "<= 5", "< 5" */
static bool read_comparison(yaml_reader *reader, const yaml_node *node, const yaml_field *field, requirement *out)
{
    const char *text = node->text, *end = text + node->length;
    char sign = *text;
    if (sign != '<' && sign != '>') {
        yaml_error(
            reader, node,
            "'%s' is required to be '%.40s'; a comparison or a range is expected; write for example \">= 5\" or [5, 10]",
            field->key, text);
        return false;
    }
    bool equal = text[1] == '=';
    text += equal ? 2 : 1;
    while (*text == ' ') text++;
    double limit;
    if (!limit_number(reader, node, field, text, (size_t)(end - text), &limit)) return false;
    *out = (requirement){.low = -INFINITY, .high = INFINITY};
    if (sign == '>') out->low = limit, out->low_open = !equal;
    else out->high = limit, out->high_open = !equal;
    return true;
}

static void read_requirement(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                             void *context)
{
    (void)context;
    population *of = out;
    requirement limits = {.low = -INFINITY, .high = INFINITY};
    const trait_id trait = (trait_id)field->size;
    bool fine = false;
    if (node->kind == YAML_LIST) fine = read_interval(reader, node, field, &limits);
    else if (yaml_expect(reader, node, YAML_SCALAR, field->key, "\">= 5\" or [5, 10]"))
        fine = read_comparison(reader, node, field, &limits);
    if (!fine) return;
    if (of->has_require[trait]) {
        yaml_error(reader, node, "'%s' repeats a requirement that was given in another unit; keep one of them",
                   field->key);
        return;
    }
    of->has_require[trait] = true;
    of->require[trait] = limits;
}

/* In this table `size` is the trait, and `unit` that of the key: NULL where the value must bring one. Limits are those of the unit (record.c). */
#define REQUIRE_KEY(name, unit_, trait) {.key = name, .read = read_requirement, .unit = unit_, .size = TRAIT_##trait}
#define TRAIT_FIELD(name, unit_, low_, high_, sentence) REQUIRE_KEY(#name, unit_, name),

static const yaml_field require_fields[] = {
    PATIENT_TRAITS(TRAIT_FIELD)
    REQUIRE_KEY("hba1c_mmol_mol", "mmol/mol", hba1c_pct),
    REQUIRE_KEY("hba1c", NULL, hba1c_pct),
    REQUIRE_KEY("fasting_glucose_mmol_l", "mmol/L", fasting_glucose_mg_dl),
    REQUIRE_KEY("fasting_glucose", NULL, fasting_glucose_mg_dl),
    REQUIRE_KEY("c_peptide_stimulated_ng_ml", "ng/mL", c_peptide_stimulated_nmol_l),
    REQUIRE_KEY("c_peptide_stimulated_pmol_l", "pmol/L", c_peptide_stimulated_nmol_l),
    REQUIRE_KEY("c_peptide_stimulated", NULL, c_peptide_stimulated_nmol_l),
};

void population_read_require(yaml_reader *reader, const yaml_node *map, population *out)
{
    yaml_read_map(reader, map, "the requirements", YAML_TABLE(require_fields), out, NULL);
}
