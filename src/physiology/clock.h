/* What follows the clock in the liver, every five minutes of a day from midnight. */
#ifndef ISLET_PHYSIOLOGY_CLOCK_H
#define ISLET_PHYSIOLOGY_CLOCK_H

#define CLOCK_SLOTS 288 /* of five minutes */

/* Type 1 diabetes: smooth rise of hepatic production, 0 at 02:00, 1 from 05:00 to 07:00, 0 again at 10:00. */
void clock_fill_dawn(double shape[CLOCK_SLOTS]);

/* Without type 1 diabetes: most of it in the morning, least twelve hours later, none on average. */
void clock_fill_liver_rhythm(double shape[CLOCK_SLOTS]);

#endif
