/* Subjects: the 30 public S2008 subjects and the identities every subject satisfies. */
#ifndef ISLET_PATIENT_SUBJECT_H
#define ISLET_PATIENT_SUBJECT_H

#include <stdbool.h>

#include "patient/kinetics.h"

#define SUBJECT_COUNT 30

/* Free parameters of a subject; the others follow from the identities. */
#define SUBJECT_FREE_LIST(ENTRY)                                                                                     \
    ENTRY(bw) ENTRY(egpb) ENTRY(gb) ENTRY(ib) ENTRY(kabs) ENTRY(kmax) ENTRY(kmin) ENTRY(b) ENTRY(d) ENTRY(vg)        \
    ENTRY(vi) ENTRY(vmx) ENTRY(km0) ENTRY(k1) ENTRY(k2) ENTRY(p2u) ENTRY(m1) ENTRY(m4) ENTRY(m5) ENTRY(ki)           \
    ENTRY(kp2) ENTRY(kp3) ENTRY(kd) ENTRY(ka1) ENTRY(ka2) ENTRY(ksc)

typedef struct {
#define SUBJECT_FREE(key) double key;
    SUBJECT_FREE_LIST(SUBJECT_FREE)
#undef SUBJECT_FREE
} subject_free;

#define SUBJECT_FREE_COUNT ((int)(sizeof(subject_free) / sizeof(double)))

typedef struct {
    char name[16];            /* e.g. adult#004 */
    double age_year;
    double carb_ratio_g_per_u, correction_mg_dl_per_u; /* of the public questionnaire */
    double kempt_free_dose_mg;
    subject_free free;
} subject;

/* The public subjects in the order of the file; SUBJECT_COUNT of them, or NULL if the compiled-in file is damaged.
 * Filled by subjects_read. */
bool subjects_read(subject out[SUBJECT_COUNT]);

/* Kinetics of the given free parameters through the identities of the public file:
 * Gpb = Gb VG, Ipb = Ib VI, m2 = 2.5 m4, m30 = HEb m1/(1-HEb), Gtb = (Fcns - EGPb + k1 Gpb)/k2,
 * Vm0 = (EGPb - Fcns)(Km0 + Gtb)/Gtb, kp1 = EGPb + kp2 Gpb + kp3 Ib.
 * Parameters that do not come from the subject (secretion, C-peptide, depot) are left at 0. */
void subject_kinetics(const subject_free *free, kinetics *out);

/* Infusion that holds the basal state, U/min. */
double subject_basal_u_per_min(const kinetics *k);

#endif
