/* islet: simulates stem cell therapy for diabetes and holds the result against the published evidence.
 *
 * The public interface, in the order a user works:
 *   1. read a protocol              islet_protocol_read
 *   2. run it into a store          islet_store_create, islet_run
 *   3. look at the results          islet_store_results
 *   4. write the report             islet_report_write
 *   and, beside the path: tables of parameters, products and populations, checks of files, benchmarks.
 *
 * Contract of every function:
 *   - returns an islet_status: 0 is fine, negative is an error (islet_strerror says which). Functions that cannot
 *     fail return their answer directly.
 *   - who creates, frees; islet_x_free(NULL) is fine. A const pointer that is returned is borrowed: valid until its
 *     owner is changed or freed.
 *   - on failure *out is NULL and nothing else has changed.
 *   - the library holds no global state, prints nothing, never exits and reads no clock or environment.
 *   - a patient's misfortune (excluded, withdrawn, graft lost, dead) is a row of the results, never an error.
 *
 * islet is research software, not medical advice. Licence GPL-3.0-or-later. */
#ifndef ISLET_H
#define ISLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ISLET_VERSION_MAJOR 0
#define ISLET_VERSION_MINOR 1
#define ISLET_VERSION_PATCH 0
#define ISLET_VERSION "0.1.0"

#if defined(__GNUC__)
#define ISLET_API __attribute__((visibility("default")))
#define ISLET_CHECK __attribute__((warn_unused_result))
#else
#define ISLET_API
#define ISLET_CHECK
#endif

/* ---- status ------------------------------------------------------------------------------------------------- */

/* One list makes both the codes and the messages. */
#define ISLET_STATUS_LIST(ENTRY)                                                                                     \
    ENTRY(ISLET_OK, 0, "fine")                                                                                       \
    ENTRY(ISLET_ERR_ARGUMENT, -1, "an argument is missing or outside its documented range")                          \
    ENTRY(ISLET_ERR_MEMORY, -2, "out of memory")                                                                     \
    ENTRY(ISLET_ERR_INPUT, -3, "a file from outside is not valid; the problems say where and why")                   \
    ENTRY(ISLET_ERR_IO, -4, "a file could not be read or written")                                                   \
    ENTRY(ISLET_ERR_STORE, -5, "a result store is damaged, foreign or of another version")                           \
    ENTRY(ISLET_ERR_NUMERICAL, -6, "a simulated state left its physical bounds")                                     \
    ENTRY(ISLET_ERR_INTERRUPTED, -7, "interrupted; what was finished is kept")                                       \
    ENTRY(ISLET_ERR_UNKNOWN_NAME, -8, "no parameter, product, population or end point has this name")                \
    ENTRY(ISLET_ERR_UNSUPPORTED, -9, "this machine or build cannot do what was asked")

typedef enum {
#define ISLET_STATUS_ENTRY(name, value, text) name = value,
    ISLET_STATUS_LIST(ISLET_STATUS_ENTRY)
#undef ISLET_STATUS_ENTRY
} islet_status;

/** Static text for any status. */
ISLET_API const char *islet_strerror(islet_status status);

/** Version of the library, to compare with ISLET_VERSION of the header. */
ISLET_API const char *islet_version(void);

/** Version control identity of the source the library was built from ("unknown" outside a checkout). */
ISLET_API const char *islet_commit(void);

/* ---- problems: what is wrong with a file, all of it at once -------------------------------------------------- */

/* A list of messages "file:line:column: what was found; what was expected; what to do". At most 20 errors are kept
 * word by word; the rest are counted. Warnings do not make a file invalid. */
typedef struct islet_problems islet_problems;

ISLET_API islet_problems *islet_problems_create(void); /* NULL when out of memory */
ISLET_API void islet_problems_free(islet_problems *problems);
ISLET_API int islet_problems_count(const islet_problems *problems);                   /* messages kept */
ISLET_API int islet_problems_error_count(const islet_problems *problems);             /* errors seen, kept or not */
ISLET_API const char *islet_problems_text(const islet_problems *problems, int index); /* borrowed */
ISLET_API bool islet_problems_is_warning(const islet_problems *problems, int index);

