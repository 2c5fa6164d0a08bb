//! Files cut short or with bytes changed: an answer or an error, in bounded time and memory.

use super::super::{CacheConfig, Inputs, NoCacheConfig, Request};
use super::fixture::{Classic, Folder, request, uniform_request};
use crate::random::StreamSeed;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Set in the process that reads the files.
const FILE: &str = "PLUME_NAV_SIM_TEST_HOSTILE_FILE";
/// What the process may allocate besides what it has when it starts.
const ALLOWANCE: u64 = 64 << 20;

/// Opens a file and reads all of it, up to twenty frames.
fn touch(path: &Path, request: &Request) -> bool {
    let inputs = Inputs::default();
    let cache = CacheConfig::None(NoCacheConfig {});
    let Ok(frames) = inputs.frames(path.to_str().unwrap(), request, &cache) else {
        return false;
    };
    let all_read = (0..frames.movie().times_s().len().min(20)).all(|frame| frames.get(frame).is_ok());
    all_read && frames.probe().is_ok()
}

fn virtual_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmSize:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

/// What the process does that [`nothing_in_a_file_does_harm`] starts: its memory is limited, so an allocation beyond
/// aborts it.
fn read_hostile_files(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let request = if bytes.starts_with(b"CDF") {
        request()
    } else {
        uniform_request()
    };
    let limit = rustix::process::Rlimit {
        current: Some(virtual_bytes() + ALLOWANCE),
        maximum: None,
    };
    rustix::process::setrlimit(rustix::process::Resource::As, limit).unwrap();
    let copy = path.with_extension("changed");
    let mut slowest = Duration::ZERO;
    let mut readable = 0;
    let mut attempt = |bytes: &[u8]| {
        std::fs::write(&copy, bytes).unwrap();
        let begin = Instant::now();
        readable += u32::from(touch(&copy, &request));
        slowest = slowest.max(begin.elapsed());
    };
    attempt(&bytes);
    for cut in 0..200 {
        attempt(&bytes[..bytes.len() * cut / 200]);
    }
    let mut random = StreamSeed(20_261_121).generator(0);
    for change in 0..1000 {
        let mut changed = bytes.clone();
        // Half of the changes hit the header, where they do most.
        let end = if change % 2 == 0 {
            bytes.len()
        } else {
            bytes.len().min(1500)
        };
        for _ in 0..=change % 3 {
            let place = random.next_bits() as usize % end;
            changed[place] = if change % 5 == 0 {
                0xff
            } else {
                random.next_bits() as u8
            };
        }
        attempt(&changed);
    }
    println!("{readable} readable, slowest {slowest:?}");
    // The whole file and changes of data that remain data.
    assert!(readable > 50);
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn nothing_in_a_file_does_harm() {
    if let Some(path) = std::env::var_os(FILE) {
        return read_hostile_files(Path::new(&path));
    }
    let folder = Folder::new();
    folder.write("a.nc", &Classic::standard().encoded());
    folder.write_hdf5("a.h5");
    folder.write_linked_hdf5("linked.h5");
    for name in ["a.nc", "a.h5", "linked.h5"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .arg("grids::tests::hostile::nothing_in_a_file_does_harm")
            .env(FILE, folder.path(name))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{name}: {}\n{text}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
