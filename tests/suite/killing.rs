//! A study that is killed at a chosen instant, looked at, resumed, and compared with what it gives undisturbed.

use crate::support::{Bench, Call, LIMIT, Launch, describe};
use serde_json::Value;
use std::cell::Cell;
use std::time::Duration;

/// When to kill.
pub enum Instant {
    /// After this fraction of an undisturbed run, from the start of the process.
    OfRun(f64),
    /// When the file has appeared and then this fraction of the time has passed in which an undisturbed run works on it.
    AfterCreation(f64),
    /// As soon as the file in the making appears.
    Creation,
    /// As soon as all units are committed and the file isn't finished.
    Summary,
    /// As soon as a product of this name is in the making.
    Product(&'static str),
}

impl Instant {
    /// Whether a run still goes at this instant, if it takes as long as the undisturbed one.
    fn within_the_run(&self) -> bool {
        match self {
            Self::OfRun(fraction) | Self::AfterCreation(fraction) => *fraction < 1.0,
            Self::Creation | Self::Summary | Self::Product(_) => false,
        }
    }

    /// Whether a product of some results is in the making.
    pub fn product_begun(bench: &Bench, results: &str, name: &str) -> bool {
        let folder = bench.file(&format!("{results}.products"));
        let prefix = format!(".{name}.creating-");
        let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.any(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
    }
}

/// What the kill interrupted, judged by what it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before anything was written.
    Start,
    /// The file had not got its name yet.
    Creation,
    /// Units were missing.
    Units,
    /// All units were there, but not the summary.
    Summary,
    /// Nothing: it was finished.
    Over,
}

/// The study of a bench, under one launcher.
pub struct Victim<'a> {
    bench: &'a Bench,
    launch: Launch,
    code: i32,
    reference: String,
    units: u64,
    whole_run: Duration,
    session: Duration,
    /// How much of these two a run takes now: the undisturbed one may have met a busier machine.
    pace: Cell<f64>,
    deaths: Cell<u32>,
}

impl<'a> Victim<'a> {
    /// Runs it undisturbed, to exit code `code`.
    pub fn new(bench: &'a Bench, launch: Launch, code: i32) -> Self {
        let begin = std::time::Instant::now();
        let reference = bench.sweep("reference.h5", &["--json"]).launch(launch);
        let output = reference.limit(5 * LIMIT).output();
        let whole_run = begin.elapsed();
        assert_eq!(output.status.code(), Some(code), "{}", describe(&output));
        let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        Self {
            bench,
            launch,
            code,
            reference: bench.digest("reference.h5"),
            units: outcome["units"].as_u64().expect("a number"),
            whole_run,
            session: length_of_session(&bench.status("reference.h5")["sessions"][0]),
            pace: Cell::new(1.0),
            deaths: Cell::new(0),
        }
    }

    /// Starts it afresh, kills it at `instant`, makes sure that what is left is sound, and that a resume runs what is
    /// missing, no more, and leaves the same results. Says what was interrupted.
    pub fn dies(&self, instant: &Instant) -> Phase {
        let trial = self.deaths.replace(self.deaths.get() + 1);
        let results = format!("trial-{trial}.h5");
        self.killed(&results, instant);
        let (phase, committed) = self.look_at(&results);
        if phase == Phase::Over && instant.within_the_run() {
            self.pace.set(self.pace.get() * 0.8);
        }

        let (outcome, _) = self.sweep(&results).exits(self.code);
        let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
        assert_eq!(
            outcome["units_before"], committed,
            "trial {trial}, {phase:?}: {outcome}"
        );
        assert_eq!(
            outcome["units_committed"], self.units,
            "trial {trial}, {phase:?}: {outcome}"
        );
        assert_eq!(
            outcome["units_run"],
            self.units - committed,
            "trial {trial}, {phase:?}: {outcome}"
        );
        assert_eq!(
            self.bench.digest(&results),
            self.reference,
            "trial {trial}, {phase:?}, {committed} of {} units were committed",
            self.units
        );
        self.left_the_same_products(&results);
        std::fs::remove_file(self.bench.file(&results)).expect("the trial is over");
        // Only some have them.
        for folder in ["tables", "products"] {
            let _ = std::fs::remove_dir_all(self.bench.file(&format!("{results}.{folder}")));
        }
        // Only results with recorded rows.
        let _ = std::fs::remove_file(self.bench.file(&results).with_extension("rows.h5"));
        phase
    }

