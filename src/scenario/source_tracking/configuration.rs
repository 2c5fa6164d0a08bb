//! The scenario's tables of a study file.

use super::observation::MediumConfig;
use crate::scenario::inference::policy::PolicyConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Searches for a source on a grid, by what is inferred from hits of odour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceTrackingConfig {
    /// How odour spreads, and how strong the source is.
    pub medium: MediumConfig,
    /// The cells that are searched.
    pub grid: GridConfig,
    /// How the searcher chooses its moves.
    pub policy: PolicyConfig,
    /// How searches begin, end, and are evaluated.
    pub search: SearchConfig,
}

/// The cells that are searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum GridConfig {
    /// As large as needed for the source to be inside, with the searcher in the middle; for still air.
    Automatic(AutomaticGridConfig),
    /// A box of given sides.
    Box(BoxGridConfig),
}

impl Default for GridConfig {
    fn default() -> Self {
        Self::Automatic(AutomaticGridConfig::default())
    }
}

/// `[grid]` of kind `automatic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AutomaticGridConfig {
    /// The side is the smallest odd number for which the source of a first hit in an unbounded medium is outside the
    /// inscribed ball with less than this probability.
    #[schemars(range(min = 1e-9, max = 0.5))]
    pub leak: f64,
}

impl Default for AutomaticGridConfig {
    fn default() -> Self {
        Self { leak: 1e-3 }
    }
}

/// `[grid]` of kind `box`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct BoxGridConfig {
    /// Cells along each axis; one number stands for all axes.
    #[schemars(length(min = 1, max = 3), inner(range(min = 3, max = 100_001)))]
    pub sides: Vec<u32>,
    /// Where the searcher starts, a coordinate from 0 for each axis; empty is the middle.
    #[schemars(length(max = 3), inner(range(min = 0, max = 100_000)))]
    pub start: Vec<u32>,
}

impl Default for BoxGridConfig {
    fn default() -> Self {
        Self {
            sides: vec![19],
            start: Vec::new(),
        }
    }
}

/// How searches are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Evaluation {
    /// No source is drawn: the searcher goes on until it is almost sure to have found it, and every step counts with
    /// the probability that the search has come so far. Far less noise than episodes.
    #[default]
    Survival,
    /// A source is drawn; the search ends when it is found.
    Episodes,
}

/// How searches begin, end, and are evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SearchConfig {
    /// How a search is evaluated: by its expectation over all positions of the source, or by its outcome for one of
    /// them.
    pub evaluation: Evaluation,
    /// Independent searches in a unit: the members of the results.
    #[schemars(range(min = 1, max = 100_000))]
    pub searches: u32,
    /// Hit counts that are distinguished: 0, 1, …, the last one standing for itself and all above; 0 chooses ⌈μ + √μ⌉ +
    /// 1 with μ the mean next to the source.
    #[schemars(range(min = 0, max = 256))]
    pub hit_levels: u32,
    /// The hits with which every search begins; 0 draws them.
    #[schemars(range(min = 0, max = 255))]
    pub first_hit: u32,
    /// Steps after which a search has failed; 0 chooses them from the size of the problem.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub horizon_steps: u32,
    /// A search without a drawn source ends once the probability that the source hasn't been found is below this.
    #[schemars(range(min = 1e-12, max = 0.5))]
    pub stop_probability: f64,
    /// A search has failed as stuck once it has been, this many times in a row, where it was two steps before; 0:
    /// never.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub stuck_after: u32,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            evaluation: Evaluation::default(),
            searches: 20,
            hit_levels: 0,
            first_hit: 0,
            horizon_steps: 0,
            stop_probability: 1e-6,
            stuck_after: 9,
        }
    }
}
