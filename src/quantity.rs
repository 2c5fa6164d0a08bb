//! Numbers as people read them.

use std::borrow::Cow;

/// `12.3 GiB`; exact below 1 KiB.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `1 234 567`: thousands apart by a thin gap that copies as a plain space.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `1 rank`, `2 ranks`: a count of things whose plural is regular.
#[must_use]
pub fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// `90`, `99.9`: a fraction in per cent, without what binary numbers add.
#[must_use]
pub fn percent(fraction: f64) -> String {
    ((fraction * 1e6).round() / 1e4).to_string()
}

/// `3.2 s`, `4 min 05 s`, `7 h 12 min`, `3 d 04 h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "?".to_owned();
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let total = seconds.round() as u64;
    let (days, hours, minutes, seconds) = (total / 86_400, total / 3_600 % 24, total / 60 % 60, total % 60);
    if days > 0 {
        format!("{days} d {hours:02} h")
    } else if hours > 0 {
        format!("{hours} h {minutes:02} min")
    } else {
        format!("{minutes} min {seconds:02} s")
    }
}

/// `120/s`, `3.4/s`, `0.5/s`, `0.0021/s`: how many in a second; `?/s` where that isn't known.
#[must_use]
pub fn rate(per_second: f64) -> String {
    if !per_second.is_finite() || per_second <= 0.0 {
        return "?/s".to_owned();
    }
    let digits = if per_second < 9.95 {
        // Two significant ones.
        (1 - per_second.log10().floor() as i32).clamp(1, 12) as usize
    } else {
        0
    };
    let text = format!("{per_second:.digits$}");
    let text = if digits > 0 {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}/s")
}

/// `120 units/s`: [`rate`] of something whose plural is regular.
#[must_use]
pub fn rate_of(per_second: f64, noun: &str) -> String {
    format!("{} {noun}s/s", rate(per_second).trim_end_matches("/s"))
}

/// A point in time (RFC 3339) without the fraction of its second.
#[must_use]
pub fn to_seconds(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, fraction)) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{seconds}{zone}")
        }
        None => time.to_owned(),
    }
}

/// Five significant digits, without an exponent where that is readable.
#[must_use]
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if (-4..=6).contains(&magnitude) {
        let decimals = usize::try_from((4 - magnitude).max(0)).unwrap_or(0);
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    } else {
        format!("{value:.4e}")
    }
}

/// A number in a message or a table: as it is where it is short, as most numbers of people are; else, as most results of
/// arithmetic are, with five significant digits.
#[must_use]
pub fn number(value: f64) -> String {
    number_written(value.to_string(), value)
}

/// [`number`] of a number that is written in its own way, such as `2.0`.
#[must_use]
pub fn number_written(text: String, value: f64) -> String {
    /// Characters of a number that is shown as it is.
    const SHORT: usize = 7;
    if text.len() > SHORT && value.is_finite() {
        significant(value)
    } else {
        text
    }
}

/// [`number`] for an upper bound that is to be used: never above `value`.
#[must_use]
pub fn at_most(value: f64) -> String {
    bound(value, -1.0)
}

/// [`number`] for a lower bound that is to be used: never below `value`.
#[must_use]
pub fn at_least(value: f64) -> String {
    bound(value, 1.0)
}

/// The shown number nearest to `value` that isn't on the other side of it than `direction`.
fn bound(value: f64, direction: f64) -> String {
    let read = |text: &str| text.parse::<f64>().unwrap_or(value);
    let nearest = number(value);
    if (read(&nearest) - value) * direction >= 0.0 || !value.is_finite() {
        return nearest;
    }
    let step = 10.0_f64.powi(value.abs().log10().floor() as i32 - 4);
    number(significant(read(&nearest) + direction * step).parse().unwrap_or(value))
}

/// Text in which numbers with more digits than a number can hold, as arithmetic and formats of files make them
/// (0.30000000000000004, 1e300 written out), have five of them. Whole numbers of up to 20 digits, names, and what stands in
/// quotes stay.
#[must_use]
pub fn readable(text: &str) -> Cow<'_, str> {
    const MAX_DIGITS_OF_DECIMALS: usize = 17;
    const MAX_DIGITS_OF_WHOLE: usize = 20;
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let is_name = |character: char| character.is_alphanumeric() || "_/\\\"'`".contains(character);
    let mut shown = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(start) = text[at..].find(|character: char| character.is_ascii_digit()) {
        let start = at + start;
        let length = text[start..]
            .find(|character: char| !is_part(character))
            .unwrap_or(text.len() - start);
        let token = text[start..start + length].trim_end_matches('.');
        at = start + length;
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        let most = if token.contains('.') {
            MAX_DIGITS_OF_DECIMALS
        } else {
            MAX_DIGITS_OF_WHOLE
        };
        let stands_alone = !text[..start].ends_with(|character: char| is_name(character) || character == '.')
            && !text[start + length..].starts_with(is_name);
        if let (true, true, Ok(value)) = (digits > most, stands_alone, token.parse::<f64>()) {
            shown.push_str(&text[done..start]);
            shown.push_str(&number(value));
            done = start + token.len();
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[done..]);
    Cow::Owned(shown)
}

/// Two numbers that differ, with as many digits as it takes to see it, five at least.
#[must_use]
pub fn apart(one: f64, other: f64) -> [String; 2] {
    let shown = [one, other].map(number);
    if shown[0] == shown[1] {
        [one, other].map(|value| value.to_string())
    } else {
        shown
    }
}

