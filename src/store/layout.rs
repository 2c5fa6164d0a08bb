//! Which datasets a results file has, how long they are, and how large the file will be: pure, no call to HDF5.

use super::{SchemaVersion, StoreError, Subject, describe, fit, products, size};
use crate::netcdf4::{Group, GroupAxis, StoredType, Variable};
use crate::results::{Aggregation, MemberDetail, MetricColumn, MetricKind, Shape};
use crate::stats::{STATISTICS, StatisticStorage};

/// Rows of the table of sessions.
pub const SESSION_ROWS: u64 = 64;
/// Bytes of one session's record.
pub const SESSION_BYTES: usize = 4096;
/// Most rows of the table of failures: 4096, and few enough to fill them all in the tests of this crate.
pub const FAILURE_ROWS: u64 = if cfg!(test) { 8 } else { 4096 };
/// Bytes of a failure's message.
pub const MESSAGE_BYTES: usize = 256;

/// What a column of the units keeps of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnPart {
    /// Every member's value, in the encoding of the metric's kind.
    Members,
    /// Number of members with a value, `i32`.
    Count,
    /// Mean over the members, f64.
    Mean,
    /// Standard deviation over the members, f64.
    Sd,
    /// Smallest value, f64.
    Min,
    /// Largest value, f64.
    Max,
    /// Of no metric: members of the unit that took part, `i32`.
    TakingPart,
    /// Of no metric: how the unit ended, a flag.
    End,
    /// Of no metric: rows of the unit in a table, by its index, `i64`.
    Rows(usize),
    /// Of no metric: what the rows of the unit in a table come to, `u64`.
    RowChecksum(usize),
}

impl ColumnPart {
    const STATISTICS: [(Self, &str, &str); 5] = [
        (Self::Count, "count", "members with a value of "),
        (Self::Mean, "mean", "mean over the members of "),
        (Self::Sd, "sd", "standard deviation over the members of "),
        (Self::Min, "min", "smallest over the members of "),
        (Self::Max, "max", "largest over the members of "),
    ];
}

/// A column of the units: one dataset in `/episodes`, or in `/units` if it belongs to no metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name of the dataset.
    pub name: String,
    /// Index of the metric; none for what the unit says of itself.
    pub metric: Option<usize>,
    /// What is kept of it.
    pub part: ColumnPart,
    /// Element type.
    pub stored: StoredType,
    /// Elements of one unit.
    pub per_unit: u64,
    /// Whether it is about rows that are recorded, and so no result.
    pub recorded: bool,
}

impl Column {
    /// The group that its dataset is in.
    #[must_use]
    pub fn group(&self) -> &'static str {
        match self.metric {
            Some(_) => "episodes",
            None if self.recorded => "tables",
            None => "units",
        }
    }

    /// Bytes of one unit.
    #[must_use]
    pub fn unit_bytes(&self) -> u64 {
        self.stored.bytes() * self.per_unit
    }
}

/// The datasets of a results file.
#[derive(Clone, Debug)]
pub struct Layout {
    version: SchemaVersion,
    shape: Shape,
    groups: Vec<Group>,
    columns: Vec<Column>,
}

impl Layout {
    /// The layout for a study. Cheap also for designs of 10⁹ units; whether a file can hold it is checked by
    /// [`Self::check`] (which [`super::create`] calls).
    #[must_use]
    pub fn new(study: &impl Subject) -> Self {
        Self::from_shape(study.shape())
    }

    /// The layout for plain parts.
    #[must_use]
    pub fn from_shape(shape: Shape) -> Self {
        Self::of_version(shape, SchemaVersion::CURRENT)
    }

    /// The layout for plain parts in a file of a version.
    pub(super) fn of_version(shape: Shape, version: SchemaVersion) -> Self {
        let columns = columns(&shape);
        let mut groups = vec![
            episodes(&shape, &columns),
            units(&shape, &columns),
            summary(&shape),
            points(&shape, version),
            failures(&shape, version),
            provenance(&shape, version),
        ];
        if !shape.features.tables.is_empty() {
            groups.push(tables(&shape, &columns));
        }
        Self {
            version,
            shape,
            groups,
            columns,
        }
    }

