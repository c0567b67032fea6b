/* Status texts and the library's own identity. */
#include "islet.h"

const char *islet_strerror(islet_status status)
{
    switch (status) {
#define ISLET_STATUS_TEXT(name, value, text)                                                                           \
    case name: return text;
        ISLET_STATUS_LIST(ISLET_STATUS_TEXT)
#undef ISLET_STATUS_TEXT
    }
    return "unknown status";
}

const char *islet_version(void)
{
    return ISLET_VERSION;
}

#ifndef ISLET_COMMIT /* given by the build inside a checkout */
#define ISLET_COMMIT "unknown"
#endif

const char *islet_commit(void)
{
    return ISLET_COMMIT;
}
