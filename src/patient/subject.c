/* Subjects: reading the public file and the identities. The columns are found by name; order does not matter. */
#include "patient/subject.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"

#define COLUMNS_MAX 80

typedef struct {
    const char *text;
    size_t length;
} cell;

/* Split one line at commas; returns the number of cells and moves *at behind the line. */
static int line_cells(const char **at, const char *end, cell cells[COLUMNS_MAX])
{
    int n = 0;
    const char *start = *at, *p = start;
    for (;; p++) {
        bool line_ends = p == end || *p == '\n';
        if (!line_ends && *p != ',') continue;
        size_t length = (size_t)(p - start);
        if (line_ends && length && start[length - 1] == '\r') length--;
        if (n < COLUMNS_MAX) cells[n++] = (cell){start, length};
        start = p + 1;
        if (line_ends) break;
    }
    *at = p == end ? end : p + 1;
    return n;
}

static int column(const cell *header, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (header[i].length == strlen(name) && memcmp(header[i].text, name, header[i].length) == 0) return i;
    return -1;
}

/* A number may be written with a leading zero exponent or trailing digits as Python does; all are plain decimals. */
static bool cell_number(const cell *cells, int n, int i, double *out)
{
    return i >= 0 && i < n && number_read(cells[i].text, cells[i].length, out);
}

/* Names of the free parameters in the public file. */
static const char *const free_column[] = {"BW",  "EGPb", "Gb", "Ib", "kabs", "kmax", "kmin", "b",   "d",
                                          "Vg",  "Vi",   "Vmx", "Km0", "k1",  "k2",   "p2u",  "m1",  "m4",
                                          "m5",  "ki",   "kp2", "kp3", "kd",  "ka1",  "ka2",  "ksc"};
_Static_assert(sizeof(free_column) / sizeof(*free_column) == sizeof(subject_free) / sizeof(double), "one name a parameter");

static bool read_parameters(subject out[SUBJECT_COUNT])
{
    const embedded_file *file = embedded_find("data/subjects/public_subjects.csv");
    if (!file) return false;
    const char *at = (const char *)file->bytes, *end = at + file->size;
    cell header[COLUMNS_MAX], cells[COLUMNS_MAX];
    int columns = line_cells(&at, end, header);
    for (int s = 0; s < SUBJECT_COUNT; s++) {
        if (at == end) return false;
        int n = line_cells(&at, end, cells);
        int name = column(header, columns, "Name");
        if (n != columns || name < 0 || cells[name].length >= sizeof(out[s].name)) return false;
        memset(&out[s], 0, sizeof(out[s]));
        memcpy(out[s].name, cells[name].text, cells[name].length);
        double *free = (double *)&out[s].free;
        for (int i = 0; i < SUBJECT_FREE_COUNT; i++)
            if (!cell_number(cells, n, column(header, columns, free_column[i]), &free[i])) return false;
        if (!cell_number(cells, n, column(header, columns, "dosekempt"), &out[s].kempt_free_dose_mg)) return false;
    }
    return true;
}

static bool read_questionnaire(subject out[SUBJECT_COUNT])
{
    const embedded_file *file = embedded_find("data/subjects/public_subjects_quest.csv");
    if (!file) return false;
    const char *at = (const char *)file->bytes, *end = at + file->size;
    cell header[COLUMNS_MAX], cells[COLUMNS_MAX];
    int columns = line_cells(&at, end, header);
    for (int s = 0; s < SUBJECT_COUNT; s++) {
        if (at == end) return false;
        int n = line_cells(&at, end, cells);
        if (n < 1 || strlen(out[s].name) != cells[0].length || memcmp(out[s].name, cells[0].text, cells[0].length))
            return false;
        if (!cell_number(cells, n, column(header, columns, "CR"), &out[s].carb_ratio_g_per_u) ||
            !cell_number(cells, n, column(header, columns, "CF"), &out[s].correction_mg_dl_per_u) ||
            !cell_number(cells, n, column(header, columns, "Age"), &out[s].age_year))
            return false;
    }
    return true;
}

bool subjects_read(subject out[SUBJECT_COUNT])
{
    return read_parameters(out) && read_questionnaire(out);
}

/* Constants that are the same in all 30 rows of the public file. */
#define SUBJECT_HEB 0.6
#define SUBJECT_F 0.9
#define SUBJECT_FCNS 1.0
#define SUBJECT_KE1 0.0005
#define SUBJECT_KE2 339.0
#define SUBJECT_M2_OVER_M4 2.5

void subject_kinetics(const subject_free *free, kinetics *out)
{
    double gpb = free->gb * free->vg;
    double gtb = (SUBJECT_FCNS - free->egpb + free->k1 * gpb) / free->k2;
    *out = (kinetics){
        .bw = free->bw, .kabs = free->kabs, .kmax = free->kmax, .kmin = free->kmin, .b = free->b, .d = free->d,
        .f = SUBJECT_F, .vg = free->vg, .k1 = free->k1, .k2 = free->k2, .fcns = SUBJECT_FCNS, .ke1 = SUBJECT_KE1,
        .ke2 = SUBJECT_KE2, .vm0 = (free->egpb - SUBJECT_FCNS) * (free->km0 + gtb) / gtb, .km0 = free->km0,
        .p2u = free->p2u, .kp2 = free->kp2, .ki = free->ki, .gb = free->gb, .ib = free->ib, .vi = free->vi,
        .m1 = free->m1, .m2 = SUBJECT_M2_OVER_M4 * free->m4, .m4 = free->m4, .m5 = free->m5, .heb = SUBJECT_HEB,
        .ka1 = free->ka1, .ka2 = free->ka2, .kd = free->kd, .ksc = free->ksc,
        .kp1 = free->egpb + free->kp2 * gpb + free->kp3 * free->ib, .kp3 = free->kp3, .vmx = free->vmx,
    };
}

double subject_basal_u_per_min(const kinetics *k)
{
    double m30 = k->heb * k->m1 / (1.0 - k->heb);
    double ipb = k->ib * k->vi;
    double ilb = ipb * k->m2 / (k->m1 + m30);
    double pmol_kg_min = (k->m2 + k->m4) * ipb - k->m1 * ilb;
    return pmol_kg_min * k->bw / 6000.0;
}