    /// Version of the schema.
    #[must_use]
    pub fn version(&self) -> SchemaVersion {
        self.version
    }

    /// What it was made from.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Groups with their datasets.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// A group by its name.
    ///
    /// # Panics
    /// If no layout has such a group.
    pub(super) fn group(&self, name: &str) -> &Group {
        (self.groups.iter())
            .find(|group| group.name == name)
            .expect("every layout has this group")
    }

    /// Columns of the units, in the order of a slab.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Refuses what a file can't hold, and shapes whose sizes overflow.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] with the reason.
    pub fn check(&self) -> Result<(), StoreError> {
        fit::check(&self.shape)
    }

    /// Lengths of the axes of the sweep.
    #[must_use]
    pub fn point_shape(&self) -> Vec<u64> {
        self.shape.axes.iter().map(|axis| axis.length).collect()
    }

    /// Lengths of the axes of the sweep and the replicates: the array that units are the elements of.
    #[must_use]
    pub fn unit_shape(&self) -> Vec<u64> {
        let mut lengths = self.point_shape();
        lengths.push(u64::from(self.shape.replicates));
        lengths
    }

    /// Whether units have rows in tables.
    #[must_use]
    pub fn has_tables(&self) -> bool {
        !self.shape.features.tables.is_empty()
    }

    /// Whether there are tables whose rows are recorded, and so no results.
    #[must_use]
    pub fn has_recorded(&self) -> bool {
        self.shape.features.tables.iter().any(|table| table.recorded)
    }

    /// Bytes that one unit occupies: its slab, state, checksum and seed, and the place of its rows.
    #[must_use]
    pub fn slab_bytes(&self) -> u64 {
        self.columns.iter().map(Column::unit_bytes).sum::<u64>()
            + 1
            + 4
            + 8
            + if self.has_tables() { 4 + 8 + 8 } else { 0 }
            + if self.has_recorded() { 4 } else { 0 }
    }

    /// Rows of the table of failures.
    #[must_use]
    pub fn failure_rows(&self) -> u64 {
        self.shape.plan().units().min(FAILURE_ROWS)
    }

    /// Size of the file, bytes: all raw data to the byte, texts and metadata by a model that is within 1 % of the
    /// whole.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        size::file_bytes(self)
    }
}

/// Columns of the units in the order of a slab: metric by metric, then what the unit says of itself.
fn columns(shape: &Shape) -> Vec<Column> {
    let mut columns = Vec::new();
    for (index, metric) in shape.metrics.iter().enumerate() {
        match shape.members {
            MemberDetail::All => columns.push(Column {
                name: metric.name.clone(),
                metric: Some(index),
                part: ColumnPart::Members,
                stored: stored_type(metric.kind),
                per_unit: u64::from(shape.member_axis.count),
                recorded: false,
            }),
            MemberDetail::Statistics => columns.extend(ColumnPart::STATISTICS.iter().map(|(part, suffix, _)| Column {
                name: format!("{}_{suffix}", metric.name),
                metric: Some(index),
                part: *part,
                stored: if *part == ColumnPart::Count {
                    StoredType::I32
                } else {
                    StoredType::F64
                },
                per_unit: 1,
                recorded: false,
            })),
        }
    }
    let mut of_unit = |name: &str, part, stored, recorded| {
        columns.push(Column {
            name: name.to_owned(),
            metric: None,
            part,
            stored,
            per_unit: 1,
            recorded,
        });
    };
    let features = &shape.features;
    if features.ragged_members {
        of_unit("members", ColumnPart::TakingPart, StoredType::I32, false);
    }
    if !features.ends.is_empty() {
        of_unit("end", ColumnPart::End, StoredType::I8, false);
    }
    for (index, table) in features.tables.iter().enumerate() {
        let name = |what: &str| format!("{what}_{}", table.name);
        let recorded = table.recorded;
        of_unit(&name("rows"), ColumnPart::Rows(index), StoredType::I64, recorded);
        of_unit(
            &name("checksum"),
            ColumnPart::RowChecksum(index),
            StoredType::U64,
            recorded,
        );
    }
    columns
}

