/* Protocol: what a trial designer writes, read and checked. All limits are checked before anything is allocated. */
#ifndef ISLET_THERAPY_PROTOCOL_H
#define ISLET_THERAPY_PROTOCOL_H

#include "patient/population.h"
#include "therapy/product.h"

#define PROTOCOL_MAX_PATIENTS 10000000
#define PROTOCOL_MAX_ARMS 16
#define PROTOCOL_MAX_COURSES 8
#define PROTOCOL_MAX_VISITS 64
#define PROTOCOL_MAX_ENDPOINTS 128
#define PROTOCOL_MAX_YEARS 30

/* One giving of cells. Exactly one of the doses is > 0 (a dose of 0 is a warning: the arm is a control). */
typedef struct {
    int product;            /* index into protocol.products */
    double dose_cells;      /* whole body */
    double dose_cells_per_kg;
    double dose_ieq;        /* islet equivalents, whole body */
    double dose_ieq_per_kg;
    int day;                /* >= 0, later than the course before it, before the end of follow-up */
} cell_course;

typedef struct {
    char name[NAME_TEXT];   /* unique; no control characters */
    int n_courses;
    cell_course courses[PROTOCOL_MAX_COURSES];
    int regimen;            /* index into protocol.regimens, -1 for none */
    int regimen_start_day;  /* default 0 */
    int regimen_stop_day;   /* INT_MAX when never stopped */
} protocol_arm;

typedef enum { INSULIN_BASAL_BOLUS } insulin_care;
typedef enum { WEAN_TRIAL_PROTOCOL, WEAN_NEVER } wean_rule;

/* A file that the protocol names: a population, product or regimen beside it. */
typedef struct {
    char name[240];         /* as the protocol writes it */
    size_t size;
    char hash[ISLET_HASH_TEXT];
} protocol_file;

#define PROTOCOL_MAX_FILES (1 + PROTOCOL_MAX_ARMS * (PROTOCOL_MAX_COURSES + 1))

struct islet_protocol {
    char file[512];         /* as given, for messages and provenance */
    char hash[ISLET_HASH_TEXT]; /* SHA-256 of the file's bytes */
    char title[240];
    int n_files;
    protocol_file files[PROTOCOL_MAX_FILES];
    bool has_seed;
    uint64_t seed;
    population population;  /* the shipped or named population, with the protocol's `require` added */
    int64_t n_patients;
    int n_arms;
    protocol_arm arms[PROTOCOL_MAX_ARMS];
    int n_products;         /* distinct products used */
    product products[PROTOCOL_MAX_ARMS * PROTOCOL_MAX_COURSES];
    int n_regimens;
    regimen regimens[PROTOCOL_MAX_ARMS];
    insulin_care insulin;
    wean_rule wean;
    int follow_up_day;      /* years * 365, rounded */
    double dropout_probability_per_year;
    int n_visits;
    int visits_day[PROTOCOL_MAX_VISITS]; /* increasing, first is 0, last <= follow_up_day */
    int n_endpoints;
    int endpoints[PROTOCOL_MAX_ENDPOINTS]; /* endpoint_id of base/endpoint.h */
};

/* Parse and check the text of a protocol: ISLET_OK, ISLET_ERR_INPUT or ISLET_ERR_MEMORY. Files it names are looked for in
 * the folder of `file`, never above it. */
ISLET_CHECK islet_status protocol_parse(const char *text, size_t length, const char *file,
                                        struct islet_protocol *out,
                                        islet_problems *problems);

/* Give the protocol another length: visits after the new end are dropped, standard ones (0, 30, 90, 180 days, then every
 * year) follow those it has, and the last day is a visit. False, with a problem and nothing changed, if years is not
 * above 0 and at most PROTOCOL_MAX_YEARS or cells would be given after the end. */
bool protocol_set_years(struct islet_protocol *protocol, double years, islet_problems *problems);

/* The day on which `years` end; at least 1. */
int protocol_day_of_years(double years);

#endif
