# Read by ./demo, ./test and tools/build.sh: brings what the build needs, and builds. Plain POSIX sh; they have changed
# into the source folder before.
#
# Each command and library is asked for first; only what is absent is installed, and only on Debian 12 or later. On any
# other system the missing things are listed, and the script stops.

say() { printf '%s\n' "$*" >&2; }
stop() { say "$0: $*"; exit 1; }
has_command() { command -v "$1" >/dev/null 2>&1; }
# can a C program that includes $1 and is linked with the flags after it be built?
builds() {
    header=$1
    shift
    has_command cc && has_command mktemp || return 1
    probe=$(mktemp) || return 1
    printf '#include <%s>\nint main(void) { return 0; }\n' "$header" |
        cc -x c - -o "$probe" "$@" >/dev/null 2>&1
    found=$?
    rm -f "$probe"
    return $found
}
has_library() { has_command pkg-config && pkg-config --exists "$1"; }

missing_packages=""
missing_names=""
# need WHAT-PEOPLE-CALL-IT DEBIAN-PACKAGES TEST...: notes the package when the test fails
need() {
    name=$1 packages=$2
    shift 2
    "$@" && return
    missing_names="$missing_names
    $name (Debian: $packages)"
    missing_packages="$missing_packages $packages"
}

look_for_what_is_missing() {
    missing_packages="" missing_names=""
    need "C compiler, gcc 12 or clang 14 or later, with the C library's headers" "gcc libc6-dev" builds stdio.h
    need "cmake 3.22 or later" cmake has_command cmake
    need "ninja" ninja-build has_command ninja
    need "make, for make install and the like" make has_command make
    need "pkg-config" pkg-config has_command pkg-config
    need "libyaml" libyaml-dev has_library yaml-0.1
    need "SQLite 3" libsqlite3-dev has_library sqlite3
    need "Nettle" nettle-dev has_library nettle
    need "Jansson" libjansson-dev has_library jansson
    need "GNU Scientific Library" libgsl-dev has_library gsl
    need "NLopt" libnlopt-dev has_library nlopt
    need "Random123, headers" librandom123-dev builds Random123/philox.h
    need "cmocka, for the tests" libcmocka-dev has_library cmocka
    need "SUNDIALS CVODE, for the tests and the benchmark" libsundials-dev builds cvode/cvode.h -lsundials_cvode -lm
    need "nm, from binutils" binutils has_command nm
    if [ ! -f "$bundles_stamp" ] || ! cmp -s package-lock.json "$bundles_stamp"; then
        need "node 18 or later" nodejs has_command node
        need "npm" "npm ca-certificates" has_command npm
    fi
}

is_debian() { [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-99}" -ge 12 ] 2>/dev/null); }

install_packages() {
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        has_command sudo || stop "not root and no sudo; as root, run: apt-get install$missing_packages"
        as_root=sudo
    fi
    say "installing from Debian's packages:$missing_packages"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >&2 ||
        say "apt-get update failed; trying with the lists that are there"
    # shellcheck disable=SC2086 # one argument a package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing_packages >&2 ||
        stop "apt-get could not install:$missing_packages"
}

# the JavaScript that draws the report's figures; the stamp says for which lock file it was brought
bundles_stamp=node_modules/.package-lock.of-islet
bring_bundles() {
    cmp -s package-lock.json "$bundles_stamp" 2>/dev/null && return
    say "bringing the figures' JavaScript with npm"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        stop "npm ci failed; it needs the network once, the versions are those of package-lock.json"
    cp package-lock.json "$bundles_stamp" || stop "cannot write $bundles_stamp"
}

# configure FOLDER CMAKE-OPTIONS...: again only when it was never configured, or before the figures' JavaScript was
# there; ninja sees to the rest
configure() {
    folder=$1
    shift
    [ -f "$folder/build.ninja" ] && [ -z "$(find "$bundles_stamp" -newer "$folder/build.ninja")" ] && return
    cmake -S . -B "$folder" -G Ninja "$@" >&2 || stop "cmake could not configure $folder"
}

prepare() {
    look_for_what_is_missing
    if [ -n "$missing_packages" ]; then
        is_debian || stop "missing:$missing_names
Install these with your system's packages and start again (only on Debian 12 or later are they installed for you)."
        install_packages
        look_for_what_is_missing
        [ -z "$missing_packages" ] || stop "still missing after the installation:$missing_names"
    fi
    bring_bundles
    configure build -DCMAKE_BUILD_TYPE=Release
    ninja -C build >build/build.log 2>&1 || { cat build/build.log >&2; stop "the build failed"; }
}
