#!/bin/bash
# Runs slurm/sweep.sbatch with the real program on a real SLURM and compares digests.
#
#   tests/cluster/slurm_sweep.sh BINARY STUDY WORKDIR EXPECTED_DIGEST [WALLTIME]
#
# First a run that has time enough; then one that gets too little each time (`--walltime`, default 2 s), drains, exits 75
# and comes back by requeue until it is done. Both files must have the expected total digest. WALLTIME must let each
# start get something done, and be too short for the whole study.
set -u
if [ $# -lt 4 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
fi
absolute() { (cd "$(dirname "$1")" && echo "$PWD/$(basename "$1")"); }
binary=$(absolute "$1") study=$(absolute "$2") work=$(absolute "$3") expected=$4 walltime=${5:-2s}
repository=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work"
# shellcheck source=tests/cluster/slurm.sh
. "$repository/tests/cluster/slurm.sh"
trap slurm_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
slurm_start || exit
cd "$repository" || exit 1
export PLUME_NAV_SIM=$binary

fail() {
    echo "FAILED   $1" >&2
    tail -n 60 "$work"/*.log >&2
    exit 1
}

sweep() { # NAME [options of the program …]: to the end of the job; sets log
    local name=$1 job ending found
    shift
    rm -f "$work/$name.h5"
    job=$(slurm_submit --output="$work/$name-%j.log" slurm/sweep.sbatch "$study" "$work/$name.h5" "$@") || exit 1
    log=$work/$name-$job.log
    ending=$(slurm_wait "$job" 300) || fail "$name: the job doesn't end"
    [ "$ending" = "COMPLETED 0:0" ] || fail "$name: the job ended with $ending"
    found=$("$binary" digest --total "$work/$name.h5") || fail "$name: no digest"
    [ "$found" = "$expected" ] || fail "$name: digest $found, expected $expected"
    echo "ok       $name: $found after $(starts) start(s)"
}

starts() {
    grep -c ' ranks x .* threads on ' "$log"
}

sweep uninterrupted
[ "$(starts)" -eq 1 ] || fail "uninterrupted: $(starts) starts"

sweep interrupted --walltime "$walltime"
[ "$(starts)" -gt 1 ] || fail "interrupted: one start was enough (hint: a larger study, or a shorter WALLTIME)"
grep -q 'back into the queue' "$log" || fail "interrupted: no requeue in the log"
