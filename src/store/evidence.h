/* Published outcomes in a store: the table `evidence`. */
#ifndef ISLET_STORE_EVIDENCE_H
#define ISLET_STORE_EVIDENCE_H

#include "evidence/outcome.h"
#include "store/store.h"

/* All shipped rows into the store, inside the caller's transaction. */
ISLET_CHECK islet_status store_evidence_write(islet_store *store, islet_problems *problems);

/* The rows of the store, in their order; evidence_free frees them. */
ISLET_CHECK islet_status store_evidence_read(islet_store *store, evidence_rows *out, islet_problems *problems);

#endif
