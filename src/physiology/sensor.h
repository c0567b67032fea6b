/* Sensor: constants of one ten-day session, drawn from the published population of sensors.
 * Vettoretti, Battocchio, Sparacino, Facchinetti, Sensors 2019;19:5320 (doi:10.3390/s19235320), mean and covariance as
 * coded in gcappon/py_replay_bg, where the covariance is used at 0.9 of its size. */
#ifndef ISLET_PHYSIOLOGY_SENSOR_H
#define ISLET_PHYSIOLOGY_SENSOR_H

#include <stdint.h>

#define SENSOR_SESSION_DAY 10
#define SENSOR_CONSTANTS 7 /* a0, a1, a2, b0, phi1, phi2, sigma */

typedef struct {
    double factor[SENSOR_CONSTANTS][SENSOR_CONSTANTS]; /* lower Cholesky factor of 0.9 times the covariance */
} sensor_population;

sensor_population sensor_population_published(void);

/* Constants of session `session` of a person; drawn again until the error is stationary and its SD at most 10 mg/dL. */
void sensor_session(const sensor_population *sensors, uint64_t seed, uint64_t person, uint64_t session,
                    double out[SENSOR_CONSTANTS]);

#endif
