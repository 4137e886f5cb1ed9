#!/bin/sh
# Checks the lock file against deny.toml: scripts/deny.sh [--install]
#
# `--install` gets cargo-deny from crates.io when it is not there: about three minutes on two cores. Its default features
# are for fetching advisories over the network, which nothing here does.
set -eu
cd "$(dirname "$0")/.."

if ! cargo deny --version >/dev/null 2>&1; then
    if [ "${1:-}" != --install ]; then
        echo "Could not check licences, bans and sources: cargo-deny is not here." >&2
        echo "Hint: cargo install cargo-deny --locked --no-default-features" >&2
        exit 1
    fi
    cargo install cargo-deny --version "^0.20.2" --locked --no-default-features --quiet
fi

# Reads the licence of every package that any of deny.toml's targets would build; --locked keeps it honest.
cargo deny --locked check bans licenses sources

# Known vulnerabilities, where someone put the database: a clone of rustsec/advisory-db.
if ls -d "${CARGO_HOME:-$HOME/.cargo}"/advisory-dbs/* >/dev/null 2>&1; then
    cargo deny --locked --offline check advisories
else
    echo "advisories were not looked at: their database is not on this machine" >&2
fi
