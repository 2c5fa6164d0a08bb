//! Cores, memory and limits, per rank of this host.

use super::Finding;
use crate::memory::available_memory_bytes;
use rustix::process::{Resource, getrlimit};
use std::fs;

/// Memory that a rank should have: the program itself, MPI's and HDF5's buffers, and a few work units per thread.
const SCARCE_BYTES_PER_RANK: u64 = 512 << 20;

/// Cores as the kernel presents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cores {
    /// On the host.
    online: usize,
    /// Cores that this process may use (affinity and, in a container, its quota).
    usable: usize,
}

/// Number of CPUs in a kernel list such as `0-3,8`.
fn count(list: &str) -> Option<usize> {
    list.trim()
        .split(',')
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(last.parse::<usize>().ok()?.checked_sub(first.parse().ok()?)? + 1)
        })
        .sum()
}

fn cores_of_this_process() -> Option<Cores> {
    let usable = std::thread::available_parallelism().ok()?.get();
    let online = fs::read_to_string("/sys/devices/system/cpu/online")
        .ok()
        .and_then(|list| count(&list));
    Some(Cores {
        online: online.unwrap_or(usable),
        usable,
    })
}

fn cores(cores: Cores, ranks_on_host: u32, scheduled: bool) -> Finding {
    const CHECK: &str = "cores";
    let ranks = ranks_on_host as usize;
    let found = format!(
        "{} of {} usable by this rank, {ranks} {} on this host",
        cores.usable,
        cores.online,
        if ranks == 1 { "rank" } else { "ranks" }
    );
    if ranks > cores.online {
        Finding::warning(CHECK, found, "more ranks than cores: start fewer ranks")
    } else if ranks > 1 && cores.usable > 1 && ranks * cores.usable > cores.online {
        Finding::warning(
            CHECK,
            found,
            format!(
                "ranks share their cores: start each with `--threads {}` or bind it to cores of its own \
                 (Open MPI: `--map-by slot:PE=THREADS --bind-to core`; srun: `--cpus-per-task=THREADS --cpu-bind=cores`)",
                (cores.online / ranks).max(1)
            ),
        )
    } else if !scheduled && cores.usable * ranks * 2 <= cores.online {
        Finding::warning(
            CHECK,
            found,
            "most cores stay idle: start more ranks, or don't bind them to single cores (Open MPI: `--bind-to none`)",
        )
    } else {
        Finding::ok(CHECK, found)
    }
}

fn memory(available_bytes: u64, ranks_on_host: u32) -> Finding {
    const CHECK: &str = "memory";
    let per_rank = available_bytes / u64::from(ranks_on_host.max(1));
    let found = format!("{} MiB available per rank", per_rank >> 20);
    if per_rank < SCARCE_BYTES_PER_RANK {
        Finding::warning(
            CHECK,
            found,
            "start fewer ranks with more threads each, or ask for more memory (SLURM: `--mem-per-cpu`, PBS: `mem=`)",
        )
    } else {
        Finding::ok(CHECK, found)
    }
}

/// Limits of a process, `None` without one.
fn limits(open_files: Option<u64>, stack_bytes: Option<u64>, ranks: u32) -> Vec<Finding> {
    /// What libraries and the results file take, without the connections.
    const FILES_OF_A_RANK: u64 = 128;
    /// A thread's stack is ours to set; the main thread's, in which HDF5 and MPI run, is not.
    const SCARCE_STACK_BYTES: u64 = 1 << 20;
    let show = |limit: Option<u64>| limit.map_or("unlimited".to_owned(), |limit| limit.to_string());
    // Rank 0 has a connection to every other rank, each of up to two descriptors.
    let wanted = FILES_OF_A_RANK + 2 * u64::from(ranks);
    let files = if open_files.is_some_and(|limit| limit < wanted) {
        Finding::problem(
            "open files",
            format!("{} allowed, up to {wanted} needed", show(open_files)),
            format!(
                "`ulimit -n {}` before the run, on every host",
                wanted.next_power_of_two()
            ),
        )
    } else {
        Finding::ok("open files", format!("{} allowed", show(open_files)))
    };
    let stack = if stack_bytes.is_some_and(|limit| limit < SCARCE_STACK_BYTES) {
        Finding::warning(
            "stack",
            format!("{} bytes", show(stack_bytes)),
            "`ulimit -s 8192` before the run",
        )
    } else {
        Finding::ok(
            "stack",
            stack_bytes.map_or("unlimited".to_owned(), |bytes| format!("{} KiB", bytes >> 10)),
        )
    };
    vec![files, stack]
}

pub(super) fn examine(ranks_on_host: u32, ranks: u32, scheduled: bool) -> Vec<Finding> {
    cores_of_this_process()
        .map(|seen| cores(seen, ranks_on_host, scheduled))
        .into_iter()
        .chain(available_memory_bytes().map(|bytes| memory(bytes, ranks_on_host)))
        .chain(limits(
            getrlimit(Resource::Nofile).current,
            getrlimit(Resource::Stack).current,
            ranks,
        ))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn counts_cpu_lists() {
        assert_eq!(count("0-3,8\n"), Some(5));
        assert_eq!(count("0"), Some(1));
        assert_eq!(count("3-1"), None);
        assert_eq!(count("all"), None);
    }

    #[test]
    fn cores_are_neither_shared_nor_idle() {
        let verdict = |online, usable, ranks, scheduled| cores(Cores { online, usable }, ranks, scheduled).verdict;
        assert_eq!(verdict(8, 8, 1, false), Verdict::Ok);
        assert_eq!(verdict(8, 1, 8, false), Verdict::Ok);
        assert_eq!(verdict(8, 4, 2, false), Verdict::Ok);
        assert_eq!(verdict(8, 8, 2, false), Verdict::Warning);
        assert_eq!(verdict(2, 1, 3, false), Verdict::Warning);
        assert_eq!(verdict(8, 1, 2, false), Verdict::Warning);
        assert_eq!(
            verdict(8, 1, 2, true),
            Verdict::Ok,
            "a batch system may have given two cores only"
        );
        assert!(
            cores(Cores { online: 8, usable: 8 }, 2, false)
                .remedy
                .unwrap()
                .contains("--threads 4")
        );
    }

    #[test]
    fn memory_is_shared_by_the_ranks_of_a_host() {
        assert_eq!(memory(8 << 30, 4), Finding::ok("memory", "2048 MiB available per rank"));
        assert_eq!(memory(1 << 30, 4).verdict, Verdict::Warning);
    }

    #[test]
    fn limits_grow_with_the_ranks() {
        assert_eq!(limits(Some(1024), Some(8 << 20), 64)[0].verdict, Verdict::Ok);
        let many = &limits(Some(1024), None, 1000)[0];
        assert_eq!(many.verdict, Verdict::Problem);
        assert!(many.remedy.as_ref().unwrap().contains("ulimit -n 4096"));
        assert_eq!(limits(None, Some(64 << 10), 1)[1].verdict, Verdict::Warning);
        assert_eq!(limits(None, None, u32::MAX)[1].found, "unlimited");
    }

    #[test]
    fn this_process_has_cores_and_memory() {
        let findings = examine(1, 1, false);
        assert_eq!(
            findings.iter().map(|finding| finding.check).collect::<Vec<_>>(),
            ["cores", "memory", "open files", "stack"]
        );
    }
}
