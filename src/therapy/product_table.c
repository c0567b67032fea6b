/* Products, regimens and conditionings as a table for people: every number that a shipped file gives, with what it stands on. */
#include <stdlib.h>

#include "base/number.h"
#include "base/table.h"
#include "therapy/conditioning.h"

enum { PRODUCT, KEY, VALUE, UNIT, LOW, HIGH, STANDING, GRADE, SOURCE, SENTENCE, COLUMNS };

/* What a list of product.h says about one of its numbers. */
typedef struct {
    const char *key, *unit, *sentence;
} value_text;

static bool add_value(islet_table *table, const char *name, value_text text, const char *grade, const sourced_value *v)
{
    char value[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT];
    if (!is_given(v)) return true;
    number_write(v->value, value);
    number_write(v->low, low);
    number_write(v->high, high);
    const char *cells[COLUMNS] = {name, text.key, value, text.unit, low, high, islet_standing_words[v->standing], grade,
                                  v->source, text.sentence};
    return table_add_row(table, cells);
}

static bool add_product(islet_table *table, const char *name, const product *of)
{
    bool fine = true;
#define ADD_STRENGTH(key, unit, low, high, sentence)                                                                   \
    fine = fine && add_value(table, name, (value_text){"mechanisms." #key, unit, sentence},                            \
                             evidence_grade_words[of->mechanisms[MECHANISM_##key].grade],                              \
                             &of->mechanisms[MECHANISM_##key].strength);
#define ADD_PRODUCT(key, unit, low, high, sentence)                                                                    \
    fine = fine && add_value(table, name, (value_text){#key, unit, sentence}, "", &of->key);
    PRODUCT_MECHANISMS(ADD_STRENGTH)
    PRODUCT_VALUES(ADD_PRODUCT)
    DEVICE_VALUES(ADD_PRODUCT)
    SIGNAL_VALUES(ADD_PRODUCT)
    HARM_VALUES(ADD_PRODUCT)
    return fine;
}

static bool add_regimen(islet_table *table, const char *name, const regimen *of)
{
    bool fine = true;
#define ADD_REGIMEN(key, unit, low, high, sentence)                                                                    \
    fine = fine && add_value(table, name, (value_text){#key, unit, sentence}, "", &of->key);
    REGIMEN_VALUES(ADD_REGIMEN)
    return fine;
}

static bool add_conditioning(islet_table *table, const char *name, const conditioning *of)
{
    bool fine = true;
#define ADD_CONDITIONING(key, unit, low, high, sentence)                                                               \
    fine = fine && add_value(table, name, (value_text){#key, unit, sentence}, "", &of->key);
    CONDITIONING_VALUES(ADD_CONDITIONING)
    return fine;
}

islet_status islet_products_table(islet_table **out)
{
    static const char *const names[COLUMNS] = {"product", "key",      "value", "unit",   "low",
                                               "high",    "standing", "grade", "source", "sentence"};
    static const bool is_number[COLUMNS] = {[VALUE] = true, [LOW] = true, [HIGH] = true};
    islet_status status = ISLET_ERR_MEMORY;
    product *one = malloc(sizeof *one);
    regimen *drugs = malloc(sizeof *drugs);
    conditioning *path = malloc(sizeof *path);
    islet_table *table = table_create(COLUMNS, names, is_number);
    *out = NULL;
    if (!one || !drugs || !path || !table) goto done;

    bool fine = true;
    for (const char *const *name = product_names(); *name && fine; name++)
        fine = product_shipped(*name, one) && add_product(table, *name, one);
    for (const char *const *name = regimen_names(); *name && fine; name++)
        fine = regimen_shipped(*name, drugs) && add_regimen(table, *name, drugs);
    for (const char *const *name = conditioning_names(); *name && fine; name++)
        fine = conditioning_shipped(*name, path) && add_conditioning(table, *name, path);
    if (!fine) goto done; /* shipped files are checked by a test, so this is memory */
    *out = table;
    table = NULL;
    status = ISLET_OK;
done:
    islet_table_free(table);
    free(path);
    free(drugs);
    free(one);
    return status;
}
