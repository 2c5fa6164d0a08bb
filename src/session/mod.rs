//! One run on a results file: open or create it, run what is missing, gather, and leave a record.

mod agreement;
mod counters;
mod ending;
mod error;
mod existing;
mod input_files;
mod kept_rows;
mod merge;
mod opening;
mod options;
mod orders;
mod path_bytes;
mod pending;
mod products;
mod provenance;
mod reuse;
mod run;
mod shared_folder;
mod summary;
mod work;

pub use ending::{Ending, Tally};
pub use error::SessionError;
pub use existing::Existing;
pub use merge::{MergeRequest, Merged, merge};
pub use orders::Request;
pub use reuse::Reused;
pub use run::{Observer, Started, run};
