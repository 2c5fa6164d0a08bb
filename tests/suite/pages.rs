//! What the pages say is so: every study in them is right, every command runs, and editors agree with the program.

use crate::job::Job;
use crate::python::{output_of_script, run_script};
use crate::support::{Bench, LIMIT, describe, example, mpirun, optional, program};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A block of code of a page.
struct Block {
    page: String,
    line: usize,
    language: String,
    /// What stands behind the name of the language.
    mark: String,
    /// The file that the line before it says to save it as.
    file: Option<String>,
    text: String,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below `folder` with this ending, sorted.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
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

/// All blocks of the first page and of `docs/`, page by page.
fn all_blocks() -> Vec<Block> {
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
        let mut before = "";
        for (index, line) in text.lines().enumerate() {
            match line.trim().strip_prefix("```") {
                Some(head) if !inside => {
                    inside = true;
                    let (language, mark) = head.split_once(' ').unwrap_or((head, ""));
                    found.push(Block {
                        page: page.clone(),
                        line: index + 1,
                        language: language.to_owned(),
                        mark: mark.to_owned(),
                        file: (before.starts_with("Save this as `"))
                            .then(|| before.split('`').nth(1).expect("a name").to_owned()),
                        text: String::new(),
                    });
                }
                // What is said before a block is about that one alone.
                Some(_) => (inside, before) = (false, ""),
                None if inside => {
                    let block = found.last_mut().expect("an open block");
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                None if !line.trim().is_empty() => before = line,
                None => {}
            }
        }
        assert!(!inside, "{page}: a block of code has no end");
    }
    found
}

/// All blocks of a language.
fn blocks(language: &str) -> Vec<Block> {
    let mut blocks = all_blocks();
    blocks.retain(|block| block.language == language);
    blocks
}

/// The scenario that a study or preset is for: the one whose tables it has.
fn scenario(study: &str) -> &'static str {
    let of_tracking = ["source_tracking", "[policy", "[grid", "[medium", "[search"];
    let of_cells = ["cell_sorting", "[adhesion"];
    if study.contains("sorting_arrays") {
        "sorting_arrays"
    } else if of_cells.iter().any(|part| study.contains(part)) {
        "cell_sorting"
    } else if of_tracking.iter().any(|part| study.contains(part)) {
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
        let custom = block.mark == "custom-components";
        let call = match custom {
            true => bench
                .with_program(example("custom-components"))
                .arguments(&["config", "validate", &name]),
            false => bench.call(&["config", "validate", &name]),
        };
        let output = call.output();
        let error = crate::support::text(&output.stderr);
        let is_right = match block.mark.as_str() {
            "" | "custom-components" => output.status.success(),
            // What it reads isn't there, and nothing else is wrong.
            "needs-files" => {
                let problems = error.lines().filter(|line| line.contains(&format!("{name}:")));
                error.contains("there is no file") && problems.clone().all(|line| line.contains("there is no file"))
            }
            mark => panic!("{}:{}: unknown mark {mark:?}", block.page, block.line),
        };
        if !is_right {
            wrong.push(format!("{}:{}: {}", block.page, block.line, describe(&output)));
        }
        of_program[usize::from(custom)].push(bench.file(&name));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let [plain, custom] = of_program;
    assert!(!custom.is_empty());
    valid_for_editors(&bench, program(), "plume", &plain);
    valid_for_editors(&bench, example("custom-components"), "plume", &custom);
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
    for name in ["plume", "source_tracking", "cell_sorting", "sorting_arrays"] {
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
        "plume-nav-sim sweep conf/studies/cell_sorting",
        "takes minutes: unit tests run smaller ones",
    ),
    ("plume-nav-sim summary cells.h5", "of the study before it"),
    ("python examples/cell_sorting/draw.py", "of the studies before it"),
    (
        "plume-nav-sim sweep conf/studies/crowd.toml",
        "tests/suite/crowds.rs runs it with fewer units",
    ),
    ("plume-nav-sim summary crowd.h5", "of the study before it"),
    ("sbatch ", "needs a cluster: tests/cluster/slurm_batch.sh"),
    ("qsub ", "needs PBS; tests/suite/walltime.rs reads what it sets"),
];

/// A folder for what a page tells its readers to do, with the study of the first page as `study.toml` and `wind.toml`.
fn folder_for_a_page() -> Bench {
    let study = blocks("toml")
        .into_iter()
        .find(|block| block.page == "README.md")
        .expect("a study");
    let bench = Bench::new(program(), &study.text);
    std::fs::copy(bench.file("study.toml"), bench.file("wind.toml")).expect("a second name");
    bench
}

/// A command of the pages, on a study of a few units.
fn shell(command: &str) -> Command {
    let path = format!(
        "{}:{}",
        program().parent().expect("a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut shell = Command::new("sh");
    shell
        .args(["-ec", command])
        .env("PATH", &path)
        .env("PLUME_NAV_SIM_MPIRUN", mpirun())
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    if command.contains("conf/studies/") {
        return shell;
    }
    shell
        .env("PLUME_NAV_SIM__STUDY__REPLICATES", "4")
        .env("PLUME_NAV_SIM__AGENTS__COUNT", "2")
        .env(
            "PLUME_NAV_SIM__EPISODE__DURATION_S",
            if command.contains("0:60") { "60" } else { "5" },
        );
    shell
}

#[test]
fn every_command_of_the_pages_runs() {
    let mut used = vec![false; ELSEWHERE.len()];
    let mut run = 0;
    let mut bench = folder_for_a_page();
    let mut page = String::new();
    for block in all_blocks() {
        if block.page != page {
            bench = folder_for_a_page();
            page.clone_from(&block.page);
        }
        if let Some(file) = &block.file {
            std::fs::write(bench.file(file), &block.text).expect("the file of the page is written");
        }
        if block.language != "sh" {
            continue;
        }
        for line in block.text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let command = line.split("  #").next().unwrap_or(line).trim();
            if let Some(index) = ELSEWHERE.iter().position(|(start, _)| command.starts_with(start)) {
                used[index] = true;
                continue;
            }
            let _ = std::fs::remove_file(bench.file("field.nc"));
            let output = Job::start(&mut shell(command), bench.path(), 5 * LIMIT).wait();
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

/// Makes the results that a program of a page reads: of the page's or the shipped study of that name, or else of the
/// first page's.
fn make_results(bench: &Bench, program: &str) {
    let in_quotes = || {
        program
            .split('"')
            .filter(|name| name.ends_with(".h5") || name.ends_with(".nc"))
    };
    for name in in_quotes() {
        if bench.file(name).exists() {
            continue;
        }
        if name.ends_with(".nc") {
            let of_results = in_quotes()
                .find_map(|name| name.strip_suffix(".rows.h5"))
                .unwrap_or("study");
            let command = format!("plume-nav-sim field {of_results}.toml -o {name} --time 0:5:1");
            let output = Job::start(&mut shell(&command), bench.path(), 5 * LIMIT).wait();
            assert!(output.status.success(), "{command}: {}", describe(&output));
            continue;
        }
        // Rows are made with their results, of a study that says which or of any.
        let of_rows = name.ends_with(".rows.h5");
        let name = &name.replace(".rows.h5", ".h5");
        let of_that_name =
            [bench.path(), &root().join("conf/studies")].map(|folder| folder.join(name).with_extension("toml"));
        let study = (of_that_name.into_iter().find(|path| path.exists())).unwrap_or_else(|| bench.file("study.toml"));
        let command = format!(
            "plume-nav-sim sweep {} -o {name} --set study.replicates=3 --set episode.duration_s=5.0 --progress none{}",
            study.display(),
            match of_rows && !std::fs::read_to_string(&study).expect("a study").contains("record") {
                true => " --set 'record.columns=[\"x_m\", \"y_m\"]'",
                false => "",
            }
        );
        let output = Job::start(&mut shell(&command), bench.path(), 5 * LIMIT).wait();
        assert!(output.status.success(), "{command}: {}", describe(&output));
    }
}

#[test]
fn every_python_program_of_the_pages_runs() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let mut programs: BTreeMap<String, String> = BTreeMap::new();
    for block in blocks("python") {
        programs.entry(block.page).or_default().push_str(&block.text);
    }
    assert!(programs.len() >= 3, "{:?}", programs.keys());
    for (page, program) in programs {
        let bench = folder_for_a_page();
        for block in all_blocks().iter().filter(|block| block.page == page) {
            if let Some(file) = &block.file {
                std::fs::write(bench.file(file), &block.text).expect("the file of the page is written");
            }
        }
        make_results(&bench, &program);
        let mut command = Command::new(&python);
        command.args(["-c", &program]).env("MPLBACKEND", "Agg");
        let output = Job::start(&mut command, bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{page}:\n{program}\n{}", describe(&output));
    }
}

#[test]
fn every_command_of_the_program_is_on_its_page() {
    let page = std::fs::read_to_string(root().join("docs/reference/commands/overview.md")).expect("the page");
    let bench = Bench::new(program(), "");
    let mut missing = Vec::new();
    for (before, help) in [("", vec!["--help"]), ("config ", vec!["config", "--help"])] {
        let text = bench.call(&help).succeeds();
        let commands = text.split("Commands:\n").nth(1).expect("a list of commands");
        let names = (commands.lines().take_while(|line| !line.is_empty()))
            .filter(|line| !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| !matches!(*name, "help" | "config"));
        for name in names {
            let row = format!("`{before}{name}");
            if !page.contains(&format!("{row} ")) && !page.contains(&format!("{row}`")) {
                missing.push(row);
            }
        }
    }
    assert!(missing.is_empty(), "the page lacks {missing:?}");
}
