//! Stopping in good order: who asked for it, and why.

use super::Deadline;
use crate::signals;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// Why a run stopped before its work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrainReason {
    /// A signal, by number.
    Signal(u8),
    /// The time left was too short for another unit.
    Walltime,
    /// The first units all failed for the same reason.
    Failures,
}

impl DrainReason {
    pub(super) fn code(self) -> u32 {
        match self {
            Self::Signal(number) => 0x100 | u32::from(number),
            Self::Walltime => 1,
            Self::Failures => 2,
        }
    }

    pub(super) fn from_code(code: u32) -> Option<Self> {
        match code {
            0 => None,
            1 => Some(Self::Walltime),
            2 => Some(Self::Failures),
            code => Some(Self::Signal((code & 0xff) as u8)),
        }
    }
}

impl fmt::Display for DrainReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(number) => match signal_hook::low_level::signal_name(i32::from(*number)) {
                Some(name) => f.write_str(name),
                None => write!(f, "signal {number}"),
            },
            Self::Walltime => f.write_str("the end of the walltime"),
            Self::Failures => f.write_str("the first units all failed for the same reason"),
        }
    }
}

/// A request to stop, shared by whoever may make it and the engine that looks at it. The first reason stays.
#[derive(Clone, Debug, Default)]
pub struct DrainFlag {
    code: Arc<AtomicU32>,
    heeds_signals: bool,
}

impl DrainFlag {
    /// No request yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Signals ask for a drain, those of [`signals::ENDING`], even those that came before. See [`signals::Answer::Drain`].
    ///
    /// # Errors
    /// If the operating system refuses the handlers or the thread.
    pub fn of_signals() -> std::io::Result<Self> {
        signals::answer(signals::Answer::Drain)?;
        Ok(Self {
            heeds_signals: true,
            ..Self::default()
        })
    }

    /// Asks for a drain. On any rank: the engine tells the others.
    pub fn request(&self, reason: DrainReason) {
        let _first_reason_stays = self
            .code
            .compare_exchange(0, reason.code(), Ordering::AcqRel, Ordering::Acquire);
    }

    /// The request, if there is one.
    #[must_use]
    pub fn requested(&self) -> Option<DrainReason> {
        if self.heeds_signals
            && let Some(signal) = signals::requested()
        {
            self.request(DrainReason::Signal(signal));
        }
        DrainReason::from_code(self.code.load(Ordering::Acquire))
    }

    /// [`Self::requested`] for what goes on outside the engine: the end of the job is a reason as well.
    #[must_use]
    pub fn requested_by(&self, deadline: Option<Deadline>) -> Option<DrainReason> {
        let end = deadline.and_then(|deadline| deadline.at.checked_sub(deadline.reserve));
        if end.is_some_and(|end| Instant::now() >= end) {
            self.request(DrainReason::Walltime);
        }
        self.requested()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_stays() {
        let flag = DrainFlag::new();
        assert_eq!(flag.requested(), None);
        flag.request(DrainReason::Signal(15));
        flag.clone().request(DrainReason::Walltime);
        assert_eq!(flag.requested(), Some(DrainReason::Signal(15)));
    }

    #[test]
    fn reasons_survive_their_codes_and_read_well() {
        for reason in [
            DrainReason::Walltime,
            DrainReason::Failures,
            DrainReason::Signal(1),
            DrainReason::Signal(10),
            DrainReason::Signal(64),
        ] {
            assert_eq!(DrainReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(DrainReason::Signal(15).to_string(), "SIGTERM");
        assert_eq!(DrainReason::Signal(200).to_string(), "signal 200");
    }
}
