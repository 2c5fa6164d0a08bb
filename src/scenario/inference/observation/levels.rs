//! Hit counts as a searcher tells them apart.

/// Probabilities below this are 0, so that products of two of them stay normal numbers.
const NEGLIGIBLE: f64 = 1e-150;
/// e^(−μ) is a normal number up to this mean.
const MAX_MEAN: f64 = 700.0;

/// Probability of each level of hits for a Poisson count of mean `mean`: 0, 1, …, and "that many or more" for the last
/// level. None is negative; they add up to 1 within rounding. Beyond a mean of 700, which no medium reaches, the last
/// level is certain; for a mean that is negative or not a number all are NaN.
pub fn level_probabilities(mean: f64, probabilities: &mut [f64]) {
    let last = probabilities.len() - 1;
    // The series of the tail wouldn't end.
    if mean.is_nan() || mean < 0.0 {
        probabilities.fill(f64::NAN);
        return;
    }
    if mean > MAX_MEAN {
        probabilities.fill(0.0);
        probabilities[last] = 1.0;
        return;
    }
    let mut term = libm::exp(-mean);
    for (hits, probability) in probabilities.iter_mut().enumerate() {
        if hits > 0 {
            term *= mean / hits as f64;
        }
        *probability = term;
    }
    // The tail by its own series, not as what is left: the difference would be noise where the tail is tiny.
    let mut tail = term;
    let mut hits = last as f64;
    loop {
        hits += 1.0;
        term *= mean / hits;
        tail += term;
        if hits > mean && term <= 1e-18 * tail {
            break;
        }
    }
    probabilities[last] = tail;
    for probability in probabilities {
        if *probability < NEGLIGIBLE {
            *probability = 0.0;
        }
    }
}

/// Levels of hits for a largest mean `mean`: ⌈μ + √μ⌉ + 1.
#[must_use]
pub fn automatic_levels(mean: f64) -> u32 {
    (mean + mean.sqrt()).ceil() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_are_a_distribution() {
        let mut probabilities = [0.0; 7];
        for mean in [0.0, 1e-200, 1e-9, 0.3, 1.0, 5.0, 40.0] {
            level_probabilities(mean, &mut probabilities);
            let sum: f64 = probabilities.iter().sum();
            assert!((sum - 1.0).abs() < 4e-15, "μ = {mean}: {sum}");
            assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "μ = {mean}");
        }
    }

    #[test]
    fn they_are_told_for_any_number() {
        let mut probabilities = [0.5; 3];
        for mean in [f64::NAN, -1e-300, f64::NEG_INFINITY] {
            level_probabilities(mean, &mut probabilities);
            assert!(probabilities.iter().all(|p| p.is_nan()), "μ = {mean}");
        }
        for mean in [701.0, 1e300, f64::INFINITY] {
            level_probabilities(mean, &mut probabilities);
            assert_eq!(probabilities, [0.0, 0.0, 1.0], "μ = {mean}");
        }
        level_probabilities(700.0, &mut probabilities);
        assert!((probabilities[2] - 1.0).abs() < 4e-15);
    }

    /// By hand: μ = 2, four levels: e⁻², 2e⁻², 2e⁻², 1 − 5e⁻².
    #[test]
    fn the_last_level_is_the_tail() {
        let mut probabilities = [0.0; 4];
        level_probabilities(2.0, &mut probabilities);
        let e = (-2.0f64).exp();
        for (found, expected) in probabilities.iter().zip([e, 2.0 * e, 2.0 * e, 1.0 - 5.0 * e]) {
            assert!((found - expected).abs() < 1e-15);
        }
        // Where the tail is tiny it keeps its digits: μ⁴/4! at small μ.
        let mut probabilities = [0.0; 5];
        level_probabilities(1e-6, &mut probabilities);
        assert!((probabilities[4] / (1e-24 / 24.0) - 1.0).abs() < 1e-5);
    }

    /// OTTO 1.0.2 for n = 2: (I, levels) at L = 1, then n = 1 at L = 5.
    #[test]
    fn the_number_of_levels_is_that_of_the_reference() {
        for (mean, levels) in [(0.303_7, 2), (0.607_4, 3), (1.214_8, 4), (3.037_0, 6), (4.548_5, 8)] {
            assert_eq!(automatic_levels(mean), levels);
        }
    }
}
