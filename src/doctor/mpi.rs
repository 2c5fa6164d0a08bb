//! The MPI library, its thread level, and whether the launcher belongs to it.

use super::variables::Variables;
use super::{Finding, Verdict};

/// MPI's thread levels, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThreadLevel {
    /// One thread only.
    Single,
    /// Several threads, of which the main one calls MPI.
    Funneled,
    /// Several threads may call MPI, one at a time.
    Serialized,
    /// No restriction.
    Multiple,
}

impl ThreadLevel {
    /// The standard's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "SINGLE",
            Self::Funneled => "FUNNELED",
            Self::Serialized => "SERIALIZED",
            Self::Multiple => "MULTIPLE",
        }
    }
}

/// What the communicator knows about MPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MpiFacts {
    /// `MPI_Get_library_version`; `None` in a build without MPI.
    pub library: Option<String>,
    /// `MPI_Get_version`: version and subversion of the standard.
    pub standard: Option<(u32, u32)>,
    /// What `MPI_Init_thread` provided.
    pub thread_level: Option<ThreadLevel>,
    /// Number of ranks of the world communicator.
    pub ranks: u32,
    /// What went wrong when the ranks tried out their collectives, if anything did.
    pub collectives: Option<String>,
}

impl MpiFacts {
    /// A build without MPI: one rank.
    #[must_use]
    pub const fn without_mpi() -> Self {
        Self {
            library: None,
            standard: None,
            thread_level: None,
            ranks: 1,
            collectives: None,
        }
    }
}

/// A launcher that left its traces in the environment, and the number of ranks that it started.
fn launcher(variables: &Variables) -> Option<(&'static str, u64)> {
    let step = variables.get("SLURM_STEP_ID").is_some() && variables.get("SLURM_PROCID").is_some();
    [
        ("Open MPI's mpirun", "OMPI_COMM_WORLD_SIZE"),
        ("MPICH's or Intel MPI's mpirun", "PMI_SIZE"),
        ("MVAPICH's mpirun", "MV2_COMM_WORLD_SIZE"),
    ]
    .into_iter()
    .find_map(|(name, variable)| Some((name, variables.number(variable)?)))
    .or_else(|| {
        step.then(|| Some(("srun", variables.number("SLURM_NTASKS")?)))
            .flatten()
    })
}

/// Ranks on this host, as far as the launcher tells; all of them if it doesn't.
pub(super) fn ranks_on_host(facts: &MpiFacts, variables: &Variables) -> u32 {
    [
        "OMPI_COMM_WORLD_LOCAL_SIZE",
        "MPI_LOCALNRANKS",
        "PALS_LOCAL_SIZE",
        "MV2_COMM_WORLD_LOCAL_SIZE",
    ]
    .into_iter()
    .find_map(|name| variables.number(name))
    .and_then(|number| u32::try_from(number).ok())
    .unwrap_or(facts.ranks)
    .clamp(1, facts.ranks.max(1))
}

