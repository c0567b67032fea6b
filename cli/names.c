/* Names of files that follow from other names, and short-lived folders. */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

/* the folder a path leads to; to be freed */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return need_copy(".");
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    char *folder = need_memory(length + 1);
    memcpy(folder, path, length);
    folder[length] = 0;
    return folder;
}

#define LINKS_MAX 40 /* as the kernel */

/* the name that a link holds, seen from where we are; NULL when it cannot be read */
static char *name_in_link(const char *link)
{
    char held[4096];
    const ssize_t length = readlink(link, held, sizeof held - 1);
    if (length < 1 || (size_t)length == sizeof held - 1) return NULL;
    held[length] = 0;
    if (held[0] == '/') return need_copy(held);
    char *folder = folder_of(link), *name = name_join(folder, held);
    free(folder);
    return name;
}

char *name_behind_links(const char *path)
{
    struct stat about;
    char *name = need_copy(path);
    const bool leads_to_other = stat(path, &about) == 0 ? !S_ISREG(about.st_mode) : errno != ENOENT;
    for (int i = 0; i < LINKS_MAX && !leads_to_other && lstat(name, &about) == 0 && S_ISLNK(about.st_mode); i++) {
        char *next = name_in_link(name);
        if (!next) break;
        free(name);
        name = next;
    }
    return name;
}

char *name_from(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *base = strcmp(path, "-") == 0 ? "protocol" : slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    int length = (int)(dot && dot != base ? (size_t)(dot - base) : strlen(base));
    size_t size = (size_t)length + strlen(ending) + 1;
    char *name = need_memory(size);
    snprintf(name, size, "%.*s%s", length, base, ending);
    char *place = name_behind_links(name);
    free(name);
    return place;
}

bool name_same_file(const char *a, const char *b)
{
    struct stat at_a, at_b;
    if (strcmp(a, b) == 0) return true;
    return stat(a, &at_a) == 0 && stat(b, &at_b) == 0 && at_a.st_dev == at_b.st_dev && at_a.st_ino == at_b.st_ino;
}

static const char *last_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool name_same_place(const char *a, const char *b)
{
    struct stat about;
    if ((stat(a, &about) == 0 || stat(b, &about) == 0) && !S_ISREG(about.st_mode)) return false;
    if (name_same_file(a, b)) return true;
    char *in_a = folder_of(a), *in_b = folder_of(b);
    bool same = name_same_file(in_a, in_b) && strcmp(last_of(a), last_of(b)) == 0;
    free(in_a);
    free(in_b);
    return same;
}

bool name_is_writable(const char *path)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    char *folder = folder_of(path);
    bool fine = access(folder, W_OK | X_OK) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        fine = false;
    }
    if (!fine)
        fprintf(stderr, "%s: cannot be written (%s); choose another place with --out or --report\n", path,
                strerror(errno));
    free(folder);
    return fine;
}

#define PIPED_MAX (64u << 20) /* more than any reader takes */

/* What comes through a pipe goes to a file without a name, so that readers meet a regular file, twice if they want to. */
static bool keep_piped(void)
{
    char part[1 << 14];
    FILE *kept = tmpfile();
    size_t all = 0;
    bool fine = kept;
    for (ssize_t n; fine && all <= PIPED_MAX && (n = read(STDIN_FILENO, part, sizeof part)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        fine = n > 0 && fwrite(part, 1, (size_t)n, kept) == (size_t)n;
        if (fine) all += (size_t)n;
    }
    fine = fine && fflush(kept) == 0 && lseek(fileno(kept), 0, SEEK_SET) == 0 && dup2(fileno(kept), STDIN_FILENO) >= 0;
    if (kept && fclose(kept) != 0) fine = false;
    return fine;
}

const char *name_for_reading(const char *path)
{
    struct stat about;
    if (strcmp(path, "-") != 0) return path;
    if (fstat(STDIN_FILENO, &about) == 0 && S_ISFIFO(about.st_mode) && !keep_piped()) {
        fprintf(stderr, "-: standard input cannot be kept while it is read (%s); give a file's name instead\n", strerror(errno));
        exit(EXIT_IO);
    }
    return "/dev/stdin";
}

char *name_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = need_memory(size);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *folder_create_temporary(void)
{
    const char *root = getenv("TMPDIR");
    char *folder = name_join(root && *root ? root : "/tmp", "islet-XXXXXX");
    if (mkdtemp(folder)) return folder;
    free(folder);
    return NULL;
}

void folder_remove(char *folder, const char *const *files)
{
    if (!folder) return;
    for (; *files; files++) {
        char *path = name_join(folder, *files);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    free(folder);
}
