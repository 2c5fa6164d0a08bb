#!/bin/bash
# What recording costs: every step of 100 agents, eight columns in f32, beside a plain sequential write of the same bytes.
#
#   benches/recording.sh [REPETITIONS]        (default 5)
#
# In turns: the study without [record], with it, and dd with as many bytes as the rows took, synced as rows are. All write to
# one folder (TMPDIR). Prints each repetition, the ratio of bandwidths (that of the whole run with its simulation, over dd's), and the
# time that recording adds to a step of 100 agents. Needs the release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. jobs/environment.sh
cargo build --release --locked
program=$PWD/${CARGO_TARGET_DIR:-target}/release/plume-nav-sim
repetitions=${1:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
units=16
steps=10000
cat >"$folder/study.toml" <<STUDY
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
replicates = $units
[agents]
count = 100
[episode]
duration_s = 500.0
dt_s = 0.05
end_at_source = false
[boundary]
kind = "reflect"
STUDY
recorded='record.columns=["x_m", "y_m", "heading_rad", "speed_m_s", "concentration", "signal", "wind_x_m_s", "wind_y_m_s"]'

sweep() { # wall time of a sweep, s
    "$program" sweep "$folder/study.toml" -o "$folder/results.h5" --overwrite --json --progress none "$@" 2>&1 |
        grep '"outcome":"finished"' | sed 's/.*"seconds":\([0-9.e-]*\).*/\1/'
}

plain() { # BYTES: wall time of writing them, s
    local begin
    rm -f "$folder/plain"
    begin=$(date +%s.%N)
    dd if=/dev/zero of="$folder/plain" bs=4M count="$1" iflag=count_bytes conv=fsync status=none
    awk "BEGIN { print $(date +%s.%N) - $begin }"
}

echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2), $(nproc) cores; revision $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
for ((i = 1; i <= repetitions; i++)); do
    off=$(sweep)
    on=$(sweep --set "$recorded" --set 'record.backend="none"')
    bytes=$(du -sb "$folder/results.h5.tables" | cut -f1)
    written=$(plain "$bytes")
    awk "BEGIN { printf \"%d: off %.2f s, on %.2f s, dd %.2f s, %d MB; bandwidth %.2f of dd; %.3f ms a step more\n\", \
        $i, $off, $on, $written, $bytes / 1e6, $written / $on, ($on - $off) * 1e3 / ($units * $steps) }"
done
