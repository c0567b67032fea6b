/* Harms: what treatment and disease do to a person beside their purpose, with rates and time course.
 *
 *   severe hypoglycaemia   hazard h 6^((1 - W)/(1 - W_ref)) frailty in each minute of deep hypoglycaemia, W awareness
 *   cells                  fever and other reactions of each giving, by the product's file; teratoma is a bound (therapy/bounds.h)
 *   procedure              bleeding (by the needle's tract, sealed or not) and thrombosis of each infusion into the portal vein; death in the year after
 *   drugs                  infection and cancer a year under exposure; cytomegalovirus by onset; neutropenia in the first year;
 *                          eGFR by the regimen's slopes
 *   graft                  antibodies against the donor after an allogeneic graft is lost
 *   death, leaving         background mortality, severe hypoglycaemia, treatment; drop-out of the protocol
 *
 * Numbers and sources: regimen and product files, base/params.def. Chance is drawn from (seed, person, day or course), the same in
 * every arm. */
#ifndef ISLET_TRIAL_HARMS_H
#define ISLET_TRIAL_HARMS_H

#include "trial/lane.h"

/* Before day 0: nothing has happened. */
void harms_start(lane *lane);

/* The procedure of one course of cells, with the course's own draws. */
void harms_of_infusion(const run_plan *run, lane *lane, int day, const cell_course *course, bool gives_beta_cells, draw *d);

/* The regimen that begins today. */
void harms_of_drugs(const run_plan *run, lane *lane, int day);

/* A graft that had worked is lost today. */
void harms_of_graft_loss(const run_plan *run, lane *lane, int day);

/* Deaths a year from other causes than those drawn apart. (mortality.c) */
double mortality_per_year(const params *params, const person *who, double years_since_enrolment);

/* The end of each day of follow-up. */
void harms_day(const run_plan *run, lane *lane, int day);

#endif
