//! Units that leave more than metrics: a scenario from outside the crate, with as many members as chance gives it.

use crate::support::{Bench, Launch, scenarios};
use serde_json::Value;

const STUDY: &str = r#"
[study]
name = "colonies"
scenario = "colony"
seed = 11
replicates = 10
[sweep]
axes = [{ key = "colony.birth", values = [0.05, 0.12, 0.3] }]
"#;

#[test]
fn units_have_as_many_members_as_they_say_and_tell_their_end() {
    let bench = Bench::new(scenarios(), STUDY);
    bench.sweep("one.h5", &["--threads", "1"]).succeeds();
    let digest = bench.digest("one.h5");
    bench
        .sweep("two.h5", &["--threads", "2"])
        .launch(Launch::Ranks(2))
        .succeeds();
    assert_eq!(bench.digest("two.h5"), digest);
    bench.call(&["verify", "one.h5"]).succeeds();

    // One by one they are what the file counts.
    let mut counted = std::collections::BTreeMap::<String, u64>::new();
    let mut sizes = Vec::new();
    for unit in 0..30 {
        let text = bench
            .call(&["run", "study.toml", "--json", "--unit", &unit.to_string()])
            .succeeds();
        let document: Value = serde_json::from_str(&text).expect("JSON");
        sizes.push(document["metrics"]["born"].as_array().expect("members").len());
        *counted
            .entry(document["end"].as_str().expect("an end").to_owned())
            .or_default() += 1;
    }
    let ends = bench.status("one.h5")["ends"].clone();
    let ends: std::collections::BTreeMap<String, u64> = serde_json::from_value(ends).expect("counts");
    let happened: std::collections::BTreeMap<_, _> = ends.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(happened, counted);
    assert!(counted.len() > 1, "a study with several ends: {counted:?}");
    sizes.sort_unstable();
    assert!(sizes[0] < sizes[29], "{sizes:?}");

    let (text, _) = bench.call(&["status", "one.h5"]).exits(0);
    assert!(text.contains("units ended with extinct"), "{text}");
}

#[test]
fn a_unit_with_more_members_than_declared_is_quarantined() {
    let bench = Bench::new(
        scenarios(),
        &STUDY.replace("[sweep]", "[colony]\nboast = true\n[sweep]"),
    );
    bench.sweep("boast.h5", &[]).exits(3);
    let status = bench.status("boast.h5");
    let message = status["failures"][0]["message"].as_str().expect("a message");
    assert!(message.contains("declares 12 at most"), "{message}");
}
