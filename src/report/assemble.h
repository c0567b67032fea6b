/* Assembly of a page from a template, its figures and what a plan fills in. */
#ifndef ISLET_REPORT_ASSEMBLE_H
#define ISLET_REPORT_ASSEMBLE_H

#include "report/page.h"

typedef struct {
    const char *page;           /* assets/PAGE.html */
    const char *const *figures; /* assets/NAME.vl.json; the last is NULL */
    void (*fill)(page *p, const void *context, const char *place,
                 size_t length); /* into p->out; unknown places stay empty */
    const void *context;
} page_plan;

/* The page to `out`; failures are in p->status. */
void page_assemble(page *p, const page_plan *plan, text *out);

/* A temporary file in the same folder, then one step; a device or folder is not replaced. */
ISLET_CHECK islet_status page_place_file(const char *path, const text *content, islet_problems *problems);

#endif
