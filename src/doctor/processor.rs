//! The processor's vector instructions, and the clock.

use super::Finding;
use jiff::Timestamp;
use std::time::Duration;

/// Instruction sets that matter here, best first.
fn vector_level() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            "AVX-512"
        } else if is_x86_feature_detected!("avx2") {
            "AVX2"
        } else {
            "SSE2"
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        "NEON"
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        "none known"
    }
}

pub(super) fn vector_instructions() -> Finding {
    let level = vector_level();
    let found = format!("{level} ({})", std::env::consts::ARCH);
    if level == "SSE2" || level == "none known" {
        Finding::warning(
            "vector instructions",
            found,
            "results are the same, but a newer processor is faster",
        )
    } else {
        Finding::ok("vector instructions", found)
    }
}

/// `file_server`: time stamp that the results folder gave to a file written just now, minus this machine's clock.
pub(super) fn clock(now: Timestamp, file_server: Option<Skew>) -> Finding {
    const CHECK: &str = "clock";
    /// 2026-01-01: no earlier than this program.
    const EARLIEST_S: i64 = 1_767_225_600;
    /// Time stamps in provenance and logs of several hosts should at least sort by the second.
    const TOLERATED: Duration = Duration::from_secs(5);
    if now.as_second() < EARLIEST_S {
        return Finding::warning(
            CHECK,
            format!("{now}, before this program existed"),
            "set the clock: the end of a job is a time of day, and provenance would be wrong",
        );
    }
    match file_server {
        Some(skew) if skew.magnitude > TOLERATED => Finding::warning(
            CHECK,
            format!(
                "the results folder's clock is {:.0} s {} this machine's",
                skew.magnitude.as_secs_f64(),
                if skew.ahead { "ahead of" } else { "behind" }
            ),
            "have the clocks synchronised (NTP); times in logs and provenance can't be compared",
        ),
        _ => Finding::ok(CHECK, now.round(jiff::Unit::Second).unwrap_or(now).to_string()),
    }
}

/// Difference of two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skew {
    /// How far they are apart.
    pub magnitude: Duration,
    /// Whether the other clock is ahead of this machine's.
    pub ahead: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn an_old_clock_and_a_skewed_file_server_are_told() {
        let new: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let skew = |seconds, ahead| {
            Some(Skew {
                magnitude: Duration::from_secs(seconds),
                ahead,
            })
        };
        assert_eq!(clock(new, None).verdict, Verdict::Ok);
        assert_eq!(clock(new, skew(2, true)).verdict, Verdict::Ok);
        let behind = clock(new, skew(90, false));
        assert_eq!(
            (behind.verdict, behind.found.contains("90 s behind")),
            (Verdict::Warning, true)
        );
        assert_eq!(clock(Timestamp::UNIX_EPOCH, None).verdict, Verdict::Warning);
    }

    #[test]
    fn the_processor_has_a_name() {
        assert!(vector_instructions().found.contains(std::env::consts::ARCH));
    }
}
