//! What the pages say is so: every study in them is right, every command runs, and editors agree with the program.

use crate::job::Job;
use crate::python::{output_of_script, run_script};
use crate::support::{Bench, LIMIT, describe, example, mpirun, optional, program};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A block of code of a page.
struct Block {
    page: String,
    line: usize,
    /// What stands behind the name of the language.
    mark: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below `folder` with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// All blocks of a language in the first page and in `docs/`.
fn blocks(language: &str) -> Vec<Block> {
    let mut pages = files(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    let mut found: Vec<Block> = Vec::new();
    for path in pages {
        let text = std::fs::read_to_string(&path).expect("a page");
        let page = path
            .strip_prefix(root())
            .expect("a page of the project")
            .display()
            .to_string();
        let mut inside = false;
        let mut open = false;
        for (index, line) in text.lines().enumerate() {
            match line.trim().strip_prefix("```") {
                Some(head) if !inside => {
                    inside = true;
                    let (name, mark) = head.split_once(' ').unwrap_or((head, ""));
                    open = name == language;
                    if open {
                        found.push(Block {
                            page: page.clone(),
                            line: index + 1,
                            mark: mark.to_owned(),
                            text: String::new(),
                        });
                    }
                }
                Some(_) => (inside, open) = (false, false),
                None if open => {
                    let block = found.last_mut().expect("an open block");
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                None => {}
            }
        }
    }
    found
}

/// The scenario that a study or preset is for: the one whose tables it has.
fn scenario(study: &str) -> &'static str {
    let of_tracking = ["source_tracking", "[policy", "[grid", "[medium", "[search"];
    if of_tracking.iter().any(|part| study.contains(part)) {
        "source_tracking"
    } else {
        "plume"
    }
}

/// Checks studies against the schema that `program` prints for `scenario`, with somebody else's validator.
fn valid_for_editors(bench: &Bench, program: PathBuf, scenario: &str, studies: &[PathBuf]) {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let call = bench.with_program(program);
    let schema = call.arguments(&["config", "schema", "--scenario", scenario]).succeeds();
    std::fs::write(bench.file("schema.json"), schema).expect("the schema is written");
    let files = [bench.file("schema.json")];
    run_script(&python, bench, "valid_studies.py", files.iter().chain(studies));
}

#[test]
fn every_study_of_the_pages_is_right() {
    let bench = Bench::new(program(), "");
    let mut wrong = Vec::new();
    let mut of_program: [Vec<PathBuf>; 2] = Default::default();
    let all = blocks("toml");
    assert!(all.len() >= 10, "{} studies", all.len());
    for (number, block) in all.iter().enumerate() {
        let name = format!("block_{number}.toml");
        std::fs::write(bench.file(&name), &block.text).expect("the study is written");
        let own = block.mark == "own-components";
        let call = match own {
            true => bench
                .with_program(example("own-components"))
                .arguments(&["config", "validate", &name]),
            false => bench.call(&["config", "validate", &name]),
        };
        let output = call.output();
        let error = crate::support::text(&output.stderr);
        let is_right = match block.mark.as_str() {
            "" | "own-components" => output.status.success(),
            // What it reads isn't there, and nothing else is wrong.
            "needs-files" => {
                let mistakes = error.lines().filter(|line| line.contains(&format!("{name}:")));
                error.contains("there is no file") && mistakes.clone().all(|line| line.contains("there is no file"))
            }
            mark => panic!("{}:{}: unknown mark {mark:?}", block.page, block.line),
        };
        if !is_right {
            wrong.push(format!("{}:{}: {}", block.page, block.line, describe(&output)));
        }
        of_program[usize::from(own)].push(bench.file(&name));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let [plain, own] = of_program;
    assert!(!own.is_empty());
    valid_for_editors(&bench, program(), "plume", &plain);
    valid_for_editors(&bench, example("own-components"), "plume", &own);
}

#[test]
fn editors_take_every_shipped_study_and_preset() {
    let bench = Bench::new(program(), "");
    let all = files(&root().join("conf"), "toml");
    assert!(all.len() > 50);
    let is_of = |name: &'static str| {
        let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a study");
        all.iter()
            .filter(move |path| scenario(&text(path)) == name)
            .cloned()
            .collect::<Vec<_>>()
    };
    for name in ["plume", "source_tracking"] {
        valid_for_editors(&bench, program(), name, &is_of(name));
    }
    for study in files(&root().join("conf/studies"), "toml") {
        let study = study.display().to_string();
        bench.call(&["config", "validate", &study]).succeeds();
    }
}

/// One of every way to sweep.
const EVERY_AXIS: &str = r#"
[sweep]
axes = [
  { key = "wind.speed_m_s", name = "wind", values = [0.5, 1] },
  { key = "agents.count", range = { start = 1, stop = 3, step = 1 } },
  { key = "plume.source_y_m", linspace = { start = -1, stop = 1.0, count = 3 } },
  { key = "plume.source_rate_kg_s", logspace = { start = 1e-7, stop = 1e-5, count = 3 } },
  { zip = [{ key = "agents.height_m", values = [1, 2] }, { key = "plume.source_z_m", linspace = { start = 1, stop = 2, count = 2 } }] },
  { nested = { key = "navigator", cases = [
    { value = "navigator/surge_cast", label = "fly", axes = [{ key = "navigator.cast_leg_s", values = [1.0, 2.0] }] },
    { value = { kind = "correlated_random_walk" } },
  ] } },
  { sample = { method = "sobol", count = 2, seed = 1, scramble = false, variables = [
    { key = "wind.direction_rad", distribution = "uniform", low = 0, high = 0.1 },
    { key = "plume.source_x_m", distribution = "normal", mean = 1, sd = 0.1, low = 0.5, high = 1.5 },
    { key = "agents.turn_rate_max_rad_s", distribution = "log_normal", median = 30.0, geometric_sd = 1.2, low = 25, high = 40 },
    { key = "boundary", distribution = "choice", values = ["boundary/reflect", { kind = "terminate" }], labels = ["a", "b"] },
  ] } },
]
exclude = [
  { "wind.speed_m_s" = { above = 0.7, max = 9 }, navigator = ["fly"] },
  { "agents.count" = 2 },
]
"#;

#[test]
fn editors_and_the_program_agree_on_sweeps() {
    let bench = Bench::new(program(), EVERY_AXIS);
    bench.call(&["config", "validate", "study.toml"]).succeeds();
    valid_for_editors(&bench, program(), "plume", &[bench.file("study.toml")]);
    // What the program takes in variables and refuses nowhere else.
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    for (number, (right, wrong)) in [
        ("name = \"wind\"", "nmae = \"wind\""),
        ("step = 1", "stop_at = 1"),
        ("scramble = false", "scramble = 3"),
        ("geometric_sd = 1.2", "sd = 1.2"),
        (
            "linspace = { start = -1, stop = 1.0, count = 3 }",
            "linspace = { start = -1, stop = 1.0, count = 0 }",
        ),
        ("method = \"sobol\"", "method = \"soboll\""),
        (
            "{ above = 0.7, max = 9 }, navigator",
            "{ above = 0.7, max = 9 }, values = 3, navigator",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(EVERY_AXIS.contains(right), "{right}");
        let study = EVERY_AXIS.replacen(right, wrong, 1);
        std::fs::write(bench.file("study.toml"), &study).expect("the study is written");
        bench.call(&["config", "validate", "study.toml"]).exits(2);
        // Which keys are swept is nothing that a schema knows.
        if number < 6 {
            let files = ["schema.json", "study.toml"];
            let output = output_of_script(&python, &bench, "valid_studies.py", files);
            assert_eq!(output.status.code(), Some(1), "{wrong}: {}", describe(&output));
        }
    }
}

/// Beginnings of commands of the pages that no test here can run, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "./jobs/quickstart.sh",
        "builds the release; the first thing that tests/run.sh's machines do",
    ),
    ("./tests/run.sh", "is this test suite"),
    (". jobs/environment.sh", "sets up the shell that runs this"),
    ("export PATH=", "the test has a path of its own"),
    (
        "plume-nav-sim import",
        "needs pictures: tests/suite/import.rs makes them and runs the same",
    ),
    (
        "plume-nav-sim sweep conf/studies/source_tracking.toml",
        "takes minutes: a unit test runs points of it",
    ),
    ("plume-nav-sim summary searches.h5", "of the study before it"),
    (
        "plume-nav-sim sweep conf/studies/crowd.toml",
        "tests/suite/crowds.rs runs it with fewer units",
    ),
    ("plume-nav-sim summary crowd.h5", "of the study before it"),
    ("sbatch ", "needs a cluster: tests/cluster/slurm_batch.sh"),
    ("qsub ", "needs PBS; tests/suite/walltime.rs reads what it sets"),
];

#[test]
fn every_command_of_the_pages_runs() {
    let study = blocks("toml")
        .into_iter()
        .find(|block| block.page == "README.md")
        .expect("a study");
    let bench = Bench::new(program(), &study.text);
    std::fs::copy(bench.file("study.toml"), bench.file("wind.toml")).expect("a second name");
    let path = format!(
        "{}:{}",
        program().parent().expect("a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut used = vec![false; ELSEWHERE.len()];
    let mut run = 0;
    for block in blocks("sh") {
        for line in block.text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let command = line.split("  #").next().unwrap_or(line).trim();
            if let Some(index) = ELSEWHERE.iter().position(|(start, _)| command.starts_with(start)) {
                used[index] = true;
                continue;
            }
            let mut shell = Command::new("sh");
            // The same commands on a study of a few units.
            shell
                .args(["-ec", command])
                .env("PATH", &path)
                .env("PLUME_NAV_SIM_MPIRUN", mpirun())
                .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
                .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
                .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
                .env("PLUME_NAV_SIM__STUDY__REPLICATES", "4")
                .env("PLUME_NAV_SIM__AGENTS__COUNT", "2")
                .env(
                    "PLUME_NAV_SIM__EPISODE__DURATION_S",
                    if command.contains("0:60") { "60" } else { "5" },
                );
            let _ = std::fs::remove_file(bench.file("field.nc"));
            let output = Job::start(&mut shell, bench.path(), 5 * LIMIT).wait();
            assert!(
                output.status.success(),
                "{}:{}: {command}\n{}",
                block.page,
                block.line,
                describe(&output)
            );
            run += 1;
        }
    }
    assert!(run >= 8, "{run} commands");
    for ((start, _), used) in ELSEWHERE.iter().zip(used) {
        assert!(used, "no page has {start:?} any more");
    }
}
