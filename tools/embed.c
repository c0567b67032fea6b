/* embed: writes a C file that holds other files as bytes, so that the library needs no data folder at run time.
 *
 *   embed LIST OUT      LIST has one line a file: NAME <tab> PATH; NAME is what embedded_find looks for
 *
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

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: embed LIST OUT\n", stderr);
        return 2;
    }
    FILE *list = fopen(argv[1], "r"), *out = fopen(argv[2], "w"), *table = tmpfile();
    if (!list) stop("cannot open", argv[1]);
    if (!out) stop("cannot write", argv[2]);
    if (!table) stop("cannot make", "a temporary file");

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
        fprintf(table, "    {\"%s\", file_%d, %zu},\n", line, index, size);
    }
    fputs("\nconst embedded_file islet_embedded_files[] = {\n", out);
    rewind(table);
    while (fgets(line, sizeof line, table)) fputs(line, out);
    fputs("    {0, 0, 0}};\n", out);

    fclose(list);
    fclose(table);
    if (ferror(out) || fclose(out) != 0) stop("cannot write", argv[2]);
    return 0;
}
