//! What an HDF5 file holds: its datasets as variables, and what can't be read with the reason.

use super::error::GridProblem;
use super::hdf5_attributes::{attributes, kind_of_format, other_kind};
use super::hdf5_links::{Target, links};
use super::number_format::NumberFormat;
use super::reading::problem_of_hdf5;
use super::variable::{Attributes, Dimension, Kind, Variable};
use hdf5_reader::dataset::Dataset;
use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::reference::resolve_object_reference;
use hdf5_reader::{Datatype, Hdf5File};
use std::collections::HashMap;

/// Groups within groups.
const MAX_DEPTH: usize = 32;
/// Objects that are looked at: links can make a few objects look like very many.
const MAX_OBJECTS: usize = 200_000;
/// How a scale begins whose values say nothing: netCDF's sign for a dimension without a variable.
const NO_VARIABLE: &str = "This is a netCDF dimension but not a netCDF variable";

/// The contents of a file.
#[derive(Default)]
pub(super) struct Listing {
    pub variables: Vec<Variable>,
    /// Attributes of the root group.
    pub attributes: Attributes,
    /// Paths of what is there but can't be read.
    pub unreadable: Vec<(String, GridProblem)>,
    /// Names of dimensions by the address of their scales.
    scales: HashMap<u64, String>,
    objects: usize,
    /// Bytes of an object's address.
    address_bytes: u8,
}

impl Listing {
    pub(super) fn of(file: &Hdf5File) -> Result<Self, GridProblem> {
        let root = file.root_group().map_err(|error| problem_of_hdf5(&error))?;
        let mut listing = Self {
            // An odd attribute must not make the file unreadable.
            attributes: attributes(&root.attributes().unwrap_or_default(), || root.raw_attributes()),
            address_bytes: file.superblock().offset_size,
            ..Self::default()
        };
        let mut datasets = Vec::new();
        listing.walk(file, &root, "", &mut Vec::new(), &mut datasets)?;
        for (path, dataset) in datasets {
            let variable = listing.variable(path, &dataset);
            listing.variables.extend(variable);
        }
        Ok(listing)
    }

    /// `around` are the addresses of the groups around this one: links may lead in circles.
    fn walk(
        &mut self,
        file: &Hdf5File,
        group: &Group,
        prefix: &str,
        around: &mut Vec<u64>,
        datasets: &mut Vec<(String, Dataset)>,
    ) -> Result<(), GridProblem> {
        if around.contains(&group.address()) || around.len() >= MAX_DEPTH {
            return Ok(());
        }
        around.push(group.address());
        for link in links(file, group).map_err(|error| problem_of_hdf5(&error))? {
            let name = link.name;
            self.objects += 1;
            if self.objects > MAX_OBJECTS {
                return Err(GridProblem::Structure(format!(
                    "it has more than {MAX_OBJECTS} objects"
                )));
            }
            let path = format!("{prefix}{name}");
            if let Target::OtherFile { file, path: inner } = link.target {
                let problem = GridProblem::OtherFile {
                    variable: path.clone(),
                    file,
                    inner,
                };
                self.unreadable.push((path, problem));
                continue;
            }
            match group.dataset(&name) {
                Ok(dataset) => match elsewhere(file, &dataset) {
                    None => {
                        self.add_scale(&path, &dataset);
                        datasets.push((path, dataset));
                    }
                    Some(problem) => self.unreadable.push((path, problem)),
                },
                // A group, a named type, or a link that leads nowhere.
                Err(Error::DatasetNotFound(_)) => match (group.group(&name), link.target) {
                    (Ok(inner), _) => self.walk(file, &inner, &format!("{path}/"), around, datasets)?,
                    (Err(_), Target::Path(target)) => {
                        let problem = GridProblem::Dangling {
                            variable: path.clone(),
                            target,
                        };
                        self.unreadable.push((path, problem));
                    }
                    (Err(_), _) => {}
                },
                Err(error) => {
                    let problem = match innermost(&error) {
                        Error::UnsupportedLayoutClass(3) => GridProblem::Elsewhere {
                            variable: path.clone(),
                            what: "a virtual dataset: its values are in other datasets",
                        },
                        _ => problem_of_hdf5(&error),
                    };
                    self.unreadable.push((path, problem));
                }
            }
        }
        around.pop();
        Ok(())
    }