    /// Dies at `instant` until that has interrupted `phase`, 20 times at most.
    pub fn dies_in(&self, phase: Phase, instant: &Instant) {
        let hit = (0..20).any(|_| self.dies(instant) == phase);
        assert!(hit, "never killed in {phase:?}");
    }

    fn sweep(&self, results: &str) -> Call<'_> {
        let call = self.bench.sweep(results, &["--resume", "--json"]);
        call.launch(self.launch).limit(self.limit())
    }

    fn killed(&self, results: &str, instant: &Instant) {
        let job = self.sweep(results).start();
        let named = || self.bench.file(results).exists();
        let job = match instant {
            Instant::OfRun(fraction) => {
                std::thread::sleep(self.whole_run.mul_f64(self.pace.get() * fraction));
                job
            }
            Instant::AfterCreation(fraction) => {
                let job = job.wait_until("the file", named);
                std::thread::sleep(self.session.mul_f64(self.pace.get() * fraction));
                job
            }
            Instant::Creation => job.wait_until("a file in the making", || self.in_the_making(results)),
            Instant::Product(name) => job.wait_until("a product in the making", || {
                Instant::product_begun(self.bench, results, name)
            }),
            Instant::Summary => job
                .wait_until("the file", named)
                .wait_until("the end of the units", || self.bench.status(results)["pending"] == 0),
        };
        job.kill();
    }

    fn in_the_making(&self, results: &str) -> bool {
        let prefix = format!(".{results}.creating-");
        std::fs::read_dir(self.bench.path())
            .expect("the folder")
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
    }

    /// The file opens and all that it calls committed holds. The phase, and how many units are committed.
    fn look_at(&self, results: &str) -> (Phase, u64) {
        if !self.bench.file(results).exists() {
            let phase = if self.in_the_making(results) {
                Phase::Creation
            } else {
                Phase::Start
            };
            return (phase, 0);
        }
        let verify = self.bench.call(&["verify", "--json", results]).output();
        let report: Value = serde_json::from_slice(&verify.stdout)
            .unwrap_or_else(|error| panic!("{results} ({error}): {}", describe(&verify)));
        assert_eq!(report["damaged"], 0, "{results}: {report}");
        let committed = report["committed"].as_u64().expect("a number");
        let status = self.bench.status(results);
        let phase = match (committed == self.units, status["finished"] == true) {
            (false, false) => Phase::Units,
            (true, false) => Phase::Summary,
            (true, true) => Phase::Over,
            (false, true) => panic!("{results} calls itself finished, but lacks units: {status}"),
        };
        (phase, committed)
    }

    /// What was made from the resumed results is what was made from the undisturbed ones, and nothing besides.
    fn left_the_same_products(&self, results: &str) {
        let products = |results: &str| -> std::collections::BTreeMap<String, Vec<u8>> {
            let folder = std::fs::read_dir(self.bench.file(&format!("{results}.products")));
            (folder.into_iter().flatten().flatten())
                .map(|entry| {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    (name, std::fs::read(entry.path()).expect("a product"))
                })
                .collect()
        };
        assert_eq!(products(results), products("reference.h5"), "{results}");
        if self.code == 0 {
            self.bench.call(&["verify", results]).limit(self.limit()).succeeds();
        }
    }

    /// Time that a run may take: on a busy machine all of them take longer.
    fn limit(&self) -> Duration {
        LIMIT.max(20 * self.whole_run)
    }

    /// Killed jobs left no files behind, once resumed.
    pub fn left_nothing_behind(&self) {
        let left: Vec<_> = std::fs::read_dir(self.bench.path())
            .expect("the folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("trial") && !name.ends_with(".run"))
            .collect();
        assert!(left.is_empty(), "killed jobs left {left:?} behind after a resume");
    }
}

/// From the first to the last record of a run in its file. What a launcher does before and after is left out.
fn length_of_session(session: &Value) -> Duration {
    let time = |key: &str| -> jiff::Timestamp { session[key].as_str().expect("a time").parse().expect("RFC 3339") };
    time("ended").duration_since(time("started")).unsigned_abs()
}
