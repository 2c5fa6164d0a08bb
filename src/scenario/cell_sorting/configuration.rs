//! The scenario's tables of a study file.

use super::convergence::ConvergenceConfig;
use super::lattice::{Edges, Neighbourhood};
use super::metropolis::Algorithm;
use super::schedule::ScheduleConfig;
use super::start::{Pattern, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Cells of several types that sort themselves by differences of adhesion: the cellular Potts model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CellSortingConfig {
    /// The sites that cells are made of.
    pub lattice: LatticeConfig,
    /// Cells: how many, of which types, and what each type aims at.
    pub cells: CellsConfig,
    /// J: the energy of each pair of neighbouring sites of different cells, by what they are.
    pub adhesion: AdhesionConfig,
    /// How cells lie before the first step.
    pub start: StartConfig,
    /// How long, how hot, and what a step is.
    pub course: CourseConfig,
    /// When measures are taken.
    pub schedule: ScheduleConfig,
    /// When sorting counts as over.
    pub convergence: ConvergenceConfig,
    /// How measures are taken.
    pub measures: MeasuresConfig,
    /// What moves cells besides adhesion and area.
    pub forces: ForcesConfig,
    /// What is recorded besides the results: labels of all sites, and all cells, at the times of the measures. It changes no
    /// result.
    pub record: RecordConfig,
}

/// `[lattice]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LatticeConfig {
    /// Sites along x; 0 chooses 1.1 times the diameter of a disc of all cells, and 8 more.
    #[schemars(range(min = 0, max = 30_000))]
    pub width: u32,
    /// Sites along y; 0 chooses them as for `width`.
    #[schemars(range(min = 0, max = 30_000))]
    pub height: u32,
    /// Which sites are neighbours, for energies and for copies.
    pub neighbours: Neighbourhood,
    /// What is at the edges.
    pub edges: Edges,
}

/// Whether copies may cut a cell in two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Connectivity {
    /// They may; split cells are counted.
    #[default]
    None,
    /// Copies that would cut a cell among the eight sites around the copied one, or take its last site, are refused. It favours round
    /// cells, and detailed balance doesn't hold any more.
    Local,
}

/// `[cells]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CellsConfig {
    /// Cells.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub count: u32,
    /// Names of the types.
    #[schemars(length(min = 1, max = 14))]
    pub types: Vec<String>,
    /// Shares of the types; they need not add up to 1. One number stands for all.
    #[schemars(length(min = 1, max = 14), inner(range(min = 0.0, max = 1e6)))]
    pub shares: Vec<f64>,
    /// A of each type, sites. One number stands for all.
    #[schemars(length(min = 1, max = 14), inner(range(min = 1, max = 10_000)))]
    pub target_areas: Vec<u32>,
    /// λ of each type: energy of a squared difference from the area A. One number stands for all.
    #[schemars(length(min = 1, max = 14), inner(range(min = 0.0, max = 1000.0)))]
    pub area_stiffness: Vec<f64>,
    /// P of each type: foreign neighbours of all sites of a cell. One number stands for all.
    #[schemars(length(min = 1, max = 14), inner(range(min = 0, max = 100_000)))]
    pub target_perimeters: Vec<u32>,
    /// λ of each type for the perimeter; 0 is none. One number stands for all.
    #[schemars(length(min = 1, max = 14), inner(range(min = 0.0, max = 1000.0)))]
    pub perimeter_stiffness: Vec<f64>,
    /// Whether copies may cut a cell in two.
    pub connectivity: Connectivity,
}

impl Default for CellsConfig {
    fn default() -> Self {
        Self {
            count: 200,
            types: vec!["dark".to_owned(), "light".to_owned()],
            shares: vec![1.0],
            target_areas: vec![40],
            area_stiffness: vec![1.0],
            target_perimeters: vec![0],
            perimeter_stiffness: vec![0.0],
            connectivity: Connectivity::default(),
        }
    }
}

/// What a list with one number for each type, or one for all, says of a type, from 0.
pub(super) fn of_type<T: Copy>(list: &[T], kind: usize) -> T {
    if list.len() == 1 { list[0] } else { list[kind] }
}

/// `[adhesion]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum AdhesionConfig {
    /// Two types, dark (the first) and light (the second), pair by pair.
    TwoTypes(TwoTypesConfig),
    /// Any number of types, by a matrix.
    Matrix(MatrixConfig),
}

impl Default for AdhesionConfig {
    fn default() -> Self {
        Self::TwoTypes(TwoTypesConfig::default())
    }
}

/// `[adhesion]` of kind `two_types`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TwoTypesConfig {
    /// J of two dark cells.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub dark_dark: f64,
    /// J of a dark and a light cell.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub dark_light: f64,
    /// J of two light cells.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub light_light: f64,
    /// J of a dark cell and the medium.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub dark_medium: f64,
    /// J of a light cell and the medium.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub light_medium: f64,
}

