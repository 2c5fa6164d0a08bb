#!/bin/bash
# The whole test suite, from a fresh clone on: installs what is missing, builds the program in three flavours, makes a
# Python environment, runs the tests of Rust and of the batch scripts.
#
#   tests/run.sh [--quick] [-- arguments of `cargo test`]
#
# --quick: the default build alone; tests that need the other flavours, SLURM or Python say that they were left out.
# Without --quick nothing is left out: a test that cannot run is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=yes ;;
        --)
            shift
            break
            ;;
        *)
            sed -n '2,8s/^# \{0,1\}//p' "$0"
            [ "$1" = --help ] || [ "$1" = -h ] || exit 2
            exit 0
            ;;
    esac
    shift
done

target=${CARGO_TARGET_DIR:-$PWD/target}
step_logs=$target/test-logs
. jobs/steps.sh
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
began=$SECONDS

# A build against another MPI or HDF5, in a folder of its own: the build scripts of the bindings don't notice a change.
flavour() { # MPI FOLDER
    # shellcheck disable=SC2016 # expanded by the inner shell
    env -u HDF5_DIR -u NETCDF_DIR -u MPICC -u PLUME_NAV_SIM_MPIRUN PLUME_NAV_SIM_MPI="$1" bash -euc '
        . jobs/environment.sh
        cargo build --release --locked --bin plume-nav-sim --target-dir "$1" $2
    ' flavour "$2" "$([ "$1" = none ] && echo --no-default-features || echo --no-default-features --features mpi)"
}

# The two commands of the first page, in earnest: the other one is this script.
quickstart() {
    local page status
    page=$(jobs/quickstart.sh)
    printf '%s\n' "$page"
    if ! grep --quiet -E '[0-9] \[-?[0-9.e-]+, [0-9.e-]+\]' <<<"$page"; then
        echo "no interval in the table of the quick start"
        return 1
    fi
    status=$("$target/release/plume-nav-sim" status results/quickstart.h5)
    printf '%s\n' "$status"
    if [ "$PLUME_NAV_SIM_MPI" != none ] && ! grep --quiet '2 ranks' <<<"$status"; then
        echo "the quick start did not run over two ranks"
        return 1
    fi
}

python_environment() {
    local requirements=tests/python/requirements.txt
    cmp --silent "$requirements" "$target/python/requirements.txt" && return
    rm -rf "$target/python"
    python3 -m venv "$target/python"
    "$target/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$target/python/requirements.txt"
}

if [ -n "$quick" ]; then
    step "system packages" jobs/setup.sh
    . jobs/environment.sh
else
    step "system packages" jobs/setup.sh --tests
    . jobs/environment.sh
    step "Python environment" python_environment
    step "build without MPI, serial HDF5" flavour none "$target/solo"
    step "build with MPICH" flavour mpich "$target/mpich"
    export PLUME_NAV_SIM_TEST_REQUIRE_ALL=1
    export PLUME_NAV_SIM_TEST_SOLO=$target/solo/release/plume-nav-sim
    export PLUME_NAV_SIM_TEST_MPICH=$target/mpich/release/plume-nav-sim
    PLUME_NAV_SIM_TEST_MPICH_MPIRUN=$(command -v mpirun.mpich)
    PLUME_NAV_SIM_TEST_NCDUMP=$(command -v ncdump)
    PLUME_NAV_SIM_TEST_NCKS=$(command -v ncks)
    PLUME_NAV_SIM_TEST_H5REPACK=$(command -v h5repack)
    PLUME_NAV_SIM_TEST_CDO=$(command -v cdo)
    PLUME_NAV_SIM_TEST_RSCRIPT=$(command -v Rscript)
    PLUME_NAV_SIM_TEST_OCTAVE=$(command -v octave-cli)
    PLUME_NAV_SIM_TEST_FFMPEG=$(command -v ffmpeg)
    PLUME_NAV_SIM_TEST_SBATCH=$(command -v sbatch)
    export PLUME_NAV_SIM_TEST_MPICH_MPIRUN PLUME_NAV_SIM_TEST_NCDUMP PLUME_NAV_SIM_TEST_FFMPEG PLUME_NAV_SIM_TEST_SBATCH
    export PLUME_NAV_SIM_TEST_NCKS PLUME_NAV_SIM_TEST_CDO PLUME_NAV_SIM_TEST_RSCRIPT PLUME_NAV_SIM_TEST_OCTAVE PLUME_NAV_SIM_TEST_H5REPACK
    export PLUME_NAV_SIM_TEST_PYTHON=$target/python/bin/python
fi
# Tests start more ranks than a small machine has cores.
export OMPI_MCA_rmaps_base_oversubscribe=1
export PLUME_NAV_SIM_TEST_MPIRUN=$PLUME_NAV_SIM_MPIRUN
# shellcheck disable=SC2086 # several options, or none
step "build" cargo build --release --locked $PLUME_NAV_SIM_FEATURES
# shellcheck disable=SC2086
step "build the tests" cargo test --release --locked --no-run $PLUME_NAV_SIM_FEATURES

failed=()
export -f quickstart
export target
step "quick start" bash -euo pipefail -c quickstart || failed+=("jobs/quickstart.sh")
[ -n "$quick" ] || step "batch scripts under SLURM" tests/cluster/slurm_batch.sh || failed+=("tests/cluster/slurm_batch.sh")

log=$step_logs/cargo-test.log
echo "-> tests"
# shellcheck disable=SC2086
cargo test --release --locked --no-fail-fast $PLUME_NAV_SIM_FEATURES "$@" </dev/null 2>&1 | tee "$log" | grep -v '^test .* ok$' ||
    failed+=("cargo test")

echo
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END { printf "Rust tests: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
echo "whole run: $(((SECONDS - began) / 60)) min $(((SECONDS - began) % 60)) s; logs are in $step_logs"
[ -z "$quick" ] || echo "quick: the flavours without MPI and with MPICH, the batch scripts and Python were left out"
if [ "${#failed[@]}" -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
echo "all passed"
