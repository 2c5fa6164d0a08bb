//! The scenario's tables of a study file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Arrays of numbers that sort themselves, each by a rule of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SortingArraysConfig {
    /// The array: how long, which rules, who is frozen.
    pub array: ArrayConfig,
}

/// What frozen elements do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Frozen {
    /// They don't act, but others may move them.
    #[default]
    Movable,
    /// They stay where they are.
    Immovable,
}

/// `[array]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ArrayConfig {
    /// Elements.
    #[schemars(range(min = 2, max = 100_000))]
    pub length: u32,
    /// Shares of elements with the rule of bubble sort; the shares need not add up to 1.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub bubble: f64,
    /// Those with the rule of insertion sort.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub insertion: f64,
    /// Those with the rule of selection sort.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub selection: f64,
    /// Elements that are frozen, at random.
    #[schemars(range(min = 0, max = 100_000))]
    pub frozen: u32,
    /// What frozen elements do.
    pub frozen_kind: Frozen,
    /// How many elements have each value: 1 makes all of them different.
    #[schemars(range(min = 1, max = 100_000))]
    pub repeats: u32,
    /// Steps at most; in each as many elements act, drawn at random, as there are.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub steps: u32,
    /// Steps without a swap after which the array is taken to be at rest.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub rest_steps: u32,
}

impl Default for ArrayConfig {
    fn default() -> Self {
        Self {
            length: 100,
            bubble: 1.0,
            insertion: 0.0,
            selection: 0.0,
            frozen: 0,
            frozen_kind: Frozen::default(),
            repeats: 1,
            steps: 10_000,
            rest_steps: 200,
        }
    }
}
