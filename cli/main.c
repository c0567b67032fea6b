/* islet, the command: reads the command line, runs the verb, and turns what happened into an exit status. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apart.h"
#include "names.h"
#include "output.h"
#include "ranks.h"
#include "verbs.h"

/* A signal handler can reach nothing but a global; this flag and the command line are the command's only ones. */
static volatile sig_atomic_t stop_signal_number = 0;
static char *command_line_text = NULL;

int stop_signal(void)
{
    return stop_signal_number;
}

bool stop_was_asked(void *context)
{
    (void)context;
    return stop_signal_number != 0;
}

const char *command_line(void)
{
    return command_line_text;
}

double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void note_signal(int number)
{
    stop_signal_number = number;
}

/* The first signal stops the run between batches; SA_RESETHAND lets a second one end the program at once, which is
 * safe: a store counts only after its last commit. A reader that goes away (head, less) is seen by the checked writes. */
static void set_signals(void)
{
    struct sigaction stop = {.sa_handler = note_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&stop.sa_mask);
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup keeps its meaning */
        sigaction(SIGHUP, &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a limit on the size of files: the write that meets it says so */
}

/* A standard stream that the caller has closed must not become the number of the next file that is opened, or a store
 * would be printed into. Opened for reading only, so that writing a result there is an error as it should be. */
static void fill_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd) exit(EXIT_IO);
}

static void keep_command_line(int argc, char **argv)
{
    size_t size = 1;
    for (int i = 0; i < argc; i++) size += strlen(argv[i]) + 1;
    command_line_text = need_memory(size);
    size_t at = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (i == 0 && strrchr(word, '/')) word = strrchr(word, '/') + 1; /* where it is installed is nobody's business */
        size_t length = strlen(word);
        memcpy(command_line_text + at, word, length);
        at += length;
        command_line_text[at++] = i + 1 < argc ? ' ' : '\0';
    }
    command_line_text[at] = '\0';
}

cli_exit exit_of(islet_status status, const islet_problems *problems, const char *doing)
{
    if (status != ISLET_OK && status != ISLET_ERR_INTERRUPTED && (!problems || islet_problems_error_count(problems) == 0))
        fprintf(stderr, "islet: %s: %s\n", doing, islet_strerror(status));
    switch (status) {
    case ISLET_OK: return EXIT_DONE;
    case ISLET_ERR_ARGUMENT:
    case ISLET_ERR_UNKNOWN_NAME:
    case ISLET_ERR_UNSUPPORTED: return EXIT_USAGE;
    case ISLET_ERR_INPUT:
    case ISLET_ERR_STORE: return EXIT_INPUT;
    case ISLET_ERR_NUMERICAL: return EXIT_NUMERICAL;
    case ISLET_ERR_IO:
    case ISLET_ERR_MEMORY: return EXIT_IO;
    case ISLET_ERR_INTERRUPTED: return EXIT_INTERRUPTED;
    }
    return EXIT_IO;
}

/* Outputs are written to where their names lead, not in the place of links. What is given back is to be freed. */
static void follow_outputs(cli_options *options, char *followed[3])
{
    const char **const outputs[3] = {&options->out, &options->report, &options->discrepancy};
    for (int i = 0; i < 3; i++)
        if (*outputs[i]) *outputs[i] = followed[i] = name_behind_links(*outputs[i]);
}

int main(int argc, char **argv)
{
    cli_options options;
    char *followed[3] = {NULL, NULL, NULL};
    if (!ranks_begin(&argc, &argv)) return ranks_end(EXIT_DONE);
    if (argc < 1) return ranks_end(EXIT_USAGE);
    fill_standard_streams();
    keep_command_line(argc, argv);
    set_signals();

    cli_exit status = EXIT_USAGE;
    if (strcmp(islet_version(), ISLET_VERSION) != 0) {
        fprintf(stderr, "islet: this command is version %s and found library %s; install them together\n", ISLET_VERSION,
                islet_version());
    } else if (cli_options_read(argc, argv, &options)) {
        static cli_exit (*const run_verb[VERB_COUNT])(const cli_options *) = {
#define VERB(name, files, least, most, sentence) verb_##name,
#include "verbs.def"
#undef VERB
        };
        follow_outputs(&options, followed);
        if (argc == 1) status = help_summary(&options);
        else if (options.help) status = help_verb(options.verb, options.out);
        else if (outputs_are_apart(&options)) status = run_verb[options.verb](&options);
    }
    for (int i = 0; i < 3; i++) free(followed[i]);
    free(command_line_text);
    return ranks_end(status);
}
