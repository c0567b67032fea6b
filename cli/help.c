/* Help, manual page and shell completion, all made from verbs.def and options.def. */
#include <string.h>

#include "output.h"
#include "verbs.h"

#define OPTION_COLUMN 26

/* --dry-run, --seed N */
static int print_option(const cli_option_info *option, bool with_argument, FILE *file)
{
    int width = fprintf(file, "--");
    for (const char *c = option->name; *c; c++, width++) fputc(*c == '_' ? '-' : *c, file);
    if (with_argument && *option->argument) width += fprintf(file, " %s", option->argument);
    return width;
}

static void print_verbs(FILE *file)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        int width = fprintf(file, "  %s %s", cli_verbs[i].name, cli_verbs[i].files);
        fprintf(file, "%*s%s\n", width < OPTION_COLUMN ? OPTION_COLUMN - width : 1, "", cli_verbs[i].sentence);
    }
}

cli_exit help_summary(const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    fprintf(out.file, "islet %s simulates stem cell therapy in diabetes, from a protocol file to a report.\n\n"
            "  islet VERB [options] [files]\n\n", ISLET_VERSION);
    print_verbs(out.file);
    fputs("\nTry it (a two-arm trial of stem-cell-derived islets in 200 people, some seconds):\n\n"
          "  islet run examples/zimislecel.yaml --patients 200\n\n"
          "Options of a verb: islet help VERB. Exit status: 0 done, 1 the answer is no, 2 usage, 3 bad input,\n"
          "4 numerical failure, 5 input/output, 130 interrupted.\n"
          "Research software, never medical advice.\n", out.file);
    return output_close(&out);
}

static void print_verb(cli_verb verb, FILE *file)
{
    const cli_verb_info *info = &cli_verbs[verb];
    fprintf(file, "islet %s [options]%s%s: %s\n\n", info->name, *info->files ? " " : "", info->files, info->sentence);
    for (const cli_option_info *option = cli_option_list; option->name; option++) {
        if (!cli_option_is_for(option, verb)) continue;
        fputs("  ", file);
        int width = 2 + print_option(option, true, file);
        if (width < OPTION_COLUMN) width += fprintf(file, "%*s", OPTION_COLUMN - width, "");
        print_wrapped(file, option->sentence, width, OPTION_COLUMN);
    }
}

cli_exit help_verb(cli_verb verb, const char *path)
{
    output out;
    if (!output_open(&out, path)) return EXIT_IO;
    print_verb(verb, out.file);
    return output_close(&out);
}

/* ---- manual page ---- */

/* roff reads a leading dot or apostrophe as a request and a bare '-' as a hyphen */
static void print_roff(const char *text, FILE *file)
{
    if (*text == '.' || *text == '\'') fputs("\\&", file);
    for (; *text; text++) {
        if (*text == '-') fputc('\\', file);
        fputs(*text == '\\' ? "\\e" : (char[]){*text, '\0'}, file);
    }
}

static void print_man_verbs(FILE *file)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        fprintf(file, ".TP\n.B %s\n%s\n", cli_verbs[i].name, cli_verbs[i].files);
        print_roff(cli_verbs[i].sentence, file);
        fputs(".\n", file);
    }
}

static void print_man_options(FILE *file)
{
    for (const cli_option_info *option = cli_option_list; option->name; option++) {
        fputs(".TP\n\\fB\\-\\-", file);
        for (const char *c = option->name; *c; c++) fputs(*c == '_' ? "\\-" : (char[]){*c, '\0'}, file);
        fprintf(file, "\\fR%s\\fI%s\\fR\n", *option->argument ? " " : "", option->argument);
        print_roff(option->sentence, file);
        fputs(" (", file);
        const char *between = "";
        for (int i = 0; i < VERB_COUNT; i++) {
            if (!cli_option_is_for(option, (cli_verb)i)) continue;
            fprintf(file, "%s%s", between, cli_verbs[i].name);
            between = ", ";
        }
        fputs(").\n", file);
    }
}

static void print_man(FILE *file)
{
    fprintf(file, ".TH ISLET 1 \"\" \"islet %s\" \"User commands\"\n"
            ".SH NAME\nislet \\- simulate stem cell therapy in diabetes, from a protocol file to a report\n"
            ".SH SYNOPSIS\n.B islet\n.I verb\n[options] [files]\n"
            ".SH DESCRIPTION\n"
            "Simulates trials of cell therapy in virtual people with diabetes at one\\-minute resolution, keeps every\n"
            "result with its provenance in one SQLite file, and writes one self\\-contained HTML report.\n"
            "Standard output is the result and nothing else. A message reads\n"
            ".IR file : line : column :\nwhat was found; what was expected; what to do.\n"
            "A file named \\- is standard input or output.\n"
            ".SH VERBS\n", ISLET_VERSION);
    print_man_verbs(file);
    fputs(".SH OPTIONS\n", file);
    print_man_options(file);
    fputs(".SH EXIT STATUS\n"
          ".TP\n.B 0\ndone\n.TP\n.B 1\nthe answer to a single question is no\n.TP\n.B 2\nusage\n.TP\n.B 3\nbad input\n"
          ".TP\n.B 4\nnumerical failure\n.TP\n.B 5\ninput or output failed\n"
          ".TP\n.B 130\ninterrupted; what is finished is kept and marked\n"
          ".SH EXAMPLE\n.nf\nislet run examples/zimislecel.yaml \\-\\-patients 200\nislet params secretion_basal\n.fi\n"
          ".SH NOTES\nResearch software, never medical advice.\n", file);
}

