//! A resume runs what is missing, however much that is, wherever it lies, and whoever has nothing to look for.

use crate::support::{Bench, Call, PLUME_STUDY, describe, napping_study, optional, program, scenarios};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Which units of a finished file are made pending again.
#[derive(Clone, Copy, Debug)]
enum Missing {
    /// The first ones: rank 0 alone has something to look for.
    Front,
    /// The last ones.
    Back,
    Middle,
    /// One here and there.
    Scattered,
}

impl Missing {
    /// The units, `missing` of `units`.
    fn units(self, units: usize, missing: usize) -> Vec<usize> {
        let from = |first: usize| (first..first + missing).collect();
        match self {
            Self::Front => from(0),
            Self::Back => from(units - missing),
            Self::Middle => from((units - missing) / 2),
            Self::Scattered => (0..missing).map(|i| (2 * i + 1) * units / (2 * missing)).collect(),
        }
    }
}

/// Makes units pending, as a kill before their commit leaves them.
fn take_back(path: &Path, units: &[usize]) {
    let file = hdf5::File::open_rw(path).expect("the file opens");
    let dataset = file.dataset("units/state").expect("states");
    let mut states = dataset.read_raw::<i8>().expect("states are read");
    for &unit in units {
        assert_eq!(states[unit], 1, "unit {unit} was committed");
        states[unit] = 0;
    }
    dataset.write_raw(&states).expect("states are written");
    file.close().expect("the file closes");
}

/// An MPI library with a program that is built with it.
struct Flavour {
    program: PathBuf,
    mpirun: Option<PathBuf>,
}

impl Flavour {
    fn open_mpi(program: PathBuf) -> Self {
        Self { program, mpirun: None }
    }

    fn mpich() -> Option<Self> {
        Some(Self {
            program: optional("PLUME_NAV_SIM_TEST_MPICH")?,
            mpirun: Some(optional("PLUME_NAV_SIM_TEST_MPICH_MPIRUN")?),
        })
    }

    fn call<'a>(&self, bench: &'a Bench, ranks: u32) -> Call<'a> {
        let call = bench.with_program(self.program.clone()).ranks(ranks);
        match &self.mpirun {
            Some(mpirun) => call.mpirun(mpirun),
            None => call,
        }
    }
}

/// A finished file of 100 units, and its digest.
fn finished(bench: &Bench) -> String {
    bench.sweep("reference.h5", &["--threads", "1"]).succeeds();
    bench.digest("reference.h5")
}

fn resumes(bench: &Bench, flavour: &Flavour, reference: &str, ranks: u32, committed: usize, missing: Missing) {
    let what = format!("{ranks} ranks, {committed} % committed, {missing:?} missing");
    let results = bench.file("results.h5");
    std::fs::copy(bench.file("reference.h5"), &results).expect("a copy");
    take_back(&results, &missing.units(100, 100 - committed));
    let call = flavour.call(bench, ranks);
    let call = call.arguments(&[
        "sweep",
        "study.toml",
        "-o",
        "results.h5",
        "--resume",
        "--json",
        "--threads",
        "1",
    ]);
    let output = call.output();
    assert_eq!(output.status.code(), Some(0), "{what}: {}", describe(&output));
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(outcome["units_before"], committed, "{what}: {outcome}");
    assert_eq!(outcome["units_run"], 100 - committed, "{what}: {outcome}");
    assert_eq!(bench.digest("results.h5"), reference, "{what}");
}

/// All combinations if `PLUME_NAV_SIM_TEST_LONG` is set; otherwise those that leave ranks without anything in different
/// ways.
fn combinations() -> Vec<(u32, usize, Missing)> {
    use Missing::{Back, Front, Middle, Scattered};
    if std::env::var_os("PLUME_NAV_SIM_TEST_LONG").is_none() {
        return vec![
            (4, 75, Front),
            (2, 50, Front),
            (3, 97, Back),
            (5, 99, Middle),
            (4, 10, Back),
            (3, 0, Front),
            (2, 75, Scattered),
        ];
    }
    let mut all = Vec::new();
    for ranks in [2, 3, 4, 5, 8] {
        for committed in [0, 10, 50, 75, 97, 99] {
            all.extend([Front, Back, Middle, Scattered].map(|missing| (ranks, committed, missing)));
        }
    }
    all
}

#[test]
fn ranks_with_nothing_to_look_for_are_no_obstacle() {
    let bench = Bench::new(scenarios(), &napping_study(10, 10, 0.0));
    let reference = finished(&bench);
    let flavour = Flavour::open_mpi(scenarios());
    for (ranks, committed, missing) in combinations() {
        resumes(&bench, &flavour, &reference, ranks, committed, missing);
    }
}

#[test]
fn nor_are_they_under_mpich() {
    let Some(flavour) = Flavour::mpich() else { return };
    let study = PLUME_STUDY.replace("replicates = 6", "replicates = 25");
    let bench = Bench::new(program(), &study.replace("count = 11", "count = 2"));
    let reference = finished(&bench);
    for (ranks, committed, missing) in combinations() {
        resumes(&bench, &flavour, &reference, ranks, committed, missing);
    }
}

/// The doctor gathers and broadcasts with every kind of rank silent.
#[test]
fn collectives_work_whoever_is_silent() {
    let bench = Bench::new(program(), "");
    let flavours = [Some(Flavour::open_mpi(program())), Flavour::mpich()];
    for flavour in flavours.iter().flatten() {
        for ranks in [2, 3, 5] {
            let output = flavour.call(&bench, ranks).arguments(&["doctor", "--json"]).output();
            let report: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|error| panic!("{ranks} ranks ({error}): {}", describe(&output)));
            let finding = (report["findings"].as_array().expect("a list").iter())
                .find(|finding| finding["check"] == "collectives")
                .unwrap_or_else(|| panic!("no word about collectives: {report}"));
            assert_eq!(finding["verdict"], "ok", "{ranks} ranks: {report}");
            assert_eq!(finding["found"], format!("{ranks} ranks understand each other"));
        }
    }
}
