//! Noise, field, spline and the wind as a whole.

mod corner_noise;
mod field;
mod initial;
mod limits;
mod spline;
mod wind;

use super::FarrellWindConfig;
use crate::lanes::F64x8;

fn config(text: &str) -> FarrellWindConfig {
    serde_json::from_str(text).unwrap()
}

fn bits(lanes: F64x8) -> [u64; 8] {
    lanes.0.map(f64::to_bits)
}
