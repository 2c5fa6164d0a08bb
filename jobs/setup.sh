#!/bin/bash
# Makes sure that what the build needs is there: Rust, MPI, HDF5, NetCDF, libclang.
#
#   jobs/setup.sh [--tests]     --tests: also what the test suite needs (MPICH, serial HDF5, ffmpeg, SLURM, Python, readers)
#
# As root on Debian or Ubuntu it installs missing packages by apt. Elsewhere it changes nothing: it looks for modules,
# conda, Spack or the distribution's packages (jobs/environment.sh) and says what to install or load if something lacks.
# PLUME_NAV_SIM_MPI = openmpi (default) | mpich | none chooses the MPI library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=
case ${1:-} in
    '') ;;
    --tests) tests=yes ;;
    *)
        sed -n '2,8s/^# \{0,1\}//p' "$0"
        [ "$1" = --help ] || [ "$1" = -h ] || exit 2
        exit 0
        ;;
esac

# --- Rust -----------------------------------------------------------------------------------------------------------
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null; then
    echo "setup: Rust $wanted or later is needed (hint: https://rustup.rs, or your cluster's rust module)" >&2
    exit 1
fi
found=$(rustc --version | cut -d ' ' -f 2)
if [ "$(printf '%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" != "$wanted" ]; then
    echo "setup: Rust $wanted or later is needed, found $found (hint: rustup update stable)" >&2
    exit 1
fi

# --- system packages ------------------------------------------------------------------------------------------------
build_packages() {
    echo gcc libc6-dev pkg-config clang libclang-dev
    case ${PLUME_NAV_SIM_MPI:-openmpi} in
        openmpi) echo libopenmpi-dev openmpi-bin libhdf5-openmpi-dev libnetcdf-mpi-dev ;;
        mpich) echo libmpich-dev mpich libhdf5-mpich-dev ;;
        none) echo libhdf5-dev ;;
    esac
}
test_packages() {
    echo libopenmpi-dev openmpi-bin libhdf5-openmpi-dev libnetcdf-mpi-dev
    echo libmpich-dev mpich libhdf5-mpich-dev libhdf5-dev
    echo hdf5-tools netcdf-bin nco cdo r-cran-ncdf4 r-bioc-rhdf5 octave octave-netcdf ffmpeg slurm-wlm munge python3-venv tmux procps shellcheck
}
installed() { # PACKAGE
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
install_missing() {
    local package missing=()
    for package in $(build_packages; [ -z "$tests" ] || test_packages); do
        installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        # Perhaps modules or conda serve instead; if not, this is what to do.
        hint="sudo apt-get install ${missing[*]}"
        return 0
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    local quiet=(-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
    apt-get "${quiet[@]}" update
    apt-get "${quiet[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
}
hint=
if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_missing
fi

# --- what the build will find -----------------------------------------------------------------------------------------
if ! . jobs/environment.sh; then
    [ -z "$hint" ] || echo "setup: on this machine: $hint" >&2
    exit 1
fi
if [ -n "$tests" ] && [ -n "$hint" ]; then
    echo "setup: the whole test suite needs more: $hint" >&2
    exit 1
fi
echo "Rust $found; MPI: ${MPICC:-none}; HDF5: $HDF5_DIR; NetCDF: ${NETCDF_DIR:-none}"
