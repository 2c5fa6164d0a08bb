//! Sampled axes: each index a draw of all variables, from the index alone.

use super::distribution::{Distribution, choose};
use super::permutation::Permutation;
use super::sobol::SobolDimension;
use crate::random::Xoshiro256PlusPlus;
use serde_json::Value;
use std::borrow::Cow;

/// Most draws of one axis: the resolution of the Sobol sequence.
pub(super) const MAX_DRAWS: u64 = 1 << 32;

/// How the unit interval is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Independent draws.
    Random,
    /// One draw in each of `count` equal strata of every variable, paired at random (McKay, Beckman & Conover 1979).
    LatinHypercube,
    /// The Sobol sequence in Gray-code order with the direction numbers of Joe & Kuo (2008); scrambled by a digital
    /// shift if asked for.
    Sobol { scramble: bool },
}

/// One sampled variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) key: String,
    pub(super) distribution: Distribution,
    /// Where it stands in the sweep.
    pub(super) path: String,
    source: Source,
}

/// An axis of draws.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Number of draws.
    pub(super) count: u64,
    pub(super) variables: Vec<Variable>,
}

/// Where the uniform numbers of one variable come from.
#[derive(Clone, Debug)]
enum Source {
    Random {
        seed: u64,
    },
    Stratified {
        permutation: Permutation,
        count: u64,
        seed: u64,
    },
    Sobol {
        dimension: Box<SobolDimension>,
        shift: u32,
    },
}

impl Sample {
    /// The axis of `count` draws. Every variable draws from a stream of its own, named by its key, so that adding or
    /// moving variables leaves the draws of the others as they are (for Sobol, the dimension is the position, though).
    pub(super) fn new(method: Method, count: u64, seed: u64, variables: Vec<(String, Distribution, String)>) -> Self {
        let variables = variables
            .into_iter()
            .enumerate()
            .map(|(position, (key, distribution, path))| Variable {
                source: Source::new(method, count, seed, &key, position),
                key,
                distribution,
                path,
            })
            .collect();
        Self { count, variables }
    }

    /// The value of `variable` in draw `index`.
    pub(super) fn value<'a>(&self, variable: &'a Variable, index: u64) -> Cow<'a, Value> {
        variable.distribution.quantile(variable.source.uniform(index))
    }

    /// The label of that value, where the study gives one.
    pub(super) fn given_label<'a>(&self, variable: &'a Variable, index: u64) -> Option<&'a str> {
        match &variable.distribution {
            Distribution::Choice(choice) => choice.given_label(choose(variable.source.uniform(index), choice.count())),
            _ => None,
        }
    }
}

impl Source {
    fn new(method: Method, count: u64, seed: u64, key: &str, position: usize) -> Self {
        let stream = |purpose: &str| stream_seed(seed, purpose, key);
        match method {
            Method::Random => Self::Random {
                seed: stream("random draw"),
            },
            Method::LatinHypercube => Self::Stratified {
                permutation: Permutation::new(count, stream("latin hypercube permutation")),
                count,
                seed: stream("latin hypercube jitter"),
            },
            Method::Sobol { scramble } => Self::Sobol {
                dimension: Box::new(SobolDimension::new(position)),
                shift: if scramble {
                    (stream("sobol shift") >> 32) as u32
                } else {
                    0
                },
            },
        }
    }

    /// A number strictly between 0 and 1.
    fn uniform(&self, index: u64) -> f64 {
        match self {
            // 52 random bits, centred in their cell so that 0 cannot occur.
            Self::Random { seed } => {
                Xoshiro256PlusPlus::from_seed_and_member(*seed, index).uniform() + f64::EPSILON / 2.0
            }
            // 20 random bits within the stratum: with at most 2³² strata the sum is exact, and the quotient cannot be
            // rounded into the next stratum.
            Self::Stratified {
                permutation,
                count,
                seed,
            } => {
                let jitter = Xoshiro256PlusPlus::from_seed_and_member(*seed, index).next_bits() >> 44;
                let within = (jitter as f64 + 0.5) / f64::from(1 << 20);
                (permutation.apply(index) as f64 + within) / *count as f64
            }
            Self::Sobol { dimension, shift } => {
                (f64::from(dimension.bits(index as u32) ^ shift) + 0.5) / MAX_DRAWS as f64
            }
        }
    }
}

fn stream_seed(seed: u64, purpose: &str, key: &str) -> u64 {
    let mut hasher = blake3::Hasher::new_derive_key("plume-nav-sim 2026 sampled axis v1");
    hasher.update(&seed.to_le_bytes());
    hasher.update(&(purpose.len() as u64).to_le_bytes());
    hasher.update(purpose.as_bytes());
    hasher.update(key.as_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
