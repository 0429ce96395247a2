#!/usr/bin/env bash
# First step: checks the inputs, and decides what this event means: outputs `mode`, `range`, `folder`, `upload` and `comment`.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

one_of() {
    local input="$1" value="$2" word
    shift 2
    for word in "$@"; do
        [[ "$value" == "$word" ]] && return
    done
    fail "input \`$input\` is \`$value\`; it must be one of: $*"
}

mode_of_event() {
    case "$GITHUB_EVENT_NAME" in
        pull_request | pull_request_target | merge_group | push) echo range ;;
        schedule | workflow_dispatch) echo history ;;
        *) echo tree ;;
    esac
}

is_zeros() {
    [[ "$1" =~ ^0+$ ]]
}

has_commit() {
    read_git cat-file -e "$1^{commit}"
}

# Refuses what is no commit id: an event is the host's word, and still nothing that a command line should get unread.
check_id() {
    [[ "$2" =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] ||
        fail "the event \`$GITHUB_EVENT_NAME\` names no $1 commit, so there is no range to scan; use \`mode: tree\` or \`mode: history\`"
}

# Sets `range`, or `mode` to `nothing` if a push removed a ref.
find_range() {
    base="$EVENT_BASE" head="$EVENT_HEAD"
    check_id base "$base"
    check_id head "$head"
    if is_zeros "$head"; then
        mode=nothing
        return
    fi
    if command -v git >/dev/null; then
        find_head
        find_base
    fi
    range="$base..$head"
}

find_head() {
    if ! has_commit "$head"; then
        # The clone of a tag's job may have the commit and not the tag that the event names.
        head="${GITHUB_SHA:-}"
        if [[ "$GITHUB_EVENT_NAME" != push ]] || ! has_commit "$head"; then
            fail "the checkout does not have the commit $EVENT_HEAD; give actions/checkout \`fetch-depth: 0\`"
        fi
    fi
}

# What a new branch brings is what the default branch does not have; the same holds for a tag, and for a branch after a forced push, which leaves
# commits behind that no clone gets. Without that branch keysieve takes zeros for: what no other branch has.
find_base() {
    local default
    if is_zeros "$base"; then
        :
    elif has_commit "$base"; then
        return
    elif is_shallow; then
        fail "the checkout is shallow and does not have the commit $base that the range begins at; give actions/checkout \`fetch-depth: 0\`"
    else
        notice "$base is not in this clone, as after a forced push: scanning all commits that the default branch or other branches do not have"
        base="${base//[0-9a-f]/0}"
    fi
    if [[ -n "$DEFAULT_BRANCH" && "${GITHUB_REF:-}" != "refs/heads/$DEFAULT_BRANCH" ]]; then
        default="$(read_git rev-parse --verify --quiet --end-of-options "refs/remotes/origin/$DEFAULT_BRANCH^{commit}")" || return 0
        base="$default"
    fi
}

# Whether the token of this event may write, if the job asks for it. Sets `reason` if not.
can_write() {
    if [[ -n "$PULL_REQUEST" && "$GITHUB_EVENT_NAME" == pull_request ]]; then
        if [[ "$HEAD_REPOSITORY" != "$GITHUB_REPOSITORY" ]]; then
            reason='the token of a pull request from a fork cannot write'
            return 1
        elif [[ "$PULL_REQUEST_AUTHOR" == 'dependabot[bot]' ]]; then
            reason='the token of a pull request of Dependabot cannot write'
            return 1
        fi
    fi
}

main() {
    one_of mode "$INPUT_MODE" auto range tree history
    one_of fail-on "$INPUT_FAIL_ON" '' low medium high critical never
    one_of upload "$INPUT_UPLOAD" true false
    one_of annotations "$INPUT_ANNOTATIONS" true false
    one_of comment-summary "$INPUT_COMMENT_SUMMARY" true false

    mode="$INPUT_MODE" range='' reason='' base='' head=''
    [[ "$mode" != auto ]] || mode="$(mode_of_event)"
    [[ "$mode" != range ]] || find_range

    local upload="$INPUT_UPLOAD" comment="$INPUT_COMMENT_SUMMARY"
    if [[ "$upload" == true ]] && ! can_write; then
        notice "no upload to code scanning: $reason. The exit code and the summary stay."
        upload=false
    fi
    if [[ "$comment" == true && -z "$PULL_REQUEST" ]]; then
        comment=false
    elif [[ "$comment" == true ]] && ! can_write; then
        notice "no comment: $reason. The exit code and the summary stay."
        comment=false
    fi
    if [[ "$mode" == nothing ]]; then
        upload=false comment=false
    fi
    set_output mode "$mode"
    set_output range "$range"
    set_output upload "$upload"
    set_output comment "$comment"
    set_output folder "$(mktemp -d "$(forward_slashes "$RUNNER_TEMP")/keysieve.XXXXXX")"
}

main
