//! HDF5 and NetCDF: versions, abilities, and whether one process holds one of each.

use super::Finding;
use std::collections::BTreeSet;
use std::fs;

/// Oldest HDF5 whose file layout the tests cover.
const OLDEST_HDF5: (u8, u8, u8) = (1, 10, 4);

fn hdf5_version(version: (u8, u8, u8), thread_safe: bool) -> Finding {
    const CHECK: &str = "HDF5";
    let (major, minor, micro) = version;
    // One thread of a rank calls HDF5, so a library that isn't thread-safe does as well.
    let found = format!(
        "{major}.{minor}.{micro}{}",
        if thread_safe {
            ", thread-safe"
        } else {
            ", not thread-safe"
        }
    );
    if version < OLDEST_HDF5 {
        let (major, minor, micro) = OLDEST_HDF5;
        Finding::warning(
            CHECK,
            found,
            format!("build with HDF5 {major}.{minor}.{micro} or later"),
        )
    } else {
        Finding::ok(CHECK, found)
    }
}

/// Shared libraries of a kind that are mapped into a process, after its `/proc/self/maps`.
fn mapped(maps: &str, is_one: fn(&str) -> bool) -> BTreeSet<&str> {
    maps.lines()
        .filter_map(|line| line.split_ascii_whitespace().nth(5))
        .filter(|path| path.rsplit('/').next().is_some_and(is_one))
        .collect()
}

/// Whether a file name is that of the HDF5 library proper, not of one that accompanies it.
fn is_hdf5(name: &str) -> bool {
    name.starts_with("libhdf5")
        && name.contains(".so")
        && !["_hl", "_cpp", "fortran"].iter().any(|part| name.contains(part))
}

/// Whether a file name is that of an MPI library proper: Open MPI's `libmpi.so`, MPICH's `libmpich.so` or `libmpi.so.12`.
fn is_mpi(name: &str) -> bool {
    name.starts_with("libmpi.so") || name.starts_with("libmpich.so")
}

fn one_of_each(maps: &str) -> Finding {
    const CHECK: &str = "linked libraries";
    let libraries = [("HDF5", mapped(maps, is_hdf5)), ("MPI", mapped(maps, is_mpi))];
    for (name, paths) in &libraries {
        if paths.len() > 1 {
            let paths: Vec<&str> = paths.iter().copied().collect();
            return Finding::problem(
                CHECK,
                format!("{} {name} libraries in one process: {}", paths.len(), paths.join(", ")),
                "build all of it on one MPI and one HDF5 (`. jobs/environment.sh` in a new shell, then a new target folder); \
                 check LD_LIBRARY_PATH and LD_PRELOAD",
            );
        }
    }
    let names: Vec<&str> = libraries.iter().flat_map(|(_, paths)| paths.iter().copied()).collect();
    Finding::ok(
        CHECK,
        if names.is_empty() {
            "no shared HDF5 or MPI".to_owned()
        } else {
            names.join(", ")
        },
    )
}

#[cfg(feature = "netcdf")]
mod net_cdf {
    use super::Finding;
    use hdf5::types::FixedAscii;
    use std::error::Error;
    use std::fs;
    use std::path::{Path, PathBuf};

    struct Temporary(PathBuf);

    impl Drop for Temporary {
        fn drop(&mut self) {
            // The file may never have been made.
            let _ = fs::remove_file(&self.0);
        }
    }

    /// Writes a file with NetCDF, reads it back with HDF5; gives what NetCDF notes about itself in every file
    /// (as in `version=2,netcdf=4.9.0,hdf5=1.10.8`).
    fn round_trip(path: &Path) -> Result<String, Box<dyn Error>> {
        const VALUES: [f64; 3] = [1.5, -2.25, 1e300];
        {
            let mut file = netcdf::create(path)?;
            file.add_dimension("x", VALUES.len())?;
            file.add_variable::<f64>("values", &["x"])?.put_values(&VALUES, ..)?;
        }
        let file = hdf5::File::open(path)?;
        if file.dataset("values")?.read_raw::<f64>()? != VALUES {
            return Err("HDF5 read other values than NetCDF wrote".into());
        }
        Ok(file
            .attr("_NCProperties")?
            .as_reader()
            .read_scalar::<FixedAscii<256>>()?
            .to_string())
    }

