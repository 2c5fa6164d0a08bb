//! A campaign of damage: bytes flipped and files cut, one after the other.
//!
//! In short form a seeded sample; all of it with `PLUME_NAV_SIM_TEST_DAMAGE=long`. A crash of HDF5 would end the test
//! itself, which is the point.

use crate::damage::{FAULTY_STUDY, flip_at};
use crate::support::{Bench, describe, scenarios};
use plume_nav_sim::gather;
use plume_nav_sim::store::{self, Reader, StoreError};
use plume_nav_sim::sweep::PointIndex;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes at either end of a file that are all flipped in the long form.
const END_BYTES: u64 = 64 << 10;

/// Time that reading a damaged file may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The mixer of the SplitMix64 generator, as a source of places.
struct Places(u64);

impl Places {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn is_long() -> bool {
    std::env::var("PLUME_NAV_SIM_TEST_DAMAGE").is_ok_and(|form| form == "long")
}

/// A finished file with quarantined units and an axis of texts.
fn bench() -> Bench {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    bench.sweep("results.h5", &[]).exits(3);
    bench.call(&["verify", "results.h5"]).exits(0);
    bench
}

fn pool() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread")
}

/// How `verify` sees a file: as sound (`None`), or what is wrong with it.
fn verdict(path: &Path, pool: &rayon::ThreadPool) -> Option<&'static str> {
    let reader = match Reader::open(path) {
        Err(StoreError::Corrupt { .. }) => return Some("what never changes"),
        Err(error) => panic!("{error}"),
        Ok(reader) => reader,
    };
    let report = store::verify_open(&reader, &mut |_| {}).expect("it can be read");
    if report.damaged > 0 {
        return Some("a unit");
    }
    if let Some(object) = report.objects.first() {
        return Some(match object.object.as_str() {
            "/failures" => "a failure",
            "/provenance/sessions" => "a record of a run",
            _ => "a flag",
        });
    }
    let study = reader.resolved_study().expect("it is sealed");
    let confidence = study.statistics.confidence;
    if gather::differing_summaries(&reader, confidence, pool).expect("it can be read") > 0 {
        return Some("the summary");
    }
    (report.pending > 0 || !report.finished).then_some("that it isn't finished")
}

#[test]
fn every_flipped_byte_is_found() {
    let bench = bench();
    let (path, pool) = (bench.file("results.h5"), pool());
    let length = path.metadata().expect("the file").len();
    let mut places = Places(1);
    let at: Vec<u64> = if is_long() {
        let ends = (0..END_BYTES).chain(length - END_BYTES..length);
        ends.chain((0..20_000).map(|_| places.below(length))).collect()
    } else {
        let start = (0..END_BYTES).step_by(97);
        let end = (length - END_BYTES..length).step_by(97);
        start.chain(end).chain((0..300).map(|_| places.below(length))).collect()
    };
    assert_eq!(verdict(&path, &pool), None);
    let mut table: BTreeMap<&str, u64> = BTreeMap::new();
    let begin = Instant::now();
    for (done, at) in at.into_iter().enumerate() {
        if done % 5000 == 4999 {
            eprintln!("{} flips in {:?}: {table:?}", done + 1, begin.elapsed());
        }
        let bits = (places.below(255) + 1) as u8;
        flip_at(&path, at, bits);
        let found = verdict(&path, &pool).unwrap_or_else(|| panic!("byte {at} with {bits:#x} isn't found"));
        *table.entry(found).or_default() += 1;
        flip_at(&path, at, bits);
    }
    assert_eq!(verdict(&path, &pool), None);
    eprintln!("flips of a file of {length} bytes in {:?}: {table:?}", begin.elapsed());
    assert!(table["what never changes"] > 100, "{table:?}");
}

/// Damages a sound file in one of several ways; says how.
fn damage(sound: &[u8], places: &mut Places) -> (Vec<u8>, &'static str) {
    let mut bytes = sound.to_vec();
    let length = sound.len() as u64;
    let at = places.below(length) as usize;
    let what = match places.below(6) {
        0 => {
            bytes.truncate(at);
            "cut"
        }
        1 => {
            let end = (at + 4096).min(bytes.len());
            bytes[at..end].fill(0);
            "a page of zeros"
        }
        2 => {
            bytes.extend(vec![0xA5; places.below(5000) as usize + 1]);
            "longer"
        }
        3 => {
            for _ in 0..20 {
                bytes[places.below(length) as usize] ^= (places.below(255) + 1) as u8;
            }
            "20 bytes flipped"
        }
        4 => {
            // Where the structure is.
            bytes[places.below(12_000) as usize] ^= (places.below(255) + 1) as u8;
            "a byte of the structure flipped"
        }
        _ => {
            bytes[at] ^= (places.below(255) + 1) as u8;
            "a byte flipped"
        }
    };
    (bytes, what)
}

