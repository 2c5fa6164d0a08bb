//! Dimension scales: which dataset labels which axis of which variable, as netCDF-4 has them.

use super::hdf::{self, ScaleUse};
use hdf5::{Dataset, Location};

/// A dataset that labels an axis.
pub(crate) struct Scale<'a> {
    /// Name of the dimension, and of the dataset in its group.
    pub name: &'a str,
    /// The dataset.
    pub dataset: &'a Dataset,
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

/// Marks the scales of a group and ties its variables to them. Dimensions are numbered through the whole file, from
/// `first_dimension` on in this group. A scale with more than `most_uses` doesn't name those who use it: it needn't, and
/// an attribute can't hold any number of them.
pub(crate) fn tie(
    group: &Location,
    scales: &[Scale<'_>],
    variables: &[LabelledVariable<'_>],
    first_dimension: usize,
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
    for (index, (scale, uses)) in scales.iter().zip(&uses).enumerate() {
        hdf::text_attribute(scale.dataset, "CLASS", "DIMENSION_SCALE\0")?;
        hdf::text_attribute(scale.dataset, "NAME", &format!("{}\0", scale.name))?;
        hdf::number_attribute(scale.dataset, "_Netcdf4Dimid", &[(first_dimension + index) as i32])?;
        if (1..=most_uses).contains(&uses.len()) {
            hdf::reference_list(scale.dataset, uses)?;
        }
    }
    Ok(())
}