pub(super) fn examine(facts: &MpiFacts, variables: &Variables) -> Vec<Finding> {
    vec![
        library(facts),
        thread_level(facts),
        ranks(facts, variables),
        collectives(facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn library(facts: &MpiFacts) -> Option<Finding> {
    const CHECK: &str = "MPI library";
    let Some(library) = &facts.library else {
        return Some(Finding::ok(CHECK, "none: this build runs on one rank"));
    };
    let name = library
        .lines()
        .next()
        .unwrap_or_default()
        .split(", package")
        .next()
        .unwrap_or_default()
        .trim();
    let standard = facts
        .standard
        .map_or_else(String::new, |(version, sub)| format!(", MPI standard {version}.{sub}"));
    Some(Finding::ok(CHECK, format!("{name}{standard}")))
}

fn thread_level(facts: &MpiFacts) -> Option<Finding> {
    const CHECK: &str = "MPI thread level";
    facts.library.as_ref()?;
    Some(match facts.thread_level {
        Some(level) if level >= ThreadLevel::Funneled => Finding::ok(CHECK, level.name()),
        Some(level) => Finding::problem(
            CHECK,
            format!("{}, FUNNELED is needed", level.name()),
            "use an MPI library that was built with thread support, or start one thread per rank (`--threads 1`)",
        ),
        None => Finding::warning(CHECK, "unknown", "start one thread per rank (`--threads 1`) to be safe"),
    })
}

fn ranks(facts: &MpiFacts, variables: &Variables) -> Option<Finding> {
    const CHECK: &str = "ranks";
    let seen = u64::from(facts.ranks);
    Some(match launcher(variables) {
        Some((name, started)) if started > 1 && seen == 1 => Finding {
            check: CHECK,
            verdict: Verdict::Problem,
            found: format!("{name} started {started} processes, each of which believes that it is alone"),
            remedy: Some(match facts.library {
                Some(_) => {
                    "start with the launcher of the MPI library above (Debian: mpirun.openmpi or mpirun.mpich; SLURM: \
                            `srun --mpi=list` shows what srun can do)"
                        .to_owned()
                }
                None => {
                    "this build has no MPI: start it without a launcher, or build with the feature `mpi`".to_owned()
                }
            }),
        },
        Some((name, started)) => Finding::ok(CHECK, format!("{seen}, started by {name} ({started})")),
        None => Finding::ok(CHECK, format!("{seen}, no launcher in the environment")),
    })
}

/// Whether what ranks say to each other arrives; nothing is said about a lone rank.
fn collectives(facts: &MpiFacts) -> Option<Finding> {
    const CHECK: &str = "collectives";
    (facts.ranks > 1).then(|| match &facts.collectives {
        None => Finding::ok(CHECK, format!("{} ranks understand each other", facts.ranks)),
        Some(fault) => Finding::problem(
            CHECK,
            fault.clone(),
            "use another MPI library, or another transport of this one (Open MPI: `--mca btl self,vader,tcp`)",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(ranks: u32) -> MpiFacts {
        MpiFacts {
            library: Some("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4".to_owned()),
            standard: Some((3, 1)),
            thread_level: Some(ThreadLevel::Funneled),
            ranks,
            collectives: None,
        }
    }

    #[test]
    fn names_library_standard_and_level() {
        let findings = examine(&facts(2), &Variables::from([("OMPI_COMM_WORLD_SIZE", "2")]));
        let found: Vec<_> = findings.iter().map(|finding| finding.found.as_str()).collect();
        assert_eq!(
            found,
            [
                "Open MPI v4.1.4, MPI standard 3.1",
                "FUNNELED",
                "2, started by Open MPI's mpirun (2)",
                "2 ranks understand each other"
            ]
        );
        assert!(findings.iter().all(|finding| finding.verdict == Verdict::Ok));
    }

    #[test]
    fn a_foreign_launcher_is_a_problem() {
        for (variables, name) in [
            (Variables::from([("PMI_SIZE", "4")]), "MPICH"),
            (
                Variables::from([("SLURM_STEP_ID", "0"), ("SLURM_PROCID", "1"), ("SLURM_NTASKS", "4")]),
                "srun",
            ),
        ] {
            let finding = ranks(&facts(1), &variables).unwrap();
            assert_eq!(finding.verdict, Verdict::Problem);
            assert!(
                finding.found.contains(name) && finding.found.contains("4 processes"),
                "{}",
                finding.found
            );
        }
        let lone = ranks(
            &MpiFacts::without_mpi(),
            &Variables::from([("OMPI_COMM_WORLD_SIZE", "3")]),
        )
        .unwrap();
        assert!(lone.remedy.unwrap().contains("feature `mpi`"));
    }

    #[test]
    fn a_batch_shell_is_no_launcher() {
        let variables = Variables::from([("SLURM_NTASKS", "4"), ("SLURM_JOB_ID", "7")]);
        assert_eq!(ranks(&facts(1), &variables).unwrap().verdict, Verdict::Ok);
    }

    #[test]
    fn single_is_too_weak() {
        let weak = MpiFacts {
            thread_level: Some(ThreadLevel::Single),
            ..facts(1)
        };
        assert_eq!(thread_level(&weak).unwrap().verdict, Verdict::Problem);
        assert_eq!(thread_level(&MpiFacts::without_mpi()), None);
    }

    #[test]
    fn ranks_that_misunderstand_each_other_are_a_problem() {
        let deaf = MpiFacts {
            collectives: Some("rank 1 heard something else".to_owned()),
            ..facts(2)
        };
        assert_eq!(collectives(&deaf).unwrap().verdict, Verdict::Problem);
        assert_eq!(collectives(&facts(1)), None);
    }

    #[test]
    fn ranks_on_host_never_exceed_all_ranks() {
        assert_eq!(
            ranks_on_host(&facts(4), &Variables::from([("OMPI_COMM_WORLD_LOCAL_SIZE", "2")])),
            2
        );
        assert_eq!(ranks_on_host(&facts(4), &Variables::default()), 4);
        assert_eq!(
            ranks_on_host(&facts(1), &Variables::from([("MPI_LOCALNRANKS", "8")])),
            1
        );
    }
}
