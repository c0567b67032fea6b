/* Puberty: insulin acts less in it than before and after.
 *
 *   S(a) = 1 - d exp(-((a - c)/w)^2/2)                  a: age in years, c: the middle, in girls earlier than in boys
 *
 * Clamps: children before puberty are about 30 % more sensitive than in it (Bloch 1987, J Pediatr 110:481), insulin acts 25 to
 * 30 % less in it with and without diabetes (10.1056/NEJM198607243150402), least in the middle of it, and more again in adults (10.3803/EnM.2020.771). On pumps,
 * outside remission, children below 7 years inject 0.69, girls in mid-puberty 0.97 and boys late in it 0.90 U/kg a day (10.4158/EP13099.OR), so d = 1 - 0.69/0.97.
 * Doses of girls exceed those of boys between 10 and 13 years only, fall in both after 17, and are 20 to 30 % below the highest at 21 (Kerouz 1995,
 * NH_KEROUZ1995): that sets c and w. The public adolescents need about as much per kg as the public children do, so that S holds for both bands. */
#ifndef ISLET_PHYSIOLOGY_PUBERTY_H
#define ISLET_PHYSIOLOGY_PUBERTY_H

#include <stdbool.h>

#include "base/params.h"

/* S at an age. */
double puberty_sensitivity(const params *params, bool female, double age_year);

#endif
