# shellcheck shell=bash
# Steps of a script with their times; each step's own output goes to a log, which is shown if the step fails. To be
# sourced by bash scripts, which set `step_logs` (a folder) first.

step_number=0

step() { # TEXT COMMAND…
    local text=$1 start=$SECONDS log child now dots=0 code=0
    shift
    step_number=$((step_number + 1))
    mkdir -p "${step_logs:?}"
    log=$step_logs/$(printf '%02d' "$step_number")-$(tr -cs '[:alnum:]' - <<<"$text" | sed 's/-*$//').log
    printf '%s ' "-> $text"
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    # Without job control a child in the background ignores the terminal's interrupt.
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
    # A terminal sees the seconds pass; a log gets a dot a minute, so that nobody takes the script for dead.
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        now=$((SECONDS - start))
        if [ -t 1 ]; then
            printf '\r-> %s (%d s) ' "$text" "$now"
        elif [ "$now" -ge $(((dots + 1) * 60)) ]; then
            dots=$((dots + 1))
            printf '.'
        fi
    done
    wait "$child" || code=$?
    trap - INT TERM
    if [ "$code" -ne 0 ]; then
        printf '%s\n' "failed after $((SECONDS - start)) s (exit code $code)" >&2
        tail -n 40 "$log" >&2
        echo "the whole output is in $log" >&2
        return "$code"
    fi
    if [ -t 1 ]; then printf '\r-> %s: %d s   \n' "$text" $((SECONDS - start)); else printf '%d s\n' $((SECONDS - start)); fi
}
