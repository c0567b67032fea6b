/* Reads the command line with the lists of verbs.def and options.def. */
#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const cli_verb_info cli_verbs[VERB_COUNT] = {
#define VERB(name, files, least, most, sentence) {#name, files, least, most, sentence},
#include "verbs.def"
#undef VERB
};

#define FOR(verb) (1u << VERB_##verb)
#define ALL ((1u << VERB_COUNT) - 1)
const cli_option_info cli_option_list[] = {
#define OPTION(field, argument, kind, low, high, verbs, sentence)                                                    \
    {#field, argument, OPTION_##kind, low, high, verbs, sentence, offsetof(cli_options, has_##field),                \
     offsetof(cli_options, field)},
#include "options.def"
#undef OPTION
    {0}};

bool cli_option_is_for(const cli_option_info *option, cli_verb verb)
{
    return option->verbs >> verb & 1;
}

cli_verb cli_verb_find(const char *name)
{
    int verb = 0;
    while (verb < VERB_COUNT && strcmp(cli_verbs[verb].name, name) != 0) verb++;
    return (cli_verb)verb;
}

/* ---- close words ---- */

#define WORD_MAX 48

static int least_of_three(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* number of letters to add, drop or change (Levenshtein); long words count as far away */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX) return WORD_MAX;
    int row[WORD_MAX + 1];
    for (size_t j = 0; j <= m; j++) row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int above = row[j];
            row[j] = least_of_three(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

const char *cli_closest(const char *word, const char *const *names)
{
    const char *best = NULL;
    int best_distance = (int)strlen(word) / 3 + 1; /* one letter in three may be wrong */
    for (; *names; names++) {
        int d = distance(word, *names);
        if (d > best_distance || (best && d == best_distance)) continue;
        best = *names;
        best_distance = d;
    }
    return best;
}

static const char *closest_verb(const char *word)
{
    const char *names[VERB_COUNT + 1] = {0};
    for (int i = 0; i < VERB_COUNT; i++) names[i] = cli_verbs[i].name;
    return cli_closest(word, names);
}

/* ---- names of options: --dry-run is the field dry_run ---- */

static bool name_is(const char *field, const char *text, size_t length)
{
    if (strlen(field) != length) return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != (field[i] == '_' ? '-' : field[i])) return false;
    return true;
}

static const cli_option_info *option_find(const char *text, size_t length)
{
    for (const cli_option_info *option = cli_option_list; option->name; option++)
        if (name_is(option->name, text, length)) return option;
    return NULL;
}

/* the option of `verb` closest to a mistyped one, as it is written on the command line */
static bool closest_option(const char *word, cli_verb verb, char out[WORD_MAX])
{
    const char *names[WORD_MAX] = {0};
    int n = 0;
    for (const cli_option_info *option = cli_option_list; option->name && n < WORD_MAX - 1; option++)
        if (cli_option_is_for(option, verb)) names[n++] = option->name;
    const char *best = cli_closest(word, names);
    if (!best) return false;
    snprintf(out, WORD_MAX, "%s", best);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = '-';
    return true;
}

/* ---- values ---- */

static bool read_u64(const char *text, uint64_t *out)
{
    if (!*text) return false;
    uint64_t value = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

/* [-]digits[.digits], at most 15 of them: both integers are exact, so one division rounds correctly */
static bool read_real(const char *text, double *out)
{
    double digits = 0, scale = 1;
    int count = 0;
    bool point = false, negative = *text == '-';
    text += negative;
    if (*text == '.') return false;
    for (; *text; text++) {
        if (*text == '.' && !point && text[1]) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || ++count > 15) return false;
        digits = digits * 10 + (*text - '0');
        if (point) scale *= 10;
    }
    *out = (negative ? -digits : digits) / scale;
    return count > 0;
}

/* put `text` into the option's field; false after a message */
static bool set_value(cli_options *options, const cli_option_info *option, const char *shown, const char *text)
{
    char *field = (char *)options + option->value_offset;
    uint64_t whole = 0;
    double real = 0;
    *((bool *)((char *)options + option->has_offset)) = true;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_TEXT:
        if (!*text) {
            fprintf(stderr, "islet: %s: nothing was given; expected %s\n", shown, option->argument);
            return false;
        }
        *(const char **)field = text;
        return true;
    case OPTION_SEED:
        if (read_u64(text, (uint64_t *)field)) return true;
        fprintf(
            stderr,
            "islet: %s: found '%s'; expected a whole number from 0 to 18446744073709551615; write digits alone, such as %s 7\n",
            shown, text, shown);
        return false;
    case OPTION_COUNT:
        if (read_u64(text, &whole) && (double)whole >= option->low && (double)whole <= option->high) {
            *(int64_t *)field = (int64_t)whole;
            return true;
        }
        fprintf(
            stderr,
            "islet: %s: found '%s'; expected a whole number from %.0f to %.0f; write digits alone, such as %s %.0f\n",
            shown, text, option->low, option->high, shown, option->low);
        return false;
    case OPTION_REAL:
        if (read_real(text, &real) && real >= option->low && real <= option->high) {
            *(double *)field = real;
            return true;
        }
        fprintf(stderr, "islet: %s: found '%s'; expected a number from %g to %g; write one such as %s 0.5\n", shown,
                text, option->low, option->high, shown);
        return false;
    }
    return false;
}

