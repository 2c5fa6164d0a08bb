//! Biased coins with a known mean: nothing to do with odour.

use plume_nav_sim::scenario::{MemberAxis, MetricColumn, MetricKind, Problem, Scenario, Unit, UnitFailure, UnitOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tosses of biased coins.
pub struct BiasedCoins;

/// Tables of the scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoinConfig {
    /// The coins.
    pub coins: Coins,
}

/// The coins of one unit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Coins {
    /// Coins in a unit.
    #[schemars(range(min = 1, max = 1000))]
    pub count: u32,
    /// Probability of heads.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub bias: f64,
    /// Tosses of each coin; heads of all tosses make a lucky coin.
    #[schemars(range(min = 0))]
    pub tosses: u32,
    /// Time that a unit sleeps, s: for tests that interrupt runs.
    #[schemars(range(min = 0.0, max = 60.0))]
    pub nap_s: f64,
}

impl Default for Coins {
    fn default() -> Self {
        Self {
            count: 4,
            bias: 0.5,
            tosses: 10,
            nap_s: 0.0,
        }
    }
}

impl Scenario for BiasedCoins {
    type Config = CoinConfig;

    fn name(&self) -> &'static str {
        "coins"
    }

    fn summary(&self) -> &'static str {
        "tosses of biased coins"
    }

    fn check(&self, config: &CoinConfig) -> Vec<Problem> {
        if config.coins.tosses == 0 && config.coins.bias > 0.9 {
            return vec![Problem::new(
                "coins.tosses",
                format!(
                    "= 0 with coins.bias = {} > 0.9 leaves nothing to see",
                    config.coins.bias
                ),
                "toss at least once",
            )];
        }
        Vec::new()
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["coins.count"]
    }

    fn member_axis(&self, config: &CoinConfig) -> MemberAxis {
        MemberAxis {
            name: "coin".to_owned(),
            count: config.coins.count,
        }
    }

    fn metrics(&self, _: &CoinConfig) -> Vec<MetricColumn> {
        vec![
            MetricColumn::new("heads", MetricKind::Count, "1", "tosses that showed heads"),
            MetricColumn::new(
                "heads_fraction",
                MetricKind::Real,
                "1",
                "share of tosses that showed heads",
            )
            .conditional("coins that were tossed"),
            MetricColumn::new("lucky", MetricKind::Flag, "1", "every toss showed heads"),
        ]
    }

    fn simulate(&self, config: &CoinConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let Coins {
            count,
            bias,
            tosses,
            nap_s,
        } = config.coins;
        let seed = unit.streams.seed("toss");
        for coin in 0..count {
            let mut generator = seed.generator(u64::from(coin));
            let heads = (0..tosses).filter(|_| generator.uniform() < bias).count() as f64;
            output.set(0, coin as usize, heads);
            if tosses > 0 {
                output.set(1, coin as usize, heads / f64::from(tosses));
            }
            output.set(2, coin as usize, f64::from(heads as u32 == tosses));
        }
        if nap_s > 0.0 {
            std::thread::sleep(std::time::Duration::from_secs_f64(nap_s));
        }
        Ok(())
    }
}
