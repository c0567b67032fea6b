/* Patient record: one table of keys and units for all three forms, and the rules of conflicts and dates. */
#include "patient/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/units.h"
#include "base/word.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define SAME_FRAC 0.02 /* values of one item that differ by less are one value written in two units */

#define ITEM_INFO(key, unit, low, high, sentence) {#key, unit, low, high, sentence},
const item_info record_items[ITEM_COUNT] = {RECORD_ITEMS(ITEM_INFO)};
#define ITEM_WORD(key, unit, low, high, sentence) #key,
const char *const record_item_words[] = {RECORD_ITEMS(ITEM_WORD) NULL};

/* Keys: every item in its own unit, other units people write, and names without a unit, whose values must bring one.
 * item = scale * written + shift; other is a second spelling of the unit (UCUM) */
typedef struct {
    const char *key;
    item_id item;
    const char *unit, *other;
    double scale, shift, low, high;
} record_key;

#define OWN_KEY(name, unit, low, high, sentence) {#name, ITEM_##name, unit, NULL, 1.0, 0.0, low, high},
static const record_key keys[] = {
    RECORD_ITEMS(OWN_KEY){"hba1c_mmol_mol", ITEM_hba1c_pct, "mmol/mol", NULL, 0.09148, 2.152, 10, 195},
    {"fasting_glucose_mmol_l", ITEM_fasting_glucose_mg_dl, "mmol/L", NULL, MG_DL_PER_MMOL_L, 0, 1.1, 33.3},
    {"c_peptide_stimulated_ng_ml", ITEM_c_peptide_stimulated_nmol_l, "ng/mL", "ug/L", 1 / C_PEPTIDE_NG_ML_PER_NMOL_L, 0,
     0, 30},
    {"c_peptide_stimulated_pmol_l", ITEM_c_peptide_stimulated_nmol_l, "pmol/L", NULL, 0.001, 0, 0, 10000},
    {"weight_lb", ITEM_weight_kg, "lb", "[lb_av]", 0.45359237, 0, 22, 661},
    {"weight_g", ITEM_weight_kg, "g", NULL, 0.001, 0, 10000, 300000},
    {"hba1c", ITEM_hba1c_pct, NULL, NULL, 1, 0, 0, 0},
    {"fasting_glucose", ITEM_fasting_glucose_mg_dl, NULL, NULL, 1, 0, 0, 0},
    {"c_peptide_stimulated", ITEM_c_peptide_stimulated_nmol_l, NULL, NULL, 1, 0, 0, 0},
};
_Static_assert(COUNT(keys) < 64, "room for every key in record_keys");

/* Spellings of a unit that electronic records and people use for the unit of a key. */
static const struct {
    const char *unit, *other;
} spellings[] = {
    {"year", "a"},          {"year", "years"},      {"1/year", "/a"},         {"U/kg/day", "U/kg/d"}, {"U/kg/day", "IU/kg/day"},
    {"U/kg/day", "IU/kg/d"}, {"U/day", "U/d"},       {"U/day", "IU/day"},      {"U/day", "IU/d"},      {"kg", "kgs"},
    {"kg", "kilogram"},     {"kg", "kilograms"},    {"lb", "lbs"},            {"lb", "pound"},        {"lb", "pounds"},
    {"g", "gram"},          {"mL/min/1.73m2", "mL/min per 1.73m2"}, {"mL/min/1.73m2", "mL/min/1.73/m2"},
};

#define UNIT_TEXT 40

/* A unit without what writers differ in: capitals, blanks, brackets, underscores, and how a square is written. */
static bool plain_unit(const char *unit, char out[UNIT_TEXT])
{
    size_t n = 0;
    for (; *unit; unit++) {
        const bool square = unit[0] == '\xc2' && unit[1] == '\xb2';
        if (strchr(" _^{}[]", *unit)) continue;
        if (n + 1 == UNIT_TEXT) return false;
        out[n++] = square ? '2' : word_small(*unit);
        unit += square;
    }
    out[n] = '\0';
    return true;
}

