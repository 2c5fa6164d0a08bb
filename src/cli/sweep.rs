//! `sweep`: the main job.

use super::error::CommandResult;
use super::failure::as_json;
use super::progress::{Display, ProgressStyle};
use super::study_arguments::{StudyArguments, warn};
use super::{CommandError, ExitStatus};
use crate::comm::{Rank, World, abort_on_panic};
use crate::engine::{DrainReason, walltime};
use crate::file_kind::FileKind;
use crate::scenario::Registry;
use crate::session::{self, Ending, Existing, Request, SessionError};
use crate::study::Part;
use crate::telemetry::{Verbosity, print_line};
use crate::{config, netcdf4, signals};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Runs all units of a study over all ranks into one results file, and stores their summary in it (`summary` prints it).
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim sweep study.toml -o results.h5
  mpirun -n 64 plume-nav-sim sweep study.toml -o results.h5 --threads 2
  plume-nav-sim sweep study.toml -o results.h5 --resume      what is left to do
  plume-nav-sim sweep study.toml --set study.replicates=1000 --walltime 2:00:00
  plume-nav-sim sweep bigger.toml -o bigger.h5 --reuse results.h5
  plume-nav-sim sweep study.toml -o part-3.h5 --part 3/8    then `merge`

Stops cleanly on SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU or shortly before the end of the job (--walltime, or what SLURM and PBS say) with exit code 75: start it again with --resume, which begins afresh if there is no file. Under mpirun send SIGUSR1 to mpirun: on SIGTERM and Ctrl-C Open MPI's mpirun gives its ranks little time and exits with a code of its own; what was committed stays either way.")]
pub struct SweepArguments {
    #[command(flatten)]
    study: StudyArguments,

    /// The results file [default: the study file's name with .h5, in the current folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Run only what is missing in an existing results file
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,

    /// Take over what older results files have of this study, verified, and run only the rest: more replicates, values or points
    #[arg(long, value_name = "FILE", num_args = 1..)]
    reuse: Vec<PathBuf>,

    /// Run only one part of the units, like 3/8, into a file of its own; `merge` joins the parts
    #[arg(long, value_name = "K/N")]
    part: Option<Part>,

    /// Run quarantined units again
    #[arg(long, requires = "resume")]
    retry_quarantined: bool,

    /// Replace an existing results file
    #[arg(long)]
    overwrite: bool,

    /// Threads per rank that simulate, at most 4 for each core or 32; 0 shares the cores of a node among its ranks [default: execution.threads]
    #[arg(long, value_name = "COUNT")]
    threads: Option<u32>,

    /// Time until the job is killed: 90s, 45m, 2:00:00, 1-12:00:00; a bare number is seconds [default: what the scheduler says]
    #[arg(long, value_name = "TIME", value_parser = walltime::parse_duration)]
    walltime: Option<std::time::Duration>,

    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t, value_name = "STYLE")]
    progress: ProgressStyle,

    /// Print one JSON object at the end on standard output, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,

    /// Print more on the console (the log files always have everything)
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
}

