//! Other programs read the results without anything of ours.

use crate::job::Job;
use crate::python::run_script;
use crate::support::{Bench, PLUME_STUDY, describe, napping_study, optional, scenarios, text};
use hdf5::types::TypeDescriptor;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Importing a Python library on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(120);

/// A design without a box: points are one axis.
const EXCLUSIONS: &str = r#"
[study]
scenario = "coins"
replicates = 3
[sweep]
axes = [
  { key = "coins.bias", linspace = { start = 0.0, stop = 1.0, count = 5 } },
  { key = "coins.tosses", values = [0, 1, 10] },
]
exclude = [{ "coins.bias" = { above = 0.9 }, "coins.tosses" = 0 }, { "coins.tosses" = 1, "coins.bias" = 0.5 }]
"#;

/// Axes along which several keys advance.
const JOINT_AXES: &str = r#"
[study]
scenario = "plume"
replicates = 2
[agents]
count = 3
[episode]
duration_s = 5.0
[sweep]
axes = [
  { zip = [
    { key = "wind.speed_m_s", values = [0.4, 0.8, 1.2] },
    { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk", "navigator/surge_cast"] },
  ] },
  { name = "draw", sample = { method = "sobol", count = 4, seed = 1, variables = [
    { key = "plume.source_rate_kg_s", distribution = "log_uniform", low = 1e-7, high = 1e-6 },
    { key = "episode.source_radius_m", distribution = "uniform", low = 0.2, high = 0.6 },
  ] } },
]
"#;

const FAILURES: &str = r#"
[study]
scenario = "faulty"
replicates = 4
[execution]
retries = 0
[fault]
replicate = 2
[sweep]
axes = [{ key = "fault.kind", values = ["none", "panic", "nan", "missing", "infinite", "error"] }]
"#;

fn read_by_all(python: &Path, bench: &Bench, results: &str) {
    run_script(python, bench, "read_results.py", [results]);
}

#[test]
fn h5py_and_xarray_read_all_sorts_of_results() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let coins = napping_study(3, 5, 0.0);
    let studies: [(&str, &str, &[&str], i32); 7] = [
        ("box", PLUME_STUDY, &[], 0),
        (
            "box-statistics",
            PLUME_STUDY,
            &["--set", "output.members=statistics"],
            0,
        ),
        ("no-axes", "[study]\nscenario = \"coins\"\n", &[], 0),
        ("exclusions", EXCLUSIONS, &[], 0),
        ("joint-axes", JOINT_AXES, &[], 0),
        ("failures", FAILURES, &[], 3),
        (
            "failures-statistics",
            FAILURES,
            &["--set", "output.members=statistics"],
            3,
        ),
    ];
    for (name, study, more, code) in studies {
        let bench = Bench::new(scenarios(), study);
        let results = format!("{name}.h5");
        bench.sweep(&results, more).ranks(2).exits(code);
        read_by_all(&python, &bench, &results);
    }
    // A file that is not finished opens as well: some units are zeros, the summary is empty.
    let bench = Bench::new(scenarios(), &coins);
    let drained = ["--set", "coins.nap_s=1", "--threads", "1", "--walltime", "4s"];
    bench.sweep("drained.h5", &drained).exits(75);
    let status = bench.status("drained.h5");
    assert!(
        status["committed"].as_u64() > Some(0) && status["pending"].as_u64() > Some(0),
        "{status}"
    );
    read_by_all(&python, &bench, "drained.h5");
}

/// Runs a program of other people on a file, and gives what it prints.
fn tool(program: &Path, bench: &Bench, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = Job::start(&mut command, bench.path(), LIMIT).wait();
    assert!(
        output.status.success(),
        "{} {arguments:?}: {}",
        program.display(),
        describe(&output)
    );
    text(&output.stdout)
}

/// Reads every variable of every group, and prints the texts of two.
const READ_IN_R: &str = r#"
library(ncdf4)
file <- nc_open("results.h5")
for (name in names(file$var)) invisible(ncvar_get(file, name))
cat(length(file$var), "variables\n")
cat(ncvar_get(file, "provenance/configuration_hash"), "\n")
cat(ncvar_get(file, "failures/message"), sep = "\n")
cat(ncvar_get(file, "points/point_key")[2], "\n")
"#;

/// The same for HDF5.
const READ_IN_RHDF5: &str = r#"
library(rhdf5)
all <- h5ls("results.h5", all = TRUE)
datasets <- all[all$otype == "H5I_DATASET", ]
read <- function(path) suppressWarnings(h5read("results.h5", path, read.attributes = TRUE))
for (path in paste0(datasets$group, "/", datasets$name)) invisible(read(path))
cat(nrow(datasets), "datasets\n")
cat(apply(read("/failures/message"), 2, paste, collapse = ""), sep = "\n")
"#;

