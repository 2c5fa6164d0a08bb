//! Numbers as arguments, checked where they are typed.

/// A finite number.
///
/// # Errors
/// If it is none.
pub fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("expected a number".to_owned()),
    }
}

/// A number above 0.
///
/// # Errors
/// If it is none.
pub fn positive(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|&number| number > 0.0)
        .ok_or_else(|| "expected a number above 0".to_owned())
}

/// A number that isn't negative.
///
/// # Errors
/// If it is.
pub fn not_negative(text: &str) -> Result<f64, String> {
    finite(text)
        .ok()
        .filter(|&number| number >= 0.0)
        .ok_or_else(|| "expected a number from 0 on".to_owned())
}

/// A range with an optional third part: `MIN:MAX` or `MIN:MAX:MORE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First number.
    pub low: f64,
    /// Last number, not below the first.
    pub high: f64,
    /// What comes after it: a count or a step, above 0.
    pub third: Option<f64>,
}

/// Parses a [`Span`].
///
/// # Errors
/// If it isn't two or three numbers in order.
pub fn span(text: &str) -> Result<Span, String> {
    let parts = match text.split(':').map(finite).collect::<Result<Vec<f64>, String>>() {
        Ok(parts) => parts,
        Err(problem) => return Err(meant(text).unwrap_or(problem)),
    };
    let (low, high, third) = match parts[..] {
        [low, high] => (low, high, None),
        [low, high, third] if third > 0.0 => (low, high, Some(third)),
        [_, _, _] => return Err("the third number must be above 0".to_owned()),
        _ => return Err(meant(text).unwrap_or_else(|| "expected two or three numbers, joined by `:`".to_owned())),
    };
    if low > high {
        return Err(format!("{low} is above {high}"));
    }
    Ok(Span { low, high, third })
}

/// For ends that something else joins: `0-10`, `0..10`, `0,10`.
fn meant(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['[', ']', '(', ')']);
    (["..=", "..", ",", "-"].iter()).find_map(|joint| {
        // Not the sign of the first number.
        let (at, _) = text.match_indices(joint).find(|(at, _)| *at > 0)?;
        let (low, high) = (text[..at].trim(), text[at + joint.len()..].trim());
        (finite(low).is_ok() && finite(high).is_ok()).then(|| format!("write {low}:{high}, as MIN:MAX"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let made = |low, high, third| Ok(Span { low, high, third });
        assert_eq!(span("0:10"), made(0.0, 10.0, None));
        assert_eq!(span("-8:8:0.5"), made(-8.0, 8.0, Some(0.5)));
        assert_eq!(span("1:1"), made(1.0, 1.0, None));
        for text in ["", "1", "1:2:3:4", "2:1", "1:2:0", "1:2:-1", "a:b", "nan:1", "0:inf"] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_meant_is_told() {
        for (text, meant) in [
            ("0-10", "write 0:10"),
            ("-8..8", "write -8:8"),
            ("0, 10", "write 0:10"),
            ("-2--1", "write -2:-1"),
        ] {
            assert!(span(text).is_err_and(|told| told.contains(meant)), "{text}");
        }
        assert_eq!(span("a-b"), Err("expected a number".to_owned()));
    }

    #[test]
    fn numbers() {
        assert_eq!(positive("2.5"), Ok(2.5));
        assert!(positive("0").is_err() && positive("inf").is_err() && positive("-1").is_err());
        assert!(not_negative("0").is_ok() && not_negative("-0.1").is_err() && not_negative("x").is_err());
        assert!(finite("-1e3").is_ok() && finite("nan").is_err());
    }
}
