//! What times in a file count from, as an instant.

/// What a file's times count from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epoch {
    /// What follows "since" in the unit; empty if the file doesn't say.
    text: String,
    /// The calendar in lower case; empty if the file doesn't say.
    calendar: String,
}

/// Calendars whose dates are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calendar {
    /// Julian to 1582-10-04, Gregorian from the day after it, 1582-10-15, on.
    Standard,
    /// Gregorian at all times.
    ProlepticGregorian,
}

/// Days since 1970-01-01 (Gregorian), and seconds since midnight (UTC), as sum of whole ones and a part.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Instant {
    days: i64,
    seconds: i64,
    part_s: f64,
}

impl Epoch {
    pub(super) fn new(text: &str, calendar: &str) -> Self {
        Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            calendar: calendar.to_ascii_lowercase(),
        }
    }

    /// How it is said, with the calendar if that isn't the usual one.
    #[must_use]
    pub fn text(&self) -> String {
        if self.usual().is_some() {
            self.text.clone()
        } else {
            format!("{} in the calendar {}", self.text, self.calendar)
        }
    }

    fn usual(&self) -> Option<Calendar> {
        match self.calendar.as_str() {
            "" | "standard" | "gregorian" | "utc" => Some(Calendar::Standard),
            "proleptic_gregorian" => Some(Calendar::ProlepticGregorian),
            _ => None,
        }
    }

    /// The instant, if the calendar is one whose dates are compared.
    fn instant(&self, calendar: Calendar) -> Result<Instant, &'static str> {
        let instant =
            instant(&self.text, calendar).ok_or("one of them is no date of its calendar like 2000-01-31 12:00:00")?;
        // Of the year 1, which the Julian calendar begins two days earlier.
        let first_day = match calendar {
            Calendar::Standard => -719_164,
            Calendar::ProlepticGregorian => -719_162,
        };
        if instant.days < first_day {
            return Err("dates before the year 1 aren't compared: some programs count a year 0, and others don't");
        }
        Ok(instant)
    }

    /// Seconds from `other` to this; an error if the two can't be compared.
    ///
    /// # Errors
    /// The reason.
    pub fn seconds_after(&self, other: &Self) -> Result<f64, &'static str> {
        if self == other {
            return Ok(0.0);
        }
        if self.text.is_empty() != other.text.is_empty() {
            return Err("only one says since when");
        }
        let (Some(calendar), Some(of_other)) = (self.usual(), other.usual()) else {
            let is_same = self.text == other.text && self.calendar == other.calendar;
            return if is_same {
                Ok(0.0)
            } else {
                Err("only dates of the standard and the proleptic Gregorian calendar are compared")
            };
        };
        // Before 1582 one date is two instants in these two calendars.
        if self.text == other.text && (calendar == of_other || self.text.is_empty()) {
            return Ok(0.0);
        }
        let (a, b) = (self.instant(calendar)?, other.instant(of_other)?);
        Ok(((a.days - b.days) * 86_400 + a.seconds - b.seconds) as f64 + (a.part_s - b.part_s))
    }
}

/// A date, with a time and an offset from UTC if they are there: `2021-5-4`, `2021-05-04T10:00:00.5Z`,
/// `1992-10-8 15:15:42.5 -6:00`, `20210504T1000`.
fn instant(text: &str, calendar: Calendar) -> Option<Instant> {
    let text = text.trim();
    let (date, rest) = match text.find([' ', 'T', 't']) {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    };
    let days = days(date, calendar)?;
    let rest = rest.trim();
    // The offset begins with a sign, or is a letter for UTC.
    let clock_end = rest
        .find(['+', '-', 'Z', 'z', 'U', 'u', 'G', 'g', ' '])
        .unwrap_or(rest.len());
    let (clock, offset) = (rest[..clock_end].trim(), rest[clock_end..].trim());
    let (seconds, part_s) = clock_s(clock)?;
    Some(Instant {
        days,
        seconds: seconds - offset_s(offset)?,
        part_s,
    })
}