/// How values of a metric are stored.
pub(super) fn stored_type(kind: MetricKind) -> StoredType {
    match kind {
        MetricKind::Real => StoredType::F64,
        MetricKind::Count => StoredType::I32,
        MetricKind::Flag | MetricKind::Code => StoredType::I8,
    }
}

/// A group over the axes of the sweep and more axes, with all their coordinates.
fn swept_group(name: &'static str, shape: &Shape, more: &[(String, u64, &str)]) -> Group {
    let mut group = Group {
        name,
        axes: Vec::new(),
        variables: Vec::new(),
    };
    for (index, axis) in shape.axes.iter().enumerate() {
        group.axes.push(GroupAxis {
            name: axis.name.clone(),
            length: axis.length,
        });
        if axis.coordinates.iter().all(|coordinate| coordinate.name != axis.name) {
            let long_name = format!("index along {}", axis.name);
            group
                .variables
                .push(Variable::new(axis.name.clone(), StoredType::I64, &[index], long_name));
        }
        group.variables.extend(
            axis.coordinates
                .iter()
                .map(|coordinate| describe::coordinate(coordinate, index)),
        );
    }
    for (name, length, long_name) in more {
        let index = group.axes.len();
        group.axes.push(GroupAxis {
            name: name.clone(),
            length: *length,
        });
        group
            .variables
            .push(Variable::new(name.clone(), StoredType::I32, &[index], *long_name));
    }
    group
}

/// Adds data variables that name their auxiliary coordinates.
fn add_data(group: &mut Group, variables: Vec<Variable>) {
    let auxiliary: Vec<(usize, String)> = (group.variables.iter())
        .filter(|variable| !group.is_scale(variable))
        .map(|variable| (variable.axes[0], variable.name.clone()))
        .collect();
    for variable in variables {
        let names: Vec<&str> = (auxiliary.iter())
            .filter(|(axis, _)| variable.axes.contains(axis))
            .map(|(_, name)| name.as_str())
            .collect();
        group
            .variables
            .push(variable.with_text("coordinates", &names.join(" ")));
    }
}

fn replicate_axis(shape: &Shape) -> (String, u64, &'static str) {
    (
        "replicate".to_owned(),
        u64::from(shape.replicates),
        "replicate of the design point",
    )
}

fn episodes(shape: &Shape, columns: &[Column]) -> Group {
    let member = shape.member_axis.name.clone();
    let mut more = vec![replicate_axis(shape)];
    if shape.members == MemberDetail::All {
        more.push((member, u64::from(shape.member_axis.count), "member of the unit"));
    }
    let mut group = swept_group("episodes", shape, &more);
    let axes: Vec<usize> = (0..group.axes.len()).collect();
    let of_metrics = (columns.iter()).filter_map(|column| Some((column, &shape.metrics[column.metric?])));
    let data = of_metrics.map(|(column, metric)| {
        let mut variable = Variable::new(
            column.name.clone(),
            column.stored,
            &axes,
            column_long_name(column, metric),
        );
        let dimensionless = column.part == ColumnPart::Count;
        variable = variable.with_text("units", if dimensionless { "1" } else { &metric.unit });
        variable = describe::fill(variable);
        if column.part == ColumnPart::Members && metric.kind == MetricKind::Flag {
            variable = describe::flags(variable, &[(0, "no"), (1, "yes")]);
        }
        if column.part == ColumnPart::Members && metric.kind == MetricKind::Code {
            let meanings = metric.meanings.iter().map(String::as_str);
            variable = describe::flags(variable, &(0..).zip(meanings).collect::<Vec<_>>());
        }
        with_condition(variable, metric)
    });
    let data = data.collect();
    add_data(&mut group, data);
    group
}

fn column_long_name(column: &Column, metric: &MetricColumn) -> String {
    let words = ColumnPart::STATISTICS
        .iter()
        .find(|(part, ..)| *part == column.part)
        .map_or("", |(.., words)| words);
    format!("{words}{}", metric.long_name)
}

fn with_condition(variable: Variable, metric: &MetricColumn) -> Variable {
    match &metric.aggregation {
        Aggregation::AllMembers => variable,
        Aggregation::Conditional(which) => variable.with_text("comment", &format!("only {which}")),
    }
}

