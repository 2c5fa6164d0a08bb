//! Who started this process, told from the environment, before MPI is up.

/// What the environment says about a parallel launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The variable that told: `OMPI_COMM_WORLD_SIZE`, …
    pub variable: &'static str,
    /// The launcher in words.
    pub launcher: &'static str,
    /// Number of ranks that it started, where it says so.
    pub size: Option<u32>,
    /// This process among them, where it says so.
    pub rank: Option<u32>,
}

struct Known {
    launcher: &'static str,
    size: Option<&'static str>,
    rank: &'static str,
}

/// Launchers by how sure their variables are: those that the MPI libraries themselves set come before those of batch
/// systems, which are inherited by everything that a job step starts.
const KNOWN: [Known; 8] = [
    Known {
        launcher: "mpirun of Open MPI",
        size: Some("OMPI_COMM_WORLD_SIZE"),
        rank: "OMPI_COMM_WORLD_RANK",
    },
    Known {
        launcher: "mpirun of MVAPICH",
        size: Some("MV2_COMM_WORLD_SIZE"),
        rank: "MV2_COMM_WORLD_RANK",
    },
    Known {
        launcher: "a PMI launcher (mpirun of MPICH or Intel MPI, srun --mpi=pmi2)",
        size: Some("PMI_SIZE"),
        rank: "PMI_RANK",
    },
    Known {
        launcher: "a PMIx launcher (prterun, srun --mpi=pmix)",
        size: None,
        rank: "PMIX_RANK",
    },
    Known {
        launcher: "PALS (mpiexec of HPE Cray)",
        size: None,
        rank: "PALS_RANKID",
    },
    Known {
        launcher: "Flux",
        size: Some("FLUX_JOB_SIZE"),
        rank: "FLUX_TASK_RANK",
    },
    Known {
        launcher: "a Hydra-like mpirun",
        size: Some("MPI_LOCALNRANKS"),
        rank: "MPI_LOCALRANKID",
    },
    Known {
        launcher: "srun",
        size: Some("SLURM_STEP_NUM_TASKS"),
        rank: "SLURM_PROCID",
    },
];

impl Launch {
    /// Reads the environment through `variable`. `None`: the program was started by hand, or by srun as one task.
    #[must_use]
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name: &str| variable(name).and_then(|text| text.trim().parse::<u32>().ok());
        KNOWN.iter().find_map(|known| {
            let size = known.size.and_then(number);
            let rank = number(known.rank);
            let told_by = match (size, rank, known.size) {
                // A job step of one task is how people run serial programs under SLURM; a batch script itself has a
                // SLURM_PROCID but no step.
                (Some(size), _, Some(name)) if known.launcher != "srun" || size > 1 => name,
                (None, Some(_), _) if known.launcher != "srun" => known.rank,
                _ => return None,
            };
            Some(Self {
                variable: told_by,
                launcher: known.launcher,
                // Hydra's local count is a lower bound, not the size.
                size: size.filter(|_| told_by != "MPI_LOCALNRANKS"),
                rank,
            })
        })
    }

    /// [`Self::detect`] on the environment of this process.
    #[must_use]
    pub fn of_this_process() -> Option<Self> {
        Self::detect(|name| std::env::var(name).ok())
    }

    /// The launcher's count if it contradicts the communicator: `size` ranks were started, but each one is alone.
    #[must_use]
    pub fn separate_jobs(&self, world_size: u32) -> Option<u32> {
        self.size.filter(|&started| world_size == 1 && started > 1)
    }
}

/// Whether an MPI launcher started this process. If not, MPI is not initialised at all.
#[must_use]
pub fn launched_by_mpi() -> bool {
    Launch::of_this_process().is_some()
}

/// This process's rank according to its launcher, 0 where nothing is known: lets the other ranks keep silent about
/// problems that all of them see before MPI is up. Variables that were left in a shell by nobody who is still there don't
/// make it silent.
#[must_use]
pub fn launcher_rank() -> u32 {
    let rank = Launch::of_this_process().and_then(|launch| launch.rank).unwrap_or(0);
    match rank == 0 || ancestors().is_none_or(|names| names.iter().any(|name| is_launcher(name))) {
        true => rank,
        false => 0,
    }
}

