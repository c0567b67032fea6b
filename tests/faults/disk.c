/* See disk.h. Files are followed by inode, names by the order of their changes. */
#define _GNU_SOURCE
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults_inside.h"

#define SECTOR 512
#define NAME_ROOM 256
#define FOLDER_ROOM 3072

typedef struct {
    bool truncates;
    off_t at;     /* of a write; or the new length */
    size_t size;
    unsigned char *bytes;
} change; /* not yet synced */

typedef struct {
    ino_t inode;          /* 0 once no name leads to it: the number may come back for another file */
    unsigned char *bytes; /* certain content */
    size_t size;
    change *changes;
    int n_changes;
} followed_file;

typedef enum { NAME_MADE, NAME_GONE, NAME_MOVED } name_change_kind;

typedef struct {
    name_change_kind kind;
    char name[NAME_ROOM], to[NAME_ROOM];
    int file;
} name_change;

typedef struct {
    char name[NAME_ROOM];
    int file; /* of disk.files */
} entry;

#define MAX_FILES 64
#define MAX_NAMES 64
static struct {
    bool follows, dead;
    char folder[FOLDER_ROOM];
    followed_file files[MAX_FILES];
    int n_files;
    entry certain[MAX_NAMES];
    int n_certain;
    name_change changes[MAX_NAMES];
    int n_changes;
} disk;

bool disk_follows(void) { return disk.follows; }
bool disk_is_dead(void) { return disk.dead; }
void disk_cut(void) { disk.dead = disk.follows; }

static void give_up(const char *why)
{
    fprintf(stderr, "the modelled disk: %s\n", why);
    abort();
}

static void *grown(void *old, size_t size)
{
    void *out = realloc(old, size ? size : 1);
    if (!out) give_up("out of memory");
    return out;
}

/* ---- content ---- */

static void resize(unsigned char **bytes, size_t *size, size_t to)
{
    *bytes = grown(*bytes, to);
    if (to > *size) memset(*bytes + *size, 0, to - *size);
    *size = to;
}

static void apply(unsigned char **bytes, size_t *size, const change *c, size_t from, size_t until)
{
    if (c->truncates) {
        resize(bytes, size, (size_t)c->at);
        return;
    }
    if ((size_t)c->at + until > *size) resize(bytes, size, (size_t)c->at + until);
    memcpy(*bytes + c->at + from, c->bytes + from, until - from);
}

static followed_file *follow(ino_t inode, int fd)
{
    for (int i = 0; i < disk.n_files; i++)
        if (disk.files[i].inode == inode) return &disk.files[i];
    if (disk.n_files == MAX_FILES) give_up("too many files");
    followed_file *file = &disk.files[disk.n_files++];
    struct stat about;
    *file = (followed_file){.inode = inode};
    if (fstat(fd, &about) != 0) give_up("a file cannot be looked at");
    resize(&file->bytes, &file->size, (size_t)about.st_size);
    if (pread(fd, file->bytes, file->size, 0) != (ssize_t)file->size) { /* opened for writing only */
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        int again = real_open(link, O_RDONLY | O_CLOEXEC, 0);
        if (again < 0 || pread(again, file->bytes, file->size, 0) != (ssize_t)file->size) give_up("a file cannot be read");
        close(again);
    }
    return file;
}

static followed_file *file_of(int fd)
{
    struct stat about;
    if (!disk.follows || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return NULL;
    return follow(about.st_ino, fd);
}

static change *add_change(followed_file *file)
{
    file->changes = grown(file->changes, (size_t)(file->n_changes + 1) * sizeof *file->changes);
    return &file->changes[file->n_changes++];
}

void disk_before_write(int fd, const void *bytes, size_t size, off_t at)
{
    followed_file *file = file_of(fd);
    if (!file) return;
    change *c = add_change(file);
    *c = (change){.at = at, .size = size, .bytes = grown(NULL, size)};
    memcpy(c->bytes, bytes, size);
}

void disk_before_truncate(int fd, off_t size)
{
    followed_file *file = file_of(fd);
    if (file) *add_change(file) = (change){.truncates = true, .at = size};
}

static void forget_changes(followed_file *file)
{
    for (int i = 0; i < file->n_changes; i++) free(file->changes[i].bytes);
    free(file->changes);
    file->changes = NULL;
    file->n_changes = 0;
}

/* ---- names ---- */

/* the file at `path`, followed from now on; -1 when there is none */
static int file_at(const char *path)
{
    int fd = real_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (fd < 0) return -1;
    followed_file *file = file_of(fd);
    close(fd);
    return file ? (int)(file - disk.files) : -1;
}

static bool in_folder(const char *path, char name[NAME_ROOM])
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    snprintf(name, NAME_ROOM, "%s", slash ? slash + 1 : path);
    struct stat a, b;
    return disk.follows && stat(folder, &a) == 0 && stat(disk.folder, &b) == 0 && a.st_ino == b.st_ino;
}

static name_change *add_name_change(name_change_kind kind, const char *path)
{
    name_change c = {.kind = kind};
    if (!in_folder(path, c.name)) return NULL;
    if (disk.n_changes == MAX_NAMES) give_up("too many changes of names");
    c.file = file_at(path);
    if (c.file < 0) give_up("a file cannot be opened");
    disk.changes[disk.n_changes] = c;
    return &disk.changes[disk.n_changes++];
}

void disk_made(const char *path)
{
    add_name_change(NAME_MADE, path);
}

