# shellcheck shell=sh
# Finds MPI, HDF5 and NetCDF for the build and for runs. To be sourced, by any POSIX shell, from the repository's root:
#
#   . jobs/environment.sh
#
# What it takes into account, in this order: what you have set yourself; loaded environment modules and `spack load`;
# an active conda environment; Debian and Ubuntu; Fedora and Red Hat; Homebrew.
#
#   PLUME_NAV_SIM_MPI   openmpi (default) | mpich | none. Set it before; `none` builds for one rank.
#
# What it sets (and exports): HDF5_DIR, NETCDF_DIR, MPICC, LD_LIBRARY_PATH where needed, and
#   PLUME_NAV_SIM_MPIRUN    the launcher that belongs to the MPI library; empty for `none`
#   PLUME_NAV_SIM_FEATURES  options for cargo, in accordance with what was found
# It returns 1 after saying what to install or to load when something is missing.

plume_nav_sim_has_parallel_hdf5() { # PREFIX
    grep -qsE '^#define +H5_HAVE_PARALLEL +1' "$1"/include/H5pubconf*.h
}

plume_nav_sim_first_folder() { # the first argument that is a folder
    for plume_nav_sim_candidate in "$@"; do
        [ -n "$plume_nav_sim_candidate" ] && [ -d "$plume_nav_sim_candidate" ] && echo "$plume_nav_sim_candidate" && return
    done
    return 1
}

plume_nav_sim_command() { # the first argument that is a command
    for plume_nav_sim_candidate in "$@"; do
        command -v "$plume_nav_sim_candidate" >/dev/null 2>&1 && echo "$plume_nav_sim_candidate" && return
    done
    return 1
}

plume_nav_sim_compiler_prefix() { # the installation that an HDF5 compiler wrapper outside the system's folders belongs to
    plume_nav_sim_wrapper=$(command -v "$1" 2>/dev/null) || return 1
    case $plume_nav_sim_wrapper in
        /usr/bin/* | /bin/*) return 1 ;; # the distribution's: handled by its own rule
        /*) (cd "$(dirname "$plume_nav_sim_wrapper")/.." && pwd) ;;
        *) return 1 ;;
    esac
}

# A folder with `include` and `lib` for distributions that keep the two apart (Fedora).
plume_nav_sim_joined_prefix() { # NAME INCLUDE LIB
    [ -d "$2" ] && [ -d "$3" ] || return 1
    plume_nav_sim_joined=${CARGO_TARGET_DIR:-$PWD/target}/environment/$1
    mkdir -p "$plume_nav_sim_joined" && ln -sfn "$2" "$plume_nav_sim_joined/include" &&
        ln -sfn "$3" "$plume_nav_sim_joined/lib" && echo "$plume_nav_sim_joined"
}

# HDF5 need not be parallel. That of the MPI library goes first, because there may be a NetCDF built on it.
plume_nav_sim_find_hdf5() { # FLAVOUR (openmpi, mpich, none): prints the prefix of a fitting HDF5
    case $1 in
        none) plume_nav_sim_debian=serial plume_nav_sim_wrappers='h5cc h5pcc' ;;
        *) plume_nav_sim_debian=$1 plume_nav_sim_wrappers='h5pcc h5cc' ;;
    esac
    plume_nav_sim_machine=$(uname -m)
    # Modules call the variable HDF5_ROOT, HDF5_HOME, HDF5_BASE or EBROOTHDF5; Cray's sets the next-to-last two.
    for plume_nav_sim_prefix in "${HDF5_ROOT:-}" "${HDF5_HOME:-}" "${HDF5_BASE:-}" "${EBROOTHDF5:-}" \
        "${CRAY_HDF5_PARALLEL_PREFIX:-}" "${CRAY_HDF5_PREFIX:-}" \
        "$(plume_nav_sim_compiler_prefix "${plume_nav_sim_wrappers% *}")" \
        "$(plume_nav_sim_compiler_prefix "${plume_nav_sim_wrappers#* }")" \
        "${CONDA_PREFIX:-}" \
        "$(plume_nav_sim_first_folder /usr/lib/"$plume_nav_sim_machine"-linux-gnu*/hdf5/"$plume_nav_sim_debian")" \
        "$([ "$1" = none ] || plume_nav_sim_joined_prefix "fedora-$1" /usr/include/"$1-$plume_nav_sim_machine" /usr/lib64/"$1"/lib)" \
        "$([ "$1" = none ] && [ -e /usr/lib64/libhdf5.so ] && echo /usr)" \
        "$(brew --prefix "$([ "$1" = none ] && echo hdf5 || echo hdf5-mpi)" 2>/dev/null)"; do
        [ -n "$plume_nav_sim_prefix" ] || continue
        ls "$plume_nav_sim_prefix"/include/H5pubconf*.h >/dev/null 2>&1 || continue
        [ "$1" = none ] || plume_nav_sim_has_parallel_hdf5 "$plume_nav_sim_prefix" || continue
        echo "$plume_nav_sim_prefix"
        return
    done
    return 1
}

