#!/bin/sh
# Makes a machine able to build earmark: scripts/setup.sh [--tests]
#
# Looks for the tools and headers themselves, so that it is quick and silent where nothing is missing, and installs what
# is missing with apt or dnf. Root is not asked; everyone else is, and nothing is installed without a yes.
# EARMARK_SETUP=yes answers for a script, EARMARK_SETUP=no only reports.
set -eu
cd "$(dirname "$0")/.."

tests=no
case "${1:-}" in
    "") ;;
    --tests) tests=yes ;;
    *) echo "usage: scripts/setup.sh [--tests]" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# A toolchain that rustup put beside the PATH is as good as one on it; the Makefile looks there too.
PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# ---- The Rust toolchain: never installed for anybody, because people choose how they get theirs. ----

wanted=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' Cargo.toml)

toolchain() {
    if ! has cargo || ! has rustc; then
        say "Could not find a Rust toolchain: neither cargo nor rustc is on the PATH."
        say "Hint: earmark needs Rust $wanted or newer. Get it from https://rustup.rs, open a new shell, and run this again."
        exit 1
    fi
    found=$(rustc --version | sed -n 's/^rustc \([0-9]*\.[0-9]*\).*/\1/p')
    if [ -z "$found" ]; then
        say "Could not ask rustc for its version."
        say "Hint: 'rustc --version' should answer; 'rustup default stable' chooses a toolchain."
        exit 1
    fi
    if [ "${found%%.*}" -lt "${wanted%%.*}" ] ||
        { [ "${found%%.*}" -eq "${wanted%%.*}" ] && [ "${found#*.}" -lt "${wanted#*.}" ]; }; then
        say "Could not use this Rust toolchain: it is $found, and earmark needs $wanted or newer."
        say "Hint: 'rustup update stable' brings it up to date; a distribution's package may be too old."
        exit 1
    fi
}

# ---- What is missing, as the names of things; each family of systems has its own package for a thing. ----

missing=""
need() { missing="$missing $1"; }

# Whether some Python has a module; the first on the PATH need not be the system's, which gets what apt and dnf install.
imports() { python3 -c "import $1" 2>/dev/null || /usr/bin/python3 -c "import $1" 2>/dev/null; }

look() {
    has pkg-config || need pkg-config
    { has pkg-config && pkg-config --exists alsa 2>/dev/null; } || need alsa
    has cmake || need cmake
    has cc || need cc
    has c++ || need c++
    [ "$tests" = no ] || has pulseaudio || need pulseaudio
    [ "$tests" = no ] || has pactl || need pactl
    [ "$tests" = no ] || has secret-tool || need secret-tool
    [ "$tests" = no ] || has gnome-keyring-daemon || need gnome-keyring
    [ "$tests" = no ] || has dbus-run-session || need dbus-run-session
    [ "$tests" = no ] || imports pandas || need pandas
    [ "$tests" = no ] || imports openpyxl || need openpyxl
    [ "$tests" = no ] || has ssh-keygen || need openssh-client
    [ "$tests" = no ] || [ -x /usr/sbin/sshd ] || has sshd || need openssh-server
    [ "$tests" = no ] || [ -x /usr/sbin/nginx ] || has nginx || need nginx
    [ "$tests" = no ] || has pocketsphinx_continuous || has pocketsphinx || need pocketsphinx
    [ "$tests" = no ] || has faketime || need faketime
    [ "$tests" = no ] || has zip || need zip
    [ "$tests" = no ] || has 7z || need 7z
    [ "$tests" = no ] || has ffmpeg || need ffmpeg
    [ "$tests" = no ] || has openssl || need openssl
    [ "$tests" = no ] || has qpdf || need qpdf
    [ "$tests" = no ] || has pdftotext || need pdftotext
    [ "$tests" = no ] || has node || need node
    [ "$tests" = no ] || has npm || need npm
    [ "$tests" = no ] || has chromium || has chromium-browser || has google-chrome || need chromium
}

apt_package() {
    case "$1" in
        alsa) echo libasound2-dev ;;
        cc) echo "gcc libc6-dev" ;;
        c++) echo g++ ;;
        pactl) echo pulseaudio-utils ;;
        secret-tool) echo libsecret-tools ;;
        dbus-run-session) echo dbus ;;
        pandas | openpyxl) echo "python3-$1" ;;
        nginx) echo nginx-light ;;
        pocketsphinx) echo "pocketsphinx pocketsphinx-en-us" ;;
        7z) echo p7zip-full ;;
        pdftotext) echo poppler-utils ;;
        node) echo nodejs ;;
        *) echo "$1" ;;
    esac
}

dnf_package() {
    case "$1" in
        pkg-config) echo pkgconf-pkg-config ;;
        alsa) echo alsa-lib-devel ;;
        cc) echo "gcc glibc-devel" ;;
        c++) echo gcc-c++ ;;
        pactl) echo pulseaudio-utils ;;
        secret-tool) echo libsecret ;;
        dbus-run-session) echo dbus-daemon ;;
        pandas | openpyxl) echo "python3-$1" ;;
        openssh-client) echo openssh-clients ;;
        7z) echo p7zip-plugins ;;
        ffmpeg) echo ffmpeg-free ;;
        pdftotext) echo poppler-utils ;;
        node) echo nodejs ;;
        *) echo "$1" ;;
    esac
}

