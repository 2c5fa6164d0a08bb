#!/bin/bash
# A real SLURM cluster of one node for the tests: munged, slurmctld and slurmd on loopback, without systemd.
#
#   tests/cluster/slurm.sh COMMAND [ARGUMENTS]    starts a cluster, runs the command in it, stops the cluster
#   . tests/cluster/slurm.sh                      gives the functions slurm_start, slurm_submit, slurm_wait, slurm_stop
#   SLURM_TEST_CPUS                               CPUs of the node (default: those of this machine)
#
# Everything lives in one temporary folder with its own key, socket, ports and process ids, so that several clusters and
# the leftovers of a killed one don't meet. Needs root (slurmd starts jobs) and Debian's slurm-wlm and munge.

slurm_folder=
slurm_processes=()

slurm_free_port() { # a port of loopback on which nobody listens, other than $1
    local port
    while :; do
        port=$((20000 + RANDOM % 30000))
        [ "$port" != "${1:-}" ] && ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    done
    echo "$port"
}

slurm_until() { # waits at most $1 s until a command succeeds
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

slurm_start() { # starts the cluster and waits until its node takes jobs
    local host munge_socket controller_port node_port name
    if [ "$(id -u)" -ne 0 ]; then
        echo "slurm: root is needed to start slurmd" >&2
        return 77
    fi
    for name in munged slurmctld slurmd sbatch scontrol squeue; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$name" >/dev/null && continue
        echo "slurm: $name is missing (hint: apt-get install slurm-wlm munge)" >&2
        return 77
    done
    export PATH=$PATH:/usr/sbin:/sbin
    host=$(hostname -s)
    slurm_folder=$(mktemp -d "${TMPDIR:-/tmp}/slurm-cluster.XXXXXX")
    chmod 755 "$slurm_folder"
    mkdir -p "$slurm_folder"/{munge,state,spool,log}
    munge_socket=$slurm_folder/munge/socket
    head -c 1024 /dev/urandom >"$slurm_folder/munge/key"
    chmod 600 "$slurm_folder/munge/key"
    chown -R munge:munge "$slurm_folder/munge"
    controller_port=$(slurm_free_port)
    node_port=$(slurm_free_port "$controller_port")

    cat >"$slurm_folder/slurm.conf" <<CONFIGURATION
ClusterName=plume_nav_sim_test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A requeued job may start once the credential of its last start has expired (120 s unless told).
AuthInfo=socket=$munge_socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=0
JobRequeue=1
KillWait=5
MinJobAge=3600
OverTimeLimit=0
ReturnToService=2
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
PropagateResourceLimits=NONE
StateSaveLocation=$slurm_folder/state
SlurmdSpoolDir=$slurm_folder/spool
SlurmctldPidFile=$slurm_folder/slurmctld.pid
SlurmdPidFile=$slurm_folder/slurmd.pid
SlurmctldLogFile=$slurm_folder/log/slurmctld.log
SlurmdLogFile=$slurm_folder/log/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=${SLURM_TEST_CPUS:-$(nproc)} State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONFIGURATION
    export SLURM_CONF=$slurm_folder/slurm.conf

    # The redirections let a caller that reads this script's output through a pipe see its end.
    runuser -u munge -- munged --foreground --key-file="$slurm_folder/munge/key" --socket="$munge_socket" \
        --pid-file="$slurm_folder/munge/pid" --log-file="$slurm_folder/munge/log" --seed-file="$slurm_folder/munge/seed" \
        >"$slurm_folder/log/munged.log" 2>&1 </dev/null &
    slurm_processes+=($!)
    if ! slurm_until 20 munge -S "$munge_socket" -n; then
        slurm_complain "munged doesn't answer"
        return 1
    fi
    slurmctld -D -c >"$slurm_folder/log/slurmctld.out" 2>&1 </dev/null &
    slurm_processes+=($!)
    if ! slurm_until 30 scontrol ping; then
        slurm_complain "slurmctld doesn't answer"
        return 1
    fi
    slurmd -D -N "$host" >"$slurm_folder/log/slurmd.out" 2>&1 </dev/null &
    slurm_processes+=($!)
    if ! slurm_until 30 slurm_node_ready; then
        slurm_complain "the node doesn't come up"
        return 1
    fi
}

slurm_node_ready() {
    sinfo --noheader --format=%T | grep -q '^idle'
}

slurm_complain() { # says what failed and shows the logs
    echo "slurm: $1" >&2
    tail -n 20 "$slurm_folder"/log/* "$slurm_folder/munge/log" >&2
}

slurm_submit() { # arguments of sbatch; prints the job's number
    sbatch --parsable "$@"
}

slurm_field() { # NAME JOB: a field of `scontrol show job`
    scontrol --oneliner show job "$2" | tr ' ' '\n' | sed -n "s/^$1=//p" | head -n 1
}

slurm_finished() { # JOB: neither waiting, running, completing nor about to be requeued
    case $(slurm_field JobState "$1") in
        COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL | OUT_OF_MEMORY | DEADLINE | BOOT_FAIL) return 0 ;;
        *) return 1 ;;
    esac
}

slurm_wait() { # JOB [SECONDS]: waits for the end; prints its state and exit code, as in "COMPLETED 0:0"
    if ! slurm_until "${2:-120}" slurm_finished "$1"; then
        scontrol show job "$1" >&2
        slurm_complain "job $1 didn't end within ${2:-120} s"
        return 1
    fi
    echo "$(slurm_field JobState "$1") $(slurm_field ExitCode "$1")"
}

slurm_stop() { # ends what this shell started, newest first, and removes the folder
    local index process
    [ -n "$slurm_folder" ] || return 0
    if [ "${#slurm_processes[@]}" -gt 1 ]; then
        scancel --user=root >/dev/null 2>&1
        slurm_until 15 slurm_node_ready
    fi
    for ((index = ${#slurm_processes[@]} - 1; index >= 0; index--)); do
        process=${slurm_processes[index]}
        kill "$process" 2>/dev/null
        for _ in {1..50}; do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    slurm_processes=()
    rm -rf "$slurm_folder"
    slurm_folder=
    unset SLURM_CONF
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    if [ $# -eq 0 ]; then
        sed -n '2,9s/^# \{0,1\}//p' "$0"
        exit 2
    fi
    trap slurm_stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    slurm_start || exit
    "$@"
fi