/* ---- the whole line ---- */

static void say_which_verbs(const cli_option_info *option, const char *shown, cli_verb verb)
{
    fprintf(stderr, "islet: %s is no option of islet %s; it belongs to:", shown, cli_verbs[verb].name);
    for (int i = 0; i < VERB_COUNT; i++)
        if (cli_option_is_for(option, (cli_verb)i)) fprintf(stderr, " islet %s", cli_verbs[i].name);
    fputc('\n', stderr);
}

static bool unknown_option(const char *word, cli_verb verb)
{
    char best[WORD_MAX];
    fprintf(stderr, "islet: unknown option %s", word);
    bool near = closest_option(word + (word[1] == '-' ? 2 : 1), verb, best);
    if (near) fprintf(stderr, "; did you mean --%s?", best);
    fprintf(stderr, "%s islet help %s lists them\n", near ? "" : ";", cli_verbs[verb].name);
    return false;
}

/* one word that begins with '-'; *index moves on when the next word is its value */
static bool read_option(int argc, char **argv, int *index, cli_options *out)
{
    const char *word = argv[*index];
    if (strcmp(word, "-h") == 0) word = "--help";
    if (strcmp(word, "-q") == 0) word = "--quiet";
    const char *name = word + 2, *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const cli_option_info *option = word[1] == '-' ? option_find(name, length) : NULL;
    if (!option) return unknown_option(word, out->verb);

    char shown[WORD_MAX + 3];
    snprintf(shown, sizeof shown, "--%.*s", (int)(length < WORD_MAX ? length : WORD_MAX), name);
    if (!cli_option_is_for(option, out->verb)) {
        say_which_verbs(option, shown, out->verb);
        return false;
    }
    if (option->kind == OPTION_FLAG) {
        if (!equals) return set_value(out, option, shown, "");
        fprintf(stderr, "islet: %s takes no value\n", shown);
        return false;
    }
    if (equals) return set_value(out, option, shown, equals + 1);
    if (*index + 1 >= argc) {
        fprintf(stderr, "islet: %s needs a value: %s\n", shown, option->argument);
        return false;
    }
    return set_value(out, option, shown, argv[++*index]);
}

static bool check_together(const cli_options *options)
{
    const cli_verb_info *verb = &cli_verbs[options->verb];
    if (options->help) return true;
    if (options->json && options->csv) {
        fprintf(stderr, "islet: --json and --csv were both given; choose one\n");
        return false;
    }
    if (options->n_files < verb->least || options->n_files > verb->most) {
        char given[32] = "nothing was";
        if (options->n_files) snprintf(given, sizeof given, "%d %s", options->n_files, options->n_files == 1 ? "was" : "were");
        fprintf(stderr, "islet: islet %s takes %s, but %s given; usage: islet %s [options] %s\n", verb->name,
                verb->most == 0 ? "no file" : verb->files, given, verb->name, verb->files);
        return false;
    }
    return true;
}

bool cli_options_read(int argc, char **argv, cli_options *out)
{
    *out = (cli_options){.verb = VERB_help};
    if (argc < 2) return true;

    /* the verb; --help and --version are understood in its place */
    const char *verb = argv[1];
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) verb = "help";
    if (strcmp(verb, "--version") == 0 || strcmp(verb, "-V") == 0) verb = "version";
    out->verb = cli_verb_find(verb);
    if (out->verb == VERB_COUNT) {
        const char *best = closest_verb(verb);
        fprintf(stderr, "islet: unknown verb '%s'", verb);
        if (best) fprintf(stderr, "; did you mean '%s'?", best);
        fprintf(stderr, "%s islet help lists them\n", best ? "" : ";");
        return false;
    }

    /* options and files in any order; after -- everything is a file, and - alone is one */
    bool only_files = false;
    for (int i = 2; i < argc; i++) {
        if (!only_files && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (!only_files && argv[i][0] == '-' && argv[i][1]) {
            if (!read_option(argc, argv, &i, out)) return false;
        } else if (out->n_files < CLI_MAX_FILES) {
            out->files[out->n_files++] = argv[i];
        } else {
            fprintf(stderr, "islet: more than %d files\n", CLI_MAX_FILES);
            return false;
        }
    }
    return check_together(out);
}
