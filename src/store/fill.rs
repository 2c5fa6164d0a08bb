//! The structure of a new results file: groups, datasets, attributes, and the texts of any length, all that HDF5 alone can
//! write.

use super::create::Provenance;
use super::extent::Extent;
use super::layout::Layout;
use super::seal::{self, Place, Role};
use super::{CONVENTIONS, FILE_TYPE, SchemaVersion, StoreError, Subject, contents, describe, objects, size};
use crate::netcdf4::hdf::{self, Raw};
use crate::netcdf4::{self, Group, LabelledVariable, Scale, Slab, StoredType, Variable};
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
        root_attributes(&file, study, layout)?;
        let mut numbers = Dimensions::of(layout);
        let mut places = Vec::new();
        // Kept open until all is flushed: closing one drops what HDF5 could not write of it without a word.
        let mut open = Vec::new();
        for group in layout.groups() {
            let datasets = create_group(&file, group)?;
            tie_axes(&file, group, &datasets, &mut numbers)?;
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
        let (seal, place) = seal_of(
            &file,
            &group,
            layout.version(),
            &seal::places(layout, &places),
            numbers.next_bare(),
        )?;
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
            objects::extent_of(dataset, group, variable).ok_or_else(nowhere)
        })
        .collect()
}

/// Name of the dimension of the characters of the seal.
const SEAL_DIMENSION: &str = "seal_characters";

/// How far the end of a file may move by what belongs to the seal but is no part of its text: references, in the heap.
const SEAL_REFERENCES_BYTES: u64 = 1 << 17;

