//! A failed unit is data; a failed program ends all ranks.

use crate::job::Job;
use crate::support::{Bench, LIMIT, Launch, optional, scenarios};
use std::time::{Duration, Instant};

const FAULTY_STUDY: &str = r#"
[study]
scenario = "faulty"
replicates = 4
seed = 5
[execution]
retries = 2
[fault]
replicate = 2
[sweep]
axes = [{ key = "fault.kind", values = ["none", "panic", "nan", "missing", "infinite", "error"] }]
"#;

#[test]
fn failing_units_are_quarantined_and_all_others_complete() {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    let mut digests = Vec::new();
    for (i, launch) in [Launch::Alone, Launch::Ranks(3)].into_iter().enumerate() {
        let results = format!("results-{i}.h5");
        let (_, told) = bench.sweep(&results, &["--threads", "2"]).launch(launch).exits(3);
        assert!(
            told.contains("5 units quarantined") && told.contains("the first is unit 6 ("),
            "{told}"
        );
        assert!(told.contains("the ladder fell over"), "{told}");
        let status = bench.status(&results);
        assert_eq!(status["quarantined"], 5, "{status}");
        assert_eq!(status["committed"], 24, "{status}");
        assert_eq!(status["done"], 19, "{status}");
        assert_eq!(status["pending"], 0, "{status}");
        let failures = status["failures"].as_array().expect("a list");
        let expected = [
            (6, "the ladder fell over"),
            (10, "height_m became NaN at step 17 (t = 1.7 s)"),
            (14, "metric value of member 1 is NaN"),
            (18, "metric value of member 0 is inf"),
            (22, "no ladder was found"),
        ];
        assert_eq!(failures.len(), expected.len());
        for (failure, (unit, message)) in failures.iter().zip(expected) {
            assert_eq!(failure["unit"], unit);
            assert_eq!(failure["attempts"], 3, "tried once and again twice");
            assert!(failure["seed"].as_u64().is_some_and(|seed| seed != 0), "{failure}");
            assert!(
                failure["message"].as_str().is_some_and(|text| text.contains(message)),
                "{failure}"
            );
        }
        let page = bench.call(&["summary", &results]).succeeds();
        assert!(page.contains("5 of 24 units quarantined"), "{page}");
        digests.push(bench.digest(&results));
        // Quarantined is committed: a resume has nothing to run.
        let (outcome, _) = bench.sweep(&results, &["--resume", "--json"]).launch(launch).exits(3);
        assert!(outcome.contains("\"units_run\":0"), "{outcome}");
    }
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn failures_are_readable_by_other_tools() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    bench.sweep("results.h5", &[]).exits(3);
    let script = r#"
import h5py, numpy
with h5py.File("results.h5", "r") as f:
    failures = f["failures"]
    units = failures["unit"][:]
    messages = [b"".join(letters).decode() for letters in failures["message"][:]]
    seeds = failures["seed"][:]
    rows = [i for i, m in enumerate(messages) if m]
    assert [int(units[i]) for i in rows] == [6, 10, 14, 18, 22], units
    assert "ladder" in messages[rows[0]] and all(int(seeds[i]) != 0 for i in rows)
    state = f["units/state"][:].reshape(-1)
    assert sorted(numpy.flatnonzero(state == 2)) == [6, 10, 14, 18, 22]
    values = f["episodes/value"][:].reshape(24, 2)
    assert numpy.isnan(values[[6, 10, 14, 18, 22]]).all() and numpy.isfinite(values[state == 1]).all()
"#;
    let mut command = std::process::Command::new(python);
    command.args(["-c", script]);
    let output = Job::start(&mut command, bench.path(), LIMIT).wait();
    assert!(output.status.success(), "{}", crate::support::describe(&output));
}

#[test]
fn a_quarantined_unit_can_be_repeated_alone() {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    let (_, error) = bench.call(&["run", "study.toml", "--unit", "6"]).exits(3);
    assert!(error.contains("the ladder fell over"), "{error}");
    bench.call(&["run", "study.toml", "--unit", "5"]).exits(0);
}

#[test]
fn a_panic_outside_a_unit_ends_all_ranks_with_the_reason() {
    let study = FAULTY_STUDY.replace(
        "\"none\", \"panic\", \"nan\", \"missing\", \"infinite\", \"error\"",
        "\"none\", \"outside\"",
    );
    let bench = Bench::new(scenarios(), &study);
    for launch in [Launch::Alone, Launch::Ranks(3)] {
        let begin = Instant::now();
        let output = bench.sweep("results.h5", &["--overwrite"]).launch(launch).output();
        assert!(begin.elapsed() < Duration::from_secs(15), "ranks were left hanging");
        assert_eq!(output.status.code(), Some(1), "{}", crate::support::describe(&output));
        let error = crate::support::text(&output.stderr);
        assert!(error.contains("the house fell over"), "{error}");
    }
}
