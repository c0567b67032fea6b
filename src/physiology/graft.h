/* Graft: what happens to given beta cells from the bag to years later. Slow: stepped once a day, hourly in the first
 * month.
 *
 *   delivered   B0 = N (f_beta + f_diff) v          or IEQ n_beta v                        (Pisania 2010 for n_beta)
 *                 f_diff other cells that become beta cells in the pancreas: 0 in every shipped product
 *   early loss  B' = -[ k_b exp(-t/tau_b) + k_h H + k_a exp(-t/tau_a) ] B
 *                 1 - exp(-k_b tau_b) = the product's instant blood reaction
 *   oxygen      no anoxia while R <= sqrt(6 aD P/Vmax); else P = Vmax/(6 aD) (R^2 - 3 r^2 + 2 r^3/R), H = (r/R)^3
 *                 P = P_avascular + (P_vascular - P_avascular) V
 *                 alternatives: {engraftment_loss: fixed_share} instead: one share is lost with one time constant
 *   device      slab fed from both faces: no anoxia while L <= sqrt(2 aD P/(phi Vmax)), else H = 1 - L_crit/L;
 *                 phi the tissue share that is alive, P falls with the scar around the device; k_h H for as long as it lasts
 *                 open: H = (1 - V) H_slab + V H_sphere; sealed: no vessels
 *   vessels     V' = (1 - V)/tau_v (1 + vessel gain of given cells)
 *   regrowth    B' += r_g B (1 - B/B_max) / (1 + (G/G_tox)^8) in the first two months
 *   maturation  m(t) = 1/(1 + exp(-(t - t50)/s)), times V; 1 for products that are mature when given
 *   attrition   B' = -( h_non + h_allo u_allo + h_auto u_auto + h_drug ) B,  u = (1 - e) + e (1 - block) frailty,
 *                 e drug exposure, 1 under full dose; times what other given cells leave of it and what a device lets through
 *                 alternatives: {immune_attack: growing}: u_allo is a clone's size E instead, E' = a u_allo E (1 - E) - d (E - E0)
 *   function    M = gain * engraftment * sum_courses B m / B_healthy * drug factor
 *
 * Sources: early loss Eriksson 2009 (10.1111/j.1600-6143.2009.02844.x) and Biarnes 2002 (mouse); oxygen Suszynski 2016
 * (10.1155/2016/7625947), zero-order sphere and slab; clone: beta cell-T cell models in kind (reduction, assumed); attrition split from autografts against registry allografts. Parameters
 * and their standing: base/params.def and the product and regimen files. */
#ifndef ISLET_PHYSIOLOGY_GRAFT_H
#define ISLET_PHYSIOLOGY_GRAFT_H

#include <stdbool.h>

#include "base/params.h"
#include "patient/person.h"
#include "therapy/product.h"
#include "therapy/protocol.h"

typedef struct {
    const product *product;
    cell_route route;
    double age_day;               /* since infusion */
    double delivered_million;     /* living beta cells that left the bag */
    double cells_million;         /* living now */
    double vessels_frac;          /* V */
    double clone_frac;            /* E of the growing attack */
    bool walled_off;              /* a device in somebody whose scar lets neither oxygen nor vessels through */
} graft_course;

typedef struct {
    int n_courses;
    graft_course courses[PROTOCOL_MAX_COURSES];
    /* every cell delivered is alive or in one of these: the balance of cells */
    double lost_early_million, lost_immune_million, lost_other_million, regrown_million;
} graft;

/* Drugs of the moment: 0 without any; effects fade with the regimen's wash-out after a stop. */
typedef struct {
    const regimen *regimen;       /* NULL for none */
    double exposure_frac;         /* 1 under full dose */
} drug_state;

/* What a graft meets on one day. */
typedef struct {
    const params *params;
    const person *who;
    const drug_state *drugs;
    model_alternatives alternatives;
    double glucose_mg_dl;         /* mean plasma glucose of the day */
    double vessel_gain;           /* of given cells: factor - 1 on the growth of vessels */
    double attack_left_frac;      /* share of the attack that given cells leave, 1 without any */
    double autoimmune_factor;     /* of physiology/immunity.h: 1 for settled memory that nothing restrains */
} graft_day_of;

/* Millions of living beta cells that leave the bag; 0 for cells that neither are nor become beta cells. The course begins. */
double graft_infuse(graft *graft, const params *params, const product *product, const cell_course *course,
                    const mechanism_switches *switches, double weight_kg);

/* Is the device that was given last walled off? `chance` is uniform, the person's own. Nothing for cells without a device. */
void graft_meets_scar(graft *graft, double chance);

/* One day; returns the cells that died, over a healthy pancreas. */
double graft_day(graft *graft, const graft_day_of *day);

double graft_cells_million(const graft *graft);

/* Secretory capacity over a healthy pancreas; `drugs` may slow it. */
double graft_function(const graft *graft, const params *params, const person *who, const drug_state *drugs);

/* The same of what lives today once it is mature, without drugs: what there is to wait for. */
double graft_promise(const graft *graft, const params *params, const person *who);

/* Share of the graft's secretion that enters the portal vein, by site, weighted with the courses' function. */
double graft_portal_frac(const graft *graft);

/* Anoxic share of a sphere of radius_um at surface oxygen p_mm_hg. */
double graft_anoxic_frac(const params *params, double radius_um, double p_mm_hg);

/* Anoxic share of a slab of cells between two membranes; tissue_frac is the living tissue's share of it. */
double graft_slab_anoxic_frac(const params *params, double half_thickness_um, double tissue_frac, double p_mm_hg);

/* Secretion of the slab's living part over that under plenty of oxygen: Hill function of power 3 (Buchwald 2011, 10.1186/1742-4682-8-20)
 * of c(d) = P - phi Vmax/(2 aD) d (2 l - d), d depth below the face, l the part that lives. */
double graft_slab_secretion_frac(const params *params, double half_thickness_um, double tissue_frac, double p_mm_hg);

/* Value of a drug effect that is `under_drug` at full exposure and `without` at none. */
double drug_effect(const drug_state *drugs, double under_drug, double without);

#endif
