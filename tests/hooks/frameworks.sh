#!/usr/bin/env bash
# Runs the hooks of .pre-commit-hooks.yaml by the real pre-commit and prek, in scratch repositories with real commits and pushes.
#
# `tests/hooks/frameworks.sh KEYSIEVE` with the program to test. Needs git, python3 and a Python package index. About a minute.
set -euo pipefail

# Fixed, so that a new release of a runner cannot fail a change that has nothing to do with it.
readonly pre_commit_version=4.7.0 prek_version=0.5.11

program=$(realpath "${1:?usage: tests/hooks/frameworks.sh KEYSIEVE}")
package=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org GIT_CEILING_DIRECTORIES="$work"
export XDG_CACHE_HOME="$work/cache" XDG_CONFIG_HOME="$work/config" NO_COLOR=1
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE PRE_COMMIT SKIP

fail() {
    printf 'FAILED: %s\n%s\n' "$1" "${said:-}" >&2
    exit 1
}

# `blocked NAME COMMAND…`: it must fail, because of the token.
blocked() {
    local name=$1
    shift
    if said=$("$@" 2>&1); then fail "$name got through"; fi
    [[ "$said" == *github.personal-access-token* ]] || fail "$name failed for another reason"
    printf '  %-58s stopped\n' "$name"
}

# `passes NAME WORDS COMMAND…`: it must succeed and say the words.
passes() {
    local name=$1 words=$2
    shift 2
    said=$("$@" 2>&1) || fail "$name was stopped"
    [[ "$said" == *"$words"* ]] || fail "$name does not say: $words"
    printf '  %-58s passed\n' "$name"
}

# A line with a token that is made here: none stands in the repository.
planted() {
    python3 - "$1" <<'PYTHON'
import random, sys, zlib
digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
source = random.Random(sys.argv[1])
body = "".join(source.choice(digits) for _ in range(30))
checksum, number = "", zlib.crc32(body.encode())
for _ in range(6):
    checksum, number = digits[number % 62] + checksum, number // 62
print("T = \"gh" + "p_" + body + checksum + "\"")
PYTHON
}

# The hooks as of now, in a repository that a runner clones. A clone of this one, as a user has it, with what is not committed on top.
hook_source() {
    git clone --quiet --depth 1 "file://$package" "$work/source"
    cp "$package/.pre-commit-hooks.yaml" "$package/setup.py" "$work/source/"
    git -C "$work/source" add --force .pre-commit-hooks.yaml setup.py
    git -C "$work/source" commit --quiet --allow-empty --message 'The hooks as of now'
    rev=$(git -C "$work/source" rev-parse HEAD)
}

# The wheel that the package index would have: one that holds the program. The `language: python` hooks install it by the placeholder package.
wheel() {
    python3 - "$program" "$work/wheels" "$package/setup.py" <<'PYTHON'
import base64, hashlib, os, re, sys, zipfile
program, folder, setup = sys.argv[1:]
version = re.search(r"keysieve==([0-9.]+)", open(setup).read()).group(1)
os.makedirs(folder)
info = f"keysieve-{version}.dist-info"
files = {
    f"keysieve-{version}.data/scripts/keysieve": open(program, "rb").read(),
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: keysieve\nVersion: {version}\n".encode(),
    f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
}
record = ""
with zipfile.ZipFile(f"{folder}/keysieve-{version}-py3-none-any.whl", "w") as wheel:
    for name, data in files.items():
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o755 << 16
        wheel.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    wheel.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
PYTHON
}

configured() {
    {
        printf 'repos:\n  - repo: file://%s\n    rev: %s\n    hooks:\n' "$work/source" "$rev"
        printf '      - id: %s\n' "$@"
    } > .pre-commit-config.yaml
}