/* ---- table: named columns of text, for lists that people read ------------------------------------------------- */

typedef struct islet_table islet_table;

ISLET_API void islet_table_free(islet_table *table);
ISLET_API int islet_table_rows(const islet_table *table);
ISLET_API int islet_table_columns(const islet_table *table);
ISLET_API const char *islet_table_column_name(const islet_table *table, int column);      /* borrowed */
ISLET_API bool islet_table_column_is_number(const islet_table *table, int column);        /* cells parse as numbers */
ISLET_API const char *islet_table_cell(const islet_table *table, int row, int column);    /* borrowed, "" if empty */

/** Every model parameter: key, value, unit, low, high, spread, standing, source, sentence, used_by. */
ISLET_API ISLET_CHECK islet_status islet_params_table(islet_table **out);

/** What the results depend on most: parameter, standing, effect (Morris: mean over end points of the change over its range, in SDs between
 *  people), moves_most, sobol_first, sobol_total (for that end point, with 95 % interval). The strongest first. */
ISLET_API ISLET_CHECK islet_status islet_sensitivity_table(islet_table **out);

/** Every value of every shipped product and regimen: product, key (mechanisms.NAME for a strength), value, unit, low, high,
 *  standing, grade (of a strength), source, sentence. */
ISLET_API ISLET_CHECK islet_status islet_products_table(islet_table **out);

/* ---- protocol: what a trial designer writes ------------------------------------------------------------------- */

typedef struct islet_protocol islet_protocol;

/** Read and fully check a protocol file. Returns ISLET_ERR_INPUT with the reasons in `problems` (nullable), or
 *  ISLET_ERR_IO if the file cannot be read. Warnings may be added to `problems` on success too. */
ISLET_API ISLET_CHECK islet_status islet_protocol_read(const char *path, islet_protocol **out,
                                                       islet_problems *problems);
ISLET_API void islet_protocol_free(islet_protocol *protocol);
ISLET_API const char *islet_protocol_title(const islet_protocol *protocol);      /* borrowed */
ISLET_API int islet_protocol_arms(const islet_protocol *protocol);
ISLET_API const char *islet_protocol_arm_name(const islet_protocol *protocol, int arm); /* borrowed */
ISLET_API const char *islet_protocol_population(const islet_protocol *protocol); /* of whom its people are; borrowed */
ISLET_API bool islet_protocol_has_control(const islet_protocol *protocol); /* else the others are compared with the first arm */
/** Without type 1 diabetes: "held" or "usual", what `care: {treatment: ...}` comes to in every arm; else NULL. Static. */
ISLET_API const char *islet_protocol_treatment(const islet_protocol *protocol);
ISLET_API int64_t islet_protocol_patients(const islet_protocol *protocol);
ISLET_API double islet_protocol_years(const islet_protocol *protocol);

/** What each arm is given: arm, day, given, amount, unit; the days and amounts of a plan people can check. */
ISLET_API ISLET_CHECK islet_status islet_protocol_table(const islet_protocol *protocol, islet_table **out);

/* ---- screen: may this patient be treated as the protocol says ---------------------------------------------------- */

typedef enum {
    ISLET_ELIGIBLE,
    ISLET_NOT_ELIGIBLE,
    ISLET_NOT_NOW,
    ISLET_ELIGIBILITY_UNKNOWN,
    ISLET_NEEDS_JUDGEMENT
} islet_eligibility;

/** "eligible", "not_eligible", "not_now", "unknown", "needs_judgement". */
ISLET_API const char *islet_eligibility_word(islet_eligibility state);

/** Hold the patient of a file (YAML, a row of CSV, FHIR R4 bundle in JSON) against every criterion of the protocol and of
 *  the products it gives. `row` (from 1) or `id` picks a row of a CSV file of several; 0 and NULL otherwise. The table
 *  has id, state, kind, sentence, found, where, standing, source. Research software: no advice on treatment. */
ISLET_API ISLET_CHECK islet_status islet_screen(const islet_protocol *protocol, const char *patient, int64_t row,
                                                const char *id, islet_eligibility *state, islet_table **criteria,
                                                islet_problems *problems);

