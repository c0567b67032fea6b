/* Asked of every verb before it begins: outputs are moved over what stands at their name, so a slip of the hand
 * (islet evidence rows.csv --csv --out rows.csv) would cost the rows. */
#include "apart.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "names.h"

typedef struct {
    const char *what, *path; /* NULL: not given */
} place;

/* arguments may also be names of things (islet products zimislecel), devices may be read and written */
static bool is_regular(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static bool is_file(const place *p)
{
    return p->path && strcmp(p->path, "-") != 0;
}

static bool refuse(const place *output, const place *other)
{
    fprintf(stderr, "islet: %s %s would take the place of %s %s; choose another name\n", output->what, output->path,
            other->what, other->path);
    return false;
}

bool outputs_are_apart(const cli_options *options)
{
    const place outputs[] = {{"--out", options->has_out ? options->out : NULL},
                             {"--report", options->has_report ? options->report : NULL},
                             {"--discrepancy", options->has_discrepancy ? options->discrepancy : NULL}};
    const place inputs[] = {{"--protocol", options->has_protocol ? options->protocol : NULL},
                            {"--params", options->has_params ? options->params : NULL},
                            {"--trial", options->has_trial ? options->trial : NULL}};
    for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++) {
        if (!is_file(&outputs[o])) continue;
        for (size_t i = 0; i < o; i++)
            if (is_file(&outputs[i]) && name_same_place(outputs[o].path, outputs[i].path))
                return refuse(&outputs[o], &outputs[i]);
        if (!is_regular(outputs[o].path)) continue;
        for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
            if (is_file(&inputs[i]) && name_same_file(outputs[o].path, inputs[i].path)) return refuse(&outputs[o], &inputs[i]);
        for (int i = 0; i < options->n_files; i++) {
            const place file = {"the file that is read,", options->files[i]};
            if (is_file(&file) && is_regular(file.path) && name_same_file(outputs[o].path, file.path))
                return refuse(&outputs[o], &file);
        }
    }
    return true;
}
