/* Cells of an arm: what is given, how much, where, how often and on which condition.
 *
 *   product, route, dose_cells | dose_cells_per_kg | dose_ieq | dose_ieq_per_kg | cd34_per_kg, fraction
 *   tract, of givings into the portal vein
 *   day, courses with interval_day | interval_week | interval_month, only_if
 *
 * An entry with `courses` above 1 stands for that many givings; all givings of an arm are then put in order. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/units.h"
#include "therapy/protocol_read.h"

#define FRACTION_TOLERANCE 1e-6 /* fractions are written with few digits */
#define DAYS_PER_WEEK 7.0
#define MONTHS_PER_YEAR 12.0

/* One entry as it stands in the file. */
typedef struct {
    cell_course course;
    int route;              /* -1 when left out */
    int tract;              /* sealed when left out */
    int courses;
    double fraction, interval_day, interval_week, interval_month;
} course_file;

/* ---- keys ---- */

static void read_product(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    *(int *)out = protocol_named_product(reader, node, field->key, context_);
}

static void refuse_dose(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)field, (void)out, (void)context_;
    yaml_error(reader, node,
               "'dose' has no unit in its key; cells, islet equivalents and either per kg cannot be told apart; "
               "use dose_cells, dose_cells_per_kg, dose_ieq, dose_ieq_per_kg or cd34_per_kg");
}

static const item_info conditions[] = {
#define CONDITION_INFO(key, unit, low, high, sentence) {#key, unit, low, high, sentence},
    COURSE_CONDITIONS(CONDITION_INFO)
#undef CONDITION_INFO
};

static void read_condition(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    cell_course *course = out;
    (void)context_;
    if (course->n_conditions == PROTOCOL_MAX_CONDITIONS) {
        yaml_error(reader, node, "'only_if' has more than %d conditions; fewer are expected; leave some out",
                   PROTOCOL_MAX_CONDITIONS);
        return;
    }
    course_condition *condition = &course->only_if[course->n_conditions];
    condition->what = (condition_id)field->size;
    if (criterion_range(reader, node, &conditions[field->size], &condition->range)) course->n_conditions++;
}

/* In this table `size` is the condition. */
#define CONDITION_FIELD(name, unit_, low_, high_, sentence) {.key = #name, .read = read_condition, .size = CONDITION_##name},
static const yaml_field condition_fields[] = {COURSE_CONDITIONS(CONDITION_FIELD)};

static void read_only_if(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(condition_fields), out, context_);
}

/* Largest doses: far above any given to a person, far below what a slip of the unit makes. */
#define DOSE_FIELD(name, most, unit_)                                                                                  \
    {                                                                                                                  \
        .key = #name, .read = yaml_read_number, .offset = offsetof(course_file, course.name), .low = 0.0,              \
        .high = most, .unit = unit_                                                                                    \
    }

static const char *const tract_words[] = {"sealed", "unsealed", NULL}; /* order of tract_kind */

static const yaml_field course_fields[] = {
    {.key = "product", .read = read_product, .offset = offsetof(course_file, course.product), .required = true},
    YAML_WORD(course_file, route, false, cell_route_words),
    YAML_WORD(course_file, tract, false, tract_words),
    DOSE_FIELD(dose_cells, 1e11, "cells"),
    DOSE_FIELD(dose_cells_per_kg, 1e10, "cells/kg"),
    DOSE_FIELD(dose_ieq, 1e7, "IEQ"),
    DOSE_FIELD(dose_ieq_per_kg, 1e5, "IEQ/kg"),
    DOSE_FIELD(cd34_per_kg, 1e9, "CD34+ cells/kg"),
    {.key = "dose", .read = refuse_dose},
    {.key = "day",
     .read = yaml_read_int,
     .offset = offsetof(course_file, course.day),
     .required = true,
     .low = 0,
     .high = PROTOCOL_MAX_DAY,
     .unit = "days"},
    {.key = "courses", .read = yaml_read_int, .offset = offsetof(course_file, courses), .low = 1, .high = PROTOCOL_MAX_COURSES},
    YAML_NUMBER(course_file, interval_day, false, 1.0, PROTOCOL_MAX_DAY, "days"),
    YAML_NUMBER(course_file, interval_week, false, 0.2, 500.0, "weeks"),
    YAML_NUMBER(course_file, interval_month, false, 0.1, 120.0, "months"),
    YAML_NUMBER(course_file, fraction, false, 0.0, 1.0, "of the dose"),
    {.key = "only_if", .read = read_only_if, .offset = offsetof(course_file, course)},
};

