//! Files written by the tests themselves: classic NetCDF byte by byte, HDF5 through its library.

use super::super::{
    AxesConfig, CacheConfig, Choice, FrameCache, GridError, Inputs, MissingPolicy, Quantity, Request, UniformAxesConfig,
};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// An attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    Text(String),
    Double(f64),
    Doubles(Vec<f64>),
}

/// Stored values.
#[derive(Clone, Debug)]
pub enum Values {
    Text(Vec<u8>),
    Shorts(Vec<i16>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
}

impl Values {
    fn code(&self) -> u32 {
        match self {
            Self::Text(_) => 2,
            Self::Shorts(_) => 3,
            Self::Floats(_) => 5,
            Self::Doubles(_) => 6,
        }
    }

    fn encoded(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = match self {
            Self::Text(values) => values.clone(),
            Self::Shorts(values) => values.iter().flat_map(|value| value.to_be_bytes()).collect(),
            Self::Floats(values) => values.iter().flat_map(|value| value.to_be_bytes()).collect(),
            Self::Doubles(values) => values.iter().flat_map(|value| value.to_be_bytes()).collect(),
        };
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }
}

/// A variable of a classic file.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub dimensions: Vec<usize>,
    pub attributes: Vec<(String, Attribute)>,
    pub values: Values,
}

/// A classic file that tests change before they write it.
#[derive(Clone, Debug)]
pub struct Classic {
    pub dimensions: Vec<(String, u32)>,
    pub variables: Vec<Variable>,
}

/// Frames, rows and columns of the standard movie.
pub const SHAPE: [usize; 3] = [7, 4, 5];

/// The standard movie's value: another one at every node of every frame.
pub fn value(frame: usize, row: usize, column: usize) -> f32 {
    0.5 + (frame * 100 + row * 10 + column) as f32
}

/// All of the standard movie.
pub fn movie() -> Vec<f32> {
    let [frames, rows, columns] = SHAPE;
    (0..frames * rows * columns)
        .map(|place| value(place / (rows * columns), place / columns % rows, place % columns))
        .collect()
}

impl Classic {
    /// A movie of [`SHAPE`]: a frame each 0.5 s, x from 10 m by 0.25 m, y from −1 m by 0.5 m.
    pub fn standard() -> Self {
        let [frames, rows, columns] = SHAPE;
        let axis = |name: &str, place, unit: &str, count: usize, first: f64, step: f64| Variable {
            name: name.to_owned(),
            dimensions: vec![place],
            attributes: vec![("units".to_owned(), Attribute::Text(unit.to_owned()))],
            values: Values::Doubles((0..count).map(|index| first + step * index as f64).collect()),
        };
        Self {
            dimensions: vec![
                ("time".to_owned(), frames as u32),
                ("y".to_owned(), rows as u32),
                ("x".to_owned(), columns as u32),
            ],
            variables: vec![
                axis("time", 0, "seconds since 2000-01-01 00:00:00", frames, 3.0, 0.5),
                axis("y", 1, "m", rows, -1.0, 0.5),
                axis("x", 2, "m", columns, 10.0, 0.25),
                Variable {
                    name: "concentration".to_owned(),
                    dimensions: vec![0, 1, 2],
                    attributes: vec![("units".to_owned(), Attribute::Text("kg m-3".to_owned()))],
                    values: Values::Floats(movie()),
                },
            ],
        }
    }

    pub fn variable(&mut self, name: &str) -> &mut Variable {
        (self.variables.iter_mut().find(|variable| variable.name == name)).unwrap()
    }

    /// Sets an attribute, or adds it.
    pub fn set(&mut self, variable: &str, name: &str, attribute: Attribute) {
        let attributes = &mut self.variable(variable).attributes;
        attributes.retain(|(found, _)| found != name);
        attributes.push((name.to_owned(), attribute));
    }

    /// The file in the format CDF-1.
    pub fn encoded(&self) -> Vec<u8> {
        let header = self.header(0);
        let begin = header.len();
        let mut bytes = self.header(begin);
        for variable in &self.variables {
            bytes.extend(variable.values.encoded());
        }
        bytes
    }

