//! A colony that grows and dies by chance: as many members as it ever had, an end when nobody is left.

use plume_nav_sim::scenario::{
    EndReason, MemberAxis, MetricColumn, MetricKind, Scenario, Unit, UnitFailure, UnitFeatures, UnitOutput,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Colonies whose units have as many members as chance gives them.
pub struct Colony;

/// Tables of the scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ColonyConfig {
    /// The colony.
    pub colony: ColonySettings,
}

/// How a colony fares.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ColonySettings {
    /// Individuals at most, over all time.
    #[schemars(range(min = 1, max = 1000))]
    pub most: u32,
    /// Steps at most.
    pub steps: u32,
    /// Probability to divide in a step.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub birth: f64,
    /// Probability to die in a step.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub death: f64,
    /// Says one member too many: a mistake of the scenario.
    pub boast: bool,
    /// Time that a unit sleeps, s.
    #[schemars(range(min = 0.0, max = 60.0))]
    pub nap_s: f64,
}

impl Default for ColonySettings {
    fn default() -> Self {
        Self {
            most: 12,
            steps: 30,
            birth: 0.1,
            death: 0.1,
            boast: false,
            nap_s: 0.0,
        }
    }
}

const EXTINCT: usize = 0;
const FULL: usize = 1;

/// One individual.
struct Individual {
    born: u32,
    died: Option<u32>,
}

impl Scenario for Colony {
    type Config = ColonyConfig;

    fn name(&self) -> &'static str {
        "colony"
    }

    fn summary(&self) -> &'static str {
        "colonies that grow and die by chance"
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["colony.most"]
    }

    fn member_axis(&self, config: &ColonyConfig) -> MemberAxis {
        MemberAxis {
            name: "individual".to_owned(),
            count: config.colony.most,
        }
    }

    fn metrics(&self, _: &ColonyConfig) -> Vec<MetricColumn> {
        vec![
            MetricColumn::new("born", MetricKind::Count, "1", "step of birth"),
            MetricColumn::new("lifetime", MetricKind::Real, "1", "steps from birth to death")
                .conditional("individuals that died"),
        ]
    }

    fn features(&self, _: &ColonyConfig) -> UnitFeatures {
        UnitFeatures {
            ragged_members: true,
            ends: vec![
                EndReason::new("extinct", "nobody is left"),
                EndReason::new("full", "there is no place for another"),
            ],
        }
    }

    fn simulate(&self, config: &ColonyConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let settings = &config.colony;
        let seed = unit.streams.seed("life");
        let mut individuals = vec![Individual { born: 0, died: None }];
        for step in 1..=settings.steps {
            let mut generator = seed.generator(u64::from(step));
            for index in 0..individuals.len() {
                if individuals[index].died.is_some() {
                    continue;
                }
                let chance = generator.uniform();
                if chance < settings.death {
                    individuals[index].died = Some(step);
                } else if chance < settings.death + settings.birth {
                    individuals.push(Individual { born: step, died: None });
                }
            }
            if individuals.len() >= settings.most as usize {
                individuals.truncate(settings.most as usize);
                output.end(FULL);
                break;
            }
            if individuals.iter().all(|individual| individual.died.is_some()) {
                output.end(EXTINCT);
                break;
            }
        }
        output.set_members(individuals.len() + if settings.boast { settings.most as usize } else { 0 });
        for (member, individual) in individuals.iter().enumerate() {
            output.set(0, member, f64::from(individual.born));
            if let Some(died) = individual.died {
                output.set(1, member, f64::from(died - individual.born));
            }
        }
        if settings.nap_s > 0.0 {
            std::thread::sleep(std::time::Duration::from_secs_f64(settings.nap_s));
        }
        Ok(())
    }
}
