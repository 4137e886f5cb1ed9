#!/bin/sh
# Builds what is handed out: the program, its manual pages, completions, licences, in target/dist/, and as one archive.
set -eu
cd "$(dirname "$0")/.."

cargo build --release --locked
target=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
host=$(rustc -vV | sed -n 's/^host: //p')
name="earmark-$version-$host"
dist="$target/dist/$name"

rm -rf "$dist"
mkdir -p "$dist/man" "$dist/completions"
install -m 755 "$target/release/earmark" "$dist/earmark"
install -m 644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$dist/"
"$dist/earmark" man --out "$dist/man"
for shell in bash zsh fish; do
    "$dist/earmark" completions "$shell" >"$dist/completions/earmark.$shell"
done
# The same content gives the same archive: names sorted, times and owners fixed.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" \
    -C "$target/dist" -cf - "$name" | gzip -n >"$target/dist/$name.tar.gz"
(cd "$target/dist" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$target/dist/$name.tar.gz"
