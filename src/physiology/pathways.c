/* Pathways: see pathways.h. */
#include "physiology/pathways.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"

#define GROWTH_MOST 4.55             /* P at full workload */
#define GROWTH_HALF 41.77            /* secretion of half of it */
#define LOSS_MOST 3.11               /* A at high glucose, above LOSS_LEAST */
#define LOSS_LEAST 0.8
#define LOSS_HALF 0.44               /* M of half of it */
#define HALF_MG_DL 150.0             /* glucose of half of M */
#define EXOCYTOSIS_LEAST 0.01752     /* sig that no glucose takes away */
#define MASS_MIN 10080000.0          /* tau_b */
#define SHIFT_MIN 3081.6             /* tau_gam */

static double squared(double x)
{
    return x * x;
}

/* x^2/(half^2 + x^2) */
static double saturating(double x, double half)
{
    return squared(x) / (squared(half) + squared(x));
}

void pathways_look(double glucose_mg_dl, double secretion, double ceiling, double shift_glucose_mg_dl, pathways_drive *drive)
{
    double m = saturating(glucose_mg_dl, HALF_MG_DL), m6 = squared(m) * squared(m) * squared(m);
    double half6 = squared(LOSS_HALF) * squared(LOSS_HALF) * squared(LOSS_HALF);
    double work4 = squared(squared(secretion)), half4 = squared(squared(GROWTH_HALF));
    double mg = saturating(glucose_mg_dl - 35.0, HALF_MG_DL);
    double by_glucose = 1.0 - 1.0 / (1.0 + 0.2 * lanes_exp(-(mg - 0.2) / 0.02));
    double by_work = ceiling / (1.0 + lanes_exp(-(secretion - 0.1) / 0.1));
    drive->growth += GROWTH_MOST * work4 / (half4 + work4);
    drive->loss += LOSS_MOST * m6 / (half6 + m6) + LOSS_LEAST;
    drive->exocytosis += by_glucose * by_work;
    drive->shift += 0.4 / (1.0 + lanes_exp(-(glucose_mg_dl - shift_glucose_mg_dl) / 5.0)) - 0.2;
    drive->looks++;
}

/* x nearer to `settled` after `minutes` with time constant tau. */
static double relaxed(double x, double settled, double minutes, double tau_min)
{
    return settled + (x - settled) * lanes_exp(-minutes / tau_min);
}

double pathways_exocytosis_settled(const pathways_drive *drive, double recovery_gain)
{
    double by_glucose = drive->looks > 0 ? drive->exocytosis / drive->looks : 0.0;
    return (EXOCYTOSIS_LEAST + by_glucose) * (1.0 + recovery_gain);
}

double pathways_shift_settled(const pathways_drive *drive)
{
    return drive->looks > 0 ? drive->shift / drive->looks : 0.0;
}

void pathways_step(const pathways_drive *drive, double minutes, const pathways_help *help, pathways *cells)
{
    if (drive->looks == 0) return;
    double growth = drive->growth / drive->looks * help->turnover_frac;
    double loss = drive->loss / drive->looks * help->turnover_frac;
    double lost = help->pace * (1.0 - help->protection_frac); /* of the loss; growth keeps its own pace */
    cells->mass *= lanes_exp((growth - loss * lost) * minutes / MASS_MIN -
                             help->steady_loss_per_day * lost * minutes / MINUTES_PER_DAY);
    cells->exocytosis = relaxed(cells->exocytosis, pathways_exocytosis_settled(drive, help->recovery_gain), minutes,
                                help->exocytosis_min);
    cells->shift = relaxed(cells->shift, pathways_shift_settled(drive), minutes, SHIFT_MIN);
}

double pathways_capacity(double exocytosis, double half)
{
    return (1.0 + half) * exocytosis / (half + exocytosis);
}
