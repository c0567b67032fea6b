/* Published trajectories and check values through the shipped equations: the public S2008 subjects, a run of
 * simglucose, the meal model of 2007, the secretion law at reduced mass, C-peptide kinetics, HbA1c, insulin on board. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "patient/subject.h"
#include "physiology/basal.h"
#include "physiology/kernel.h"
#include "physiology/slow.h"
#include "reference/scalar.h"
#include "trial/lane.h"

#define DATA ISLET_SOURCE_DIR "/tests/data/"

static void check_near(const char *what, double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) fail_msg("%s: %.6g, expected %.6g +- %.2g", what, found, expected, tolerance);
}

/* ---- the public subjects ---- */

/* A subject as the public code has it: no hypoglycaemia term, no counter-regulation, no secretion. */
static kinetics public_subject(const char *name)
{
    static subject subjects[SUBJECT_COUNT];
    assert_true(subjects_read(subjects));
    kinetics k = {0};
    int found = -1;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        if (strcmp(subjects[i].name, name) == 0) found = i;
    assert_true(found >= 0);
    subject_kinetics(&subjects[found].free, &k);
    k.c_vc = 1.0; /* C-peptide is not looked at, but divided by its volume */
    return k;
}

/* One subject in lane 0; the others are copies. */
static lane_group *subject_group(const kinetics *k, bool with_basal)
{
    lane_group *group = aligned_alloc(64, sizeof *group);
    assert_non_null(group);
    memset(group, 0, sizeof *group);
    double x[MINUTE_STATES];
    basal_state(k, false, x);
    for (int l = 0; l < LANE_GROUP; l++) {
        basal_lane(k, x, group, l);
        group->basal_u_per_min[l] = with_basal ? subject_basal_u_per_min(k) : 0.0;
    }
    kernel_find(NULL)->prepare(group);
    return group;
}

static double plasma_mg_dl(const lane_group *group) { return group->x[MINUTE_gp][0] / group->k[KINETIC_INDEX(vg)][0]; }
static double sensor_mg_dl(const lane_group *group) { return group->x[MINUTE_gs][0] / group->k[KINETIC_INDEX(vg)][0]; }

/* S2008, Runge-Kutta at 0.25 min, 50 g announced at minute 60, dose within that minute, basal infusion. Computed
 * independently from the public code's equations; plasma glucose at 90 .. 720, sensor glucose at 120. */
static void public_subjects_eat_50_g(void **state)
{
    (void)state;
    enum { TIMES = 7 };
    static const int at[TIMES] = {90, 120, 180, 240, 360, 480, 720};
    static const struct {
        const char *name;
        double dose_u, plasma[TIMES], sensor_120;
    } rows[] = {
        {"adult#001", 0.0, {165.365, 190.709, 196.256, 196.381, 202.807, 176.323, 151.084}, 181.943},
        {"adult#001", 5.0, {164.437, 184.916, 173.353, 158.359, 151.156, 125.871, 115.415}, 178.404},
        {"adolescent#001", 0.0, {156.756, 176.326, 190.063, 193.074, 180.569, 159.264, 149.568}, 166.226},
        {"adolescent#001", 4.1667, {153.863, 160.123, 139.568, 126.232, 120.099, 121.023, 139.090}, 157.427},
        {"child#001", 0.0, {265.600, 328.661, 375.177, 383.948, 378.293, 301.760, 209.877}, 298.233},
        {"child#001", 2.0, {241.350, 199.919, 93.965, 69.015, 95.044, 89.204, 114.338}, 218.771},
    };
    const kernel *kernel = kernel_find(NULL);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const kinetics k = public_subject(rows[r].name);
        lane_group *group = subject_group(&k, true);
        kernel->advance_general(group, 60, 4);
        for (int l = 0; l < LANE_GROUP; l++) {
            group_give_meal(group, l, 0, 50000.0);
            group_give_rapid(group, l, 0, rows[r].dose_u);
        }
        for (int i = 0, now = 60; i < TIMES; now = at[i++]) {
            kernel->advance_general(group, at[i] - now, 4);
            check_near(rows[r].name, plasma_mg_dl(group), rows[r].plasma[i], 0.0011);
            if (at[i] == 120) check_near(rows[r].name, sensor_mg_dl(group), rows[r].sensor_120, 0.0011);
        }
        free(group);
    }
}