# Every way in which git runs a hook, by one runner.
by_runner() {
    local runner=$1
    printf '%s\n' "$("$runner" --version)"
    git init --quiet --initial-branch=main "$work/$runner"
    git init --quiet --bare --initial-branch=main "$work/$runner.git"
    cd "$work/$runner"
    git remote add origin "$work/$runner.git"
    configured keysieve-system keysieve-push-system keysieve-message-system
    "$runner" install --hook-type pre-commit --hook-type pre-merge-commit --hook-type commit-msg --hook-type pre-push > /dev/null

    planted first > app.py
    git add .
    blocked 'the very first commit' git commit --message first
    git rm --quiet --cached app.py
    passes 'a clean commit' 'no secrets found · staged changes: 1 file' git commit --message first
    git add app.py && git commit --quiet --no-verify --message app
    printf 'clean\n' > app.py && git commit --quiet --no-verify --all --message clean
    planted all > app.py
    blocked 'git commit --all' git commit --all --message all
    blocked 'git commit PATH' git commit --message path app.py
    git add app.py && printf 'clean\n' > app.py
    blocked 'a token that is in the index only' git commit --message index
    git reset --quiet --hard
    printf 'second\n' > other.txt && git add other.txt && planted worktree > app.py
    passes 'a token that is in the working tree only' 'staged changes: 1 file' git commit --message worktree
    git checkout --quiet app.py
    passes 'an empty commit' 'nothing staged: no content was scanned' git commit --allow-empty --message empty
    blocked 'a token in the message' git commit --allow-empty --message "$(planted message)"

    git checkout --quiet -b side && planted merge > merged.py && git add merged.py && git commit --quiet --no-verify --message side
    git checkout --quiet main && printf 'x\n' > main.txt && git add main.txt && git commit --quiet --no-verify --message main
    blocked 'a merge without a conflict' git merge --no-edit side
    git merge --abort
    git branch --quiet --delete --force side

    passes '--all-files on a clean tree' 'this is a scan of all files of the working tree' "$runner" run --all-files
    planted tree > app.py
    git add app.py && git commit --quiet --no-verify --message tree
    blocked '--all-files with a token in the tree' "$runner" run --all-files
    blocked '--from-ref and --to-ref' "$runner" run --from-ref HEAD~1 --to-ref HEAD
    passes 'a range without a token' 'no secrets found' "$runner" run --from-ref HEAD~2 --to-ref HEAD~1

    blocked 'the first push, from the first commit on' git push origin main
    git push --quiet --no-verify origin HEAD~1:refs/heads/main && git fetch --quiet
    blocked 'a push of one more commit' git push origin main
    git reset --quiet --hard HEAD~1
    printf 'third\n' > third.txt && git add third.txt && git commit --quiet --no-verify --message third
    passes 'a push without a token' 'no secrets found · push to origin' git push origin main
    cd "$package"
}

# The prebuilt program by way of the placeholder package.
by_wheel() {
    wheel
    git init --quiet --initial-branch=main "$work/wheel"
    cd "$work/wheel"
    configured keysieve keysieve-tree
    git add . && git commit --quiet --message first
    export PIP_FIND_LINKS="$work/wheels" UV_FIND_LINKS="$work/wheels"
    passes "keysieve, from a wheel, by $1" 'no secrets found' "$1" run --all-files
    passes 'keysieve-tree, from a wheel' 'no secrets found' "$1" run --hook-stage manual keysieve-tree --all-files
    planted wheel > app.py && git add app.py
    blocked "keysieve, from a wheel, with a token" "$1" run
    cd "$package"
}

main() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check "pre-commit==$pre_commit_version" "prek==$prek_version"
    mkdir "$work/bin"
    ln -s "$program" "$work/bin/keysieve"
    export PATH="$work/bin:$work/venv/bin:$PATH"
    export PRE_COMMIT_HOME="$work/cache/pre-commit" PREK_HOME="$work/cache/prek"
    pre-commit validate-manifest "$package/.pre-commit-hooks.yaml"
    hook_source
    by_runner pre-commit
    by_runner prek
    by_wheel pre-commit
    printf 'all as it should be\n'
}

main
