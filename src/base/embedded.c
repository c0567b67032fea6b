#include "base/embedded.h"

#include <string.h>

const embedded_file *embedded_find(const char *path)
{
    for (const embedded_file *file = islet_embedded_files; file->path; file++)
        if (strcmp(file->path, path) == 0) return file;
    return NULL;
}