static void basal_infusion_holds_basal_glucose(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double u_per_h, mg_dl;
    } rows[] = {{"adult#001", 1.2674, 138.560}, {"adolescent#001", 0.8361, 149.020}, {"child#001", 0.3947, 141.205}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const kinetics k = public_subject(rows[r].name);
        lane_group *group = subject_group(&k, true);
        check_near(rows[r].name, 60.0 * subject_basal_u_per_min(&k), rows[r].u_per_h, 5e-5);
        kernel_find(NULL)->advance(group, 720 / BLOCK_MINUTES);
        check_near(rows[r].name, plasma_mg_dl(group), rows[r].mg_dl, 5e-4);
        check_near(rows[r].name, plasma_mg_dl(group), k.gb, 1e-8);
        free(group);
    }
}

/* Ten days without any insulin or food: glucose rises and stays, because uptake cannot turn negative. Without that
 * clamp these three run to thousands. */
static void without_insulin_glucose_rises_and_stays(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double mg_dl;
    } rows[] = {{"adult#004", 518.0}, {"adult#006", 448.0}, {"adult#007", 641.0}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const kinetics k = public_subject(rows[r].name);
        lane_group *group = subject_group(&k, false);
        kernel_find(NULL)->advance(group, 10 * MINUTES_PER_DAY / BLOCK_MINUTES);
        check_near(rows[r].name, plasma_mg_dl(group), rows[r].mg_dl, 0.6);
        free(group);
    }
}

/* ---- simglucose ---- */

