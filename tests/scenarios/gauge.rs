//! Readings from a file: a scenario with input files, a unit that stands in them, and something to count.

use plume_nav_sim::scenario::{
    Counter, CounterValue, InputFile, MemberAxis, MetricColumn, MetricKind, Problem, Scenario, Times, Unit,
    UnitFailure, UnitOutput,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Readings of a gauge, from a file whose first line is their unit and whose other lines are numbers.
#[derive(Default)]
pub struct Gauge {
    folder: PathBuf,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    files: BTreeMap<PathBuf, Arc<Readings>>,
    hits: u64,
    asked: u64,
    times: Times,
}

struct Readings {
    unit: String,
    numbers: Vec<f64>,
}

/// Tables of the scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GaugeConfig {
    /// The gauge.
    pub gauge: GaugeTable,
}

/// Where readings come from, and what is done with them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GaugeTable {
    /// The file.
    pub file: String,
    /// Reading to begin with.
    pub first: u32,
    /// What happens to a reading.
    pub filter: Filter,
    /// Offsets that are added up.
    pub offsets: Vec<Offset>,
    /// Time that a unit sleeps, s.
    #[schemars(range(min = 0.0, max = 60.0))]
    pub nap_s: f64,
}

impl Default for GaugeTable {
    fn default() -> Self {
        Self {
            file: "readings.txt".to_owned(),
            first: 0,
            filter: Filter::default(),
            offsets: Vec::new(),
            nap_s: 0.0,
        }
    }
}

/// What happens to a reading.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum Filter {
    /// Nothing.
    Raw(Raw),
    /// It is multiplied.
    Scaled(Scaled),
}

impl Default for Filter {
    fn default() -> Self {
        Self::Raw(Raw::default())
    }
}

/// Nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Raw {}

/// A factor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scaled {
    /// The factor.
    #[schemars(range(min = -10.0, max = 10.0))]
    pub factor: f64,
}

impl Default for Scaled {
    fn default() -> Self {
        Self { factor: 1.0 }
    }
}

/// One offset.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Offset {
    /// What is added.
    #[schemars(range(min = -100.0, max = 100.0))]
    pub amount: f64,
}

fn read(path: &Path) -> Result<Readings, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut lines = text.lines();
    let unit = lines.next().unwrap_or_default().to_owned();
    let numbers: Result<Vec<f64>, _> = lines.map(str::parse).collect();
    match numbers {
        Ok(numbers) if !numbers.is_empty() => Ok(Readings { unit, numbers }),
        Ok(_) => Err("it has no readings".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Gauge {
    fn readings(&self, config: &GaugeConfig) -> Result<Arc<Readings>, String> {
        let begin = Instant::now();
        let path = self.folder.join(&config.gauge.file);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.asked += 1;
        let known = cache.files.get(&path).cloned();
        let found = match known {
            Some(known) => {
                cache.hits += 1;
                known
            }
            None => cache
                .files
                .entry(path.clone())
                .or_insert(Arc::new(read(&path)?))
                .clone(),
        };
        cache.times.record(begin.elapsed().as_secs_f64());
        Ok(found)
    }
}

impl Scenario for Gauge {
    type Config = GaugeConfig;

    fn name(&self) -> &'static str {
        "gauge"
    }

    fn summary(&self) -> &'static str {
        "readings from a file"
    }

    fn for_folder(&self, folder: &Path) -> Option<Self> {
        Some(Self {
            folder: folder.to_owned(),
            ..Self::default()
        })
    }

    fn input_files(&self, config: &GaugeConfig) -> Vec<InputFile> {
        vec![InputFile {
            key: "gauge.file".to_owned(),
            name: config.gauge.file.clone(),
            path: self.folder.join(&config.gauge.file),
        }]
    }

    fn file_keys(&self) -> &'static [&'static str] {
        &["gauge.file"]
    }

    fn memory_bytes_per_rank(&self, config: &GaugeConfig) -> u64 {
        std::fs::metadata(self.folder.join(&config.gauge.file)).map_or(0, |metadata| metadata.len() << 20)
    }

    fn counters(&self) -> Vec<Counter> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = |name: &str, value| Counter {
            name: name.replace(' ', "_"),
            long_name: name.to_owned(),
            value,
        };
        vec![
            counter(
                "cache hits",
                CounterValue::Share {
                    part: cache.hits,
                    whole: cache.asked,
                },
            ),
            counter("retrieval", CounterValue::Times(cache.times.clone())),
            counter(
                "files",
                CounterValue::Max {
                    value: cache.files.len() as f64,
                    unit: "1".to_owned(),
                },
            ),
            counter(
                "ranks",
                CounterValue::Sum {
                    value: 1.0,
                    unit: "1".to_owned(),
                },
            ),
        ]
    }

    fn check(&self, config: &GaugeConfig) -> Vec<Problem> {
        let Err(error) = read(&self.folder.join(&config.gauge.file)) else {
            return Vec::new();
        };
        vec![Problem::new(
            "gauge.file",
            format!("= \"{}\": {error}", config.gauge.file),
            "give a file with a unit and readings",
        )]
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["gauge.file"]
    }

    fn member_axis(&self, _: &GaugeConfig) -> MemberAxis {
        MemberAxis {
            name: "reading".to_owned(),
            count: 2,
        }
    }

    fn metrics(&self, config: &GaugeConfig) -> Vec<MetricColumn> {
        let unit =
            read(&self.folder.join(&config.gauge.file)).map_or_else(|_| "1".to_owned(), |readings| readings.unit);
        vec![MetricColumn::new(
            "level",
            MetricKind::Real,
            &unit,
            "level that was read",
        )]
    }

    fn simulate(&self, config: &GaugeConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        for member in 0..2 {
            // As a file that is read now and then in the course of a unit would be.
            let readings = self.readings(config).map_err(UnitFailure::Scenario)?;
            let at = (config.gauge.first as usize + unit.replicate.0 as usize + member) % readings.numbers.len();
            let factor = match &config.gauge.filter {
                Filter::Raw(_) => 1.0,
                Filter::Scaled(scaled) => scaled.factor,
            };
            let offset: f64 = config.gauge.offsets.iter().map(|offset| offset.amount).sum();
            output.set(0, member, readings.numbers[at] * factor + offset);
        }
        if config.gauge.nap_s > 0.0 {
            std::thread::sleep(std::time::Duration::from_secs_f64(config.gauge.nap_s));
        }
        Ok(())
    }
}
