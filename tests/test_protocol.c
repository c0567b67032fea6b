/* Protocols: what is written becomes what is simulated; defaults, units, fractions, lengths, files beside the protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "base/file.h"
#include "base/hash.h"
#include "therapy/check.h"
#include "therapy/protocol_words.h"

#define MINIMAL "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7}\narms: [{name: a}]\nfollow_up: {years: 2}\n"

/* The caller frees. `file` places files that the text names. */
static islet_protocol *parse(const char *text, const char *file)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    assert_non_null(protocol);
    if (protocol_parse(text, strlen(text), file, protocol, problems) < 0) fail_msg("%s", islet_problems_text(problems, 0));
    assert_int_equal(islet_problems_error_count(problems), 0);
    islet_problems_free(problems);
    return protocol;
}

/* The text is refused with a message that holds the words. */
static void refuse(const char *text, const char *file, const char *words)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    bool told = false;
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(text, strlen(text), file, protocol, problems), ISLET_ERR_INPUT);
    for (int i = 0; i < islet_problems_count(problems); i++)
        told = told || strstr(islet_problems_text(problems, i), words);
    if (!told) fail_msg("%s lacks %s", islet_problems_text(problems, 0), words);
    islet_problems_free(problems);
    free(protocol);
}

static void the_example_is_read_as_written(void **state)
{
    (void)state;
    islet_protocol *p = NULL;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(islet_protocol_read(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", &p, problems), ISLET_OK);
    assert_int_equal(islet_problems_count(problems), 0);
    assert_int_equal(islet_protocol_patients(p), 1000);
    assert_int_equal(islet_protocol_arms(p), 2);
    assert_string_equal(islet_protocol_arm_name(p, 0), "full dose");
    assert_string_equal(islet_protocol_arm_name(p, 1), "insulin alone");
    assert_string_equal(islet_protocol_arm_name(p, 2), "");
    assert_true(islet_protocol_years(p) == 1.0);
    assert_int_equal(p->n_products, 1);
    assert_string_equal(p->products[0].name, "zimislecel");
    assert_int_equal(p->arms[0].n_courses, 1);
    assert_true(p->arms[0].courses[0].dose_cells == 0.8e9);
    assert_int_equal(p->arms[0].courses[0].day, 0);
    assert_int_equal(p->arms[0].regimen, 0);
    assert_int_equal(p->arms[0].regimen_stop_day, INT_MAX);
    assert_string_equal(p->regimens[0].name, "glucocorticoid_free");
    assert_int_equal(p->arms[1].n_courses, 0);
    assert_int_equal(p->arms[1].regimen, -1);
    assert_true(p->population.require[TRAIT_age_year].low == 18 && p->population.require[TRAIT_age_year].high == 65);
    const requirement *events = &p->population.require[TRAIT_severe_hypo_per_year];
    assert_true(events->low == 2 && !events->low_open && isinf(events->high));
    const requirement *c_peptide = &p->population.require[TRAIT_c_peptide_stimulated_nmol_l];
    assert_true(c_peptide->high == 0.02 && c_peptide->high_open);
    assert_false(p->population.has_require[TRAIT_hba1c_pct]);

    /* the hash is that of the bytes */
    char *bytes, hash[ISLET_HASH_TEXT];
    size_t size;
    assert_int_equal(file_read(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", YAML_MAX_BYTES, &bytes, &size, NULL),
                     ISLET_OK);
    hash_sha256(bytes, size, hash);
    assert_string_equal(p->hash, hash);
    free(bytes);
    islet_problems_free(problems);
    islet_protocol_free(p);
}

static void what_is_left_out_has_defaults(void **state)
{
    (void)state;
    static const int days[] = {0, 30, 90, 180, 365, 730};
    islet_protocol *p = parse(MINIMAL, "m.yaml");
    assert_false(p->has_seed);
    assert_int_equal(p->care.insulin, INSULIN_BASAL_BOLUS);
    assert_int_equal(p->wean, WEAN_TRIAL_PROTOCOL);
    assert_true(p->dropout_probability_per_year == 0.0);
    assert_int_equal(p->follow_up_day, 730);
    assert_int_equal(p->n_visits, 6);
    assert_memory_equal(p->visits_day, days, sizeof days);
    assert_int_equal(p->n_endpoints, ENDPOINT_COUNT);
    for (int i = 0; i < ENDPOINT_COUNT; i++) assert_int_equal(p->endpoints[i], i);
    free(p);
}

static void requirements_may_be_in_either_unit(void **state)
{
    (void)state;
    islet_protocol *p = parse(
        "islet: 1\ntitle: t\npopulation:\n  n: 7\n  require: {hba1c_mmol_mol: [53, 86], fasting_glucose_mmol_l: \"> 5\", "
        "c_peptide_stimulated_ng_ml: \"<= 3.0203\"}\n  of: t1d_adult\narms: [{name: a}]\nfollow_up: {days: 10}\n",
        "u.yaml");
    const requirement *r = p->population.require;
    assert_true(fabs(r[TRAIT_hba1c_pct].low - 7.0) < 0.005 && fabs(r[TRAIT_hba1c_pct].high - 10.02) < 0.005);
    assert_true(fabs(r[TRAIT_fasting_glucose_mg_dl].low - 90.08) < 1e-9 && r[TRAIT_fasting_glucose_mg_dl].low_open);
    assert_true(fabs(r[TRAIT_c_peptide_stimulated_nmol_l].high - 1.0) < 1e-12 &&
                !r[TRAIT_c_peptide_stimulated_nmol_l].high_open);
    assert_string_equal(p->population.name, "t1d_adult"); /* though `require` stood before `of` */
    free(p);
}

#define REQUIRING(text) "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7, require: {" text "}}\narms: [{name: a}]\nfollow_up: {days: 10}\n"

static void a_unit_may_stand_behind_a_requirement(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        trait_id trait;
        double low;
    } rows[] = {{REQUIRING("hba1c_pct: \">= 53 mmol/mol\""), TRAIT_hba1c_pct, 7.0},
                {REQUIRING("hba1c: \">= 53 mmol/mol\""), TRAIT_hba1c_pct, 7.0},
                {REQUIRING("hba1c: [53 mmol/mol, 75 mmol/mol]"), TRAIT_hba1c_pct, 7.0},
                {REQUIRING("hba1c: \">7%\""), TRAIT_hba1c_pct, 7.0},
                {REQUIRING("fasting_glucose: \">= 7 mmol/L\""), TRAIT_fasting_glucose_mg_dl, 126.112},
                {REQUIRING("fasting_glucose: [126.112 mg/dL, 11 mmol/L]"), TRAIT_fasting_glucose_mg_dl, 126.112},
                {REQUIRING("c_peptide_stimulated: \"> 20 pmol/L\""), TRAIT_c_peptide_stimulated_nmol_l, 0.02},
                {REQUIRING("age_year: \">= 18 year\""), TRAIT_age_year, 18}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        islet_protocol *p = parse(rows[i].text, "u.yaml");
        assert_true(fabs(p->population.require[rows[i].trait].low - rows[i].low) < 0.005);
        free(p);
    }
    refuse(REQUIRING("hba1c: \">= 7\""), "u.yaml", "without a unit; one of %, mmol/mol is expected");
    refuse(REQUIRING("hba1c: \">= 7 mmol/L\""), "u.yaml", "'mmol/L'; one of %, mmol/mol is expected");
    refuse(REQUIRING("hba1c: \">= 7 mmol/mol\""), "u.yaml", "10 to 195 mmol/mol is expected");
    refuse(REQUIRING("hba1c_pct: \">= 53\""), "u.yaml", "looks like mmol/mol");
}

static void fractions_share_out_the_dose(void **state)
{
    (void)state;
    islet_protocol *p =
        parse("islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7}\narms:\n  - name: a\n    cells:\n"
              "      - {product: donor_islets, dose_ieq_per_kg: 12000, fraction: 0.75, day: 0}\n"
              "      - {product: donor_islets, dose_ieq_per_kg: 12000, fraction: 0.25, day: 75}\n"
              "    immunosuppression: {regimen: edmonton_sirolimus_tacrolimus, start_day: 1, stop_day: 200}\n"
              "  - {name: b, immunosuppression: none}\nfollow_up: {years: 1, visits_day: [100]}\n",
              "f.yaml");
    assert_int_equal(p->n_products, 1);
    assert_true(p->arms[0].courses[0].dose_ieq_per_kg == 9000 && p->arms[0].courses[1].dose_ieq_per_kg == 3000);
    assert_true(p->arms[0].courses[0].dose_cells == 0.0);
    assert_int_equal(p->arms[0].courses[1].day, 75);
    assert_int_equal(p->arms[0].regimen_start_day, 1);
    assert_int_equal(p->arms[0].regimen_stop_day, 200);
    assert_int_equal(p->arms[1].regimen, -1);
    assert_int_equal(p->n_visits, 2);
    assert_int_equal(p->visits_day[0], 0); /* always seen */
    assert_int_equal(p->visits_day[1], 100);
    free(p);
}

static void expect_visits(const islet_protocol *p, const int *days, int n)
{
    assert_int_equal(p->n_visits, n);
    for (int i = 0; i < n; i++) assert_int_equal(p->visits_day[i], days[i]);
}

static void another_length_moves_the_visits(void **state)
{
    (void)state;
    islet_protocol *p = parse(
        "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7}\narms:\n  - name: a\n    cells: [{product: zimislecel, dose_cells: 8e8, day: 50}]\n"
        "    immunosuppression: glucocorticoid_free\nfollow_up: {years: 1, visits_day: [0, 14, 120, 365]}\n",
        "y.yaml");
    islet_problems *problems = islet_problems_create();
    assert_true(protocol_set_years(p, 3.5, problems));
    expect_visits(p, (const int[]){0, 14, 120, 365, 730, 1095, 1278}, 7);
    assert_int_equal(p->follow_up_day, 1278);
    assert_true(protocol_set_years(p, 0.5, problems));
    expect_visits(p, (const int[]){0, 14, 120, 180, 183}, 5);
    assert_true(protocol_set_years(p, PROTOCOL_MAX_YEARS, problems));
    assert_int_equal(p->visits_day[p->n_visits - 1], PROTOCOL_MAX_YEARS * 365);
    assert_int_equal(islet_problems_count(problems), 0);

    /* nothing changes when it cannot be */
    int visits = p->n_visits;
    const double wrong[] = {0.0, -1.0, NAN, INFINITY, 30.1, 50.0 / 365.0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(protocol_set_years(p, wrong[i], problems));
    assert_int_equal(islet_problems_error_count(problems), 6);
    assert_int_equal(p->n_visits, visits);
    assert_int_equal(p->follow_up_day, PROTOCOL_MAX_YEARS * 365);
    islet_problems_free(problems);
    free(p);
}

/* ---- files beside the protocol ---- */

static char folder[] = "/tmp/islet-protocol-XXXXXX";

static void in_folder(char path[300], const char *name)
{
    snprintf(path, 300, "%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
    char path[300];
    in_folder(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A shipped file with one word replaced. */
static void put_changed(const char *name, const char *shipped, const char *old, const char *new)
{
    char *text, path[300];
    size_t size;
    snprintf(path, sizeof path, ISLET_SOURCE_DIR "/%s", shipped);
    assert_int_equal(file_read(path, YAML_MAX_BYTES, &text, &size, NULL), ISLET_OK);
    char *at = strstr(text, old), *changed = malloc(size + strlen(new) + 1);
    assert_non_null(at);
    assert_non_null(changed);
    memcpy(changed, text, (size_t)(at - text));
    memcpy(changed + (at - text), new, strlen(new));
    memcpy(changed + (at - text) + strlen(new), at + strlen(old), strlen(at + strlen(old)) + 1);
    put(name, changed);
    free(changed);
    free(text);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    put_changed("mine.yaml", "data/products/zimislecel.yaml", "name: zimislecel", "name: mine");
    put_changed("drugs.yaml", "data/regimens/glucocorticoid_free.yaml", "name: glucocorticoid_free", "name: drugs");
    put_changed("people.yaml", "data/populations/t1d_adult.yaml", "name: t1d_adult", "name: people");
    put_changed("broken.yaml", "data/products/zimislecel.yaml", "standing: assumed", "standing: guessed");
    char link_path[300], pipe_path[300];
    in_folder(link_path, "link.yaml");
    in_folder(pipe_path, "pipe.yaml");
    return symlink(ISLET_SOURCE_DIR "/data/products/zimislecel.yaml", link_path) || mkfifo(pipe_path, 0600);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"mine.yaml", "drugs.yaml", "people.yaml", "broken.yaml",
                                        "link.yaml", "pipe.yaml",  "big.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[300];
        in_folder(path, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

#define WITH_PRODUCT(product)                                                                                          \
    "islet: 1\ntitle: t\npopulation: {of: people.yaml, n: 7}\narms:\n  - name: a\n    cells: [{product: " product      \
    ", dose_cells: 8e8, day: 0}]\n    immunosuppression: drugs.yaml\nfollow_up: {years: 1}\n"

static void files_beside_the_protocol_are_read(void **state)
{
    (void)state;
    char path[300];
    in_folder(path, "p.yaml");
    islet_protocol *p = parse(WITH_PRODUCT("mine.yaml"), path);
    assert_string_equal(p->products[0].name, "mine");
    assert_string_equal(p->regimens[0].name, "drugs");
    assert_string_equal(p->population.name, "people");
    assert_int_equal(p->n_files, 3);
    for (int i = 0; i < 3; i++) {
        char *bytes, hash[ISLET_HASH_TEXT];
        size_t size;
        in_folder(path, p->files[i].name);
        assert_int_equal(file_read(path, YAML_MAX_BYTES, &bytes, &size, NULL), ISLET_OK);
        hash_sha256(bytes, size, hash);
        assert_true(p->files[i].size == size);
        assert_string_equal(p->files[i].hash, hash);
        free(bytes);
    }
    free(p);
}

static void files_elsewhere_are_not(void **state)
{
    (void)state;
    char path[300];
    in_folder(path, "p.yaml");
    refuse(WITH_PRODUCT("../mine.yaml"), path, "own folder");
    refuse(WITH_PRODUCT("a/../../mine.yaml"), path, "own folder");
    refuse(WITH_PRODUCT("/etc/passwd"), path, "own folder");
    refuse(WITH_PRODUCT("~/mine.yaml"), path, "own folder");
    refuse(WITH_PRODUCT("https://example.org/mine.yaml"), path, "network");
    refuse(WITH_PRODUCT("link.yaml"), path, "a link out of");
    refuse(WITH_PRODUCT("pipe.yaml"), path, "regular file");
    refuse(WITH_PRODUCT("./"), path, "folder");
    refuse(WITH_PRODUCT("absent.yaml"), path, "cannot be opened");
    refuse(WITH_PRODUCT("broken.yaml"), path, "'standing' is 'guessed'");
    refuse(WITH_PRODUCT("drugs.yaml"), path, "islet_product");
}

/* a file that is refused each time it is named, because its product has the name of another, takes no more room than there is */
static void a_file_refused_again_and_again(void **state)
{
    (void)state;
    char path[300], text[16000] = "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7}\narms:\n";
    size_t at = strlen(text);
    for (int arm = 0; arm < 4; arm++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "  - name: a%d\n    cells:\n      - {product: mine.yaml, dose_cells: 8e8, day: 0}\n", arm);
        for (int day = 1; day < PROTOCOL_MAX_COURSES; day++)
            at += (size_t)snprintf(text + at, sizeof text - at, "      - {product: ./mine.yaml, dose_cells: 8e8, day: %d}\n", day);
    }
    snprintf(text + at, sizeof text - at, "follow_up: {years: 1}\n");
    in_folder(path, "p.yaml");
    islet_protocol *protocol = malloc(sizeof *protocol);
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(text, strlen(text), path, protocol, NULL), ISLET_ERR_INPUT);
    assert_true(protocol->n_files <= PROTOCOL_MAX_FILES);
    free(protocol);
    refuse(text, path, "products of the same name 'mine'");
}

static void kinds_of_file_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        islet_file_kind kind;
        islet_status status;
    } row[] = {
        {"mine.yaml", ISLET_FILE_PRODUCT, ISLET_OK},      {"drugs.yaml", ISLET_FILE_REGIMEN, ISLET_OK},
        {"people.yaml", ISLET_FILE_POPULATION, ISLET_OK}, {"broken.yaml", ISLET_FILE_PRODUCT, ISLET_ERR_INPUT},
        {"pipe.yaml", ISLET_FILE_UNKNOWN, ISLET_ERR_IO},  {"absent.yaml", ISLET_FILE_UNKNOWN, ISLET_ERR_IO},
        {".", ISLET_FILE_UNKNOWN, ISLET_ERR_IO},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char path[300];
        islet_file_kind kind;
        in_folder(path, row[i].file);
        assert_int_equal(therapy_check_file(path, &kind, NULL), row[i].status);
        assert_int_equal(kind, row[i].kind);
    }
}

/* How many remarks on a protocol that is read hold the words. */
static int remarks(const char *text, const char *words)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    int n = 0;
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(text, strlen(text), "x.yaml", protocol, problems), ISLET_OK);
    for (int i = 0; i < islet_problems_count(problems); i++) n += strstr(islet_problems_text(problems, i), words) != NULL;
    islet_problems_free(problems);
    free(protocol);
    return n;
}

/* Reactions are known of cells whose file gives a share, of conditioning that brings fever, and where nothing is given; one product without makes an arm's unknown. */
static void reactions_are_known_where_a_file_gives_them(void **state)
{
    (void)state;
    static islet_protocol protocol;
    static const char text[] = "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 4}\narms:\n  - {name: none}\n"
                               "  - {name: marrow, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e6, day: 0}]}\n"
                               "  - {name: cord, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}]}\n"
                               "  - {name: both, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}, {product: bone_marrow_mononuclear, dose_cells_per_kg: 1e6, day: 9}]}\n"
                               "  - {name: blood, cells: [{product: autologous_cord_blood, dose_cells_per_kg: 1e6, day: 0}]}\n"
                               "  - {name: reset, conditioning: cyclophosphamide_atg, cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]}\n"
                               "follow_up: {years: 1}\n";
    static const bool fever[] = {true, false, true, false, false, true}, other[] = {true, false, true, false, true, true};
    assert_int_equal(protocol_parse(text, strlen(text), "x.yaml", &protocol, NULL), ISLET_OK);
    for (int a = 0; a < protocol.n_arms; a++) {
        assert_true(protocol_knows_fever(&protocol, &protocol.arms[a]) == fever[a]);
        assert_true(protocol_knows_reactions(&protocol, &protocol.arms[a]) == other[a]);
    }
}

/* Soon after diagnosis people have C-peptide, and a population without any says so where they are asked for. */
static void a_duration_that_the_population_cannot_have_is_remarked(void **state)
{
    (void)state;
    static const struct {
        const char *population, *years;
        int remarks;
    } row[] = {{"t1d_adult", "<= 1", 1}, {"t1d_adult", "<= 5", 0}, {"t1d_adult", ">= 1", 0}, {"t1d_new_onset", "<= 1", 0}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char text[300];
        snprintf(text, sizeof text, "islet: 1\ntitle: t\npopulation: {of: %s, n: 4, require: {duration_year: \"%s\"}}\narms: [{name: a}]\nfollow_up: {years: 1}\n",
                 row[i].population, row[i].years);
        assert_int_equal(remarks(text, "take t1d_new_onset"), row[i].remarks);
    }
}

static void what_would_do_nothing_is_remarked(void **state)
{
    (void)state;
    static const char cells[] = "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 7}\narms:\n  - name: a\n    cells: [{product: "
                                "haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]\n%sfollow_up: {years: 2}\n";
    char text[400];
    snprintf(text, sizeof text, cells, "");
    assert_int_equal(remarks(text, "no conditioning"), 1);
    snprintf(text, sizeof text, cells, "    conditioning: cyclophosphamide_atg\n");
    assert_int_equal(remarks(text, "no conditioning"), 0);
    static const char insulin[] = "islet: 1\ntitle: t\npopulation: {of: %s, n: 7}\narms: [{name: a, insulin: basal_bolus}, {name: b, insulin: none}]\n"
                                  "follow_up: {years: 2}\n";
    snprintf(text, sizeof text, insulin, "metabolic_syndrome");
    assert_int_equal(remarks(text, "have no diabetes"), 1);
    snprintf(text, sizeof text, insulin, "t2d_oral");
    assert_int_equal(remarks(text, "have no diabetes"), 0);
}

static void drugs_come_no_later_than_the_cells(void **state)
{
    (void)state;
    static const char cells[] = "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 7}\narms:\n  - name: a\n    cells: [{product: zimislecel, dose_cells: 8e8, "
                                "day: 20}]\n%sfollow_up: {years: 2}\n";
    static const struct {
        const char *drugs;
        int none, late;
    } row[] = {{"", 1, 0},
               {"    immunosuppression: none\n", 0, 0},
               {"    immunosuppression: {regimen: glucocorticoid_free, start_day: 40}\n", 0, 1},
               {"    immunosuppression: {regimen: glucocorticoid_free, start_day: 20}\n", 0, 0}};
    char text[400];
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        snprintf(text, sizeof text, cells, row[i].drugs);
        assert_int_equal(remarks(text, "will be rejected"), row[i].none);
        assert_int_equal(remarks(text, "nothing protects them before"), row[i].late);
    }
    snprintf(text, sizeof text, cells, "    immunosuppression: {regimen: glucocorticoid_free, start_day: -21}\n");
    refuse(text, "x.yaml", "come 21 days later");
}

static void nobody_is_blind_to_a_diet(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: t\npopulation: {of: t2d_oral, n: 7}\nmasking: blinded\narms: [{name: a, comparator: weight_loss}, "
                               "{name: b, control: placebo}]\nfollow_up: {years: 2}\n";
    assert_int_equal(remarks(text, "write masking: open"), 1);
    assert_int_equal(remarks(text, "is given nothing"), 0);
}

static void a_file_above_the_limit_is_not_read(void **state)
{
    (void)state;
    char path[300];
    islet_protocol *p = (islet_protocol *)1;
    put("big.yaml", MINIMAL);
    in_folder(path, "big.yaml");
    assert_int_equal(truncate(path, YAML_MAX_BYTES + 1), 0);
    assert_int_equal(islet_protocol_read(path, &p, NULL), ISLET_ERR_INPUT);
    assert_null(p);
    assert_int_equal(islet_protocol_read(NULL, &p, NULL), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_protocol_read(path, NULL, NULL), ISLET_ERR_ARGUMENT);
}

/* the arm compared with is the one whose role says so, not the last without cells */
static void the_control_is_found_by_its_role(void **state)
{
    (void)state;
#define ARMS_OF(population, list) "islet: 1\ntitle: t\npopulation: {of: " population ", n: 7}\narms: [" list "]\nfollow_up: {years: 2}\n"
#define CELLS "cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}]"
    static const struct {
        const char *text;
        int arm;
        bool control;
    } trials[] = {
        {ARMS_OF("t1d_adult", "{name: a}"), -1, false},
        {ARMS_OF("t1d_adult", "{name: a}, {name: b, " CELLS "}"), 0, true},
        {ARMS_OF("t1d_adult", "{name: a, " CELLS "}, {name: b}"), 1, true},
        {ARMS_OF("t1d_adult", "{name: a, " CELLS "}, {name: b, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 0, day: 0}]}"), 1, true},
        {ARMS_OF("t1d_adult", "{name: a, " CELLS "}, {name: b, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 2e6, day: 0}]}"), 0, false},
        {ARMS_OF("t2d_oral", "{name: a, " CELLS "}, {name: b, control: placebo}, {name: c, drugs: [tirzepatide]}"), 1, true},
        {ARMS_OF("t2d_oral", "{name: a}, {name: b, comparator: bypass_surgery}"), 0, true},
        {ARMS_OF("t2d_oral", "{name: a, " CELLS "}, {name: b}, {name: c, drugs: []}"), 1, true},
        {ARMS_OF("t2d_oral", "{name: a, drugs: [tzd], " CELLS "}, {name: b, drugs: [tzd]}"), 1, true}, /* both take it */
        {ARMS_OF("t2d_insulin", "{name: a}, {name: b, insulin: basal, titration: riddle}"), 0, true},
        {ARMS_OF("t2d_insulin", "{name: a, titration: initiate}, {name: b, titration: riddle}"), 0, false},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        islet_protocol *p = parse(trials[i].text, "x.yaml");
        bool control;
        if (protocol_compared_with(p, &control) != trials[i].arm) fail_msg("another arm in: %s", trials[i].text);
        assert_int_equal(control, trials[i].control);
        assert_int_equal(islet_protocol_has_control(p), trials[i].control);
        islet_protocol_free(p);
    }
}

/* a plan says all that an arm gets, and what must hold for a later course */
static void the_table_says_what_arms_get(void **state)
{
    (void)state;
    static const struct {
        const char *population, *arm, *given, *only_if;
    } arms[] = {
        {"t1d_adult", "name: a", "insulin alone", ""},
        {"t2d_oral", "name: a", "care as before", ""},
        {"t2d_oral", "name: a, drugs: []", "glucose-lowering drugs taken away", ""},
        {"t2d_oral", "name: a, drugs: [metformin, tirzepatide]", "metformin, tirzepatide for the drugs people came with", ""},
        {"t2d_oral", "name: a, comparator: bypass_surgery", "gastric bypass surgery", ""},
        {"t2d_oral", "name: a, comparator: weight_loss, escalation: none", "total diet replacement to lose weight; escalation none", ""},
        {"t2d_oral", "name: a, comparator: diet, control: placebo", "advice on diet; placebo tablets", ""},
        {"t2d_insulin", "name: a, insulin: basal, titration: riddle, hba1c_target_pct: 6.5",
         "basal insulin; titration riddle; HbA1c target 6.5 %", ""},
        {"t1d_adult", "name: a, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}, {product: msc_umbilical_cord, "
                      "dose_cells_per_kg: 1e6, day: 90, only_if: {hba1c_drop_pct: '>= 0.5', hba1c_pct: [6, 9]}}]",
         "msc_umbilical_cord", "hba1c_drop_pct >= 0.5 and hba1c_pct >= 6 <= 9"},
    };
    for (size_t i = 0; i < sizeof arms / sizeof arms[0]; i++) {
        char text[700];
        islet_table *table;
        snprintf(text, sizeof text, "islet: 1\ntitle: t\npopulation: {of: %s, n: 7}\narms: [{%s}]\nfollow_up: {years: 2}\n",
                 arms[i].population, arms[i].arm);
        islet_protocol *p = parse(text, "x.yaml");
        assert_int_equal(islet_protocol_table(p, &table), ISLET_OK);
        int last = islet_table_rows(table) - 1;
        assert_string_equal(islet_table_cell(table, last, 2), arms[i].given);
        assert_string_equal(islet_table_cell(table, last, 5), arms[i].only_if);
        islet_table_free(table);
        islet_protocol_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read_as_written),
        cmocka_unit_test(what_is_left_out_has_defaults),
        cmocka_unit_test(requirements_may_be_in_either_unit),
        cmocka_unit_test(a_unit_may_stand_behind_a_requirement),
        cmocka_unit_test(fractions_share_out_the_dose),
        cmocka_unit_test(another_length_moves_the_visits),
        cmocka_unit_test(files_beside_the_protocol_are_read),
        cmocka_unit_test(files_elsewhere_are_not),
        cmocka_unit_test(a_file_refused_again_and_again),
        cmocka_unit_test(kinds_of_file_are_told),
        cmocka_unit_test(what_would_do_nothing_is_remarked),
        cmocka_unit_test(reactions_are_known_where_a_file_gives_them),
        cmocka_unit_test(a_duration_that_the_population_cannot_have_is_remarked),
        cmocka_unit_test(drugs_come_no_later_than_the_cells),
        cmocka_unit_test(nobody_is_blind_to_a_diet),
        cmocka_unit_test(a_file_above_the_limit_is_not_read),
        cmocka_unit_test(the_control_is_found_by_its_role),
        cmocka_unit_test(the_table_says_what_arms_get),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
