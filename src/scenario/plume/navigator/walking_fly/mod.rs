//! Walking *Drosophila* (Álvarez-Salvado et al. 2018).

mod check;
mod configuration;
mod fly;
mod responses;

pub use configuration::{FlyForm, WalkingFlyConfig};
pub use fly::{FlyResponse, WalkingFly};
