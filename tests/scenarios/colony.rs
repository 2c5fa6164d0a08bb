//! A colony that grows and dies by chance: as many members as it ever had, an end when nobody is left.

use plume_nav_sim::scenario::{
    CellColumn, CellKind, Cells, EndReason, FinishedStudy, MemberAxis, MetricColumn, MetricKind, Product, RowColumn,
    RowMeaning, RowTable, Scenario, Unit, UnitFailure, UnitFeatures, UnitOutput,
};
use plume_nav_sim::sweep::UnitIndex;
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
    /// Records who is alive at each step, and every birth and death.
    pub record: bool,
    /// Makes a table of all colonies when all are done.
    pub product: bool,
    /// Time that a line of this table takes, s.
    #[schemars(range(min = 0.0, max = 60.0))]
    pub product_nap_s: f64,
    /// Saves its state and goes on from it.
    pub saves: bool,
    /// Time that a step takes, s.
    #[schemars(range(min = 0.0, max = 60.0))]
    pub step_nap_s: f64,
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
            record: false,
            product: false,
            product_nap_s: 0.0,
            saves: false,
            step_nap_s: 0.0,
            boast: false,
            nap_s: 0.0,
        }
    }
}

const EXTINCT: usize = 0;
const FULL: usize = 1;

const ALIVE: usize = 0;
const EVENTS: usize = 1;

fn tables() -> Vec<RowTable> {
    let step = || RowColumn::new("step", CellKind::I32, "1", "step of the unit");
    vec![
        RowTable {
            name: "alive".to_owned(),
            long_name: "who is alive at each step".to_owned(),
            row: RowMeaning::MemberAtStep,
            recorded: false,
            columns: vec![
                step(),
                RowColumn::new("individual", CellKind::I64, "1", "who"),
                RowColumn::new("age_share", CellKind::F32, "1", "age, as a share of all steps"),
                RowColumn::new("vigour", CellKind::F64, "1", "a number drawn anew at each step"),
            ],
        },
        RowTable {
            name: "events".to_owned(),
            long_name: "births and deaths".to_owned(),
            row: RowMeaning::Event,
            recorded: false,
            columns: vec![
                step(),
                RowColumn::new("kind", CellKind::Text(5), "1", "birth or death"),
                RowColumn::new("founder", CellKind::Flag, "1", "whether it happened to the founder"),
                RowColumn::new("crowd", CellKind::U8, "1", "individuals so far, at most 255"),
            ],
        },
    ]
}

/// What happened in one step, column by column.
#[derive(Default)]
struct Record {
    steps: Vec<i32>,
    individuals: Vec<i64>,
    ages: Vec<f32>,
    vigours: Vec<f64>,
    event_steps: Vec<i32>,
    kinds: Vec<&'static str>,
    founders: Vec<bool>,
    crowds: Vec<u8>,
}

impl Record {
    fn event(&mut self, step: u32, kind: &'static str, individual: usize, crowd: usize) {
        self.event_steps.push(step as i32);
        self.kinds.push(kind);
        self.founders.push(individual == 0);
        self.crowds.push(u8::try_from(crowd).unwrap_or(u8::MAX));
    }

    fn alive(&mut self, settings: &ColonySettings, step: u32, individual: usize, born: u32, vigour: f64) {
        self.steps.push(step as i32);
        self.individuals.push(individual as i64);
        self.ages.push((step - born) as f32 / settings.steps as f32);
        self.vigours.push(vigour);
    }

    /// Hands the rows of the step over and begins the next.
    fn write(&mut self, output: &mut UnitOutput<'_>) {
        output.append(
            ALIVE,
            &[
                Cells::I32(&self.steps),
                Cells::I64(&self.individuals),
                Cells::F32(&self.ages),
                Cells::F64(&self.vigours),
            ],
        );
        output.append(
            EVENTS,
            &[
                Cells::I32(&self.event_steps),
                Cells::Text(&self.kinds),
                Cells::Flag(&self.founders),
                Cells::U8(&self.crowds),
            ],
        );
        self.steps.clear();
        self.individuals.clear();
        self.ages.clear();
        self.vigours.clear();
        self.event_steps.clear();
        self.kinds.clear();
        self.founders.clear();
        self.crowds.clear();
    }
}

