//! The structure of a new results file: groups, datasets, attributes, and the texts of any length, all that HDF5 alone can
//! write.

use super::create::Provenance;
use super::extent::Extent;
use super::layout::Layout;
use super::seal::{self, Place, Role};
use super::{CONVENTIONS, FILE_TYPE, SchemaVersion, StoreError, Subject, contents, objects, size};
use crate::netcdf4::{self, Group, LabelledVariable, Scale, StoredType, Variable, hdf};
use crate::sweep::Dimension;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};
use hdf5::dataset::{AllocTime, FillTime};
use hdf5::{Dataset, File};
use std::path::Path;

/// Makes the file at `path`, which exists and is empty, with everything in it but the elements that
/// [`contents`] gives, and tells where each of its datasets is: per group, in the order of the layout.
pub(super) fn write_structure(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    dimensions: &[Dimension],
    provenance: &Provenance,
) -> Result<(Vec<Vec<Extent>>, Place), StoreError> {
    check_names(layout)?;
    let write = || -> hdf5::Result<(Vec<Vec<Extent>>, Place)> {
        let file = new_file(path, layout)?;
        root_attributes(&file, study)?;
        let mut first_dimension = 0;
        let mut places = Vec::new();
        // Kept open until all is flushed: closing one drops what HDF5 could not write of it without a word.
        let mut open = Vec::new();
        for group in layout.groups() {
            let datasets = create_group(&file, group)?;
            tie_axes(&file, group, &datasets, first_dimension)?;
            first_dimension += group.axes.len();
            for (variable, dataset) in group.variables.iter().zip(&datasets) {
                if variable.stored == StoredType::Text {
                    contents::write_texts(group, variable, dimensions, dataset)?;
                }
            }
            places.push(places_of(group, &datasets)?);
            open.extend(datasets);
        }
        let group = file.group("provenance")?;
        for (name, text) in provenance.attributes() {
            hdf::text_attribute(&group, &name, &text)?;
        }
        file.flush()?;
        let (seal, place) = seal_of(&file, &group, layout, &places)?;
        open.push(seal);
        file.flush()?;
        drop((group, open));
        file.flush()?;
        file.close()?;
        Ok((places, place))
    };
    write().map_err(|error| StoreError::hdf("making the structure of the results", &error))
}

/// Where the datasets of a group are.
fn places_of(group: &Group, datasets: &[Dataset]) -> hdf5::Result<Vec<Extent>> {
    (group.variables.iter().zip(datasets))
        .map(|(variable, dataset)| {
            let object = format!("/{}/{}", group.name, variable.name);
            let nowhere = || hdf5::Error::Internal(format!("{object} has no place in the file"));
            objects::extent_of(dataset, object.clone()).ok_or_else(nowhere)
        })
        .collect()
}

/// Makes the dataset of the seal, as the last of all, so that it is the end of the file.
fn seal_of(
    file: &File,
    provenance: &hdf5::Group,
    layout: &Layout,
    places: &[Vec<Extent>],
) -> hdf5::Result<(Dataset, Place)> {
    let end = file.size();
    let bytes = seal::text_bytes(end, &seal::places(layout, places));
    let variable = Variable::new(
        seal::NAME,
        StoredType::FixedText(bytes as usize),
        &[],
        "checksums of all that never changes, the last bytes of the file",
    );
    let dataset = create_dataset(provenance, &variable, Vec::new())?;
    let object = format!("/provenance/{}", seal::NAME);
    let offset =
        (dataset.offset()).ok_or_else(|| hdf5::Error::Internal(format!("{object} has no place in the file")))?;
    let place = Place {
        path: object,
        offset,
        bytes,
        role: Role::Structure,
    };
    Ok((dataset, place))
}

/// Two datasets of one name can't be; better said in the study's words than in HDF5's.
fn check_names(layout: &Layout) -> Result<(), StoreError> {
    for group in layout.groups() {
        let mut names: Vec<&str> = group.variables.iter().map(|variable| variable.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(StoreError::Unfit {
                reason: format!("two datasets of /{} would be called `{}`", group.name, pair[0]),
                hint: "give the axis another `name`",
            });
        }
    }
    Ok(())
}