/* ---- checks of one entry ---- */

enum { DOSE_CELLS, DOSE_CELLS_PER_KG, DOSE_IEQ, DOSE_IEQ_PER_KG, DOSE_CD34, DOSE_KINDS };
static const char *const dose_keys[DOSE_KINDS] = {"dose_cells", "dose_cells_per_kg", "dose_ieq", "dose_ieq_per_kg",
                                                  "cd34_per_kg"};

/* Why the product cannot be dosed so; NULL if it can. */
static const char *wrong_dose(const product *cells, int kind)
{
    bool beta = product_has_beta_cells(cells), per_ieq = kind == DOSE_IEQ || kind == DOSE_IEQ_PER_KG;
    if (kind == DOSE_CD34)
        return product_strength(cells, MECHANISM_immune_reset) > 0.0
                   ? NULL
                   : "it rebuilds no blood; give all cells, as dose_cells or dose_cells_per_kg";
    if (!beta) return per_ieq ? "it has no islets; give dose_cells or dose_cells_per_kg" : NULL;
    if (per_ieq ? cells->beta_cells_per_ieq.value > 0.0 : cells->beta_cells_per_cell_frac.value > 0.0) return NULL;
    return product_strength(cells, MECHANISM_differentiation) > 0.0 && !per_ieq
               ? NULL
               : "it cannot be turned into beta cells, the product has no value for it; give the dose in the other unit";
}

/* Exactly one dose, in a unit that the product can be given in. */
static void check_dose(yaml_reader *reader, const yaml_node *node, const course_file *file, const islet_protocol *protocol)
{
    const cell_course *course = &file->course;
    const double dose[] = {course->dose_cells, course->dose_cells_per_kg, course->dose_ieq, course->dose_ieq_per_kg,
                           course->cd34_per_kg};
    const yaml_node *given = NULL;
    for (int i = 0; i < DOSE_KINDS; i++) {
        const yaml_node *found = yaml_find(node, dose_keys[i]);
        if (!found) continue;
        if (given) {
            yaml_error(reader, found, "the dose is given twice, as '%s' and as '%s'; keep one of them", given->key,
                       found->key);
            return;
        }
        given = found;
        if (!(dose[i] > 0.0))
            yaml_warning(reader, given,
                         "'%s' is 0: no cells are given, so this arm is a control; leave out 'cells' if that is meant",
                         given->key);
        if (course->product < 0) continue;
        const product *cells = &protocol->products[course->product];
        const char *wrong = wrong_dose(cells, i);
        if (wrong) yaml_error(reader, given, "'%s' is no dose of %s: %s", given->key, cells->name, wrong);
    }
    if (!given && !yaml_find(node, "dose"))
        yaml_error(reader, node,
                   "a course of cells has no dose; add dose_cells, dose_cells_per_kg, dose_ieq, dose_ieq_per_kg or cd34_per_kg");
}

#define CD34_LEAST_PER_KG 2e6 /* the accepted minimum of a transplant: blood returns late below it (PMID 9558369, Br J Haematol 2016 short report) */

