#!/usr/bin/env bash
# Checks the GitHub Action, the workflows and the snippets of docs/ci.md with the tools that read them, then runs the action's steps as a runner
# does. Needs a built keysieve, git, python3 and a package registry; Go for actionlint, which is left out with a word where Go is not there.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="$PWD"
readonly target="${CARGO_TARGET_DIR:-target}"
# Fixed, as in requirements.txt.
readonly actionlint_version=v1.7.12
# Kept between runs: what the checkers were made from is in the name.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/keysieve-ci/$(cksum tests/action/requirements.txt | cut -d ' ' -f 1)-$(python3 -c 'import sys; print(sys.version_info[1])')"

find_keysieve() {
    KEYSIEVE="${KEYSIEVE:-$target/release/keysieve}"
    if [[ ! -x "$KEYSIEVE" ]]; then
        echo "action: there is no $KEYSIEVE; run \`cargo build --release\` first" >&2
        exit 1
    fi
    KEYSIEVE="$(cd "$(dirname "$KEYSIEVE")" && pwd)/$(basename "$KEYSIEVE")"
    export KEYSIEVE
}

find_checkers() {
    if [[ ! -f "$cache/complete" ]]; then
        rm -rf "$cache"
        python3 -m venv "$cache"
        "$cache/bin/pip" install --quiet --disable-pip-version-check --requirement tests/action/requirements.txt
        touch "$cache/complete"
    fi
    if command -v go >/dev/null && [[ ! -x "$cache/bin/actionlint" ]]; then
        GOBIN="$cache/bin" go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint_version"
    fi
    export PATH="$cache/bin:$PATH"
}

lint() {
    # SC2016: backticks in single quotes are code in messages. SC2153: names in capitals are what action.yml sets.
    shellcheck --external-sources --exclude SC2016,SC2153 .ci/run action/*.sh packaging/*.sh packaging/*/*.sh tests/action/*.sh tests/packages/*.sh
    zizmor --offline --quiet action.yml .github
    check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
    check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
    if [[ -x "$cache/bin/actionlint" ]]; then
        actionlint .github/workflows/*.yml
    else
        echo 'action: Go is not here; actionlint is left out'
    fi
}

# Each file of tests on its own, at the same time: most of the time goes by waiting for git and for new processes.
try_all() {
    local logs module failed=0 running=()
    logs="$(mktemp -d)"
    for module in test_*.py; do
        PYTHONDONTWRITEBYTECODE=1 python3 -m unittest "${module%.py}" >"$logs/$module" 2>&1 &
        running+=($!)
    done
    for module in "${running[@]}"; do
        wait "$module" || failed=1
    done
    cat "$logs"/*
    rm -r "$logs"
    return "$failed"
}

find_keysieve
find_checkers
lint
cd "$root/tests/action"
if (($#)); then
    PYTHONDONTWRITEBYTECODE=1 python3 -m unittest "$@"
else
    try_all
fi
echo 'action: passed'
