/* Visit: what is measured on a visit's morning - laboratory, sensor report, mixed-meal test.
 *
 * The test meal is given to a copy of the people's states, so that the test does not disturb the day it is measured
 * on, in any arm: 0.82 g carbohydrate per kg, at most 49 g, liquid (no grinding), samples at 0, 15, 30, 60, 90 and 120
 * minutes, AUC by trapezoids over 120 minutes (TrialNet procedure; BenaroyaResearch/CpeptideTools for the end point). */
#include <math.h>

#include "physiology/glucose_risk.h"
#include "physiology/slow.h"
#include "trial/group.h"
#include "trial/scores.h"

#define FASTING_DAYS 7
#define TEST_MEAL_G_PER_KG 0.82
#define TEST_MEAL_MAX_G 49.0
#define TEST_SAMPLES 6
#define STIMULATED_SAMPLE 4 /* at 90 minutes */

static const int sample_minute[TEST_SAMPLES] = {0, 15, 30, 60, 90, 120};

/* ---- mixed-meal test ---- */

static void mixed_meal_test(const run_plan *run, const group *group, double c_peptide[LANE_GROUP][TEST_SAMPLES])
{
    lane_group test = group->minute;
    for (int l = 0; l < LANE_GROUP; l++) {
        double grams = TEST_MEAL_G_PER_KG * lane_weight_kg(&group->lanes[l]);
        if (grams > TEST_MEAL_MAX_G) grams = TEST_MEAL_MAX_G;
        test.meal_left_mg[l] = 0.0;
        test.stomach_before_mg[l] = test.x[MINUTE_qs1][l] + test.x[MINUTE_qs2][l];
        test.eaten_mg[l] = grams * 1000.0;
        test.x[MINUTE_qs2][l] += grams * 1000.0;
        c_peptide[l][0] = test.x[MINUTE_c1][l];
    }
    for (int s = 1; s < TEST_SAMPLES; s++) {
        run->kernel->advance(&test, (sample_minute[s] - sample_minute[s - 1]) / BLOCK_MINUTES);
        for (int l = 0; l < LANE_GROUP; l++) c_peptide[l][s] = test.x[MINUTE_c1][l];
    }
}

/* What the laboratory reports: assay error, nothing below the detection limit. */
static double assayed(const params *p, draw *d, double c_peptide)
{
    double value = c_peptide * draw_lognormal(d, 1.0, p->c_peptide_assay_cv);
    return value < p->c_peptide_detection_limit_nmol_l ? 0.0 : value;
}

static void record_c_peptide(const params *p, draw *d, const double raw[TEST_SAMPLES], double *out)
{
    double c[TEST_SAMPLES], area = 0.0;
    for (int s = 0; s < TEST_SAMPLES; s++) c[s] = assayed(p, d, raw[s]);
    for (int s = 1; s < TEST_SAMPLES; s++) area += 0.5 * (c[s] + c[s - 1]) * (sample_minute[s] - sample_minute[s - 1]);
    out[ENDPOINT_c_peptide_fasting_nmol_l] = c[0];
    out[ENDPOINT_c_peptide_stimulated_nmol_l] = c[STIMULATED_SAMPLE];
    out[ENDPOINT_c_peptide_auc_mean_nmol_l] = area / sample_minute[TEST_SAMPLES - 1];
}

/* ---- sensor report and doses of the 14 days before ---- */

static void record_window(const run_plan *run, const lane *lane, int day, double *out)
{
    double n = 0.0, in_range = 0.0, below_70 = 0.0, below_54 = 0.0, above = 0.0, above_250 = 0.0, sum = 0.0,
           squares = 0.0, insulin = 0.0;
    double risk_low = 0.0, risk_high = 0.0;
    for (int i = day + run->run_in_day - VISIT_WINDOW_DAYS; i < day + run->run_in_day; i++) {
        const day_tally *t = &lane->tally[i];
        n += t->cgm_n;
        in_range += t->in_range;
        below_70 += t->below_70;
        below_54 += t->below_54;
        above += t->above_180;
        above_250 += t->above_250;
        risk_low += t->risk_low_sum;
        risk_high += t->risk_high_sum;
        sum += t->cgm_sum;
        squares += t->cgm_sum_squares;
        insulin += t->insulin_u;
    }
    double mean = sum / n, variance = (squares - n * mean * mean) / (n - 1.0);
    out[ENDPOINT_mean_glucose_mg_dl] = mean;
    out[ENDPOINT_time_in_range_pct] = 100.0 * in_range / n;
    out[ENDPOINT_time_below_70_pct] = 100.0 * below_70 / n;
    out[ENDPOINT_time_below_54_pct] = 100.0 * below_54 / n;
    out[ENDPOINT_time_above_180_pct] = 100.0 * above / n;
    out[ENDPOINT_glucose_cv_pct] = 100.0 * sqrt(variance > 0.0 ? variance : 0.0) / mean;
    out[ENDPOINT_glucose_management_indicator_pct] = glucose_management_indicator_pct(mean);
    out[ENDPOINT_low_blood_glucose_index] = risk_low / n;
    out[ENDPOINT_high_blood_glucose_index] = risk_high / n;
    out[ENDPOINT_glycemia_risk_index] = glycemia_risk_index(100.0 * below_54 / n, 100.0 * (below_70 - below_54) / n,
                                                           100.0 * above_250 / n, 100.0 * (above - above_250) / n);
    if (day - VISIT_WINDOW_DAYS >= course_diagnosis_day(lane->who)) { /* before it insulin was not yet begun: nothing to count */
        out[ENDPOINT_insulin_u_per_kg_day] = insulin / VISIT_WINDOW_DAYS / lane_weight_kg(lane);
        out[ENDPOINT_insulin_independent] = insulin > 0.0 ? 0.0 : 1.0;
    }

    double fasting = 0.0;
    for (int i = day + run->run_in_day - FASTING_DAYS; i < day + run->run_in_day; i++) fasting += lane->tally[i].fasting_mg_dl;
    out[ENDPOINT_fasting_glucose_mg_dl] = fasting / FASTING_DAYS;
}

