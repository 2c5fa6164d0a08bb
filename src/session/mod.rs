//! One run on a results file: open or create it, run what is missing, gather, and leave a record.

mod ending;
mod error;
mod existing;
mod opening;
mod orders;
mod provenance;
mod run;

pub use ending::{Ending, Tally};
pub use error::SessionError;
pub use existing::Existing;
pub use orders::Request;
pub use run::{Observer, Started, run};
