/* Sweep: every number and mechanism of every product, regimen and conditioning and every parameter of grafts and given cells changes some outcome of
 * some small trial, or stands in a list below with the reason why it does not. A number that changes nothing would be a lie.
 * `test_sweep all` does the same for every parameter of the model; that takes a quarter of an hour on one free core. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "base/params.h"
#include "small_trial.h"

#define DAYS "follow_up: {days: 45, visits_day: [0, 20, 45]}\n"
#define RUN_IN_DAY 28.0

static params model;

static islet_protocol *parsed(const char *text)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    assert_non_null(protocol);
    if (protocol_parse(text, strlen(text), "x.yaml", protocol, problems) < 0) fail_msg("%s\n%s", islet_problems_text(problems, 0), text);
    islet_problems_free(problems);
    return protocol;
}

/* Do two results differ in any arm? One of them may be a refusal. */
static bool differ(bool a_ran, const small_result *a, bool b_ran, const small_result *b)
{
    return a_ran != b_ran || memcmp(a->digest, b->digest, sizeof a->digest) != 0;
}

static bool listed(const char *const *list, const char *key)
{
    while (*list && strcmp(*list, key) != 0) list++;
    return *list != NULL;
}

/* ---- parameters of the model ---- */

/* Trials that together use everything; each parameter is tried in them in turn until one shows it. */
static const char *const contexts[] = {
    /* islets in people with long-standing type 1 diabetes, drugs that are stopped, a device, a control */
    "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 16, require: {c_peptide_stimulated_nmol_l: \"< 0.02\"}}\narms:\n"
    "  - {name: liver, cells: [{product: zimislecel, dose_cells: 2e9, day: 0}], immunosuppression: {regimen: edmonton_sirolimus_tacrolimus, stop_day: 20}}\n"
    "  - {name: sealed, cells: [{product: sealed_device, dose_cells: 1e9, day: 0}]}\n  - {name: none}\n" DAYS,
    /* the rival accounts */
    "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 16}\nalternatives: {engraftment_loss: fixed_share, immune_attack: growing}\narms:\n"
    "  - {name: liver, cells: [{product: donor_islets, dose_ieq_per_kg: 10000, day: 0, tract: unsealed}], immunosuppression: glucocorticoid_free}\n" DAYS,
    /* bare cells in muscle and skin */
    "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 8}\narms:\n"
    "  - {name: muscle, cells: [{product: zimislecel, dose_cells: 1e9, day: 0, route: intramuscular}]}\n"
    "  - {name: skin, cells: [{product: zimislecel, dose_cells: 1e9, day: 0, route: subcutaneous}]}\n"
    "  - {name: cord, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0, route: subcutaneous}]}\n" DAYS,
    /* new type 1 diabetes, at its diagnosis and later; cells that act on immunity */
    "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 8}\narms:\n"
    "  - {name: cord, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}]}\n  - {name: drugs, immunosuppression: glucocorticoid_free}\n  - {name: none}\n" DAYS,
    "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset_child, n: 8, require: {ketoacidosis_at_onset: \">= 1\", duration_year: \"<= 0.01\"}}\narms: [{name: none}]\n" DAYS,
    /* type 2: cells by vein and by arteries */
    "islet: 1\ntitle: t\npopulation: {of: t2d_insulin, n: 8, require: {c_peptide_stimulated_nmol_l: \">= 0.8\"}}\narms:\n"
    "  - {name: cord, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}]}\n"
    "  - {name: artery, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e7, day: 0}]}\n"
    "  - {name: splenic, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e5, day: 0, route: splenic_artery}]}\n"
    "  - {name: vein, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e7, day: 0, route: vein}]}\n" DAYS,
    /* type 2 on every tablet and on none, comparators, the year in which care escalates */
    "islet: 1\ntitle: t\npopulation: {of: t2d_oral, n: 8}\narms:\n"
    "  - {name: all, drugs: [metformin, sulfonylurea, dpp4_inhibitor, glp1_agonist]}\n"
    "  - {name: others, drugs: [sglt2_inhibitor, tzd]}\n"
    "  - {name: loss, comparator: weight_loss}\n  - {name: bypass, comparator: bypass_surgery}\n"
    "follow_up: {days: 100, visits_day: [0, 50, 100]}\n",
    "islet: 1\ntitle: t\npopulation: {of: t2d_oral, n: 8}\narms:\n"
    "  - {name: rescue, escalation: rescue}\n  - {name: usual}\n"
    "  - {name: semaglutide, drugs: [semaglutide]}\n  - {name: tirzepatide, drugs: [tirzepatide]}\n"
    "follow_up: {days: 100, visits_day: [0, 50, 100]}\n",
    /* new type 2 diabetes on advice or a programme alone, drugs as rescue */
    "islet: 1\ntitle: t\npopulation: {of: t2d_new, n: 8}\narms: [{name: advice, comparator: diet, escalation: rescue}, {name: programme, comparator: lifestyle, escalation: rescue}]\n"
    "follow_up: {days: 200, visits_day: [0, 100, 200]}\n",
    /* an immune reset, until new T cells are back */
    "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 8, require: {duration_year: \"<= 0.1\"}}\narms:\n"
    "  - {name: reset, conditioning: cyclophosphamide_atg, cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]}\n"
    "care: {wean: trial_protocol}\nfollow_up: {days: 300, visits_day: [0, 100, 200, 300]}\n",
    /* a year after islets, for what is slow or rare */
    "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 16}\narms:\n"
    "  - {name: liver, cells: [{product: zimislecel, dose_cells: 2e9, day: 0}], immunosuppression: {regimen: edmonton_sirolimus_tacrolimus, stop_day: 150}}\n"
    "follow_up: {days: 400, visits_day: [0, 100, 200, 400]}\n",
};
#define CONTEXTS ((int)(sizeof contexts / sizeof *contexts))

