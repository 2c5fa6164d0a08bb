//! Which agent of a mixed crowd has which strategy.

/// Differences smaller than this are rounding, agents.
const ROUNDING: f64 = 1e-9;

/// The strategies of agents 0, 1, 2, …, without end: each gets the strategy that is farthest behind its share.
///
/// With the shares s_k (their sum scaled to 1) and n_k agents given out so far, agent i gets the k with the largest
/// s_k (i + 1) − n_k, the first of equals. So strategies are spread evenly over the indices; the strategy of an agent
/// doesn't depend on how many agents follow; no strategy is ever ahead of its share by a whole agent; and wherever all
/// s_k (i + 1) are whole, all shares are met exactly.
#[derive(Clone, Debug)]
pub struct Shares {
    shares: Vec<f64>,
    given: Vec<u64>,
    agents: u64,
}

impl Shares {
    /// Shares relative to their sum, which is above 0.
    #[must_use]
    pub fn new(shares: impl Iterator<Item = f64>) -> Self {
        let shares: Vec<f64> = shares.collect();
        let sum: f64 = shares.iter().sum();
        Self {
            given: vec![0; shares.len()],
            shares: shares.into_iter().map(|share| share / sum).collect(),
            agents: 0,
        }
    }
}

impl Iterator for Shares {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.agents += 1;
        let mut chosen = (0, f64::NEG_INFINITY);
        for (strategy, (share, given)) in self.shares.iter().zip(&self.given).enumerate() {
            let behind = share * self.agents as f64 - *given as f64;
            if behind > chosen.1 + ROUNDING {
                chosen = (strategy, behind);
            }
        }
        self.given[chosen.0] += 1;
        Some(chosen.0 as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strategies(shares: &[f64], count: usize) -> Vec<u32> {
        Shares::new(shares.iter().copied()).take(count).collect()
    }

    #[test]
    fn examples() {
        assert_eq!(strategies(&[1.0], 4), [0; 4]);
        assert_eq!(strategies(&[0.5, 0.5], 5), [0, 1, 0, 1, 0]);
        assert_eq!(strategies(&[3.0, 1.0], 8), [0, 0, 1, 0, 0, 0, 1, 0]);
        assert_eq!(strategies(&[0.0, 2.0, 0.0], 3), [1; 3]);
    }

    /// Shares in tenths are met exactly by every tenth agent, far beyond the largest crowd.
    #[test]
    fn whole_shares_are_met_exactly() {
        let found = strategies(&[0.7, 0.1, 0.2], 200_000);
        let mut given = [0; 3];
        for (agent, strategy) in found.into_iter().enumerate() {
            given[strategy as usize] += 1;
            let tens = (agent + 1) / 10;
            if (agent + 1) % 10 == 0 {
                assert_eq!(given, [7 * tens, tens, 2 * tens]);
            }
        }
    }

    proptest! {
        /// Never ahead by a whole agent, hence never behind by as many as there are other strategies.
        #[test]
        fn no_strategy_is_ahead_by_a_whole_agent(shares in prop::collection::vec(0.0..1.0f64, 1..6)) {
            let sum: f64 = shares.iter().sum();
            prop_assume!(sum > 1e-3);
            let mut given = vec![0.0; shares.len()];
            for (agent, strategy) in strategies(&shares, 500).into_iter().enumerate() {
                given[strategy as usize] += 1.0;
                for (given, share) in given.iter().zip(&shares) {
                    let ahead = given - share / sum * (agent + 1) as f64;
                    prop_assert!(ahead < 1.0 && -ahead < shares.len() as f64);
                }
            }
        }
    }
}
