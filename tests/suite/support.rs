//! Running the program and looking at what it leaves.

use crate::job::Job;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use tempfile::TempDir;

/// Time that a call may take, unless it has a limit of its own. Far more than any takes: what is not over by then hangs.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The program that users run.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_plume-nav-sim"))
}

/// The same program with the scenarios of `tests/scenarios` added.
pub fn scenarios() -> PathBuf {
    example("test-scenarios")
}

/// An example of the crate.
pub fn example(name: &str) -> PathBuf {
    let path = program()
        .parent()
        .expect("a program is in a folder")
        .join("examples")
        .join(name);
    assert!(
        path.is_file(),
        "{} is missing: build it with `cargo build --examples` in the same profile",
        path.display()
    );
    path
}

/// Something that only some machines have, named by an environment variable. Where everything is required it must be
/// there; elsewhere the test says that it was skipped.
pub fn optional(variable: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        let path = PathBuf::from(path);
        assert!(path.exists(), "{variable} names {}, which is missing", path.display());
        return Some(path);
    }
    assert!(
        std::env::var_os("PLUME_NAV_SIM_TEST_REQUIRE_ALL").is_none(),
        "{variable} is not set, but everything is required"
    );
    eprintln!("skipped: {variable} is not set (./tests/run.sh sets it)");
    None
}

/// `mpirun` of the MPI library that the program is built with.
pub fn mpirun() -> PathBuf {
    if let Some(path) = std::env::var_os("PLUME_NAV_SIM_TEST_MPIRUN") {
        return path.into();
    }
    let debian = PathBuf::from("/usr/bin/mpirun.openmpi");
    if debian.exists() { debian } else { "mpirun".into() }
}

/// Whether this process ignores SIGHUP, as under `nohup`.
fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    (status.lines().find_map(|line| line.strip_prefix("SigIgn:")))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

/// How a program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launch {
    /// On its own: one rank, without MPI.
    Alone,
    /// Under `mpirun` with this many ranks.
    Ranks(u32),
}

/// A folder for one test, with a study in it.
pub struct Bench {
    folder: TempDir,
    program: PathBuf,
}

impl Bench {
    /// A new folder with `study` as `study.toml`, for `program`.
    pub fn new(program: PathBuf, study: &str) -> Self {
        let folder = TempDir::with_prefix("plume-nav-sim-test-").expect("a temporary folder");
        std::fs::write(folder.path().join("study.toml"), study).expect("the study is written");
        Self { folder, program }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another program in the same folder.
    pub fn with_program(&self, program: PathBuf) -> Call<'_> {
        Call {
            bench: self,
            program,
            launch: Launch::Alone,
            arguments: Vec::new(),
            mpirun: None,
            environment: Vec::new(),
            limit: LIMIT,
        }
    }

    /// A call of the program.
    pub fn call(&self, arguments: &[&str]) -> Call<'_> {
        self.with_program(self.program.clone()).arguments(arguments)
    }

    /// `sweep study.toml -o NAME …`
    pub fn sweep(&self, results: &str, more: &[&str]) -> Call<'_> {
        self.call(&["sweep", "study.toml", "-o", results]).arguments(more)
    }

    /// The total digest of a results file.
    pub fn digest(&self, results: &str) -> String {
        self.call(&["digest", "--total", results]).succeeds().trim().to_owned()
    }

    /// `status --json` of a results file.
    pub fn status(&self, results: &str) -> Value {
        let output = self.call(&["status", "--json", results]).output();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("status of {results} is no JSON ({error}): {}", describe(&output)))
    }
}

/// A call of a program, before it runs.
#[derive(Clone)]
pub struct Call<'a> {
    bench: &'a Bench,
    program: PathBuf,
    launch: Launch,
    arguments: Vec<String>,
    mpirun: Option<PathBuf>,
    environment: Vec<(String, String)>,
    limit: Duration,
}

impl Call<'_> {
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    pub fn launch(mut self, launch: Launch) -> Self {
        self.launch = launch;
        self
    }

    pub fn ranks(self, ranks: u32) -> Self {
        self.launch(Launch::Ranks(ranks))
    }

    /// With the `mpirun` of another MPI library.
    pub fn mpirun(mut self, path: &Path) -> Self {
        self.mpirun = Some(path.to_owned());
        self
    }

    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Time that it may take.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    fn command(&self) -> Command {
        let mut command = match self.launch {
            // Whoever runs the tests may have had them ignore the end of a terminal, which programs inherit.
            Launch::Alone if ignores_hangups() => {
                let mut command = Command::new("env");
                command.arg("--default-signal=HUP").arg(&self.program);
                command
            }
            Launch::Alone => Command::new(&self.program),
            Launch::Ranks(ranks) => {
                let mpirun = self.mpirun.clone().unwrap_or_else(mpirun);
                let mut command = Command::new(mpirun);
                command.args(["-n", &ranks.to_string()]).arg(&self.program);
                // More ranks than cores, and perhaps root in a container. Each library ignores the other's variables.
                command
                    .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
                    // Open MPI waits two seconds for its mpirun to hear of the end of a rank, and mpirun, if it got no
                    // time for that, calls it improper.
                    .env("OMPI_MCA_orte_allowed_exit_without_sync", "1")
                    .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
                    .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
                command
            }
        };
        command.args(&self.arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Runs it to its end. If that doesn't come within its limit, all of it is killed and the test fails.
    pub fn output(&self) -> Output {
        self.start().wait()
    }

    /// Starts it.
    pub fn start(&self) -> Job {
        Job::start(&mut self.command(), self.bench.path(), self.limit)
    }

    /// Runs it; it must exit with `code`. Returns standard output and standard error.
    pub fn exits(&self, code: i32) -> (String, String) {
        let output = self.output();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{:?} {}",
            self.arguments,
            describe(&output)
        );
        (text(&output.stdout), text(&output.stderr))
    }

    /// Runs it; it must exit with 0. Returns standard output.
    pub fn succeeds(&self) -> String {
        self.exits(0).0
    }
}

/// Standard output, standard error and exit code of a program, for messages.
pub fn describe(output: &Output) -> String {
    let mut page = format!("ended with {}\n", output.status);
    let _ = write!(
        page,
        "--- stdout\n{}--- stderr\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    page
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A small study of the flagship scenario that exercises several axes.
pub const PLUME_STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "invariance"
seed = 7
replicates = 6
[agents]
count = 11
[sweep]
axes = [
  { key = "wind.speed_m_s", values = [0.4, 0.9] },
  { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk"] },
]
"#;

/// A small study of searches on grids, with both look-ahead and plain policies.
pub const SEARCH_STUDY: &str = r#"
defaults = ["medium/isotropic_19"]
[study]
name = "searches"
scenario = "source_tracking"
seed = 7
replicates = 5
[search]
searches = 3
[sweep]
axes = [
  { key = "medium.dimensions", values = [1, 2] },
  { key = "policy", values = ["policy/infotaxis", "policy/space_aware_infotaxis", "policy/voting", "policy/random_walk"] },
]
"#;

/// A study of coins whose units take `nap_ms` each, committed often.
pub fn napping_study(points: u32, replicates: u32, nap_ms: f64) -> String {
    format!(
        r#"
[study]
name = "naps"
scenario = "coins"
seed = 3
replicates = {replicates}
[execution]
commit_interval_s = 0.05
threads = 1
[coins]
nap_s = {nap}
[sweep]
axes = [{{ key = "coins.bias", linspace = {{ start = 0.0, stop = 0.9, count = {points} }} }}]
"#,
        nap = nap_ms / 1000.0
    )
}