static bool same_unit(const char *a, const char *b)
{
    char plain[2][UNIT_TEXT];
    return plain_unit(a, plain[0]) && plain_unit(b, plain[1]) && strcmp(plain[0], plain[1]) == 0;
}

static bool is_unit(const record_key *key, const char *unit)
{
    if (!key->unit) return false;
    if (same_unit(key->unit, unit) || (key->other && same_unit(key->other, unit))) return true;
    for (int i = 0; i < COUNT(spellings); i++)
        if (strcmp(key->unit, spellings[i].unit) == 0 && same_unit(spellings[i].other, unit)) return true;
    return false;
}

static const record_key *find_unit(item_id item, const char *unit)
{
    for (int i = 0; i < COUNT(keys); i++)
        if (keys[i].item == item && is_unit(&keys[i], unit)) return &keys[i];
    return NULL;
}

bool record_unit_find(item_id item, const char *unit, record_unit *out)
{
    const record_key *key = find_unit(item, unit);
    if (key) *out = (record_unit){key->unit, key->scale, key->shift, key->low, key->high};
    return key != NULL;
}

void record_units(item_id item, char out[RECORD_UNITS_TEXT])
{
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < COUNT(keys) && at < RECORD_UNITS_TEXT; i++)
        if (keys[i].item == item && keys[i].unit)
            at += (size_t)snprintf(out + at, RECORD_UNITS_TEXT - at, "%s%s", at ? ", " : "", keys[i].unit);
}

bool record_unit_known(item_id item, const char *unit)
{
    return find_unit(item, unit) != NULL;
}

static const record_key *find_key(const char *name)
{
    for (int i = 0; i < COUNT(keys); i++)
        if (strcmp(keys[i].key, name) == 0) return &keys[i];
    return NULL;
}

bool record_key_known(const char *name)
{
    return find_key(name) != NULL;
}

const char *const *record_keys(const char *words[64])
{
    for (int i = 0; i < COUNT(keys); i++) words[i] = keys[i].key;
    words[COUNT(keys)] = NULL;
    return words;
}

static bool is_flag(item_id item)
{
    return strcmp(record_items[item].unit, RECORD_FLAG) == 0;
}

/* ---- putting a value in ---- */

/* Can both be true, apart from rounding between units? */
static bool agree(const requirement *a, const requirement *b)
{
    double slack = SAME_FRAC * fmax(fmin(fabs(a->low), fabs(a->high)), fmin(fabs(b->low), fabs(b->high)));
    return a->low <= b->high + slack && b->low <= a->high + slack;
}

static void put(patient_record *record, item_id item, requirement value, const char *found, const char *date,
                const char *where)
{
    record_value *at = &record->items[item];
    bool lasting = !date || at->lasting;
    int later = !at->known && !at->doubtful ? 1 : lasting ? 0 : strcmp(date, at->date);
    if (later < 0) return;
    if (later > 0 || at->doubtful) {
        *at = (record_value){.known = true, .lasting = !date, .value = value};
        snprintf(at->date, sizeof at->date, "%s", date ? date : "");
        snprintf(at->found, sizeof at->found, "%s", found);
        snprintf(at->where, sizeof at->where, "%s", where);
        return;
    }
    at->lasting = lasting;
    if (agree(&at->value, &value)) return;
    size_t found_end = strlen(at->found), where_end = strlen(at->where);
    at->conflict = true;
    at->conflict_with = item;
    snprintf(at->found + found_end, sizeof at->found - found_end, " and %s", found);
    snprintf(at->where + where_end, sizeof at->where - where_end, " and %s", where);
}

