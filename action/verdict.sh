#!/usr/bin/env bash
# Last step: fails the action for what the scan found or could not look at, with the exit code of keysieve.
set -euo pipefail
# shellcheck source=action/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Said here and not in the report, which does not know how the clone was made.
shallow_hint() {
    if is_shallow; then
        echo ' The checkout is shallow: give actions/checkout `fetch-depth: 0`.'
    fi
}

main() {
    local count="$FINDINGS findings"
    [[ "$FINDINGS" != 1 ]] || count='1 finding'
    if [[ "$INCOMPLETE" == true && "$CODE" != 3 ]]; then
        notice "The scan is incomplete; the summary names what was not scanned.$(shallow_hint)"
    fi
    case "$CODE" in
        0)
            [[ "$FINDINGS" == 0 ]] || notice "$count, none of which fails the job."
            ;;
        1)
            if [[ "$INPUT_FAIL_ON" == never ]]; then
                notice "$count, which \`fail-on: never\` lets pass."
                return
            fi
            printf '::error title=keysieve::%s\n' "$(escaped "$count. Rotate what was pushed; the summary says where each one is.")"
            exit 1
            ;;
        3)
            printf '::error title=keysieve::%s\n' \
                "$(escaped "Nothing was found, but the scan is incomplete; the summary names what was not scanned.$(shallow_hint)")"
            exit 3
            ;;
        *) fail "the scan left no exit code (\`$CODE\`)" ;;
    esac
}

main
