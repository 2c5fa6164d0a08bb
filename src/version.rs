//! Which program this is.

/// Version of this program.
pub const SOFTWARE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Git revision that this program was built from, or `unknown`.
pub const GIT_REVISION: &str = env!("PLUME_NAV_SIM_GIT_REVISION");
