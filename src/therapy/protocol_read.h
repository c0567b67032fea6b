/* What the parts of reading a protocol share: protocol_read.c (the whole), protocol_arms.c, protocol_names.c. */
#ifndef ISLET_THERAPY_PROTOCOL_READ_H
#define ISLET_THERAPY_PROTOCOL_READ_H

#include <math.h>

#include "base/yaml_read.h"
#include "therapy/protocol.h"

#define PROTOCOL_MAX_DAY (PROTOCOL_MAX_YEARS * 365)

/* What a reading needs beside the protocol itself: names already loaded, and the nodes that later checks point at. */
typedef struct {
    islet_protocol *protocol;
    const char *product_name[PROTOCOL_MAX_PRODUCTS];
    const char *regimen_name[PROTOCOL_MAX_ARMS];
    const char *conditioning_name[PROTOCOL_MAX_ARMS];
    int arm; /* the one being read */
    const yaml_node *course_day[PROTOCOL_MAX_ARMS][PROTOCOL_MAX_COURSES];
    const yaml_node *stop_day[PROTOCOL_MAX_ARMS];
    const yaml_node *visits;
} protocol_context;

/* Fill *out with the shipped population of that name, or from the file beside the protocol. False after an error. */
bool protocol_named_population(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context,
                               population *out);

/* Index of the product, regimen or conditioning in the protocol, loaded if it is new; -1 after an error. */
int protocol_named_product(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context);
int protocol_named_regimen(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context);
int protocol_named_conditioning(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context);

/* Words of care, for the protocol's `care` and for arms. */
extern const char *const protocol_titration_words[], *const protocol_escalation_words[], *const protocol_treatment_words[];
#define PROTOCOL_CARE_NONE ((type2_plan){.insulin = -1, .titration = -1, .escalation = -1, .hba1c_target_pct = NAN})

/* After all is read: care, drugs and comparators must fit the population's diabetes. */
void protocol_check_care(yaml_reader *reader, const yaml_node *root, protocol_context *context);

/* After all is read: remarks on cells and conditioning that do nothing in such people. */
void protocol_check_silent(yaml_reader *reader, const yaml_node *root, const islet_protocol *protocol);

/* The list of arms. */
yaml_read_function protocol_read_arms;

/* The cells of an arm; the target is the protocol_arm. */
yaml_read_function protocol_read_cells;

/* Switches of mechanisms: on, off or a factor; the target is a mechanism_switches that is filled with 1. */
yaml_read_function protocol_read_mechanisms;

#endif
