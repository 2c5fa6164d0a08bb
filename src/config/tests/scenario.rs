//! A scenario with one of everything that a configuration type can have.

use crate::results::{MemberAxis, MetricColumn, MetricKind};
use crate::scenario::{Problem, Registry, Scenario, Severity, Unit, UnitFailure, UnitOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Config {
    pub(super) wind: Wind,
    pub(super) navigator: Navigator,
    pub(super) agents: Agents,
}

/// The wind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wind {
    /// Mean speed.
    #[schemars(range(min = 0.0, max = 30.0))]
    pub(super) speed_m_s: f64,
    /// Where it blows to.
    pub(super) direction_rad: f64,
}

impl Default for Wind {
    fn default() -> Self {
        Self {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        }
    }
}

/// How an agent moves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Navigator {
    /// Goes round.
    Spiral(Spiral),
    /// Walks at random.
    Walk(Walk),
}

impl Default for Navigator {
    fn default() -> Self {
        Self::Spiral(Spiral::default())
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Spiral {
    /// Turn per step.
    pub(super) turn_rad: f64,
    /// Longest cast.
    #[schemars(range(min = 0.0))]
    pub(super) cast_s: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Walk {
    /// Share of the old direction that is kept.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub(super) persistence: f64,
    /// Steps between turns.
    pub(super) steps: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Agents {
    /// How many there are.
    #[schemars(range(min = 1, max = 100))]
    pub(super) count: u32,
    /// Where they start.
    pub(super) start_m: [f64; 2],
    /// What to call them.
    #[schemars(length(max = 8))]
    pub(super) label: Option<String>,
    pub(super) reflect: bool,
    pub(super) mode: Mode,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            count: 1,
            start_m: [0.0, 0.0],
            label: None,
            reflect: false,
            mode: Mode::Single,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// Alone.
    Single,
    /// Together.
    Swarm,
}

struct Toy;

impl Scenario for Toy {
    type Config = Config;

    fn name(&self) -> &'static str {
        "toy"
    }

    fn summary(&self) -> &'static str {
        "one of everything"
    }

    fn check(&self, config: &Config) -> Vec<Problem> {
        let mut problems = Vec::new();
        if config.agents.mode == Mode::Single && config.agents.count > 50 {
            problems.push(Problem {
                severity: Severity::Error,
                key: "agents.count".to_owned(),
                message: format!("= {} is too many for mode single", config.agents.count),
                hint: "use mode = \"swarm\"".to_owned(),
            });
        }
        if let Navigator::Spiral(spiral) = &config.navigator
            && spiral.cast_s > 0.0
            && config.wind.speed_m_s == 0.0
        {
            problems.push(Problem {
                severity: Severity::Error,
                key: "wind.speed_m_s".to_owned(),
                message: "= 0 leaves casting without a direction".to_owned(),
                hint: "let some wind blow".to_owned(),
            });
        }
        problems
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["agents.count", "navigator.kind"]
    }

    fn keys_without_effect(&self) -> &'static [&'static str] {
        &["agents.label"]
    }

    fn memory_bytes_per_rank(&self, config: &Config) -> u64 {
        1000 * u64::from(config.agents.count)
    }

    fn memory_keys(&self) -> &'static [&'static str] {
        &["agents.count"]
    }

    fn max_kept_bytes(&self) -> u64 {
        2500
    }

    fn member_axis(&self, config: &Config) -> MemberAxis {
        MemberAxis {
            name: "agent".to_owned(),
            count: config.agents.count,
        }
    }

    fn metrics(&self, config: &Config) -> Vec<MetricColumn> {
        let mut metrics = vec![MetricColumn::new("duration_s", MetricKind::Real, "s", "duration")];
        if matches!(config.navigator, Navigator::Walk(_)) && config.agents.mode == Mode::Swarm {
            metrics.push(MetricColumn::new("extra", MetricKind::Count, "1", "extra"));
        }
        metrics
    }

    fn simulate(&self, _: &Config, _: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        output.set(0, 0, 1.0);
        Ok(())
    }
}

/// A program that knows only the toy.
pub(super) fn registry() -> Registry {
    Registry::default().with(Toy)
}
