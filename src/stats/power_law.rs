//! Power laws over a limited range: fit and density.

/// A fitted power law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLawFit {
    /// α of a density ∝ t^(−α).
    pub exponent: f64,
    /// Its standard error if the values are independent.
    pub standard_error: f64,
    /// Values inside the range.
    pub count: usize,
}

/// The maximum-likelihood exponent of a density ∝ t^(−α) on [`low`, `high`) from the values inside this range. `None` with
/// fewer than two of them or if they are all at one end.
///
/// With u = ln(t/low), L = ln(high/low) and k = 1 − α, u has the density ∝ e^(k u) on [0, L]. Its likelihood is highest
/// where the mean of u is L/(1 − e^(−k L)) − 1/k, and 1/variance of the estimate is n (1/k² − L² e^(k L)/(e^(k L) − 1)²).
/// Nothing is binned. It doesn't say whether a power law fits: look at [`log_binned_density`] for that.
#[must_use]
pub fn fit_power_law(values: &[f64], low: f64, high: f64) -> Option<PowerLawFit> {
    let inside = values.iter().filter(|&&value| (low..high).contains(&value));
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in inside {
        sum += libm::log(value / low);
        count += 1;
    }
    let length = libm::log(high / low);
    let mean = sum / count as f64;
    // In units of L: k L = s, and the mean of u/L rises with s from 0 to 1.
    let (mut least, mut most) = (-500.0, 500.0);
    if count < 2 || mean <= length * mean_of(least) || mean >= length * mean_of(most) {
        return None;
    }
    for _ in 0..100 {
        let middle = 0.5 * (least + most);
        if length * mean_of(middle) < mean {
            least = middle;
        } else {
            most = middle;
        }
    }
    let steepness = 0.5 * (least + most);
    Some(PowerLawFit {
        exponent: 1.0 - steepness / length,
        standard_error: 1.0 / (count as f64 * variance_of(steepness)).sqrt() / length,
        count,
    })
}

/// Mean of the density ∝ e^(s v) on [0, 1].
fn mean_of(s: f64) -> f64 {
    if s.abs() < 1e-3 {
        0.5 + s / 12.0
    } else {
        -1.0 / libm::expm1(-s) - 1.0 / s
    }
}

/// Variance of the density ∝ e^(s v) on [0, 1].
fn variance_of(s: f64) -> f64 {
    if s.abs() < 1e-2 {
        return 1.0 / 12.0 - s * s / 240.0;
    }
    let half = 2.0 * libm::sinh(0.5 * s);
    1.0 / (s * s) - 1.0 / (half * half)
}

/// One bin of a density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensityBin {
    /// Lower edge.
    pub low: f64,
    /// Upper edge; it belongs to the next bin.
    pub high: f64,
    /// Values in the bin.
    pub count: usize,
    /// Their number over that of all values and the bin's width.
    pub density: f64,
}

/// The density of `values` from `low` on in bins of equal ratio, `bins_per_decade` of them in a decade, up to at least
/// `high`. Values outside the bins count for the total.
#[must_use]
pub fn log_binned_density(values: &[f64], low: f64, high: f64, bins_per_decade: u32) -> Vec<DensityBin> {
    let bins = (libm::log10(high / low) * f64::from(bins_per_decade)).ceil() as i32;
    let edge = |index: i32| low * libm::pow(10.0, f64::from(index) / f64::from(bins_per_decade));
    (0..bins)
        .map(|index| {
            let (low, high) = (edge(index), edge(index + 1));
            let count = values.iter().filter(|&&value| (low..high).contains(&value)).count();
            DensityBin {
                low,
                high,
                count,
                density: count as f64 / (values.len() as f64 * (high - low)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::StreamSeed;

    /// `count` values of a power law on [low, high), by its inverse distribution function at `uniform`.
    fn values(exponent: f64, (low, high): (f64, f64), count: u32, mut uniform: impl FnMut(u32) -> f64) -> Vec<f64> {
        let k = 1.0 - exponent;
        (0..count)
            .map(|i| {
                let p = uniform(i);
                if k == 0.0 {
                    low * (high / low).powf(p)
                } else {
                    (low.powf(k) + p * (high.powf(k) - low.powf(k))).powf(1.0 / k)
                }
            })
            .collect()
    }

    /// Evenly spaced quantiles of a power law have its exponent, whatever it is.
    #[test]
    fn quantiles_give_their_exponent_back() {
        for exponent in [-1.0, 0.5, 1.0, 1.5, 2.0, 3.5] {
            let values = values(exponent, (0.3, 7.0), 100_000, |i| (f64::from(i) + 0.5) / 1e5);
            let fit = fit_power_law(&values, 0.3, 7.0).unwrap();
            assert!((fit.exponent - exponent).abs() < 1e-4, "{exponent}: {fit:?}");
            assert_eq!(fit.count, 100_000);
        }
    }

    /// 400 fits of 300 values each: their scatter is the standard error that each states. The standard deviation of 400
    /// numbers has a standard error of 3.5 %, their mean one of 5 %: 5 of these raise a false alarm with 10⁻⁶.
    #[test]
    fn the_standard_error_is_that_of_repeated_fits() {
        let mut random = StreamSeed(7).generator(0);
        let fits: Vec<PowerLawFit> = (0..400)
            .map(|_| fit_power_law(&values(1.5, (1.0, 10.0), 300, |_| random.uniform()), 1.0, 10.0).unwrap())
            .collect();
        let mean = fits.iter().map(|fit| fit.exponent).sum::<f64>() / 400.0;
        let variance = fits.iter().map(|fit| (fit.exponent - mean).powi(2)).sum::<f64>() / 399.0;
        let stated = fits.iter().map(|fit| fit.standard_error).sum::<f64>() / 400.0;
        assert!((variance.sqrt() / stated - 1.0).abs() < 0.18, "{variance} {stated}");
        assert!((mean - 1.5).abs() < 0.25 * stated, "{mean}");
    }

    #[test]
    fn nothing_is_fitted_to_nothing() {
        assert_eq!(fit_power_law(&[], 1.0, 10.0), None);
        assert_eq!(fit_power_law(&[2.0, 0.5, 10.0], 1.0, 10.0), None);
        assert_eq!(fit_power_law(&[1.0, 1.0], 1.0, 10.0), None);
    }

    #[test]
    fn the_density_integrates_to_the_share_inside() {
        let values = values(1.5, (1.0, 100.0), 10_000, |i| (f64::from(i) + 0.5) / 1e4);
        let bins = log_binned_density(&values, 1.0, 10.0, 5);
        assert_eq!(bins.len(), 5);
        let share: f64 = bins.iter().map(|bin| bin.density * (bin.high - bin.low)).sum();
        let expected = (1.0 - 10f64.powf(-0.5)) / (1.0 - 100f64.powf(-0.5));
        assert!((share - expected).abs() < 1e-3, "{share} {expected}");
        // Between bins of ratio q the density falls by q^1.5.
        let fall = bins[1].density / bins[3].density;
        assert!((fall / 10f64.powf(0.6) - 1.0).abs() < 0.01, "{fall}");
    }
}