void disk_before_unlink(const char *path)
{
    const name_change *c = add_name_change(NAME_GONE, path);
    if (c) disk.files[c->file].inode = 0;
}

void disk_before_rename(const char *from, const char *to)
{
    if (!disk.follows) return;
    int replaced = file_at(to);
    name_change *c = add_name_change(NAME_MOVED, from);
    if (c && !in_folder(to, c->to)) give_up("a file leaves the folder");
    if (replaced >= 0) disk.files[replaced].inode = 0;
}

static int find(const entry *entries, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(entries[i].name, name) == 0) return i;
    return -1;
}

static void drop(entry *entries, int *n, const char *name)
{
    int at = find(entries, *n, name);
    if (at >= 0) entries[at] = entries[--*n];
}

static void apply_name_change(entry *entries, int *n, const name_change *c)
{
    const char *name = c->kind == NAME_MOVED ? c->to : c->name;
    drop(entries, n, c->name);
    if (c->kind == NAME_GONE) return;
    drop(entries, n, name);
    if (*n == MAX_NAMES) give_up("too many names");
    snprintf(entries[*n].name, NAME_ROOM, "%s", name);
    entries[(*n)++].file = c->file;
}

void disk_synced(int fd)
{
    struct stat about, folder;
    if (!disk.follows || fstat(fd, &about) != 0) return;
    if (S_ISDIR(about.st_mode)) {
        if (stat(disk.folder, &folder) != 0 || folder.st_ino != about.st_ino) return;
        for (int i = 0; i < disk.n_changes; i++) apply_name_change(disk.certain, &disk.n_certain, &disk.changes[i]);
        disk.n_changes = 0;
        return;
    }
    followed_file *file = file_of(fd);
    for (int i = 0; file && i < file->n_changes; i++)
        apply(&file->bytes, &file->size, &file->changes[i], 0, file->changes[i].size);
    if (file) forget_changes(file);
}

/* ---- begin and recover ---- */

static void forget_all(void)
{
    for (int i = 0; i < disk.n_files; i++) {
        forget_changes(&disk.files[i]);
        free(disk.files[i].bytes);
    }
    memset(&disk, 0, sizeof disk);
}

void disk_begin(const char *folder)
{
    forget_all();
    snprintf(disk.folder, sizeof disk.folder, "%s", folder);
    disk.follows = true;
    DIR *all = opendir(folder);
    if (!all) give_up("the folder cannot be read");
    for (struct dirent *one; (one = readdir(all));) {
        char path[4096 + NAME_ROOM];
        if (one->d_type != DT_REG) continue;
        if (disk.n_certain == MAX_NAMES) give_up("too many names");
        snprintf(path, sizeof path, "%s/%s", folder, one->d_name);
        entry *e = &disk.certain[disk.n_certain++];
        snprintf(e->name, NAME_ROOM, "%s", one->d_name);
        e->file = file_at(path);
        if (e->file < 0) give_up("a file cannot be read");
    }
    closedir(all);
}

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Of the changes since the last sync: none, all, or each by chance, some torn. */
static void lose(followed_file *file, uint64_t *state)
{
    unsigned how = (unsigned)(draw(state) % 4);
    for (int i = 0; i < file->n_changes && how != 0; i++) {
        const change *c = &file->changes[i];
        unsigned fate = how == 1 ? 1 : (unsigned)(draw(state) % 3);
        if (fate == 0) continue;
        size_t sectors = (c->size + SECTOR - 1) / SECTOR, whole = fate == 1 ? sectors : (size_t)(draw(state) % (sectors + 1));
        size_t until = whole * SECTOR < c->size ? whole * SECTOR : c->size;
        if (c->truncates || until > 0) apply(&file->bytes, &file->size, c, 0, until);
    }
}

static bool put(const char *folder, const char *name, const followed_file *file)
{
    char path[4096 + NAME_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = real_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool fine = real_write(fd, file->bytes, file->size) == (ssize_t)file->size;
    return close(fd) == 0 && fine;
}

bool disk_recover(uint64_t seed)
{
    uint64_t state = seed;
    char folder[FOLDER_ROOM];
    bool fine = true;
    disk.follows = disk.dead = false; /* our own changes below are not followed */
    snprintf(folder, sizeof folder, "%s", disk.folder);
    int n_reached = disk.n_changes ? (int)(draw(&state) % (uint64_t)(disk.n_changes + 1)) : 0;
    for (int i = 0; i < n_reached; i++) apply_name_change(disk.certain, &disk.n_certain, &disk.changes[i]);
    for (int i = 0; i < disk.n_files; i++) lose(&disk.files[i], &state);

    DIR *all = opendir(folder);
    if (!all) return false;
    char gone[MAX_NAMES][NAME_ROOM];
    int n_gone = 0;
    for (struct dirent *one; (one = readdir(all));)
        if (one->d_type == DT_REG && find(disk.certain, disk.n_certain, one->d_name) < 0 && n_gone < MAX_NAMES)
            snprintf(gone[n_gone++], NAME_ROOM, "%s", one->d_name);
    closedir(all);
    char path[4096 + NAME_ROOM];
    for (int i = 0; i < n_gone; i++) {
        snprintf(path, sizeof path, "%s/%.255s", folder, gone[i]);
        fine = unlink(path) == 0 && fine;
    }
    for (int e = 0; e < disk.n_certain; e++)
        fine = put(folder, disk.certain[e].name, &disk.files[disk.certain[e].file]) && fine;
    forget_all();
    return fine;
}
