//! Writing a new results file: datasets, attributes, coordinates, provenance.

use super::create::Provenance;
use super::failures::fixed_text;
use super::hdf::{self, Raw, ScaleUse};
use super::layout::Layout;
use super::subject::axis_shape;
use super::variable::{AttributeValue, Group, StoredType, Variable};
use super::{CONVENTIONS, FILE_TYPE, GIT_REVISION, SOFTWARE_VERSION, SchemaVersion, Shape, Slab, StoreError, Subject};
use super::{describe, size};
use crate::sweep::{CoordinateValues, Dimension, PointIndex};
use hdf5::dataset::{AllocTime, FillTime};
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File};
use std::ops::Range;
use std::path::Path;

/// Elements that are made and written at a time.
const BLOCK: u64 = 1 << 16;

/// Writes everything that is known before the first unit to `path`, which exists and is empty.
pub(super) fn write_file(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    provenance: &Provenance,
) -> Result<(), StoreError> {
    let dimensions = study.dimensions();
    // A layout made for planning may have estimated its coordinates.
    let layout = Layout::from_shape(Shape {
        axes: dimensions.iter().map(axis_shape).collect(),
        ..layout.shape().clone()
    });
    check_names(&layout)?;
    let fill = || -> hdf5::Result<()> {
        let file = new_file(path, &layout)?;
        root_attributes(&file, study)?;
        let mut first_dimension = 0;
        for group in layout.groups() {
            let datasets = create_group(&file, group)?;
            tie_axes(&file, group, &datasets, first_dimension)?;
            first_dimension += group.axes.len();
            for (variable, dataset) in group.variables.iter().zip(datasets) {
                Contents {
                    study,
                    layout: &layout,
                    dimensions: &dimensions,
                }
                .write(group, variable, dataset)?;
            }
        }
        let group = file.group("provenance")?;
        for (name, text) in provenance.attributes() {
            hdf::text_attribute(&group, &name, &text)?;
        }
        drop(group);
        file.flush()?;
        file.close()
    };
    fill().map_err(|error| StoreError::hdf(format!("making {}", path.display()), &error))
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
        // The earliest format can be reopened after a kill and read by every tool; all metadata in one block at the
        // start, raw data without gaps. We hold a lock of our own, HDF5's would shut out readers during the run.
        access
            .sec2()
            .libver_earliest()
            .meta_block_size(block)
            .small_data_block_size(0)
            .file_locking(false)
    });
    builder.with_fcpl(|creation| creation.obj_track_times(false));
    hdf::by_name(path, |name| builder.create(name))
}

fn root_attributes(file: &File, study: &impl Subject) -> hdf5::Result<()> {
    let title = study.title();
    let hash = hex(&study.hash());
    for (name, text) in [
        ("Conventions", CONVENTIONS),
        ("title", &title),
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
            let shape: Vec<usize> = group.shape_of(variable).iter().map(|&length| length as usize).collect();
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
                match value {
                    AttributeValue::Text(text) => hdf::text_attribute(&dataset, name, text),
                    AttributeValue::F64(number) => hdf::number_attribute(&dataset, name, &[*number]),
                    AttributeValue::I64(number) => hdf::number_attribute(&dataset, name, &[*number]),
                    AttributeValue::I32(numbers) => hdf::number_attribute(&dataset, name, numbers),
                    AttributeValue::I8(numbers) => hdf::number_attribute(&dataset, name, numbers),
                }?;
            }
            Ok(dataset)
        })
        .collect()
}

/// Marks the scales and ties the variables to them, as netCDF-4 does. Dimensions are numbered through the whole file.
fn tie_axes(file: &File, group: &Group, datasets: &[Dataset], first_dimension: usize) -> hdf5::Result<()> {
    let parent = file.group(group.name)?;
    let addresses = (group.variables.iter())
        .map(|variable| hdf::reference(&parent, &variable.name))
        .collect::<hdf5::Result<Vec<u64>>>()?;
    let scale_of = |axis: usize| {
        let name = &group.axes[axis].name;
        group
            .variables
            .iter()
            .position(|variable| variable.name == *name)
            .expect("every axis has its scale")
    };
    let mut uses: Vec<Vec<ScaleUse>> = vec![Vec::new(); group.axes.len()];
    for (index, (variable, dataset)) in group.variables.iter().zip(datasets).enumerate() {
        if group.is_scale(variable) || variable.axes.is_empty() {
            continue;
        }
        let scales: Vec<u64> = variable.axes.iter().map(|&axis| addresses[scale_of(axis)]).collect();
        hdf::dimension_list(dataset, &scales)?;
        for (position, &axis) in variable.axes.iter().enumerate() {
            uses[axis].push(ScaleUse {
                variable: addresses[index],
                axis: position as i32,
            });
        }
    }
    for (axis, uses) in uses.iter().enumerate() {
        let dataset = &datasets[scale_of(axis)];
        hdf::text_attribute(dataset, "CLASS", "DIMENSION_SCALE\0")?;
        hdf::text_attribute(dataset, "NAME", &format!("{}\0", group.axes[axis].name))?;
        hdf::number_attribute(dataset, "_Netcdf4Dimid", &[(first_dimension + axis) as i32])?;
        if (1..=size::MAX_SCALE_USES).contains(&uses.len()) {
            hdf::reference_list(dataset, uses)?;
        }
    }
    Ok(())
}

