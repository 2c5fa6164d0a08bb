//! What a scenario chooses where a configuration leaves it open.

/// One thing that a design point's configuration leaves to the scenario, as it comes out: `grid`, `37 × 37`, `cells`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// What it is, in a word or two for people.
    pub name: &'static str,
    /// Its value as people read it.
    pub value: String,
    /// What it is counted in; may be empty.
    pub unit: &'static str,
}

impl Chosen {
    /// One choice.
    #[must_use]
    pub fn new(name: &'static str, value: &str, unit: &'static str) -> Self {
        Self {
            name,
            value: value.to_owned(),
            unit,
        }
    }
}
