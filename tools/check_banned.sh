#!/bin/sh
# Functions that read numbers by the locale, overrun buffers or keep hidden state are not called in src/ and cli/.
#   tools/check_banned.sh [ROOT]
cd "${1:-$(dirname "$0")/..}" || exit 2
banned='(strtod|strtof|strtold|atof|atoi|atol|atoll|sscanf|vsscanf|fscanf|strtok|strtok_r|sprintf|vsprintf|strcpy|strcat|strncat|gets|alloca|setlocale|rand|srand|rand_r|drand48)'
found=$(find src cli examples -name '*.[ch]' -exec grep -nE "(^|[^A-Za-z0-9_])${banned}[[:space:]]*\(" {} + 2>/dev/null)
if [ -n "$found" ]; then
    echo "$found"
    echo "use number_read/number_write (src/base/number.h), snprintf and memcpy with a known length instead"
    exit 1
fi
echo "banned functions: none"
