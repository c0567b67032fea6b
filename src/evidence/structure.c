/* islet_alternatives: how far results depend on what the evidence does not settle. The same people are simulated under the protocol's accounts of
 * engraftment loss, immune attack and mesenchymal effect, and again with each of them replaced by its rival (docs/formats.md), where the protocol
 * gives cells that it matters for. The range from the lowest to the highest is one of its own: no chance, no parameter is in it. */
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/table.h"
#include "evidence/visits.h"
#include "stats/summary.h"
#include "therapy/parameter_set.h"

#define PEOPLE 96

typedef enum { ACCOUNT_ENGRAFTMENT, ACCOUNT_ATTACK, ACCOUNT_EFFECT, ACCOUNTS } account;

static int *account_of(model_alternatives *of, account which)
{
    return which == ACCOUNT_ENGRAFTMENT ? &of->engraftment_loss
           : which == ACCOUNT_ATTACK    ? &of->immune_attack
                                        : &of->mesenchymal_effect;
}

static int rival_of(account which, int now)
{
    if (which == ACCOUNT_ENGRAFTMENT) return now == ENGRAFTMENT_OXYGEN ? ENGRAFTMENT_FIXED_SHARE : ENGRAFTMENT_OXYGEN;
    if (which == ACCOUNT_ATTACK) return now == ATTACK_STEADY ? ATTACK_GROWING : ATTACK_STEADY;
    return now == EFFECT_MEMORY ? EFFECT_PULSE : EFFECT_MEMORY;
}

/* does a product of the protocol act by what the account is about? */
static bool matters(const islet_protocol *protocol, account which)
{
    for (int i = 0; i < protocol->n_products; i++) {
        const product *cells = &protocol->products[i];
        bool beta = product_strength(cells, MECHANISM_beta_cell_replacement) > 0.0, signals = false;
        for (int m = 0; m < MECHANISM_COUNT; m++)
            signals = signals || (m != MECHANISM_beta_cell_replacement && m != MECHANISM_immune_reset &&
                                  product_strength(cells, (mechanism_id)m) > 0.0);
        if (which == ACCOUNT_EFFECT ? signals : beta) return true;
    }
    return false;
}

static double statistic(const visit_values *v, int arm, int visit, int endpoint)
{
    return v->values ? summary_mean(visit_values_at(v, arm, visit, endpoint), v->people).value : NAN;
}

/* base, then one a rival account; those that do not matter have no values */
static bool add_row(islet_table *table, const islet_protocol *protocol, const visit_values *all, int arm, int visit, int endpoint)
{
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    char day[NUMBER_TEXT], text[3 + ACCOUNTS][NUMBER_TEXT];
    double numbers[3 + ACCOUNTS];
    numbers[0] = numbers[1] = numbers[2] = statistic(&all[0], arm, visit, endpoint);
    for (int k = 0; k < ACCOUNTS; k++) {
        double rival = numbers[3 + k] = statistic(&all[1 + k], arm, visit, endpoint);
        if (rival < numbers[1]) numbers[1] = rival;
        if (rival > numbers[2]) numbers[2] = rival;
    }
    number_write(all[0].visit_day[visit], day);
    for (int i = 0; i < 3 + ACCOUNTS; i++) {
        text[i][0] = 0;
        if (!isnan(numbers[i])) number_write(round(numbers[i] * 1e4) / 1e4, text[i]);
    }
    return table_add_row(table, (const char *const[]){protocol->arms[arm].name, info->key, info->unit, day, text[0],
                                                      text[1], text[2], text[3], text[4], text[5]});
}

static islet_status simulate_all(const islet_protocol *protocol, const islet_run_options *options, visit_values *all,
                                 islet_problems *problems)
{
    visit_work work = {.options = options, .share = 1.0};
    params with = params_default();
    int64_t people = options->patients > 0 ? options->patients : PEOPLE;
    parameter_set set = {0};
    islet_protocol *own = malloc(sizeof *own), *changed = malloc(sizeof *changed);
    islet_status status = own && changed ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK && options->parameters) status = parameter_set_read(options->parameters, &set, problems);
    if (status != ISLET_OK) goto done;
    *own = *protocol;
    if (options->parameters) parameter_set_apply(&set, -1, &with, own);
    for (int k = 0; k < ACCOUNTS; k++) work.share += matters(protocol, (account)k);
    status = visit_values_simulate(&work, own, &with, people, &all[0], problems);
    for (int k = 0; k < ACCOUNTS && status == ISLET_OK; k++) {
        if (!matters(protocol, (account)k)) continue;
        *changed = *own;
        int *now = account_of(&changed->alternatives, (account)k);
        *now = rival_of((account)k, *now);
        status = visit_values_simulate(&work, changed, &with, people, &all[1 + k], problems);
    }
done:
    parameter_set_free(&set);
    free(own);
    free(changed);
    return status;
}

islet_status islet_alternatives(const islet_protocol *protocol, const islet_run_options *options, islet_table **out,
                                islet_problems *problems)
{
    static const char *const names[] = {
        "arm",           "endpoint",          "unit", "day", "simulated", "low", "high", "engraftment_loss",
        "immune_attack", "mesenchymal_effect"};
    static const bool numbers[] = {false, false, false, true, true, true, true, true, true, true};
    static const islet_run_options defaults = {0};
    visit_values all[1 + ACCOUNTS] = {{0}};
    if (!protocol || !out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    islet_status status = simulate_all(protocol, options ? options : &defaults, all, problems);
    islet_table *table = status == ISLET_OK ? table_create(10, names, numbers) : NULL;
    bool fine = table != NULL;
    for (int a = 0; a < all[0].arms && fine; a++)
        for (int e = 0; e < protocol->n_endpoints && fine; e++)
            for (int v = 0; v < all[0].visits && fine; v++) fine = add_row(table, protocol, all, a, v, protocol->endpoints[e]);
    for (int k = 0; k < 1 + ACCOUNTS; k++) visit_values_free(&all[k]);
    if (status == ISLET_OK && !fine) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) *out = table;
    else islet_table_free(table);
    return status;
}
