//! What a check found.

use serde::Serialize;

/// Whether a check is content. Ordered from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Works, but slower, with less safety, or only by luck.
    Warning,
    /// A run would fail or give up something that this program promises.
    Problem,
}

impl Verdict {
    /// The verdict's word in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// Outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was examined, a few words.
    pub check: &'static str,
    /// Whether it is fine.
    pub verdict: Verdict,
    /// What was seen.
    pub found: String,
    /// What to do about it; nothing when it is fine.
    pub remedy: Option<String>,
}

impl Finding {
    /// All is well.
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    /// It works, but could be better.
    pub(super) fn warning(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Warning,
            found: found.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// A run would fail.
    pub(super) fn problem(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Problem,
            found: found.into(),
            remedy: Some(remedy.into()),
        }
    }
}
