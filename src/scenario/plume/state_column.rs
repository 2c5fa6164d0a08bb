//! Columns for the inner state of components: what a navigator is at, what a sensor remembers.

/// A column that a component can fill, agent by agent, when somebody records it. Its name is its own: no other component has a
/// column of this name with another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateColumn {
    /// Name: lower-case words joined by `_`, with the unit as a suffix where it has one.
    pub name: &'static str,
    /// UDUNITS string; `1` for what has none.
    pub unit: &'static str,
    /// One line for people.
    pub long_name: &'static str,
    /// What the values of a column of codes mean, in one word each, from 0 on; empty for numbers.
    pub meanings: &'static [&'static str],
}

impl StateColumn {
    /// A column of numbers.
    #[must_use]
    pub const fn number(name: &'static str, unit: &'static str, long_name: &'static str) -> Self {
        Self {
            name,
            unit,
            long_name,
            meanings: &[],
        }
    }

    /// The columns, those of one name once.
    pub(super) fn each_once(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for column in all {
            if found.iter().all(|known| known.name != column.name) {
                found.push(column);
            }
        }
        found
    }

    /// A column of codes: 0 stands for the first of `meanings`.
    #[must_use]
    pub const fn code(name: &'static str, meanings: &'static [&'static str], long_name: &'static str) -> Self {
        Self {
            name,
            unit: "1",
            long_name,
            meanings,
        }
    }
}
