/* Expressed rows: published rows bound to an arm of a protocol, and what simulated people of those arms leave for them. */
#ifndef ISLET_EVIDENCE_EXPRESSED_H
#define ISLET_EVIDENCE_EXPRESSED_H

#include "base/params.h"
#include "evidence/outcome.h"
#include "therapy/protocol.h"

/* A row beside the arm that stands for it. */
typedef struct {
    const evidence_row *row; /* borrowed from the rows */
    int protocol, arm;       /* of `expressed`, of that protocol */
    int against;             /* arm that is subtracted; -1: the row is of one arm */
    int day;                 /* the row's, as the protocol counts (days_before_infusion) */
    int since;               /* last visit of the protocol before that */
} expressed_row;

typedef struct {
    const evidence_row *row;
    const char *reason; /* borrowed from the rows, the map or static */
} left_out_row;

/* Publications of an immune reset count from the infusion; a protocol counts from the mobilisation that it begins with. So many days lie between
 * in this arm; 0 without a conditioning path that ends in an infusion. Day 0 is before treatment in both. */
int days_before_infusion(const islet_protocol *protocol, const protocol_arm *arm);

/* One protocol, with the arms that rows name and a visit on each of their days. */
typedef struct {
    char path[512];
    islet_protocol *protocol;
} expressed_protocol;

typedef struct {
    int n_rows, n_left_out, n_protocols;
    expressed_row *rows;
    left_out_row *left_out;
    expressed_protocol *protocols;
    evidence_rows read; /* private: what the rows point into */
    csv_file map;       /* private */
} expressed;

/* Rows of a file from outside, whose column `protocol` names a file relative to it and `arm` an arm in that. Nothing is
 * simulated unless every row is in order. */
ISLET_CHECK islet_status expressed_read(const char *path, expressed *out, islet_problems *problems);

/* The shipped rows, with data/evidence/expressed.csv, which says for each trial and arm what stands for it, or why
 * nothing does. */
ISLET_CHECK islet_status expressed_shipped(expressed *out, islet_problems *problems);

/* Rows made by the caller, who keeps them: row i is bound to its arm of protocols[i], a file beside `beside` (the file that names it) or else, and with NULL, a
 * shipped one (a path in data/evidence/). */
ISLET_CHECK islet_status expressed_from(const evidence_row *rows, const char *const *protocols, int n, const char *beside, expressed *out,
                                        islet_problems *problems);

void expressed_free(expressed *rows);

/* Leave only the rows of one role: what follows cannot read the others. */
void expressed_keep_role(expressed *rows, evidence_role role);

/* Simulate `people` people of protocol `p` in its arms; values[r][person] gets the value of each row r bound to it (rows
 * of other protocols are not touched; values of rows nobody asked for may be NULL); a row of a difference gets those of the arm that is subtracted behind them, in
 * values[r][people + person]. `changed` replaces the protocol (other
 * products) and `params` the parameters; NULL: as they are. */
ISLET_CHECK islet_status expressed_simulate(const expressed *rows, int p, const islet_protocol *changed, const params *params,
                                            const islet_run_options *options, int64_t people, double *const *values,
                                            islet_problems *problems);

/* Patient-days that one such simulation costs for each person. */
double expressed_days_a_person(const expressed *rows, int p);

#endif
