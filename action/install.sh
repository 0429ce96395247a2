#!/usr/bin/env bash
# Gets keysieve: downloads and checks it, builds it, or takes the one that is there. Output `program`.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Sets `target` to the name that releases have for this machine, and `suffix` to that of its programs.
find_target() {
    suffix=''
    case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
        Linux-X64) target=x86_64-unknown-linux-musl ;;
        Linux-ARM64) target=aarch64-unknown-linux-musl ;;
        macOS-X64) target=x86_64-apple-darwin ;;
        macOS-ARM64) target=aarch64-apple-darwin ;;
        Windows-X64) target=x86_64-pc-windows-msvc suffix=.exe ;;
        *) fail "there is no prebuilt keysieve for ${RUNNER_OS:-an unknown system} on ${RUNNER_ARCH:-an unknown processor}; use \`version: source\`" ;;
    esac
}

own_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1
}

# Sets `base` to the URL below which each version has a folder.
find_base() {
    base="${INPUT_DOWNLOAD_URL%/}"
    if [[ -z "$base" ]]; then
        if [[ ! "$ACTION_REPOSITORY" =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]]; then
            fail 'the action does not come from a repository that has releases; use `version: source`, `version: installed` or `download-url`'
        fi
        base="${GITHUB_SERVER_URL%/}/$ACTION_REPOSITORY/releases/download"
    fi
    if [[ ! "$base" =~ ^(https|file):// ]]; then
        fail "\`$base\` is no https or file URL to download from"
    fi
}

download() {
    curl --fail --silent --show-error --location --proto '=https,file' --proto-redir '=https' --connect-timeout 20 --max-time 600 --retry 3 \
        --output "$2" -- "$1" || fail "cannot download $1"
}

sha256_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1"
    elif command -v shasum >/dev/null; then
        shasum -a 256 <"$1"
    else
        fail 'neither sha256sum nor shasum is here to check the download with'
    fi
}

# Downloads `$1`, and refuses it unless its SHA-256 is the expected one.
download_checked() {
    local url="$1" archive="$2" wanted found
    wanted="$(tr 'A-F' 'a-f' <<<"$INPUT_CHECKSUM")"
    download "$url/$archive" "$archive"
    if [[ -z "$wanted" ]]; then
        download "$url/SHA256SUMS" SHA256SUMS
        wanted="$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1; exit }' SHA256SUMS)"
        [[ -n "$wanted" ]] || fail "$url/SHA256SUMS does not list $archive"
    fi
    [[ "$wanted" =~ ^[0-9a-f]{64}$ ]] || fail "\`$wanted\` is no SHA-256: 64 hex digits"
    found="$(sha256_of "$archive")"
    found="${found%% *}"
    [[ "$found" == "$wanted" ]] || fail "$url/$archive has the SHA-256 $found, not $wanted as expected; it was not unpacked"
}

from_release() {
    local version="${1#v}" target suffix base name said
    [[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] ||
        fail "input \`version\` is \`$1\`; it must be a version such as 0.1.0, \`source\` or \`installed\`"
    find_target
    find_base
    name="keysieve-$target-v$version"
    # Relative names: to tar a path that begins with a drive letter is a host.
    cd "$FOLDER"
    download_checked "$base/v$version" "$name.tgz"
    tar -xzf "$name.tgz" || fail "$name.tgz cannot be unpacked"
    program="$FOLDER/$name/keysieve$suffix"
    [[ -f "$program" ]] || fail "$name.tgz holds no $name/keysieve$suffix"
    said="$("$program" --version)" || fail "$program from $name.tgz does not run here"
    [[ "$said" == "keysieve $version" ]] || fail "$name.tgz holds \`$said\`, not version $version"
}

from_source() {
    command -v cargo >/dev/null || fail '`version: source` needs cargo on the PATH, Rust 1.89 or newer'
    # Not in the workspace: cargo would read the configuration of what is to be scanned, which can name programs to run.
    (cd "$GITHUB_ACTION_PATH" && cargo install --locked --path . --root "$FOLDER" --target-dir "$FOLDER/target") ||
        fail 'cargo could not build keysieve; see above'
    program="$FOLDER/bin/keysieve"
    [[ -f "$program" ]] || program+=.exe
    [[ -f "$program" ]] || fail "cargo left no keysieve in $FOLDER/bin"
}

installed() {
    program="$(command -v keysieve)" || fail '`version: installed` needs keysieve on the PATH, and it is not there'
}

main() {
    FOLDER="$(forward_slashes "$FOLDER")"
    case "$INPUT_VERSION" in
        source) from_source ;;
        installed) installed ;;
        '') from_release "$(own_version)" ;;
        *) from_release "$INPUT_VERSION" ;;
    esac
    "$program" --version || fail "$program does not run"
    set_output program "$program"
}

main
