/* Shipped data: every file is listed, valid and says where its numbers come from; the table shows all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "patient/population.h"
#include "therapy/product.h"

#define VALUE_COUNT(...) +1
enum { REGIMEN_COUNT = 0 REGIMEN_VALUES(VALUE_COUNT) };

static int listed(const char *const *names)
{
    int n = 0;
    while (names[n]) n++;
    return n;
}

/* Files of a folder that are compiled in. */
static int files_in(const char *folder)
{
    int n = 0;
    for (const embedded_file *f = islet_embedded_files; f->path; f++)
        n += strncmp(f->path, folder, strlen(folder)) == 0;
    return n;
}

static void every_file_is_listed_and_named_as_itself(void **state)
{
    (void)state;
    product cells;
    regimen drugs;
    population people;
    assert_int_equal(listed(product_names()), files_in("data/products/"));
    assert_int_equal(listed(regimen_names()), files_in("data/regimens/"));
    assert_int_equal(listed(population_names()), files_in("data/populations/"));
    for (const char *const *name = product_names(); *name; name++) {
        assert_true(product_shipped(*name, &cells));
        assert_string_equal(cells.name, *name);
    }
    for (const char *const *name = regimen_names(); *name; name++) {
        assert_true(regimen_shipped(*name, &drugs));
        assert_string_equal(drugs.name, *name);
    }
    for (const char *const *name = population_names(); *name; name++) {
        assert_true(population_shipped(*name, &people));
        assert_string_equal(people.name, *name);
    }
    assert_false(product_shipped("none", &cells));
    assert_false(product_shipped("../products/zimislecel", &cells));
}

static void cells_that_are_what_they_are(void **state)
{
    (void)state;
    product stem, donor, own;
    assert_true(product_shipped("zimislecel", &stem));
    assert_true(product_shipped("donor_islets", &donor));
    assert_true(product_shipped("donor_islets_autograft", &own));
    assert_int_equal(stem.route, ROUTE_portal_vein);
    assert_int_equal(stem.origin, ORIGIN_ALLOGENEIC);
    assert_true(stem.maturation_half_time_day.value > 0.0);
    assert_int_equal(stem.maturation_half_time_day.standing, STANDING_FITTED);
    assert_true(donor.maturation_half_time_day.value == 0.0); /* mature when given */
    assert_true(donor.beta_cells_per_ieq.value == 1140 && donor.beta_cells_per_ieq.low == 1125 &&
                donor.beta_cells_per_ieq.high == 1155);
    assert_int_equal(donor.beta_cells_per_ieq.standing, STANDING_MEASURED);
    assert_int_equal(own.origin, ORIGIN_AUTOLOGOUS);
    assert_true(own.alloimmune_frac.value == 0.0);
}

static void the_table_shows_every_number_with_its_source(void **state)
{
    (void)state;
    islet_table *table = NULL;
    assert_int_equal(islet_products_table(&table), ISLET_OK);
    int rows = islet_table_rows(table), regimen_rows = 0, strengths = 0;
    assert_int_equal(islet_table_columns(table), 10);
    for (int r = 0; r < rows; r++) {
        double value, low, high;
        const char *text = islet_table_cell(table, r, 2);
        assert_true(number_read(text, strlen(text), &value));
        text = islet_table_cell(table, r, 4);
        if (*text) assert_true(number_read(text, strlen(text), &low) && low <= value);
        text = islet_table_cell(table, r, 5);
        if (*text) assert_true(number_read(text, strlen(text), &high) && high >= value);
        bool strength = strncmp(islet_table_cell(table, r, 1), "mechanisms.", 11) == 0;
        strengths += strength;
        for (const char *const *name = regimen_names(); *name; name++)
            regimen_rows += strcmp(islet_table_cell(table, r, 0), *name) == 0;
        for (int c = 0; c < 10; c++)
            if (c != 4 && c != 5 && (c != 7 || strength)) assert_true(*islet_table_cell(table, r, c));
        assert_true(strlen(islet_table_cell(table, r, 8)) > 10); /* a source or a reason, not a word */
    }
    assert_int_equal(regimen_rows, listed(regimen_names()) * REGIMEN_COUNT);
    assert_true(strengths >= listed(product_names()));
    islet_table_free(table);
}