/* ---- check: what kind of file is this, and what is wrong with it ------------------------------------------------ */

typedef enum {
    ISLET_FILE_UNKNOWN,
    ISLET_FILE_PROTOCOL,
    ISLET_FILE_PRODUCT,
    ISLET_FILE_POPULATION,
    ISLET_FILE_REGIMEN,
    ISLET_FILE_STORE,
    ISLET_FILE_PATIENT,
    ISLET_FILE_EVIDENCE_ROWS,
    ISLET_FILE_EVIDENCE_TABLE, /* another table of the evidence base */
    ISLET_FILE_PARAMETERS,
    ISLET_FILE_STUDIES,        /* to be pooled */
    ISLET_FILE_CONDITIONING,   /* of the immune system, with its dated steps */
    ISLET_FILE_CLAIMS          /* of a user, to be judged */
} islet_file_kind;

/** Tell the kind of a file and list all that is wrong with it. ISLET_OK when nothing but warnings. */
ISLET_API ISLET_CHECK islet_status islet_check_file(const char *path, islet_file_kind *kind,
                                                    islet_problems *problems);

/* ---- store: one SQLite file a study ----------------------------------------------------------------------------- */

/** Used by one thread at a time; the threads of a simulation take turns. */
typedef struct islet_store islet_store;

/** Create a store that becomes visible under `path` only when islet_store_close finds it complete; an existing islet
 *  store there is replaced in one step, any other file is refused and left alone. */
ISLET_API ISLET_CHECK islet_status islet_store_create(const char *path, islet_store **out, islet_problems *problems);

/** Warn of the runs that islet_store_create would take the place of: a complete or interrupted one under `path`, what a stopped one left beside it. */
ISLET_API ISLET_CHECK islet_status islet_store_replaces(const char *path, islet_problems *problems);

/** Continue the store of a run that was cut short (stopped by the user, killed, disk full): islet_run then simulates only
 *  what is missing. Where nothing was begun, as islet_store_create; a complete store is opened for reading, and
 *  islet_run then only checks that it is the same run. */
ISLET_API ISLET_CHECK islet_status islet_store_resume(const char *path, islet_store **out, islet_problems *problems);

/** Open a store for reading. Application id, version, integrity and schema are checked before anything is read. */
ISLET_API ISLET_CHECK islet_status islet_store_open(const char *path, islet_store **out, islet_problems *problems);

/** Finish and close. For a store being written: make it durable and move it to its place. NULL is fine. */
ISLET_API islet_status islet_store_close(islet_store *store, islet_problems *problems);

#define ISLET_HASH_TEXT 65 /* 64 hexadecimal digits and the end */

/** SHA-256 over the content of all tables except provenance_build, batch and profile_so_far (how far an unfinished run
 *  is), rows in key order. "Same bytes" means this. */
ISLET_API ISLET_CHECK islet_status islet_store_hash(islet_store *store, char hash[ISLET_HASH_TEXT]);

/** Results of the finished run in `store`: arm, endpoint, unit, day, value, ci_low, ci_high, n. */
ISLET_API ISLET_CHECK islet_status islet_store_results(islet_store *store, islet_table **out);

/** Differences of its arms from the control arm, or from the first where no arm is a control: arm, against, endpoint, unit, day, value, ci_low,
 *  ci_high, n, variance_share (of the difference over what it would be between different people; "" when the arms are not paired). No rows
 *  with one arm. */
ISLET_API ISLET_CHECK islet_status islet_store_differences(islet_store *store, islet_table **out);

/* ---- run ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    double done_patient_days, total_patient_days; /* the clock is the caller's */
} islet_progress;

/* Where islet_run gets finished batches from when others simulate (islet_simulate), such as the ranks of a cluster.
 * `begin` is called once, with done[batch] 1 for what the store holds already; then `fetch`, for every batch that is
 * missing, in order: it waits for the bytes of that batch, which stay borrowed up to the next call and begin at a
 * multiple of 8. A status other than ISLET_OK ends the run with it. */
typedef struct {
    islet_status (*begin)(void *context, const unsigned char *done, int64_t batches);
    islet_status (*fetch)(void *context, int64_t batch, const void **bytes, size_t *size);
    void *context;
} islet_elsewhere;

