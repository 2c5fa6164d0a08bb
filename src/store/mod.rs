//! The results file: netCDF-4 conventions on HDF5, created once, then only raw data at fixed places.
//!
//! The file is its own journal. Rank 0 creates it with every dataset at its full length ([`create`]); each unit owns
//! its place in every column. A [`Writer`] commits units by writing their values, then checksum and state; metadata
//! of the file never changes again, so a kill at any instant leaves a file that opens, in which every unit is
//! either committed or not, as its checksum says.

mod addresses;
mod beside;
mod checksum;
mod columns;
mod contents;
mod counts;
mod create;
mod describe;
mod descriptor;
mod digest;
mod donor;
mod encode;
mod error;
mod examination;
mod extent;
mod failures;
mod fill;
mod fit;
mod gate;
mod kept_study;
mod layout;
mod lock;
mod merge;
mod objects;
mod pack;
mod packed_rows;
mod products;
mod reader;
mod rewritten;
mod row_files;
mod row_format;
mod row_parts;
mod row_writer;
mod salvage;
mod saved_states;
mod schema;
mod seal;
mod sessions;
mod size;
mod skeleton;
mod subject;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod transcript;
mod transfer;
mod udunits;
mod value_file;
mod verify;
mod writer;

pub use addresses::Addresses;
pub use create::{Provenance, create, replace};
pub use digest::{Digest, digest};
pub use donor::{Donor, DonorPlaces};
pub use error::StoreError;
pub use examination::{examine, offer as offer_examination};
pub use fit::MAX_DIMENSIONS;
pub use gate::is_ours;
pub use kept_study::KeptStudy;
pub use layout::{Column, ColumnPart, FAILURE_ROWS, Layout, MESSAGE_BYTES, SESSION_BYTES, SESSION_ROWS};
pub use lock::Lock;
pub use merge::{Given, Merge};
pub use pack::{Compression, PackOptions, PackProgress, Packed, pack};
pub use products::ProductRecord;
pub use reader::{Form, Reader, StateCounts, UnitCondition};
pub use row_parts::folder_of as rows_folder;
pub use salvage::{Salvage, salvage};
pub(crate) use schema::ROWS_FILE_TYPE;
pub use schema::{CONVENTIONS, FILE_TYPE, SchemaVersion};
pub use sessions::SessionRecord;
pub use subject::Subject;
pub use transfer::TakenOver;
pub use udunits::{of_key as unit_of_key, words_of_key};
pub use verify::{DamagedObject, MAX_RUNS, VerifyReport, verify, verify_open};
pub use writer::Writer;
