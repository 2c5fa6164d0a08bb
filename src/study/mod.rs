//! What is asked for: a study whose layers are merged ([`ResolvedStudy`]), and the same with its design and scenario
//! ([`Study`]), from which every rank knows all units and their random streams.
//!
//! [`config`](crate::config) makes both of what people type; all that runs, keeps or reads results starts here.

mod canonical;
mod expanded;
mod identity;
mod input_record;
mod key;
mod origin;
mod part;
mod replaced;
mod resolved;
mod settings;
pub(crate) mod toml_text;

pub use expanded::Study;
pub use identity::{Identities, PointIdentity};
pub use input_record::InputRecord;
pub(crate) use key::join;
pub use origin::Origin;
pub use part::Part;
pub(crate) use replaced::keys as replaced_keys;
pub use resolved::ResolvedStudy;
pub use settings::{ExecutionSettings, OutputSettings, RecordSettings, StatisticsSettings, StudySettings};
