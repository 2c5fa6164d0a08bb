//! Odour-plume navigation: agents that look for the source of a plume.

use crate::scenario::{MemberAxis, MetricColumn, MetricKind, Scenario, Unit, UnitFailure, UnitOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// placeholder
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlumeConfig {}

/// The flagship scenario.
#[derive(Debug, Default)]
pub struct PlumeNavigation {}

impl Scenario for PlumeNavigation {
    type Config = PlumeConfig;
    fn name(&self) -> &'static str {
        "plume"
    }
    fn summary(&self) -> &'static str {
        "agents that look for the source of an odour plume"
    }
    fn member_axis(&self, _: &PlumeConfig) -> MemberAxis {
        MemberAxis {
            name: "agent".into(),
            count: 1,
        }
    }
    fn metrics(&self, _: &PlumeConfig) -> Vec<MetricColumn> {
        vec![MetricColumn::new("success", MetricKind::Flag, "1", "source reached")]
    }
    fn simulate(&self, _: &PlumeConfig, _: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        output.set(0, 0, 1.0);
        Ok(())
    }
}
