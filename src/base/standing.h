/* Standing of a number: how far it can be trusted. */
#ifndef ISLET_BASE_STANDING_H
#define ISLET_BASE_STANDING_H

typedef enum { STANDING_MEASURED, STANDING_FITTED, STANDING_ASSUMED } standing;

/* The words of files and tables in the order of the enum; NULL-terminated. */
extern const char *const islet_standing_words[];

#endif