plume_nav_sim_find_netcdf() { # HDF5_PREFIX: prints the prefix of a NetCDF that stands on this HDF5
    case $1 in
        # Debian builds its parallel NetCDF on Open MPI's HDF5, and the serial one on the serial HDF5.
        /usr/lib/*/hdf5/openmpi) plume_nav_sim_first_folder "${1%/hdf5/openmpi}/netcdf/mpi" ;;
        /usr/lib/*) return 1 ;;
        *)
            for plume_nav_sim_prefix in "${NETCDF_ROOT:-}" "${NETCDF_C_ROOT:-}" "${NETCDF_HOME:-}" "${EBROOTNETCDF:-}" \
                "${CRAY_NETCDF_HDF5PARALLEL_PREFIX:-}" "$(plume_nav_sim_compiler_prefix nc-config)" "$1"; do
                [ -e "${plume_nav_sim_prefix:-/nowhere}/include/netcdf.h" ] || continue
                # With a parallel HDF5, only a NetCDF that was built with one.
                ! plume_nav_sim_has_parallel_hdf5 "$1" ||
                    grep -qsE '^#define +NC_HAS_PARALLEL4 +1' "$plume_nav_sim_prefix/include/netcdf_meta.h" || continue
                echo "$plume_nav_sim_prefix"
                return
            done
            return 1
            ;;
    esac
}

plume_nav_sim_explain() { # WHAT: what to do on each kind of system
    cat >&2 <<EXPLANATION
environment: $1 (wanted: PLUME_NAV_SIM_MPI=$PLUME_NAV_SIM_MPI)
  Debian, Ubuntu       sudo apt-get install libopenmpi-dev openmpi-bin libhdf5-openmpi-dev libnetcdf-mpi-dev libclang-dev clang pkg-config
                       for MPICH: libmpich-dev mpich libhdf5-mpich-dev; for one rank: libhdf5-dev
  environment modules  module load an MPI, then an HDF5 (built on that MPI, or serial), and LLVM for libclang;
                       a module that sets no HDF5_ROOT: export HDF5_DIR=the folder that has include/ and lib/
  Spack                spack load openmpi hdf5+mpi+hl netcdf-c+mpi llvm
  conda                conda install -c conda-forge openmpi 'hdf5=*=mpi_openmpi*' 'libnetcdf=*=mpi_openmpi*' clangdev
  Fedora, Red Hat      sudo dnf install openmpi-devel hdf5-openmpi-devel netcdf-openmpi-devel clang-devel, then: module load mpi/openmpi-$(uname -m)
  macOS (Homebrew)     brew install open-mpi hdf5-mpi llvm
  without MPI          PLUME_NAV_SIM_MPI=none with any HDF5 of the same sources
EXPLANATION
}

plume_nav_sim_environment() {
    PLUME_NAV_SIM_MPI=${PLUME_NAV_SIM_MPI:-openmpi}
    # What an earlier call found for another library is no choice of yours.
    [ "${PLUME_NAV_SIM_FOUND_FOR:-$PLUME_NAV_SIM_MPI}" = "$PLUME_NAV_SIM_MPI" ] ||
        unset HDF5_DIR NETCDF_DIR MPICC PLUME_NAV_SIM_MPIRUN
    case $PLUME_NAV_SIM_MPI in
        openmpi | mpich)
            # Debian's plain `mpicc` and `mpirun` are alternatives, which may belong to two different libraries.
            MPICC=${MPICC:-$(plume_nav_sim_command "mpicc.$PLUME_NAV_SIM_MPI" mpicc \
                "/usr/lib64/$PLUME_NAV_SIM_MPI/bin/mpicc")} || {
                plume_nav_sim_explain "no MPI compiler (mpicc)"
                return 1
            }
            PLUME_NAV_SIM_MPIRUN=${PLUME_NAV_SIM_MPIRUN:-$(plume_nav_sim_command "mpirun.$PLUME_NAV_SIM_MPI" mpirun \
                "/usr/lib64/$PLUME_NAV_SIM_MPI/bin/mpirun" mpiexec srun)} || {
                plume_nav_sim_explain "no MPI launcher (mpirun)"
                return 1
            }
            export MPICC
            ;;
        none) PLUME_NAV_SIM_MPIRUN= ;;
        *)
            echo "environment: PLUME_NAV_SIM_MPI=$PLUME_NAV_SIM_MPI is none of openmpi, mpich, none" >&2
            return 1
            ;;
    esac

    HDF5_DIR=${HDF5_DIR:-$(plume_nav_sim_find_hdf5 "$PLUME_NAV_SIM_MPI" || plume_nav_sim_find_hdf5 none)} || {
        plume_nav_sim_explain "no HDF5"
        return 1
    }
    export HDF5_DIR

    NETCDF_DIR=${NETCDF_DIR:-$(plume_nav_sim_find_netcdf "$HDF5_DIR")} || NETCDF_DIR=
    case $PLUME_NAV_SIM_MPI:$NETCDF_DIR in
        none:) PLUME_NAV_SIM_FEATURES='--no-default-features' ;;
        none:*) PLUME_NAV_SIM_FEATURES='--no-default-features --features netcdf' ;;
        *:) PLUME_NAV_SIM_FEATURES='--no-default-features --features mpi' ;;
        *) PLUME_NAV_SIM_FEATURES= ;;
    esac
    if [ -n "$NETCDF_DIR" ]; then export NETCDF_DIR; else unset NETCDF_DIR; fi

    # Libraries outside the linker's own folders.
    for plume_nav_sim_prefix in "$HDF5_DIR" "${NETCDF_DIR:-}"; do
        case $plume_nav_sim_prefix: in
            :* | /usr: | /usr/lib/*) continue ;;
        esac
        case :${LD_LIBRARY_PATH:-}: in
            *:"$plume_nav_sim_prefix/lib":*) ;;
            *) export LD_LIBRARY_PATH="$plume_nav_sim_prefix/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ;;
        esac
    done
    [ -z "${CONDA_PREFIX:-}" ] || [ -n "${LIBCLANG_PATH:-}" ] || [ ! -e "$CONDA_PREFIX/lib/libclang.so" ] ||
        export LIBCLANG_PATH="$CONDA_PREFIX/lib"

    # Open MPI refuses root unless told twice; containers commonly have nobody else.
    if [ "$(id -u)" -eq 0 ] && [ "$PLUME_NAV_SIM_MPI" = openmpi ]; then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    # A rank of Open MPI waits two seconds for mpirun to hear that it ends in order. If mpirun gets no time for that on a busy
    # node, it takes the rank for one that crashed, and exits with 1 though all is done.
    if [ "$PLUME_NAV_SIM_MPI" = openmpi ]; then
        export OMPI_MCA_orte_allowed_exit_without_sync="${OMPI_MCA_orte_allowed_exit_without_sync:-1}"
    fi
    export PLUME_NAV_SIM_MPI PLUME_NAV_SIM_MPIRUN PLUME_NAV_SIM_FEATURES PLUME_NAV_SIM_FOUND_FOR="$PLUME_NAV_SIM_MPI"
}

plume_nav_sim_environment
