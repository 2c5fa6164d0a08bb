//! A colony that grows and dies by chance: as many members as it ever had, an end when nobody is left. Colonies under one
//! climate can share its weather, which is what takes long.

use plume_nav_sim::random::StreamSeed;
use plume_nav_sim::scenario::{
    CellColumn, CellKind, Cells, Counter, CounterValue, EndReason, FinishedStudy, GroupKey, GroupMember, GroupResults,
    MemberAxis, MetricColumn, MetricKind, Product, RowColumn, RowMeaning, RowTable, Scenario, Unit, UnitFailure,
    UnitFeatures, UnitOutput,
};
use plume_nav_sim::sweep::UnitIndex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Colonies whose units have as many members as chance gives them.
#[derive(Default)]
pub struct Colony {
    /// Steps of weather that were made for one colony or for several, and the steps of all these colonies.
    weather_steps: AtomicU64,
    colony_steps: AtomicU64,
}

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
    /// The climate whose weather colonies share; 0 for none.
    pub climate: u32,
    /// Fails in company: a problem of the scenario.
    pub shy: bool,
    /// Fails in every second replicate: another.
    pub frail: bool,
    /// Says one member too many: a problem of the scenario.
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
            climate: 0,
            shy: false,
            frail: false,
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

/// Weather of a climate, step by step: each depends on the one before.
struct Weather {
    seed: StreamSeed,
    warmth: f64,
}

impl Weather {
    /// That of a unit's climate and replicate, as it was at a step.
    fn new(climate: u32, unit: &Unit, warmth: f64) -> Self {
        Self {
            seed: unit.streams.seed_keyed("weather", &key_of(climate)),
            warmth,
        }
    }

    fn go_on(&mut self, step: u32) {
        let chance = self.seed.at_step(u64::from(step)).generator(0).uniform();
        self.warmth = 0.8 * self.warmth + 0.4 * (chance - 0.5);
    }
}

/// What colonies under one climate have in common.
fn key_of(climate: u32) -> [u8; 16] {
    let mut key = [0; 16];
    key[..4].copy_from_slice(&climate.to_le_bytes());
    key
}

/// One individual.
#[derive(Serialize, Deserialize)]
struct Individual {
    born: u32,
    died: Option<u32>,
}

/// A colony in the middle of its course.
struct Life<'a> {
    settings: &'a ColonySettings,
    seed: StreamSeed,
    individuals: Vec<Individual>,
    record: Record,
}

/// What is saved of a colony: the next step, the warmth, the individuals.
type State = (u32, f64, Vec<Individual>);

impl Life<'_> {
    /// One step; `false` if it was the last.
    fn step(&mut self, step: u32, weather: f64, output: &mut UnitOutput<'_>) -> bool {
        let settings = self.settings;
        let at_step = self.seed.at_step(u64::from(step));
        let (birth, death) = (settings.birth * (1.0 + weather), settings.death * (1.0 - weather));
        for index in 0..self.individuals.len() {
            if self.individuals[index].died.is_some() {
                continue;
            }
            let chance = at_step.generator(index as u64).uniform();
            if settings.record {
                let born = self.individuals[index].born;
                self.record.alive(settings, step, index, born, chance);
            }
            if chance < death {
                self.individuals[index].died = Some(step);
                self.record.event(step, "death", index, self.individuals.len());
            } else if chance < death + birth {
                self.individuals.push(Individual { born: step, died: None });
                self.record.event(step, "birth", index, self.individuals.len());
            }
        }
        if settings.record {
            self.record.write(output);
        }
        if self.individuals.len() >= settings.most as usize {
            self.individuals.truncate(settings.most as usize);
            output.end(FULL);
            return false;
        }
        if self.individuals.iter().all(|individual| individual.died.is_some()) {
            output.end(EXTINCT);
            return false;
        }
        step < settings.steps
    }

    fn finish(&self, output: &mut UnitOutput<'_>) {
        let settings = self.settings;
        output.set_members(self.individuals.len() + if settings.boast { settings.most as usize } else { 0 });
        for (member, individual) in self.individuals.iter().enumerate() {
            output.set(0, member, f64::from(individual.born));
            if let Some(died) = individual.died {
                output.set(1, member, f64::from(died - individual.born));
            }
        }
        nap(settings.nap_s);
    }
}

fn nap(seconds: f64) {
    if seconds > 0.0 {
        std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
    }
}