plain() {
    case "$1" in
        alsa) echo "the ALSA headers (alsa.pc for pkg-config)" ;;
        cc) echo "a C compiler (cc)" ;;
        c++) echo "a C++ compiler (c++)" ;;
        pulseaudio) echo "PulseAudio's server (pulseaudio, for the tests that play)" ;;
        pactl) echo "PulseAudio's tools (pactl, parec, for the tests that play)" ;;
        openssh-client) echo "OpenSSH's client (ssh, ssh-keygen, for the tests of SFTP)" ;;
        openssh-server) echo "OpenSSH's server (sshd, started by the tests of SFTP themselves; it is not left running as a service)" ;;
        nginx) echo "nginx (for the tests of fetching, which start one of their own; it is not left running as a service)" ;;
        pocketsphinx) echo "PocketSphinx with its English model (for the test that lets it write down what was said)" ;;
        secret-tool | gnome-keyring | dbus-run-session) echo "$1 (for the tests of the system's keyring)" ;;
        faketime) echo "faketime (for the tests of what ends on a day)" ;;
        zip | 7z) echo "$1 (makes the archives of a test)" ;;
        ffmpeg) echo "ffmpeg (for the tests of what it converts, and of each coding at each rate)" ;;
        openssl) echo "openssl (makes the certificates of a test)" ;;
        qpdf | pdftotext) echo "$1 (checks scorecards as PDF, and reads their text)" ;;
        node | npm | chromium) echo "$1 (opens reports in a browser in the tests)" ;;
        pandas | openpyxl) echo "Python's $1 (reads exported tables back in the tests)" ;;
        *) echo "$1" ;;
    esac
}

# ---- Installing it. ----

# Runs the rest as root, by sudo where one is not.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian starts what it installs, and at the next boot again; a server that only tests need is kept from both.
policy=/usr/sbin/policy-rc.d
held=no
hold_services() {
    case " $packages " in *" openssh-server "* | *" nginx"*) ;; *) return 0 ;; esac
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    held=yes
}
release_services() {
    [ "$held" = no ] || as_root rm -f "$policy"
    case " $packages " in *" openssh-server "* | *" nginx"*) ;; *) return 0 ;; esac
    units=""
    case " $packages " in *" openssh-server "*) units="ssh.service ssh.socket sshd.service" ;; esac
    case " $packages " in *" nginx"*) units="$units nginx.service" ;; esac
    for unit in $units; do
        if has systemctl; then as_root systemctl disable "$unit" >/dev/null 2>&1 || true; fi
    done
}

# Whether to go on: yes for root, else as the person says.
allowed() {
    [ "$(id -u)" -eq 0 ] && return 0
    if ! has sudo; then
        say "Could not install them: this needs root, and there is no sudo."
        return 1
    fi
    case "${EARMARK_SETUP:-ask}" in yes) return 0 ;; no) return 1 ;; esac
    if [ ! -t 0 ] || [ ! -t 2 ]; then
        say "Could not ask whether to install them: this is no terminal (EARMARK_SETUP=yes says yes)."
        return 1
    fi
    printf 'Install them now with sudo? [y/N] ' >&2
    read -r answer || answer=""
    case "$answer" in [yY] | [yY][eE][sS]) return 0 ;; *) return 1 ;; esac
}

install_missing() {
    things=$missing
    say "earmark needs what this machine does not have yet:"
    for thing in $things; do say "  - $(plain "$thing")"; done

    packages=""
    if has apt-get; then
        for thing in $things; do packages="$packages $(apt_package "$thing")"; done
        by_hand="apt-get install$packages"
    elif has dnf; then
        for thing in $things; do packages="$packages $(dnf_package "$thing")"; done
        by_hand="dnf install$packages"
    else
        say "Could not install them: neither apt-get nor dnf is here."
        say "Hint: install the things above with this system's own package manager, then run this again."
        exit 1
    fi

    if ! allowed; then
        say "Nothing was installed."
        say "Hint: as root, run: $by_hand"
        exit 1
    fi
    say "Installing:$packages"
    # The lists of a new machine are empty or old, hence the update; word splitting of $packages is meant.
    # shellcheck disable=SC2086
    if has apt-get; then
        as_root apt-get update -q
        hold_services
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages || failed=yes
        release_services
        [ -z "${failed:-}" ] || exit 1
    else
        as_root dnf install -q -y $packages
        release_services
    fi

    missing=""
    look
    if [ -n "$missing" ]; then
        say "Could not find these even now:"
        for thing in $missing; do say "  - $(plain "$thing")"; done
        say "Hint: the package manager said that it installed them; is the PATH right?"
        exit 1
    fi
}

# Runs a command that fetches something: three times at the most, for a network that fails now and then.
again() {
    "$@" >/dev/null 2>&1 || { sleep 5; "$@" >/dev/null 2>&1; } || { sleep 20; "$@" >/dev/null 2>&1; }
}

# Prism serves a vendor's OpenAPI document in one test, which says so where it is not there. It is kept inside target/.
prism() {
    [ "$tests" = yes ] && has npm && [ ! -e target/prism/node_modules/.bin/prism ] || return 0
    mkdir -p target/prism
    again npm install --silent --no-audit --no-fund --prefix target/prism @stoplight/prism-cli@5 ||
        say "Could not install Prism (npm): the test that holds requests against an OpenAPI document will be skipped."
}

# What drives Chromium in the test of reports, as the lock file has it. It is kept inside target/.
browser() {
    [ "$tests" = yes ] && has npm || return 0
    cmp -s tests/browser/package-lock.json target/browser/package-lock.json && [ -d target/browser/node_modules ] && return 0
    mkdir -p target/browser
    cp tests/browser/package.json tests/browser/package-lock.json target/browser/
    again npm ci --silent --no-audit --no-fund --ignore-scripts --prefix target/browser || {
        rm -rf target/browser
        say "Could not install what drives Chromium (npm): the tests that open reports will be skipped."
    }
}

toolchain
look
[ -z "$missing" ] || install_missing
prism
browser
