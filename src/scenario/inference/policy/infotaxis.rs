//! Follow the information.

use super::super::belief::{Belief, Cell, LikelihoodTables, Move, Outlook};
use super::{Policy, Situation};
use crate::lanes::SimdLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Observations less probable than this aren't looked beyond.
const IMPROBABLE: f64 = 1e-10;

/// `[policy]` of kind `infotaxis`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct InfotaxisConfig {
    /// Number of moves to look ahead; the cost grows as (2 dimensions × hit levels)^steps.
    #[schemars(range(min = 1, max = 4))]
    pub steps_ahead: u32,
    /// Discount of information that is gained later; has no effect with one step. Only with 1 the gains add up to that
    /// of the last step.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub discount: f64,
}

impl Default for InfotaxisConfig {
    fn default() -> Self {
        Self {
            steps_ahead: 1,
            discount: 0.999,
        }
    }
}

/// Minimises the expected entropy after the next move, (1 − p(a)) Σ_h p_h H(h). Vergassola, Villermaux & Shraiman
/// (2007).
///
/// With several steps it maximises the sum of the gains of information along the best way, worked out for every
/// sequence of moves and observations (Loisy & Eloy 2022). With s = 1 … n the depth, B_n = 0 and γ the discount,
///
/// ```text
/// gain(a) = (1 − p(a)) Σ_h p_h (−H_s(h) + γ^s B_s(h)),   B_s = H_s + max_a gain(a) one step deeper
/// ```
///
/// so what is gained at depth s + 1 weighs γ^(1 + 2 + … + s), as in OTTO 1.0.2.
#[derive(Clone, Debug)]
pub struct Infotaxis {
    config: InfotaxisConfig,
    joint: Vec<f64>,
    /// A belief and probabilities for each depth, made when they are needed.
    depths: Vec<Depth>,
}

#[derive(Clone, Debug)]
struct Depth {
    posterior: Belief,
    joint: Vec<f64>,
}

impl Infotaxis {
    /// One searcher's policy.
    #[must_use]
    pub fn new(config: &InfotaxisConfig) -> Self {
        Self {
            config: config.clone(),
            joint: Vec::new(),
            depths: Vec::new(),
        }
    }

    fn make_room(&mut self, situation: &Situation<'_>) {
        let observations = situation.tables.observations();
        self.joint.resize(observations, 0.0);
        let deeper = self.config.steps_ahead as usize - 1;
        if self.depths.len() != deeper {
            self.depths = vec![
                Depth {
                    posterior: situation.belief.clone(),
                    joint: vec![0.0; observations],
                };
                deeper
            ];
        }
    }
}

impl Policy for Infotaxis {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        if let Some(step) = situation.certain() {
            return step;
        }
        self.make_room(&situation);
        let Situation {
            simd, tables, belief, ..
        } = situation;
        let mut ahead = Ahead {
            simd,
            tables,
            discount: self.config.discount,
            last_joint: &mut self.joint,
        };
        situation.least(|_, cell| {
            if self.depths.is_empty() {
                // The entropy of today's belief is the same for all moves.
                Outlook::of(simd, belief, 0.0, tables, cell, ahead.last_joint).entropy_bits
            } else {
                -ahead.gain(belief, None, cell, 1, &mut self.depths)
            }
        })
    }
}

/// The tree of moves and observations.
struct Ahead<'a> {
    simd: SimdLevel,
    tables: &'a LikelihoodTables,
    discount: f64,
    last_joint: &'a mut [f64],
}

impl Ahead<'_> {
    /// Minus the expected entropy after moving to `cell`, plus what is expected beyond, at depth `depth`.
    fn gain(&mut self, belief: &Belief, entropy_bits: Option<f64>, cell: Cell, depth: i32, rooms: &mut [Depth]) -> f64 {
        let Some((room, deeper)) = rooms.split_first_mut() else {
            let entropy_bits = entropy_bits.unwrap_or_else(|| belief.entropy_bits(self.simd));
            let outlook = Outlook::of(self.simd, belief, entropy_bits, self.tables, cell, self.last_joint);
            return -outlook.entropy_bits;
        };
        belief.predict(self.simd, self.tables, cell, &mut room.joint);
        let weight = libm::pow(self.discount, f64::from(depth));
        let mut gain = 0.0;
        for observation in 0..self.tables.observations() {
            let joint = room.joint[observation];
            if joint <= IMPROBABLE {
                continue;
            }
            let posterior = &mut room.posterior;
            posterior.become_posterior(belief, self.simd, self.tables, cell, observation);
            let entropy_bits = posterior.entropy_bits(self.simd);
            let grid = self.tables.grid();
            let mut best = f64::NEG_INFINITY;
            for step in grid.moves() {
                if let Some(next) = grid.after(cell, step) {
                    best = best.max(self.gain(posterior, Some(entropy_bits), next, depth + 1, deeper));
                }
            }
            gain += joint * (weight * (entropy_bits + best) - entropy_bits);
        }
        gain
    }
}