/* tests/data/sim: two days of adolescent#001 in simglucose, through Runge-Kutta at one minute. */
static void two_days_of_simglucose_are_replayed(void **state)
{
    (void)state;
    FILE *file = fopen(DATA "sim/simglucose_replay.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    const kinetics k = public_subject("adolescent#001");
    lane_group *group = subject_group(&k, false);
    const kernel *kernel = kernel_find(NULL);

    /* the first row holds the start; each row's meal and insulin act in the three minutes up to the next row */
    double glucose, meal_g, insulin, mean = k.gb, worst = 0.0, meals_g = 0.0;
    int meal_minute, n = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(sscanf(line, "%lf,%lf,%d,%lf", &glucose, &meal_g, &meal_minute, &insulin), 4);
        worst = fmax(worst, fabs(mean - glucose));
        mean = 0.0;
        for (int minute = 0; minute < 3; minute++) {
            for (int l = 0; l < LANE_GROUP; l++) {
                group->basal_u_per_min[l] = insulin;
                if (minute == meal_minute) group_give_meal(group, l, 0, meal_g * 1000.0);
            }
            kernel->advance_general(group, 1, 1);
            mean += sensor_mg_dl(group) / 3.0;
        }
        meals_g += meal_g;
        n++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(n, 961);
    check_near("carbohydrate eaten", meals_g, 412.0, 1e-6);
    print_message("simglucose, %d records: max difference %.4f mg/dL\n", n, worst);
    assert_true(worst < 0.01);
    free(group);
}

/* ---- meal model of 2007 ---- */

/* Some minutes of the shipped equations with a variant's changes. */
static void live(const kinetics *k, const scalar_input *in, const scalar_variant *variant, double minutes, double h, double *x)
{
    scalar_equations *equations = scalar_create(k, variant);
    assert_non_null(equations);
    scalar_set_input(equations, in);
    scalar_advance(equations, minutes, h, x);
    scalar_free(equations);
}

/* doi:10.1109/TBME.2007.893506 table I; the two steady states are solved from it. */
typedef struct {
    kinetics k;
    double a, c;          /* slopes of the emptying curve, 1/mg */
    double egp_basal;
    double x[MINUTE_STATES];
} meal_model;

/* Gp at which production equals use, by bisection: use rises, production falls with it. */
static void solve_basal_glucose(meal_model *m)
{
    kinetics *k = &m->k;
    double low = 50.0, high = 600.0;
    for (int i = 0; i < 200; i++) {
        const double gp = 0.5 * (low + high);
        m->egp_basal = k->kp1 - k->kp2 * gp - k->kp3 * k->ib - k->kp4 * k->sb / k->gamma;
        const double uptake = m->egp_basal - k->fcns, gt = uptake * k->km0 / (k->vm0 - uptake);
        *(k->k1 * gp - k->k2 * gt > uptake ? &high : &low) = gp;
        m->x[MINUTE_gp] = m->x[MINUTE_gs] = gp;
        m->x[MINUTE_gt] = gt;
    }
    k->gb = k->h = m->x[MINUTE_gp] / k->vg;
}

static meal_model meal_model_solve(kinetics k, double a, double c, double he_basal)
{
    meal_model m = {.k = k, .a = a, .c = c};
    m.k.sb = (k.heb - he_basal) / k.m5;
    const double m3 = he_basal * k.m1 / (1.0 - he_basal);
    const double ip = m.k.sb / ((k.m1 + m3) * (k.m2 + k.m4) / k.m1 - k.m2);
    m.k.ib = ip / k.vi;
    m.x[MINUTE_ip] = ip;
    m.x[MINUTE_il] = (k.m2 + k.m4) * ip / k.m1;
    m.x[MINUTE_i1] = m.x[MINUTE_id] = m.k.ib;
    m.x[MINUTE_ipo] = m.k.sb / k.gamma;
    solve_basal_glucose(&m);

    /* C-peptide of a man of 30 years and 1.95 m2 */
    kinetics_set_c_peptide(4.95, 29.16 + 0.14 * 30.0, 0.76, &m.k);
    m.k.c_vc = kinetics_c_peptide_volume_l(false, 1.95);
    m.x[MINUTE_c1] = m.k.sb * k.bw / 1000.0 / m.k.c_vc / m.k.c_kel;
    m.x[MINUTE_c2] = m.k.c_k12 / m.k.c_k21 * m.x[MINUTE_c1];
    return m;
}

static meal_model normal_2007(void)
{
    const kinetics k = {.bw = 78.0, .vg = 1.88, .k1 = 0.065, .k2 = 0.079, .vi = 0.05, .m1 = 0.190, .m2 = 0.484, .m4 = 0.194,
                        .m5 = 0.0304, .heb = 0.6471, .kmax = 0.0558, .kmin = 0.0080, .kabs = 0.057, .f = 0.90, .b = 0.82, .d = 0.010,
                        .kp1 = 2.70, .kp2 = 0.0021, .kp3 = 0.009, .kp4 = 0.0618, .ki = 0.0079, .fcns = 1.0, .vm0 = 2.50, .vmx = 0.047,
                        .km0 = 225.59, .p2u = 0.0331, .kg = 2.30, .alpha = 0.050, .beta = 0.11, .gamma = 0.5, .ke1 = 0.0005,
                        .ke2 = 339.0, .phi_p = 1.0, .m_native = 1.0};
    return meal_model_solve(k, 0.00013, 0.00236, 0.6);
}

static meal_model type_2_2007(void)
{
    const kinetics k = {.bw = 91.0, .vg = 1.49, .k1 = 0.042, .k2 = 0.071, .vi = 0.04, .m1 = 0.379, .m2 = 0.673, .m4 = 0.269,
                        .m5 = 0.0526, .heb = 0.8118, .kmax = 0.0465, .kmin = 0.0076, .kabs = 0.023, .f = 0.90, .b = 0.68, .d = 0.09,
                        .kp1 = 3.09, .kp2 = 0.0007, .kp3 = 0.005, .kp4 = 0.0786, .ki = 0.0066, .fcns = 1.0, .vm0 = 4.65, .vmx = 0.034,
                        .km0 = 466.21, .p2u = 0.0840, .kg = 0.99, .alpha = 0.013, .beta = 0.05, .gamma = 0.5, .ke1 = 0.0007,
                        .ke2 = 269.0, .phi_p = 1.0, .m_native = 1.0};
    return meal_model_solve(k, 0.00006, 0.00023, 0.6);
}

/* 78 g at once; independent computation with the table's emptying slopes. */
static void meal_model_of_2007_eats_78_g(void **state)
{
    (void)state;
    enum { TIMES = 9 };
    static const int at[2][TIMES] = {{0, 30, 60, 90, 120, 180, 240, 300, 420}, {0, 30, 60, 90, 120, 180, 240, 300, 420}};
    static const double glucose[2][TIMES] = {{91.8, 139.2, 160.0, 152.2, 131.1, 95.7, 88.2, 89.5, 89.8},
                                             {159.2, 191.4, 243.9, 274.8, 285.1, 260.0, 216.3, 176.6, 129.7}};
    static const double insulin[2][TIMES] = {{26, 200, 220, 263, 230, 70, 23, 21, 22}, {60, 120, 146, 170, 203, 283, 254, 175, 61}};
    static const double basal[2][4] = {{91.80, 25.59, 1.916, 1.549}, {159.23, 59.85, 1.992, 4.027}};
    static const double ra_peak[2] = {7.34, 5.01};
    static const int ra_peak_at[2] = {22, 45};
    for (int s = 0; s < 2; s++) {
        meal_model m = s == 0 ? normal_2007() : type_2_2007();
        check_near("basal glucose", m.k.gb, basal[s][0], 0.006);
        check_near("basal insulin", m.k.ib, basal[s][1], 0.006);
        check_near("basal production", m.egp_basal, basal[s][2], 0.0006);
        check_near("basal secretion", m.k.sb, basal[s][3], 0.0006);
        const scalar_variant variant = {.has_curve = true, .a_per_mg = m.a, .c_per_mg = m.c};
        const scalar_input in = {.stomach_dose_mg = 78000.0};
        m.x[MINUTE_qs1] = 78000.0;
        double ra_most = 0.0;
        int ra_most_at = 0;
        for (int minute = 0, i = 0; i < TIMES; minute++) {
            if (minute == at[s][i]) {
                check_near("glucose", m.x[MINUTE_gp] / m.k.vg, glucose[s][i], 0.06);
                check_near("insulin", m.x[MINUTE_ip] / m.k.vi, insulin[s][i], 0.6);
                i++;
            }
            const double ra = m.k.f * m.k.kabs * m.x[MINUTE_qg] / m.k.bw;
            if (ra > ra_most) ra_most = ra, ra_most_at = minute;
            live(&m.k, &in, &variant, 1.0, 0.25, m.x);
        }
        check_near("appearance, peak", ra_most, ra_peak[s], 0.006);
        assert_int_equal(ra_most_at, ra_peak_at[s]);
    }
}

/* BioModels' version of the same paper has other basal values, no kidney, four fifths of the uptake, and secretion that
 * also answers to falling glucose; the last is the one term that the test puts in for itself. */
static void biomodels_379_is_followed(void **state)
{
    (void)state;
    FILE *file = fopen(DATA "ode/BIOMD0000000379_traj.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    meal_model m = normal_2007();
    m.k.gb = m.k.h = 95.0;
    m.k.ib = 25.0;
    m.k.sb = 1.8;
    m.k.ke1 = 0.0;
    m.k.vm0 = 0.8 * 2.5;
    m.k.vmx = 0.8 * 0.047;
    memset(m.x, 0, sizeof m.x);
    m.x[MINUTE_gp] = m.x[MINUTE_gs] = 178.0;
    m.x[MINUTE_gt] = 135.0;
    m.x[MINUTE_il] = 4.5;
    m.x[MINUTE_ip] = 1.25;
    m.x[MINUTE_i1] = m.x[MINUTE_id] = 25.0;
    m.x[MINUTE_ipo] = 3.6;
    m.x[MINUTE_qs1] = 78000.0;
    const scalar_variant variant = {.falling_counts = true};
    const scalar_input in = {.stomach_dose_mg = 78000.0};
    double t, last_t = 0.0, v[9];
    int n = 0;
    while (fgets(line, sizeof line, file)) {
        /* time, G, I, Gp, Gt, Ip, Ra, EGP, U, S */
        assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &t, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6],
                                &v[7], &v[8]),
                         10);
        live(&m.k, &in, &variant, t - last_t, 0.01, m.x);
        last_t = t;
        const kinetics *k = &m.k;
        const double *x = m.x;
        const double found[9] = {x[MINUTE_gp] / k->vg,
                                 x[MINUTE_ip] / k->vi,
                                 x[MINUTE_gp],
                                 x[MINUTE_gt],
                                 x[MINUTE_ip],
                                 k->f * k->kabs * x[MINUTE_qg] / k->bw,
                                 k->kp1 - k->kp2 * x[MINUTE_gp] - k->kp3 * x[MINUTE_id] - k->kp4 * x[MINUTE_ipo],
                                 k->fcns + (k->vm0 + k->vmx * x[MINUTE_xu]) * x[MINUTE_gt] / (k->km0 + x[MINUTE_gt]),
                                 k->gamma * x[MINUTE_ipo]};
        for (int i = 0; i < 9; i++) check_near("BIOMD0000000379", found[i], v[i], 1e-6 * fabs(v[i]) + 1e-8);
        n++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(n, 43);
    check_near("last time", last_t, 420.0, 0.0);
}

