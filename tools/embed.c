/* embed: writes a C file that holds other files as bytes, so that the library needs no data folder at run time.
 *
 *   embed LIST OUT      LIST has one line a file: NAME <tab> PATH; NAME is what embedded_find looks for
 *
 * The names of a folder's .yaml files go out beside, so that what is shipped is what is there and no list of it is kept by hand.
 * Bytes go out as string literals: gcc reads a megabyte of those in a fraction of the time an array of numbers takes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_TEXT 4096
#define BYTES_A_LINE 64

static void stop(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s %s: %s\n", what, path, strerror(errno));
    exit(1);
}

/* path => "static const unsigned char file_<index>[] = ...;", returns the number of bytes */
static size_t write_bytes(FILE *out, int index, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in) stop("cannot open", path);
    fprintf(out, "static const unsigned char file_%d[] =", index);
    size_t size = 0;
    int byte;
    while ((byte = fgetc(in)) != EOF) {
        if (size % BYTES_A_LINE == 0) fputs(size ? "\"\n\"" : "\n\"", out);
        /* letters, digits and blanks as they are; the rest as three octal digits, which cannot run into the next one */
        if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == ' ')
            fputc(byte, out);
        else
            fprintf(out, "\\%03o", byte);
        size++;
    }
    if (ferror(in)) stop("cannot read", path);
    fputs(size ? "\";\n" : " \"\";\n", out);
    fclose(in);
    return size;
}

/* Names of .yaml files, one array a folder (a folder's lines follow each other), and the table of these folders. */
typedef struct {
    FILE *arrays, *folders;
    char current[LINE_TEXT];
    int n;
} name_lists;

static void close_folder(name_lists *lists)
{
    if (*lists->current) fputs("0};\n", lists->arrays);
}

static void add_name(name_lists *lists, const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (!slash || !dot || dot < slash || strcmp(dot, ".yaml") != 0) return;
    const size_t length = (size_t)(slash - path);
    if (strlen(lists->current) != length || strncmp(lists->current, path, length) != 0) {
        close_folder(lists);
        snprintf(lists->current, sizeof lists->current, "%.*s", (int)length, path);
        fprintf(lists->arrays, "static const char *const names_%d[] = {", lists->n);
        fprintf(lists->folders, "    {\"%s\", names_%d},\n", lists->current, lists->n++);
    }
    fprintf(lists->arrays, "\"%.*s\", ", (int)(dot - slash - 1), slash + 1);
}

static void copy(FILE *from, FILE *out)
{
    int byte;
    rewind(from);
    while ((byte = fgetc(from)) != EOF) fputc(byte, out);
    fclose(from);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: embed LIST OUT\n", stderr);
        return 2;
    }
    FILE *list = fopen(argv[1], "r"), *out = fopen(argv[2], "w"), *table = tmpfile();
    if (!list) stop("cannot open", argv[1]);
    if (!out) stop("cannot write", argv[2]);
    name_lists lists = {.arrays = tmpfile(), .folders = tmpfile()};
    if (!table || !lists.arrays || !lists.folders) stop("cannot make", "a temporary file");

    /* the bytes of every file; the table of names is collected beside and follows them */
    fputs("#include \"base/embedded.h\"\n", out);
    char line[LINE_TEXT];
    for (int index = 0; fgets(line, sizeof line, list); index++) {
        char *tab = strchr(line, '\t'), *end = strchr(line, '\n');
        if (!tab || !end) {
            fprintf(stderr, "embed: %s: line %d is not NAME<tab>PATH\n", argv[1], index + 1);
            return 1;
        }
        *tab = *end = '\0';
        size_t size = write_bytes(out, index, tab + 1);
        add_name(&lists, line);
        fprintf(table, "    {\"%s\", file_%d, %zu},\n", line, index, size);
    }
    fputs("\nconst embedded_file islet_embedded_files[] = {\n", out);
    copy(table, out);
    fputs("    {0, 0, 0}};\n\n", out);
    close_folder(&lists);
    copy(lists.arrays, out);
    fputs("\nconst embedded_folder islet_embedded_folders[] = {\n", out);
    copy(lists.folders, out);
    fputs("    {0, 0}};\n", out);

    fclose(list);
    if (ferror(out) || fclose(out) != 0) stop("cannot write", argv[2]);
    return 0;
}
