# shellcheck shell=bash
# What the scripts of the action share: how to talk to the runner. It knows nothing of keysieve.
# All of them keep to bash 3.2, which is what macOS has.

# Escapes text for the message of a workflow command.
escaped() {
    local text="$1"
    text="${text//'%'/%25}"
    text="${text//$'\r'/%0D}"
    printf '%s' "${text//$'\n'/%0A}"
}

notice() {
    printf '::notice title=keysieve::%s\n' "$(escaped "$1")"
}

# Ends the step, and with it the action: exit code 2, as keysieve's own for what could not run.
fail() {
    printf '::error title=keysieve::%s\n' "$(escaped "$1")"
    exit 2
}

# A word that nobody can guess: what is scanned must not be able to end a block that it delimits.
random_word() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# Sets an output of the step, whatever characters the value has.
set_output() {
    local end
    end="end_$(random_word)"
    printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

# Runs a command, and keeps the runner from taking anything that it prints for a command to the runner.
quoted() {
    local word code=0
    word="$(random_word)"
    printf '::stop-commands::%s\n' "$word"
    "$@" 2>&1 || code=$?
    # The command may have left its last line open.
    printf '\n::%s::\n' "$word"
    return "$code"
}

# git, also in a checkout that another user owns, as in jobs that run in a container. None of the commands here runs a hook or a filter.
read_git() {
    git -c safe.directory='*' "$@" 2>/dev/null
}

is_shallow() {
    [[ "$(read_git rev-parse --is-shallow-repository)" == true ]]
}

# Reads a path of the runner, which on Windows has backslashes, in a form that every tool takes.
forward_slashes() {
    printf '%s' "${1//\\//}"
}
