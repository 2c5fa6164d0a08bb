//! A compressed movie of 600 frames by another program, played by several units at once.

use super::super::{AtEnd, CacheConfig, Inputs, Playback, TimeInterpolation};
use super::fixture::request;
use std::path::{Path, PathBuf};

#[test]
fn forward_playback_finds_nine_of_ten_frames_decoded() {
    let folder = std::env::var_os("PLUME_NAV_SIM_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    if !folder.join("pompy_plume_concentration.nc").is_file() {
        eprintln!("skipped: {} has no pompy_plume_concentration.nc", folder.display());
        return;
    }
    let inputs = Inputs::in_folder(&folder);
    let played = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut sum = 0.0;
                    for _ in 0..4 {
                        let frames = inputs.frames("pompy_plume_concentration.nc", &request(), &CacheConfig::default());
                        let linear = TimeInterpolation::Linear;
                        let mut playback = Playback::new(frames.unwrap(), 0.0, AtEnd::Stop, linear, 0.0).unwrap();
                        for step in 0..=1996 {
                            playback.advance(0.03 * f64::from(step)).unwrap();
                            sum += f64::from(playback.now().0[10_060]);
                        }
                    }
                    sum
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<f64>>()
    });
    assert!(played[0] > 0.0 && played[0] == played[1]);
    let [found] = &inputs.statistics()[..] else {
        panic!("one file was played");
    };
    println!(
        "hit rate {:.4}, retrieval {:.2e} s on average, 99 % within {:.2e} s, at most {:.2e} s; {} frames decoded",
        found.hit_rate(),
        found.retrievals.mean_s(),
        found.retrievals.quantile_s(0.99),
        found.retrievals.max_s(),
        found.frames_decoded
    );
    // Chunks of ten frames, each decoded once.
    assert_eq!((found.frames_decoded, found.misses), (600, 60));
    assert_eq!(found.retrievals.count(), 8 * 600);
    assert!(found.hit_rate() > 0.9);
    assert!(found.retrievals.mean_s() < 1e-3);
}