fn new_file(path: &Path, layout: &Layout) -> hdf5::Result<File> {
    let block = size::metadata_block_bytes(layout);
    let mut builder = File::with_options();
    builder.with_fapl(|access| {
        // The earliest format can be read by every tool; all metadata in one block at the start, raw data without gaps.
        // The driver through the C library's streams is the one that takes a file without a name in any folder.
        access
            .stdio()
            .libver_earliest()
            .meta_block_size(block)
            .small_data_block_size(0)
            .file_locking(false)
    });
    builder.with_fcpl(|creation| creation.obj_track_times(false));
    hdf::by_name(path, |name| builder.create(name))
}

/// What somebody who opens the file without a group should know.
const COMMENT: &str = "results are in groups: /summary (statistics of every metric), /episodes (every metric of every \
    member), /points (the design as a table), /units, /failures, /provenance; with xarray: \
    open_dataset(path, group=\"summary\")";

fn root_attributes(file: &File, study: &impl Subject) -> hdf5::Result<()> {
    let title = study.title();
    let hash = hex(&study.hash());
    for (name, text) in [
        ("Conventions", CONVENTIONS),
        ("title", &title),
        ("comment", COMMENT),
        ("source", "plume-nav-sim"),
        ("file_type", FILE_TYPE),
        ("scenario", &study.scenario()),
        ("configuration_hash", &hash),
        ("software_version", SOFTWARE_VERSION),
        ("git_revision", GIT_REVISION),
    ] {
        hdf::text_attribute(file, name, text)?;
    }
    hdf::number_attribute(file, "schema_version", &[SchemaVersion::CURRENT.0])?;
    hdf::number_attribute(file, "seed", &[study.seed()])
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a group and its datasets, in full length and with their attributes.
fn create_group(file: &File, group: &Group) -> hdf5::Result<Vec<Dataset>> {
    let parent = file.create_group_builder().obj_track_times(false).create(group.name)?;
    (group.variables.iter())
        .map(|variable| {
            let shape = group.shape_of(variable).iter().map(|&length| length as usize).collect();
            create_dataset(&parent, variable, shape)
        })
        .collect()
}

/// Makes a dataset in full length and with its attributes.
fn create_dataset(parent: &hdf5::Group, variable: &Variable, shape: Vec<usize>) -> hdf5::Result<Dataset> {
    // HDF5 insists on filling references to texts, so that none points nowhere.
    let fill_time = match variable.stored {
        StoredType::Text => FillTime::IfSet,
        _ => FillTime::Never,
    };
    let dataset = (parent.new_dataset_builder())
        .with_dcpl(|creation| {
            creation
                .alloc_time(Some(AllocTime::Early))
                .fill_time(fill_time)
                .obj_track_times(false)
        })
        .empty_as(variable.stored.descriptor())
        .shape(shape)
        .create(variable.name.as_str())?;
    for (name, value) in &variable.attributes {
        value.write(&dataset, name)?;
    }
    Ok(dataset)
}

/// Ties the variables of a group to its axes. Dimensions are numbered through the whole file.
fn tie_axes(file: &File, group: &Group, datasets: &[Dataset], first_dimension: usize) -> hdf5::Result<()> {
    let parent = file.group(group.name)?;
    let dataset_of = |name: &str| {
        let index = group.variables.iter().position(|variable| variable.name == name);
        &datasets[index.expect("every axis has its scale")]
    };
    let scales: Vec<Scale<'_>> = (group.axes.iter())
        .map(|axis| Scale {
            name: &axis.name,
            dataset: dataset_of(&axis.name),
        })
        .collect();
    let variables: Vec<LabelledVariable<'_>> = (group.variables.iter().zip(datasets))
        .filter(|(variable, _)| !group.is_scale(variable) && !variable.axes.is_empty())
        .map(|(variable, dataset)| LabelledVariable {
            name: &variable.name,
            dataset,
            axes: &variable.axes,
        })
        .collect();
    netcdf4::tie(&parent, &scales, &variables, first_dimension, size::MAX_SCALE_USES)
}
