/* islet_params_table: every parameter that the simulation rests on, for people and programs.
 *
 *   key              a parameter of the model (base/params.def)
 *   adult.key, ...   a free parameter of the public subjects, mean and spread over the subjects of the band
 *   t1d_adult.key    what a population is sampled from: mean, bounds and spread over people */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/standing.h"
#include "base/table.h"
#include "patient/population.h"
#include "patient/subject.h"

#define KEY_TEXT 96
#define READERS_TEXT 512
#define SUBJECT_SOURCE "the 30 public subjects of simglucose (data/subjects/SOURCE.md)"

enum { KEY, VALUE, UNIT, LOW, HIGH, SPREAD, STANDING, SOURCE, SENTENCE, USED_BY, COLUMNS };

static const char *const COLUMN_NAMES[COLUMNS] = {"key", "value", "unit", "low", "high", "spread", "standing", "source",
                                                  "sentence", "used_by"};

/* files that read a parameter, as the build found them: lines "key <tab> file, file" */
static void readers_of(const char *key, char out[READERS_TEXT])
{
    const embedded_file *file = embedded_find("generated/param_readers.txt");
    size_t length = strlen(key);
    out[0] = '\0';
    for (const char *line = file ? (const char *)file->bytes : ""; *line;) {
        size_t line_length = strcspn(line, "\n");
        if (strncmp(line, key, length) == 0 && line[length] == '\t') {
            snprintf(out, READERS_TEXT, "%.*s", (int)(line_length - length - 1), line + length + 1);
            return;
        }
        line += line_length + (line[line_length] == '\n');
    }
}

static bool add_model_parameters(islet_table *table)
{
    bool fine = true;
    for (const param_info *info = islet_param_info; fine && info->key; info++) {
        char value[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT], readers[READERS_TEXT];
        number_write(info->value, value);
        number_write(info->low, low);
        number_write(info->high, high);
        readers_of(info->key, readers);
        const char *cells[COLUMNS] = {info->key, value, info->unit, low, high, "", info->standing, info->source,
                                      info->sentence, readers};
        fine = table_add_row(table, cells);
    }
    return fine;
}

/* ---- the public subjects: each free parameter over the subjects of one band ---- */

typedef struct {
    const char *key;
    size_t offset;
} free_parameter;

static const free_parameter FREE_PARAMETERS[] = {
#define FREE_PARAMETER(key) {#key, offsetof(subject_free, key)},
    SUBJECT_FREE_LIST(FREE_PARAMETER)
#undef FREE_PARAMETER
};

typedef struct {
    const char *key, *unit, *sentence;
} kinetic_text;

/* unit and sentence of a parameter that is also one of the kinetics; basal production only enters the identities */
static kinetic_text text_of(const char *key)
{
    static const kinetic_text texts[] = {
#define KINETIC(key, unit, sentence) {#key, unit, sentence},
#include "patient/kinetics.def"
#undef KINETIC
        {"egpb", "mg/kg/min", "basal glucose production, enters the identities of a subject"},
        {NULL, "", "free parameter of a public subject"}};
    const kinetic_text *text = texts;
    while (text->key && strcmp(text->key, key) != 0) text++;
    return *text;
}

static bool add_subject_parameter(islet_table *table, const subject *subjects, const char *band, const free_parameter *which)
{
    double n = 0, mean = 0, squares = 0, least = INFINITY, most = -INFINITY;
    size_t length = strlen(band);
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        if (strncmp(subjects[i].name, band, length) != 0 || subjects[i].name[length] != '#') continue;
        double value = *(const double *)((const char *)&subjects[i].free + which->offset);
        double step = value - mean; /* Welford: mean and sum of squares in one pass */
        n += 1;
        mean += step / n;
        squares += step * (value - mean);
        least = fmin(least, value);
        most = fmax(most, value);
    }
    if (n < 2) return true; /* no such band */
    char key[KEY_TEXT], value[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT], spread[NUMBER_TEXT];
    snprintf(key, sizeof key, "%s.%s", band, which->key);
    number_write_fixed(mean, 6, value);
    number_write(least, low);
    number_write(most, high);
    number_write_fixed(sqrt(squares / (n - 1)), 6, spread);
    kinetic_text text = text_of(which->key);
    const char *cells[COLUMNS] = {key, value, text.unit, low, high, spread, "measured", SUBJECT_SOURCE, text.sentence,
                                  "patient/subject.c"};
    return table_add_row(table, cells);
}

static bool add_subject_parameters(islet_table *table)
{
    static const char *const bands[] = {"adult", "adolescent", "child"};
    subject subjects[SUBJECT_COUNT];
    if (!subjects_read(subjects)) return true; /* islet_installation_table says what is missing */
    bool fine = true;
    for (size_t i = 0; fine && i < sizeof bands / sizeof *bands; i++)
        for (size_t k = 0; fine && k < sizeof FREE_PARAMETERS / sizeof *FREE_PARAMETERS; k++)
            fine = add_subject_parameter(table, subjects, bands[i], &FREE_PARAMETERS[k]);
    return fine;
}

/* ---- populations: what people are sampled from ---- */

static bool add_population_value(islet_table *table, const char *population_name, const char *value_key, const char *unit,
                                 const char *sentence, const population_value *of)
{
    char key[KEY_TEXT + POPULATION_NAME_TEXT], value[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT], spread[NUMBER_TEXT];
    snprintf(key, sizeof key, "%s.%s", population_name, value_key);
    number_write(of->mean, value);
    number_write(of->low, low);
    number_write(of->high, high);
    number_write(of->sd, spread);
    const char *cells[COLUMNS] = {key, value, unit, low, high, spread, islet_standing_words[of->standing], of->source, sentence,
                                  "patient/person.c"};
    return table_add_row(table, cells);
}

static bool add_population_values(islet_table *table)
{
    bool fine = true;
    for (const char *const *name = population_names(); fine && *name; name++) {
        population of;
        if (!population_shipped(*name, &of)) return false; /* it is there and valid: memory lacks */
#define ADD_VALUE(key, unit, sentence) if (population_gives(&of.key)) fine = fine && add_population_value(table, *name, #key, unit, sentence, &of.key);
        POPULATION_VALUES(ADD_VALUE)
        POPULATION_ALTERNATIVES(ADD_VALUE)
        if (of.diabetes == DIABETES_TYPE1) continue;
        METABOLIC_VALUES(ADD_VALUE)
#undef ADD_VALUE
    }
    return fine;
}

islet_status islet_params_table(islet_table **out)
{
    static const bool is_number[COLUMNS] = {[VALUE] = true, [LOW] = true, [HIGH] = true, [SPREAD] = true};
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    islet_table *table = table_create(COLUMNS, COLUMN_NAMES, is_number);
    if (!table || !add_model_parameters(table) || !add_subject_parameters(table) ||
        !add_population_values(table)) {
        islet_table_free(table);
        return ISLET_ERR_MEMORY;
    }
    *out = table;
    return ISLET_OK;
}
