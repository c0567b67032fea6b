/* Is standard input one JSON value (RFC 8259) and nothing else? Exit 0 when it is, 1 with the place when not.
 * A second reader, written apart from the writer it checks. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char text[1 << 22];
static size_t at = 0;

static bool value(int depth);

static void blanks(void)
{
    while (text[at] && strchr(" \t\r\n", text[at])) at++;
}

static bool take(char c)
{
    blanks();
    if (text[at] != c) return false;
    at++;
    return true;
}

static bool digits(void)
{
    size_t from = at;
    while (text[at] >= '0' && text[at] <= '9') at++;
    return at > from;
}

static bool number(void)
{
    if (text[at] == '-') at++;
    if (text[at] == '0') at++;
    else if (!digits()) return false;
    if (text[at] == '.' && (at++, !digits())) return false;
    if (text[at] == 'e' || text[at] == 'E') {
        at++;
        if (text[at] == '+' || text[at] == '-') at++;
        return digits();
    }
    return true;
}

static bool string(void)
{
    if (!take('"')) return false;
    while (text[at] != '"') {
        if ((unsigned char)text[at] < 0x20) return false;
        if (text[at] == '\\') {
            at++;
            if (text[at] == 'u') {
                for (int i = 0; i < 4; i++)
                    if (!text[++at] || !strchr("0123456789abcdefABCDEF", text[at])) return false;
            } else if (!text[at] || !strchr("\"\\/bfnrt", text[at])) {
                return false;
            }
        }
        at++;
    }
    at++;
    return true;
}

/* members of an object or elements of an array, up to the closing bracket */
static bool items(char close, int depth)
{
    if (take(close)) return true;
    do {
        if (close == '}' && (blanks(), !string() || !take(':'))) return false;
        if (!value(depth)) return false;
    } while (take(','));
    return take(close);
}

static bool word(const char *expected)
{
    size_t length = strlen(expected);
    if (strncmp(text + at, expected, length) != 0) return false;
    at += length;
    return true;
}

static bool value(int depth)
{
    if (depth > 64) return false;
    if (take('{')) return items('}', depth + 1);
    if (take('[')) return items(']', depth + 1);
    if (text[at] == '"') return string();
    return word("true") || word("false") || word("null") || number();
}

int main(void)
{
    size_t size = fread(text, 1, sizeof text - 1, stdin);
    text[size] = '\0';
    bool fine = value(0);
    blanks();
    if (fine && at == size && size + 1 < sizeof text) return 0;
    fprintf(stderr, "not JSON at byte %zu of %zu: %.40s\n", at, size, text + at);
    return 1;
}
