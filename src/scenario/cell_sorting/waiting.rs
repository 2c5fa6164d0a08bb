//! How many attempts go by until one is at the boundary.

use std::sync::LazyLock;

/// Waits for attempts at the boundary of B of N sites.
///
/// What is waited for are attempts at M ≥ B sites, of which M − B are any others: so the rate need not follow each change of B.
/// Since waits have no memory, M may change at any time.
pub(super) struct Waiting {
    sites: usize,
    /// M.
    bound: usize,
    /// B below which M is too large.
    low: usize,
    /// 1 / −ln(1 − M / N); 0 where M = N.
    inverse_rate: f64,
}

impl Waiting {
    pub(super) fn new(sites: usize) -> Self {
        Self {
            sites,
            bound: 0,
            low: 0,
            inverse_rate: 0.0,
        }
    }

    /// M for a boundary of `count` sites, at least one.
    #[inline(always)]
    pub(super) fn bound(&mut self, count: usize) -> usize {
        if count > self.bound || count < self.low {
            self.follow(count);
        }
        self.bound
    }

    #[cold]
    fn follow(&mut self, count: usize) {
        let slack = count / 64 + 1;
        self.bound = (count + slack).min(self.sites);
        self.low = count.saturating_sub(slack);
        self.inverse_rate = -1.0 / libm::log1p(-(self.bound as f64) / self.sites as f64);
    }

    /// Attempts in vain before the next one at one of the M sites: geometric, by inversion of an exponential number.
    #[inline(always)]
    pub(super) fn skipped(&self, exponential: f64) -> u64 {
        (exponential * self.inverse_rate) as i64 as u64
    }
}

const BITS: u32 = 7;

/// For the middle m of each of 128 parts of 1 ≤ x < 2: 1/m and ln m.
pub(super) type LogParts = [(f64, f64); 1 << BITS];

/// The parts that [`minus_log`] looks up.
pub(super) static PARTS: LazyLock<LogParts> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let middle = 1.0 + (index as f64 + 0.5) / f64::from(1 << BITS);
        (1.0 / middle, libm::log(middle))
    })
});

/// An exponential number with mean 1: −ln of the uniform number (k + ½)/2⁵² that the upper 52 bits of a word give. The same
/// bits on every machine, since it is made of sums and products alone; exact to 10⁻¹³.
#[inline(always)]
pub(super) fn minus_log(parts: &LogParts, word: u64) -> f64 {
    let uniform = ((word >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64);
    let bits = uniform.to_bits();
    let exponent = ((bits >> 52) as i64 - 1023) as f64;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let (inverse, log) = parts[(bits >> (52 - BITS)) as usize & ((1 << BITS) - 1)];
    let r = mantissa * inverse - 1.0;
    let log1p = r * (1.0 - r * (0.5 - r * (1.0 / 3.0 - r * (0.25 - r * (0.2 - r * (1.0 / 6.0))))));
    -(exponent * std::f64::consts::LN_2 + (log + log1p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_exact_enough() {
        for word in [
            0,
            1 << 12,
            12345 << 12,
            1 << 63,
            u64::MAX,
            u64::MAX - (1 << 13),
            0x1234_5678_9abc_def0,
        ] {
            let expected = -libm::log(((word >> 12) as f64 + 0.5) / (1u64 << 52) as f64);
            let found = minus_log(&PARTS, word);
            assert!(
                (found - expected).abs() <= 1e-13 * expected.max(1.0),
                "{word}: {found} {expected}"
            );
            assert!(found > 0.0);
        }
    }

    /// Where all sites are of the boundary no attempt is in vain.
    #[test]
    fn nothing_is_skipped_on_a_full_boundary() {
        let mut waiting = Waiting::new(9);
        assert_eq!(waiting.bound(9), 9);
        assert!([1e-9, 1.0, 36.7].iter().all(|wait| waiting.skipped(*wait) == 0));
    }

    #[test]
    fn waits_follow_the_boundary() {
        let mut waiting = Waiting::new(1000);
        assert_eq!(waiting.bound(499), 507);
        assert_eq!([492, 507, 499].map(|count| waiting.bound(count)), [507; 3]);
        assert_eq!(waiting.bound(508), 516);
        assert_eq!(waiting.bound(498), 506);
        let rate = -libm::log1p(-0.506);
        assert_eq!(waiting.skipped(2.5 * rate), 2);
        assert_eq!(waiting.skipped(2.999_999 * rate), 2);
        assert_eq!(waiting.skipped(3.000_001 * rate), 3);
    }
}
