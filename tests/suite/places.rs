//! Only files of our own are read and replaced: no pipe, no device, no link that leads nowhere, whatever it is called.

use crate::job::Job;
use crate::support::{Bench, LIMIT, PLUME_STUDY, describe, napping_study, program, scenarios, text};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// Time that a refusal may take.
const PROMPT: Duration = Duration::from_secs(10);

fn make_pipe(path: &Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).expect("a pipe");
}

/// Names, and what is said of each.
const ODD: [(&str, &str); 5] = [
    ("pipe", "is a pipe"),
    ("link-to-pipe", "is a pipe"),
    ("dangling", "is a link to nowhere, which does not exist"),
    ("circle", "is a link that leads back to itself"),
    ("link-to-null", "is a device"),
];

fn make_odd_things(bench: &Bench) {
    make_pipe(&bench.file("pipe"));
    for (name, target) in [
        ("link-to-pipe", "pipe"),
        ("dangling", "nowhere"),
        ("circle", "circle-too"),
        ("circle-too", "circle"),
        ("link-to-null", "/dev/null"),
    ] {
        symlink(target, bench.file(name)).expect("a link");
    }
}

#[test]
fn results_are_never_written_to_anything_but_a_file() {
    let bench = Bench::new(scenarios(), &napping_study(2, 2, 0.0));
    make_odd_things(&bench);
    for (name, says) in ODD {
        for how in ["--overwrite", "--resume"] {
            let (_, error) = bench.sweep(name, &[how]).limit(PROMPT).exits(2);
            let says = if name == "link-to-pipe" || name == "link-to-null" {
                // What a link leads to is named.
                says
            } else {
                assert!(error.contains(name), "{error}");
                says
            };
            assert!(error.contains(says) && error.contains("hint"), "{name} {how}: {error}");
        }
        let (_, error) = bench.sweep(name, &["--overwrite"]).ranks(2).limit(PROMPT).exits(2);
        assert!(error.contains(says), "{name}: {error}");
    }
    assert_nothing_happened(&bench);
}

#[test]
fn fields_and_movies_are_never_written_to_anything_but_a_file() {
    let bench = Bench::new(program(), PLUME_STUDY);
    make_odd_things(&bench);
    std::fs::write(bench.file("frame.pgm"), b"P5 2 2 255 abcd").expect("a picture");
    for (name, says) in ODD {
        let field = ["field", "study.toml", "--overwrite", "-o", name];
        let import = [
            "import",
            "frame.pgm",
            "--frame-rate",
            "1",
            "--pixel-size-m",
            "1",
            "--overwrite",
            "-o",
            name,
        ];
        for command in [&field[..], &import[..]] {
            let (_, error) = bench.call(command).limit(PROMPT).exits(2);
            assert!(error.contains(name) && error.contains(says), "{command:?}: {error}");
        }
    }
    assert_nothing_happened(&bench);
}

fn assert_nothing_happened(bench: &Bench) {
    let kind = |path: &Path| std::fs::symlink_metadata(path).expect("it is still there").file_type();
    assert!(kind(&bench.file("pipe")).is_fifo());
    for (name, _) in ODD.iter().filter(|(name, _)| *name != "pipe") {
        assert!(kind(&bench.file(name)).is_symlink(), "{name}");
    }
    assert!(kind(Path::new("/dev/null")).is_char_device());
    assert!(!bench.file("nowhere").exists());
}

