#!/bin/bash
# From a fresh clone to a first result: installs what is missing, builds, runs a small study over two MPI ranks, and
# prints its table. Run it again as often as you like; nothing is done twice that need not be.
#
#   jobs/quickstart.sh
#
# PLUME_NAV_SIM_MPI = openmpi (default) | mpich | none chooses the MPI library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

study=conf/studies/quickstart.toml
results=results/quickstart.h5
step_logs=${CARGO_TARGET_DIR:-target}/quickstart-logs
. jobs/steps.sh

PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
step "system packages" jobs/setup.sh
. jobs/environment.sh
# shellcheck disable=SC2086 # several options, or none
step "build (minutes the first time)" cargo build --release --locked $PLUME_NAV_SIM_FEATURES
program=${CARGO_TARGET_DIR:-target}/release/plume-nav-sim

# Two ranks share the cores that this process may use.
cores=$(env -u OMP_NUM_THREADS nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
threads=$((cores > 2 ? cores / 2 : 1))
launch=()
case $PLUME_NAV_SIM_MPI in
    # Ranks aren't bound to a core each, since they have several threads; a single core must do for both if need be.
    openmpi) launch=("$PLUME_NAV_SIM_MPIRUN" -n 2 --oversubscribe --bind-to none) ;;
    mpich) launch=("$PLUME_NAV_SIM_MPIRUN" -n 2) ;;
    none) threads=$cores ;;
esac

mkdir -p "$(dirname "$results")"
command=(${launch[@]+"${launch[@]}"} "$program" sweep "$study" -o "$results" --overwrite --threads "$threads")
printf '%s\n' "-> study: ${command[*]}"
start=$SECONDS
code=0
"${command[@]}" </dev/null || code=$?
if [ "$code" -ne 0 ]; then
    echo "quickstart: the study ended with exit code $code (see docs/reference/errors.md; \`$program doctor\` examines this machine)" >&2
    exit "$code"
fi
echo "-> study: $((SECONDS - start)) s"
echo
"$program" summary "$results"

cat <<NEXT

Results   $PWD/$results
          (HDF5, netCDF-4 conventions: opens in xarray, h5py, ncdump; the groups are described in docs/reference/formats/results.md)
Logs      $PWD/${results%.h5}.run/

What next, in this shell: . jobs/environment.sh
  $program plan $study        what a study costs before it runs
  $program config show $study     every setting and where it comes from
  cp $study my-study.toml, edit it, and
  ${launch[*]-}${launch[*]+ }$program sweep my-study.toml -o results/my-study.h5
  on a cluster: sbatch slurm/sweep.sbatch my-study.toml results/my-study.h5 (PBS: jobs/sweep.pbs)
NEXT
