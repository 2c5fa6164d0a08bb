//! The batch scripts with schedulers that give odd answers. On a real SLURM, `tests/cluster` runs them.

use crate::job::Job;
use crate::support::describe;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A folder with commands of a scheduler, and a program that notes its arguments and the end of the job.
struct Site {
    folder: TempDir,
}

/// How far the program gets with each start.
#[derive(Clone, Copy)]
enum Starts {
    Finish,
    CommitAUnit,
    CommitNothing,
}

impl Site {
    fn new(starts: Starts) -> Self {
        let site = Self {
            folder: TempDir::with_prefix("plume-nav-sim-test-").expect("a temporary folder"),
        };
        let (code, units) = match starts {
            Starts::Finish => (0, "$(wc -l <calls)"),
            Starts::CommitAUnit => (75, "$(wc -l <calls)"),
            Starts::CommitNothing => (75, "0"),
        };
        site.command("mpirun", "[ \"$1\" = --version ] || { shift 2; exec \"$@\"; }");
        site.command(
            "program",
            &format!(
                "[ \"$1\" != status ] || {{ echo '{{'; echo \"  \\\"committed\\\": {units},\"; exit 75; }}\n\
                 touch \"$4\"\n\
                 echo \"end ${{SLURM_JOB_END_TIME-unset}} arguments $*\" >>calls\n\
                 exit {code}"
            ),
        );
        for queue in ["scontrol", "qsub"] {
            site.command(queue, "echo \"$*\" >>queued");
        }
        fs::write(site.file("nodes"), "here\n").expect("it is written");
        site
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, name: &str, body: &str) {
        let path = self.file(name);
        fs::write(&path, format!("#!/bin/bash\n{body}\n")).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may run");
    }

    /// Runs a script of the repository as its scheduler does: what the program was told, whether there is another start,
    /// and what was said.
    fn run(&self, script: &str, variables: &[(&str, &str)], arguments: &[&str]) -> (String, bool, String) {
        let path = std::env::var("PATH").expect("a path");
        let mut command = Command::new("bash");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
            .args(arguments)
            .env("PATH", format!("{}:{path}", self.folder.path().display()))
            .env("PLUME_NAV_SIM", self.file("program"))
            .env("PLUME_NAV_SIM_ROOT", self.folder.path())
            .env("PBS_NODEFILE", self.file("nodes"))
            .env("SLURM_SUBMIT_DIR", self.folder.path())
            .env("PBS_O_WORKDIR", self.folder.path())
            .env_remove("SLURM_JOB_END_TIME")
            .env_remove("PBS_WALLTIME")
            .envs(variables.iter().copied());
        let output = Job::start(&mut command, self.folder.path(), Duration::from_secs(20)).wait();
        let calls = fs::read_to_string(self.file("calls")).unwrap_or_else(|_| panic!("{}", describe(&output)));
        (calls, self.file("queued").exists(), describe(&output))
    }
}

const SLURM: [(&str, &str); 3] = [
    ("SLURM_JOB_ID", "7"),
    ("SLURM_NTASKS", "1"),
    ("PLUME_NAV_SIM_LAUNCHER", "mpirun"),
];

/// `date` takes nothing for last midnight: the job would stop at once, and come back a hundred times.
#[test]
fn a_job_without_a_known_end_runs_without_one() {
    for told in [
        "",
        "UNLIMITED",
        "NONE",
        "N/A",
        "INVALID",
        "Unknown",
        "2020-01-01T00:00:00",
    ] {
        let site = Site::new(Starts::Finish);
        site.command("squeue", &format!("echo '{told}'"));
        let (calls, _, said) = site.run("slurm/sweep.sbatch", &SLURM, &["study.toml", "results.h5"]);
        assert!(calls.starts_with("end unset arguments sweep"), "{told}: {calls}");
        assert!(
            said.contains("warning") && said.contains("--walltime"),
            "{told}: {said}"
        );
    }
    let site = Site::new(Starts::Finish);
    site.command("squeue", "echo 2999-01-01T00:00:00");
    let (calls, _, said) = site.run("slurm/sweep.sbatch", &SLURM, &["study.toml", "results.h5"]);
    assert!(calls.starts_with("end 324"), "{calls}");
    assert!(!said.contains("warning"), "{said}");
    // That of another job, which came along with the environment.
    let stale = [&SLURM[..], &[("SLURM_JOB_END_TIME", "1000000")]].concat();
    let site = Site::new(Starts::Finish);
    site.command("squeue", "exit 1");
    let (calls, ..) = site.run("slurm/sweep.sbatch", &stale, &["study.toml", "results.h5"]);
    assert!(calls.starts_with("end unset"), "{calls}");
}

#[test]
fn a_walltime_that_is_no_time_is_no_limit() {
    let pbs = [
        ("STUDY", "study.toml"),
        ("RESULTS", "results.h5"),
        ("PBS_JOBID", "7"),
        ("PBS_QUEUE", "batch"),
    ];
    for (walltime, seconds) in [
        ("UNLIMITED", None),
        ("-1", None),
        ("0", None),
        ("600", Some(600)),
        ("10:00", Some(600)),
        ("1:00:00", Some(3600)),
    ] {
        let site = Site::new(Starts::Finish);
        site.command("qstat", &format!("echo '    Resource_List.walltime = {walltime}'"));
        let (calls, _, said) = site.run("jobs/sweep.pbs", &pbs, &[]);
        let limit = calls.split("--walltime ").nth(1).map(|rest| {
            let text = rest.split_whitespace().next().unwrap_or("");
            text.trim_end_matches('s').parse::<i64>().expect("seconds")
        });
        match seconds {
            None => {
                assert_eq!(limit, None, "{walltime}: {calls}");
                assert!(said.contains("warning"), "{walltime}: {said}");
            }
            Some(seconds) => assert!(
                limit.is_some_and(|limit| (seconds - 15..=seconds).contains(&limit)),
                "{walltime}: {calls}"
            ),
        }
    }
}

/// The next start would be no better.
#[test]
fn a_start_that_commits_nothing_is_the_last() {
    let pbs = [
        ("STUDY", "study.toml"),
        ("RESULTS", "results.h5"),
        ("PBS_JOBID", "7"),
        ("PBS_QUEUE", "batch"),
        ("PBS_WALLTIME", "600"),
    ];
    for (starts, again) in [
        (Starts::CommitAUnit, true),
        (Starts::CommitNothing, false),
        (Starts::Finish, false),
    ] {
        let site = Site::new(starts);
        site.command("squeue", "echo 2999-01-01T00:00:00");
        let (_, queued, said) = site.run("slurm/sweep.sbatch", &SLURM, &["study.toml", "results.h5"]);
        assert_eq!(queued, again, "{said}");
        let site = Site::new(starts);
        site.command("qstat", "exit 1");
        let (_, queued, said) = site.run("jobs/sweep.pbs", &pbs, &[]);
        assert_eq!(queued, again, "{said}");
    }
}