/* Processes that simulate shares of one run (islet_simulate) and share the screening of its candidates, too: where the protocol requires what
 * only a run-in shows, each simulates every `size`-th block of candidates. `join` makes `bytes` in every member the bitwise or of all
 * members' bytes; all call it equally often, with the same n. A status other than ISLET_OK ends the simulation with it. */
typedef struct {
    int member, size;
    islet_status (*join)(void *context, unsigned char *bytes, size_t n);
    void *context;
} islet_team;

/* Zero or NULL means the default everywhere. */
typedef struct {
    uint64_t seed;         /* used when has_seed; else the protocol's; else 1 */
    bool has_seed;
    int threads;           /* default: all processors */
    int64_t patients;      /* instead of the protocol's n */
    double years;          /* instead of the protocol's follow-up */
    bool independent_arms; /* other people in every arm, for trial-like intervals */
    const char *engine;    /* "avx512", "avx2", "scalar", "portable"; default: the widest this machine has */
    void (*progress)(void *context, const islet_progress *progress); /* called from one thread at a time */
    bool (*interrupted)(void *context);                              /* asked often, by one thread at a time; true stops
                                                                       * the run, and whole batches are kept */
    void *context;
    const char *command_line; /* for the provenance; nullable */
    const char *date;         /* likewise, because the library reads no clock; nullable */
    const islet_elsewhere *elsewhere; /* who simulates, when not this call; nullable */
    const char *parameters;   /* a parameter set: its values instead of the shipped ones; nullable */
    const islet_team *team;   /* with whom candidates are screened; nullable */
} islet_run_options;

/** Simulate every patient in every arm and put all of it into `store`, one transaction a batch.
 *  The result does not depend on threads, engine, the order of completion, or interruptions: a store from
 *  islet_store_resume ends with the same content. It must be the same run (protocol, options, seed, version of islet),
 *  else ISLET_ERR_STORE and the problems name what differs. */
ISLET_API ISLET_CHECK islet_status islet_run(const islet_protocol *protocol, const islet_run_options *options,
                                             islet_store *store, islet_problems *problems);

/* Takes the bytes of a finished batch, which are borrowed. Called from one thread at a time, in any order of batches,
 * though each thread takes the lowest that is left. A status other than ISLET_OK stops the simulation with it. */
typedef islet_status islet_batch_sink(void *context, int64_t batch, const void *bytes, size_t size);

/** Simulate the batches of a run for which done[batch] is 0 (`done` NULL: all) and hand them on as bytes, for a process
 *  of the same build that keeps the store (islet_elsewhere). */
ISLET_API ISLET_CHECK islet_status islet_simulate(const islet_protocol *protocol, const islet_run_options *options,
                                                  const unsigned char *done, int64_t batches, islet_batch_sink *sink,
                                                  void *context, islet_problems *problems);

/** Seed that islet_run would use. */
ISLET_API uint64_t islet_run_seed(const islet_protocol *protocol, const islet_run_options *options);

/* ---- forecast: what may a protocol do to people like this patient ---------------------------------------------------- */

typedef struct {
    int64_t people;         /* in every arm */
    islet_table *assumed;   /* item, unit, found, low, high, people_mean, note: what the patient's values became */
    islet_table *bands;     /* arm, endpoint, unit, day, p5, p25, p50, p75, p95, n, bare_p5, bare_p50, bare_p95: people, and what is not
                             * known of parameters and model; bare: people alone */
    islet_table *chances;   /* arm, endpoint, sentence, day, of_100, low, high, n, bare_low, bare_high: of everybody simulated */
    islet_table *harms;     /* the same */
    islet_table *unknown;   /* sentence */
    islet_eligibility screened; /* what islet_screen says of the patient .. */
    islet_table *criteria;  /* .. and on what that stands */
} islet_forecast;

/** Simulate people of the protocol's population who match what the patient's file says (weight, HbA1c, C-peptide, insulin, duration,
 *  age), in every arm and, if asked, under standard care; without a trial's effect on what people do. Of the options, patients
 *  (default 200), years (default 5), seed, threads, progress and interrupted are read. ISLET_ERR_INPUT for a patient of whom the
 *  population can have nobody alike. An illustration, never advice. */
