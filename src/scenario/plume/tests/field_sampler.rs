//! The field of a unit is the one that its agents meet.

use super::fixture::{Recorder, config, run, unit};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::FieldSampler;
use crate::scenario::plume::{PlumeConfig, WorldSampler};

fn sampler(config: &PlumeConfig) -> WorldSampler {
    WorldSampler::new(config, &unit(1).streams, &Inputs::default(), SimdLevel::detect()).unwrap()
}

#[test]
fn agents_meet_the_sampled_concentration() {
    let config = config(
        r#"{"agents": {"count": 11}, "episode": {"duration_s": 1.0, "dt_s": 0.1, "end_at_source": false},
            "boundary": {"kind": "clip"}}"#,
    );
    let mut recorder = Recorder::new(11);
    run(&config, SimdLevel::detect(), 11, &mut recorder).unwrap();
    let mut sampler = sampler(&config);
    let mut out = vec![Vec::new(); 3];
    // Step k + 1 smells what is at the places where step k ended.
    for step in 0..9_usize {
        let x_m: Vec<f64> = recorder.ways.iter().map(|way| way[step].x).collect();
        let y_m: Vec<f64> = recorder.ways.iter().map(|way| way[step].y).collect();
        let met: Vec<f64> = recorder.ways.iter().map(|way| way[step + 1].concentration).collect();
        let time_s = (step + 1) as f64 * 0.1;
        sampler
            .sample(time_s, &x_m, &y_m, config.agents.height_m, &mut out)
            .unwrap();
        assert_eq!(out[0], met, "step {step}");
        assert!(met.iter().any(|c| *c > 0.0));
    }
}

#[test]
fn wind_and_extent_are_those_of_the_study() {
    let config =
        config(r#"{"wind": {"kind": "constant", "speed_m_s": 2.0}, "episode": {"duration_s": 4.9, "dt_s": 0.5}}"#);
    let mut sampler = sampler(&config);
    let extent = sampler.extent();
    assert_eq!((extent.x_m, extent.y_m), ([0.0, 25.0], [-8.0, 8.0]));
    assert_eq!((extent.time_s, extent.dt_s), ([0.0, 5.0], 0.5));
    let names: Vec<String> = sampler.quantities().into_iter().map(|quantity| quantity.name).collect();
    assert_eq!(names, ["concentration", "eastward_wind", "northward_wind"]);
    let mut out = vec![vec![7.0; 100]; 3];
    for count in [0, 1, 8, 9, 3] {
        sampler
            .sample(0.0, &vec![1.0; count], &vec![0.0; count], 0.0, &mut out)
            .unwrap();
        assert_eq!(out[1], vec![2.0; count]);
        assert_eq!(out[2], vec![0.0; count]);
        assert_eq!(out[0].len(), count);
    }
}