/// A program that reads all variables but labels of axes: texts of variable length are what Octave's package can't read.
fn read_in_octave(results: &Path) -> String {
    let file = hdf5::File::open(results).expect("results");
    let mut reads = String::new();
    for group in file.groups().expect("groups") {
        for dataset in group.datasets().expect("datasets") {
            let kind = dataset.dtype().and_then(|kind| kind.to_descriptor()).expect("a type");
            // Dimensions without values are no variables.
            let is_plain_dimension = dataset.attr("NAME").is_ok() && dataset.attr("long_name").is_err();
            if !matches!(kind, TypeDescriptor::VarLenUnicode | TypeDescriptor::VarLenAscii) && !is_plain_dimension {
                reads += &format!("ncread('results.h5', '{}'); count += 1;\n", dataset.name());
            }
        }
    }
    format!("pkg load netcdf\ncount = 0;\n{reads}disp([num2str(count) ' variables']);\n")
}

#[test]
fn every_reader_reads_every_variable() {
    let bench = Bench::new(scenarios(), FAILURES);
    bench.sweep("results.h5", &[]).ranks(2).exits(3);
    let message = "no ladder was found, größer als 2½ m";
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        run_script(&python, &bench, "read_everything.py", ["results.h5", message]);
    }
    if let Some(ncdump) = optional("PLUME_NAV_SIM_TEST_NCDUMP") {
        let all = tool(&ncdump, &bench, &["results.h5"]);
        for expected in [
            "fault_kind = 6",
            "replicate = 4",
            "value(fault_kind, replicate, member)",
            "char message(failure, string256)",
            "char point_key(point, string32)",
            // Bytes of characters outside ASCII are octal there.
            r"no ladder was found, gr\303\266\303\237er als 2\302\275 m",
            "end of seal",
        ] {
            assert!(all.contains(expected), "{expected:?} is not in\n{all}");
        }
        // What the library copies is what it read.
        tool(&ncdump.with_file_name("nccopy"), &bench, &["results.h5", "copy.nc"]);
        let copied = tool(&ncdump, &bench, &["copy.nc"]);
        let body = |dump: &str| dump.split_once('\n').map(|(_, body)| body.to_owned());
        assert_eq!(body(&copied), body(&all));
    }
    if let Some(ncks) = optional("PLUME_NAV_SIM_TEST_NCKS") {
        let all = tool(&ncks, &bench, &["results.h5"]);
        assert!(all.contains(message) && all.contains("end of seal"), "{all}");
        // Without groups, for tools that know none.
        tool(&ncks, &bench, &["-G", ":", "-g", "summary", "results.h5", "flat.nc"]);
        let flat = tool(&ncks, &bench, &["-v", "value_mean", "flat.nc"]);
        assert!(flat.contains("value_mean(fault_kind)"), "{flat}");
    }
    if let Some(rscript) = optional("PLUME_NAV_SIM_TEST_RSCRIPT") {
        let all = tool(&rscript, &bench, &["-e", READ_IN_R]);
        assert!(all.contains(message), "{all}");
        let all = tool(&rscript, &bench, &["-e", READ_IN_RHDF5]);
        assert!(all.contains(message) && all.contains(" datasets"), "{all}");
    }
    if let Some(octave) = optional("PLUME_NAV_SIM_TEST_OCTAVE") {
        let program = read_in_octave(&bench.file("results.h5"));
        let count = program.matches("ncread").count();
        assert!(count > 30, "{count} variables");
        let all = tool(&octave, &bench, &["--eval", &program]);
        assert!(all.contains(&format!("{count} variables")), "{all}");
    }
    if let (Some(cdo), Some(ncks)) = (optional("PLUME_NAV_SIM_TEST_CDO"), optional("PLUME_NAV_SIM_TEST_NCKS")) {
        // It knows no groups and no axes of texts: a flat file over numbers, as the pages say.
        let bench = Bench::new(scenarios(), &napping_study(4, 2, 0.0));
        bench.sweep("results.h5", &["-q"]).succeeds();
        tool(&ncks, &bench, &["-G", ":", "-g", "summary", "results.h5", "flat.nc"]);
        let all = tool(&cdo, &bench, &["-s", "showname", "flat.nc"]);
        assert!(all.contains("_mean"), "{all}");
    }
}

#[test]
fn evenly_spaced_axes_are_exact_fractions_of_decimals() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    for (start, stop, count) in [
        ("0.0", "0.7", "8"),
        ("0.1", "0.7", "7"),
        ("0.05", "0.95", "19"),
        ("0.0", "1.0", "4"),
        ("0.123456789012345", "0.9", "13"),
        ("1e-7", "9e-7", "9"),
    ] {
        let study = format!(
            "[study]\nscenario = \"coins\"\n[sweep]\naxes = [{{ key = \"coins.bias\", linspace = {{ start = {start}, stop = {stop}, count = {count} }} }}]\n"
        );
        let bench = Bench::new(scenarios(), &study);
        bench.sweep("results.h5", &[]).succeeds();
        run_script(
            &python,
            &bench,
            "exact_axes.py",
            ["results.h5", "coins_bias", start, stop, count],
        );
    }
}