ISLET_API ISLET_CHECK islet_status islet_forecast_run(const islet_protocol *protocol, const char *patient, int64_t row,
                                                      const char *id, bool against_standard_care,
                                                      const islet_run_options *options, islet_forecast **out,
                                                      islet_problems *problems);
/** What islet_forecast_run would simulate, nothing simulated: one row; protocol, arms, years, people (in every arm), draws of the uncertain
 *  parameters that are simulated again with draw_people, patient_days of all of it. The patient is read, and refused as there. */
ISLET_API ISLET_CHECK islet_status islet_forecast_plan(const islet_protocol *protocol, const char *patient, int64_t row,
                                                       const char *id, bool against_standard_care,
                                                       const islet_run_options *options, islet_table **out,
                                                       islet_problems *problems);
ISLET_API void islet_forecast_free(islet_forecast *forecast);

/** Engines this machine can run, best first; NULL-terminated, static. */
ISLET_API const char *const *islet_engines(void);

/* ---- evidence: what was published, with its sources ---------------------------------------------------------------------- */

/** Names of the tables of the evidence base; NULL-terminated, static. outcomes: facts of trials in islet's end points and
 *  units; outcomes_original: the rows they were made from; claims; meta_pooled, meta_inputs: published meta-analyses;
 *  parameters, graft_parameters: numbers of the models. */
ISLET_API const char *const *islet_evidence_names(void);

/** One table, checked as a whole: the shipped one (path NULL), or a file of the same format (docs/evidence.md).
 *  ISLET_ERR_UNKNOWN_NAME for another name; ISLET_ERR_INPUT with every reason, and no table, when a row is impossible. */
ISLET_API ISLET_CHECK islet_status islet_evidence_table(const char *name, const char *path, islet_table **out,
                                                        islet_problems *problems);

/* ---- meta: pool the studies of a table ---------------------------------------------------------------------------------- */

/* Zero or NULL means the default everywhere. */
typedef struct {
    const char *measure;    /* RR OR RD PETO MD MDH SMD PR PLO PFT GEN MC SMC; default by the columns: RR, MD, PR, GEN or MC */
    const char *method;     /* EE (FE) DL REML ML PM HS SJ EB HE MH PETO; default REML */
    const char *moderators; /* numeric columns, separated by commas: a meta-regression */
    const char *only;       /* COLUMN=VALUE: the rows that are pooled */
    const char *subgroups;  /* a column: its values are pooled apart and compared */
    const char *reference;  /* network: the treatment the others are set against; default placebo, else the first */
    const char *contrast;   /* A,B: the rows are arms (study, treatment or trt); A less B of the studies that have both */
    double correlation;     /* MC, SMC: between before and after, where the table has no column ri .. */
    bool has_correlation;   /* .. else 0.5 is assumed */
    bool knapp_hartung;
} islet_meta_options;

/* Numbers on the scale of the analysis (ratios and odds: natural logarithm). What does not exist is NaN. */
typedef struct {
    char measure[8], method[8];
    char refusal[16], why[300]; /* "" when pooled, else too_few, not_comparable or not_reported, and the reason: a result too */
    int k, left_out, trim_added; /* studies pooled; without variance or number; added by trim and fill */
    bool trim_right;
    double estimate, se, ci_low, ci_high, p, pi_low, pi_high;     /* the intercept with moderators */
    double shown, shown_low, shown_high, shown_pi_low, shown_pi_high; /* ratio or share; the same for differences */
    double tau2, tau2_low, tau2_high, profile_low, profile_high;  /* Q-profile, profile likelihood (ML, REML) */
    double q, q_p, i2_pct, h2;
    double egger_z, egger_p, rank_tau, rank_p, trim_estimate, trim_se, trim_low, trim_high, trim_tau2, trim_q, trim_i2_pct;
    double r2_pct;               /* share of tau2 that the moderators explain; NaN without them */
    double between_q, between_p; /* test between subgroups on between_df degrees of freedom */
    int between_df;
    double correlation;          /* assumed between before and after; NaN when none was */
    islet_table *studies;      /* study, effect, variance, ci_low, ci_high, weight_pct, group, treated, control */
    islet_table *coefficients; /* name, estimate, se, ci_low, ci_high, p */
    islet_table *sensitivity;  /* analysis (leave_one_out, cumulative, correlation), study, estimate, ci_low, ci_high, tau2, i2_pct */
    islet_table *subgroups;    /* group, k, estimate, se, ci_low, ci_high, pi_low, pi_high, tau2, i2_pct, q, q_p */
    islet_table *left;         /* study, line, why: not pooled */
} islet_meta;

