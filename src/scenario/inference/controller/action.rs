//! What a controller can do, in words that have a meaning in every world.

use std::fmt;

/// An action, as seen by a searcher that faces the wind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Against the wind.
    Upwind,
    /// With the wind.
    Downwind,
    /// Across the wind, to the left.
    Left,
    /// Across the wind, to the right.
    Right,
    /// Lower.
    Down,
    /// Higher.
    Up,
    /// Where it is.
    Stay,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 7] = [
        Self::Upwind,
        Self::Downwind,
        Self::Left,
        Self::Right,
        Self::Down,
        Self::Up,
        Self::Stay,
    ];

    /// The word in a file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Upwind => "upwind",
            Self::Downwind => "downwind",
            Self::Left => "left",
            Self::Right => "right",
            Self::Down => "down",
            Self::Up => "up",
            Self::Stay => "stay",
        }
    }

    /// The action of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}
