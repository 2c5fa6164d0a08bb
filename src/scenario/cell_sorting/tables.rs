//! Tables that a unit leaves: the course of its measures, clusters, and what is recorded.

use super::centres::centres;
use super::configuration::CellSortingConfig;
use super::contacts::Contacts;
use super::measures::{Measured, cell_numbers};
use super::run::Run;
use crate::scenario::{CellKind, Cells, RowColumn, RowMeaning, RowTable, UnitOutput};

const COURSE: usize = 0;
const CLUSTERS: usize = 1;

/// The tables that a configuration has.
pub(super) fn tables(config: &CellSortingConfig) -> Vec<RowTable> {
    let mut tables = vec![course(), clusters()];
    if config.record.frames {
        tables.push(frames());
    }
    if config.record.cells {
        tables.push(cells());
    }
    tables
}

fn step() -> RowColumn {
    RowColumn::new("step", CellKind::I32, "1", "step of the unit")
}

fn table(name: &str, long_name: &str, recorded: bool, columns: Vec<RowColumn>) -> RowTable {
    RowTable {
        name: name.to_owned(),
        long_name: long_name.to_owned(),
        row: RowMeaning::Event,
        recorded,
        columns,
    }
}

fn course() -> RowTable {
    let real = |name, text| RowColumn::new(name, CellKind::F64, "1", text);
    let count = |name, text| RowColumn::new(name, CellKind::I32, "1", text);
    table(
        "course",
        "measures at the scheduled times",
        false,
        vec![
            step(),
            real(
                "heterotypic_share",
                "share of contacts between cells that is between unlike ones",
            ),
            real(
                "mismatched_share",
                "share of all contacts, those with the medium included, between unlike cells",
            ),
            real(
                "sorting_quality",
                "sorting quality: 0 for types given out by lot, 1 for none that mix",
            ),
            real(
                "largest_cluster_share",
                "cells of the largest cluster, as a share of its type",
            ),
            real("energy", "energy"),
            real(
                "displacement_sites",
                "root of the mean squared way of a cell since the start, sites",
            ),
            real(
                "exchanged_share",
                "share of pairs of touching cells that came or went since the measure before",
            ),
            count("clusters", "clusters of cells of one type"),
            count("lost", "cells without sites"),
            count("split", "cells in pieces"),
        ],
    )
}

fn clusters() -> RowTable {
    table(
        "clusters",
        "clusters of cells of one type at the scheduled times, largest first",
        false,
        vec![
            step(),
            RowColumn::new("type", CellKind::U8, "1", "type, from 1 in the order of cells.types"),
            RowColumn::new("cells", CellKind::I32, "1", "cells of the cluster"),
        ],
    )
}

fn frames() -> RowTable {
    table(
        "frames",
        "the cell of each site at the scheduled times, row by row; 0 is the medium",
        true,
        vec![step(), RowColumn::new("cell", CellKind::I32, "1", "number of the cell")],
    )
}

fn cells() -> RowTable {
    let count = |name, text| RowColumn::new(name, CellKind::I32, "1", text);
    let real = |name, text| RowColumn::new(name, CellKind::F32, "1", text);
    table(
        "cells",
        "all cells at the scheduled times",
        true,
        vec![
            step(),
            count("cell", "number of the cell, from 1"),
            RowColumn::new("type", CellKind::U8, "1", "type, from 1 in the order of cells.types"),
            real("x_sites", "centre along x, sites"),
            real("y_sites", "centre along y, sites"),
            count("area_sites", "sites of the cell"),
            count("neighbours", "cells that it touches"),
        ],
    )
}

/// Appends the rows of one measure.
pub(super) fn append(
    config: &CellSortingConfig,
    run: &Run<'_>,
    measured: &Measured,
    is_recorded: bool,
    output: &mut UnitOutput<'_>,
) {
    let step = measured.step as i32;
    let real = |value: Option<f64>| [value.unwrap_or(f64::NAN)];
    output.append(
        COURSE,
        &[
            Cells::I32(&[step]),
            Cells::F64(&real(measured.heterotypic_share)),
            Cells::F64(&real(measured.mismatched_share)),
            Cells::F64(&real(measured.sorting_quality)),
            Cells::F64(&[measured.largest_cluster_share]),
            Cells::F64(&[measured.energy]),
            Cells::F64(&[measured.displacement]),
            Cells::F64(&[measured.exchanged]),
            Cells::I32(&[measured.clusters.len() as i32]),
            Cells::I32(&[measured.lost as i32]),
            Cells::I32(&[measured.split as i32]),
        ],
    );
    let kinds: Vec<u8> = measured.clusters.iter().map(|cluster| cluster.kind).collect();
    let sizes: Vec<i32> = measured.clusters.iter().map(|cluster| cluster.cells as i32).collect();
    output.append(
        CLUSTERS,
        &[
            Cells::I32(&vec![step; kinds.len()]),
            Cells::U8(&kinds),
            Cells::I32(&sizes),
        ],
    );
    if !is_recorded {
        return;
    }
    if config.record.frames {
        let cells = cell_numbers(&run.tissue);
        // Row by row of the lattice: a frame may be larger than the memory for rows.
        let width = run.tissue.lattice().width;
        let steps = vec![step; width];
        for row in cells.chunks(width) {
            output.append(CLUSTERS + 1, &[Cells::I32(&steps), Cells::I32(row)]);
        }
    }
    if config.record.cells {
        append_cells(CLUSTERS + 1 + usize::from(config.record.frames), run, step, output);
    }
}

fn append_cells(table: usize, run: &Run<'_>, step: i32, output: &mut UnitOutput<'_>) {
    let cells = &run.tissue.cells()[1..];
    let centres = centres(&run.tissue);
    let neighbours = Contacts::of(&run.tissue).neighbour_counts();
    let numbers: Vec<i32> = (1..=cells.len() as i32).collect();
    let kinds: Vec<u8> = cells.iter().map(|cell| cell.kind).collect();
    let [x, y] = [0, 1].map(|axis| -> Vec<f32> { centres[1..].iter().map(|centre| centre[axis] as f32).collect() });
    let areas: Vec<i32> = cells.iter().map(super::tissue::Cell::area).collect();
    let neighbours: Vec<i32> = neighbours[1..].iter().map(|count| *count as i32).collect();
    output.append(
        table,
        &[
            Cells::I32(&vec![step; cells.len()]),
            Cells::I32(&numbers),
            Cells::U8(&kinds),
            Cells::F32(&x),
            Cells::F32(&y),
            Cells::I32(&areas),
            Cells::I32(&neighbours),
        ],
    );
}
