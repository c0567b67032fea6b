/* Checks of evidence rows against each other; each row alone was found possible before (outcome.c). */
#include "evidence/outcome_check.h"

#include <math.h>
#include <string.h>

#include "base/problems.h"

/* place of the cell of a column in the row, for messages; the row's beginning where the file has no such column */
static int column_of(const evidence_rows *rows, const evidence_row *row, const char *name)
{
    int column = csv_column(&rows->file, name);
    return column < 0 ? 1 : csv_cell_at(&rows->file, (int)(row - rows->rows), column)->column;
}

static bool same_arm(const evidence_row *a, const evidence_row *b)
{
    return strcmp(a->trial, b->trial) == 0 && strcmp(a->arm, b->arm) == 0;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* a fact that stands twice would count twice */
static bool check_twice(const evidence_rows *rows, const evidence_row *row, const evidence_row *before,
                        islet_problems *problems)
{
    if (before->day != row->day || before->statistic != row->statistic ||
        strcmp(before->endpoint.key, row->endpoint.key) != 0 || strcmp(before->comparator, row->comparator) != 0)
        return true;
    problems_error(
        problems, rows->path, row->line, column_of(rows, row, "endpoint"),
        "%s of arm '%s' at day %d stands in line %d too; expected one row a fact; remove one, or name the arm's part in arm and part_of",
        row->endpoint.key, row->arm, row->day, before->line);
    return false;
}

/* what is said of an arm must be the same in all its rows; otherwise two arms have one name */
static bool check_arm(const evidence_rows *rows, const evidence_row *row, const evidence_row *first,
                      islet_problems *problems)
{
    const struct {
        const char *column, *here, *there;
    } texts[] = {{"cohort_group", row->group, first->group},      {"protocol", row->protocol, first->protocol},
                 {"arm_role", row->arm_role, first->arm_role},    {"part_of", row->part_of, first->part_of},
                 {"cell_type", row->cell_type, first->cell_type}, {"product", row->product, first->product},
                 {"regimen", row->regimen, first->regimen},       {"population", row->population, first->population}};
    const char *other = NULL;
    for (size_t i = 0; !other && i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].here, texts[i].there) != 0) other = texts[i].column;
    if (!other && !same_number(row->n_arm, first->n_arm)) other = "n_arm";
    if (!other && !same_number(row->dose_cells, first->dose_cells)) other = "dose_cells";
    if (!other) return true;
    problems_error(
        problems, rows->path, row->line, column_of(rows, row, other),
        "%s of arm '%s' is not that of line %d; expected one arm to be the same in all its rows; correct it, or name the second arm otherwise",
        other, row->arm, first->line);
    return false;
}

/* a difference to itself is 0 and says nothing */
static bool check_comparator(const evidence_rows *rows, const evidence_row *row, islet_problems *problems)
{
    if (strcmp(row->comparator, row->arm) != 0 && (evidence_is_difference(row) || isnan(row->n_comparator))) return true;
    problems_error(problems, rows->path, row->line, column_of(rows, row, "comparator_arm"),
                   evidence_is_difference(row) ? "comparator_arm is '%s', the arm itself; expected the arm that is subtracted; correct it"
                                               : "comparator_arm is empty%s, but n_comparator is not; expected both or none; complete the row",
                   row->comparator);
    return false;
}

static bool check_people(const evidence_rows *rows, const evidence_row *row, islet_problems *problems)
{
    if (!(row->n > row->n_arm)) return true;
    problems_error(problems, rows->path, row->line, column_of(rows, row, "n"),
                   "n is %d in an arm of %d; expected no more people than the arm has; correct n or n_arm", (int)row->n,
                   (int)row->n_arm);
    return false;
}

static const evidence_row *first_of_arm(const evidence_rows *rows, const char *trial, const char *arm)
{
    for (int i = 0; i < rows->n; i++)
        if (strcmp(rows->rows[i].trial, trial) == 0 && strcmp(rows->rows[i].arm, arm) == 0) return &rows->rows[i];
    return NULL;
}

/* the parts of an arm that are listed hold different people, so together they are not more than the arm */
static bool check_parts(const evidence_rows *rows, const evidence_row *part, islet_problems *problems)
{
    const evidence_row *whole = first_of_arm(rows, part->trial, part->part_of);
    if (!whole) {
        problems_error(problems, rows->path, part->line, column_of(rows, part, "part_of"),
                       "part_of is '%s'; expected an arm of %s that has a row; correct the name", part->part_of,
                       part->trial);
        return false;
    }
    double people = 0;
    for (int i = 0; i < rows->n; i++) {
        const evidence_row *row = &rows->rows[i];
        if (strcmp(row->trial, part->trial) != 0 || strcmp(row->part_of, part->part_of) != 0) continue;
        if (row == first_of_arm(rows, row->trial, row->arm) && !isnan(row->n_arm)) people += row->n_arm;
    }
    if (!(people > whole->n_arm)) return true;
    problems_error(
        problems, rows->path, part->line, column_of(rows, part, "part_of"),
        "the parts of arm '%s' have %ld people, the arm %ld; expected parts that add up to no more than the arm; correct n_arm",
        part->part_of, (long)people, (long)whole->n_arm);
    return false;
}

static bool other_side(const evidence_row *a, const evidence_row *b)
{
    return (a->role == ROLE_CALIBRATE && b->role == ROLE_VALIDATE) ||
           (a->role == ROLE_VALIDATE && b->role == ROLE_CALIBRATE);
}

/* where a cohort is listed as split by outcome, the split is held to: only C-peptide of the zimislecel cohort sets anything */
static bool check_split_by_outcome(const evidence_rows *rows, const evidence_row *row, islet_problems *problems)
{
    if (row->role != ROLE_CALIBRATE || strcmp(row->group, "zim_forward") != 0 ||
        strncmp(row->endpoint.key, "c_peptide_", 10) == 0)
        return true;
    problems_error(problems, rows->path, row->line, column_of(rows, row, "role"),
                   "role is calibrate for %s of zim_forward; %s; make it validate", row->endpoint.key,
                   evidence_split_reason(row->group));
    return false;
}

/* against the rows before: the first on the other side, the first of the arm, the same fact */
static bool check_row(const evidence_rows *rows, int at, islet_problems *problems)
{
    const evidence_row *row = &rows->rows[at], *first = NULL, *across = NULL;
    bool fine = true;
    for (int i = 0; i < at; i++) {
        const evidence_row *before = &rows->rows[i];
        if (!across && other_side(row, before) && strcmp(row->group, before->group) == 0) across = before;
        if (!same_arm(row, before)) continue;
        if (!first) first = before;
        fine = check_twice(rows, row, before, problems) && fine;
    }
    if (first) fine = check_arm(rows, row, first, problems) && fine;
    else if (row->part_of[0]) fine = check_parts(rows, row, problems) && fine;
    if (across && !evidence_split_reason(row->group)) {
        problems_error(problems, rows->path, row->line, column_of(rows, row, "role"),
                       "cohort '%s' is %s here and %s in line %d; expected one side of the split for the same people; "
                       "change the role or the cohort_group",
                       row->group, evidence_role_word(row->role), evidence_role_word(across->role), across->line);
        fine = false;
    }
    fine = check_comparator(rows, row, problems) && fine;
    return check_split_by_outcome(rows, row, problems) && check_people(rows, row, problems) && fine;
}

bool outcome_check_together(const evidence_rows *rows, islet_problems *problems)
{
    bool fine = true;
    for (int i = 0; i < rows->n; i++) fine = check_row(rows, i, problems) && fine;
    return fine;
}
