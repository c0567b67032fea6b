#!/bin/sh
# Every symbol that the library exports begins with islet_, and it calls nothing that reads numbers by the locale,
# prints, exits, draws random numbers or asks for the time or the environment.
#   tools/check_symbols.sh LIBRARY
library=${1:?usage: tools/check_symbols.sh libislet.so}
status=0
stray=$(nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $NF); if ($NF !~ /^islet_/) print $NF }')
if [ -n "$stray" ]; then
    echo "exported without the prefix islet_ (make them static, or leave out ISLET_API):" $stray
    status=1
fi
exported=$(nm -D --defined-only "$library" | grep -c ' islet_')
if [ "$exported" = 0 ]; then
    echo "$library exports nothing: the public functions need ISLET_API"
    status=1
fi
forbidden='strtod|strtof|atof|atoi|atol|sscanf|__isoc99_sscanf|__isoc23_sscanf|strtok|sprintf|strcpy|strcat|gets'
forbidden="$forbidden|setlocale|exit|_exit|puts|printf|putchar|perror|rand|srand|random|drand48|time|clock|clock_gettime|gettimeofday|getenv|secure_getenv|signal|sigaction|system|popen"
used=$(nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $NF); print $NF }' | grep -xE "$forbidden")
if [ -n "$used" ]; then
    echo "the library calls what a library must not (see the contract in include/islet.h):" $used
    status=1
fi
[ $status = 0 ] && echo "symbols: $exported exported, all begin with islet_"
exit $status
