//! Which datasets of a results file change while it is filled, and which never do.

use super::{Place, Role, text_bytes};
use crate::netcdf4::{Group, StoredType, Variable};
use crate::store::extent::Extent;
use crate::store::layout::Layout;

/// The places of the datasets of a layout, of which `extents` has those of each group.
pub(in crate::store) fn places(layout: &Layout, extents: &[Vec<Extent>]) -> Vec<Place> {
    (layout.groups().iter().zip(extents))
        .flat_map(|(group, extents)| {
            (group.variables.iter().zip(extents)).map(|(variable, extent)| {
                let bytes = extent.bytes();
                Place {
                    path: extent.object.clone(),
                    offset: bytes.start,
                    bytes: bytes.end - bytes.start,
                    role: role(layout, group, variable),
                }
            })
        })
        .collect()
}

fn role(layout: &Layout, group: &Group, variable: &Variable) -> Role {
    let name = variable.name.as_str();
    let changes = match group.name {
        "tables" if ["part", "offset", "bytes", "crc32c"].contains(&name) => true,
        "units" if ["state", "crc32c", "seed"].contains(&name) => true,
        "episodes" | "units" | "tables" => {
            (layout.columns().iter()).any(|column| column.group() == group.name && column.name == name)
        }
        "summary" => !is_coordinate(layout, name),
        "failures" => name != "failure",
        "provenance" => ["sessions", "summary_written", "finished", "products"].contains(&name),
        _ => false,
    };
    match changes {
        true => Role::Changes,
        false if group.name == "provenance" || variable.stored == StoredType::Text => Role::Structure,
        false => Role::Values,
    }
}

/// Whether a dataset of `/summary` shows an axis.
fn is_coordinate(layout: &Layout, name: &str) -> bool {
    (layout.shape().axes.iter())
        .any(|axis| axis.name == name || axis.coordinates.iter().any(|coordinate| coordinate.name == name))
}

/// Bytes of the seal of a file whose other bytes are as many as `before`, but for the few that a prediction misses.
pub(in crate::store) fn predicted_bytes(before: u64, layout: &Layout) -> u64 {
    let mut next = 0;
    let places: Vec<Place> = (layout.groups().iter())
        .flat_map(|group| group.variables.iter().map(move |variable| (group, variable)))
        .map(|(group, variable)| {
            let bytes = group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes();
            let place = Place {
                path: format!("/{}/{}", group.name, variable.name),
                offset: next,
                bytes,
                role: role(layout, group, variable),
            };
            next += bytes;
            place
        })
        .collect();
    text_bytes(before.max(next), &places)
}