/* Secretion law at reduced functional mass: 20 days to the fasting state, then 49 g of liquid. Independent computation. */
static void functional_mass_gives_the_published_sweep(void **state)
{
    (void)state;
    static const int sample[] = {0, 15, 30, 60, 90, 120};
    static const struct {
        bool type_2;
        double mass, fasting_glucose, fasting_insulin, fasting_c_peptide, peak_glucose;
        int peak_min;
        double c_peptide_mean;
    } rows[] = {
        {false, 1.5, 87.6, 27.0, .491, 133.7, 42, 1.748},   {false, 1.0, 91.8, 25.6, .468, 145.0, 50, 1.478},
        {false, 0.5, 102.7, 22.3, .415, 167.9, 69, 1.035},  {false, 0.1, 148.5, 11.8, .235, 238.5, 132, .386},
        {false, 0.02, 197.7, 3.79, .080, 301.5, 184, .111}, {false, 0.0, 223.6, 0.0, 0.0, 333.1, 208, 0.0},
        {true, 1.0, 159.2, 59.9, 1.419, 251.2, 111, 1.896}, {true, 0.5, 211.7, 43.3, 1.172, 323.2, 146, 1.436},
        {true, 0.1, 370.1, 12.6, .514, 518.4, 196, .572},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        meal_model m = rows[r].type_2 ? type_2_2007() : normal_2007();
        const scalar_input idle = {0}, fed = {.stomach_dose_mg = 49000.0};
        const scalar_variant variant = {.has_curve = true, .a_per_mg = m.a, .c_per_mg = m.c};
        m.k.m_native = rows[r].mass;
        live(&m.k, &idle, NULL, 20.0 * MINUTES_PER_DAY, 1.0, m.x);
        check_near("fasting glucose", m.x[MINUTE_gp] / m.k.vg, rows[r].fasting_glucose, 0.06);
        check_near("fasting insulin", m.x[MINUTE_ip] / m.k.vi, rows[r].fasting_insulin, 0.06);
        check_near("fasting C-peptide", m.x[MINUTE_c1], rows[r].fasting_c_peptide, 0.0006);

        m.x[MINUTE_qs2] = 49000.0;
        double peak = 0.0, area = 0.0, last = m.x[MINUTE_c1];
        int peak_min = 0;
        for (int minute = 1, s = 1; minute <= 300; minute++) {
            live(&m.k, &fed, &variant, 1.0, 0.25, m.x);
            const double glucose = m.x[MINUTE_gp] / m.k.vg;
            if (glucose > peak) peak = glucose, peak_min = minute;
            if (s < 6 && minute == sample[s]) {
                area += 0.5 * (last + m.x[MINUTE_c1]) * (sample[s] - sample[s - 1]);
                last = m.x[MINUTE_c1];
                s++;
            }
        }
        check_near("peak glucose", peak, rows[r].peak_glucose, 0.06);
        check_near("time of the peak", peak_min, rows[r].peak_min, 1.0);
        check_near("mean C-peptide", area / 120.0, rows[r].c_peptide_mean, 0.0006);
    }
}

