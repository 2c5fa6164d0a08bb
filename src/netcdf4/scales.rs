//! Dimension scales: which dataset labels which axis of which variable, as netCDF-4 has them.

use super::hdf::{self, ScaleUse};
use hdf5::{Dataset, Group, Location};

/// A dataset that labels an axis.
pub(crate) struct Scale<'a> {
    /// Name of the dimension, and of the dataset in its group.
    pub name: &'a str,
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Number of the dimension, of all that the file has.
    pub number: usize,
    /// Length of a dimension that has no values.
    pub bare: Option<u64>,
}

/// Name of the dimension of the characters of texts, as other writers of netCDF have it.
pub(crate) fn characters_name(length: u64) -> String {
    format!("string{length}")
}

/// Makes the dataset of a dimension without values, which takes no place in the file.
pub(crate) fn bare_dimension(group: &Group, name: &str, length: u64) -> hdf5::Result<Dataset> {
    (group.new_dataset_builder())
        .with_dcpl(|creation| creation.obj_track_times(false))
        .empty::<f32>()
        .shape(length as usize)
        .create(name)
}

/// A dataset whose axes are labelled.
pub(crate) struct LabelledVariable<'a> {
    /// Name in its group.
    pub name: &'a str,
    /// The dataset.
    pub dataset: &'a Dataset,
    /// The scale of each of its axes, by index.
    pub axes: &'a [usize],
}

/// Marks the scales of a group and ties its variables to them. A scale with more than `most_uses` doesn't name those who use it: it needn't, and
/// an attribute can't hold any number of them.
pub(crate) fn tie(
    group: &Location,
    scales: &[Scale<'_>],
    variables: &[LabelledVariable<'_>],
    most_uses: usize,
) -> hdf5::Result<()> {
    let addresses = (scales.iter())
        .map(|scale| hdf::reference(group, scale.name))
        .collect::<hdf5::Result<Vec<u64>>>()?;
    let mut uses: Vec<Vec<ScaleUse>> = vec![Vec::new(); scales.len()];
    for variable in variables {
        let labels: Vec<u64> = variable.axes.iter().map(|&axis| addresses[axis]).collect();
        hdf::dimension_list(variable.dataset, &labels)?;
        let address = hdf::reference(group, variable.name)?;
        for (position, &axis) in variable.axes.iter().enumerate() {
            uses[axis].push(ScaleUse {
                variable: address,
                axis: position as i32,
            });
        }
    }
    for (scale, uses) in scales.iter().zip(&uses) {
        hdf::text_attribute(scale.dataset, "CLASS", "DIMENSION_SCALE\0")?;
        let name = match scale.bare {
            None => scale.name.to_owned(),
            Some(length) => format!("This is a netCDF dimension but not a netCDF variable. {length:10}"),
        };
        hdf::text_attribute(scale.dataset, "NAME", &format!("{name}\0"))?;
        hdf::number_attribute(scale.dataset, "_Netcdf4Dimid", &[scale.number as i32])?;
        if (1..=most_uses).contains(&uses.len()) {
            hdf::reference_list(scale.dataset, uses)?;
        }
    }
    Ok(())
}
