/* Slow laws; equations and sources in slow.h. */
#include "physiology/slow.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"

double hba1c_pct(double glycation_rate_l_per_mmol_s, int life_day, const double *mean_glucose_mg_dl, int stride,
                 int days_known)
{
    double rate = glycation_rate_l_per_mmol_s * SECONDS_PER_DAY / MG_DL_PER_MMOL_L; /* per day and mg/dL */
    double exposure = 0.0, glycated = 0.0;
    for (int age = 0; age < life_day; age++) {
        int back = age < days_known ? age : days_known - 1;
        double today = mean_glucose_mg_dl[-back * stride];
        glycated += 1.0 - lanes_exp(-rate * (exposure + 0.5 * today)); /* a cell of age + 1/2 days */
        exposure += today;
    }
    return hba1c_ngsp_pct_from_ifcc(1000.0 * glycated / life_day);
}

/* Share of the answer to lows that a graft restores. */
static double restored_frac(const params *params, double graft_function)
{
    double share = graft_function / params->counterregulation_graft_function;
    return share < 1.0 ? share : 1.0;
}

double counterregulation_frac(const params *params, double awareness, double function, double graft_function)
{
    double restored = restored_frac(params, function), answer = awareness > restored ? awareness : restored;
    double without = params->counterregulation_unaware_frac + (1.0 - params->counterregulation_unaware_frac) * answer;
    double healthy = params->counterregulation_islets_mg_kg_min_per_mg_dl / params->counterregulation_mg_kg_min_per_mg_dl;
    return without + restored_frac(params, graft_function) * (healthy - without);
}

double awareness_day(const params *params, double awareness, double ceiling, double below_54_min, double graft_function)
{
    double gain = 1.0 / params->awareness_recovery_day;
    double loss = params->awareness_loss_per_low_min * below_54_min * (1.0 - restored_frac(params, graft_function));
    double settled = ceiling * gain / (gain + loss);
    return settled + (awareness - settled) * lanes_exp(-(gain + loss));
}

#define LATER_SLOPE_UNTIL_YEAR 5.0 /* the published slopes are those of year 1, years 1 to 5 and years 5 to 20 */

double egfr_drug_loss(const params *params, const regimen *regimen, double years_on_drugs, double exposure_frac)
{
    double tau = params->egfr_first_year_tau_year;
    double first = years_on_drugs < 1.0 ? years_on_drugs : 1.0;
    double later = (years_on_drugs < LATER_SLOPE_UNTIL_YEAR ? years_on_drugs : LATER_SLOPE_UNTIL_YEAR) - first;
    double late = years_on_drugs > LATER_SLOPE_UNTIL_YEAR ? years_on_drugs - LATER_SLOPE_UNTIL_YEAR : 0.0;
    double shape = (1.0 - lanes_exp(-first / tau)) / (1.0 - lanes_exp(-1.0 / tau));
    double left = 1.0 - params->egfr_reversible_frac * (1.0 - exposure_frac);
    return regimen->egfr_first_year_drop_ml_min.value * shape * left + regimen->egfr_later_slope_ml_min_per_year.value * later +
           regimen->egfr_late_slope_ml_min_per_year.value * late;
}