/* ---- slow mass ---- */

/* Topp 2000 (BIOMD0000000341): glucose and insulin by the minute, beta-cell mass stepped once a day by the exact exponential of
 * the day's mean rate. No product uses this law; it shows what the split at the day costs when a slow mass and fast glucose
 * drive each other. Glucose is that of the middle of the day, so it lags by half a day. */
static void topp_day(double b, double *glucose, double *insulin, double *mean_rate_per_day)
{
    enum { STEPS = MINUTES_PER_DAY };
    const double h = 1.0 / STEPS, r0 = 864.0, eg0 = 1.44, si = 0.72, sigma = 43.2, alpha = 20000.0, loss = 432.0;
    *mean_rate_per_day = 0.0;
    for (int step = 0; step < STEPS; step++) {
        double g = *glucose, i = *insulin, sum_g = 0.0, sum_i = 0.0;
        for (int stage = 0; stage < 4; stage++) {
            const double slope_g = r0 - (eg0 + si * i) * g, slope_i = b * sigma * g * g / (alpha + g * g) - loss * i;
            const double weight = stage == 0 || stage == 3 ? 1.0 : 2.0, reach = stage == 2 ? h : 0.5 * h;
            sum_g += weight * slope_g;
            sum_i += weight * slope_i;
            g = *glucose + reach * slope_g;
            i = *insulin + reach * slope_i;
        }
        *glucose += h / 6.0 * sum_g;
        *insulin += h / 6.0 * sum_i;
        *mean_rate_per_day += h * (-0.06 + 0.84e-3 * *glucose - 2.4e-6 * *glucose * *glucose);
    }
}