impl SweepArguments {
    fn results(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            PathBuf::from(self.study.study.file_name().unwrap_or("results".as_ref())).with_extension("h5")
        })
    }

    /// What to type to take over what the results file has, into another one.
    fn reuse_command(&self) -> String {
        let results = self.results();
        let mut words = vec![
            "plume-nav-sim".to_owned(),
            "sweep".to_owned(),
            quoted(&self.study.study),
        ];
        for set in &self.study.set {
            words.extend(["--set".to_owned(), quoted(Path::new(set))]);
        }
        words.extend(["-o".to_owned(), quoted(&free_name(&results))]);
        words.extend(["--reuse".to_owned(), quoted(&results)]);
        words.extend(self.reuse.iter().map(|file| quoted(file)));
        words.join(" ")
    }

    fn request(&self, registry: &Registry, started: SystemTime) -> Result<Request, CommandError> {
        let results = self.results();
        if FileKind::is_hdf5(&self.study.study) {
            return Err(CommandError::usage(
                format!("{} is an HDF5 file, not a study", self.study.study.display()),
                format!(
                    "give the study file; `plume-nav-sim config show {} --plain` prints the study of a results file",
                    self.study.study.display()
                ),
            ));
        }
        if same_file(&results, &self.study.study) {
            return Err(CommandError::usage(
                format!("the results file {} is the study file itself", results.display()),
                "name another file with -o",
            ));
        }
        let mut sources = self.study.sources();
        if let Some(threads) = self.threads {
            sources.set.push(format!("execution.threads={threads}"));
        }
        // A study that comes through a pipe may not come at all.
        let loaded = config::load_with_warnings(&sources, registry).map_err(|error| match signals::requested() {
            Some(_) => CommandError::from(SessionError::Interrupted),
            None => error.into(),
        });
        let (study, warnings) = loaded?;
        if self.json {
            for warning in &warnings {
                print_line(&json!({"event": "warning", "warning": as_json(warning)}).to_string());
            }
        } else if !self.quiet {
            warn(&warnings);
        }
        Ok(Request {
            study,
            results,
            existing: match (self.resume, self.overwrite) {
                (true, _) => Existing::Resume,
                (_, true) => Existing::Overwrite,
                _ => Existing::Refuse,
            },
            reuse: self.reuse.clone(),
            reuse_command: self.reuse_command(),
            part: self.part,
            retry_quarantined: self.retry_quarantined,
            job_end: self.walltime.map(|time| started + time).or_else(|| job_end(started)),
            verbosity: match (self.quiet, self.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
        })
    }
}

/// The name of a results file with a number, under which nothing is.
fn free_name(results: &Path) -> PathBuf {
    let stem = results
        .file_stem()
        .unwrap_or("results".as_ref())
        .to_string_lossy()
        .into_owned();
    let numbered = |number: u32| results.with_file_name(format!("{stem}-{number}.h5"));
    let free = (2..1000).map(numbered).find(|path| !path.exists());
    free.unwrap_or_else(|| numbered(1000))
}

/// A word as a shell takes it.
fn quoted(word: &Path) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.into_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Whether two paths lead to one file.
fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The end of the job, if the batch system says it.
fn job_end(started: SystemTime) -> Option<SystemTime> {
    let now = SystemTime::now();
    // Only the option's text can be wrong, and there is none.
    let left = walltime::time_left(None, |name| std::env::var(name).ok(), now, started, None).ok()??;
    Some(now + left.left)
}

pub fn execute(arguments: &SweepArguments, registry: &Registry) -> CommandResult {
    let started = SystemTime::now();
    netcdf4::start();
    let world = World::connect()?;
    abort_on_panic();
    let root = world.communicator().rank() == Rank::ROOT;
    let style = if arguments.quiet || !root {
        ProgressStyle::None
    } else {
        arguments.progress
    };
    let mut display = Display::new(style, arguments.json && root, arguments.verbose);
    let mut problem = None;
    let ending = session::run(&world, registry, &mut display, || {
        arguments.request(registry, started).map_err(|error| {
            let code = error.status().code();
            problem = Some(error);
            code
        })
    });
    display.close();
    if let Some(error) = problem {
        return Err(error);
    }
    let ending = match ending {
        Ok(ending) => ending,
        Err(error) if root => return Err(error.into()),
        // Rank 0 says it.
        Err(_) => return Ok(ExitStatus::Done),
    };
    let status = match &ending {
        Ending::Refused(code) => ExitStatus::from_code(*code),
        Ending::Finished(tally) if tally.quarantined > 0 => ExitStatus::Quarantined,
        Ending::Finished(_) => ExitStatus::Done,
        // Starting again would only quarantine more.
        Ending::Drained(_, DrainReason::Failures) => ExitStatus::Failure,
        Ending::Drained(..) => ExitStatus::Resume,
    };
    if root {
        // The results are what they are, and so is the exit code, even if nobody can be told.
        if let Err(error) = display.report(&ending, &arguments.results(), status, started) {
            print_line(&format!("warning: {error}"));
        }
    }
    // One code for the job. A launcher ends the other ranks as soon as one exits with another code than 0, perhaps before
    // rank 0 has said why.
    Ok(if root { status } else { ExitStatus::Done })
}
