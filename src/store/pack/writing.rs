//! The datasets and attributes of a packed file.

use super::rows;
use super::{Compression, PackOptions, Work, datasets};
use crate::netcdf4::hdf::{self, Raw};
use crate::netcdf4::{Group, Slab, StoredType, Variable, copy_attributes};
use crate::store::describe::ENCODING;
use crate::store::extent::Extent;
use crate::store::fill::Dimensions;
use crate::store::seal::Place;
use crate::store::{Layout, Reader, SchemaVersion, StoreError, describe, fill, objects, rewritten};
use crate::version::SOFTWARE_VERSION;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File};
use std::path::Path;

/// Texts of any length that are copied at a time.
const TEXTS: usize = 1 << 14;

/// Attribute of the root that says how a file was packed.
const PACKED: &str = "packed";

/// Writes everything into the empty file at `path`; where its seal is to be, and how many rows it has.
pub(super) fn write(
    reader: &Reader,
    layout: &Layout,
    path: &Path,
    options: &PackOptions,
    work: &mut Work<'_>,
) -> Result<(Place, u64), StoreError> {
    let target = work.target.to_owned();
    let error = |error: hdf5::Error| StoreError::hdf(format!("writing {}", target.display()), &error);
    let file = open(path, true).map_err(error)?;
    root_attributes(reader, layout, &file, options).map_err(error)?;
    let mut dimensions = Dimensions::of(layout);
    for group in layout.groups() {
        let made = write_group(reader, &file, group, options, work)?;
        fill::tie_axes(&file, group, &made, &mut dimensions).map_err(error)?;
    }
    let attributes = || -> hdf5::Result<()> {
        let (from, to) = (reader.file().group("provenance")?, file.group("provenance")?);
        copy_attributes(&from, &to, &[])
    };
    attributes().map_err(error)?;
    copy_seal(reader, &file, &mut dimensions).map_err(error)?;
    let rows = rows::write(reader, layout, &file, &mut dimensions, options, work)?;
    file.flush().map_err(error)?;
    file.close().map_err(error)?;
    // Opened anew: all that HDF5 still has to write about the seal so comes before it.
    let dimension = dimensions.next_bare();
    let seal = || -> hdf5::Result<Place> {
        let file = open(path, false)?;
        let group = file.group("provenance")?;
        let (dataset, place) = fill::seal_of(&file, &group, layout.version(), &[], dimension)?;
        file.flush()?;
        drop((dataset, group));
        file.close()?;
        Ok(place)
    };
    Ok((seal().map_err(error)?, rows))
}

/// Copies the seal that the results had before: its hashes are of values, wherever these lie, and so hold after any program
/// has written the packed file anew.
fn copy_seal(reader: &Reader, file: &File, dimensions: &mut Dimensions) -> hdf5::Result<()> {
    let Some(text) = rewritten::seal_of_values(reader) else {
        return Ok(());
    };
    let long_name = "seal of the results that were packed: checksums of values that never change";
    let variable = describe::text(SchemaVersion::CURRENT, rewritten::ORIGINAL, text.len(), &[], long_name);
    let provenance = file.group("provenance")?;
    let dimension = "original_seal_characters";
    let dataset = fill::text_without_place(&provenance, &variable, dimension, dimensions.next_bare())?;
    Raw::new(dataset)?.write(&Slab::whole(&[text.len() as u64]), text.as_bytes())
}

/// Blocks for what HDF5 has to say about datasets; what it has to say about the seal fits into one.
const BLOCK_BYTES: u64 = 64 << 10;

fn open(path: &Path, create: bool) -> hdf5::Result<File> {
    let mut builder = File::with_options();
    builder.with_fapl(|access| {
        // The earliest format can be read by every tool.
        access
            .sec2()
            .libver_earliest()
            .meta_block_size(BLOCK_BYTES)
            .small_data_block_size(0)
            .sieve_buf_size(0)
            .file_locking(false)
    });
    builder.with_fcpl(|creation| creation.obj_track_times(false));
    match create {
        true => hdf::by_name(path, |name| builder.create(name)),
        false => hdf::by_name(path, |name| builder.open_as(name, hdf5::OpenMode::ReadWrite)),
    }
}