fn units(shape: &Shape, columns: &[Column]) -> Group {
    let mut group = swept_group("units", shape, &[replicate_axis(shape)]);
    let axes: Vec<usize> = (0..group.axes.len()).collect();
    let state = Variable::new("state", StoredType::I8, &axes, "state of the unit");
    let states = [(0, "pending"), (1, "done"), (2, "quarantined")];
    let checksum = "CRC-32C over configuration hash, unit index, state, seed and values";
    let mut data = vec![
        describe::flags(state, &states),
        Variable::new("crc32c", StoredType::U32, &axes, checksum),
        Variable::new("seed", StoredType::U64, &axes, "seed of the unit's random streams"),
    ];
    let of_units = columns.iter().filter(|column| column.group() == "units");
    data.extend(of_units.map(|column| of_unit(column, shape, &axes)));
    add_data(&mut group, data);
    group
}

/// The variable of a column that belongs to no metric.
fn of_unit(column: &Column, shape: &Shape, axes: &[usize]) -> Variable {
    let variable = |long_name: &str| describe::fill(Variable::new(column.name.clone(), column.stored, axes, long_name));
    match column.part {
        ColumnPart::End => describe::flags(
            variable("how the unit ended"),
            &(0..=shape.features.ends.len() as u8)
                .filter_map(|code| Some((code as i8, shape.features.end_name(code)?)))
                .collect::<Vec<_>>(),
        ),
        ColumnPart::Rows(table) => {
            let long_name = &shape.features.tables[table].long_name;
            variable(&format!("rows of the unit in: {long_name}")).with_text("units", "1")
        }
        ColumnPart::RowChecksum(table) => {
            let name = &shape.features.tables[table].name;
            variable(&format!("first bytes of the BLAKE3 of the unit's rows in {name}"))
        }
        _ => variable("members of the unit that took part").with_text("units", "1"),
    }
}

/// Where the rows of units are, which depends on who ran them when, and what those come to that are recorded: no results.
fn tables(shape: &Shape, columns: &[Column]) -> Group {
    let mut group = swept_group("tables", shape, &[replicate_axis(shape)]);
    let axes: Vec<usize> = (0..group.axes.len()).collect();
    let data = [
        (
            "part",
            StoredType::I32,
            "file of the unit's rows, in the folder beside the results; 0 for none",
        ),
        ("offset", StoredType::I64, "first byte of the unit's last block of rows"),
        ("bytes", StoredType::I64, "length of the unit's last block of rows"),
    ]
    .map(|(name, stored, long_name)| Variable::new(name, stored, &axes, long_name));
    let mut data = Vec::from(data);
    let recorded = columns.iter().filter(|column| column.group() == "tables");
    data.extend(recorded.map(|column| of_unit(column, shape, &axes)));
    if shape.features.tables.iter().any(|table| table.recorded) {
        let checksum = "CRC-32C over configuration hash, unit index, and numbers and checksums of its recorded rows";
        data.push(Variable::new("crc32c", StoredType::U32, &axes, checksum));
    }
    add_data(&mut group, data);
    group
}

/// What the mean of a flag is: `success rate`, `fraction in which …` of `whether …`, and the mean of anything longer.
fn rate_of(long_name: &str) -> String {
    const MAX_WORDS: usize = 2;
    match long_name.strip_prefix("whether ") {
        Some(what) => format!("fraction in which {what}"),
        None if long_name.split(' ').count() <= MAX_WORDS => format!("{long_name} rate"),
        None => format!("mean of {long_name}"),
    }
}

