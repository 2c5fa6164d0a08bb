//! Starting positions and headings.

mod configuration;
mod draw;
mod headings;
mod places;
mod table;

pub use configuration::{
    FixedHeadingConfig, StartAcrossWind, StartAroundSource, StartConfig, StartDisc, StartFile, StartHeadingConfig,
    StartInPlume, StartLine, StartList, StartPoint, StartRegion, UpwindHeadingConfig,
};
pub use draw::{Starts, Surroundings};
pub(in super::super) use table::{StartTable, StartTableError};
