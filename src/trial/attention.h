/* Attention: the trial effect - what being in a trial does to people, with inert cells too. It acts on what they do (how much they
 * eat, how many doses they forget), never on HbA1c itself, and every arm gets it.
 *
 *   effort     E(t) = [l + (1 - l) exp(-t/tau_r)] + X exp(-t/tau_x) a,   t days since day 0, 0 before
 *   l          recruitment: being seen, asked and measured; fades to a lasting share
 *   X, a       expectation of a treatment that is felt as given: a is 1 for what is infused or injected, or for its sham, the
 *              placebo's share for tablets, 0 for people who know they get nothing; in a blinded trial nobody knows, and a is the largest
 *              of all arms
 *   meals      factor 1 - m E;   forgotten doses: factor 1 - f E
 *
 * Sizes: base/params.def, fitted to screened people whose treatment did not change (Gale 2007, doi:10.2337/dc07-0155) and to placebo arms
 * (Lin 2020, doi:10.1186/s12916-020-01787-4); docs/calibration.md has the table. Regression to the mean is not here: it comes
 * by itself, because entry thresholds are held against a measured HbA1c (enrol.c). `trial_effect: none` in a protocol switches
 * all of this off. */
#ifndef ISLET_TRIAL_ATTENTION_H
#define ISLET_TRIAL_ATTENTION_H

#include "trial/lane.h"

double attention_effort(const run_plan *run, const protocol_arm *arm, int day);

/* Factors on the carbohydrate of meals, on forgotten doses, and on energy where weight follows it. */
double attention_meal_factor(const params *params, double effort);
double attention_missed_factor(const params *params, double effort);
double attention_energy_factor(const params *params, double effort);

/* What the arm gets of it, in words for the report. */
const char *attention_sentence(const struct islet_protocol *protocol, const protocol_arm *arm);

#endif
