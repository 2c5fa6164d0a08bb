//! Exit codes: part of the interface, since batch scripts act on them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// All that was asked is done.
    Done = 0,
    /// The environment failed (disk, MPI, file system), or there is a bug.
    Failure = 1,
    /// The user's error: arguments, study, or a file that would be overwritten.
    UserError = 2,
    /// Everything ran, but some units are quarantined (or, for `verify`, damaged).
    Quarantined = 3,
    /// Stopped early and orderly: start again with `--resume` (`EX_TEMPFAIL` of sysexits.h).
    Resume = 75,
}

impl ExitStatus {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// From a number that another rank sent; unknown ones are failures.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Done,
            2 => Self::UserError,
            3 => Self::Quarantined,
            75 => Self::Resume,
            _ => Self::Failure,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_the_way_between_ranks() {
        for status in [
            ExitStatus::Done,
            ExitStatus::Failure,
            ExitStatus::UserError,
            ExitStatus::Quarantined,
            ExitStatus::Resume,
        ] {
            assert_eq!(ExitStatus::from_code(status.code()), status);
        }
        assert_eq!(ExitStatus::from_code(101), ExitStatus::Failure);
    }
}