/// All that the commands read of a file.
fn read_all(path: &Path, pool: &rayon::ThreadPool) -> Result<(), StoreError> {
    let verified = Reader::open(path).and_then(|reader| {
        store::verify_open(&reader, &mut |_| {})?;
        gather::differing_summaries(&reader, reader.resolved_study()?.statistics.confidence, pool)?;
        reader.dimensions()?;
        let points = reader.layout().shape().points();
        for metric in 0..reader.layout().shape().metrics.len() {
            reader.summaries(metric, PointIndex(0)..PointIndex(points))?;
        }
        Ok(())
    });
    let digested = store::digest(path, &mut |_, _| {}).map(drop);
    let looked = Reader::glance(path).and_then(|reader| {
        reader.resolved_study()?;
        reader.configuration_toml()?;
        reader.state_counts()?;
        reader.failures()?;
        reader.sessions()?;
        reader.finished().map(drop)
    });
    store::is_ours(path)?;
    verified.and(digested).and(looked)
}

#[test]
fn no_damage_crashes_a_reader() {
    let bench = bench();
    let (path, pool) = (bench.file("results.h5"), pool());
    let sound = std::fs::read(&path).expect("the file");
    let mut places = Places(2);
    let mut table: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let begin = Instant::now();
    for done in 0..if is_long() { 10_000 } else { 300 } {
        if done % 1000 == 999 {
            eprintln!("{} damaged files in {:?}: {table:?}", done + 1, begin.elapsed());
        }
        let (bytes, what) = damage(&sound, &mut places);
        std::fs::write(&path, &bytes).expect("the file");
        let start = Instant::now();
        let end = match read_all(&path, &pool) {
            Ok(()) => "read",
            Err(StoreError::Corrupt { .. }) => "damaged",
            Err(error) => panic!("{what}: {error}"),
        };
        assert!(start.elapsed() < PATIENCE, "{what}: {:?}", start.elapsed());
        *table.entry((what, end)).or_default() += 1;
    }
    eprintln!("damage read in {:?}: {table:?}", begin.elapsed());
}

#[test]
fn no_damage_crashes_a_command_and_a_resume_mends_or_refuses() {
    let bench = bench();
    let path = bench.file("results.h5");
    let reference = bench.digest("results.h5");
    let sound = std::fs::read(&path).expect("the file");
    let mut places = Places(3);
    let mut table: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for _ in 0..if is_long() { 200 } else { 8 } {
        let (bytes, what) = damage(&sound, &mut places);
        std::fs::write(&path, &bytes).expect("the file");
        for command in [
            &["verify", "results.h5"][..],
            &["digest", "results.h5"],
            &["status", "results.h5"],
            &["summary", "results.h5"],
            &["config", "show", "results.h5"],
        ] {
            let output = bench.call(command).output();
            let code = output.status.code();
            assert!(
                matches!(code, Some(0 | 1 | 3 | 75)),
                "{what}: {command:?} {}",
                describe(&output)
            );
            *table.entry((command[0], format!("{code:?}"))).or_default() += 1;
        }
        let resumed = bench.sweep("results.h5", &["--resume"]).output();
        let code = resumed.status.code();
        match code {
            Some(3) => {
                assert_eq!(bench.digest("results.h5"), reference, "{what}");
                bench.call(&["verify", "results.h5"]).exits(0);
            }
            // Nothing holds: the file stays as it is.
            Some(1) => {
                assert_eq!(std::fs::read(&path).expect("the file"), bytes, "{what}");
                assert!(what == "cut", "{what}: {}", describe(&resumed));
            }
            _ => panic!("{what}: {}", describe(&resumed)),
        }
        *table.entry(("sweep --resume", format!("{code:?}"))).or_default() += 1;
    }
    eprintln!("commands on damage, by exit code: {table:?}");
}
