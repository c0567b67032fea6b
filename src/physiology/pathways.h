/* Pathways: how native beta cells adapt to and fail under years of high glucose. Slow: stepped once a day.
 *
 *   M    = G^2/(150^2 + G^2),  Mg = (G - 35)^2/(150^2 + (G - 35)^2)                    G within the day, mg/dL
 *   P    = 4.55 ISR^4/(41.77^4 + ISR^4)          growth with workload; ISR secretion of one unit of mass
 *   A    = 3.11 M^6/(0.44^6 + M^6) + 0.8         loss with glucose
 *   b'   = (P - A) b/tau_b                       mass; tau_b 7000 days
 *   sig' = (sI sM + 0.01752 - sig)/tau_sig       exocytosis capacity; tau_sig 250 days with the authors: reversible
 *                                              glucotoxicity
 *     sM = 1 - 1/(1 + 0.2 exp(-(Mg - 0.2)/0.02)),  sI = c/(1 + exp(-(ISR - 0.1)/0.1)),  c a person's ceiling
 *   gam' = (0.4/(1 + exp(-(G - Gs)/5)) - 0.2 - gam)/tau_gam    shift of the dose response; tau_gam 2.1 days
 *
 * Ha and Sherman, pathways to type 2 diabetes (PMID 32663101), constants of artielbm/Pathways. The rates are averages over the
 * day of the minute model's glucose, so that there is one glucose model; tests/test_pathways.c puts the authors' own
 * glucose and insulin equations around the same functions and gets their end states. */
#ifndef ISLET_PHYSIOLOGY_PATHWAYS_H
#define ISLET_PHYSIOLOGY_PATHWAYS_H

typedef struct {
    double mass;             /* b over that of a healthy pancreas */
    double exocytosis;       /* sig, 1 in a healthy pancreas */
    double shift;            /* gam */
} pathways;

/* Sums over the looks of one day. */
typedef struct {
    double growth, loss, exocytosis, shift; /* of P, A, sI sM and the target of gam */
    int looks;
} pathways_drive;

/* One look: glucose on the authors' scale, secretion of a unit of mass in the authors' unit, the person's ceiling c of
 * exocytosis and threshold Gs of the shift. */
void pathways_look(double glucose_mg_dl, double secretion, double ceiling, double shift_glucose_mg_dl, pathways_drive *drive);

/* What changes the rates. */
typedef struct {
    double pace;             /* factor on the loss of mass */
    double turnover_frac;    /* share of the turnover: of P and of A */
    double steady_loss_per_day; /* loss of mass whatever the glucose */
    double protection_frac;  /* share of the loss of mass that is stopped */
    double recovery_gain;    /* factor - 1 on the rate at which exocytosis comes back */
    double exocytosis_min;   /* tau_sig */
} pathways_help;

#define PATHWAYS_ALONE ((pathways_help){.pace = 1.0, .turnover_frac = 1.0, .exocytosis_min = 359856.0})

/* A day (or fewer minutes) under the averages of the looks; without looks nothing changes. */
void pathways_step(const pathways_drive *drive, double minutes, const pathways_help *help, pathways *cells);

/* Exocytosis and shift in their steady state under the looks. */
double pathways_exocytosis_settled(const pathways_drive *drive, double recovery_gain);
double pathways_shift_settled(const pathways_drive *drive);

/* Secretory capacity of exocytosis sig, 1 at sig = 1: (1 + half) sig/(half + sig). */
double pathways_capacity(double exocytosis, double half);

#endif