void record_set_doubtful(patient_record *record, item_id item, const char *found, const char *date, const char *where)
{
    record_value *at = &record->items[item];
    if (at->lasting || ((at->known || at->doubtful) && strcmp(date, at->date) <= 0)) return;
    *at = (record_value){.doubtful = true};
    snprintf(at->date, sizeof at->date, "%s", date);
    snprintf(at->found, sizeof at->found, "%s", found);
    snprintf(at->where, sizeof at->where, "%s", where);
}

/* `name` is what the file calls the item */
static bool put_number(patient_record *record, const record_key *key, const char *name, double x, char comparator, const char *date,
                       const char *where, record_place place)
{
    char number[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT], found[80];
    number_write(x, number);
    number_write(key->low, low);
    number_write(key->high, high);
    if (!(x >= key->low && x <= key->high)) {
        problems_error(place.problems, place.file, place.line, place.column,
                       "%s is %s %s; %s to %s is expected; correct the value or its unit", name, number, key->unit, low, high);
        return false;
    }
    double value = key->scale * x + key->shift;
    requirement interval = {.low = value, .high = value};
    if (comparator == '<') interval.low = 0.0, interval.high_open = true;
    if (comparator == '>') interval.high = INFINITY, interval.low_open = true;
    if (is_flag(key->item)) snprintf(found, sizeof found, "%s", x > 0.0 ? "yes" : "no");
    else snprintf(found, sizeof found, "%.1s%s%s %s", &comparator, comparator ? " " : "", number, key->unit);
    put(record, key->item, interval, found, date, where);
    return true;
}

bool record_set_number(patient_record *record, item_id item, double value, char comparator, const char *unit,
                       const char *date, const char *where, record_place place)
{
    const record_key *key = find_unit(item, unit);
    if (key) return put_number(record, key, record_items[item].key, value, comparator, date, where, place);
    problems_error(place.problems, place.file, place.line, place.column,
                   "%s has the unit '%.30s'; '%s' or another of its units is expected; correct the unit",
                   record_items[item].key, unit, record_items[item].unit);
    return false;
}

static bool set_flag(patient_record *record, const record_key *key, const char *text, const char *where,
                     record_place place)
{
    bool yes = word_same(text, "yes") || word_same(text, "true");
    if (yes || word_same(text, "no") || word_same(text, "false"))
        return put_number(record, key, key->key, yes, '\0', "", where, place);
    problems_error(place.problems, place.file, place.line, place.column,
                   "%s is '%.40s'; yes or no is expected; leave it out when it is not known", key->key, text);
    return false;
}

/* The key for a unit that stands behind the number, which then counts, whatever the key ends in, as in protocols; the name's own when there is
 * none. NULL after a message. */
static const record_key *key_for_unit(const record_key *key, const char *unit, record_place place)
{
    const record_key *with = *unit ? find_unit(key->item, unit) : key;
    if (with && with->unit) return with;
    char known[RECORD_UNITS_TEXT];
    record_units(key->item, known);
    if (*unit)
        problems_error(place.problems, place.file, place.line, place.column,
                       "%s is given in '%.30s'; one of %s is expected; convert it or correct the unit", key->key, unit, known);
    else
        problems_error(place.problems, place.file, place.line, place.column,
                       "%s has no unit; it could be in several; write one of %s behind the number or use the key %s",
                       key->key, known, record_items[key->item].key);
    return NULL;
}

/* Digits with a decimal comma, as much of Europe writes them. A comma before three digits could part thousands, except behind a 0. */
static bool read_comma(const char *text, size_t length, double *out)
{
    char plain[NUMBER_TEXT];
    const char *comma = memchr(text, ',', length);
    if (!comma || length >= sizeof plain) return false;
    size_t before = (size_t)(comma - text), after = length - before - 1;
    if (after == 3 && !(before == 1 && *text == '0')) return false;
    memcpy(plain, text, length);
    plain[before] = '.';
    return number_read(plain, length, out);
}

