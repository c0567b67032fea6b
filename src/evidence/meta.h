/* Meta-analysis inside the library: the studies of a table as effects with variances (meta_read.c), before they are pooled (meta.c). */
#ifndef ISLET_EVIDENCE_META_H
#define ISLET_EVIDENCE_META_H

#include "base/csv.h"
#include "stats/effect.h"
#include "stats/pool.h"

#define META_FIELDS 6

typedef enum { KIND_TABLE, KIND_MEANS, KIND_SHARES, KIND_EFFECTS, KIND_PRE_POST } meta_kind;

typedef enum {
    MEASURE_RR,
    MEASURE_OR,
    MEASURE_RD,
    MEASURE_PETO,
    MEASURE_MD,
    MEASURE_MDH,
    MEASURE_SMD,
    MEASURE_PR,
    MEASURE_PLO,
    MEASURE_PFT,
    MEASURE_GEN,
    MEASURE_MC,
    MEASURE_SMC,
    MEASURES
} meta_measure;

enum { METHOD_MH = POOL_HE + 1, METHOD_PETO }; /* beside pool_method */

/* Why nothing is pooled; a result, not an error. */
typedef enum { REFUSED_NOT, REFUSED_TOO_FEW, REFUSED_NOT_COMPARABLE, REFUSED_NOT_REPORTED } meta_refusal;

typedef struct {
    const char *name, *group;
    int row, line; /* of the table; of the file */
    double y, v, x[POOL_COEFFICIENTS], table[4], n;
    double fields[META_FIELDS];
    const char *left_because; /* NULL: pooled */
} meta_study;

typedef struct {
    const char *path;
    const islet_meta_options *options;
    islet_problems *problems;
    csv_file file, arms; /* arms: what the table was before --contrast made it one of studies */
    int layout, columns[META_FIELDS], correlation_column, label, only, subgroup, moderator[POOL_COEFFICIENTS], p,
        method;
    const char *only_value;
    meta_measure measure;
    double correlation;  /* between before and after, assumed where the table has none */
    bool assumed;        /* it was used */
    meta_study *studies; /* in the order of the file; those that are pooled first after meta_input_sort */
    int n, k;            /* all; those that are pooled */
    meta_refusal refusal;
    char why[300];
} meta_input;

/* The table at `path` as studies. ISLET_ERR_UNKNOWN_NAME for a measure or method that there is not, ISLET_ERR_ARGUMENT for options that
 * do not go together, ISLET_ERR_INPUT for an impossible table. What cannot be pooled is left to `refusal`. */
ISLET_CHECK islet_status meta_input_read(const char *path, const islet_meta_options *options, meta_input *out,
                                         islet_problems *problems);
void meta_input_free(meta_input *in);

/* Effect of a study; before and after are taken with this correlation where the table has none. */
effect meta_effect(const meta_input *in, const meta_study *study, double correlation);

/* What was read of an arm (0 treated, 1 control; 0 after and 1 before for changes), as it stands in the table: "4 / 123", "7.1 (0.9), 45";
 * empty where the layout has no such arm. */
#define META_ARM_TEXT 96
void meta_arm_text(const meta_input *in, const meta_study *study, int arm, char out[META_ARM_TEXT]);

/* Does a header have the columns of studies or of arms? `has` says whether a name stands in it. */
bool meta_header_is_one(bool (*has)(const void *header, const char *name), const void *header);

bool meta_measure_is_log(meta_measure measure);
const char *meta_measure_name(meta_measure measure);
const char *meta_method_name(int method);
const char *meta_refusal_word(meta_refusal refusal);

#endif