double visit_hba1c_pct(const run_plan *run, const lane *lane, int day, draw *d)
{
    const day_tally *yesterday = &lane->tally[day + run->run_in_day - 1];
    int stride = (int)(sizeof(day_tally) / sizeof(double));
    double true_pct = hba1c_pct(lane->who->glycation_rate_l_per_mmol_s, (int)run->params->red_cell_life_day,
                                &yesterday->mean_glucose_mg_dl, stride, day + run->run_in_day);
    return true_pct * draw_lognormal(d, 1.0, run->params->hba1c_assay_cv);
}

/* Harms that end freedom from harm: all but losing the graft, which is a benefit that ended, and leaving. */
static bool is_free_of_harm(const lane *lane)
{
    static const event_kind harms[] = {EVENT_severe_hypo,   EVENT_portal_bleeding,   EVENT_portal_thrombosis,
                                       EVENT_cmv_infection, EVENT_serious_infection, EVENT_neutropenia,
                                       EVENT_fever,         EVENT_infusion_reaction, EVENT_infertility,
                                       EVENT_kidney_injury, EVENT_malignancy,        EVENT_sensitisation,
                                       EVENT_death};
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++)
        if (lane->happened[harms[i]]) return false;
    return true;
}

/* A reaction of which no file gives a share is missing, not absent. */
static void record_harms(const run_plan *run, const lane *lane, double *out)
{
    out[ENDPOINT_free_of_harm] = is_free_of_harm(lane);
    out[ENDPOINT_neutropenia] = lane->happened[EVENT_neutropenia];
    out[ENDPOINT_fever] = protocol_knows_fever(run->protocol, lane->arm) ? lane->happened[EVENT_fever] : NAN;
    out[ENDPOINT_infusion_reaction] = protocol_knows_reactions(run->protocol, lane->arm) ? lane->happened[EVENT_infusion_reaction] : NAN;
    out[ENDPOINT_infertility] = lane->happened[EVENT_infertility];
    out[ENDPOINT_sensitisation] = lane->happened[EVENT_sensitisation];
    out[ENDPOINT_treatment_death] = lane->happened[EVENT_treatment_death];
    out[ENDPOINT_severe_hypo_any] = lane->happened[EVENT_severe_hypo];
    out[ENDPOINT_graft_lost] = lane->happened[EVENT_graft_lost];
    out[ENDPOINT_portal_bleeding] = lane->happened[EVENT_portal_bleeding];
    out[ENDPOINT_portal_thrombosis] = lane->happened[EVENT_portal_thrombosis];
    out[ENDPOINT_cmv_infection] = lane->happened[EVENT_cmv_infection];
    out[ENDPOINT_serious_infection] = lane->happened[EVENT_serious_infection];
    out[ENDPOINT_kidney_injury] = lane->happened[EVENT_kidney_injury];
    out[ENDPOINT_malignancy] = lane->happened[EVENT_malignancy];
    out[ENDPOINT_death] = lane->happened[EVENT_death];
    out[ENDPOINT_withdrawn] = lane->happened[EVENT_withdrawn];
}

/* ---- scores ---- */

/* Severe events a year over the last year, or since day 0 where that is shorter. */
static double severe_hypo_of_the_year(const lane *lane, int day)
{
    int from = day > (int)DAYS_PER_YEAR ? day - (int)DAYS_PER_YEAR : 0, n = 0;
    for (int i = 0; i < lane->n_events; i++) n += lane->events[i].kind == EVENT_severe_hypo && lane->events[i].day >= from;
    return n * DAYS_PER_YEAR / (day - from);
}

