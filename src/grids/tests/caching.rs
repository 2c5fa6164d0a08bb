//! Caches change time and memory, never frames.

use super::super::{CacheConfig, Inputs, LruConfig, NoCacheConfig, PreloadConfig};
use super::fixture::{Classic, Folder, SHAPE, request, uniform_request, value};

const KINDS: [CacheConfig; 3] = [
    CacheConfig::None(NoCacheConfig {}),
    CacheConfig::Lru(LruConfig { capacity_mib: 1 }),
    CacheConfig::Preload(PreloadConfig {}),
];

fn shared<T: Send + Sync>(_: &T) {}

#[test]
fn every_kind_gives_the_same_frames_to_all_threads() {
    for cache in KINDS {
        let folder = Folder::new();
        folder.write_hdf5("a.h5");
        shared(&folder.inputs);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let frames = folder.open("a.h5", &uniform_request(), &cache).unwrap();
                    for frame in 0..SHAPE[0] {
                        assert_eq!(frames.get(frame).unwrap()[7], value(frame, 1, 2));
                    }
                });
            }
        });
        let [statistics] = &folder.inputs.statistics()[..] else {
            panic!("one file was opened");
        };
        assert_eq!(statistics.path, folder.path("a.h5"));
        assert_eq!(statistics.retrievals.count(), 28, "{cache:?}");
        // Chunks of three frames: three decodings for seven frames.
        let (misses, decoded) = match cache {
            CacheConfig::None(_) => (28, 28),
            CacheConfig::Lru(_) => (3, 7),
            CacheConfig::Preload(_) => (1, 7),
        };
        assert_eq!(
            (statistics.misses, statistics.frames_decoded),
            (misses, decoded),
            "{cache:?}"
        );
        assert!(statistics.bytes_read > 0 && statistics.retrievals.max_s() > 0.0);
    }
}

/// Files that no unit uses any more are closed: a sweep over many must not run out of file descriptors.
#[test]
fn hundreds_of_files_in_turn() {
    let folder = Folder::new();
    let bytes = Classic::standard().encoded();
    for file in 0..200 {
        let name = format!("{file}.nc");
        folder.write(&name, &bytes);
        let frames = folder.open(&name, &request(), &CacheConfig::default()).unwrap();
        assert_eq!(frames.get(3).unwrap()[0], value(3, 0, 0));
    }
    let open = std::fs::read_dir("/proc/self/fd").map_or(0, |entries| {
        let of_folder = entries.filter(|entry| {
            let target = std::fs::read_link(entry.as_ref().unwrap().path());
            target.is_ok_and(|target| target.starts_with(folder.folder.path()))
        });
        of_folder.count()
    });
    assert!(open <= 65, "{open} files are open");
    assert_eq!(folder.inputs.statistics().len(), 200);
    // One that was closed opens again.
    let frames = folder.open("0.nc", &request(), &CacheConfig::default()).unwrap();
    assert_eq!(frames.get(6).unwrap()[19], value(6, 3, 4));
}

/// A copy that was still going on when the first unit came doesn't spoil the later ones.
#[test]
fn a_failure_is_tried_again() {
    let folder = Folder::new();
    let bytes = Classic::standard().encoded();
    folder.write("a.nc", &bytes[..100]);
    assert!(folder.open("a.nc", &request(), &CacheConfig::default()).is_err());
    folder.write("a.nc", &bytes);
    assert!(folder.open("a.nc", &request(), &CacheConfig::default()).is_ok());
}

#[test]
fn a_cache_must_hold_two_frames() {
    let folder = Folder::new();
    let mut file = Classic::standard();
    let (rows, columns) = (400, 400);
    file.dimensions = vec![
        ("time".to_owned(), 1),
        ("y".to_owned(), rows),
        ("x".to_owned(), columns),
    ];
    file.variable("concentration").values = super::fixture::Values::Floats(vec![1.0; 160_000]);
    folder.write("a.nc", &file.encoded());
    let error = folder
        .open(
            "a.nc",
            &uniform_request(),
            &CacheConfig::Lru(LruConfig { capacity_mib: 1 }),
        )
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("cache.capacity_mib"), "{error}");
    assert!(
        folder
            .open(
                "a.nc",
                &uniform_request(),
                &CacheConfig::Lru(LruConfig { capacity_mib: 2 })
            )
            .is_ok()
    );
    let _: &Inputs = &folder.inputs;
}

/// A file that lost its second half after it was opened: the frames before are there with every cache, those behind
/// fail one by one.
#[test]
fn an_unreadable_frame_fails_alone_with_every_cache() {
    for cache in KINDS {
        let folder = Folder::new();
        let bytes = Classic::standard().encoded();
        folder.write("a.nc", &bytes);
        let frames = folder.open("a.nc", &request(), &cache).unwrap();
        // The last three of the frames are cut off.
        let frame_bytes = SHAPE[1] * SHAPE[2] * 4;
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(folder.path("a.nc"))
            .unwrap();
        file.set_len((bytes.len() - 3 * frame_bytes) as u64).unwrap();
        for frame in (0..SHAPE[0]).rev() {
            let found = frames.get(frame);
            assert_eq!(found.is_ok(), frame < SHAPE[0] - 3, "{cache:?} {frame} {found:?}");
        }
    }
}

#[test]
fn the_first_and_the_last_frame_are_probed_once() {
    let folder = Folder::new();
    folder.write("a.nc", &Classic::standard().encoded());
    let probe = || {
        let frames = folder.open("a.nc", &request(), &CacheConfig::default()).unwrap();
        let before = folder.inputs.statistics()[0].bytes_read;
        frames.probe().unwrap();
        folder.inputs.statistics()[0].bytes_read - before
    };
    assert!(probe() > 0);
    assert_eq!((probe(), probe()), (0, 0));
}
