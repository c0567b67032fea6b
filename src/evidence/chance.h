/* Chance of a drawn trial: a stream of its own for every row, keyed by it, so that a row's interval does not depend on the rows beside it. */
#ifndef ISLET_EVIDENCE_CHANCE_H
#define ISLET_EVIDENCE_CHANCE_H

#include <stdint.h>

enum { CHANCE_COUNT_MAX = 256 }; /* counts of more people, or more events, are drawn as normal */

typedef struct {
    uint64_t seed, row, index; /* index: of the next number */
} chance;

double chance_uniform(chance *c);
double chance_normal(chance *c);
double chance_gamma(chance *c, double shape); /* scale 1; shape above 0 */
double chance_poisson(chance *c, double mean);
double chance_share(chance *c, double share, int64_t n); /* found in n people; a share outside 0 to 1 is put on its end */

#endif
