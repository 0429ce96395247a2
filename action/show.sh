#!/usr/bin/env bash
# Shows the reports that scan.sh wrote: annotations on the changed files, and the summary of the step.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# File names are bytes.
export LC_ALL=C

# The runner drops the whole summary of a step that is larger than this; some room for the lines around it.
readonly summary_bytes=1000000

# The writer escapes what could be a command of its own, and ends the annotations where GitHub stops to show them. Whatever else is in its report
# is text, and must stay it.
annotate() {
    local commands='^::(error|warning|notice)( |::)'
    # The runner ends a line at a carriage return as well.
    grep -aE "$commands" "$FOLDER/annotations.txt" | tr -d '\r' || true
    if grep -aqvE "$commands" "$FOLDER/annotations.txt"; then
        quoted grep -avE "$commands" "$FOLDER/annotations.txt"
    fi
}

scanned() {
    case "$MODE" in
        range) echo "the commits \`$RANGE\`" ;;
        history) echo 'everything that the repository stores' ;;
        *) echo 'the files of the checkout' ;;
    esac
}

summarize() {
    if (($(wc -c <"$FOLDER/summary.md") > summary_bytes)); then
        # Without the last line, which is not whole.
        head -c "$summary_bytes" "$FOLDER/summary.md" | sed '$d'
        printf '\n\nThe summary is larger than GitHub shows. The report has the rest.\n'
    else
        cat "$FOLDER/summary.md"
    fi
    printf '\n\nScanned: %s.\n' "$(scanned)"
}

main() {
    local file
    for file in annotations.txt summary.md; do
        [[ -f "$FOLDER/$file" ]] || fail "the scan left no $file"
    done
    [[ "$INPUT_ANNOTATIONS" != true ]] || annotate
    summarize >>"$GITHUB_STEP_SUMMARY"
}

main
