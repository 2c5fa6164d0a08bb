//! Conditions on rows, as they are typed: `wind.speed_m_s < 1 and success`.
//!
//! ```text
//! condition  = alternative { "or" alternative }
//! alternative = part { "and" part }
//! part       = "not" part | "(" condition ")" | operand [ operator operand | "is" [ "not" ] "missing" ]
//! operator   = "<" | "<=" | ">" | ">=" | "=" | "==" | "!="
//! operand    = NAME | NUMBER | "text" | 'text' | "true" | "false"
//! ```
//!
//! A comparison with a missing value is neither true nor false, as in SQL: rows are kept only if the whole is true.

mod bind;
mod error;
mod parse;
mod token;

pub use bind::Condition;
pub use error::ConditionError;
pub use parse::parse;