static void check_cd34(yaml_reader *reader, const yaml_node *node, const cell_course *course)
{
    if (course->cd34_per_kg > 0.0 && course->cd34_per_kg < CD34_LEAST_PER_KG)
        yaml_warning(reader, yaml_find(node, "cd34_per_kg"),
                     "fewer than 2e6 CD34+ cells a kg are given; at least so many are usual, blood returns late or only from what the drugs "
                     "left of the marrow; give more unless that is meant");
}

/* Beta cells live where a graft is known to; a device needs the numbers of one. */
static void check_route(yaml_reader *reader, const yaml_node *node, const product *cells, cell_route route)
{
    if (route_is_device(route) && !is_given(&cells->half_thickness_um))
        yaml_error(
            reader, node,
            "the route of %s is '%s', but the product has no numbers of a device; add them to a product file of your own",
            cells->name, cell_route_words[route]);
    if (product_strength(cells, MECHANISM_beta_cell_replacement) > 0.0 &&
        (route == ROUTE_vein || route == ROUTE_pancreatic_artery || route == ROUTE_splenic_artery))
        yaml_error(reader, node,
                   "the route of %s is '%s', where no graft of beta cells is known; portal_vein, omentum, intramuscular, "
                   "subcutaneous, device_open or device_sealed is expected",
                   cells->name, cell_route_words[route]);
}

/* Only the portal vein is reached through the liver. */
static void check_tract(yaml_reader *reader, const yaml_node *node, cell_route route)
{
    const yaml_node *given = yaml_find(node, "tract");
    if (given && route != ROUTE_portal_vein)
        yaml_error(reader, given, "'tract' is the needle's way into the portal vein, and the route is '%s'; leave 'tract' out",
                   cell_route_words[route]);
}

/* Days between two givings of the entry; 0 when it stands for one. */
static double interval_of(yaml_reader *reader, const yaml_node *node, const course_file *file)
{
    static const char *const keys[] = {"interval_day", "interval_week", "interval_month"};
    const double days[] = {file->interval_day, file->interval_week * DAYS_PER_WEEK,
                           file->interval_month * DAYS_PER_YEAR / MONTHS_PER_YEAR};
    const yaml_node *given = NULL;
    double interval = 0.0;
    for (int i = 0; i < 3; i++) {
        const yaml_node *found = yaml_find(node, keys[i]);
        if (!found) continue;
        if (given)
            yaml_error(reader, found, "the interval is given twice, as '%s' and as '%s'; keep one of them", given->key,
                       keys[i]);
        given = found;
        interval = days[i];
    }
    if (file->courses > 1 && !given)
        yaml_error(reader, node, "%d courses have no interval; add interval_day, interval_week or interval_month", file->courses);
    if (file->courses <= 1 && given)
        yaml_error(reader, given, "'%s' needs a number of courses; add courses: 2 or more", given->key);
    return interval;
}

/* ---- the list ---- */

typedef struct {
    cell_course course;
    const yaml_node *day;
    double fraction;
    bool has_fraction;
} giving;

typedef struct {
    int n;
    giving list[PROTOCOL_MAX_COURSES];
} giving_list;

/* After those of the same day: the order of the file holds within a day. */
static void put_in_order(giving_list *all, giving next)
{
    int at = all->n++;
    for (; at > 0 && all->list[at - 1].course.day > next.course.day; at--) all->list[at] = all->list[at - 1];
    all->list[at] = next;
}

/* Entries stand in order, and one product is named once a day: what else it says would be a slip. */
static void check_order(yaml_reader *reader, const yaml_node *day, const cell_course *course, const cell_course *before)
{
    if (course->day > before->day || (course->day == before->day && course->product != before->product)) return;
    yaml_error(
        reader, day,
        "'day' is %d; a day after the course before it (day %d) is expected; put courses in order, one a day of each product",
        course->day, before->day);
}