/** Read the table at `path` and pool its studies. Too few studies, rows that are not comparable and variances that nobody
 *  reported are results (`refusal`). ISLET_ERR_INPUT when a row is impossible, ISLET_ERR_UNKNOWN_NAME or
 *  ISLET_ERR_ARGUMENT for a measure, method or combination that there is not. */
ISLET_API ISLET_CHECK islet_status islet_meta_run(const char *path, const islet_meta_options *options, islet_meta **out,
                                                  islet_problems *problems);
ISLET_API void islet_meta_free(islet_meta *meta);

/* Several treatments at once, from arms: differences against the reference on the scale of the analysis. */
typedef struct {
    char measure[8], method[8], reference[64];
    char refusal[16], why[300]; /* as islet_meta */
    int studies, arms, treatments, left_out;
    double tau2, q, q_p, q_within, q_within_p, q_between, q_between_p; /* all; within designs; between them (inconsistency) */
    int q_df, q_within_df, q_between_df;
    islet_table *contrasts; /* treatment, studies, fixed, fixed_se, estimate, se, ci_low, ci_high, p, pi_low, pi_high, p_score */
    islet_table *league;    /* treatment, against, estimate, se, ci_low, ci_high, p: every pair */
    islet_table *left;      /* study, line, why */
} islet_network;

/** Read a table of arms (study, treatment, and mi,sdi,ni or xi,ni) or of pairs (study, treat1, treat2, TE, seTE) and pool the network. Trials of more than two arms
 *  count right. Status and refusals as islet_meta_run; measure MD, RD, RR, OR or, of pairs, GEN (default by the columns: MD, OR or GEN). */
ISLET_API ISLET_CHECK islet_status islet_network_run(const char *path, const islet_meta_options *options,
                                                     islet_network **out, islet_problems *problems);
ISLET_API void islet_network_free(islet_network *network);

/** Is the file a table of arms, for islet_network_run? False too when it cannot be read. */
ISLET_API bool islet_network_is_one(const char *path);

/* ---- validate: published outcomes beside simulated trials --------------------------------------------------------------- */

typedef struct {
    int64_t people;        /* simulated in every arm */
    int draws;             /* of the uncertain parameters */
    int signs, signs_right; /* rows that carry only the sign of a change since day 0; those whose simulated change has it */
    islet_table *rows;     /* trial_id, cohort_group, arm_id, endpoint, unit, statistic, day, n, role, observed, observed_low, observed_high,
                            * simulated, pi50_low .. pi95_high, bare95_low, bare95_high (without the discrepancy), agrees, miss, people, guess, line,
                            * protocol, source */
    islet_table *summary;  /* by role and end point: rows, inside50, inside80, inside95, sharpness, bare50 .. (without the discrepancy), bias, error, r2,
                            * skill, .. */
    islet_table *left_out; /* trial_id, arm_id, endpoint, day, role, line, reason */
    islet_table *discrepancy; /* kind, rows, cohorts, bias, bias_se, cohort_sd, row_sd, sd, df, from: what the intervals have beyond chance and parameters */
    char *discrepancy_file;   /* the same as a file for data/evidence/discrepancy.csv */
} islet_validation;

/** Simulate the trial arms that rows of published outcomes name and put one beside the other. `path`: rows with the columns
 *  trial_id, cohort_group, arm, protocol, endpoint, unit, day, n, value, sd, se, ci_low, ci_high, events, role, where
 *  protocol is a file relative to it and arm an arm in that; NULL: all shipped rows that can be expressed. `parameters`: a
 *  parameter set with draws; NULL: the shipped one. `estimate_discrepancy`: estimate the discrepancy between trials and model anew from the rows of
 *  the role calibrate, instead of the shipped one. Of the options patients (default 192 in every arm, 96 for the shipped rows), seed, threads, engine,
 *  progress and interrupted count. */
