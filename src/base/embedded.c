#include "base/embedded.h"

#include <string.h>

const embedded_file *embedded_find(const char *path)
{
    for (const embedded_file *file = islet_embedded_files; file->path; file++)
        if (strcmp(file->path, path) == 0) return file;
    return NULL;
}

const char *const *embedded_names(const char *folder)
{
    static const char *const none[] = {NULL};
    for (const embedded_folder *f = islet_embedded_folders; f->path; f++)
        if (strcmp(f->path, folder) == 0) return f->names;
    return none;
}
