//! What to do with a results file that is there already.

/// The user's word on an existing results file. Nothing computed is ever lost without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Refuse to touch it.
    #[default]
    Refuse,
    /// Run what it lacks; start afresh if it isn't there.
    Resume,
    /// Replace it.
    Overwrite,
}
