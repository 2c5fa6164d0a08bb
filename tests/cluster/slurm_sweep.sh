#!/bin/bash
# Runs slurm/sweep.sbatch with the real program on a real SLURM and compares digests.
#
#   tests/cluster/slurm_sweep.sh BINARY STUDY WORKDIR EXPECTED_DIGEST [WALLTIME]
#
# First a run that has time enough; then one that gets too little each time (`--walltime`, default 2 s), drains, exits 75
# and comes back by requeue until it is done. Then the parts of the study as an array, by the script of
# docs/how-to/grow.md, and their merge: first without one part, then with one twice. All files must have the expected total digest. WALLTIME must let
# each start get something done, and be too short for the whole study.
set -u
if [ $# -lt 4 ]; then
    sed -n '2,10s/^# \{0,1\}//p' "$0"
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

# The parts of an array, whose tasks know nothing of each other.
mkdir -p "$work/array" && cd "$work/array" || exit 1
cp "$study" study.toml
# Where the script looks for the program.
ln -s "$binary" plume-nav-sim
export PATH=$work/array:$PATH
# shellcheck disable=SC2016 # these are no commands
sed -n '/^```bash$/,/^```$/{/^```/d;p}' "$repository/docs/how-to/grow.md" >array.sbatch
grep -q 'array=1-8' array.sbatch || fail "array: the script of the page isn't found"
job=$(slurm_submit --output="$work/array-%A-%a.log" array.sbatch) || exit 1
for task in {1..8}; do
    # The record of the array itself becomes that of its last task.
    number=$(scontrol --oneliner show job "${job}_$task" | sed -n 's/^JobId=\([0-9]*\).*/\1/p')
    ending=$(slurm_wait "$number" 300) || fail "array: task $task doesn't end"
    [ "$ending" = "COMPLETED 0:0" ] || fail "array: task $task ended with $ending"
done
others=$(printf 'part-%d.h5 ' 1 2 3 4 5 6 8)
# shellcheck disable=SC2086 # several files
told=$("$binary" merge $others -o whole.h5 2>&1) && fail "array: a merge without part 7 succeeded"
grep -q '7/8' <<<"$told" || fail "array: a merge without part 7 says: $told"
[ ! -e whole.h5 ] || fail "array: a merge without part 7 left a file"
# shellcheck disable=SC2086
"$binary" merge $others part-7.h5 part-3.h5 -o whole.h5 >merge.log 2>&1 || fail "array: merge: $(cat merge.log)"
grep -q '3/8' merge.log || fail "array: a merge with part 3 twice says: $(cat merge.log)"
found=$("$binary" digest --total whole.h5) || fail "array: no digest"
[ "$found" = "$expected" ] || fail "array: digest $found, expected $expected"
echo "ok       array of 8 parts: $found"
