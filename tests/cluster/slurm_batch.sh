#!/bin/bash
# Tests slurm/sweep.sbatch on a real SLURM with a stand-in for the program: arguments, ranks, environment, exit codes,
# requeue on 75 and its limit, and the warning signal's way to the ranks.
set -u
repository=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/cluster/slurm.sh
. "$repository/tests/cluster/slurm.sh"

folder=$(mktemp -d "${TMPDIR:-/tmp}/slurm-batch.XXXXXX")
failures=0
trap 'slurm_stop; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

expect() { # NAME FOUND EXPECTED
    if [ "$2" = "$3" ]; then
        echo "ok       $1"
    else
        echo "FAILED   $1: found '$2', expected '$3'" >&2
        failures=$((failures + 1))
    fi
}

# The stand-in: every rank notes how it was called; what it does then is in $STAND_IN.
cat >"$folder/stand-in" <<'PROGRAM'
#!/bin/bash
if [ "$1" = status ]; then
    # Each sweep so far has committed a unit, but for those that can't.
    [ "$STAND_IN" = stuck ] && echo '  "committed": 0,' || echo "  \"committed\": $(grep -c 'rank 0' "$STAND_IN_LOG"),"
    exit 75
fi
[ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" != 0 ] || touch "$4"
echo "rank ${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}} of ${OMPI_COMM_WORLD_SIZE:-${PMI_SIZE:-1}} start ${SLURM_RESTART_COUNT:-0}: $*" >>"$STAND_IN_LOG"
case $STAND_IN in
    once) [ -n "${SLURM_RESTART_COUNT:-}" ] && exit 0 || exit 75 ;;
    never | stuck) exit 75 ;;
    code) exit 3 ;;
    signal)
        trap 'echo "signal after $SECONDS s" >>"$STAND_IN_LOG"; exit 75' USR1
        [ -z "${SLURM_RESTART_COUNT:-}" ] || exit 0
        for _ in {1..600}; do sleep 0.1; done
        exit 1
        ;;
    deadline) echo "seconds left: $((SLURM_JOB_END_TIME - $(date +%s)))" >>"$STAND_IN_LOG" ;;
esac
PROGRAM
chmod +x "$folder/stand-in"
export PLUME_NAV_SIM=$folder/stand-in STAND_IN_LOG=$folder/calls STAND_IN

SLURM_TEST_CPUS=2
slurm_start || exit
cd "$repository" || exit 1

batch() { # STAND_IN [options of sbatch …]: runs the script; sets job, ending, calls
    STAND_IN=$1
    shift
    : >"$STAND_IN_LOG"
    rm -f "$folder/results.h5"
    job=$(slurm_submit --output="$folder/%j.log" "$@" slurm/sweep.sbatch "a study.toml" "$folder/results.h5" --set "wind.speed_m_s=2") || exit 1
    ending=$(slurm_wait "$job" 180) || exit 1
    calls=$(sed "s|$folder/results.h5|RESULTS|" "$STAND_IN_LOG" | sort)
}

readonly OPTIONS='sweep a study.toml -o RESULTS --resume --threads 1 --set wind.speed_m_s=2'

batch once
expect "75, then 0 after a requeue" "$ending" "COMPLETED 0:0"
expect "one command line for both starts, two ranks" "$calls" "rank 0 of 2 start 0: $OPTIONS
rank 0 of 2 start 1: $OPTIONS
rank 1 of 2 start 0: $OPTIONS
rank 1 of 2 start 1: $OPTIONS"
expect "the log of both starts is kept" "$(grep -c ': 2 ranks x 1 threads on' "$folder/$job.log")" 2

batch code
expect "other exit codes are the job's" "$ending" "FAILED 3:0"

PLUME_NAV_SIM_MAX_REQUEUES=1 batch never
expect "the number of requeues is limited" "$ending" "FAILED 75:0"
expect "and so are the starts" "$(grep -c 'rank 0' <<<"$calls")" 2

batch stuck
expect "a start that commits nothing is the last" "$ending" "FAILED 75:0"
expect "and the only one" "$(grep -c 'rank 0' <<<"$calls")" 1

batch deadline --ntasks=1 --time=5
left=$(sed -n 's/^seconds left: //p' <<<"$calls")
expect "the program knows the end of the job" "$([ "${left:-0}" -gt 280 ] && [ "$left" -le 300 ] && echo yes)" yes

batch signal --time=2 --signal=B:USR1@115
expect "the warning reaches the ranks, which drain and resume" "$ending" "COMPLETED 0:0"
expect "both ranks got it" "$(grep -c 'signal after' <<<"$calls")" 2

if [ "$failures" -ne 0 ]; then
    tail -n 40 "$folder"/*.log >&2
    exit 1
fi