bool record_set_text(patient_record *record, const char *name, const char *text, const char *where, record_place place)
{
    const record_key *key = find_key(name);
    double x;
    if (!key) return false;
    if (is_flag(key->item)) return set_flag(record, key, text, where, place);
    const char *at = text;
    char comparator = *at == '<' || *at == '>' ? *at++ : '\0';
    at += strspn(at, " ");
    size_t digits = strcspn(at, " %");
    if (!number_read(at, digits, &x) && !read_comma(at, digits, &x)) {
        problems_error(place.problems, place.file, place.line, place.column,
                       "%s is '%.40s'; a plain number is expected, such as 8.1 or \"< 0.02\", without marks between thousands; "
                       "leave it out when it is not known",
                       name, text);
        return false;
    }
    const char *unit = at + digits;
    unit += strspn(unit, " ");
    key = key_for_unit(key, unit, place);
    return key && put_number(record, key, name, x, comparator, "", where, place);
}

/* ---- which form ---- */

static bool ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcmp(path + n - m, ending) == 0;
}

record_form record_form_of(const char *path, const char *text, size_t length)
{
    if (ends_in(path, ".json")) return RECORD_FHIR;
    if (ends_in(path, ".csv") || ends_in(path, ".tsv")) return RECORD_CSV;
    if (ends_in(path, ".yaml") || ends_in(path, ".yml")) return RECORD_YAML;
    size_t at = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, cell;
    while (at < length && strchr(" \t\r\n", text[at]) && text[at]) at++;
    if (at < length && text[at] == '{' && strstr(text + at, "\"resourceType\"")) return RECORD_FHIR;
    cell = strcspn(text + at, ",;\t\r\n");
    char name[64] = "";
    if (cell < sizeof name && text[at + cell] && strchr(",;\t", text[at + cell])) memcpy(name, text + at, cell);
    return strcmp(name, "id") == 0 || record_key_known(name) ? RECORD_CSV : RECORD_YAML;
}

static bool is_one_number(const record_value *at)
{
    return at->known && !at->conflict && !(at->value.low < at->value.high);
}

/* A day's units over the weight are the dose, where nothing else says it. */
static void say_dose(patient_record *out)
{
    const record_value *units = &out->items[ITEM_insulin_u_per_day], *weight = &out->items[ITEM_weight_kg];
    record_value *dose = &out->items[ITEM_insulin_u_per_kg_day];
    if (dose->known || !is_one_number(units) || !is_one_number(weight)) return;
    *dose = *units;
    dose->value.low = dose->value.high = units->value.low / weight->value.low;
    snprintf(dose->found, sizeof dose->found, "%.100s at %.100s", units->found, weight->found);
    snprintf(dose->where, sizeof dose->where, "%.150s and %.150s", units->where, weight->where);
}

/* A dose says whether insulin is used, where nothing else does. */
static void say_insulin(patient_record *out)
{
    const record_value *by_weight = &out->items[ITEM_insulin_u_per_kg_day], *units = &out->items[ITEM_insulin_u_per_day];
    const record_value *dose = is_one_number(by_weight) ? by_weight : units;
    record_value *uses = &out->items[ITEM_uses_insulin];
    if (uses->known || !is_one_number(dose)) return;
    *uses = *dose;
    uses->value.low = uses->value.high = dose->value.low > 0.0;
}

islet_status record_parse(const char *text, size_t length, const char *path, const record_choice *choice,
                          patient_record *out, islet_problems *problems)
{
    islet_status status = ISLET_ERR_INPUT;
    memset(out, 0, sizeof *out);
    switch (record_form_of(path, text, length)) {
    case RECORD_YAML: status = record_read_yaml(text, length, path, out, problems); break;
    case RECORD_CSV: status = record_read_csv(text, length, path, choice, out, problems); break;
    case RECORD_FHIR: status = record_read_fhir(text, length, path, out, problems); break;
    }
    if (status != ISLET_OK) return status;
    record_find_conflicts(out);
    say_dose(out);
    say_insulin(out);
    return status;
}
