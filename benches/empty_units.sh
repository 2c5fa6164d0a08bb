#!/bin/bash
# What the engine costs: wall time per empty unit, from the start of a sweep to its committed, summarised results file.
#
#   benches/empty_units.sh [UNITS]        (default 1000000)
#
# Each figure is the difference of two runs (UNITS and UNITS/10), so that start and end of the program drop out; the
# compared program writes the same number of bytes with dd. The unit is a coin that is never tossed: one member, three
# metrics. Needs the release build of the examples, and mpirun.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. jobs/environment.sh
cargo build --release --locked --example test-scenarios
program=$PWD/${CARGO_TARGET_DIR:-target}/release/examples/test-scenarios
units=${1:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OMPI_MCA_rmaps_base_oversubscribe=1
cat >"$folder/study.toml" <<STUDY
[study]
scenario = "coins"
[coins]
count = 1
tosses = 0
[execution]
threads = 1
[sweep]
axes = [{ key = "coins.bias", linspace = { start = 0.0, stop = 0.5, count = 10 } }]
STUDY

seconds() { # RANKS UNITS: wall time of a sweep, as the program says it
    local launch=()
    [ "$1" -eq 1 ] || launch=("$PLUME_NAV_SIM_MPIRUN" -n "$1")
    "${launch[@]}" "$program" sweep "$folder/study.toml" -o "$folder/results.h5" --overwrite --json --progress none \
        --set "study.replicates=$(($2 / 10))" 2>/dev/null | sed 's/.*"seconds":\([0-9.e-]*\).*/\1/'
}

echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2), $(nproc) cores; revision $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
for ranks in 1 2; do
    for repetition in 1 2 3; do
        long=$(seconds "$ranks" "$units")
        short=$(seconds "$ranks" $((units / 10)))
        awk -v l="$long" -v s="$short" -v n="$units" -v r="$ranks" -v i="$repetition" \
            'BEGIN { printf "ranks %d, run %d: %.2f us of wall time per unit (%.1f s for %d units)\n", r, i, (l - s) / (0.9 * n) * 1e6, l, n }'
    done
done
bytes=$((units * 26))
start=$(date +%s.%N)
dd if=/dev/zero of="$folder/plain" bs=1M count=$((bytes / 1048576 + 1)) conv=fsync 2>/dev/null
end=$(date +%s.%N)
awk -v a="$start" -v b="$end" -v n="$units" 'BEGIN { printf "plain write of as many bytes: %.3f us per unit\n", (b - a) / n * 1e6 }'
