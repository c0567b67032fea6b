/* Signals of given cells; equations and sources in signals.h. */
#include "physiology/signals.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

double signals_arrival_frac(const params *params, cell_route route, signal_place place)
{
    switch (route) {
    case ROUTE_vein: return place == PLACE_BODY ? 1.0 : params->vein_pancreas_frac; /* the lung holds them, where they act too */
    case ROUTE_pancreatic_artery: return params->artery_arrival_frac;               /* the rest plugs small vessels and dies */
    case ROUTE_splenic_artery:
        return params->artery_arrival_frac * (place == PLACE_BODY ? 1.0 : params->splenic_pancreas_frac);
    case ROUTE_portal_vein: return place == PLACE_PANCREAS ? 0.0 : 1.0; /* into blood: the liver holds them as the lung does */
    default: /* put beside a graft, in tissue */
        return place == PLACE_PANCREAS ? 0.0 : place == PLACE_GRAFT ? 1.0 : params->tissue_body_frac;
    }
}

static signal_source *source_of(signal_state *state, const product *product, cell_route route)
{
    for (int i = 0; i < state->n_sources; i++)
        if (state->sources[i].product == product && state->sources[i].route == route) return &state->sources[i];
    state->sources[state->n_sources] = (signal_source){.product = product, .route = route};
    return &state->sources[state->n_sources++]; /* at most one a course */
}

void signals_give(signal_state *state, const params *params, const product *product, const cell_course *course,
                  double weight_kg)
{
    if (!product_has_signals(product)) return;
    double cells = course->dose_cells / weight_kg + course->dose_cells_per_kg + course->cd34_per_kg;
    double living = cells * product->living_frac.value * 1e-6;
    if (!(living > 0.0)) return;
    signal_source *source = source_of(state, product, course->route);
    for (int place = 0; place < PLACE_COUNT; place++)
        source->living_million_per_kg[place] += living * signals_arrival_frac(params, course->route, (signal_place)place);
}

/* ---- one day ---- */

/* Fractions of a day's exact solution of X and S, the same for every source. */
typedef struct {
    double living_kept, signal_kept, signal_made; /* made: by one living cell in the day */
} day_factors;

static day_factors factors_of(const params *params)
{
    double a = 1.0 / params->cell_life_day, b = 1.0 / params->cell_signal_day;
    double kept_a = lanes_exp(-a), kept_b = lanes_exp(-b), difference = a - b;
    if (difference < 1e-9 && difference > -1e-9) difference = 1e-9, kept_b = kept_a + difference * kept_a;
    double peak_day = lanes_log(a / b) / difference; /* of (exp(-b t) - exp(-a t)) / (a - b) */
    double peak = (lanes_exp(-b * peak_day) - lanes_exp(-a * peak_day)) / difference;
    return (day_factors){kept_a, kept_b, (kept_b - kept_a) / difference / peak};
}

/* Steps one source at one place and returns the drive of the day. */
static double step(signal_source *source, int place, const day_factors *day, const params *params)
{
    double living = source->living_million_per_kg[place], before = source->signal_million_per_kg[place];
    double after = before * day->signal_kept + living * day->signal_made;
    source->living_million_per_kg[place] = living * day->living_kept;
    source->signal_million_per_kg[place] = after;
    double mean = 0.5 * (before + after), drive = mean / (mean + source->product->half_effect_million_per_kg.value);

    /* linear in M while the drive holds: exact for the day */
    double rise = drive / params->cell_memory_rise_day, fall = 1.0 / source->product->memory_day.value;
    double settled = rise / (rise + fall);
    source->memory_frac[place] = settled + (source->memory_frac[place] - settled) * lanes_exp(-(rise + fall));
    return drive;
}

static double joined(double a, double b) /* of two that each stop a share, what both stop */
{
    return 1.0 - (1.0 - a) * (1.0 - b);
}

/* What a product can do in a person. */
typedef struct {
    const product *cells;
    const mechanism_switches *switches;
    bool type1;
} power;

static double strength(const power *of, mechanism_id mechanism, double most)
{
    double value = product_strength_in(of->cells, mechanism, of->type1) * of->switches->factor[mechanism];
    return value < most ? value : most;
}

static void add_effects(const power *of, const params *params, const double level[PLACE_COUNT], cell_signals *out)
{
    double brake = strength(of, MECHANISM_immune_modulation, 1.0) * level[PLACE_BODY];
    double growth = strength(of, MECHANISM_growth_factors, 1.0) * level[PLACE_PANCREAS];
    out->effector_brake_frac = joined(out->effector_brake_frac, brake);
    out->regulatory_gain += params->regulatory_gain_per_brake * brake;
    out->native_protection_frac = joined(out->native_protection_frac, growth);
    out->native_recovery_gain += params->recovery_gain_per_protection * growth;
    out->inflammation_drop += strength(of, MECHANISM_inflammation, 1e9) * level[PLACE_BODY];
    out->sensitivity_gain_frac += strength(of, MECHANISM_insulin_sensitivity, 1e9) * level[PLACE_BODY];
    out->vessel_gain += strength(of, MECHANISM_new_vessels, 1e9) * level[PLACE_GRAFT];
}

void signals_day(signal_state *state, const params *params, const mechanism_switches *switches, effect_account account,
                 cell_signals *out)
{
    *out = (cell_signals){0};
    if (state->n_sources == 0) return;
    day_factors day = factors_of(params);
    for (int i = 0; i < state->n_sources; i++) {
        signal_source *source = &state->sources[i];
        double level[PLACE_COUNT];
        for (int place = 0; place < PLACE_COUNT; place++) {
            double drive = step(source, place, &day, params);
            level[place] = account == EFFECT_PULSE ? drive : source->memory_frac[place];
        }
        add_effects(&(power){source->product, switches, state->type1}, params, level, out);
    }
}