static void each_product_acts_only_by_what_was_shown(void **state)
{
    (void)state;
    product marrow, cord, fetal, own_cord;
    assert_true(product_shipped("bone_marrow_mononuclear", &marrow) && product_shipped("msc_umbilical_cord", &cord));
    assert_true(product_shipped("fetal_cells", &fetal) && product_shipped("autologous_cord_blood", &own_cord));
    /* controlled trials found opposite mechanisms */
    assert_true(product_strength(&marrow, MECHANISM_growth_factors) > 0.0 && product_strength(&marrow, MECHANISM_insulin_sensitivity) == 0.0);
    assert_true(product_strength(&cord, MECHANISM_growth_factors) == 0.0 && product_strength(&cord, MECHANISM_insulin_sensitivity) > 0.0);
    for (const char *const *name = product_names(); *name; name++) {
        product cells;
        assert_true(product_shipped(*name, &cells));
        assert_true(product_strength(&cells, MECHANISM_differentiation) == 0.0); /* evidence against */
        if (!product_has_beta_cells(&cells)) assert_false(is_given(&cells.viability_frac));
    }
    assert_false(product_has_signals(&fetal) || product_has_beta_cells(&fetal));
    assert_false(product_has_signals(&own_cord)); /* regulatory cells rose, C-peptide fell */
}

/* The shipped text with one piece replaced is refused. */
static void refuse(const char *path, const char *old, const char *new, const char *words)
{
    char text[8000];
    const embedded_file *file = embedded_find(path);
    assert_non_null(file);
    const char *whole = (const char *)file->bytes, *at = strstr(whole, old);
    assert_non_null(at);
    int n = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, new, at + strlen(old));
    assert_true(n > 0 && n < (int)sizeof text);
    islet_problems *problems = islet_problems_create();
    product cells;
    population people;
    bool read = strstr(path, "populations") ? population_parse(text, (size_t)n, "x.yaml", &people, problems)
                                            : product_parse(text, (size_t)n, "x.yaml", &cells, problems);
    assert_false(read);
    if (!strstr(islet_problems_text(problems, 0), words)) fail_msg("%s: %s", words, islet_problems_text(problems, 0));
    islet_problems_free(problems);
}

static void faulty_data_files_are_refused(void **state)
{
    (void)state;
    const char *cells = "data/products/donor_islets.yaml", *people = "data/populations/t1d_adult.yaml";
    refuse(cells, "value: 1140,", "value: 11400,", "'beta_cells_per_ieq' is '11400'");
    refuse(cells, "value: 1140,", "value: .nan,", "'beta_cells_per_ieq' is '.nan'");
    refuse(cells, "[1125, 1155]", "[1155, 1125]", "swap");
    refuse(cells, "[1125, 1155]", "[1150, 1155]", "does not hold its value");
    refuse(cells, "unit: cells", "unit: percent", "'cells' is expected");
    refuse(cells, "islet_product: 1", "islet_product: 2", "format 1");
    refuse(cells, "grade: B,", "grade: none,", "the grade none");
    refuse(cells, "grade: B,", "", "has no 'grade'");
    refuse(cells, "beta_cell_replacement:", "beta_cell_replacment:", "did you mean 'beta_cell_replacement'");
    refuse(cells, "route: portal_vein", "route: device_open", "'device' has no 'half_thickness_um'");
    refuse("data/products/msc_umbilical_cord.yaml", "signals:", "device:", "is no key of device");
    refuse("data/products/msc_umbilical_cord.yaml", "value: 0.6, range: [0.2, 0.9]", "value: 90", "'insulin_sensitivity' is '90'");
    refuse(cells, "  beta_cells_per_ieq", "  beta_cells_ieq", "is no key of values");
    refuse(people, "kind: normal", "kind: normale", "did you mean 'normal'");
    refuse(people, "low: 18,", "low: 64,", "outside low to high");
    refuse(people, "subjects: adult", "subjects: adults", "did you mean 'adult'");
    refuse(people, "sd: ", "sd: -", "'sd' is '-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_listed_and_named_as_itself),
        cmocka_unit_test(cells_that_are_what_they_are),
        cmocka_unit_test(each_product_acts_only_by_what_was_shown),
        cmocka_unit_test(the_table_shows_every_number_with_its_source),
        cmocka_unit_test(faulty_data_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