    fn property<'a>(properties: &'a str, name: &str) -> Option<&'a str> {
        properties
            .split(',')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn judge(properties: &str, hdf5: (u8, u8, u8)) -> Finding {
        const CHECK: &str = "NetCDF";
        let (major, minor, micro) = hdf5;
        let own = format!("{major}.{minor}.{micro}");
        let version = property(properties, "netcdf").unwrap_or("of unknown version");
        match property(properties, "hdf5") {
            Some(theirs) if theirs == own => Finding::ok(CHECK, format!("{version}, on the same HDF5")),
            theirs => Finding::problem(
                CHECK,
                format!(
                    "{version}, on HDF5 {}, this program on {own}",
                    theirs.unwrap_or("of unknown version")
                ),
                "set NETCDF_DIR to a NetCDF that was built on the HDF5 of HDF5_DIR, or build without the feature `netcdf`",
            ),
        }
    }

    pub(super) fn examine(hdf5: (u8, u8, u8)) -> Finding {
        let path = std::env::temp_dir().join(format!("plume-nav-sim-doctor-{}.nc", std::process::id()));
        let temporary = Temporary(path);
        match round_trip(&temporary.0) {
            Ok(properties) => judge(&properties, hdf5),
            Err(error) => Finding::problem(
                "NetCDF",
                format!("a trial file failed: {error}"),
                "check that TMPDIR is writable and that NETCDF_DIR and HDF5_DIR belong together, then build again",
            ),
        }
    }
}

pub(super) fn examine() -> Vec<Finding> {
    let version = hdf5::library_version();
    let mut findings = vec![hdf5_version(version, hdf5::is_library_threadsafe())];
    #[cfg(feature = "netcdf")]
    findings.push(net_cdf::examine(version));
    #[cfg(not(feature = "netcdf"))]
    findings.push(Finding::ok("NetCDF", "not built in"));
    if let Ok(maps) = fs::read_to_string("/proc/self/maps") {
        findings.push(one_of_each(&maps));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn two_libraries_of_a_kind_are_a_problem() {
        let line = |path: &str| format!("7f0000000000-7f0000001000 r-xp 00000000 08:01 42    {path}\n");
        let good = line("/usr/lib/libhdf5_openmpi.so.103.3.0")
            + &line("/usr/lib/libhdf5_openmpi.so.103.3.0")
            + &line("/usr/lib/libhdf5_openmpi_hl.so.100.1.4")
            + &line("/usr/lib/libmpi.so.40.30.4")
            + &line("/usr/lib/libmpi_mpifh.so.40");
        assert_eq!(
            one_of_each(&good),
            Finding::ok(
                "linked libraries",
                "/usr/lib/libhdf5_openmpi.so.103.3.0, /usr/lib/libmpi.so.40.30.4"
            )
        );
        for other in ["/opt/lib/libhdf5.so.200", "/usr/lib/libmpich.so.12"] {
            let finding = one_of_each(&(good.clone() + &line(other)));
            assert_eq!(
                (finding.verdict, finding.found.contains(other)),
                (Verdict::Problem, true)
            );
        }
    }

    #[test]
    fn old_hdf5_is_told() {
        assert_eq!(hdf5_version((1, 8, 20), false).verdict, Verdict::Warning);
        assert_eq!(hdf5_version((2, 0, 0), true), Finding::ok("HDF5", "2.0.0, thread-safe"));
    }

    #[test]
    fn this_build_is_sound() {
        for finding in examine() {
            assert_eq!(finding.verdict, Verdict::Ok, "{finding:?}");
        }
    }

    #[cfg(feature = "netcdf")]
    #[test]
    fn net_cdf_on_another_hdf5_is_a_problem() {
        assert_eq!(
            net_cdf::judge("version=2,netcdf=4.9.0,hdf5=1.10.8", (1, 10, 8)).verdict,
            Verdict::Ok
        );
        assert_eq!(
            net_cdf::judge("version=2,netcdf=4.9.0,hdf5=1.14.0", (1, 10, 8)).verdict,
            Verdict::Problem
        );
    }
}