/// One individual.
#[derive(Serialize, Deserialize)]
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
        &["colony.most", "colony.record", "colony.product"]
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

    fn features(&self, config: &ColonyConfig) -> UnitFeatures {
        UnitFeatures {
            ragged_members: true,
            ends: vec![
                EndReason::new("extinct", "nobody is left"),
                EndReason::new("full", "there is no place for another"),
            ],
            tables: if config.colony.record { tables() } else { Vec::new() },
            products: if config.colony.product {
                vec![Product::new("colonies.csv", "members and events of all colonies")]
            } else {
                Vec::new()
            },
            saves: config.colony.saves,
        }
    }

    fn make_product(
        &self,
        product: &Product,
        study: &dyn FinishedStudy,
        file: &mut dyn std::io::Write,
    ) -> Result<(), String> {
        let mut write = |line: String| writeln!(file, "{line}").map_err(|error| error.to_string());
        write("unit,birth,members,end,deaths".to_owned())?;
        for unit in 0..study.plan().units() {
            let (point, _) = study.plan().locate(UnitIndex(unit));
            let birth: Vec<String> = study.assignments(point).into_iter().map(|swept| swept.label).collect();
            let members = study.taking_part(unit..unit + 1)?[0];
            let born = study.values(0, unit..unit + 1)?;
            let end = match study.ends(unit..unit + 1)?[0] {
                Some(end) => end.to_string(),
                None => "none".to_owned(),
            };
            if born.iter().filter(|step| !step.is_nan()).count() != members as usize {
                return Err(format!(
                    "{}: {members} members of unit {unit} have other births",
                    product.name
                ));
            }
            let deaths = match study.rows(UnitIndex(unit), EVENTS)? {
                Some(events) => match &events.columns[1] {
                    CellColumn::Text(kinds) => kinds.iter().filter(|kind| *kind == "death").count(),
                    other => return Err(format!("kinds are texts, not {other:?}")),
                },
                None => 0,
            };
            let config: ColonyConfig = serde_json::from_value(study.configuration(point)).map_err(|e| e.to_string())?;
            std::thread::sleep(std::time::Duration::from_secs_f64(config.colony.product_nap_s));
            write(format!("{unit},{},{members},{end},{deaths}", birth.join(" ")))?;
        }
        Ok(())
    }

    fn simulate(&self, config: &ColonyConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let settings = &config.colony;
        let seed = unit.streams.seed("life");
        let mut individuals = vec![Individual { born: 0, died: None }];
        let mut record = Record::default();
        let mut first = 1;
        if let Some(state) = output.saved_state() {
            (first, individuals) =
                serde_json::from_slice(state).map_err(|error| UnitFailure::Scenario(format!("bad state: {error}")))?;
        }
        for step in first..=settings.steps {
            if output.save_due() {
                output.save(&serde_json::to_vec(&(step, &individuals)).expect("plain data"));
                if output.stop_requested() {
                    return Err(UnitFailure::Interrupted);
                }
            }
            if settings.step_nap_s > 0.0 {
                std::thread::sleep(std::time::Duration::from_secs_f64(settings.step_nap_s));
            }
            let at_step = seed.at_step(u64::from(step));
            for index in 0..individuals.len() {
                if individuals[index].died.is_some() {
                    continue;
                }
                let chance = at_step.generator(index as u64).uniform();
                if settings.record {
                    record.alive(settings, step, index, individuals[index].born, chance);
                }
                if chance < settings.death {
                    individuals[index].died = Some(step);
                    record.event(step, "death", index, individuals.len());
                } else if chance < settings.death + settings.birth {
                    individuals.push(Individual { born: step, died: None });
                    record.event(step, "birth", index, individuals.len());
                }
            }
            if settings.record {
                record.write(output);
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