/// Where the values of a new file come from.
struct Contents<'a, S> {
    study: &'a S,
    layout: &'a Layout,
    dimensions: &'a [Dimension],
}

impl<S: Subject> Contents<'_, S> {
    fn write(&self, group: &Group, variable: &Variable, dataset: Dataset) -> hdf5::Result<()> {
        match (group.name, variable.name.as_str()) {
            ("provenance", "session") | ("failures", "failure") => write_index(variable, dataset),
            ("provenance", name) => self.write_provenance(variable, name, dataset),
            ("failures", "unit") => write_blocks(dataset, |_| (-1_i64).to_le_bytes()),
            ("points", "point") => write_index(variable, dataset),
            ("points", "point_key") => write_blocks(dataset, |point| {
                let key = hex(&self.study.point_key(PointIndex(point)).0);
                <[u8; 32]>::try_from(key.as_bytes()).expect("16 bytes are 32 digits")
            }),
            ("points", name) => self.write_point_column(name, dataset),
            (_, name) if variable.axes.len() == 1 => {
                let axis = &self.dimensions.get(variable.axes[0]);
                let coordinate =
                    axis.and_then(|axis| axis.coordinates.iter().find(|coordinate| coordinate.name == name));
                match coordinate {
                    Some(coordinate) => write_values(dataset, &coordinate.values, |index| index),
                    None if group.is_scale(variable) => write_index(variable, dataset),
                    // A column of the units or the summary: written later.
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn write_provenance(&self, variable: &Variable, name: &str, dataset: Dataset) -> hdf5::Result<()> {
        let text = match name {
            "configuration_toml" => self.study.toml(),
            "configuration_json" => self.study.json(),
            "configuration_hash" => hex(&self.study.hash()),
            "inputs" => self.study.inputs(),
            "layout" => describe::layout_text(self.layout.shape()),
            // Sessions and flags: zero bytes are right.
            _ => return Ok(()),
        };
        let StoredType::FixedText(bytes) = variable.stored else {
            return Ok(());
        };
        Raw::new(dataset)?.write(&Slab::whole(&[]), &fixed_text(&text, bytes))
    }

    /// The values of one swept key at every point, from the axis that it lies on.
    fn write_point_column(&self, name: &str, dataset: Dataset) -> hdf5::Result<()> {
        let mut stride: u64 = 1;
        for dimension in self.dimensions.iter().rev() {
            if let Some(coordinate) = dimension.coordinates.iter().find(|coordinate| coordinate.name == name) {
                return write_values(dataset, &coordinate.values, |point| point / stride % dimension.length);
            }
            stride *= dimension.length;
        }
        Ok(())
    }
}

/// Writes element `at(i)` of `values` for every element `i` of a dataset.
fn write_values(dataset: Dataset, values: &CoordinateValues, at: impl Fn(u64) -> u64) -> hdf5::Result<()> {
    match values {
        CoordinateValues::Real(values) => write_blocks(dataset, |i| values[at(i) as usize].to_le_bytes()),
        CoordinateValues::Integer(values) => write_blocks(dataset, |i| values[at(i) as usize].to_le_bytes()),
        CoordinateValues::Text(texts) => {
            let texts = (texts.iter())
                .map(|text| {
                    text.parse::<VarLenUnicode>()
                        .map_err(|error| hdf5::Error::Internal(error.to_string()))
                })
                .collect::<hdf5::Result<Vec<_>>>()?;
            for range in blocks(dataset.size() as u64) {
                let block: Vec<VarLenUnicode> = range.clone().map(|i| texts[at(i) as usize].clone()).collect();
                dataset.write_slice(block.as_slice(), range.start as usize..range.end as usize)?;
            }
            Ok(())
        }
    }
}

fn write_index(variable: &Variable, dataset: Dataset) -> hdf5::Result<()> {
    match variable.stored {
        StoredType::I32 => write_blocks(dataset, |i| (i as i32).to_le_bytes()),
        _ => write_blocks(dataset, u64::to_le_bytes),
    }
}

/// Writes a one-dimensional dataset block by block.
fn write_blocks<const N: usize>(dataset: Dataset, element: impl Fn(u64) -> [u8; N]) -> hdf5::Result<()> {
    let raw = Raw::new(dataset)?;
    for range in blocks(raw.shape().iter().product()) {
        let bytes: Vec<u8> = range.clone().flat_map(&element).collect();
        let slab = Slab {
            start: vec![range.start],
            count: vec![range.end - range.start],
        };
        raw.write(&slab, &bytes)?;
    }
    Ok(())
}

fn blocks(length: u64) -> impl Iterator<Item = Range<u64>> {
    (0..length.div_ceil(BLOCK)).map(move |block| block * BLOCK..((block + 1) * BLOCK).min(length))
}
