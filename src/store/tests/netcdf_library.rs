//! The netCDF library sees in a results file what the layout says.

use super::*;
use crate::netcdf4::StoredType;

#[test]
fn the_netcdf_library_finds_every_variable_with_its_dimensions() {
    for study in [
        Synthetic::small(),
        Synthetic::small().statistics(),
        Synthetic::small().ragged(),
    ] {
        let (_folder, path) = finished(&study);
        let layout = Layout::new(&study);
        let file = netcdf::open(&path).unwrap();
        for expected in layout.groups() {
            let group = file.group(expected.name).unwrap().expect("the group");
            let mut seen = group.variables().count();
            for variable in &expected.variables {
                let place = format!("/{}/{}", expected.name, variable.name);
                let found = group
                    .variable(&variable.name)
                    .unwrap_or_else(|| panic!("{place} isn't there"));
                let dimensions: Vec<(String, u64)> = (found.dimensions().iter())
                    .map(|dimension| (dimension.name(), dimension.len() as u64))
                    .collect();
                let mut axes: Vec<(String, u64)> = (variable.axes.iter())
                    .map(|&axis| (expected.axes[axis].name.clone(), expected.axes[axis].length))
                    .collect();
                let characters = variable.stored.characters();
                axes.extend(characters.map(|length| (format!("string{length}"), length)));
                assert_eq!(dimensions, axes, "{place}");
                seen -= 1;
            }
            // The seal is no part of the layout.
            assert_eq!(
                seen,
                usize::from(expected.name == "provenance"),
                "of /{}",
                expected.name
            );
        }
    }
}

#[test]
fn the_netcdf_library_reads_the_values_that_were_committed() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let layout = Layout::new(&study);
    let reals = || {
        (layout.columns().iter()).filter_map(|column| {
            let metric = column.metric.filter(|_| column.stored == StoredType::F64)?;
            Some((metric, &column.name))
        })
    };
    let reader = Reader::open(&path).unwrap();
    let ours: Vec<Vec<f64>> = reals()
        .map(|(metric, _)| reader.member_values(metric, 0..30).unwrap())
        .collect();
    // HDF5 opens no file twice in different ways.
    drop(reader);
    let file = netcdf::open(&path).unwrap();
    let group = file.group("episodes").unwrap().expect("the group");
    for ((_, name), ours) in reals().zip(&ours) {
        let theirs: Vec<f64> = group.variable(name).expect("the metric").get_values(..).unwrap();
        assert_eq!(bits(&theirs), bits(ours), "{name}");
    }
    assert!(!ours.is_empty());
}
