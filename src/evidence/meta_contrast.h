/* Two treatments of a table of arms as a table of studies (meta_contrast.c), before it is read as one (meta_read.c). */
#ifndef ISLET_EVIDENCE_META_CONTRAST_H
#define ISLET_EVIDENCE_META_CONTRAST_H

#include "base/csv.h"

/* `arms`, a row an arm, as `out`, a row a study: the first of "A,B" less the second, of the studies that have both. Texts of `out` are
 * in part those of `arms`. ISLET_ERR_ARGUMENT for a pair that is none, ISLET_ERR_INPUT for arms that cannot be. */
ISLET_CHECK islet_status meta_contrast(const csv_file *arms, const char *pair, const char *path, csv_file *out,
                                       islet_problems *problems);

#endif