/* ---- completion ---- */

static void print_bash(FILE *file)
{
    fputs("# completion of islet for bash; written by islet itself\n_islet()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} options\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"", file);
    for (int i = 0; i < VERB_COUNT; i++) fprintf(file, "%s%s", i ? " " : "", cli_verbs[i].name);
    fputs("\" -- \"$word\"))\n        return\n    fi\n    case $verb in\n", file);
    for (int i = 0; i < VERB_COUNT; i++) {
        fprintf(file, "    %s) options=\"", cli_verbs[i].name);
        for (const cli_option_info *option = cli_option_list; option->name; option++) {
            if (!cli_option_is_for(option, (cli_verb)i)) continue;
            print_option(option, false, file);
            fputc(' ', file);
        }
        fputs("\" ;;\n", file);
    }
    fputs("    esac\n    case $word in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
          "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n}\n"
          "complete -o filenames -F _islet islet\n", file);
}

/* a sentence within [...] within '...' of zsh: brackets, colons and apostrophes would end it */
static void print_zsh_sentence(const char *text, FILE *file)
{
    for (; *text; text++) {
        if (*text == '\'') fputs("'\\''", file);
        else if (strchr("[]:\\", *text)) fprintf(file, "\\%c", *text);
        else fputc(*text, file);
    }
}

static void print_zsh(FILE *file)
{
    fputs("#compdef islet\n# completion of islet for zsh; written by islet itself\n_islet() {\n"
          "    local -a verbs\n    verbs=(", file);
    for (int i = 0; i < VERB_COUNT; i++) {
        fprintf(file, "\n        '%s:", cli_verbs[i].name);
        print_zsh_sentence(cli_verbs[i].sentence, file);
        fputc('\'', file);
    }
    fputs(")\n    if (( CURRENT == 2 )); then\n        _describe verb verbs\n        return\n    fi\n"
          "    case $words[2] in\n", file);
    for (int i = 0; i < VERB_COUNT; i++) {
        fprintf(file, "    %s) shift words; (( CURRENT-- )); _arguments", cli_verbs[i].name);
        for (const cli_option_info *option = cli_option_list; option->name; option++) {
            if (!cli_option_is_for(option, (cli_verb)i)) continue;
            fputs(" \\\n        '", file);
            print_option(option, false, file);
            fputc('[', file);
            print_zsh_sentence(option->sentence, file);
            fputc(']', file);
            if (*option->argument) fprintf(file, ":%s:%s", option->argument, strcmp(option->argument, "FILE") ? "" : "_files");
            fputc('\'', file);
        }
        fputs(" \\\n        '*:file:_files' ;;\n", file);
    }
    fputs("    esac\n}\n_islet \"$@\"\n", file);
}

/* ---- the verb ---- */

/* verbs and options as data; all of them, or those of `only` */
static cli_exit help_data(const cli_options *options, cli_verb only)
{
    static const char *const names[] = {"verb", "option", "argument", "sentence"};
    static const int chosen[] = {0, 1, 2, 3, -1};
    grid *g = grid_create(4, names);
    for (int i = 0; i < VERB_COUNT; i++) {
        if (only != VERB_COUNT && i != (int)only) continue;
        grid_add(g, (const char *const[]){cli_verbs[i].name, "", cli_verbs[i].files, cli_verbs[i].sentence});
        for (const cli_option_info *option = cli_option_list; option->name; option++) {
            if (!cli_option_is_for(option, (cli_verb)i)) continue;
            char name[64];
            snprintf(name, sizeof name, "--%s", option->name);
            for (char *c = name; *c; c++)
                if (*c == '_') *c = '-';
            grid_add(g, (const char *const[]){cli_verbs[i].name, name, option->argument, option->sentence});
        }
    }
    cli_exit status = grid_result(g, options, "islet.help/1", chosen);
    grid_free(g);
    return status;
}

cli_exit verb_help(const cli_options *options)
{
    static const struct {
        const char *name;
        void (*print)(FILE *file);
    } pages[] = {{"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}};

    const bool data = options->json || options->csv;
    if (options->n_files == 0) return data ? help_data(options, VERB_COUNT) : help_summary(options);
    const char *topic = options->files[0];
    cli_verb verb = cli_verb_find(topic);
    if (data && verb != VERB_COUNT) return help_data(options, verb);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(topic, pages[i].name) != 0) continue;
        output out;
        if (!output_open(&out, options->out)) return EXIT_IO;
        pages[i].print(out.file);
        return output_close(&out);
    }
    if (verb != VERB_COUNT) return help_verb(verb, options->out);
    fprintf(stderr, "islet: no help about '%s'; expected a verb, or man, bash or zsh\n", topic);
    return EXIT_USAGE;
}

cli_exit verb_version(const cli_options *options)
{
    static const char *const names[] = {"version", "commit"};
    static const int chosen[] = {0, 1, -1};
    if (options->json || options->csv) {
        grid *g = grid_create(2, names);
        grid_add(g, (const char *const[]){islet_version(), islet_commit()});
        cli_exit status = grid_result(g, options, "islet.version/1", chosen);
        grid_free(g);
        return status;
    }
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    fprintf(out.file, "islet %s (%s)\n", islet_version(), islet_commit());
    return output_close(&out);
}
