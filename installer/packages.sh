# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# Sourced by installer/run, tests/run and .ci/run: what Sockeye needs of the distribution, how it gets
# there, and how a preset is built. Everything it says goes to stderr, so that the output of
# `installer/run list --json` stays clean.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# To build and to run. Found one by one in a bare Debian 12: each of them is missed if left out.
build_packages=(
    g++ cmake ninja-build   # the compiler and what drives it
    qt6-base-dev            # Qt Core, Network, Widgets, the offscreen and X11 plugins
    qt6-svg-dev             # the icons
    libasio-dev             # coroutines that move the bytes
    libcli11-dev            # the command line
    libpcre2-dev            # regular expressions in filters
    libexpected-dev         # tl::expected, until the compiler has std::expected
    rapidjson-dev           # JSON, with the place of each value
    libexpat1-dev           # XML, with places, and safe against entities that multiply
    libhttp-parser-dev      # HTTP/1, with places
    libdbus-1-dev           # which D-Bus names and signatures are valid
)

# To test: the clients that people really use, and the checkers of what is installed.
test_packages=(
    socat netcat-openbsd curl python3   # real clients and servers
    tshark                              # reads the captures that Sockeye writes, dissects them (sharkd)
    strace util-linux procps            # injected faults, other users, process lists
    man-db desktop-file-utils appstream # the manual page, desktop entry and AppStream file
    fish zsh                            # the completions
    dbus-daemon libglib2.0-bin          # a bus and its client, to be tapped
    python3-cbor2 python3-msgpack protobuf-compiler # writers of what the decoders read
)

# To test as well, but not to be installed: their packages start a daemon, and PostgreSQL's makes a
# database. unpack_programs unpacks them instead. A line: where the program is if it is installed, the
# package to ask for, and which of the packages that come with it hold what the tests run.
test_programs=(
    '/usr/lib/postgresql/*/bin/postgres  postgresql  postgresql-(client-)?[0-9]+'
    '/usr/sbin/nginx                     nginx       nginx|nginx-(core|light)'
)

# To check the form of the code.
lint_packages=(clang-format-14 clang-tidy-14)

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename -- "$0"): $*"
    exit 1
}

# The packages among the arguments that are not installed, one a line.
missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' -- "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# Installs what is missing among the arguments. Asks for nothing and needs no rights if nothing is.
install_packages() {
    local missing as_root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian or kin: install what is called here $*"
        say "under its name on this system. Building with what is there."
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "these packages are missing, and installing them takes root:
    apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing: ${missing[*]}"
    # `env` after sudo: sudo keeps neither of these settings. The answer of tshark's only question is
    # "no" when nobody is asked: no program here needs to listen to the network.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}"
        apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } </dev/null >&2 \
        || fail "the packages could not be installed; what apt-get said stands above."
}

# Whether what was unpacked runs: libraries that it uses may have left the system since.
runs_unpacked() {
    local program libraries
    program=$(compgen -G "$root/build/programs$1" | tail -1)
    libraries=$(compgen -G "$root/build/programs/usr/lib/*-linux-*" | paste -sd:):$(
        compgen -G "$root/build/programs/lib/*-linux-*" | paste -sd:)
    [ -n "$program" ] && LD_LIBRARY_PATH=$libraries "$program" -V >/dev/null 2>&1
}

# Unpacks those of test_programs that are not installed into build/programs, with what libraries they
# lack. None of their scripts runs: nothing is started, no user is added, nothing changes outside of
# that folder, and no rights are needed. A failure is told and no more: tests skip what they do not find.
unpack_programs() {
    local folder=$root/build/programs entry place package wanted
    local names=() patterns='lib.*' isComplete=yes
    command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || return 0
    for entry in "${test_programs[@]}"; do
        read -r place package wanted <<<"$entry"
        compgen -G "$place" >/dev/null && continue
        runs_unpacked "$place" || isComplete=no
        names+=("$package")
        patterns+="|$wanted"
    done
    [ $isComplete = no ] || return 0
    say "Unpacking into build/programs, not installing: ${names[*]}"
    # LLVM is larger than all the rest, and only PostgreSQL's compiler of queries uses it.
    if (
        rm -rf -- "$folder.new" && mkdir -p -- "$folder.new/packages" && cd -- "$folder.new/packages" || exit 1
        apt-get -q --simulate --no-install-recommends install "${names[@]}" >plan || exit 1
        mapfile -t names < <(awk '$1 == "Inst" { print $2 }' plan | grep -xE "$patterns" \
            | grep -vxE 'libc6|libllvm.*')
        apt-get -q download "${names[@]}" || exit 1
        for package in *.deb; do
            dpkg-deb -x "$package" .. || exit 1
        done
        rm -rf -- "$folder.new/packages" "$folder" && mv -- "$folder.new" "$folder"
    ) </dev/null >&2; then
        return 0
    fi
    rm -rf -- "$folder.new"
    say "That failed; what apt-get said stands above. The tests of these programs will be skipped."
}

# How many compilers at a time: one a core, but no more than fit into memory. A file of coroutines
# takes the compiler up to 1 GiB.
build_jobs() {
    local cores memory
    cores=$(nproc 2>/dev/null || echo 2)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null)
    [ "${memory:-$cores}" -lt "$cores" ] && cores=$memory
    [ "$cores" -ge 1 ] || cores=1
    echo "$cores"
}

# build_preset NAME [TARGET...]: configures where needed and builds; quiet where all is up to date.
build_preset() {
    local preset=$1 folder=$root/build/$1
    shift
    (
        cd -- "$root" || exit 1
        if [ -f "$folder/CMakeCache.txt" ] \
            && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
            # The folder was moved or copied with its build: the paths in there are those of the old place.
            cmake --preset "$preset" --fresh || exit 1
        elif [ ! -f "$folder/build.ninja" ] || [ CMakePresets.json -nt "$folder/build.ninja" ]; then
            cmake --preset "$preset" || exit 1
        fi
        [ "$(ninja -C "$folder" -n --quiet "$@" 2>&1)" = "ninja: no work to do." ] && exit 0
        cmake --build "$folder" -j "$(build_jobs)" ${1:+--target "$@"}
    ) </dev/null >&2 || fail "the build of \"$preset\" failed; what the tools said stands above."
}
