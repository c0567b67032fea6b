/* Assembly of a page: a template of assets/ has places {{name}}; style, scripts, figures, data and hashes are filled here, the rest by
 * who writes the page. Nothing is loaded from elsewhere, and the content security policy allows exactly the scripts and
 * the style that are inside, by their hash; figures run in Vega's interpreter, so that no text ever becomes code. */
#include "report/assemble.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/problems.h"

#define ASSETS "src/report/assets/"
#define ASSET_PATH 96

/* scripts in the order they run */
static const char *const scripts[] = {"vendor/vega.min.js", "vendor/vega-lite.min.js", "vendor/vega-interpreter.min.js",
                                      "vendor/vega-embed.min.js", ASSETS "figures.js"};

static const embedded_file *asset(page *p, const char *path)
{
    const embedded_file *file = embedded_find(path);
    if (!file && p->status == ISLET_OK) {
        problems_error(p->problems, path, 0, 0,
                       "this part of the report was not compiled in; the libraries that draw figures were "
                       "expected; install node modules and build again");
        p->status = ISLET_ERR_UNSUPPORTED;
    }
    return file;
}

/* 'sha256-...' of the content of an element */
static void write_hash(text *out, const void *bytes, size_t size)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1];
    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, sizeof digest, digest);
    base64_encode_raw(encoded, sizeof digest, digest);
    encoded[sizeof encoded - 1] = 0;
    text_add(out, " 'sha256-");
    text_add(out, encoded);
    text_add(out, "'");
}

static void write_policy(page *p, text *out)
{
    text_add(out, "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src");
    const embedded_file *style = asset(p, ASSETS "style.css");
    if (style) write_hash(out, style->bytes, style->size);
    text_add(out, "; script-src");
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const embedded_file *file = asset(p, scripts[i]);
        if (file) write_hash(out, file->bytes, file->size);
    }
}

static void write_scripts(page *p, text *out)
{
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const embedded_file *file = asset(p, scripts[i]);
        if (!file) return;
        text_add(out, "<script>");
        text_add_bytes(out, file->bytes, file->size);
        text_add(out, "</script>\n");
    }
}

/* the figures of the page and their common theme, {"name": specification, ...}, from assets/NAME.vl.json */
static void write_figures(page *p, const char *const *figures, text *out)
{
    char path[ASSET_PATH];
    text_add(out, "{");
    for (int i = -1; i < 0 || figures[i]; i++) {
        const char *name = i < 0 ? "theme" : figures[i];
        snprintf(path, sizeof path, ASSETS "%s.vl.json", name);
        const embedded_file *file = asset(p, path);
        if (!file) return;
        text_add(out, i < 0 ? "\"" : ",\n\"");
        text_add(out, name);
        text_add(out, "\":");
        text_add_bytes(out, file->bytes, file->size);
    }
    text_add(out, "}");
}

static void fill_template(page *p, const page_plan *plan, const char *path, text *out);

static void fill_place(page *p, const page_plan *plan, text *out, const char *place, size_t length)
{
#define IS(word) (length == sizeof word - 1 && memcmp(place, word, length) == 0)
    const embedded_file *style;
    p->out = out;
    if (IS("head")) fill_template(p, plan, ASSETS "head.html", out);
    else if (IS("policy")) write_policy(p, out);
    else if (IS("style") && (style = asset(p, ASSETS "style.css"))) text_add_bytes(out, style->bytes, style->size);
    else if (IS("scripts")) write_scripts(p, out);
    else if (IS("figures")) write_figures(p, plan->figures, out);
    else if (IS("data")) { /* after the sections, which stand before it in the page */
        text_add(out, "{");
        if (p->data.size > 2) text_add_bytes(out, p->data.bytes, p->data.size - 2); /* without the last ",\n" */
        text_add(out, "}");
    } else {
        plan->fill(p, plan->context, place, length);
    }
#undef IS
}

static void fill_template(page *p, const page_plan *plan, const char *path, text *out)
{
    const embedded_file *file = asset(p, path);
    if (!file) return;
    const char *from = (const char *)file->bytes, *open;
    while (p->status == ISLET_OK && (open = strstr(from, "{{"))) {
        const char *close = strstr(open, "}}");
        if (!close) break;
        text_add_bytes(out, from, (size_t)(open - from));
        fill_place(p, plan, out, open + 2, (size_t)(close - open - 2));
        from = close + 2;
    }
    text_add(out, from);
}

void page_assemble(page *p, const page_plan *plan, text *out)
{
    char path[ASSET_PATH];
    snprintf(path, sizeof path, ASSETS "%s.html", plan->page);
    fill_template(p, plan, path, out);
    if (p->status == ISLET_OK && (out->failed || p->data.failed)) p->status = ISLET_ERR_MEMORY;
}

/* all bytes to a new file, then on disk */
static bool write_file(const char *path, const text *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* people may be in it */
    if (fd < 0) return false;
    size_t written = 0;
    bool fine = true;
    while (fine && written < content->size) {
        ssize_t n = write(fd, content->bytes + written, content->size - written);
        if (n > 0) written += (size_t)n;
        else if (!(n < 0 && errno == EINTR)) fine = false;
    }
    int reason = fine ? 0 : errno;
    fine = fine && fsync(fd) == 0;
    if (!fine && !reason) reason = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        reason = errno;
    }
    if (!fine) {
        unlink(path);
        errno = reason;
    }
    return fine;
}

/* a temporary file in the same folder, then one step; a device or folder is not replaced */
islet_status page_place_file(const char *path, const text *content, islet_problems *problems)
{
    text temporary = {0};
    struct stat info;
    islet_status status = ISLET_OK;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        problems_error(problems, path, 0, 0,
                       "not a regular file; a place for the report was expected; choose another name");
        return ISLET_ERR_IO;
    }
    text_add(&temporary, path);
    text_format(&temporary, ".%ld.part", (long)getpid());
    if (temporary.failed) status = ISLET_ERR_MEMORY;
    else if (!write_file(temporary.bytes, content) || rename(temporary.bytes, path) != 0) {
        problems_error(problems, path, 0, 0,
                       "the report could not be written (%s); what stood here is unchanged; make room or "
                       "choose another place",
                       strerror(errno));
        unlink(temporary.bytes);
        status = ISLET_ERR_IO;
    }
    text_free(&temporary);
    return status;
}
