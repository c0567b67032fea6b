/* Report of a run: one HTML page from a store. assets/page.html has places {{name}}; each is filled by a section. */
#include <string.h>

#include "report/assemble.h"

static const struct {
    const char *place;
    void (*write)(page *p);
} sections[] = {
    {"title", section_title},           {"state", section_state},           {"paragraph", section_paragraph},
    {"cards", section_cards},           {"glucose", section_glucose},       {"course", section_course},
    {"course_words", section_course_words}, {"independence", section_independence},
    {"independence_link", section_independence_link}, {"outcomes", section_outcomes},
    {"ranges", section_ranges},
    {"published", section_published},   {"people", section_people},         {"care", section_care},
    {"assumptions", section_assumptions}, {"provenance", section_provenance}, {"repeat", section_repeat},
    {"inputs", section_inputs},         {"protocol", section_protocol},     {"build", section_build},
};

/* Colours are eight: arms beyond are dashed and hollow in the same colours. With many arms bands would lie over each other. */
static void write_many_arms(const page *p, text *out)
{
    text_add(out, ",\"dashes\":[");
    for (int arm = 0; arm < p->arms; arm++) text_add(out, arm == 0 ? "[1,0]" : arm < PAGE_COLOURS ? ",[1,0]" : ",[6,3]");
    text_add(out, "],\"shapes\":[");
    for (int arm = 0; arm < p->arms; arm++) text_add(out, arm == 0 ? "\"circle\"" : arm < PAGE_COLOURS ? ",\"circle\"" : ",\"diamond\"");
    text_format(out, "],\"legend_columns\":%d,\"band\":%s,\"row\":%d,\"point\":%d", p->arms <= PAGE_COLOURS ? 0 : 4, p->arms <= 4 ? "0.18" : p->arms <= PAGE_COLOURS ? "0.08" : "0.03",
                p->arms <= 4 ? 11 : 7, p->arms <= 4 ? 70 : 34);
}

/* words that the figures take from the run */
static void write_words(page *p, text *out)
{
    bool months = p->days_a_unit < DAYS_A_YEAR;
    text_add(out, "{\"arms\":[");
    for (int arm = 0; arm < p->arms; arm++) {
        text_add(out, arm ? "," : "");
        text_json(out, p->arm_names[arm]);
    }
    text_add(out, "],\"time\":");
    text_json(out, months ? "Time since day 0, months" : "Time since day 0, years");
    text_add(out, ",\"since\":");
    text_json(out, months ? "Time since insulin was stopped, months" : "Time since insulin was stopped, years");
    text_add(out, ",\"panels\":");
    course_words(p, out);
    write_many_arms(p, out);
    text_add(out, "}");
}

static void fill(page *p, const void *context, const char *place, size_t length)
{
    (void)context; /* all is in the store */
    if (length == strlen("words") && memcmp(place, "words", length) == 0) write_words(p, p->out);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        if (strlen(sections[i].place) == length && memcmp(place, sections[i].place, length) == 0) sections[i].write(p);
}

islet_status islet_report_write(islet_store *store, const char *path, islet_problems *problems)
{
    static const char *const figures[] = {"course", "glucose", "keeping", "outcomes", "published", "reaching", NULL};
    if (!store || !path || !path[0]) return ISLET_ERR_ARGUMENT;
    page p = {.store = store, .problems = problems};
    text out = {0};
    page_read_run(&p);
    page_choose(&p);
    if (p.status == ISLET_OK) page_assemble(&p, &(page_plan){.page = "page", .figures = figures, .fill = fill}, &out);
    if (p.status == ISLET_OK) p.status = page_place_file(path, &out, problems);
    text_free(&out);
    text_free(&p.data);
    return p.status;
}