fn summary(shape: &Shape) -> Group {
    let mut group = swept_group("summary", shape, &[]);
    let axes: Vec<usize> = (0..group.axes.len()).collect();
    let mut data = Vec::new();
    for metric in &shape.metrics {
        for column in STATISTICS {
            let name = format!("{}_{}", metric.name, column.suffix);
            let long_name = match (column.suffix, metric.kind) {
                ("mean", MetricKind::Flag) => rate_of(&metric.long_name),
                _ => column.long_name_of(&metric.long_name),
            };
            let stored = match column.storage {
                StatisticStorage::Real => StoredType::F64,
                StatisticStorage::Integer => StoredType::I64,
                StatisticStorage::Method => StoredType::I8,
            };
            let mut variable = Variable::new(name, stored, &axes, long_name);
            variable = match column.storage {
                StatisticStorage::Method => describe::methods(variable),
                StatisticStorage::Integer => variable.with_text("units", column.unit_of(&metric.unit)),
                StatisticStorage::Real => describe::fill(variable.with_text("units", column.unit_of(&metric.unit))),
            };
            data.push(with_condition(variable, metric));
        }
    }
    add_data(&mut group, data);
    group
}

fn points(shape: &Shape, version: SchemaVersion) -> Group {
    let mut variables = vec![
        Variable::new("point", StoredType::I64, &[0], "index of the design point"),
        describe::text(
            version,
            "point_key",
            32,
            &[0],
            "identity of the design point in random streams",
        ),
    ];
    let coordinates = shape.axes.iter().flat_map(|axis| &axis.coordinates);
    variables.extend(coordinates.map(|coordinate| describe::coordinate(coordinate, 0)));
    Group {
        name: "points",
        axes: vec![GroupAxis {
            name: "point".to_owned(),
            length: shape.points(),
        }],
        variables,
    }
}

fn failures(shape: &Shape, version: SchemaVersion) -> Group {
    let unit = Variable::new(
        "unit",
        StoredType::I64,
        &[0],
        "quarantined unit; -1 where there is none",
    );
    let checksum = "CRC-32C over configuration hash, unit, attempts, seed and message";
    let mut group = Group {
        name: "failures",
        axes: vec![GroupAxis {
            name: "failure".to_owned(),
            length: shape.plan().units().min(FAILURE_ROWS),
        }],
        variables: vec![
            Variable::new("failure", StoredType::I32, &[0], "row of the table"),
            // No `_FillValue`: tools would turn the column into floats.
            unit,
            Variable::new("attempts", StoredType::I32, &[0], "how often the unit was tried"),
            Variable::new("seed", StoredType::U64, &[0], "seed of the unit's random streams"),
            describe::text(version, "message", MESSAGE_BYTES, &[0], "what happened"),
        ],
    };
    if version.is_sealed() {
        let checksum = Variable::new("crc32c", StoredType::U32, &[0], checksum);
        group.variables.push(checksum);
    }
    group
}

fn provenance(shape: &Shape, version: SchemaVersion) -> Group {
    let text =
        |name: &str, bytes: u64, long_name: &str| describe::text(version, name, bytes.max(1) as usize, &[], long_name);
    let flag = |name: &str, long_name: &str| {
        describe::flags(
            Variable::new(name, StoredType::I8, &[], long_name),
            &[(0, "no"), (1, "yes")],
        )
    };
    let [toml, json] = shape.configuration_bytes;
    let mut group = Group {
        name: "provenance",
        axes: vec![GroupAxis {
            name: "session".to_owned(),
            length: SESSION_ROWS,
        }],
        variables: vec![
            Variable::new("session", StoredType::I32, &[0], "run of the program on this file"),
            text("configuration_toml", toml, "resolved configuration as TOML"),
            text("configuration_json", json, "resolved configuration as JSON"),
            text("configuration_hash", 64, "BLAKE3 of all that can change a result"),
            text(
                "layout",
                describe::layout_text(shape).len() as u64,
                "shape of the results as JSON",
            ),
            describe::text(
                version,
                "sessions",
                SESSION_BYTES,
                &[0],
                "record of the session as JSON",
            ),
            flag("summary_written", "whether the summary is complete"),
            flag(
                "finished",
                "whether all units are committed and the summary is complete",
            ),
        ],
    };
    if shape.inputs_bytes > 0 {
        let inputs = text("inputs", shape.inputs_bytes, "input files with size and BLAKE3 as JSON");
        group.variables.push(inputs);
    }
    let products = &shape.features.products;
    if !products.is_empty() {
        let bytes = products::list_bytes(products);
        let list = text(
            "products",
            bytes,
            "files made from the results with size and BLAKE3 as JSON",
        );
        group.variables.push(list);
    }
    group
}
