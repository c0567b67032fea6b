#!/bin/sh
# Installs what is absent and builds into build/; nothing more.
cd "$(dirname "$0")/.." || exit 1
. tools/prepare.sh
prepare
