/* Text of the schema: schema.sql with the columns of the end points put in. */
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"

#define PLACE "@@@@\n" /* line of schema.sql where the columns go */

#define ENDPOINT(key, unit, kind, digits, sentence) "    " #key " REAL, -- " unit ": " sentence "\n"
static const char endpoint_columns[] =
#include "base/endpoints.def"
    ;
#undef ENDPOINT

char *schema_text(void)
{
    const embedded_file *file = embedded_find("src/store/schema.sql");
    if (!file) return NULL;
    const char *text = (const char *)file->bytes;
    const char *place = strstr(text, PLACE);
    if (!place) return NULL;
    size_t before = (size_t)(place - text), columns = sizeof endpoint_columns - 1;
    size_t after = file->size - before - (sizeof PLACE - 1);
    char *out = malloc(before + columns + after + 1);
    if (!out) return NULL;
    memcpy(out, text, before);
    memcpy(out + before, endpoint_columns, columns);
    memcpy(out + before + columns, place + sizeof PLACE - 1, after);
    out[before + columns + after] = 0;
    return out;
}