fn number(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// Days from 1970-01-01 (Gregorian) to a date.
fn days(date: &str, calendar: Calendar) -> Option<i64> {
    let (sign, digits) = match date.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, date.strip_prefix('+').unwrap_or(date)),
    };
    let parts: Vec<&str> = digits.split('-').collect();
    let (year, month, day) = match parts[..] {
        [packed] if packed.len() == 8 && packed.is_ascii() => (&packed[..4], &packed[4..6], &packed[6..]),
        [year] => (year, "1", "1"),
        [year, month] => (year, month, "1"),
        [year, month, day] => (year, month, day),
        _ => return None,
    };
    // 24-03-01 is meant as 2024 by some and as the year 24 by others.
    if year.len() == 2 {
        return None;
    }
    let (year, month, day) = (sign * number(year)?, number(month)?, number(day)?);
    let is_julian = calendar == Calendar::Standard && (year, month, day) < (1582, 10, 5);
    let is_leap = year % 4 == 0 && (is_julian || year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // Ten days are left out between the Julian and the Gregorian part.
    let is_left_out = calendar == Calendar::Standard && !is_julian && (year, month, day) < (1582, 10, 15);
    if !(1..=longest).contains(&day) || is_left_out {
        return None;
    }
    // Years that begin in March have the leap day at their end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    if is_julian {
        return Some(365 * year + year.div_euclid(4) + day_of_year - 719_470);
    }
    let (century, in_century) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_era = in_century * 365 + in_century / 4 - in_century / 100 + day_of_year;
    Some(century * 146_097 + day_of_era - 719_468)
}

/// Whole seconds and the part of one after midnight.
fn clock_s(clock: &str) -> Option<(i64, f64)> {
    if clock.is_empty() {
        return Some((0, 0.0));
    }
    let (whole, part) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    let part_s = if part.is_empty() {
        0.0
    } else {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| format!("0.{part}").parse().ok())??
    };
    let packed = whole.len() >= 4 && whole.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = if packed {
        whole
            .as_bytes()
            .chunks(2)
            .filter_map(|two| std::str::from_utf8(two).ok())
            .collect()
    } else {
        whole.split(':').collect()
    };
    let mut seconds = 0;
    for (place, (unit_s, below)) in [(3600, 25), (60, 60), (1, 61)].into_iter().enumerate() {
        let value = parts.get(place).map_or(Some(0), |text| number(text))?;
        seconds += if value < below { unit_s * value } else { return None };
    }
    (parts.len() <= 3).then_some((seconds, part_s))
}

