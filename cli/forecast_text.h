/* The forecast as text for people. */
#ifndef ISLET_CLI_FORECAST_TEXT_H
#define ISLET_CLI_FORECAST_TEXT_H

#include <stdio.h>

#include "islet.h"

void forecast_print(const islet_forecast *forecast, FILE *file);

#endif
