//! Decimal numbers as they are written in names, exactly: names may have more digits than a register.

use std::cmp::Ordering;

/// More decimal places are no number of a frame.
const MAX_EXPONENT: i32 = 400;

/// A decimal number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    is_negative: bool,
    /// Without zeros at its beginning.
    whole: String,
    /// Without zeros at its end.
    fraction: String,
}

impl Decimal {
    /// What a text like `-12.5e-03` says.
    pub(super) fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent = exponent.parse().unwrap_or(0).clamp(-MAX_EXPONENT, MAX_EXPONENT);
        let digits = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        let point = whole.len() as i32 + exponent;
        let zeros = |count: i32| "0".repeat(count.max(0) as usize);
        let all = format!("{}{all}{}", zeros(-point), zeros(point - all.len() as i32));
        let (whole, fraction) = all.split_at(point.max(0) as usize);
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        Self {
            is_negative: mantissa.starts_with('-') && !(whole.is_empty() && fraction.is_empty()),
            whole: whole.to_owned(),
            fraction: fraction.to_owned(),
        }
    }

    /// The nearest number that a register holds.
    pub(super) fn nearest(&self) -> f64 {
        let sign = if self.is_negative { "-" } else { "" };
        format!("{sign}0{}.{}", self.whole, self.fraction)
            .parse()
            .unwrap_or(f64::NAN)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let amount = (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction));
        match (self.is_negative, other.is_negative) {
            (false, false) => amount,
            (true, true) => amount.reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let value = |text| Decimal::of(text);
        for (a, b) in [
            ("0.1", "0.10"),
            ("1e-3", "0.001"),
            ("12.5e+1", "125"),
            ("-0", "0.0"),
            ("007", "7"),
            ("0,5", ".5"),
        ] {
            assert_eq!(value(a), value(b), "{a} {b}");
        }
        let ascending = [
            "-10",
            "-9.5",
            "-1e-3",
            "0",
            "1e-9",
            "0.25",
            "0.5",
            "9",
            "10",
            "1e+3",
            "100000000000000000000000",
        ];
        for pair in ascending.windows(2) {
            assert!(value(pair[0]) < value(pair[1]), "{pair:?}");
        }
        assert_eq!(value("-12.25e-1").nearest(), -1.225);
    }
}
