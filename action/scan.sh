#!/usr/bin/env bash
# Scans once and writes all reports in the same run. Outputs `code`, `findings`, `outcome`, `incomplete`, `sarif` and `report`.
# Findings do not fail this step: the report is shown and uploaded first, and verdict.sh fails.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Where the SARIF report goes. Sets `sarif`.
find_sarif() {
    sarif="${INPUT_SARIF:-$FOLDER/keysieve.sarif}"
    if [[ "$sarif" == *$'\n'* || "$sarif" == *$'\r'* ]]; then
        fail 'input `sarif` has a line break in it; it must be one path'
    fi
    mkdir -p "$(dirname -- "$sarif")"
}

# Outcome of a scan that did not run to its end.
no_outcome() {
    set_output outcome error
    fail "$1"
}

main() {
    if [[ "$MODE" == nothing ]]; then
        echo 'The push removed a ref: there is no commit to scan.'
        set_output outcome nothing
        set_output findings 0
        set_output incomplete false
        set_output code 0
        return
    fi
    local sarif report="$FOLDER/keysieve.json" lines="$FOLDER/keysieve.jsonl" args
    find_sarif
    args=(scan --color never --report "json=$report" --report "jsonl=$lines" --report "sarif=$sarif" --sarif-category "keysieve-$MODE"
        --report "github=$FOLDER/annotations.txt" --report "markdown=$FOLDER/summary.md")
    case "$MODE" in
        range) args+=(--range "$RANGE") ;;
        history) args+=(--history) ;;
        tree) ;;
        *) fail "\`$MODE\` is no mode" ;;
    esac
    [[ -z "$INPUT_CONFIG" ]] || args+=("--config=$INPUT_CONFIG")
    [[ -z "$INPUT_FAIL_ON" || "$INPUT_FAIL_ON" == never ]] || args+=(--fail-on-severity "$INPUT_FAIL_ON")

    local code=0 summary
    quoted "$PROGRAM" "${args[@]}" || code=$?
    case "$code" in
        0 | 1 | 3) ;;
        2) no_outcome 'keysieve could not run; what stands in the way is in the log of this step' ;;
        *) no_outcome "keysieve ended with $code before it was done; the log of this step may say why" ;;
    esac
    # One line each, the last one the summary: a report that was cut off has none.
    summary="$(tail -n 1 "$lines" 2>/dev/null)" || summary=''
    [[ "$summary" == '{"type":"summary",'* && -f "$sarif" && -f "$report" ]] || no_outcome 'keysieve left no complete report'

    set_output code "$code"
    set_output findings "$(grep -c '^{"type":"finding",' "$lines" || true)"
    # In a text inside of JSON the quotation marks would have backslashes.
    set_output outcome "$(grep -o '"outcome":"[a-z]*"' <<<"$summary" | cut -d '"' -f 4)"
    if [[ "$summary" == *'"incomplete":[]'* ]]; then
        set_output incomplete false
    else
        set_output incomplete true
    fi
    set_output sarif "$sarif"
    set_output report "$report"
}

main