static void mass_stepped_once_a_day_follows_topp(void **state)
{
    (void)state;
    FILE *file = fopen(DATA "ode/BIOMD0000000341_traj.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    double glucose = 250.0, insulin = 2.8, mass = 37.0, t, v[3], worst_glucose = 0.0, worst_mass = 0.0, rate = 0.0;
    int day = 0, n = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf", &t, &v[0], &v[1], &v[2]), 4);
        for (; day < t; day++) {
            /* the day at the mass of its middle, which the rate of the day before foretells */
            topp_day(mass * exp(0.5 * rate), &glucose, &insulin, &rate);
            mass *= exp(rate);
        }
        worst_glucose = fmax(worst_glucose, fabs(glucose / v[0] - 1.0));
        worst_mass = fmax(worst_mass, fabs(mass / v[2] - 1.0));
        n++;
    }
    assert_int_equal(fclose(file), 0);
    print_message("Topp, %d times to day %.0f: largest relative error, mass %.2g, glucose %.2g\n", n, t, worst_mass, worst_glucose);
    assert_int_equal(n, 41);
    assert_true(worst_mass < 2e-3 && worst_glucose < 5e-3);
}

/* ---- C-peptide, HbA1c, insulin on board ---- */

/* Van Cauter 1992: age 28.1, normal class; a woman of 1.744666 m and 69.4 kg */
static void c_peptide_kinetics_are_van_cauters(void **state)
{
    (void)state;
    kinetics k = {0};
    const double long_half_life = 0.14 * 28.1 + 29.16, surface = sqrt(174.4666 * 69.4 / 3600.0);
    kinetics_set_c_peptide(4.95, long_half_life, 0.76, &k);
    check_near("long half-life", long_half_life, 33.094, 5e-4);
    check_near("k21", k.c_k21, 0.0495252, 5e-8);
    check_near("kel", k.c_kel, 0.0592203, 5e-8);
    check_near("k12", k.c_k12, 0.0522291, 5e-8);
    check_near("body surface", surface, 1.8339, 5e-5);
    check_near("volume", kinetics_c_peptide_volume_l(true, surface), 4.0756, 1e-4);
    check_near("basal secretion, pmol/min", k.c_kel * kinetics_c_peptide_volume_l(true, surface) * 600.0, 144.8, 0.05);
}