/* One entry => its givings. Conditions hold for all but those on the arm's first day. */
static void add_entry(yaml_reader *reader, const yaml_node *node, const course_file *file, giving_list *all)
{
    double interval = interval_of(reader, node, file);
    if (all->n + file->courses > PROTOCOL_MAX_COURSES) {
        yaml_error(reader, node, "the arm has more than %d givings of cells; fewer are expected; leave some out",
                   PROTOCOL_MAX_COURSES);
        return;
    }
    for (int k = 0; k < file->courses; k++) {
        giving next = {.course = file->course, .day = yaml_find(node, "day"), .fraction = file->fraction,
                       .has_fraction = yaml_find(node, "fraction") != NULL};
        next.course.day += (int)(k * interval + 0.5);
        put_in_order(all, next);
    }
}

static void read_entry(yaml_reader *reader, const yaml_node *node, protocol_context *c, cell_course *before, giving_list *all)
{
    int errors = reader->errors;
    course_file file = {.course = {.product = -1}, .route = -1, .courses = 1};
    yaml_read_map(reader, node, "a course of cells", YAML_TABLE(course_fields), &file, c);
    if (node->kind != YAML_MAP) return;
    const yaml_node *route = yaml_find(node, "route");
    if (reader->errors == errors && !reader->broken) {
        const product *cells = &c->protocol->products[file.course.product];
        file.course.route = file.route >= 0 ? (cell_route)file.route : cells->route;
        check_dose(reader, node, &file, c->protocol);
        check_cd34(reader, node, &file.course);
        check_route(reader, route ? route : node, cells, file.course.route);
        check_tract(reader, node, file.course.route);
        file.course.tract = file.tract;
        if (before->product >= 0) check_order(reader, yaml_find(node, "day"), &file.course, before);
    }
    if (reader->errors == errors) add_entry(reader, node, &file, all);
    *before = file.course;
}

/* All givings of an arm or none have a fraction; they add up to 1. Doses then become the giving's share. */
static void apply_fractions(yaml_reader *reader, const yaml_node *list, giving_list *all)
{
    double sum = 0.0;
    int given = 0;
    for (int i = 0; i < all->n; i++)
        if (all->list[i].has_fraction) given++, sum += all->list[i].fraction;
    if (given == 0) return;
    if (given < all->n) {
        yaml_error(reader, list,
                   "some courses have a 'fraction' of the dose and some have none; give it for all or none");
        return;
    }
    if (!(fabs(sum - 1.0) <= FRACTION_TOLERANCE)) {
        char text[NUMBER_TEXT];
        number_write_fixed(sum, 4, text);
        yaml_error(reader, list, "the fractions of the dose ('fraction') add up to %s; 1 is expected; correct them",
                   text);
        return;
    }
    for (int i = 0; i < all->n; i++) {
        cell_course *course = &all->list[i].course;
        double share = all->list[i].fraction;
        course->dose_cells *= share;
        course->dose_cells_per_kg *= share;
        course->dose_ieq *= share;
        course->dose_ieq_per_kg *= share;
        course->cd34_per_kg *= share;
    }
}

void protocol_read_cells(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_context *c = context_;
    protocol_arm *arm = out;
    giving_list all = {0};
    cell_course before = {.product = -1};
    int errors = reader->errors;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[{product: zimislecel, dose_cells: 8e8, day: 0}]")) return;
    if (node->count == 0 || node->count > PROTOCOL_MAX_COURSES) {
        yaml_error(reader, node,
                   "'cells' has %d courses; 1 to %d are expected; leave 'cells' out for an arm without cells",
                   node->count, PROTOCOL_MAX_COURSES);
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) read_entry(reader, child, c, &before, &all);
    if (reader->errors == errors && !reader->broken) apply_fractions(reader, node, &all);
    arm->n_courses = all.n;
    for (int i = 0; i < all.n; i++) {
        cell_course *course = &arm->courses[i];
        *course = all.list[i].course;
        if (course->day == all.list[0].course.day) course->n_conditions = 0; /* nothing has been given that could have helped */
        c->course_day[c->arm][i] = all.list[i].day;
    }
}
