//! The file system of the results folder: what kind, room, locks, and the settings that HDF5 and MPI-IO take for it.

use super::Finding;
use super::processor::Skew;
use super::variables::Variables;
use crate::environment;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Type of the mount that holds `folder` (absolute), after the kernel's table `/proc/self/mountinfo`.
fn mount_type(mount_table: &str, folder: &Path) -> Option<String> {
    mount_table
        .lines()
        .filter_map(|line| {
            let (place, kind) = line.split_once(" - ")?;
            let mount_point = unescape(place.split(' ').nth(4)?);
            folder
                .starts_with(&mount_point)
                .then(|| (mount_point.len(), kind.split(' ').next()))
        })
        // Of equal mount points the later one covers the earlier.
        .max_by_key(|(length, _)| *length)
        .and_then(|(_, kind)| kind.map(str::to_owned))
}

/// The kernel writes blanks and backslashes of a path as three octal digits.
fn unescape(path: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(path.to_owned(), |text, (code, character)| text.replace(code, character))
}

/// What is special about a type of file system.
fn kind(mount_type: Option<&str>, several_ranks: bool) -> Finding {
    const CHECK: &str = "file system";
    match mount_type {
        None => Finding::ok(CHECK, "unknown type"),
        Some(name @ ("nfs" | "nfs4")) if several_ranks => Finding::warning(
            CHECK,
            format!("{name}: slow for ranks on several hosts, since every write has to reach the server at once"),
            "write to a parallel file system (often $SCRATCH) if there is one, or keep all ranks on one host",
        ),
        Some(name @ "lustre") => Finding::warning(
            CHECK,
            format!("{name}: one file lies on one server unless it is striped"),
            "for files of many GB: `lfs setstripe -c -1 -S 4M FOLDER` before the run",
        ),
        Some(name @ ("tmpfs" | "ramfs")) => Finding::warning(
            CHECK,
            format!("{name}: results live in this host's memory"),
            "write to a disk, or copy the file away before the host restarts",
        ),
        Some(name @ "overlay") => Finding::warning(
            CHECK,
            format!("{name}: a container's own layer, gone with the container"),
            "write to a mounted folder if the results are to be kept",
        ),
        Some(name) if name.starts_with("fuse") => Finding::warning(
            CHECK,
            format!("{name}: locks and writing from several processes depend on the FUSE program"),
            "write to a local or a parallel file system",
        ),
        Some(name) => Finding::ok(CHECK, name),
    }
}

fn room(available_bytes: u64) -> Finding {
    const CHECK: &str = "free space";
    const LITTLE_BYTES: u64 = 1 << 30;
    let found = format!("{:.1} GiB", available_bytes as f64 / f64::from(1 << 30));
    if available_bytes < LITTLE_BYTES {
        Finding::warning(
            CHECK,
            found,
            "compare with `plume-nav-sim plan STUDY`, which says how large the results will be",
        )
    } else {
        Finding::ok(CHECK, found)
    }
}

/// A file that is removed again.
struct Probe(PathBuf);

impl Drop for Probe {
    fn drop(&mut self) {
        // Nothing else can be done about a file that doesn't go; it is empty.
        let _ = fs::remove_file(&self.0);
    }
}

/// Creates and locks a file in the folder; also tells how far the folder's clock is off.
fn try_out(folder: &Path) -> (Vec<Finding>, Option<Skew>) {
    const WRITABLE: &str = "results folder";
    let path = folder.join(format!(".plume-nav-sim-doctor-{}", std::process::id()));
    let before = SystemTime::now();
    let file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) => {
            let remedy = if error.kind() == io::ErrorKind::NotFound {
                "create it"
            } else {
                "choose a folder in which you may write (`--folder` here, `-o` for a run)"
            };
            return (
                vec![Finding::problem(
                    WRITABLE,
                    format!("{}: {error}", folder.display()),
                    remedy,
                )],
                None,
            );
        }
    };
    let _probe = Probe(path);
    let skew = file
        .metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
        .map(|stamp| difference(stamp, before));
    (
        vec![
            Finding::ok(WRITABLE, format!("{}, writable", folder.display())),
            locks(&file),
        ],
        skew,
    )
}

fn difference(other: SystemTime, here: SystemTime) -> Skew {
    match other.duration_since(here) {
        Ok(magnitude) => Skew { magnitude, ahead: true },
        Err(behind) => Skew {
            magnitude: behind.duration(),
            ahead: false,
        },
    }
}

/// By flock(2) this program locks its results, and HDF5 its files.
fn locks(file: &File) -> Finding {
    use rustix::fs::{FlockOperation, flock};
    const CHECK: &str = "file locks";
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Finding::ok(CHECK, "flock works"),
        Err(error) => Finding::problem(
            CHECK,
            format!("flock: {error}"),
            "two jobs on one results file would not notice each other: choose another file system, or mount this one with \
             locks (Lustre: `-o flock`)",
        ),
    }
}