/// Beginnings of the names of programs that start ranks, on their nodes.
const LAUNCHERS: [&str; 16] = [
    "mpirun",
    "mpiexec",
    "orterun",
    "orted",
    "prte",
    "hydra",
    "pmi_",
    "slurmstepd",
    "srun",
    "pbs_",
    "palsd",
    "aprun",
    "jsrun",
    "jsm",
    "flux",
    "mv2",
];

fn is_launcher(name: &str) -> bool {
    LAUNCHERS.iter().any(|start| name.starts_with(start))
}

/// Names of the processes above this one; `None` where the system doesn't tell them all.
fn ancestors() -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut process = rustix::process::getppid()?.as_raw_nonzero().get();
    // In a container the first process may be the launcher.
    while process > 0 {
        // The name stands in parentheses and may hold some itself; the parent's number comes after it and a letter.
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let (head, tail) = text.rsplit_once(')')?;
        names.push(head.split_once('(')?.1.to_owned());
        process = tail.split_whitespace().nth(1)?.parse().ok()?;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(environment: &[(&str, &str)]) -> Option<Launch> {
        Launch::detect(|name| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn processes_above_are_found_and_launchers_known() {
        let names = ancestors().expect("this process has a parent");
        assert!(!names.is_empty(), "cargo, or a shell");
        for launcher in ["mpirun.openmpi", "orted", "hydra_pmi_proxy", "slurmstepd"] {
            assert!(is_launcher(launcher));
        }
        assert!(!is_launcher("bash") && !is_launcher("sshd"));
    }

    #[test]
    fn a_shell_and_a_batch_script_are_no_launchers() {
        assert_eq!(detect(&[]), None);
        assert_eq!(detect(&[("SLURM_NTASKS", "8"), ("SLURM_PROCID", "0")]), None);
        assert_eq!(detect(&[("SLURM_STEP_NUM_TASKS", "1"), ("SLURM_PROCID", "0")]), None);
        assert_eq!(detect(&[("PMI_RANK", "not a number")]), None);
    }

    #[test]
    fn each_launcher_is_known_with_its_rank() {
        for (environment, size, rank) in [
            (
                [("OMPI_COMM_WORLD_SIZE", "4"), ("OMPI_COMM_WORLD_RANK", "3")],
                Some(4),
                3,
            ),
            ([("PMI_SIZE", "2"), ("PMI_RANK", "1")], Some(2), 1),
            ([("PMIX_RANK", "5"), ("PMIX_NAMESPACE", "x")], None, 5),
            ([("PALS_RANKID", "7"), ("PALS_LOCAL_RANKID", "0")], None, 7),
            ([("MV2_COMM_WORLD_SIZE", "3"), ("MV2_COMM_WORLD_RANK", "2")], Some(3), 2),
            ([("MPI_LOCALNRANKS", "2"), ("MPI_LOCALRANKID", "1")], None, 1),
            ([("SLURM_STEP_NUM_TASKS", "6"), ("SLURM_PROCID", "4")], Some(6), 4),
        ] {
            let launch = detect(&environment).expect("a launcher");
            assert_eq!((launch.size, launch.rank), (size, Some(rank)), "{environment:?}");
        }
    }

    #[test]
    fn the_library_s_own_variables_win_over_inherited_ones() {
        // mpirun inside an srun step of two daemons, started with -n 1.
        let launch = detect(&[
            ("SLURM_STEP_NUM_TASKS", "2"),
            ("SLURM_PROCID", "1"),
            ("OMPI_COMM_WORLD_SIZE", "1"),
            ("OMPI_COMM_WORLD_RANK", "0"),
        ])
        .expect("a launcher");
        assert_eq!((launch.size, launch.rank), (Some(1), Some(0)));
        assert_eq!(launch.separate_jobs(1), None);
    }

    #[test]
    fn ranks_that_are_all_alone_are_noticed() {
        let launch = detect(&[("SLURM_STEP_NUM_TASKS", "4"), ("SLURM_PROCID", "2")]).expect("a launcher");
        assert_eq!(launch.separate_jobs(1), Some(4));
        assert_eq!(launch.separate_jobs(4), None);
    }
}
