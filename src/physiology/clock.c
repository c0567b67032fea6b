#include "physiology/clock.h"

#define SLOT_MINUTES 5

void clock_fill_dawn(double shape[CLOCK_SLOTS])
{
    const double rises = 120.0, high = 300.0, falls = 420.0, ends = 600.0;
    for (int i = 0; i < CLOCK_SLOTS; i++) {
        double t = i * SLOT_MINUTES, x = 0.0;
        if (t >= rises && t < high) x = (t - rises) / (high - rises);
        else if (t >= high && t < falls) x = 1.0;
        else if (t >= falls && t < ends) x = (ends - t) / (ends - falls);
        shape[i] = x * x * (3.0 - 2.0 * x);
    }
}

#define RHYTHM_PEAK_MIN 510 /* 08:31 (Diabetes 1996;45:1044) */
#define RHYTHM_COS 0.99976202707990913 /* of five minutes of a day's circle: turned step by step, the same on every machine */
#define RHYTHM_SIN 0.02181488503456112

void clock_fill_liver_rhythm(double shape[CLOCK_SLOTS])
{
    double x = 1.0, y = 0.0;
    for (int i = 0; i < CLOCK_SLOTS; i++) {
        shape[(i + RHYTHM_PEAK_MIN / SLOT_MINUTES) % CLOCK_SLOTS] = x;
        double turned = x * RHYTHM_COS - y * RHYTHM_SIN;
        y = x * RHYTHM_SIN + y * RHYTHM_COS;
        x = turned;
    }
}
