# What a person does with this repository. `make` alone lists it; the work is in scripts/.

export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
PREFIX ?= $(HOME)/.local

.PHONY: help setup demo test proof bench bench-speech check release install

help:           ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

setup:          ## install the system packages that the build needs, when they are missing
	@scripts/setup.sh

demo: setup     ## build earmark and open the demo batch (without a terminal: do its whole job headless)
	cargo build --release --locked
	@cargo run --release --locked --quiet -- demo

test:           ## install what the tests need too, then run every test
	@scripts/setup.sh --tests
	@scripts/test.sh

proof:          ## the long tests that `make test` leaves out
	@scripts/setup.sh --tests
	@scripts/test.sh proof

bench: setup    ## the benchmarks, with their limits
	cargo bench --locked --features clock --benches

bench-speech: setup ## how speech sounds faster and what skipping saves, beside what Debian has (needs Python, ffmpeg, espeak-ng, flite)
	cargo build --release --locked
	python3 -m venv target/quality/venv
	target/quality/venv/bin/pip install -q -r benches/quality/requirements.txt
	target/quality/venv/bin/python benches/quality/silence.py
	target/quality/venv/bin/python benches/quality/speech.py
	target/quality/venv/bin/python benches/quality/speech.py --held-out

check: setup    ## formatting, lints, documentation, licences
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	@scripts/deny.sh

release: setup  ## the program with manual pages and completions, as an archive under target/dist
	@scripts/release.sh

install: setup  ## the program and its manual pages into PREFIX (~/.local)
	cargo install --locked --path . --root $(PREFIX)
	@$(PREFIX)/bin/earmark man --out $(PREFIX)/share/man/man1