    fn add_scale(&mut self, path: &str, dataset: &Dataset) {
        let text = |name| dataset.attribute(name).and_then(|attribute| attribute.read_string());
        let of = |name| text(name).unwrap_or_default().trim_matches(['\0', ' ']).to_owned();
        if of("CLASS") != "DIMENSION_SCALE" {
            return;
        }
        let leaf = path.rsplit('/').next().unwrap_or(path);
        let name = of("NAME");
        // h5py may leave the name empty.
        let name = if name.is_empty() || name.starts_with(NO_VARIABLE) {
            leaf.to_owned()
        } else {
            name
        };
        self.scales.insert(dataset.address(), name);
    }

    /// The dataset as a variable; `None` if it only stands for a dimension.
    fn variable(&self, path: String, dataset: &Dataset) -> Option<Variable> {
        let attributes = attributes(&dataset.attributes(), || dataset.raw_attributes());
        if attributes.text("NAME").starts_with(NO_VARIABLE) {
            return None;
        }
        let names = self.dimension_names(dataset);
        let unlimited = |place: usize| dataset.max_dims().and_then(|most| most.get(place)) == Some(&u64::MAX);
        Some(Variable {
            dimensions: (dataset.shape().iter().enumerate())
                .map(|(place, &length)| Dimension {
                    name: names.get(place).cloned().flatten(),
                    length,
                    is_unlimited: unlimited(place),
                })
                .collect(),
            kind: kind_of(dataset),
            attributes,
            address: Some(dataset.address()),
            path,
        })
    }

    /// Names of the dimensions, as far as the file names them.
    fn dimension_names(&self, dataset: &Dataset) -> Vec<Option<String>> {
        let count = dataset.ndim();
        // A scale is its own dimension, if it has only one.
        if let Some(name) = self.scales.get(&dataset.address()) {
            return if count == 1 {
                vec![Some(name.clone())]
            } else {
                vec![None; count]
            };
        }
        let by_scale: Option<Vec<Option<String>>> = dataset.attribute("DIMENSION_LIST").ok().map(|list| {
            let reference_bytes = dataset.vlen_reference_size();
            (list.raw_data.chunks_exact(reference_bytes.max(1)))
                .map(|reference| self.scale_name(dataset, reference))
                .collect()
        });
        if let Some(names) = by_scale.filter(|names| names.len() == count) {
            return names;
        }
        let labels = dataset
            .attribute("DIMENSION_LABELS")
            .and_then(|labels| labels.read_strings());
        (labels.unwrap_or_default().into_iter())
            .map(|label| Some(label).filter(|label| !label.is_empty()))
            .collect()
    }

    fn scale_name(&self, dataset: &Dataset, reference: &[u8]) -> Option<String> {
        // A list of object references: of several scales the first is the dimension's.
        let bytes = dataset
            .resolve_vlen_reference_bytes(reference, self.address_bytes.into())
            .ok()?;
        let address = resolve_object_reference(&bytes, self.address_bytes).ok()?;
        self.scales.get(&address).cloned()
    }
}

/// The error itself, without the paths around it.
pub(super) fn innermost(error: &Error) -> &Error {
    match error {
        Error::Context { source, .. } => innermost(source),
        other => other,
    }
}

/// Why values aren't in this file, if they aren't.
fn elsewhere(file: &Hdf5File, dataset: &Dataset) -> Option<GridProblem> {
    let header = file.get_or_parse_header(dataset.address()).ok()?;
    let is_external = (header.messages.iter()).any(|message| matches!(message, HdfMessage::ExternalFiles(_)));
    is_external.then(|| GridProblem::Elsewhere {
        variable: dataset.name().to_owned(),
        what: "kept in a file of its own",
    })
}

fn kind_of(dataset: &Dataset) -> Kind {
    match dataset.dtype() {
        Datatype::FixedPoint { .. } | Datatype::FloatingPoint { .. } | Datatype::Enum { .. } => {
            let format = dataset
                .raw_datatype()
                .ok()
                .and_then(|message| NumberFormat::parse(&message));
            format.map_or(Kind::Other("numbers of an unknown format"), kind_of_format)
        }
        other => Kind::Other(other_kind(other)),
    }
}