    fn header(&self, begin: usize) -> Vec<u8> {
        let mut header = Vec::new();
        let mut begin = begin as u32;
        header.extend(b"CDF\x01\0\0\0\0");
        number(&mut header, 10);
        number(&mut header, self.dimensions.len() as u32);
        for (dimension, length) in &self.dimensions {
            name(&mut header, dimension);
            number(&mut header, *length);
        }
        header.extend([0; 8]);
        number(&mut header, 11);
        number(&mut header, self.variables.len() as u32);
        for variable in &self.variables {
            name(&mut header, &variable.name);
            number(&mut header, variable.dimensions.len() as u32);
            for dimension in &variable.dimensions {
                number(&mut header, *dimension as u32);
            }
            number(&mut header, if variable.attributes.is_empty() { 0 } else { 12 });
            number(&mut header, variable.attributes.len() as u32);
            for (attribute, value) in &variable.attributes {
                name(&mut header, attribute);
                let (values, count) = match value {
                    Attribute::Text(text) => (Values::Text(text.clone().into_bytes()), text.len()),
                    Attribute::Double(value) => (Values::Doubles(vec![*value]), 1),
                    Attribute::Doubles(values) => (Values::Doubles(values.clone()), values.len()),
                };
                number(&mut header, values.code());
                number(&mut header, count as u32);
                header.extend(values.encoded());
            }
            let size = variable.values.encoded().len() as u32;
            number(&mut header, variable.values.code());
            number(&mut header, size);
            number(&mut header, begin);
            begin += size;
        }
        header
    }
}

fn number(bytes: &mut Vec<u8>, value: u32) {
    bytes.extend(value.to_be_bytes());
}

fn name(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len() as u32);
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// A folder with input files.
pub struct Folder {
    pub folder: TempDir,
    pub inputs: Inputs,
}

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs::in_folder(folder.path());
        Self { folder, inputs }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// The standard movie as a plain HDF5 dataset `group/movie` in compressed chunks of three frames.
    pub fn write_hdf5(&self, name: &str) {
        let file = hdf5::File::create(self.path(name)).unwrap();
        let group = file.create_group("group").unwrap();
        let dataset = group
            .new_dataset::<f32>()
            .shape(SHAPE)
            .chunk((3, 2, 5))
            .shuffle()
            .deflate(4)
            .create("movie")
            .unwrap();
        dataset.write_raw(&movie()).unwrap();
    }

    /// The same beside links of all kinds, more of them than fit into a group's header, in the newest format.
    pub fn write_linked_hdf5(&self, name: &str) {
        let options = hdf5::File::with_options();
        let file = options
            .clone()
            .with_fapl(|plan| plan.libver_latest())
            .create(self.path(name))
            .unwrap();
        let inner = file.create_group("a/b").unwrap();
        let dataset = inner.new_dataset::<f32>().shape(SHAPE).create("movie").unwrap();
        dataset.write_raw(&movie()).unwrap();
        file.link_hard("/a", "a/b/up").unwrap();
        file.link_soft("/a/b", "a/around").unwrap();
        file.link_soft("/nowhere", "nowhere").unwrap();
        let many = file.create_group("many").unwrap();
        for index in 0..40 {
            many.new_dataset::<i8>()
                .create(format!("number{index}").as_str())
                .unwrap();
        }
    }

    pub fn open(&self, name: &str, request: &Request, cache: &CacheConfig) -> Result<Arc<FrameCache>, GridError> {
        self.inputs.frames(name, request, cache)
    }
}

/// A concentration, however it is called.
pub fn request() -> Request {
    Request {
        choice: Choice::Like {
            standard_names: &["concentration"],
            names: &["concentration"],
            only: true,
        },
        quantity: Quantity::Amount,
        axes: AxesConfig::default(),
        missing: MissingPolicy::Refuse,
    }
}

/// The same from a dataset without coordinates, at the standard movie's positions.
pub fn uniform_request() -> Request {
    Request {
        axes: AxesConfig::Uniform(UniformAxesConfig {
            x_min_m: 10.0,
            dx_m: 0.25,
            y_min_m: -1.0,
            dy_m: 0.5,
            rows_downward: false,
            frame_interval_s: 0.5,
            ..UniformAxesConfig::default()
        }),
        ..request()
    }
}
