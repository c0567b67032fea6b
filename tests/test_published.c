/* Published outcomes: the shipped rows are whole and say where they come from; a broken table is refused by line. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "evidence/published.h"

#define HEADER "trial_id,cohort_group,arm,product,dose_cells,regimen,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role,note,source\n"

static void test_shipped(void **state)
{
    (void)state;
    published_row *rows;
    int n;
    assert_int_equal(published_read(&rows, &n, NULL), ISLET_OK);
    assert_true(n >= 25);
    int independent = 0, calibrate = 0;
    for (int i = 0; i < n; i++) {
        assert_true(strcmp(rows[i].role, "calibrate") == 0 || strcmp(rows[i].role, "validate") == 0
                    || strcmp(rows[i].role, "context") == 0);
        assert_int_equal(strncmp(rows[i].source, "https://", 8), 0);
        calibrate += strcmp(rows[i].role, "calibrate") == 0;
        /* of this cohort only C-peptide of the full dose may set the model */
        if (strcmp(rows[i].role, "calibrate") == 0) assert_string_equal(rows[i].endpoint, "c_peptide_stimulated_nmol_l");
        if (strcmp(rows[i].endpoint, "insulin_independent") == 0 && rows[i].day == 365) {
            independent++;
            assert_true(rows[i].events == 10.0 && rows[i].n == 12.0 && isnan(rows[i].value) && rows[i].dose_cells == 8e8);
        }
    }
    assert_int_equal(independent, 1);
    assert_int_equal(calibrate, 3);
    free(rows);
}

static islet_status parse(const char *text, published_row **rows, int *n, islet_problems *problems)
{
    *rows = NULL;
    *n = 0;
    return published_parse(text, strlen(text), "rows.csv", rows, n, problems);
}

static void test_quotes(void **state)
{
    (void)state;
    published_row *rows;
    int n;
    assert_int_equal(parse(HEADER "T,g,\"a, \"\"b\"\"\",p,,r,death,fraction,365,14,,,,,,2,validate,\"two\nlines\",https://x.org\n", &rows, &n,
                           NULL), ISLET_OK);
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].arm, "a, \"b\"");
    assert_string_equal(rows[0].note, "two\nlines");
    assert_string_equal(rows[0].regimen, "r");
    assert_true(isnan(rows[0].dose_cells) && rows[0].events == 2.0 && rows[0].day == 365);
    free(rows);
}

static void test_broken(void **state)
{
    (void)state;
    static const char *const rows_of[] = {
        "T,g,a,p,,,death,fraction,365,14,,,,,,2,validate,note\n",                   /* a cell too few */
        "T,g,a,p,,,death,fraction,365,14,,,,,,15,validate,,https://x.org\n",        /* more events than people */
        "T,g,a,p,,,death,fraction,365,14,3,,,,,2,validate,,https://x.org\n",        /* a mean and a count */
        "T,g,a,p,,,death,fraction,365,14,,,,,,,validate,,https://x.org\n",          /* neither */
        "T,g,a,p,,,death,fraction,day,14,,,,,,2,validate,,https://x.org\n",         /* no day */
        "T,g,a,p,0x10,,death,fraction,365,14,,,,,,2,validate,,https://x.org\n",     /* not a plain number */
        "T,g,a,p,,,death,fraction,365,14,,,,,,2,validate,,\n",                      /* no source */
        "T,g,a,p,,,death,fraction,365,14,,,,,,2,validate,\"open,https://x.org\n",   /* a quote never closed */
    };
    char text[1024];
    published_row *rows;
    int n;
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        islet_problems *problems = islet_problems_create();
        size_t head = strlen(HEADER);
        memcpy(text, HEADER, head);
        memcpy(text + head, rows_of[i], strlen(rows_of[i]) + 1);
        assert_int_equal(parse(text, &rows, &n, problems), ISLET_ERR_INPUT);
        assert_int_equal(strncmp(islet_problems_text(problems, 0), "rows.csv:2", 10), 0);
        islet_problems_free(problems);
        free(rows);
    }
    assert_int_equal(parse("other,columns\n", &rows, &n, NULL), ISLET_ERR_INPUT);
    assert_null(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped), cmocka_unit_test(test_quotes), cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
