/* Behaviour: the insulin action of a day's windows, which varies more in people who inject their insulin than in recipients whose graft makes
 * it; and from where uptake rises in hypoglycaemia. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "patient/subject.h"
#include "trial/group.h"

#define DAYS 4000

typedef struct {
    params params;
    struct islet_protocol protocol;
    run_plan run;
    person who;
    lane lane;
} home;

static void open_home(home *h)
{
    static subject subjects[SUBJECT_COUNT];
    memset(h, 0, sizeof *h);
    assert_true(subjects_read(subjects));
    h->params = params_default();
    h->protocol.n_arms = 1;
    h->protocol.arms[0] = (protocol_arm){.regimen = -1, .regimen_stop_day = INT_MAX, .conditioning = -1};
    h->run = (run_plan){.protocol = &h->protocol, .params = &h->params, .seed = 1, .kernel = kernel_find(NULL)};
    subject_kinetics(&subjects[10].free, &h->who.kinetics); /* the first adult */
    h->who.diabetes = DIABETES_TYPE1;
    for (int w = 0; w < SENSITIVITY_WINDOWS; w++) h->who.sensitivity[w] = 1.0;
    h->lane.who = &h->who;
    h->lane.arm = &h->protocol.arms[0];
}

/* => coefficient of variation of the windows' insulin action over many days after days with this dose; *first is that of the first day */
static double action_cv(home *h, double u_per_kg, double *first)
{
    static day_tally tally[DAYS];
    double sum = 0.0, squares = 0.0;
    int n = 0;
    for (int day = 0; day < DAYS; day++) tally[day].insulin_u = u_per_kg * h->who.kinetics.bw;
    h->lane.tally = tally;
    for (int day = 1; day < DAYS; day++) {
        behaviour_plan_day(&h->run, &h->lane, day, false, &h->lane.plan);
        for (int e = 0; e < h->lane.plan.n; e++) {
            if (h->lane.plan.events[e].kind != PLAN_SENSITIVITY) continue;
            double value = h->lane.plan.events[e].value;
            if (n == 0) *first = value;
            sum += value;
            squares += value * value;
            n++;
        }
    }
    assert_int_equal(n, (DAYS - 1) * SENSITIVITY_WINDOWS);
    return sqrt(squares / n - (sum / n) * (sum / n)) / (sum / n);
}

static void injected_insulin_varies_more_than_sensitivity(void **state)
{
    (void)state;
    home h;
    double none_first, full_first, native_first;
    open_home(&h);
    double own = h.params.sensitivity_day_cv, injected = h.params.injection_action_cv, reference = h.params.remission_reference_u_per_kg;
    double none = action_cv(&h, 0.0, &none_first), half = action_cv(&h, 0.5 * reference, &full_first);
    double full = action_cv(&h, reference, &full_first), more = action_cv(&h, 2.0 * reference, &native_first);
    assert_true(fabs(none - own) < 0.005);
    assert_true(fabs(full - sqrt((1.0 + own * own) * (1.0 + injected * injected) - 1.0)) < 0.01);
    assert_true(half > none + 0.02 && half < full - 0.02);
    assert_true(more == full && native_first == full_first); /* all that is injected has its variation once */
    assert_true(none_first != full_first);

    h.who.diabetes = DIABETES_TYPE2; /* has a variation of its own */
    h.who.body.sensitivity_day_cv = 0.2;
    h.lane.type2.body.meal_factor = 1.0;
    assert_true(fabs(action_cv(&h, 2.0 * reference, &native_first) - 0.2) < 0.01);
}

/* The gain of uptake in hypoglycaemia was published with a basal glucose of its own, not with the public subjects'. */
static void uptake_rises_below_the_glucose_its_gain_belongs_to(void **state)
{
    (void)state;
    static group g;
    static day_tally tally[1];
    home h;
    open_home(&h);
    assert_true(h.who.kinetics.gb > 130.0);
    for (int l = 0; l < LANE_GROUP; l++) {
        g.lanes[l] = h.lane;
        g.lanes[l].tally = tally;
    }
    group_start(&h.run, &g);
    for (int l = 0; l < LANE_GROUP; l++) {
        assert_true(g.minute.k[KINETIC_INDEX(gb)][l] == h.params.hypo_uptake_below_mg_dl);
        assert_true(fabs(g.minute.k[KINETIC_INDEX(ln_gb_pow)][l] - pow(log(h.params.hypo_uptake_below_mg_dl), 0.8124)) < 1e-6);
        assert_true(fabs(g.minute.x[MINUTE_gp][l] - h.who.kinetics.gb * h.who.kinetics.vg) < 1e-9); /* the start is still their own */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(injected_insulin_varies_more_than_sensitivity),
                                       cmocka_unit_test(uptake_rises_below_the_glucose_its_gain_belongs_to)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
