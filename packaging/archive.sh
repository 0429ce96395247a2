#!/usr/bin/env bash
# Makes the archive of a release: `archive.sh TARGET PROGRAM OUT`, with the target by its Rust name and a program that runs here.
# The action, cargo-binstall and people by hand rely on its name and on what is in it: keysieve-TARGET-vVERSION.tgz, with a folder of that name.
set -euo pipefail

if (($# != 3)); then
    echo 'usage: archive.sh TARGET PROGRAM OUT' >&2
    exit 2
fi
target="$1" program="$2"
mkdir -p "$3"
out="$(cd "$3" && pwd)"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
said="$("$program" --version)"
version="${said#keysieve }"
name="keysieve-$target-v$version"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
folder="$work/$name"

mkdir -p "$folder/completions" "$folder/man"
cp "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$folder/"
suffix=''
[[ "$target" != *-windows-* ]] || suffix=.exe
cp "$program" "$folder/keysieve$suffix"
chmod 755 "$folder/keysieve$suffix"

"$program" completions bash >"$folder/completions/keysieve.bash"
"$program" completions fish >"$folder/completions/keysieve.fish"
"$program" completions powershell >"$folder/completions/_keysieve.ps1"
"$program" completions zsh >"$folder/completions/_keysieve"

"$program" man --out "$folder/man"
tar -czf "$out/$name.tgz" -C "$work" "$name"
echo "$out/$name.tgz"