static void hba1c_follows_mean_glucose(void **state)
{
    (void)state;
    enum { LIFE = 120 };
    const double rate = 1.239e-9;
    static const double level[] = {97, 126, 154, 183, 212, 240}, pct[] = {5.24, 6.14, 7.00, 7.87, 8.73, 9.55};
    static const int day[] = {0, 15, 30, 60, 90, 120};
    static const double after_step_pct[] = {8.375, 7.805, 7.313, 6.558, 6.106, 5.956};
    for (int i = 0; i < 6; i++) check_near("HbA1c at constant glucose", hba1c_pct(rate, LIFE, &level[i], 1, 1), pct[i], 0.006);
    for (int i = 0; i < 6; i++) {
        /* 200 mg/dL for long, then 120 for day[i] days; two columns, to test the stride */
        double mean[2 * LIFE];
        for (int age = 0; age < LIFE; age++) mean[2 * (LIFE - 1 - age)] = age < day[i] ? 120.0 : 200.0;
        for (int age = 0; age < LIFE; age++) mean[2 * age + 1] = NAN;
        check_near("HbA1c after a step", hba1c_pct(rate, LIFE, &mean[2 * (LIFE - 1)], 2, LIFE), after_step_pct[i], 0.002);
    }
}

static void insulin_on_board_follows_its_curve(void **state)
{
    (void)state;
    static const int minute[] = {30, 60, 90, 120, 180, 240, 300};
    static const double peak_75[] = {.92952, .77930, .60912, .44975, .20817, .07267, .01392};
    static const double peak_55[] = {.88855, .68071, .47781, .31438, .11466, .03159, .00482};
    for (int i = 0; i < 7; i++) {
        check_near("on board, peak 75", care_on_board_frac(minute[i], 360.0, 75.0), peak_75[i], 6e-6);
        check_near("on board, peak 55", care_on_board_frac(minute[i], 360.0, 55.0), peak_55[i], 6e-6);
    }
    check_near("at once", care_on_board_frac(0.0, 360.0, 75.0), 1.0, 1e-14);
    check_near("at the end", care_on_board_frac(360.0, 360.0, 75.0), 0.0, 1e-14);
    assert_true(care_on_board_frac(400.0, 360.0, 75.0) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_subjects_eat_50_g),
        cmocka_unit_test(basal_infusion_holds_basal_glucose),
        cmocka_unit_test(without_insulin_glucose_rises_and_stays),
        cmocka_unit_test(two_days_of_simglucose_are_replayed),
        cmocka_unit_test(meal_model_of_2007_eats_78_g),
        cmocka_unit_test(biomodels_379_is_followed),
        cmocka_unit_test(functional_mass_gives_the_published_sweep),
        cmocka_unit_test(mass_stepped_once_a_day_follows_topp),
        cmocka_unit_test(c_peptide_kinetics_are_van_cauters),
        cmocka_unit_test(hba1c_follows_mean_glucose),
        cmocka_unit_test(insulin_on_board_follows_its_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
