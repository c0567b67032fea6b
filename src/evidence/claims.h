/* Claims: what somebody says a treatment does, held against controlled trials, published reviews, what products are known to do, and a
 * simulated trial.
 *
 * A claim can be tested when it comes with a test (data/evidence/claim_tests.csv, or columns of the user's file):
 *   test      effect     difference between arms of controlled trials, pooled (random effects, REML)
 *             published  a published pooled difference
 *             share      people with it in an arm without comparison: partly at most
 *             sole       the same, of what does not happen without the treatment: no comparison is needed
 *             below      people with it in an arm, of what is said to be had by fewer
 *             never      it is said to be impossible, or never to have happened: one case is enough against it
 *             mechanism  strength and grade of a mechanism in a product's file
 *             criterion  a rule about who may be treated in a product's file
 *             route      where products are given
 *             step       a dated step of a path in data/conditioning, or two of them (a:b) in this order, needed to up_to days apart
 *             none       nothing here can test it: `from` has the kind of reason (claim_reason_sentence), `because` the reason
 *   from      what is read: TRIAL:arm:control, TRIAL:arm, META_ID:outcome, PRODUCT, PATH; several separated by ;
 *   covers    the part of a claim of several that the test is about: supported is then partly
 *   needed    how large the effect or share must be for the claim to hold; its sign is the direction */
#ifndef ISLET_EVIDENCE_CLAIMS_H
#define ISLET_EVIDENCE_CLAIMS_H

#include "evidence/expressed.h"

typedef enum { VERDICT_SUPPORTED, VERDICT_PARTLY, VERDICT_UNSUPPORTED, VERDICT_CONTRADICTED, VERDICT_UNTESTABLE, VERDICT_NONE } claim_verdict;
const char *claim_verdict_word(claim_verdict verdict);    /* "" for VERDICT_NONE */
claim_verdict claim_verdict_find(const char *word);       /* VERDICT_NONE for another word */

typedef enum {
    TEST_NONE, TEST_EFFECT, TEST_PUBLISHED, TEST_SHARE, TEST_SOLE, TEST_BELOW, TEST_NEVER, TEST_MECHANISM, TEST_CRITERION, TEST_ROUTE, TEST_STEP, TEST_COUNT
} claim_test;
const char *claim_test_word(claim_test test);             /* "" for TEST_NONE */
claim_test claim_test_find(const char *word);             /* TEST_COUNT for another word */

/* All text is borrowed from the table it was read from. Numbers that do not exist are NaN. */
typedef struct {
    const char *id, *text, *evidence, *source; /* the reviewer's evidence and its address */
    claim_verdict reviewer;
    claim_test test;
    const char *from, *endpoint, *unit, *because, *covers, *protocol, *treated, *control; /* covers: the part of the claim that is tested; "" all of it */
    double needed, up_to;        /* up_to: of a step */
    int day, line;
    /* what was found */
    claim_verdict verdict;
    int k;                       /* trials, reviews, products */
    double n, estimate, ci_low, ci_high, pi_low, pi_high;
    const char *refusal;         /* why there is no prediction interval, or no pooled result; "" otherwise */
    double simulated_treated, simulated_control, difference, difference_low, difference_high; /* change since day 0, or share */
    double harmed_treated, harmed_control; /* simulated share with a harm by that day */
    double simulated_people;     /* in each arm */
    char why[900];
} claim;

/* Why a claim has no test; "" for a word that is no kind of reason. */
const char *claim_reason_sentence(const char *word);

/* Verdict of an effect with its interval against the one that is needed; the sign of `needed` is the direction of benefit. */
claim_verdict claim_verdict_effect(double needed, double estimate, double low, double high);

/* Verdict of a share against the one that is claimed: what was found must reach it; `low`, the lower end of its exact interval, half of it for partly. */
claim_verdict claim_verdict_share(double needed, double estimate, double low);

/* Names and units that there are, needed then in the unit of the end point. ISLET_ERR_INPUT with every fault, at the line of `path`. */
ISLET_CHECK islet_status claim_check(claim *c, const char *path, const evidence_rows *rows, const islet_table *reviews, islet_problems *problems);

/* Fill what was found of a claim's test, from the shipped tables. */
ISLET_CHECK islet_status claim_judge(claim *c, const evidence_rows *rows, const islet_table *reviews);

#endif
