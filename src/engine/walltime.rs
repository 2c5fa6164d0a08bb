//! When the job ends, as batch systems and people say it. Pure functions over texts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// A duration that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" {problem} (hint: write 2:00:00, 1-12:00:00, 1h30m, 90s, 500ms, or seconds)")]
pub struct WalltimeError {
    /// As given.
    pub text: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// Reads a duration: `H:MM:SS`, `MM:SS`, `D-H`, `D-H:MM`, `D-H:MM:SS`, numbers with `d`, `h`, `m` and `s` (`1h30m`, `90s`), a number with
/// `ms`, or seconds.
///
/// A bare number is seconds (as PBS has it; `sbatch --time` would take it for minutes).
///
/// # Errors
/// If the text is none of these, or minutes or seconds after a colon exceed 59.
pub fn parse_duration(text: &str) -> Result<Duration, WalltimeError> {
    let error = |problem| WalltimeError {
        text: text.to_owned(),
        problem,
    };
    let not_a_time = || error("isn't a time");
    let trimmed = text.trim();
    if let Some(number) = trimmed.strip_suffix("ms") {
        let milliseconds = whole(number.trim_end()).ok_or_else(not_a_time)?;
        return match milliseconds {
            0 => Err(error("is no time at all")),
            _ if milliseconds / 1000 > MAX_TIME_S => Err(error("is too long")),
            _ => Ok(Duration::from_millis(milliseconds)),
        };
    }
    let seconds = if trimmed.contains([':', '-']) {
        let (days, clock) = match trimmed.split_once('-') {
            Some((days, clock)) => (Some(whole(days).ok_or_else(not_a_time)?), clock),
            None => (None, trimmed),
        };
        let parts: Vec<u64> = clock
            .split(':')
            .map(whole)
            .collect::<Option<_>>()
            .ok_or_else(not_a_time)?;
        let (hours, minutes, seconds) = match (days, parts.as_slice()) {
            (_, &[hours, minutes, seconds]) => (hours, minutes, seconds),
            (Some(_), &[hours, minutes]) => (hours, minutes, 0),
            (Some(_), &[hours]) => (hours, 0, 0),
            (None, &[minutes, seconds]) => (0, minutes, seconds),
            _ => return Err(not_a_time()),
        };
        // `90:00` is ninety minutes, but `1:90:00` is a slip.
        if seconds > 59 || (minutes > 59 && (days.is_some() || parts.len() == 3)) {
            return Err(error("has more than 59 minutes or seconds after a colon"));
        }
        days.unwrap_or(0)
            .checked_mul(24)
            .and_then(|all| all.checked_add(hours))
            .and_then(|all| all.checked_mul(60))
            .and_then(|all| all.checked_add(minutes))
            .and_then(|all| all.checked_mul(60))
            .and_then(|all| all.checked_add(seconds))
            .ok_or_else(|| error("is too long"))?
    } else {
        sum_of_units(trimmed)
            .ok_or_else(not_a_time)?
            .ok_or_else(|| error("is too long"))?
    };
    if seconds == 0 {
        return Err(error("is zero"));
    }
    if seconds > MAX_TIME_S {
        return Err(error("is too long"));
    }
    Ok(Duration::from_secs(seconds))
}

/// Seconds of `1d`, `1h30m` or `90`: each unit once, the larger ones first. `None` if it is no such text, `Some(None)` if too many.
fn sum_of_units(text: &str) -> Option<Option<u64>> {
    const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    let (mut rest, mut total, mut smaller) = (text, Some(0_u64), 0);
    while let Some((number, after)) = rest
        .find(|letter: char| letter.is_ascii_alphabetic())
        .map(|end| rest.split_at(end))
    {
        let letter = after.chars().next()?;
        let unit = smaller + UNITS[smaller..].iter().position(|(name, _)| *name == letter)?;
        let seconds = whole(number.trim())?.checked_mul(UNITS[unit].1);
        total = total
            .zip(seconds)
            .and_then(|(total, seconds)| total.checked_add(seconds));
        (rest, smaller) = (&after[1..], unit + 1);
    }
    match rest.trim() {
        "" if smaller > 0 => Some(total),
        number if smaller == 0 => whole(number).map(Some),
        _ => None,
    }
}

/// A hundred years: more than any job, and far from where clocks overflow.
const MAX_TIME_S: u64 = 100 * 365 * 86_400;

fn whole(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Time left of the job, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLeft {
    /// From now to the end; zero if it is over.
    pub left: Duration,
    /// `--walltime`, `SLURM_JOB_END_TIME` or `PBS_WALLTIME`.
    pub source: &'static str,
}

/// The time left, from the first source that knows: `--walltime` (counted from the start of the process), the end
/// time that SLURM sets, the walltime that PBS sets (counted from the start of the job, or of the process where the
/// former is unknown).
///
/// `option` is the text of `--walltime`; `variable` reads the environment; `process_start` and `job_start` are the
/// start times of this process and, if known, of the job.
///
/// # Errors
/// If the text of `--walltime` can't be read. Variables that can't be read are taken as absent.
pub fn time_left(
    option: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
    now: SystemTime,
    process_start: SystemTime,
    job_start: Option<SystemTime>,
) -> Result<Option<TimeLeft>, WalltimeError> {
    let until = |end: SystemTime, source| TimeLeft {
        left: end.duration_since(now).unwrap_or_default(),
        source,
    };
    if let Some(text) = option {
        return Ok(Some(until(process_start + parse_duration(text)?, "--walltime")));
    }
    if let Some(epoch_s) = variable("SLURM_JOB_END_TIME").and_then(|text| whole(text.trim()))
        && epoch_s > 0
        && let Some(end) = UNIX_EPOCH.checked_add(Duration::from_secs(epoch_s))
    {
        return Ok(Some(until(end, "SLURM_JOB_END_TIME")));
    }
    if let Some(walltime) = variable("PBS_WALLTIME").and_then(|text| parse_duration(&text).ok())
        && let Some(end) = job_start.unwrap_or(process_start).checked_add(walltime)
    {
        return Ok(Some(until(end, "PBS_WALLTIME")));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        for (text, seconds) in [
            ("2:00:00", 7200),
            ("1-12:00:00", 129_600),
            ("1-12", 129_600),
            ("1-12:30", 131_400),
            ("90:00", 5400),
            ("0:30", 30),
            ("90s", 90),
            ("45m", 2700),
            ("2h", 7200),
            ("3d", 259_200),
            ("1h30m", 5400),
            ("2d 4h", 187_200),
            (" 3600 ", 3600),
            ("100:00:00", 360_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_read() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1500 ms"), Ok(Duration::from_millis(1500)));
    }

    #[test]
    fn slips_are_refused() {
        for text in [
            "",
            "s",
            "1.5h",
            "-5",
            "1:2:3:4",
            "1-2-3",
            "1:60:00",
            "0:00:60",
            "1-0:60",
            "two hours",
            "0",
            "0:00",
            "99999999999999999999",
            "18446744073709551615d",
            "+5",
            "1:-2",
            "5 µ",
            "0ms",
            "30m1h",
            "1h30",
            "1h1h",
            "ms",
            "99999999999999999ms",
        ] {
            let error = parse_duration(text).expect_err(text);
            assert!(error.to_string().contains("hint"), "{error}");
        }
    }

    fn at(epoch_s: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(epoch_s)
    }

    fn left_s(
        option: Option<&str>,
        environment: &[(&str, &str)],
        job_start: Option<u64>,
    ) -> Option<(u64, &'static str)> {
        time_left(
            option,
            |name| {
                environment
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            },
            at(1010),
            at(1000),
            job_start.map(at),
        )
        .expect("readable")
        .map(|found| (found.left.as_secs(), found.source))
    }

    #[test]
    fn sources_come_in_order() {
        let both = [("SLURM_JOB_END_TIME", "1100"), ("PBS_WALLTIME", "300")];
        assert_eq!(left_s(Some("50"), &both, None), Some((40, "--walltime")));
        assert_eq!(left_s(None, &both, None), Some((90, "SLURM_JOB_END_TIME")));
        assert_eq!(left_s(None, &both[1..], None), Some((290, "PBS_WALLTIME")));
        assert_eq!(left_s(None, &both[1..], Some(900)), Some((190, "PBS_WALLTIME")));
        assert_eq!(
            left_s(None, &[("PBS_WALLTIME", "0:05:00")], Some(0)),
            Some((0, "PBS_WALLTIME"))
        );
        assert_eq!(left_s(None, &[("SLURM_JOB_END_TIME", "soon")], None), None);
        assert_eq!(left_s(None, &[], None), None);
    }
}