fn root_attributes(reader: &Reader, layout: &Layout, file: &File, options: &PackOptions) -> hdf5::Result<()> {
    copy_attributes(reader.file(), file, &["schema_version", PACKED])?;
    hdf::number_attribute(file, "schema_version", &[layout.version().0])?;
    let how = match options.compression {
        Compression::Deflate => "deflate",
        Compression::Zstd => "zstd",
    };
    let words = format!("by plume-nav-sim {SOFTWARE_VERSION}, {how} at level {}", options.level);
    hdf::text_attribute(file, PACKED, &words)
}

/// Copies a group with its datasets and their attributes.
fn write_group(
    reader: &Reader,
    file: &File,
    group: &Group,
    options: &PackOptions,
    work: &mut Work<'_>,
) -> Result<Vec<Dataset>, StoreError> {
    let target = work.target.to_owned();
    let error = |error: hdf5::Error| StoreError::hdf(format!("writing {}", target.display()), &error);
    let parent = (file.create_group_builder().obj_track_times(false).create(group.name)).map_err(error)?;
    let mut made = Vec::new();
    for variable in &group.variables {
        let (extent, source) = source_of(reader, group, variable)?;
        let stored = variable.stored;
        let shape = group.shape_of(variable);
        let dataset = match stored {
            StoredType::Text => parent
                .new_dataset_builder()
                .with_dcpl(|creation| creation.obj_track_times(false))
                .empty_as(&stored.descriptor())
                .shape(shape.iter().map(|&length| length as usize).collect::<Vec<_>>())
                .create(variable.name.as_str()),
            _ => datasets::create(
                &parent,
                &variable.name,
                (&stored.descriptor(), stored.bytes()),
                &shape,
                stored.characters(),
                options,
            ),
        };
        let dataset = dataset.map_err(error)?;
        copy_attributes(&source, &dataset, &[ENCODING]).map_err(error)?;
        if stored.characters().is_some() {
            hdf::text_attribute(&dataset, ENCODING, "utf-8").map_err(error)?;
        }
        match stored {
            StoredType::Text => copy_texts(&source, &dataset).map_err(error)?,
            _ => copy_values(reader, &extent, &dataset, work)?,
        }
        made.push(dataset);
    }
    Ok(made)
}

/// A dataset of the results, which may be stored in another way there.
pub(super) fn source_of(reader: &Reader, group: &Group, variable: &Variable) -> Result<(Extent, Dataset), StoreError> {
    let values = &reader.table().values;
    objects::find(reader.file(), values, reader.layout().group(group.name), &variable.name)
}

fn copy_values(reader: &Reader, extent: &Extent, dataset: &Dataset, work: &mut Work<'_>) -> Result<(), StoreError> {
    let target = work.target.to_owned();
    let error = |error: hdf5::Error| StoreError::hdf(format!("writing {}", target.display()), &error);
    let raw = Raw::new(dataset.clone()).map_err(error)?;
    let more: Vec<u64> = raw.shape()[extent.shape.len()..].to_vec();
    let mut zeros = Vec::new();
    for run in datasets::runs(&extent.shape, extent.element_bytes) {
        let bytes = reader.table().values.read("reading", extent, run.clone())?;
        zeros.resize(bytes.len(), 0);
        // A piece that was never written is zeros to every reader, and takes no place.
        if bytes != zeros {
            let mut rest = bytes.as_slice();
            for mut slab in Slab::of_run(&extent.shape, run) {
                let (part, others) = rest.split_at((slab.len() * extent.element_bytes) as usize);
                slab.start.extend(more.iter().map(|_| 0));
                slab.count.extend(&more);
                raw.write(&slab, part).map_err(error)?;
                rest = others;
            }
        }
        work.add(bytes.len() as u64)?;
    }
    Ok(())
}

fn copy_texts(source: &Dataset, dataset: &Dataset) -> hdf5::Result<()> {
    let length = source.size();
    for start in (0..length).step_by(TEXTS) {
        let end = (start + TEXTS).min(length);
        let texts = source.read_slice_1d::<VarLenUnicode, _>(start..end)?;
        dataset.write_slice(&texts, start..end)?;
    }
    Ok(())
}