#[test]
fn no_command_reads_anything_but_a_file() {
    let bench = Bench::new(program(), PLUME_STUDY);
    make_odd_things(&bench);
    for (name, says) in ODD {
        for command in ["status", "verify", "digest", "summary"] {
            let (_, error) = bench.call(&[command, name]).limit(PROMPT).exits(2);
            assert!(error.contains(name) && error.contains(says), "{command}: {error}");
        }
        let import = [
            "import",
            name,
            "--frame-rate",
            "1",
            "--pixel-size-m",
            "1",
            "-o",
            "plume.nc",
        ];
        let (_, error) = bench.call(&import).limit(PROMPT).exits(2);
        assert!(error.contains(name) && error.contains(says), "import: {error}");
        let key = format!("plume.file=\"{name}\"");
        let gridded = [
            "config",
            "validate",
            "study.toml",
            "--set",
            "plume.kind=gridded",
            "--set",
            &key,
        ];
        let (_, error) = bench.call(&gridded).limit(PROMPT).exits(2);
        assert!(error.contains(says), "{name} as a gridded plume: {error}");
    }
    for (name, says) in &ODD[2..4] {
        let (_, error) = bench.call(&["plan", name]).limit(PROMPT).exits(2);
        assert!(error.contains(says), "{error}");
    }
}

/// Runs a program whose arguments needn't be Unicode.
fn run(bench: &Bench, program: &Path, ranks: Option<u32>, arguments: &[&OsStr]) -> Output {
    let mut command = match ranks {
        None => Command::new(program),
        Some(ranks) => {
            let mut command = Command::new(crate::support::mpirun());
            command.args(["-n", &ranks.to_string()]).arg(program);
            command.env("OMPI_MCA_rmaps_base_oversubscribe", "1");
            command
                .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
                .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
            command
        }
    };
    Job::start(command.args(arguments), bench.path(), LIMIT).wait()
}

#[test]
fn names_need_not_be_unicode() {
    let bench = Bench::new(scenarios(), &napping_study(2, 3, 0.0));
    bench.sweep("reference.h5", &[]).succeeds();
    let reference = bench.digest("reference.h5");
    // Latin-1, as old files have it.
    let odd = |name: &str| OsString::from_vec([name.as_bytes(), b"-caf\xe9"].concat());
    let (folder, results, mpi) = (odd("folder"), odd("results"), odd("mpi"));
    std::fs::create_dir(bench.path().join(&folder)).expect("a folder");
    let study = Path::new(&folder).join(odd("study"));
    std::fs::copy(bench.file("study.toml"), bench.path().join(&study)).expect("a study");
    let into = Path::new(&folder).join(&results);
    let (study, into) = (study.as_os_str(), into.as_os_str());
    let over_mpi = Path::new(&folder).join(&mpi);
    let ok = |output: Output| {
        assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
        text(&output.stdout)
    };
    let arg = OsStr::new;
    ok(run(
        &bench,
        &scenarios(),
        None,
        &[arg("sweep"), study, arg("-o"), into, arg("--json")],
    ));
    ok(run(
        &bench,
        &scenarios(),
        Some(2),
        &[arg("sweep"), study, arg("-o"), over_mpi.as_os_str()],
    ));
    ok(run(
        &bench,
        &scenarios(),
        Some(2),
        &[arg("sweep"), study, arg("-o"), into, arg("--resume")],
    ));
    for path in [into, over_mpi.as_os_str()] {
        let digest = ok(run(&bench, &scenarios(), None, &[arg("digest"), arg("--total"), path]));
        assert_eq!(digest.trim(), reference);
        ok(run(&bench, &scenarios(), None, &[arg("verify"), path]));
        ok(run(&bench, &scenarios(), None, &[arg("summary"), path]));
        let page = ok(run(&bench, &scenarios(), None, &[arg("config"), arg("show"), path]));
        assert!(
            page.contains("caf\u{fffd}"),
            "where values came from is shown as well as it can be: {page}"
        );
    }
    // The default of -o follows the study.
    ok(run(&bench, &scenarios(), None, &[arg("sweep"), study]));
    assert!(bench.path().join(odd("study")).with_extension("h5").is_file());

    std::fs::write(bench.file("study.toml"), PLUME_STUDY).expect("a study");
    let field = odd("field");
    let write = [
        arg("field"),
        arg("study.toml"),
        arg("-o"),
        &field,
        arg("--dx"),
        arg("1"),
        arg("--time"),
        arg("0:1:1"),
    ];
    ok(run(&bench, &program(), None, &write));
    let again = [&write[..], &[arg("--overwrite")]].concat();
    ok(run(&bench, &program(), None, &again));
}