/// Makes the dataset of the seal, as the last of all, so that it is the end of the file: its place is taken when all else
/// about it is written.
pub(super) fn seal_of(
    file: &File,
    provenance: &hdf5::Group,
    version: SchemaVersion,
    places: &[Place],
    dimension: usize,
) -> hdf5::Result<(Dataset, Place)> {
    let bytes = seal::text_bytes(file.size() + SEAL_REFERENCES_BYTES, places);
    let long_name = "checksums of all that never changes, the last bytes of the file";
    let variable = describe::text(version, seal::NAME, bytes as usize, &[], long_name);
    let dataset = text_without_place(provenance, &variable, SEAL_DIMENSION, dimension)?;
    file.flush()?;
    let shape: Vec<u64> = variable.stored.characters().into_iter().collect();
    Raw::new(dataset.clone())?.write(&Slab::whole(&shape), &vec![0; bytes as usize])?;
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

/// Makes a text that no layout knows, with a dimension of its own for its characters. It gets its place when it is written.
pub(super) fn text_without_place(
    group: &hdf5::Group,
    variable: &Variable,
    dimension: &str,
    number: usize,
) -> hdf5::Result<Dataset> {
    let characters = variable.stored.characters();
    let shape: Vec<u64> = characters.into_iter().collect();
    let dataset = create_dataset(group, variable, &shape, AllocTime::Late)?;
    if let Some(length) = characters {
        let made = netcdf4::bare_dimension(group, dimension, length)?;
        let scale = Scale {
            name: dimension,
            dataset: &made,
            number,
            bare: Some(length),
        };
        let labelled = LabelledVariable {
            name: &variable.name,
            dataset: &dataset,
            axes: &[0],
        };
        netcdf4::tie(group, &[scale], &[labelled], size::MAX_SCALE_USES)?;
    }
    Ok(dataset)
}

/// Two datasets of one name can't be; better said in the study's words than in HDF5's.
fn check_names(layout: &Layout) -> Result<(), StoreError> {
    for group in layout.groups() {
        let characters: Vec<String> = (group.text_lengths().into_iter())
            .map(netcdf4::characters_name)
            .collect();
        let mut names: Vec<&str> = group.variables.iter().map(|variable| variable.name.as_str()).collect();
        names.extend(characters.iter().map(String::as_str));
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

fn root_attributes(file: &File, study: &impl Subject, layout: &Layout) -> hdf5::Result<()> {
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
    hdf::number_attribute(file, "schema_version", &[layout.version().0])?;
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
        .map(|variable| create_dataset(&parent, variable, &group.dataset_shape_of(variable), AllocTime::Early))
        .collect()
}

/// Makes a dataset in full length and with its attributes.
fn create_dataset(
    parent: &hdf5::Group,
    variable: &Variable,
    shape: &[u64],
    alloc_time: AllocTime,
) -> hdf5::Result<Dataset> {
    // HDF5 insists on filling references to texts, so that none points nowhere.
    let fill_time = match variable.stored {
        StoredType::Text => FillTime::IfSet,
        _ => FillTime::Never,
    };
    let dataset = (parent.new_dataset_builder())
        .with_dcpl(|creation| {
            creation
                .alloc_time(Some(alloc_time))
                .fill_time(fill_time)
                .obj_track_times(false)
        })
        .empty_as(variable.stored.descriptor())
        .shape(shape.iter().map(|&length| length as usize).collect::<Vec<_>>())
        .create(variable.name.as_str())?;
    for (name, value) in &variable.attributes {
        value.write(&dataset, name)?;
    }
    Ok(dataset)
}

/// Numbers of dimensions: those with values first, through the whole file, then those without. So the former, which are part of
/// the digest, don't depend on how texts are stored.
pub(super) struct Dimensions {
    next: usize,
    next_bare: usize,
}

impl Dimensions {
    /// Those of a layout.
    pub fn of(layout: &Layout) -> Self {
        Self {
            next: 0,
            next_bare: layout.groups().iter().map(|group| group.axes.len()).sum(),
        }
    }

    /// The number of one without values, or of one that no layout knows.
    pub fn next_bare(&mut self) -> usize {
        self.next_bare += 1;
        self.next_bare - 1
    }

    fn next(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }
}

/// Ties the variables of a group to its axes.
pub(super) fn tie_axes(
    file: &File,
    group: &Group,
    datasets: &[Dataset],
    dimensions: &mut Dimensions,
) -> hdf5::Result<()> {
    let parent = file.group(group.name)?;
    let dataset_of = |name: &str| {
        let index = group.variables.iter().position(|variable| variable.name == name);
        &datasets[index.expect("every axis has its scale")]
    };
    let lengths = group.text_lengths();
    let characters = (lengths.iter())
        .map(|&length| {
            let name = netcdf4::characters_name(length);
            Ok((netcdf4::bare_dimension(&parent, &name, length)?, name, length))
        })
        .collect::<hdf5::Result<Vec<_>>>()?;
    let axes = group.axes.iter().map(|axis| Scale {
        name: &axis.name,
        dataset: dataset_of(&axis.name),
        number: dimensions.next(),
        bare: None,
    });
    let mut scales: Vec<Scale<'_>> = axes.collect();
    scales.extend(characters.iter().map(|(dataset, name, length)| Scale {
        name,
        dataset,
        number: dimensions.next_bare(),
        bare: Some(*length),
    }));
    let labels: Vec<Vec<usize>> = (group.variables.iter())
        .map(|variable| {
            let mut labels = variable.axes.clone();
            let length = variable.stored.characters();
            let index = length.and_then(|length| lengths.binary_search(&length).ok());
            labels.extend(index.map(|index| group.axes.len() + index));
            labels
        })
        .collect();
    let variables: Vec<LabelledVariable<'_>> = (group.variables.iter().zip(datasets).zip(&labels))
        .filter(|((variable, _), labels)| !group.is_scale(variable) && !labels.is_empty())
        .map(|((variable, dataset), labels)| LabelledVariable {
            name: &variable.name,
            dataset,
            axes: labels,
        })
        .collect();
    netcdf4::tie(&parent, &scales, &variables, size::MAX_SCALE_USES)
}
