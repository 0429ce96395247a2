#!/usr/bin/env bash
# Builds the wheel: `build.sh OUT [OPTION OF MATURIN]…`. Needs maturin and cargo.
set -euo pipefail

if (($# == 0)); then
    echo 'usage: build.sh OUT [OPTION OF MATURIN]…' >&2
    exit 2
fi
mkdir -p "$1"
out="$(cd "$1" && pwd)"
shift
cd "$(dirname "${BASH_SOURCE[0]}")"
# A wheel takes no files from above its pyproject.toml.
cp ../../LICENSE-APACHE ../../LICENSE-MIT .
maturin build --release --out "$out" "$@"
