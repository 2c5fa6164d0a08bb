//! The units that axes and winds may have.

/// Metres per `unit`, if it is a length.
pub(super) fn metres(unit: &str) -> Option<f64> {
    Some(match unit.trim() {
        "m" | "metre" | "metres" | "meter" | "meters" => 1.0,
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => 1e3,
        "cm" | "centimetre" | "centimetres" | "centimeter" | "centimeters" => 1e-2,
        "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" => 1e-3,
        "um" | "µm" | "μm" | "micrometre" | "micrometres" | "micrometer" | "micrometers" | "micron" | "microns" => {
            1e-6
        }
        _ => return None,
    })
}

/// Seconds per `unit`, if it is a time, and what CF writes after `since` (empty where there is none).
pub(super) fn seconds(unit: &str) -> Option<(f64, String)> {
    let mut words = unit.split_whitespace();
    let unit = words.next()?;
    // UDUNITS' words for "since".
    let epoch = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None => String::new(),
        Some("since" | "after" | "from" | "ref" | "@") => words.collect::<Vec<_>>().join(" "),
        Some(_) => return None,
    };
    // Symbols are case-sensitive, words aren't.
    let lower = unit.to_ascii_lowercase();
    let factor = match if unit.len() > 3 { lower.as_str() } else { unit } {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1e-3,
        "us" | "microsecond" | "microseconds" => 1e-6,
        "ns" | "nanosecond" | "nanoseconds" => 1e-9,
        "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86400.0,
        "week" | "weeks" => 604_800.0,
        _ => return None,
    };
    Some((factor, epoch))
}

/// Metres per second per `unit`, if it is a speed.
pub(super) fn metres_per_second(unit: &str) -> Option<f64> {
    let unit = unit.trim();
    let (length, time) = if let Some((length, time)) = unit.split_once('/') {
        (length, time)
    } else if let Some((length, time)) = unit.split_once(" per ") {
        (length, time)
    } else {
        let stem = unit.strip_suffix("**-1").or_else(|| unit.strip_suffix("^-1"));
        let stem = stem.or_else(|| unit.strip_suffix("-1"))?;
        stem.rsplit_once([' ', '.', '*'])?
    };
    let (time_s, epoch) = seconds(time)?;
    epoch
        .is_empty()
        .then(|| metres(length).map(|length_m| length_m / time_s))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_as_people_write_them() {
        for text in [
            "m s-1",
            "m/s",
            "m.s-1",
            "m s**-1",
            "m s^-1",
            "meters/second",
            "metres per second",
        ] {
            assert_eq!(metres_per_second(text), Some(1.0), "{text}");
        }
        assert_eq!(metres_per_second("km h-1"), Some(1e3 / 3600.0));
        assert_eq!(metres_per_second("cm/s"), Some(1e-2));
        for text in ["", "m", "s-1", "m s", "knots", "m s-2", "m/s since 2000", "kg m-3"] {
            assert_eq!(metres_per_second(text), None, "{text}");
        }
    }

    #[test]
    fn times_with_and_without_a_beginning() {
        assert_eq!(
            seconds("minutes since 2000-01-01 00:00:00"),
            Some((60.0, "2000-01-01 00:00:00".to_owned()))
        );
        assert_eq!(
            seconds("Days  Since 2000-1-1 6:00 -6"),
            Some((86_400.0, "2000-1-1 6:00 -6".to_owned()))
        );
        assert_eq!(seconds("seconds of film"), None);
        assert_eq!(seconds("ms"), Some((1e-3, String::new())));
        assert_eq!(seconds("m"), None);
        assert_eq!(seconds("fortnights"), None);
        assert_eq!(metres("km"), Some(1000.0));
        assert_eq!(metres("degrees_east"), None);
    }
}