static score_input score_input_of(const double *measured, double severe_hypo_per_year)
{
    return (score_input){.hba1c_pct = measured[ENDPOINT_hba1c_pct],
                         .fasting_glucose_mg_dl = measured[ENDPOINT_fasting_glucose_mg_dl],
                         .c_peptide_fasting_nmol_l = measured[ENDPOINT_c_peptide_fasting_nmol_l],
                         .c_peptide_stimulated_nmol_l = measured[ENDPOINT_c_peptide_stimulated_nmol_l],
                         .insulin_u_per_kg_day = measured[ENDPOINT_insulin_u_per_kg_day],
                         .time_in_range_pct = measured[ENDPOINT_time_in_range_pct],
                         .time_below_54_pct = measured[ENDPOINT_time_below_54_pct],
                         .severe_hypo_per_year = severe_hypo_per_year};
}

/* Igls compares with the values before treatment, which are those of the visit on day 0. */
static void record_scores(const lane *lane, int day, double *out)
{
    if (isnan(out[ENDPOINT_insulin_u_per_kg_day])) return;
    score_input now = score_input_of(out, day > 0 ? severe_hypo_of_the_year(lane, day) : lane->who->severe_hypo_per_year);
    out[ENDPOINT_beta_score] = score_beta(&now);
    out[ENDPOINT_idaa1c_pct] = score_idaa1c_pct(now.hba1c_pct, now.insulin_u_per_kg_day);
    out[ENDPOINT_partial_remission] = score_partial_remission(now.hba1c_pct, now.insulin_u_per_kg_day);
    if (day == 0 || isnan(lane->visits[0][ENDPOINT_insulin_u_per_kg_day])) return;
    score_input before = score_input_of(lane->visits[0], lane->who->severe_hypo_per_year);
    out[ENDPOINT_igls_1_class] = score_igls_1(&now, &before);
    out[ENDPOINT_igls_1_success] = igls_is_success(score_igls_1(&now, &before));
    out[ENDPOINT_igls_2_class] = score_igls_2(&now, &before);
    out[ENDPOINT_igls_2_success] = igls_is_success(score_igls_2(&now, &before));
    out[ENDPOINT_igls_2_graft_class] = score_igls_2_graft(&now, &before);
}

static void record_lane(const run_plan *run, group *group, int l, int visit, int day, const double c_peptide[TEST_SAMPLES])
{
    lane *lane = &group->lanes[l];
    double *out = lane->visits[visit];
    for (int e = 0; e < ENDPOINT_COUNT; e++) out[e] = NAN;
    record_harms(run, lane, out);
    if (day > lane->end_day || (day == lane->end_day && day < run->follow_up_day)) return; /* gone: nothing to measure */
    if (lane->happened[EVENT_death] || lane->happened[EVENT_withdrawn]) return;

    draw d = draw_from(run->seed, lane->who->key, RNG_assay, (uint64_t)day);
    record_c_peptide(run->params, &d, c_peptide, out);
    record_window(run, lane, day, out);
    out[ENDPOINT_hba1c_pct] = visit_hba1c_pct(run, lane, day, &d);
    if (!isnan(out[ENDPOINT_insulin_independent])) out[ENDPOINT_insulin_independent_strict] =
        out[ENDPOINT_insulin_independent] > 0.0 && out[ENDPOINT_hba1c_pct] < 7.0 &&
        out[ENDPOINT_fasting_glucose_mg_dl] <= 126.0 && out[ENDPOINT_c_peptide_stimulated_nmol_l] >= 0.17;
    int since = visit > 0 ? day - run->visit_day[visit - 1] : day;
    out[ENDPOINT_severe_hypo_per_year] =
        since > 0 ? lane->severe_hypo_since_visit * DAYS_PER_YEAR / since : lane->who->severe_hypo_per_year;
    out[ENDPOINT_awareness_frac] = lane->awareness;
    out[ENDPOINT_egfr_ml_min_1_73m2] = lane->egfr;
    out[ENDPOINT_graft_beta_cells_million] = graft_cells_million(&lane->graft);
    out[ENDPOINT_graft_function_frac] = graft_function(&lane->graft, run->params, lane->who, &lane->drugs);
    out[ENDPOINT_native_function_frac] = group->minute.k[KINETIC_INDEX(m_native)][l];
    if (lane->who->diabetes == DIABETES_TYPE1)
        out[ENDPOINT_native_beta_cells_frac] = lane->native.active_frac + lane->native.inactive_frac;
    out[ENDPOINT_lymphocytes_frac] = lane->immunity.lymphocytes;
    visit_record_metabolism(run, lane, &group->minute, l, out);
    record_scores(lane, day, out);
    lane->severe_hypo_since_visit = 0;
    care_sees_hba1c(lane, out[ENDPOINT_hba1c_pct]);
}

void visit_measure(const run_plan *run, group *group, int visit, int day)
{
    double c_peptide[LANE_GROUP][TEST_SAMPLES];
    mixed_meal_test(run, group, c_peptide);
    for (int l = 0; l < LANE_GROUP; l++) record_lane(run, group, l, visit, day, c_peptide[l]);
}
