//! Gridded data from files that other programs wrote: reading, checking, and the frames that the threads of a rank share.
//!
//! A file is NetCDF (classic or 4) or HDF5, and holds a variable over (time, y, x). It is read in pure Rust by positional
//! reads, so that any thread may read while another one writes results through the HDF5 library.

mod axis_order;
mod bilinear;
mod choosing;
mod configuration;
mod container;
mod decoding;
mod epoch;
mod error;
mod filters;
mod frames;
mod hdf5_attributes;
mod hdf5_chunks;
mod hdf5_links;
mod hdf5_listing;
mod inputs;
mod layout;
mod movie;
mod number_format;
mod one_per_frame;
mod parsed;
mod playback;
mod pool;
mod reading;
mod sign;
mod signature;
mod source;
mod statistics;
mod storage;
#[cfg(test)]
pub(crate) mod tests;
mod units;
mod variable;

pub use bilinear::{Bilinear, Outside};
pub use configuration::{
    AxesConfig, AxisOrder, CacheConfig, FileAxesConfig, LruConfig, MissingPolicy, NoCacheConfig, PreloadConfig,
    UniformAxesConfig,
};
pub use epoch::Epoch;
pub use error::{GridError, GridProblem};
pub use frames::FrameCache;
pub use inputs::Inputs;
pub use layout::UniformAxis;
pub use movie::{Choice, Frame, Movie, Quantity, Request};
pub use playback::{AtEnd, Playback, TimeInterpolation};
pub use statistics::CacheStatistics;
