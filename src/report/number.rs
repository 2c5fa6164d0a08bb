//! Numbers for people: as many digits as their interval supports.

use crate::stats::Summary;

/// What stands for a missing number.
pub(super) const MISSING: &str = "–";

/// Significant digits of the interval's wider half.
const INTERVAL_DIGITS: i32 = 2;
/// Significant digits where there is no interval to go by.
const PLAIN_DIGITS: i32 = 4;
/// Most decimals before a number is written with an exponent.
const MAX_DECIMALS: i32 = 6;

/// `mean [low, high]`, or the median where the interval is its, rounded alike so that the interval's wider half has two significant digits.
pub(super) fn mean_with_interval(summary: &Summary) -> String {
    let centre = summary.centre();
    if centre.is_nan() {
        return MISSING.to_owned();
    }
    let half = (centre - summary.interval_low).max(summary.interval_high - centre);
    if half.is_nan() {
        return number(centre);
    }
    let places = if half > 0.0 && half.is_finite() {
        last_place(half, INTERVAL_DIGITS)
    } else {
        last_place(centre, PLAIN_DIGITS)
    };
    let largest = summary.interval_low.abs().max(summary.interval_high.abs());
    let write = |value: f64| rounded(value, places, largest);
    format!(
        "{} [{}, {}]",
        write(centre),
        write(summary.interval_low),
        write(summary.interval_high)
    )
}

/// One number with four significant digits.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        return MISSING.to_owned();
    }
    rounded(value, last_place(value, PLAIN_DIGITS), value.abs())
}

/// Decimal exponent of the last of `digits` significant digits of `value`: −2 for hundredths.
fn last_place(value: f64, digits: i32) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // The formatter finds the exponent after rounding to the digits wanted: 9.96 to two digits is 1.0e1.
    let text = format!("{:.*e}", usize::try_from(digits - 1).unwrap_or(0), value.abs());
    let exponent = text
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    exponent.unwrap_or(0) - (digits - 1)
}

/// `value` to the decimal place `place`, in plain notation where that is short for numbers up to `largest`.
fn rounded(value: f64, place: i32, largest: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{}", value + 0.0);
    }
    if (-MAX_DECIMALS..=0).contains(&place) && largest < 1e7 {
        let text = format!("{value:.*}", usize::try_from(-place).unwrap_or(0));
        return without_negative_zero(text);
    }
    if place > 0 && largest < 1e7 {
        return format!("{value:.0}");
    }
    let exponent = last_place(value, 1);
    let decimals = usize::try_from(exponent - place).unwrap_or(0);
    format!("{value:.decimals$e}")
}

fn without_negative_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mean: f64, interval_low: f64, interval_high: f64) -> String {
        mean_with_interval(&Summary {
            mean,
            interval_low,
            interval_high,
            ..Summary::MISSING
        })
    }

    #[test]
    fn digits_follow_the_interval() {
        assert_eq!(shown(0.534_12, 0.481_2, 0.586_4), "0.534 [0.481, 0.586]");
        assert_eq!(shown(1234.567, 1100.1, 1369.2), "1235 [1100, 1369]");
        assert_eq!(shown(41.237, 31.28, 51.199), "41 [31, 51]");
        assert_eq!(shown(0.0, 0.0, 0.277_5), "0 [0, 0.28]");
        assert_eq!(shown(-0.001, -0.32, 0.33), "0.00 [-0.32, 0.33]");
    }

    #[test]
    fn extreme_sizes_get_an_exponent() {
        assert_eq!(shown(1.2345e-9, 1.1e-9, 1.37e-9), "1.23e-9 [1.10e-9, 1.37e-9]");
        assert_eq!(shown(2.5e12, 2.4e12, 2.6e12), "2.50e12 [2.40e12, 2.60e12]");
    }

    #[test]
    fn without_an_interval() {
        assert_eq!(shown(f64::NAN, f64::NAN, f64::NAN), "–");
        assert_eq!(shown(12.345_67, f64::NAN, f64::NAN), "12.35");
        assert_eq!(shown(1.0, 1.0, 1.0), "1.000 [1.000, 1.000]");
        assert_eq!(number(0.0), "0");
    }
}
