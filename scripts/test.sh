#!/bin/sh
# Runs every test: scripts/test.sh [proof]. With `proof`, the long ones that `make test` leaves out, and only those, in a release build: what
# they prove holds of the program that people run.
set -eu
cd "$(dirname "$0")/.."

if cargo nextest --version >/dev/null 2>&1; then
    if [ "${1:-}" = proof ]; then
        exec cargo nextest run --release --features clock --locked --run-ignored only --no-tests pass
    fi
    # nextest leaves examples in documentation out. They come first, so that the last line counts the tests.
    cargo test --locked --doc
    exec cargo nextest run --locked --no-fail-fast
fi
if [ "${1:-}" = proof ]; then
    exec cargo test --release --features clock --locked --lib --bins --tests -- --ignored
fi
cargo test --locked --doc
exec cargo test --locked --lib --bins --tests --no-fail-fast
