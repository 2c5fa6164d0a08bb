//! How large a search has to be, and how it begins: both from where a source can be, given one hit in an unbounded
//! still medium.

use super::MediumConfig;
use crate::scenario::inference::observation::level_probabilities;

/// Shells are summed up to this many dispersion lengths.
const SHELLS_PER_LENGTH: f64 = 1000.0;

/// Shells around the searcher, of radius r = 1, 2, … and thickness 1: a source is anywhere with equal probability.
struct Shells<'a> {
    medium: &'a MediumConfig,
    probabilities: Vec<f64>,
}

impl<'a> Shells<'a> {
    fn new(medium: &'a MediumConfig, levels: u32) -> Self {
        Self {
            medium,
            probabilities: vec![0.0; levels as usize],
        }
    }

    /// Number of shells, and the largest radius.
    fn count(&self) -> u32 {
        ((SHELLS_PER_LENGTH * self.medium.dispersion_length) as u32).saturating_sub(1)
    }

    /// Probability of each level in the shell of radius `shell`, weighted by its volume, up to a common factor.
    fn weights(&mut self, shell: u32) -> &[f64] {
        let radius = f64::from(shell);
        let volume = match self.medium.dimensions {
            1 => 1.0,
            2 => radius,
            _ => radius * radius + 1.0 / 12.0,
        };
        level_probabilities(self.medium.mean_hits(radius, 0.0), &mut self.probabilities);
        self.probabilities
            .iter_mut()
            .for_each(|probability| *probability *= volume);
        &self.probabilities
    }

    /// Sum over all shells for each level but level 0, whose sum is left at 0.
    fn totals(&mut self) -> Vec<f64> {
        let mut totals = vec![0.0; self.probabilities.len()];
        for shell in 1..=self.count() {
            let weights = self.weights(shell);
            for (total, weight) in totals.iter_mut().zip(weights).skip(1) {
                *total += weight;
            }
            // Hits get rarer with every shell: from here on there are none.
            if weights[1..].iter().all(|&weight| weight == 0.0) {
                break;
            }
        }
        totals
    }
}

/// The smallest odd side N such that, after any first hit in an unbounded medium, the source is outside the ball of
/// diameter N around the searcher with a probability below `leak`. Still air only.
///
/// A level that never happens doesn't ask for room.
#[must_use]
pub fn automatic_side(medium: &MediumConfig, levels: u32, leak: f64) -> u32 {
    let mut shells = Shells::new(medium, levels);
    let totals = shells.totals();
    let mut inside = vec![0.0; totals.len()];
    // Running sums only grow: a level that is inside stays inside.
    let mut waiting: Vec<usize> = (1..totals.len()).filter(|&level| totals[level] > 0.0).collect();
    let mut radius = 0;
    while !waiting.is_empty() && radius < shells.count() {
        radius += 1;
        let weights = shells.weights(radius);
        waiting.retain(|&level| {
            inside[level] += weights[level];
            1.0 - inside[level] / totals[level] >= leak
        });
    }
    2 * radius.max(1) + 1
}

/// Probability of each level to be the first hit: 0 for level 0, else proportional to its sum over all shells. Still
/// air only.
#[must_use]
pub fn first_hit_mixture(medium: &MediumConfig, levels: u32) -> Vec<f64> {
    let mut mixture = Shells::new(medium, levels).totals();
    let total: f64 = mixture.iter().sum();
    mixture.iter_mut().for_each(|probability| *probability /= total);
    mixture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::inference::observation::automatic_levels;

    /// `N` and `Nhits` of OTTO 1.0.2: n, L, I, N, N_hits.
    const REFERENCE: [(u32, f64, f64, u32, u32); 14] = [
        (1, 1.0, 0.5, 17, 2),
        (1, 2.0, 2.0, 33, 4),
        (1, 3.0, 5.0, 53, 8),
        (1, 5.0, 0.5, 73, 3),
        (2, 1.0, 2.0, 19, 4),
        (2, 1.0, 5.0, 21, 6),
        (2, 2.0, 2.0, 37, 4),
        (2, 2.0, 5.0, 37, 7),
        (2, 3.0, 0.5, 51, 2),
        (2, 5.0, 1.0, 85, 3),
        (3, 1.0, 5.0, 21, 3),
        (3, 2.0, 2.0, 39, 3),
        (3, 3.0, 5.0, 57, 5),
        (3, 5.0, 5.0, 95, 5),
    ];

    #[test]
    fn sides_and_levels_are_those_of_the_reference() {
        for (dimensions, dispersion_length, source_intensity, side, levels) in REFERENCE {
            let medium = MediumConfig {
                dimensions,
                odour_dimensions: 0,
                dispersion_length,
                source_intensity,
                wind: 0.0,
            };
            let found = automatic_levels(medium.mean_hits_next_to_source());
            assert_eq!(found, levels, "{medium:?}");
            assert_eq!(automatic_side(&medium, levels, 1e-3), side, "{medium:?}");
        }
    }

    /// Of 110 levels and more the highest are so rare that they count as impossible, at every distance.
    #[test]
    fn levels_that_never_happen_need_no_room() {
        let medium = MediumConfig::default();
        let expected = automatic_side(&medium, 4, 1e-3);
        for levels in [5, 40, 110, 256] {
            assert_eq!(automatic_side(&medium, levels, 1e-3), expected, "{levels}");
            let mixture = first_hit_mixture(&medium, levels);
            assert!((mixture.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{levels}");
        }
        assert_eq!(first_hit_mixture(&medium, 110)[109], 0.0);
    }

    #[test]
    fn the_mixture_of_first_hits_is_that_of_the_reference() {
        let mixture = first_hit_mixture(&MediumConfig::default(), 4);
        assert_eq!(mixture[0], 0.0);
        for (found, expected) in mixture[1..].iter().zip([0.808_162_43, 0.142_475_33, 0.049_362_24]) {
            assert!((found - expected).abs() < 5e-9, "{mixture:?}");
        }
    }
}
