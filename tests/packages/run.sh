#!/usr/bin/env bash
# Builds the packages from a release build that is there, and installs and runs each of them as a user would.
# Needs cargo, python3 and a package registry for maturin and setuptools; npm if the npm packages are to be tried.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly target="${CARGO_TARGET_DIR:-target}"
readonly program="${KEYSIEVE:-$target/release/keysieve}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

fail() {
    printf 'packages: %s\n' "$*" >&2
    exit 1
}

# Runs an installed keysieve on a file with nothing in it to find, and on one with a key, which is made here: none may stand in this file.
try() {
    local installed="$1" code=0
    [[ "$("$installed" --version)" == "keysieve $version" ]] || fail "$installed is not version $version"
    printf 'password = $PASSWORD\n' >"$work/clean.ini"
    "$installed" scan --no-config "$work/clean.ini" >/dev/null || fail "$installed does not scan"
    printf 'password = %s%s\n' 'kT9#vQ2m' 'Zx8!rLw' >"$work/found.ini"
    "$installed" scan --no-config "$work/found.ini" >/dev/null || code=$?
    ((code == 1)) || fail "$installed ends with $code where there is something to find"
}

check_versions() {
    version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
    [[ "$("$program" --version)" == "keysieve $version" ]] || fail "$program is not version $version"
    grep -qF "\"keysieve==$version\"" setup.py || fail "setup.py does not install version $version"
}

# What the crate holds: all that it is built from, and nothing that only this repository needs.
try_crate() {
    local list
    list="$(cargo package --list --allow-dirty)"
    for file in Cargo.lock LICENSE-APACHE LICENSE-MIT README.md build.rs src/main.rs rules/github.yaml; do
        grep -qxF "$file" <<<"$list" || fail "the crate does not hold $file"
    done
    ! grep -E '^(\.ci|\.github|action|fuzz|packaging|tests/fixtures)/' <<<"$list" || fail 'the crate holds what only this repository needs'
}

try_archive() {
    local name
    name="$(packaging/archive.sh x86_64-unknown-linux-musl "$program" "$work/release")"
    tar -xzf "$name" -C "$work"
    local folder="$work/keysieve-x86_64-unknown-linux-musl-v$version"
    try "$folder/keysieve"
    for file in completions/keysieve.bash completions/keysieve.fish completions/_keysieve completions/_keysieve.ps1 man/keysieve.1 man/keysieve-scan.1; do
        [[ -s "$folder/$file" ]] || fail "the archive does not hold $file"
    done
    bash -n "$folder/completions/keysieve.bash"
}

try_wheel() {
    python3 -m venv "$work/tools"
    "$work/tools/bin/pip" install --quiet --requirement tests/packages/requirements.txt
    PATH="$work/tools/bin:$PATH" packaging/python/build.sh "$work/wheels" --compatibility linux "$@"
    python3 -m venv "$work/clean"
    "$work/clean/bin/pip" install --quiet --no-index --find-links "$work/wheels" keysieve
    try "$work/clean/bin/keysieve"
    # As pre-commit does: from a copy of the repository.
    mkdir "$work/repository"
    cp setup.py README.md "$work/repository/"
    cp -r rules "$work/repository/"
    python3 -m venv "$work/hook"
    "$work/hook/bin/pip" install --quiet --find-links "$work/wheels" "$work/repository"
    try "$work/hook/bin/keysieve"
}

try_npm() {
    if ! command -v npm >/dev/null; then
        echo 'packages: npm is not here; its packages are not tried'
        return
    fi
    local folder platform=linux-x64 tarballs="$work/tarballs"
    [[ "$(uname -m)" == x86_64 ]] || platform=linux-arm64
    # Every platform gets this machine's program: what is tried is how the packages fit together.
    node packaging/npm/build.mjs "$work/npm" {x86_64,aarch64}-unknown-linux-musl="$program" {x86_64,aarch64}-apple-darwin="$program" \
        x86_64-pc-windows-msvc="$program"
    mkdir "$tarballs" "$work/project"
    for folder in "$platform" keysieve; do
        (cd "$work/npm/$folder" && npm pack --silent --pack-destination "$tarballs" >/dev/null)
    done
    (
        cd "$work/project"
        echo '{"private": true}' >package.json
        npm install --silent --offline --ignore-scripts "$tarballs"/*.tgz
    )
    try "$work/project/node_modules/.bin/keysieve"
    rm -r "$work/project/node_modules/@keysieve"
    local said code=0
    said="$("$work/project/node_modules/.bin/keysieve" scan 2>&1)" || code=$?
    [[ $code == 2 && "$said" == *"@keysieve/$platform is not installed"* ]] || fail "without its platform package npm's keysieve ends with $code: $said"
}

[[ -x "$program" ]] || fail "there is no $program; run \`cargo build --release\` first"
check_versions
try_crate
try_archive
try_wheel "$@"
try_npm
echo 'packages: passed'
