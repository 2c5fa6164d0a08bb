//! Units that go wrong in every way that a unit can.

use plume_nav_sim::scenario::{MemberAxis, MetricColumn, MetricKind, Scenario, Unit, UnitFailure, UnitOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Units that fail on purpose.
pub struct Faulty;

/// Tables of the scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FaultyConfig {
    /// What goes wrong.
    pub fault: Fault,
}

/// Which units fail, and how.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// How the units of this design point fail.
    pub kind: FaultKind,
    /// Only this replicate fails.
    pub replicate: u32,
}

/// Ways to fail.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// None.
    #[default]
    None,
    /// A panic in the unit.
    Panic,
    /// A state that became NaN, as the scenario says itself.
    Nan,
    /// A metric that every member must have is missing.
    Missing,
    /// An infinite metric.
    Infinite,
    /// An error in the scenario's own words.
    Error,
    /// An error in every replicate, unless the environment has a `LADDER`.
    Ladder,
    /// A panic that is no unit's: in a thread of its own, which ends the process through the panic hook.
    Outside,
}

impl Scenario for Faulty {
    type Config = FaultyConfig;

    fn name(&self) -> &'static str {
        "faulty"
    }

    fn summary(&self) -> &'static str {
        "units that fail on purpose"
    }

    fn member_axis(&self, _: &FaultyConfig) -> MemberAxis {
        MemberAxis {
            name: "member".to_owned(),
            count: 2,
        }
    }

    fn metrics(&self, _: &FaultyConfig) -> Vec<MetricColumn> {
        vec![MetricColumn::new(
            "value",
            MetricKind::Real,
            "1",
            "a number between 0 and 1",
        )]
    }

    fn simulate(&self, config: &FaultyConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        for member in 0..2 {
            output.set(0, member, unit.streams.generator("value", member as u64).uniform());
        }
        if matches!(config.fault.kind, FaultKind::Ladder) && std::env::var_os("LADDER").is_none() {
            let reason = format!("no ladder for {}", unit.index);
            return Err(UnitFailure::Scenario(reason));
        }
        if unit.replicate.0 != config.fault.replicate {
            return Ok(());
        }
        match config.fault.kind {
            FaultKind::None | FaultKind::Ladder => {}
            FaultKind::Panic => panic!("the ladder fell over"),
            FaultKind::Nan => {
                return Err(UnitFailure::NotFinite {
                    field: "height_m".to_owned(),
                    value: f64::NAN,
                    step: 17,
                    time_s: 1.7,
                });
            }
            FaultKind::Missing => output.set(0, 1, f64::NAN),
            FaultKind::Infinite => output.set(0, 0, f64::INFINITY),
            FaultKind::Error => return Err(UnitFailure::Scenario("no ladder was found, größer als 2½ m".to_owned())),
            FaultKind::Outside => {
                // A thread that isn't the engine's: its panic belongs to no unit.
                let _ = std::thread::spawn(|| panic!("the house fell over")).join();
            }
        }
        Ok(())
    }
}
