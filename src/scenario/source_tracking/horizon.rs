//! How long a search may take before it has failed.

use super::observation::MediumConfig;

/// Below this mean number of hits at a distance of one decay length, hits are so rare that a search has to visit cells.
const FAINT: f64 = 1e-3;

/// The horizon that OTTO 1.0.2 chooses, in steps. With μ_λ the mean number of hits at one decay length from the source
/// (across the wind), L the dispersion length and N the largest side: 4 N in 1-D; else 5·10ⁿ L, over √μ_λ where μ_λ < 1;
/// 10 Nⁿ where μ_λ < 0.001.
pub(super) fn automatic_horizon(medium: &MediumConfig, largest_side: u32) -> f64 {
    let side = f64::from(largest_side);
    let mean = medium.mean_hits(medium.decay_length(), 0.0);
    let powers = |base: f64| (0..medium.dimensions).fold(1.0, |power, _| power * base);
    let steps = if medium.dimensions == 1 {
        4.0 * side
    } else if mean < FAINT {
        10.0 * powers(side)
    } else {
        5.0 * powers(10.0) * medium.dispersion_length / mean.min(1.0).sqrt()
    };
    steps.round_ties_even()
}