ISLET_API ISLET_CHECK islet_status islet_validate(const char *path, const char *parameters, bool estimate_discrepancy, const islet_run_options *options,
                                                  islet_validation **out, islet_problems *problems);
/** What islet_validate would simulate, nothing simulated: one row a protocol as islet_claims_plan has them; and the rows that would be
 *  left out, as in islet_validation. */
ISLET_API ISLET_CHECK islet_status islet_validate_plan(const char *path, const char *parameters, const islet_run_options *options,
                                                       islet_table **out, islet_table **left_out, islet_problems *problems);
ISLET_API void islet_validation_free(islet_validation *validation);

/** 95 % predictive intervals of every end point of a protocol at its visits, for a trial of `trial_n` people: parameter uncertainty (the
 *  draws of options.parameters, or of the shipped set), sampling, and the discrepancy between trials and model. The table has arm, endpoint, unit, day,
 *  simulated, pi95_low, pi95_high, bare95_low, bare95_high (without the discrepancy); 192 people are simulated, whatever options.patients says. */
ISLET_API ISLET_CHECK islet_status islet_uncertainty(const islet_protocol *protocol, int64_t trial_n, const islet_run_options *options,
                                                     islet_table **out, islet_problems *problems);

/** The same people under the protocol's accounts of engraftment loss, immune attack and mesenchymal effect, and with each replaced by its rival where
 *  the protocol's cells make it matter: arm, endpoint, unit, day, simulated, low, high (over all accounts), engraftment_loss, immune_attack,
 *  mesenchymal_effect (under the rival; "" where it does not matter). Of the options patients (default 96), parameters (their values), seed, threads, engine,
 *  progress and interrupted count. */
ISLET_API ISLET_CHECK islet_status islet_alternatives(const islet_protocol *protocol, const islet_run_options *options, islet_table **out,
                                                      islet_problems *problems);

/* ---- claims: what is said of treatments, held against evidence and simulation ---------------------------------------------- */

typedef struct {
    int tested, supported, differ; /* claims with a test; found supported; where the verdict is not the reviewer's */
    islet_table *rows; /* claim_id, claim, verdict, reviewer_verdict, differs, test, endpoint, unit, needed, k, n, estimate, ci_low, ci_high, pi_low,
                        * pi_high, refusal, day, treated, control, simulated_treated, simulated_control, simulated_difference, simulated_low, simulated_high, harmed_treated, harmed_control, simulated_people, why, source */
} islet_claims;

/** Judge the claims of `path` (columns claim_id, claim; for a test: test, from, needed, up_to, unit, endpoint, day, protocol, treated, control, because; see
 *  docs/claims.md), or the shipped 132 (NULL). Verdicts: supported, partly, unsupported, contradicted, untestable. Of the options patients
 *  (simulated in each arm, default 64), seed, threads, engine, progress and interrupted count. */
ISLET_API ISLET_CHECK islet_status islet_claims_judge(const char *path, const islet_run_options *options, islet_claims **out,
                                                      islet_problems *problems);
/** What islet_claims_judge would simulate, nothing simulated: one row a protocol, with protocol, arms, rows, people, draws, draw_people,
 *  patient_days. Claims that it would refuse are refused. */
ISLET_API ISLET_CHECK islet_status islet_claims_plan(const char *path, const islet_run_options *options, islet_table **out,
                                                     islet_problems *problems);
ISLET_API void islet_claims_free(islet_claims *claims);

/** Write the claims as one self-contained page for people without statistics: plain words, 100 people as dots, harms beside benefits. */
ISLET_API ISLET_CHECK islet_status islet_claims_report_write(const islet_claims *claims, const char *path, islet_problems *problems);

/* ---- calibrate: parameters out of published outcomes --------------------------------------------------------------------- */