impl Colony {
    /// Colonies under one weather, from the step at which all of them are.
    fn live(&self, group: &mut [GroupMember<'_, '_, ColonyConfig>]) -> GroupResults {
        let mut results: Vec<Option<Result<(), UnitFailure>>> = vec![None; group.len()];
        let (mut first, mut warmth) = (1, 0.0);
        let mut lives = Vec::with_capacity(group.len());
        for (member, result) in group.iter().zip(&mut results) {
            let mut individuals = vec![Individual { born: 0, died: None }];
            if let Some(state) = member.output.saved_state() {
                match serde_json::from_slice::<State>(state) {
                    Ok(state) => (first, warmth, individuals) = state,
                    Err(error) => *result = Some(Err(UnitFailure::Scenario(format!("bad state: {error}")))),
                }
            }
            lives.push(Life {
                settings: &member.config.colony,
                seed: member.unit.streams.seed("life"),
                individuals,
                record: Record::default(),
            });
        }
        let (settings, unit) = (&group[0].config.colony, group[0].unit);
        let mut weather = Weather::new(settings.climate, unit, warmth);
        let step_nap_s = settings.step_nap_s;
        for step in first.. {
            // All at the same step, so that they can go on together.
            let mut under_way = group.iter().zip(&results).filter(|(_, result)| result.is_none());
            if under_way.any(|(member, _)| member.output.save_due()) {
                let stop = group.iter().any(|member| member.output.stop_requested());
                for ((member, life), result) in group.iter_mut().zip(&lives).zip(&mut results) {
                    if result.is_none() {
                        let state = (step, weather.warmth, &life.individuals);
                        let state = serde_json::to_vec(&state).expect("plain data");
                        member.output.save_at(u64::from(step), &state);
                        *result = stop.then_some(Err(UnitFailure::Interrupted));
                    }
                }
            }
            if results.iter().all(Option::is_some) {
                break;
            }
            nap(step_nap_s);
            if settings.climate > 0 {
                weather.go_on(step);
                self.weather_steps.fetch_add(1, Ordering::Relaxed);
            }
            for ((member, life), result) in group.iter_mut().zip(&mut lives).zip(&mut results) {
                if result.is_some() {
                    continue;
                }
                self.colony_steps.fetch_add(1, Ordering::Relaxed);
                if !life.step(step, weather.warmth, member.output) {
                    life.finish(member.output);
                    *result = Some(match life.settings.frail && member.unit.replicate.0 % 2 == 1 {
                        true => Err(UnitFailure::Scenario("it was frail".to_owned())),
                        false => Ok(()),
                    });
                }
            }
        }
        results.into_iter().map(|result| result.unwrap_or(Ok(()))).collect()
    }
}

impl Scenario for Colony {
    type Config = ColonyConfig;

    fn name(&self) -> &'static str {
        "colony"
    }

    fn summary(&self) -> &'static str {
        "colonies that grow and die by chance"
    }

    fn keys_without_effect(&self) -> &'static [&'static str] {
        &[
            "colony.nap_s",
            "colony.step_nap_s",
            "colony.product_nap_s",
            "colony.saves",
            "colony.shy",
        ]
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
                vec![Product::new("colonies.csv", "members and events of all colonies").of_members()]
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
            // Of a unit in quarantine nothing is known.
            let Some(members) = study.taking_part(unit..unit + 1)?[0] else {
                write(format!("{unit},{},,none,", birth.join(" ")))?;
                continue;
            };
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

    fn group_keys(&self) -> &'static [&'static str] {
        &["colony.climate"]
    }

    fn group_key(&self, config: &ColonyConfig, unit: &Unit) -> Option<GroupKey> {
        let climate = config.colony.climate;
        (climate > 0).then(|| GroupKey::of_replicate(&key_of(climate), unit.replicate))
    }

    fn simulate_group(&self, group: &mut [GroupMember<'_, '_, ColonyConfig>]) -> GroupResults {
        assert!(
            group.len() == 1 || group.iter().all(|member| !member.config.colony.shy),
            "not in front of the others"
        );
        self.live(group)
    }

    fn counters(&self) -> Vec<Counter> {
        let sum = |name: &str, long_name: &str, value: &AtomicU64| Counter {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            value: CounterValue::Sum {
                value: value.load(Ordering::Relaxed) as f64,
                unit: "1".to_owned(),
            },
        };
        vec![
            sum("weather_steps", "steps of weather", &self.weather_steps),
            sum("colony_steps", "steps of colonies", &self.colony_steps),
        ]
    }

    fn simulate(&self, config: &ColonyConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        self.live(&mut [GroupMember { unit, config, output }]).remove(0)
    }
}
