//! A program with components of its own: examples/custom_components, which docs/how-to/extending.md shows.

use crate::support::{Bench, Launch, example};
use std::path::Path;

const STUDY: &str = r#"
[study]
name = "custom components"
seed = 4
replicates = 6
[plume]
kind = "cone"
[sensor]
kind = "logarithmic"
scale = 0.5
[navigator]
kind = "zigzag"
[wind]
kind = "shear"
[boundary]
kind = "bounce_back"
[agents]
count = 11
[episode]
duration_s = 20.0
dt_s = 0.1
[sweep]
axes = [
    { key = "navigator.angle_rad", values = [0.3, 0.9] },
    { key = "plume.slope", values = [0.1, 0.4] },
    { key = "metrics.near_source.distance_m", values = [1.0, 30.0] },
]
"#;

#[test]
fn custom_components_are_swept_like_built_in_ones() {
    let bench = Bench::new(example("custom-components"), STUDY);
    bench.sweep("one.h5", &["--threads", "1"]).succeeds();
    let digest = bench.digest("one.h5");
    for (i, (launch, threads)) in [(Launch::Alone, "2"), (Launch::Ranks(3), "1")].into_iter().enumerate() {
        let results = format!("layout-{i}.h5");
        bench.sweep(&results, &["--threads", threads]).launch(launch).succeeds();
        assert_eq!(bench.digest(&results), digest, "{launch:?} with {threads} threads");
    }
    // All of an episode is within 30 m of the source, and not all of it within 1 m.
    let by = [
        "summary",
        "one.h5",
        "--by",
        "metrics.near_source.distance_m",
        "--metric",
        "time_near_source_s",
    ];
    let table = bench.call(&by).arguments(&["--format", "csv"]).succeeds();
    let means: Vec<f64> = table
        .lines()
        .skip(1)
        .map(|line| {
            let header: Vec<&str> = table.lines().next().expect("a header").split(',').collect();
            let mean = header
                .iter()
                .position(|name| *name == "mean")
                .expect("a column of means");
            line.split(',').nth(mean).expect("a mean").parse().expect("a number")
        })
        .collect();
    assert_eq!(means.len(), 2, "{table}");
    assert!(means[0] < 15.0, "{table}");
    assert!(means[1] > means[0] + 1.0, "{table}");
}

#[test]
fn custom_components_are_listed_and_checked() {
    let bench = Bench::new(example("custom-components"), STUDY);
    let listed = bench.call(&["config", "list"]).succeeds();
    for text in [
        "navigator.angle_rad",
        "Angle from upwind without odour",
        "metrics.near_source.distance_m",
        "sensor.scale",
        "wind.shear_per_s",
    ] {
        assert!(listed.contains(text), "{text} isn't listed:\n{listed}");
    }
    for (wrong, right, told) in [
        ("kind = \"zigzag\"", "kind = \"zigzig\"", "zigzag"),
        ("kind = \"zigzag\"", "kind = \"zigzag\"\nspeed_ms = 1.0", "speed_m_s"),
        ("kind = \"zigzag\"", "kind = \"zigzag\"\nspeed_m_s = 11.0", "10"),
        ("scale = 0.5", "scale = \"much\"", "sensor.scale"),
    ] {
        std::fs::write(bench.file("study.toml"), STUDY.replace(wrong, right)).expect("the study is written");
        let (_, text) = bench.call(&["config", "validate", "study.toml"]).exits(2);
        assert!(text.contains(told) && text.contains("study.toml:"), "{right}: {text}");
    }
}

/// The page shows the program as it is, and each component is as short as it says.
#[test]
fn the_page_shows_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/how-to/extending.md")).expect("the page");
    let sources: Vec<(String, String)> = std::fs::read_dir(root.join("examples/custom_components"))
        .expect("the example")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a source file");
            (path.display().to_string(), text)
        })
        .collect();
    assert_eq!(sources.len(), 7);
    for (name, text) in &sources {
        assert!(text.lines().count() < 60, "{name} has grown");
    }
    let blocks = |page: &str| -> Vec<String> {
        let parts = page.split("```rust\n").skip(1);
        parts
            .map(|rest| rest.split("```").next().expect("the end of a block").to_owned())
            .collect()
    };
    let of_page = blocks(&page);
    assert!(of_page.len() >= 2, "the page shows the example");
    for block in &of_page {
        assert!(
            sources.iter().any(|(_, text)| text.contains(block)),
            "this isn't in examples/custom_components:\n{block}"
        );
    }
    // The tutorial takes one component out of it.
    let tutorial = std::fs::read_to_string(root.join("docs/tutorials/custom-navigator.md")).expect("the tutorial");
    let of_tutorial = blocks(&tutorial);
    assert!(of_tutorial.len() >= 4, "the tutorial shows the navigator");
    let (_, main) = (sources.iter().find(|(name, _)| name.ends_with("main.rs"))).expect("the main program");
    for block in &of_tutorial {
        let is_whole = sources.iter().any(|(_, text)| text.contains(block));
        let is_of_main = block.lines().all(|line| {
            // It registers one component only, in one line.
            main.contains(line)
                || line
                    .split(".with_")
                    .all(|part| main.contains(part.trim_end_matches(';').trim()))
        });
        assert!(
            is_whole || is_of_main,
            "this isn't in examples/custom_components:\n{block}"
        );
    }
}
