#!/usr/bin/env bash
# Writes the summary as a comment on the pull request, or into the comment that an earlier run wrote. Needs gh, which hosted runners have.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly marker='<!-- keysieve summary -->'
# A comment holds 65,536 characters.
readonly comment_bytes=60000

write_body() {
    printf '%s\n' "$marker"
    if (($(wc -c <"$FOLDER/summary.md") > comment_bytes)); then
        head -c "$comment_bytes" "$FOLDER/summary.md" | sed '$d'
        printf '\n\nThis is larger than a comment can be. The report has the rest.\n'
    else
        cat "$FOLDER/summary.md"
    fi
}

main() {
    command -v gh >/dev/null || fail '`comment-summary: true` needs gh on the PATH'
    [[ "$PULL_REQUEST" =~ ^[0-9]+$ ]] || fail "\`$PULL_REQUEST\` is no number of a pull request"
    write_body >"$FOLDER/comment.md"
    local comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" own
    # Of a bot only: anybody could begin a comment with the marker.
    own="$(gh api --paginate "$comments" --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id")" ||
        fail 'cannot read the comments of the pull request; the job needs `pull-requests: write`'
    own="${own%%$'\n'*}"
    if [[ -n "$own" ]]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$own" --field "body=@$FOLDER/comment.md"
    else
        gh api --silent --method POST "$comments" --field "body=@$FOLDER/comment.md"
    fi || fail 'cannot write the comment on the pull request; the job needs `pull-requests: write`'
}

main
