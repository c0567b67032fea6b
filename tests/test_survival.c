/* Kaplan-Meier against the numbers that R's survival package printed for the leukemia data (tests/data). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stats/survival.h"

#define MAX_PEOPLE 32
#define DATA ISLET_SOURCE_DIR "/tests/data/"

typedef struct {
    double time[MAX_PEOPLE];
    unsigned char event[MAX_PEOPLE];
    int n;
} people;

/* rows "number,time,status,arm" of leukemia.csv that belong to the arm */
static people read_arm(const char *arm)
{
    people out = {.n = 0};
    char line[128], wanted[64];
    snprintf(wanted, sizeof wanted, ",%s", arm);
    FILE *file = fopen(DATA "leukemia.csv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        size_t length = strlen(line);
        if (length < strlen(wanted) || strcmp(line + length - strlen(wanted), wanted) != 0) continue;
        char *rest = strchr(line, ',') + 1;
        out.time[out.n] = strtod(rest, &rest);
        out.event[out.n++] = rest[1] == '1';
        assert_true(out.n < MAX_PEOPLE);
    }
    fclose(file);
    return out;
}

/* compare every line R printed for the arm: time, n.risk, n.event, survival, std.err, lower, upper */
static void check_arm(const char *arm, int expected_points, double median, double median_low)
{
    people data = read_arm(arm);
    survival_curve curve;
    assert_int_equal(survival_estimate(data.time, data.event, data.n, SURVIVAL_LOG, &curve), ISLET_OK);

    char line[256], heading[64];
    snprintf(heading, sizeof heading, "                x=%s ", arm);
    FILE *file = fopen(DATA "leukemia_km.txt", "r");
    assert_non_null(file);
    bool found = false;
    int point = 0;
    while (fgets(line, sizeof line, file) && !(found && point == expected_points)) {
        line[strcspn(line, "\n")] = 0;
        if (strcmp(line, heading) == 0) {
            found = true;
            assert_non_null(fgets(line, sizeof line, file)); /* names of the columns */
            continue;
        }
        if (!found) continue;
        assert_true(point < curve.n_points);
        const survival_point *p = &curve.points[point++];
        const double ours[] = {p->time, (double)p->at_risk, (double)p->events, p->survival, p->standard_error, p->ci_low,
                               p->ci_high};
        char *rest = line;
        for (int i = 0; i < 7; i++) {
            while (*rest == ' ') rest++;
            char *word = rest;
            while (*rest && *rest != ' ') rest++;
            if (*rest) *rest++ = 0;
            if (word[0] == 'N') {
                assert_true(isnan(ours[i]));
                continue;
            }
            /* half a unit of the last digit printed */
            const char *dot = strchr(word, '.');
            double tolerance = dot ? 0.5000001 * pow(10.0, -(double)strlen(dot + 1)) : 0.0;
            if (!(fabs(ours[i] - strtod(word, NULL)) <= tolerance))
                fail_msg("%s: column %d is %.8g, R printed %s", arm, i, ours[i], word);
        }
    }
    fclose(file);
    assert_int_equal(point, expected_points);
    assert_int_equal(curve.n_points, expected_points);

    double middle, low, high;
    survival_median(&curve, &middle, &low, &high);
    assert_true(middle == median && low == median_low && isnan(high));
    survival_free(&curve);
}

static void test_maintained(void **state)
{
    (void)state;
    check_arm("Maintained", 7, 31.0, 18.0);
}

static void test_nonmaintained(void **state)
{
    (void)state;
    check_arm("Nonmaintained", 9, 23.0, 8.0);
}

/* one event among n at the start: log(-log S) limits in closed form; they stay inside 0..1 where log S exceeds 1 */
static void test_log_log(void **state)
{
    (void)state;
    people data = read_arm("Maintained");
    survival_curve curve;
    assert_int_equal(survival_estimate(data.time, data.event, data.n, SURVIVAL_LOG_LOG, &curve), ISLET_OK);
    double s = 10.0 / 11.0, se = sqrt(1.0 / (11.0 * 10.0)), z = 1.959963984540054;
    double theta = log(-log(s)), spread = z * se / -log(s);
    assert_true(fabs(curve.points[0].ci_low - exp(-exp(theta + spread))) < 1e-14);
    assert_true(fabs(curve.points[0].ci_high - exp(-exp(theta - spread))) < 1e-14);
    for (int i = 0; i < curve.n_points; i++)
        assert_true(0.0 < curve.points[i].ci_low && curve.points[i].ci_low < curve.points[i].survival
                    && curve.points[i].survival < curve.points[i].ci_high && curve.points[i].ci_high < 1.0);
    survival_free(&curve);
}

static void test_at_risk(void **state)
{
    (void)state;
    const double time[] = {5, 3, 3, 8, 0};
    const unsigned char event[] = {1, 0, 1, 0, 0};
    survival_curve curve;
    assert_int_equal(survival_estimate(time, event, 5, SURVIVAL_LOG_LOG, &curve), ISLET_OK);
    assert_int_equal(survival_at_risk(&curve, 0.0), 5);
    assert_int_equal(survival_at_risk(&curve, 0.5), 4);
    assert_int_equal(survival_at_risk(&curve, 3.0), 4);
    assert_int_equal(survival_at_risk(&curve, 3.5), 2);
    assert_int_equal(survival_at_risk(&curve, 9.0), 0);
    assert_true(survival_at(&curve, 2.9).survival == 1.0);
    assert_true(survival_at(&curve, 3.0).survival == 0.75); /* the one last seen at 3 was at risk */
    assert_true(survival_at(&curve, 100.0).survival == 0.375);
    survival_free(&curve);
}

static void test_bad_times(void **state)
{
    (void)state;
    const unsigned char event[] = {1};
    const double bad[] = {NAN, -1.0, INFINITY};
    survival_curve curve;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(survival_estimate(&bad[i], event, 1, SURVIVAL_LOG, &curve), ISLET_ERR_ARGUMENT);
        assert_null(curve.points);
    }
    assert_int_equal(survival_estimate(NULL, NULL, 0, SURVIVAL_LOG, &curve), ISLET_OK);
    assert_int_equal(curve.n_points, 0);
    survival_free(&curve);
    survival_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maintained), cmocka_unit_test(test_nonmaintained), cmocka_unit_test(test_log_log),
        cmocka_unit_test(test_at_risk),    cmocka_unit_test(test_bad_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
