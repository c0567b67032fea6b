/* Alike: which published arms were given what an arm of a protocol gives.
 *
 * data/evidence/expressed.csv names the shipped protocol and the arm of it that stand for each published arm. A published arm is alike when that
 * gives the same cells by the same way at about the same dose, and the same beside, to people with the same diabetes. Controls, who are given
 * nothing of it, are alike beside a treated arm of the same trial that is, or where the protocol treats nobody. */
#ifndef ISLET_EVIDENCE_ALIKE_H
#define ISLET_EVIDENCE_ALIKE_H

#include "base/csv.h"
#include "therapy/protocol.h"

#define ALIKE_WORDS 400

typedef struct {
    const char *trial, *arm;   /* as published; borrowed from the list */
    int own_arm;               /* arm of the protocol that was asked about */
    int later_day;             /* the publication's days count from so many days after the protocol's day 0 */
    char differs[ALIKE_WORDS]; /* what was otherwise there, in words; "" when nothing is known to be */
} alike_arm;

typedef struct {
    alike_arm *list;
    int n;
    csv_file map; /* private: holds the names */
} alike_arms;

/* All published arms that are like one of the protocol's, in the order of expressed.csv. */
ISLET_CHECK islet_status alike_find(const struct islet_protocol *protocol, alike_arms *out, islet_problems *problems);
void alike_free(alike_arms *arms);

/* Is arm `a` of `own` like arm `b` of `theirs`? `differs` gets what is otherwise in the second. */
bool alike_is(const struct islet_protocol *own, int a, const struct islet_protocol *theirs, int b, char differs[ALIKE_WORDS]);

#endif
