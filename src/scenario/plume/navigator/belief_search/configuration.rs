//! The keys of navigators that search by belief.

use super::super::HitsConfig;
use super::AssumedPlumeConfig;
use crate::scenario::inference::policy::InfotaxisConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The keys of all searches by belief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct BeliefSearchConfig {
    /// Speed over ground on the way to the next cell, m/s.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub speed_m_s: f64,
    /// Duration of a decision step, s: to move to the next cell and count hits there. Rounded to whole steps of the
    /// episode.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub step_s: f64,
    /// Side of the belief's cells, m; the nearest that divides the domain evenly.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub cell_m: f64,
    /// Hit counts that are distinguished: 0, 1, …, the last one standing for itself and all above; 0 chooses them by
    /// the largest mean.
    #[schemars(range(min = 0, max = 64))]
    pub hit_levels: u32,
    /// What counts as a hit.
    pub hits: HitsConfig,
    /// The plume that the searcher takes the real one for.
    pub assumed: AssumedPlumeConfig,
}

impl Default for BeliefSearchConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            step_s: 1.25,
            cell_m: 0.5,
            hit_levels: 0,
            hits: HitsConfig::default(),
            assumed: AssumedPlumeConfig::default(),
        }
    }
}

/// By belief, towards the largest expected gain of information (Vergassola, Villermaux & Shraiman 2007).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct InfotaxisSearchConfig {
    /// Number of moves to look ahead; the cost grows as (4 × hit levels)^steps.
    #[schemars(range(min = 1, max = 4))]
    pub steps_ahead: u32,
    /// Discount of information that is gained later; has no effect with one step.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub discount: f64,
    /// Speed over ground on the way to the next cell, m/s.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub speed_m_s: f64,
    /// Duration of a decision step, s: to move to the next cell and count hits there. Rounded to whole steps of the
    /// episode.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub step_s: f64,
    /// Side of the belief's cells, m; the nearest that divides the domain evenly.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub cell_m: f64,
    /// Hit counts that are distinguished: 0, 1, …, the last one standing for itself and all above; 0 chooses them by
    /// the largest mean.
    #[schemars(range(min = 0, max = 64))]
    pub hit_levels: u32,
    /// What counts as a hit.
    pub hits: HitsConfig,
    /// The plume that the searcher takes the real one for.
    pub assumed: AssumedPlumeConfig,
}

impl Default for InfotaxisSearchConfig {
    fn default() -> Self {
        let (search, policy) = (BeliefSearchConfig::default(), InfotaxisConfig::default());
        Self {
            steps_ahead: policy.steps_ahead,
            discount: policy.discount,
            speed_m_s: search.speed_m_s,
            step_s: search.step_s,
            cell_m: search.cell_m,
            hit_levels: search.hit_levels,
            hits: search.hits,
            assumed: search.assumed,
        }
    }
}

impl InfotaxisSearchConfig {
    /// What all searches by belief have.
    #[must_use]
    pub fn search(&self) -> BeliefSearchConfig {
        BeliefSearchConfig {
            speed_m_s: self.speed_m_s,
            step_s: self.step_s,
            cell_m: self.cell_m,
            hit_levels: self.hit_levels,
            hits: self.hits.clone(),
            assumed: self.assumed.clone(),
        }
    }

    /// What the policy has.
    #[must_use]
    pub fn policy(&self) -> InfotaxisConfig {
        InfotaxisConfig {
            steps_ahead: self.steps_ahead,
            discount: self.discount,
        }
    }
}
