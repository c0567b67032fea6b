/* Sensor sessions; source in sensor.h. */
#include "physiology/sensor.h"

#include <math.h>
#include <stdbool.h>

#include "patient/draw.h"

static const double mean[SENSOR_CONSTANTS] = {0.9422876782,  0.004939882114, -0.0005848748565, 6.382602204,
                                              1.260407042,   -0.4022228939,  3.251636086};
static const double covariance[SENSOR_CONSTANTS][SENSOR_CONSTANTS] = {
    {0.01324582795},
    {-0.003951302535, 0.001852797598},
    {0.0003127674328, -0.0001558033221, 1.374596216e-05},
    {0.1571791247, -0.1028800769, 0.008068586369, 29.00583819},
    {0.002687656001, -0.001390232754, 0.0001207497471, 0.1240834405, 0.02079352674},
    {-0.002890463383, 0.001159185221, -0.0001004213544, -0.1019364494, -0.01843110917, 0.01870086793},
    {-0.0031801707, -0.002728492701, 0.0001113029003, 0.6007538129, -0.01572184681, 0.01552333577, 0.7235683804},
};

#define COVARIANCE_SCALE 0.9
#define SD_MAX_MG_DL 10.0
#define STATIONARY_MARGIN 0.02
#define TRIES_MAX 1000

sensor_population sensor_population_published(void)
{
    sensor_population out = {0};
    for (int i = 0; i < SENSOR_CONSTANTS; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = COVARIANCE_SCALE * covariance[i][j];
            for (int k = 0; k < j; k++) sum -= out.factor[i][k] * out.factor[j][k];
            out.factor[i][j] = i == j ? sqrt(sum) : sum / out.factor[j][j];
        }
    }
    return out;
}

static bool is_stationary(double phi1, double phi2, double sigma)
{
    if (!(phi2 >= -1.0 && phi2 <= 1.0 - fabs(phi1) - STATIONARY_MARGIN) || !(sigma > 0.0)) return false;
    /* variance of an AR(2) process */
    double variance = sigma * sigma * (1.0 - phi2) / ((1.0 + phi2) * ((1.0 - phi2) * (1.0 - phi2) - phi1 * phi1));
    return variance <= SD_MAX_MG_DL * SD_MAX_MG_DL;
}

void sensor_session(const sensor_population *sensors, uint64_t seed, uint64_t person, uint64_t session,
                    double out[SENSOR_CONSTANTS])
{
    draw d = draw_from(seed, person, RNG_sensor_session, session);
    for (int try = 0; try < TRIES_MAX; try++) {
        double z[SENSOR_CONSTANTS];
        for (int i = 0; i < SENSOR_CONSTANTS; i++) z[i] = draw_normal(&d);
        for (int i = 0; i < SENSOR_CONSTANTS; i++) {
            out[i] = mean[i];
            for (int k = 0; k <= i; k++) out[i] += sensors->factor[i][k] * z[k];
        }
        if (is_stationary(out[4], out[5], out[6])) return;
    }
    for (int i = 0; i < SENSOR_CONSTANTS; i++) out[i] = mean[i];
}