/* Inert in these trials, each with its reason. */
static const char *const inert_parameters[] = {
    "severe_hypo_fatality",    /* a death needs a severe event, of which these few people have hardly one */
    "screening_day",           /* read where entry thresholds of glucose or HbA1c are */
    "weight_loss_relapse_day", /* regain after weight loss takes more than a year */
    "teratoma_per_cell_frac",  /* these three: a bound that is shown, never drawn */
    "teratoma_tolerated_per_cell_frac",
    "cancer_per_year",
    NULL,
};

/* True when one of the values changes one of the trials. Neighbours of the list act in the same trial: *from is the one that showed
 * the parameter before, and is tried first. */
static bool moves(size_t offset, const double values[2], islet_protocol *const protocols[CONTEXTS], const small_result *base, int *from)
{
    static small_result changed;
    for (int k = 0; k < CONTEXTS; k++)
        for (int v = 0; v < 2; v++) {
            int c = (*from + k) % CONTEXTS;
            params with = model;
            memcpy((char *)&with + offset, &values[v], sizeof(double));
            if (!differ(true, &base[c], small_run(protocols[c], &with, &changed), &changed)) continue;
            if (c < CONTEXTS - 1) *from = c; /* the last is long */
            return true;
        }
    return false;
}

/* The parameters of grafts and given cells stand together in params.def. */
#define CELLS_BEGIN "anoxia_loss_per_day"
#define CELLS_END "recovery_gain_per_protection"

static void every_parameter_changes_some_outcome(void **state)
{
    const bool all = *(const bool *)*state;
    bool inside = all;
    static small_result base[CONTEXTS];
    islet_protocol *protocols[CONTEXTS];
    int silent = 0, from = 0;
    for (int c = 0; c < CONTEXTS; c++) {
        protocols[c] = parsed(contexts[c]);
        assert_true(small_run(protocols[c], &model, &base[c]));
    }
    for (int i = 0; islet_param_info[i].key; i++) {
        const param_info *info = &islet_param_info[i];
        inside = inside || strcmp(info->key, CELLS_BEGIN) == 0;
        if (!inside || listed(inert_parameters, info->key)) continue;
        const double bounds[2] = {info->high, info->low};
        inside = all || strcmp(info->key, CELLS_END) != 0;
        if (moves((size_t)i * sizeof(double), bounds, protocols, base, &from)) continue;
        print_error("parameter %s changes nothing\n", info->key);
        silent++;
    }
    for (int c = 0; c < CONTEXTS; c++) free(protocols[c]);
    assert_int_equal(silent, 0);
}

