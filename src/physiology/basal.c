/* Basal state: see basal.h. */
#define ISLET_LANES 1
#include "physiology/basal.h"

#include <stddef.h>
#include <string.h>

#include "base/units.h"
#include "patient/subject.h"
#include "physiology/minute.h"

void basal_state(const kinetics *k, bool from_depot, double out[MINUTE_STATES])
{
    const double gp = k->gb * k->vg, ip = k->ib * k->vi;
    const double m30 = k->heb * k->m1 / (1.0 - k->heb);
    const double egp = k->kp1 - k->kp2 * gp - k->kp3 * k->ib;
    const double basal_pmol_kg_min = subject_basal_u_per_min(k) * PMOL_PER_UNIT_INSULIN / k->bw;

    memset(out, 0, MINUTE_STATES * sizeof(double));
    out[MINUTE_gp] = out[MINUTE_gs] = gp;
    out[MINUTE_gt] = (k->fcns - egp + k->k1 * gp) / k->k2;
    out[MINUTE_ip] = ip;
    out[MINUTE_il] = ip * k->m2 / (k->m1 + m30);
    out[MINUTE_i1] = out[MINUTE_id] = k->ib;
    if (from_depot) {
        out[MINUTE_d1] = out[MINUTE_d2] = basal_pmol_kg_min / k->kl;
    } else {
        out[MINUTE_s1] = basal_pmol_kg_min / (k->ka1 + k->kd);
        out[MINUTE_s2] = k->kd * out[MINUTE_s1] / k->ka2;
    }
}

void basal_set_hypo_threshold(lane_group *group, int lane, double glucose_mg_dl)
{
    group->k[KINETIC_INDEX(gb)][lane] = glucose_mg_dl; /* what the kernel reads it for */
    group->k[KINETIC_INDEX(ln_gb_pow)][lane] = hypo_ln_pow(glucose_mg_dl);
}

void basal_lane(const kinetics *k, const double x[MINUTE_STATES], lane_group *group, int lane)
{
    double constants[sizeof(kinetics) / sizeof(double)];
    memcpy(constants, k, sizeof constants);
    for (int i = 0; i < KINETIC_COUNT; i++) group->k[i][lane] = constants[i];
    basal_set_hypo_threshold(group, lane, k->gb);
    for (int i = 0; i < MINUTE_STATES; i++) group->x[i][lane] = x[i];
    group->meal_left_mg[lane] = group->basal_u_per_min[lane] = 0.0;
    group->eating[lane] = group->stomach_before_mg[lane] = group->eaten_mg[lane] = 0.0;
    group->glucose_sum_mg_dl[lane] = group->c_peptide_sum_nmol_l[lane] = 0.0;
}
