/* Bounds; the law is in bounds.h. */
#include "therapy/bounds.h"

#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"

#define HEAVY_KG 120.0        /* where a dose is per kg: a bound takes a heavy person */
#define CELLS_PER_IEQ 1560.0  /* doi:10.1038/labinvest.2010.124 */

static double most_cells(const cell_course *course)
{
    double per_kg = course->dose_cells_per_kg + course->cd34_per_kg + CELLS_PER_IEQ * course->dose_ieq_per_kg;
    return course->dose_cells + CELLS_PER_IEQ * course->dose_ieq + HEAVY_KG * per_kg;
}

double bound_cancer(const struct islet_protocol *protocol, const protocol_arm *arm, const params *params, double years)
{
    double ratio = 0.0;
    for (int i = 0; i < arm->n_courses; i++) {
        const double here = protocol->products[arm->courses[i].product].cancer_rate_ratio_high.value;
        if (here > ratio) ratio = here;
    }
    return ratio > 1.0 ? 1.0 - lanes_exp(-(ratio - 1.0) * params->cancer_per_year * years) : NAN;
}

double bound_teratoma(const struct islet_protocol *protocol, const protocol_arm *arm, const params *params)
{
    double founders = 0.0;
    for (int i = 0; i < arm->n_courses; i++) {
        const product *cells = &protocol->products[arm->courses[i].product];
        double founds = cells->origin == ORIGIN_ALLOGENEIC ? params->teratoma_per_cell_frac
                                                           : params->teratoma_tolerated_per_cell_frac;
        founders += most_cells(&arm->courses[i]) * cells->undifferentiated_frac.value * founds;
    }
    return founders > 0.0 ? 1.0 - lanes_exp(-founders) : NAN;
}