/// Seconds by which a local time is ahead of UTC.
fn offset_s(offset: &str) -> Option<i64> {
    let word = offset.to_ascii_lowercase();
    if matches!(word.as_str(), "" | "z" | "utc" | "gmt") {
        return Some(0);
    }
    let word = word
        .strip_prefix("utc")
        .or_else(|| word.strip_prefix("gmt"))
        .unwrap_or(&word);
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        (digit, _) if digit.as_bytes()[0].is_ascii_digit() => (1, word),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 18 && minutes < 60).then_some(sign * (3600 * hours + 60 * minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: &str, b: &str) -> Result<f64, &'static str> {
        Epoch::new(a, "").seconds_after(&Epoch::new(b, "proleptic_gregorian"))
    }

    #[test]
    fn instants_in_many_spellings() {
        for same in [
            "2021-05-04 10:00:00",
            "2021-5-4 10:0:0.0",
            "2021-05-04T10:00:00Z",
            "2021-05-04t10:00",
            "2021-05-04 10",
            "2021-05-04  12:00:00 +02:00",
            "2021-05-04 12:00:00+0200",
            "2021-05-04 12:00 +2",
            "2021-05-04 4:00:00 -6:00",
            "2021-05-04 10:00:00 UTC",
            "20210504T100000",
            "2021-05-05 00:00:00 +14:00",
        ] {
            assert_eq!(apart(same, "2021-05-04 10:00:00"), Ok(0.0), "{same}");
        }
        assert_eq!(apart("2021-05-04 10:00:02.25", "2021-05-04 10:00:00"), Ok(2.25));
        assert_eq!(apart("2021-05-04 10:00:00", "2021-05-04 10:00:02"), Ok(-2.0));
        assert_eq!(apart("2000-03-01", "2000-02-28"), Ok(2.0 * 86_400.0));
        assert_eq!(apart("1970-01-01", "1900-01-01"), Ok(25_567.0 * 86_400.0));
        let error = apart("2024-01-01", "0000-00-00").unwrap_err();
        assert!(error.contains("no date of its calendar"), "{error}");
    }

    /// By cftime: `date2num(cftime.datetime(2024, 3, 1, calendar=c), "days since 1970-01-01", calendar=c)` and the like.
    #[test]
    fn dates_before_the_calendar_was_reformed() {
        const DAY: f64 = 86_400.0;
        let days = |text: &str, calendar: &str| {
            let origin = Epoch::new("1970-01-01", "");
            Epoch::new(text, calendar)
                .seconds_after(&origin)
                .map(|seconds| seconds / DAY)
        };
        for (text, standard, proleptic) in [
            ("0001-01-01 00:00:00", -719_164.0, -719_162.0),
            ("1-1-1 00:00:0.0", -719_164.0, -719_162.0),
            ("1000-02-29", -354_221.0, f64::NAN),
            ("1500-01-01", -171_655.0, -171_664.0),
            ("1582-10-04", -141_428.0, -141_438.0),
            ("1582-10-10", f64::NAN, -141_432.0),
            ("1582-10-15", -141_427.0, -141_427.0),
            ("1600-02-29", -135_081.0, -135_081.0),
        ] {
            for (calendar, expected) in [
                ("", standard),
                ("Gregorian", standard),
                ("proleptic_gregorian", proleptic),
            ] {
                let found = days(text, calendar);
                assert!(
                    found == Ok(expected) || expected.is_nan() && found.is_err(),
                    "{text} {calendar}: {found:?}"
                );
            }
        }
        // One text, two moments.
        assert_eq!(apart("1500-01-01", "1500-01-01"), Ok(9.0 * DAY));
        assert_eq!(apart("1600-01-01", "1600-01-01"), Ok(0.0));
        let standard = |text| Epoch::new(text, "standard");
        assert_eq!(standard("1500-01-01").seconds_after(&standard("1500-01-01")), Ok(0.0));
        assert_eq!(standard("0000-01-01").seconds_after(&standard("0000-01-01")), Ok(0.0));
        for text in ["0000-01-01", "-4713-01-01 12:00"] {
            for calendar in ["standard", "proleptic_gregorian"] {
                let error = days(text, calendar).unwrap_err();
                assert!(error.contains("before the year 1"), "{text} {calendar}: {error}");
            }
        }
        // It begins two days earlier in the Julian calendar.
        assert!(days("0001-01-01", "standard").is_ok() && days("0001-01-01", "proleptic_gregorian").is_ok());
        assert!(days("0000-12-31", "proleptic_gregorian").is_err());
    }

    #[test]
    fn what_is_no_date_is_not_compared() {
        for text in [
            "2021-13-01",
            "2021-02-29",
            "yesterday",
            "2021-05-04 25:00",
            "2021-05-04 10:61",
            "1500-02-30",
            "24-03-01",
            "é",
            "-",
        ] {
            assert!(apart(text, "2021-05-04").is_err(), "{text}");
            let plain = Epoch::new(text, "");
            assert_eq!(plain.seconds_after(&plain.clone()), Ok(0.0), "{text}");
            assert_eq!(plain.seconds_after(&Epoch::new(text, "gregorian")), Ok(0.0), "{text}");
        }
        assert!(apart("", "2021-05-04").is_err());
        let noleap = |text| Epoch::new(text, "noleap");
        assert_eq!(noleap("2021-01-01").seconds_after(&noleap("2021-01-01")), Ok(0.0));
        assert!(noleap("2021-01-01").seconds_after(&noleap("2021-01-02")).is_err());
        assert!(
            noleap("2021-01-01")
                .seconds_after(&Epoch::new("2021-01-01", ""))
                .is_err()
        );
        assert_eq!(noleap("2021-01-01").text(), "2021-01-01 in the calendar noleap");
    }
}