typedef struct {
    islet_table *parameters; /* parameter, shipped, fitted, median, low, high (95 % of the posterior), prior_low, prior_high, sd_over_prior, identified */
    islet_table *rows;       /* trial_id, arm_id, endpoint, statistic, day, n, observed, observed_se, shipped, fitted */
    islet_table *pairs;      /* parameter, with, correlation: of the posterior, on the prior's scale; pairs below 0.2 are left out */
    char *set;               /* the parameter set as text: values at the point, draws of the posterior */
    int points, lost, draws; /* simulated; those of them without a result, which are left out; in the set */
    double discrepancy;      /* posterior mean of the difference between trials that the model does not explain, over the shipped one */
    double accepted, r_hat;  /* of the chains */
} islet_calibration;

/** Fit `parameters` (names separated by commas, or graft, natural, type2 for those that a shipped set has draws of; NULL: graft) to rows of the role calibrate: those
 *  of `path` (a file with rows of another role is refused) or the shipped ones, of the `cohorts` named (NULL: all). `points` are simulated
 *  (0: by the number of parameters; fewer make a plainer emulator). Of the options patients (default 48 at each point), seed, threads, engine, progress and interrupted count. */
ISLET_API ISLET_CHECK islet_status islet_calibrate(const char *path, const char *parameters, const char *cohorts, int64_t points,
                                                   const islet_run_options *options, islet_calibration **out, islet_problems *problems);
/** What islet_calibrate would simulate, nothing simulated: one row a protocol as islet_claims_plan has them; its draws are the points. */
ISLET_API ISLET_CHECK islet_status islet_calibrate_plan(const char *path, const char *parameters, const char *cohorts, int64_t points,
                                                        const islet_run_options *options, islet_table **out, islet_problems *problems);
ISLET_API void islet_calibration_free(islet_calibration *calibration);

/** Keep ranges beside the results of a run that is complete, before its store is closed: a table of islet_uncertainty, one of islet_alternatives, or
 *  NULL. The report shows them. A store that was complete when it was resumed stays as it is, and a warning says so. */
ISLET_API ISLET_CHECK islet_status islet_store_keep_ranges(islet_store *store, const islet_table *predictive, const islet_table *alternatives,
                                                           islet_problems *problems);

/* ---- report --------------------------------------------------------------------------------------------------------- */

/** Write one self-contained HTML page for the run in `store`; to a temporary name first, then moved into place. */
ISLET_API ISLET_CHECK islet_status islet_report_write(islet_store *store, const char *path, islet_problems *problems);

/** The same for a pool or a network: forest plot, funnel plot and every number below them. `title` is what was pooled. */
ISLET_API ISLET_CHECK islet_status islet_meta_report_write(const islet_meta *meta, const char *title, const char *path,
                                                           islet_problems *problems);
ISLET_API ISLET_CHECK islet_status islet_network_report_write(const islet_network *network, const char *title,
                                                              const char *path, islet_problems *problems);

/* ---- bench ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    const char *engine;             /* name of engine and method */
    double patient_days_per_s_core; /* one thread; names with "-core": nobody secretes, else two thirds carry a graft */
    double max_error_mg_dl;         /* against the reference: maximum over subjects and time */
    double ratio_to_scalar_rk4;     /* speed over the scalar Runge-Kutta at one minute on the same people, same process */
    double flops_per_patient_day;   /* of its method, counted while islet was built; NAN where there was no C++ compiler */
    double peak_flops_per_s;        /* multiply-adds of the engine's width on this core, two operations each, measured */
    double peak_fraction;           /* counted operations a second over that */
} islet_bench_row;

/** Time every engine of this machine on the 30 public subjects, three meals a day, `days` days. `clock_s` gives seconds
 *  from any origin. Rows are written to `rows` (at most `max_rows`), their number to `n_rows`. */
ISLET_API ISLET_CHECK islet_status islet_bench(int days, double (*clock_s)(void), islet_bench_row *rows, int max_rows,
                                               int *n_rows);

/* ---- installation ----------------------------------------------------------------------------------------------------- */

/** What the library finds out about itself and this machine: check, found, fine ("true" or "false"), advice. */
ISLET_API ISLET_CHECK islet_status islet_installation_table(islet_table **out);

#ifdef __cplusplus
}
#endif
#endif
