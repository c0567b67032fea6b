/* A network inside the library: a table of arms, or of pairs of treatments, as rows of arms (meta_network_read.c), before they are
 * pooled (meta_network.c). */
#ifndef ISLET_EVIDENCE_META_NETWORK_H
#define ISLET_EVIDENCE_META_NETWORK_H

#include "base/csv.h"
#include "stats/network.h"

#define TREATMENTS_MAX 200
#define WORDS 4 /* of 64 treatments each */

typedef enum { NET_MD, NET_RD, NET_RR, NET_OR, NET_GEN, NET_MEASURES } net_measure;
extern const char *const network_measure_names[NET_MEASURES];

/* An arm. Of a pair of treatments each is an arm of one person: the value less the other's is the effect, and the spreads' squares add up to its
 * variance. */
typedef struct {
    const char *study, *treatment;
    int line;
    double value, spread, n;
    const char *left_because;
} net_row;

typedef struct {
    const char *path;
    const islet_meta_options *options;
    islet_problems *problems;
    csv_file file;
    int study, treatment, value, spread, number, only; /* columns; spread -1: counts of events */
    int against;      /* column of the second treatment of a pair, -1 where rows are arms */
    bool is_variance; /* of a pair: the spread's column holds its square */
    const char *only_value;
    net_measure measure;
    bool random_effects;
    net_row *rows;
    int n;
    const char *names[TREATMENTS_MAX]; /* of the treatments that are pooled, the reference first */
    int treatments, studies;
    network_arm *arms;
    int n_arms;
    uint64_t (*designs)[WORDS]; /* by study: the set of its treatments */
} network_input;

/* The columns of a table of arms, or of pairs; false when they are not all there. */
bool network_find_columns(const csv_file *file, network_input *out);

/* The columns that name the two treatments of a pair; false when there are none. */
bool network_find_pair(const csv_file *file, int columns[2]);

/* What is asked for, then the rows; statuses as islet_network_run. */
ISLET_CHECK islet_status network_read_options(network_input *in);
ISLET_CHECK islet_status network_read_rows(network_input *in);
ISLET_CHECK islet_status network_refuse(const network_input *in, islet_status status, const char *format, const char *what);

#endif