/// `3.2 µs`, `12.34 ms`, `3.2 s`: also for what takes no time to speak of.
#[must_use]
pub fn short_time(seconds: f64) -> String {
    if seconds < 1e-3 {
        format!("{:.1} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        duration(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(1024 * 1024 - 1), "1.0 MiB");
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
    }

    #[test]
    fn counts() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1 000");
        assert_eq!(count(1_234_567), "1 234 567");
    }

    #[test]
    fn plurals() {
        assert_eq!(counted(1, "rank"), "1 rank");
        assert_eq!(counted(0, "unit"), "0 units");
        assert_eq!(counted(12_345, "unit"), "12 345 units");
    }

    #[test]
    fn percentages() {
        assert_eq!(percent(0.9), "90");
        assert_eq!(percent(0.999), "99.9");
        assert_eq!(percent(0.95), "95");
    }

    #[test]
    fn rates_never_look_like_none() {
        for (per_second, text) in [
            (1234.4, "1234/s"),
            (10.0, "10/s"),
            (9.96, "10/s"),
            (3.44, "3.4/s"),
            (1.0, "1/s"),
            (0.5, "0.5/s"),
            (0.0333, "0.033/s"),
            (0.000_21, "0.00021/s"),
            (0.0, "?/s"),
            (f64::NAN, "?/s"),
        ] {
            assert_eq!(rate(per_second), text);
        }
    }

    #[test]
    fn a_rate_says_of_what_and_a_time_has_no_fraction() {
        assert_eq!(rate_of(133.2, "unit"), "133 units/s");
        assert_eq!(to_seconds("2026-01-01T00:00:00.123456789Z"), "2026-01-01T00:00:00Z");
        assert_eq!(to_seconds("2026-01-01T00:00:00.5+01:00"), "2026-01-01T00:00:00+01:00");
        assert_eq!(to_seconds(""), "");
    }

    #[test]
    fn durations() {
        assert_eq!(short_time(3.25e-6), "3.2 µs");
        assert_eq!(short_time(0.0125), "12.50 ms");
        assert_eq!(short_time(90.0), "1 min 30 s");
        assert_eq!(duration(0.04), "0.0 s");
        assert_eq!(duration(59.96), "1 min 00 s");
        assert_eq!(duration(3_599.6), "1 h 00 min");
        assert_eq!(duration(90_000.0), "1 d 01 h");
        assert_eq!(duration(f64::NAN), "?");
    }

    #[test]
    fn significant_digits() {
        assert_eq!(significant(0.0), "0");
        assert_eq!(significant(1.0), "1");
        assert_eq!(significant(-12.3456789), "-12.346");
        assert_eq!(significant(123_456.7), "123457");
        assert_eq!(significant(1.5e-9), "1.5000e-9");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.05, "0.05"),
            (-12_345.6, "-12346"),
            (0.1 + 0.2, "0.3"),
            (100.0 / 3.0, "33.333"),
            (2e9 / 3.0, "6.6667e8"),
            (1e300, "1.0000e300"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number_written("2.0".to_owned(), 2.0), "2.0");
        assert_eq!(apart(0.3, 0.1 + 0.2), ["0.3", "0.30000000000000004"]);
        assert_eq!(apart(1.0 / 3.0, 2.0 / 3.0), ["0.33333", "0.66667"]);
    }

    #[test]
    fn long_numbers_in_texts_are_short() {
        let tiny = format!("{} m/s is below 1", 1e-320);
        for (text, expected) in [
            (tiny.as_str(), "9.9999e-321 m/s is below 1"),
            ("at most 0.30000000000000004, or", "at most 0.3, or"),
            (&format!("from -{} to {}.", 1e300, 2.5), "from -1.0000e300 to 2.5."),
            ("seed 18446744073709551615 of 0.1", "seed 18446744073709551615 of 0.1"),
            ("frame_0.30000000000000004.png", "frame_0.30000000000000004.png"),
            ("in /a/123456789012345678901234/b", "in /a/123456789012345678901234/b"),
            ("\"0.30000000000000004\" is text", "\"0.30000000000000004\" is text"),
            ("fe044f87802256d315291c7b6635e496", "fe044f87802256d315291c7b6635e496"),
            ("(53459999084472660000000, 0.1)", "(5.3460e22, 0.1)"),
            (
                "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9",
                "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9",
            ),
            ("", ""),
            ("5", "5"),
        ] {
            assert_eq!(readable(text), expected);
        }
    }

    #[test]
    fn bounds_are_on_the_right_side() {
        assert_eq!(
            (at_most(1.0 / 6.0), at_least(1.0 / 6.0)),
            ("0.16666".to_owned(), "0.16667".to_owned())
        );
        assert_eq!((at_most(0.05), at_least(0.05)), ("0.05".to_owned(), "0.05".to_owned()));
        assert_eq!(
            (at_most(0.3 - 1e-17), at_least(0.1 + 0.2)),
            ("0.3".to_owned(), "0.30001".to_owned())
        );
        assert_eq!(
            (at_most(f64::INFINITY), at_least(0.0)),
            ("inf".to_owned(), "0".to_owned())
        );
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let exponent = (state >> 33) % 40;
            let value = ((state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5) * 10.0_f64.powi(exponent as i32 - 20);
            let (low, high) = (at_most(value), at_least(value));
            let read = |text: &str| text.parse::<f64>().unwrap();
            assert!(read(&low) <= value && value <= read(&high), "{low} {value} {high}");
            assert!(read(&high) - read(&low) <= 2.1e-4 * value.abs(), "{low} {value} {high}");
            assert!(low.len() < 13 && high.len() < 13, "{low} {value} {high}");
        }
    }
}