impl Default for TwoTypesConfig {
    fn default() -> Self {
        Self {
            dark_dark: 2.0,
            dark_light: 11.0,
            light_light: 14.0,
            dark_medium: 16.0,
            light_medium: 16.0,
        }
    }
}

/// `[adhesion]` of kind `matrix`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MatrixConfig {
    /// A row for the medium, then one for each of `cells.types`; symmetric.
    #[schemars(length(min = 2, max = 15), inner(length(min = 2, max = 15), inner(range(min = -1000.0, max = 1000.0))))]
    pub energies: Vec<Vec<f64>>,
}

impl Default for MatrixConfig {
    fn default() -> Self {
        Self {
            energies: vec![vec![0.0, 16.0, 16.0], vec![16.0, 2.0, 11.0], vec![16.0, 11.0, 14.0]],
        }
    }
}

impl AdhesionConfig {
    /// J of all pairs, the medium first.
    #[must_use]
    pub fn matrix(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Matrix(matrix) => matrix.energies.clone(),
            Self::TwoTypes(two) => vec![
                vec![0.0, two.dark_medium, two.light_medium],
                vec![two.dark_medium, two.dark_dark, two.dark_light],
                vec![two.light_medium, two.dark_light, two.light_light],
            ],
        }
    }
}

/// `[start]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartConfig {
    /// Where cells are.
    pub shape: Shape,
    /// Which of them are of which type.
    pub pattern: Pattern,
    /// Monte Carlo steps for which all cells are of one type before they get their own, so that their shapes are no squares. They
    /// don't count.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub relax_mcs: u32,
    /// Temperature of these steps.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub relax_temperature: f64,
    /// J of two cells in these steps.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub relax_cell_cell: f64,
    /// J of a cell and the medium in these steps.
    #[schemars(range(min = -1000.0, max = 1000.0))]
    pub relax_cell_medium: f64,
}

impl Default for StartConfig {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            pattern: Pattern::default(),
            relax_mcs: 400,
            relax_temperature: 5.0,
            relax_cell_cell: 2.0,
            relax_cell_medium: 8.0,
        }
    }
}

/// `[course]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CourseConfig {
    /// Steps at most.
    #[schemars(range(min = 0, max = 100_000_000))]
    pub steps: u32,
    /// Monte Carlo steps, of one attempt for each site, in a step: 16 is the convention of Graner & Glazier (1992).
    #[schemars(range(min = 1, max = 10_000))]
    pub mcs_per_step: u32,
    /// T: the energy that fluctuations of membranes reach.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub temperature: f64,
    /// How attempts are played. Both are the same random process; the random numbers differ.
    pub algorithm: Algorithm,
}

impl Default for CourseConfig {
    fn default() -> Self {
        Self {
            steps: 1000,
            mcs_per_step: 16,
            temperature: 10.0,
            algorithm: Algorithm::default(),
        }
    }
}

/// `[measures]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MeasuresConfig {
    /// Monte Carlo steps at T = 0 of the copy that contacts and clusters are measured on, to be rid of the roughness of
    /// boundaries; 0 measures the cells themselves.
    #[schemars(range(min = 0, max = 1000))]
    pub anneal_mcs: u32,
    /// Permutations of types that the end is compared with, for the score and the p-value of emergence; 0 leaves them out.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub permutations: u32,
}

impl Default for MeasuresConfig {
    fn default() -> Self {
        Self {
            anneal_mcs: 2,
            permutations: 199,
        }
    }
}

/// The field that cells may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FieldKind {
    /// Grows by 1 with each site along x; for walled lattices.
    #[default]
    Linear,
    /// Falls by 1 with each site from the middle of the lattice.
    Radial,
}

/// `[forces]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ForcesConfig {
    /// Energy that a copy of each type's sites gains in the direction that the cell drives to, which is its own; 0 is none. One number
    /// stands for all types.
    #[schemars(length(min = 1, max = 14), inner(range(min = 0.0, max = 1000.0)))]
    pub motility: Vec<f64>,
    /// Monte Carlo steps, in the mean, for which a cell drives in one direction.
    #[schemars(range(min = 1.0, max = 1e9))]
    pub persistence_mcs: f64,
    /// Energy that a copy of each type's sites gains with each 1 of the field that it goes up; 0 is none. One number stands for all
    /// types.
    #[schemars(length(min = 1, max = 14), inner(range(min = -1000.0, max = 1000.0)))]
    pub chemotaxis: Vec<f64>,
    /// The field.
    pub field: FieldKind,
}

impl Default for ForcesConfig {
    fn default() -> Self {
        Self {
            motility: vec![0.0],
            persistence_mcs: 100.0,
            chemotaxis: vec![0.0],
            field: FieldKind::default(),
        }
    }
}

/// `[record]`, besides the engine's keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RecordConfig {
    /// Records the labels of all sites: a row for each site and time.
    pub frames: bool,
    /// Records all cells: a row for each cell and time.
    pub cells: bool,
    /// Replicates of a point that are recorded, the first ones; 0 records all.
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub replicates: u32,
}
