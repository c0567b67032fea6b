/* Numbers to and from text, the same under every locale. */
#ifndef ISLET_BASE_NUMBER_H
#define ISLET_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT 32 /* room for any number written here */

/* Plain decimal: optional '-', digits, optional '.digits', optional exponent 'e[+-]digits'. No leading zeros, no
 * '+', hexadecimal, underscore, inf or nan, nothing before or after. Correctly rounded. False if text is not such a number or overflows. */
bool number_read(const char *text, size_t length, double *out);

/* Plain decimal integer 0 .. 2^64-1. */
bool number_read_u64(const char *text, size_t length, uint64_t *out);

/* Shortest decimal that reads back as the same double; "" for a missing value (NaN) and for infinity. */
void number_write(double value, char out[NUMBER_TEXT]);

/* With a fixed number of digits after the point (at most 12), rounded half to even on the decimal expansion; no minus
 * before zeros. From 1e15 on it is number_write. */
void number_write_fixed(double value, int digits, char out[NUMBER_TEXT]);

#endif
