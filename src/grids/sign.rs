//! Integers whose type has a sign, or none, against what is meant.

use super::error::GridProblem;
use super::variable::{Kind, Variable};

/// Whether stored integers are meant with a sign, where the type says otherwise: by `_Unsigned`, since some formats have
/// only the one sort.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    AsStored,
    /// Those below 0 are meant as so much more: 2⁸, 2¹⁶, …
    None(f64),
    /// Those of at least the half of it are meant as so much less.
    Both(f64),
}

impl Sign {
    /// What the attributes of `variable` say.
    pub(super) fn of(variable: &Variable) -> Result<Self, GridProblem> {
        let text = variable.needed_text("_Unsigned")?.to_ascii_lowercase();
        let all = 2_f64.powi(8 * variable.kind.bytes() as i32);
        Ok(match (text.as_str(), &variable.kind) {
            ("true", Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64) => Self::None(all),
            ("false", Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64) => Self::Both(all),
            ("true" | "false" | "", _) => Self::AsStored,
            _ => {
                return Err(variable.unfit("_Unsigned", "\"true\" or \"false\""));
            }
        })
    }

    /// What a stored number means.
    pub(super) fn meant(self, stored: f64) -> f64 {
        match self {
            Self::None(all) if stored < 0.0 => stored + all,
            Self::Both(all) if stored >= all / 2.0 => stored - all,
            _ => stored,
        }
    }

    /// The lowest and the highest number that is meant, of those that are stored.
    pub(super) fn range(self, (lowest, highest): (f64, f64)) -> (f64, f64) {
        match self {
            Self::AsStored => (lowest, highest),
            Self::None(all) => (lowest, all - 1.0),
            Self::Both(all) => (-all / 2.0, highest),
        }
    }
}