/// Settings of HDF5 that this program passes over: it has a lock of its own, and its own choice of how files are written.
fn hdf5_settings(passed_over: &[(&str, OsString)]) -> Finding {
    const CHECK: &str = "HDF5 settings";
    let set: Vec<String> = (passed_over.iter())
        .map(|(name, value)| format!("{name}={}", value.to_string_lossy()))
        .collect();
    if set.is_empty() {
        Finding::ok(CHECK, "none that matter; locks are this program's own")
    } else {
        Finding::ok(CHECK, format!("{}: ignored by this program", set.join(", ")))
    }
}

/// Settings that change how HDF5 and MPI-IO treat a file.
fn settings(variables: &Variables, passed_over: &[(&str, OsString)]) -> Vec<Finding> {
    let mut findings = vec![hdf5_settings(passed_over)];
    let hints: Vec<String> = [
        "ROMIO_",
        "OMPI_MCA_io",
        "OMPI_MCA_fs_",
        "OMPI_MCA_fcoll",
        "OMPI_MCA_fbtl",
        "OMPI_MCA_sharedfp",
        "MPICH_MPIIO_",
    ]
    .iter()
    .flat_map(|prefix| variables.with_prefix(prefix))
    .collect();
    findings.push(if hints.is_empty() {
        Finding::ok("MPI-IO hints", "none set")
    } else {
        Finding::ok("MPI-IO hints", hints.join(", "))
    });
    findings
}

/// The results folder; and how far its clock is off this machine's.
pub(super) fn examine(folder: &Path, variables: &Variables, several_ranks: bool) -> (Vec<Finding>, Option<Skew>) {
    let (mut findings, skew) = try_out(folder);
    if let Ok(absolute) = folder.canonicalize() {
        let mount_table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        findings.push(kind(mount_type(&mount_table, &absolute).as_deref(), several_ranks));
        if let Ok(space) = rustix::fs::statvfs(&absolute) {
            findings.push(room(space.f_bavail.saturating_mul(space.f_frsize)));
        }
    }
    findings.extend(settings(variables, environment::passed_over()));
    (findings, skew)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const TABLE: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /scratch rw shared:2 - lustre 10.0.0.1@tcp:/s rw,flock
31 30 0:41 / /scratch/my\\040home rw - nfs4 server:/home rw
32 22 0:42 / /scratchy rw - tmpfs tmpfs rw";

    #[test]
    fn the_longest_mount_point_wins() {
        for (folder, expected) in [
            ("/", "ext4"),
            ("/scratch/me", "lustre"),
            ("/scratch/my home/x", "nfs4"),
            ("/scratchy", "tmpfs"),
            ("/scratches", "ext4"),
        ] {
            assert_eq!(
                mount_type(TABLE, Path::new(folder)).as_deref(),
                Some(expected),
                "{folder}"
            );
        }
        assert_eq!(mount_type("", Path::new("/")), None);
    }

    #[test]
    fn hazards_have_remedies() {
        for (name, several_ranks, verdict) in [
            ("nfs4", true, Verdict::Warning),
            ("nfs4", false, Verdict::Ok),
            ("lustre", false, Verdict::Warning),
            ("tmpfs", false, Verdict::Warning),
            ("fuse.sshfs", false, Verdict::Warning),
            ("ext4", true, Verdict::Ok),
            ("gpfs", true, Verdict::Ok),
        ] {
            let finding = kind(Some(name), several_ranks);
            assert_eq!(finding.verdict, verdict, "{name}");
            assert_eq!(finding.remedy.is_some(), verdict != Verdict::Ok, "{name}");
        }
    }

    #[test]
    fn a_writable_folder_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (findings, skew) = examine(folder.path(), &Variables::default(), false);
        assert!(
            findings.iter().all(|finding| finding.verdict != Verdict::Problem),
            "{findings:?}"
        );
        assert!(findings.iter().any(|finding| finding.check == "file locks"));
        assert!(skew.is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_missing_folder_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let (findings, skew) = examine(&folder.path().join("missing"), &Variables::default(), false);
        assert_eq!(
            (findings[0].verdict, findings[0].remedy.as_deref()),
            (Verdict::Problem, Some("create it"))
        );
        assert_eq!(skew, None);
    }

    #[test]
    fn a_lock_of_someone_else_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locked");
        let holder = File::create(&path).unwrap();
        rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).unwrap();
        let second = OpenOptions::new().write(true).open(&path).unwrap();
        assert_eq!(locks(&second).verdict, Verdict::Problem);
    }

    #[test]
    fn little_room_is_told() {
        assert_eq!(room(1 << 20).verdict, Verdict::Warning);
        assert_eq!(room(1 << 40), Finding::ok("free space", "1024.0 GiB"));
    }

    #[test]
    fn settings_are_shown_and_judged() {
        let locking = [("HDF5_USE_FILE_LOCKING", OsString::from("TRUE"))];
        let findings = settings(&Variables::from([("ROMIO_HINTS", "/h")]), &locking);
        assert_eq!(findings[0].found, "HDF5_USE_FILE_LOCKING=TRUE: ignored by this program");
        assert_eq!(findings[1].found, "ROMIO_HINTS=/h");
        assert!(settings(&Variables::default(), &[])[0].found.starts_with("none"));
    }
}