/* ---- products and regimens ---- */

/* The dose that fits, and people in whom the product can do something. */
static const char *product_trial(const product *cells, int variant, char text[800])
{
    bool beta = product_has_beta_cells(cells), immune = product_strength(cells, MECHANISM_immune_modulation) > 0.0;
    const char *of = beta ? "t1d_adult" : immune && variant == 1 ? "t1d_new_onset" : "t2d_insulin";
    const char *dose = !beta ? "dose_cells_per_kg: 1e6" : variant == 1 ? "dose_ieq_per_kg: 10000" : "dose_cells: 2e9";
    snprintf(text, 800,
             "islet: 1\ntitle: t\npopulation: {of: %s, n: 8}\narms:\n  - name: a\n    cells: [{product: %s, %s, day: 0}]\n"
             "    immunosuppression: %s\n" DAYS,
             of, cells->name, dose, beta && cells->origin == ORIGIN_ALLOGENEIC ? "glucocorticoid_free" : "none");
    return text;
}

typedef struct {
    const char *key;
    size_t offset;
    double low, high;
} file_number;

static const file_number file_numbers[] = {
#define NUMBER(key, unit, low, high, sentence) {#key, offsetof(product, key), low, high},
    PRODUCT_VALUES(NUMBER) DEVICE_VALUES(NUMBER) SIGNAL_VALUES(NUMBER) HARM_VALUES(NUMBER)
#undef NUMBER
#define STRENGTH(key, unit, low, high, sentence)                                                                      \
    {#key, offsetof(product, mechanisms) + sizeof(product_mechanism) * MECHANISM_##key + offsetof(product_mechanism, strength), low, high},
    PRODUCT_MECHANISMS(STRENGTH)
#undef STRENGTH
};

/* What a product's file gives and cannot act by what the product is. */
static bool is_inert(const product *cells, const file_number *number)
{
    const sourced_value *at = (const sourced_value *)((const char *)cells + number->offset);
    if (!is_given(at)) return true;
    bool mature = strcmp(number->key, "maturation_scale_day") == 0 && !(cells->maturation_half_time_day.value > 0.0);
    bool no_blood = strcmp(number->key, "blood_reaction_loss_frac") == 0 && cells->route != ROUTE_portal_vein;
    bool no_vessels = strcmp(number->key, "oxygen_vascular_mm_hg") == 0 && cells->route == ROUTE_device_sealed;
    bool no_sphere = strcmp(number->key, "islet_radius_um") == 0 && cells->route == ROUTE_device_sealed;
    bool bound = strcmp(number->key, "undifferentiated_frac") == 0 || strcmp(number->key, "cancer_rate_ratio_high") == 0; /* shown as
                                                                                                 bounds, never drawn */
    bool reset = strcmp(number->key, "immune_reset") == 0; /* acts with conditioning only */
    bool zero = at->value == 0.0 && number->offset >= offsetof(product, mechanisms) &&
                number->offset < offsetof(product, mechanisms) + sizeof cells->mechanisms; /* a strength of 0 says what is not there */
    bool kept_out = (strcmp(number->key, "alloimmune_frac") == 0 || strcmp(number->key, "autoimmune_frac") == 0) &&
                    route_is_device(cells->route) && !(cells->attack_frac.value > 0.0);
    return mature || no_blood || no_vessels || no_sphere || bound || reset || zero || kept_out;
}

/* Does another value of a number of the record, a part of the protocol, change the trial? */
static bool number_moves(islet_protocol *protocol, void *record, const file_number *number, const small_result *base)
{
    static small_result changed;
    sourced_value *at = (sourced_value *)((char *)record + number->offset);
    const double before = at->value, values[] = {number->high, number->low};
    bool moved = false;
    for (int v = 0; v < 2 && !moved; v++) {
        if (values[v] == before) continue;
        at->value = values[v];
        moved = differ(true, base, small_run(protocol, &model, &changed), &changed);
    }
    at->value = before;
    return moved;
}

static void every_number_of_every_product_changes_some_outcome(void **state)
{
    (void)state;
    static small_result base[2];
    int silent = 0;
    for (const char *const *name = product_names(); *name; name++) {
        char text[800];
        product cells;
        islet_protocol *protocols[2];
        assert_true(product_shipped(*name, &cells));
        for (int v = 0; v < 2; v++) {
            protocols[v] = parsed(product_trial(&cells, v, text));
            assert_true(small_run(protocols[v], &model, &base[v]));
        }
        for (size_t i = 0; i < sizeof file_numbers / sizeof *file_numbers; i++) {
            const file_number *number = &file_numbers[i];
            if (is_inert(&cells, number)) continue;
            bool moved = number_moves(protocols[0], &protocols[0]->products[0], number, &base[0]) ||
                         number_moves(protocols[1], &protocols[1]->products[0], number, &base[1]);
            if (moved) continue;
            print_error("%s: %s changes nothing\n", *name, number->key);
            silent++;
        }
        for (int v = 0; v < 2; v++) free(protocols[v]);
    }
    assert_int_equal(silent, 0);
}

/* A mechanism that has no strength yet would act if it had one: all of them are there, not only named. */
static void every_mechanism_would_act(void **state)
{
    (void)state;
    static small_result base, changed;
    static const char *const beside[] = {
        /* everything but vessels: type 2, by artery */
        "islet: 1\ntitle: t\npopulation: {of: t2d_insulin, n: 8}\narms:\n  - name: a\n    cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e8, day: 0}]\n" DAYS,
        /* beside a graft, and against immunity */
        "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 8}\narms:\n  - name: a\n    cells:\n      - {product: msc_adipose, dose_cells_per_kg: 1e6, day: 0, route: portal_vein}\n"
        "      - {product: donor_islets, dose_ieq_per_kg: 10000, day: 0}\n    immunosuppression: glucocorticoid_free\n" DAYS,
    };
    product islets;
    assert_true(product_shipped("donor_islets", &islets));
    for (int m = 0; m < MECHANISM_COUNT; m++) {
        bool moved = m == MECHANISM_immune_reset; /* acts with conditioning only */
        for (int c = 0; c < 2 && !moved; c++) {
            islet_protocol *protocol = parsed(beside[c]);
            product *cells = &protocol->products[0];
            cells->viability_frac = islets.viability_frac; /* what beta cells need besides */
            cells->islet_radius_um = islets.islet_radius_um;
            cells->secretion_gain = islets.secretion_gain;
            cells->oxygen_vascular_mm_hg = islets.oxygen_vascular_mm_hg;
            cells->beta_cells_per_cell_frac = islets.beta_cells_per_cell_frac;
            assert_true(small_run(protocol, &model, &base));
            sourced_value *strength = &cells->mechanisms[m].strength;
            strength->value = strength->value > 0.0 ? 0.0 : 0.5;
            moved = differ(true, &base, small_run(protocol, &model, &changed), &changed);
            free(protocol);
        }
        if (!moved) fail_msg("the mechanism %s does nothing", mechanism_words[m]);
    }
}

/* How many numbers of a file's record, but for those listed, change nothing of the outcomes at either end of their range. */
static int silent_numbers(const char *name, islet_protocol *protocol, void *record, const file_number *numbers, size_t n,
                          const char *const *inert, const small_result *base)
{
    int silent = 0;
    for (size_t i = 0; i < n; i++) {
        if (listed(inert, numbers[i].key) || number_moves(protocol, record, &numbers[i], base)) continue;
        print_error("%s: %s changes nothing\n", name, numbers[i].key);
        silent++;
    }
    return silent;
}

static const char *const none_inert[] = {NULL}, *const inert_without_cells[] = {"neutropenic_fever_frac", NULL}; /* no aplasia, no such fever */
static const char *const inert_regimen_numbers[] = {
    "egfr_later_slope_ml_min_per_year", /* after the first year */
    "egfr_late_slope_ml_min_per_year",  /* after the fifth */
    NULL,
};

static void every_number_of_every_regimen_changes_some_outcome(void **state)
{
    (void)state;
    static const file_number numbers[] = {
#define NUMBER(key, unit, low, high, sentence) {#key, offsetof(regimen, key), low, high},
        REGIMEN_VALUES(NUMBER)
#undef NUMBER
    };
    static small_result base;
    int silent = 0;
    for (const char *const *name = regimen_names(); *name; name++) {
        char text[600];
        snprintf(text, sizeof text,
                 "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 16}\narms:\n  - name: a\n    cells: [{product: donor_islets, dose_ieq_per_kg: 10000, day: 0}]\n"
                 "    immunosuppression: {regimen: %s, stop_day: 30}\nfollow_up: {days: 60, visits_day: [0, 30, 60]}\n", *name);
        islet_protocol *protocol = parsed(text);
        assert_true(small_run(protocol, &model, &base));
        silent += silent_numbers(*name, protocol, &protocol->regimens[0], numbers, sizeof numbers / sizeof *numbers, inert_regimen_numbers, &base);
        free(protocol);
    }
    assert_int_equal(silent, 0);
}

/* ---- conditioning ---- */

/* Two courses, a drug that stays on and a thymus that suffers in every path, so that each number has something to act on. */
static void every_number_of_every_conditioning_changes_some_outcome(void **state)
{
    (void)state;
    static const file_number numbers[] = {
#define NUMBER(key, unit, low, high, sentence) {#key, offsetof(conditioning, key), low, high},
        CONDITIONING_VALUES(NUMBER)
#undef NUMBER
    };
    static small_result base;
    int silent = 0;
    for (const char *const *name = conditioning_names(); *name; name++) {
        conditioning path;
        char text[600], cells[100] = "";
        assert_true(conditioning_shipped(*name, &path));
        if (conditioning_needs_cells(&path))
            snprintf(cells, sizeof cells, "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: %d}]\n", path.step_day[STEP_infusion]);
        snprintf(text, sizeof text,
                 "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 16, require: {duration_year: \"<= 0.1\"}}\narms:\n  - name: a\n    conditioning: %s\n%s"
                 "care: {wean: trial_protocol}\nfollow_up: {days: 300, visits_day: [0, 100, 200, 300]}\n", *name, cells);
        islet_protocol *protocol = parsed(text);
        conditioning *of = &protocol->conditionings[0];
        of->courses.value = 2.0;
        of->course_interval_day.value = 60.0;
        of->growth_brake_frac.value = 0.3;
        of->thymus_loss_frac.value = 0.5;
        assert_true(small_run(protocol, &model, &base));
        silent += silent_numbers(*name, protocol, of, numbers, sizeof numbers / sizeof *numbers,
                                conditioning_needs_cells(&path) ? none_inert : inert_without_cells, &base);
        free(protocol);
    }
    assert_int_equal(silent, 0);
}

static bool sweep_all;

static int set_up(void **state)
{
    *state = &sweep_all;
    model = params_default();
    model.run_in_day = RUN_IN_DAY;
    return 0;
}

int main(int argc, char **argv)
{
    sweep_all = argc > 1 && strcmp(argv[1], "all") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mechanism_would_act),
        cmocka_unit_test(every_number_of_every_regimen_changes_some_outcome),
        cmocka_unit_test(every_number_of_every_conditioning_changes_some_outcome),
        cmocka_unit_test(every_number_of_every_product_changes_some_outcome),
        cmocka_unit_test(every_parameter_changes_some_outcome),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
