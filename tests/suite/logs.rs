//! Log files: whole lines of JSON per rank, tied together by one id.

use crate::support::{Bench, scenarios};
use serde_json::Value;
use std::collections::BTreeSet;

const FAULTY_STUDY: &str = r#"
[study]
scenario = "faulty"
replicates = 400
seed = 5
[execution]
retries = 0
[sweep]
axes = [
  { key = "fault.kind", values = ["none", "error", "panic"] },
  { key = "fault.replicate", range = { start = 0, stop = 39, step = 1 } },
]
"#;

#[test]
fn every_line_of_every_rank_carries_the_id_of_the_run() {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    bench.sweep("results.h5", &[]).ranks(2).exits(3);
    let status = bench
        .call(&["status", "--json", "--failures", "100", "results.h5"])
        .exits(3)
        .0;
    let status: Value = serde_json::from_str(&status).expect("JSON");
    let session = &status["sessions"][0];
    assert_eq!(session["ranks"], 2, "{session}");
    let id = session["correlation_id"].as_str().expect("an id");
    let summary = bench.call(&["summary", "results.h5"]).succeeds();
    let last = summary.lines().last().expect("a line");
    // People get the beginning, which is the time of the start; JSON has all of it.
    assert!(last.contains(&id[..13]), "{id} is not in {last:?}");

    let folder = bench.file("results.run").join(id);
    let mut quarantined = Vec::new();
    for rank in 0..2 {
        let path = folder.join(format!("rank-{rank:05}.jsonl"));
        let log = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(log.ends_with('\n'), "the last line is whole: {log}");
        assert!(log.lines().count() >= 2, "it says when it started and ended: {log}");
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            for key in ["time", "level", "host", "message"] {
                assert!(
                    line[key].as_str().is_some_and(|text| !text.is_empty()),
                    "no {key}: {line}"
                );
            }
            assert_eq!(line["correlation_id"], id, "{line}");
            assert_eq!(line["rank"], rank, "{line}");
            if line["message"] == "unit quarantined" {
                assert!(line["reason"].is_string() && line["seed"].is_u64(), "{line}");
                quarantined.push(line["unit"].as_u64().expect("a number"));
            }
        }
    }
    // Each quarantined unit once, on the rank that ran it.
    let in_logs: BTreeSet<u64> = quarantined.iter().copied().collect();
    assert_eq!(in_logs.len(), quarantined.len(), "{quarantined:?}");
    let in_file: BTreeSet<u64> = (status["failures"].as_array().expect("a list").iter())
        .map(|failure| failure["unit"].as_u64().expect("a number"))
        .collect();
    assert_eq!(in_file.len(), 80);
    assert_eq!(in_logs, in_file);
}

#[test]
fn a_run_that_goes_on_has_an_id_of_its_own() {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    bench.sweep("results.h5", &[]).exits(3);
    bench.sweep("results.h5", &["--resume"]).exits(3);
    let folders = std::fs::read_dir(bench.file("results.run")).expect("logs").count();
    assert_eq!(folders, 2, "a folder per run");
}
