//! `plan`: what a study will cost, before it costs anything.

use super::error::CommandResult;
use super::failure::as_json;
use super::study_arguments::{StudyArguments, warn};
use super::{CommandError, ExitStatus, output};
use crate::config::{self, Choices};
use crate::engine::{self, EngineOptions, walltime};
use crate::quantity;
use crate::results::RowTable;
use crate::scenario::Registry;
use crate::store::Layout;
use crate::study::Study;
use crate::sweep::{PointIndex, UnitIndex};
use clap::Args;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Estimates the size of a study: design points, units, file size, memory per rank; with --pilot also core-hours.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim plan study.toml
  plume-nav-sim plan study.toml --pilot             times some units, for 5 s
  plume-nav-sim plan study.toml --pilot 60s --within 4:00:00")]
pub struct PlanArguments {
    #[command(flatten)]
    study: StudyArguments,

    /// Run units for this long on one core, to estimate the cost
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "5s", value_parser = walltime::parse_duration)]
    pilot: Option<Duration>,

    /// The time within which the study should finish, for the suggested number of ranks
    #[arg(long, value_name = "TIME", default_value = "1:00:00", value_parser = walltime::parse_duration)]
    within: Duration,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &PlanArguments, registry: &Registry) -> CommandResult {
    let (study, warnings) = arguments.study.load_with_warnings(registry, true)?;
    let layout = Layout::new(&study);
    layout.check()?;
    let pilot = arguments.pilot.map(|time| Pilot::run(&study, time)).transpose()?;
    // 0 shares a node's cores among its ranks; a lone rank has them all.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = engine::threads_of(study.resolved.execution.threads as usize, cores) as u32;
    let inputs = config::memory_bytes_per_rank(&study)?;
    let chosen = config::chosen(&study)?;
    // Units that share what is costly to simulate are simulated together.
    let at_once = u64::from(threads) * engine::units_at_once(&study);
    let simulated = at_once * u64::from(study.member_axis.count) * config::memory_bytes_per_member(&study)?;
    let memory = (memory_bytes(&study, layout.slab_bytes(), at_once) + simulated).saturating_add(inputs);
    let rows = RowPlan::of(&study, pilot.as_ref());
    let estimate = pilot
        .as_ref()
        .map(|pilot| Estimate::new(pilot, study.plan.units(), arguments.within));
    if arguments.json {
        let dimensions: Vec<_> = study
            .design
            .dimension_lengths()
            .into_iter()
            .map(|(name, length)| json!({"name": name, "length": length}))
            .collect();
        let document = json!({
            "study": study.resolved.study.name, "scenario": study.scenario.name(), "dimensions": dimensions,
            "points": study.plan.points, "replicates": study.plan.replicates, "units": study.plan.units(),
            "members": study.member_axis.count, "member_name": study.member_axis.name, "metrics": study.metrics.len(),
            "file_bytes": layout.file_bytes(), "slab_bytes": layout.slab_bytes(), "memory_bytes_per_rank": memory,
            "scenario_memory_bytes_per_rank": inputs, "chosen": chosen,
            "rows": rows.as_json(),
            "warnings": warnings.iter().map(as_json).collect::<Vec<_>>(),
            "products": study.features.products,
            "pilot": pilot.as_ref().zip(estimate.as_ref()).map(|(pilot, estimate)| json!({
                "units": pilot.seconds.len(), "failed": pilot.failed, "unit_mean_s": pilot.mean_s(),
                "unit_max_s": pilot.max_s(), "core_hours": estimate.core_hours, "ranks": estimate.ranks,
            })),
        });
        output::print(&format!("{document:#}\n"))?;
        return Ok(ExitStatus::Done);
    }

    warn(&warnings);
    let mut page = format!("{} (scenario {})\n", study.resolved.study.name, study.scenario.name());
    page.push_str(&extent_in_words(&study, layout.slab_bytes()));
    for choices in &chosen {
        page.push_str(&format!("{}\n", in_a_line(choices)));
    }
    page.push_str(&format!("results file: {}\n", quantity::bytes(layout.file_bytes())));
    for product in &study.features.products {
        page.push_str(&format!("makes {}: {}\n", product.name, product.long_name));
    }
    let of_inputs = match inputs {
        0 => String::new(),
        bytes => format!(", {} of it for input files and tables", quantity::bytes(bytes)),
    };
    page.push_str(&format!(
        "memory: about {} a rank with {}{of_inputs}\n",
        quantity::bytes(memory),
        quantity::counted(u64::from(threads), "thread")
    ));
    page.push_str(&rows.in_words());
    match (&pilot, &estimate) {
        (Some(pilot), Some(estimate)) => page.push_str(&describe(pilot, estimate, arguments.within)),
        _ => page.push_str("core-hours: not measured (--pilot runs a few units and extrapolates)\n"),
    }
    output::print(&page)?;
    Ok(ExitStatus::Done)
}

/// Axes, points, units, and what a unit leaves.
fn extent_in_words(study: &Study, slab_bytes: u64) -> String {
    let mut page = String::new();
    for (name, length) in study.design.dimension_lengths() {
        page.push_str(&format!("  axis {name}: {}\n", quantity::count(length)));
    }
    page.push_str(&format!(
        "{} × {} = {}\n",
        quantity::counted(study.plan.points, "design point"),
        quantity::counted(u64::from(study.plan.replicates), "replicate"),
        quantity::counted(study.plan.units(), "unit")
    ));
    page.push_str(&format!(
        "{} a unit, {}: {} a unit\n",
        quantity::counted(u64::from(study.member_axis.count), &study.member_axis.name),
        quantity::counted(study.metrics.len() as u64, "metric"),
        quantity::bytes(slab_bytes)
    ));
    page
}

/// Values of a choice that are shown; of more only how many there are.
const CHOICES_SHOWN: usize = 10;

/// `grid: 19 × 19, 37 × 37 cells`.
fn in_a_line(choices: &Choices) -> String {
    let shown = choices.values.len().min(CHOICES_SHOWN);
    let mut line = format!("{}: {}", choices.name, choices.values[..shown].join(", "));
    if choices.values.len() > shown {
        line += &format!(" and {} more", choices.values.len() - shown);
    }
    if !choices.unit.is_empty() {
        line += &format!(" {}", choices.unit);
    }
    line
}

/// Memory of a rank, bytes: the program as it is now, the values of the units at hand, and results between two commits.
fn memory_bytes(study: &Study, slab_bytes: u64, units: u64) -> u64 {
    let resident = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok())
        .map_or(0, |pages| pages * rustix::param::page_size() as u64);
    let values = study.metrics.len() as u64 * u64::from(study.member_axis.count) * size_of::<f64>() as u64;
    // The engine commits when its buffer is full; the piece that a thread is at comes on top, and the buffer is copied
    // once to be written in one go.
    let buffered = (EngineOptions::default().buffer_bytes as u64).min(slab_bytes.saturating_mul(study.plan.units()));
    resident + units * (values + slab_bytes) + 2 * buffered
}

fn describe(pilot: &Pilot, estimate: &Estimate, within: Duration) -> String {
    let mut page = format!(
        "pilot: {} on one core, {} each on average ({} to {})\n",
        quantity::counted(pilot.seconds.len() as u64, "unit"),
        quantity::short_time(pilot.mean_s()),
        quantity::short_time(pilot.seconds.iter().copied().fold(f64::INFINITY, f64::min)),
        quantity::short_time(pilot.max_s()),
    );
    if pilot.failed > 0 {
        page.push_str(&format!(
            "warning: {} of them failed; `plume-nav-sim run` shows why\n",
            pilot.failed
        ));
    }
    page.push_str(&format!(
        "estimate: {} of one core, {:.3} core-hours ({}if the cluster's cores are like this one)\n",
        quantity::duration(estimate.core_hours * 3600.0),
        estimate.core_hours,
        match estimate.relative_error {
            Some(error) => format!("± {:.0} %, ", 100.0 * error),
            None => "from a single unit, so that its error isn't known; ".to_owned(),
        }
    ));
    page.push_str(&format!(
        "suggestion: {} with one thread{} to be done within {}\n",
        quantity::counted(estimate.ranks, "rank"),
        if estimate.ranks == 1 { "" } else { " each" },
        quantity::duration(within.as_secs_f64())
    ));
    page
}

/// A step about the golden ratio times `units`, without a factor in common with it: its multiples spread evenly for any
/// number of them, and meet every unit before the first one comes again.
fn spreading_stride(units: u64) -> u64 {
    let mut stride = ((units as f64 * 0.618_033_988_749_894_9) as u64).max(1);
    while common_divisor(stride, units) != 1 {
        stride += 1;
    }
    stride
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// Measured units.
struct Pilot {
    seconds: Vec<f64>,
    /// Rows of all of them in each table.
    rows: Vec<u64>,
    failed: usize,
}

impl Pilot {
    /// Runs units from all over the study, one after the other, for `time` (at least one, at most all of them).
    fn run(study: &Study, time: Duration) -> Result<Self, CommandError> {
        let units = study.plan.units();
        let mut values = vec![f64::NAN; study.metrics.len() * study.member_axis.count as usize];
        // Caches warm up on a unit that isn't counted.
        let _ = engine::run_single(study, &study.unit(UnitIndex(0)), &mut values);
        let mut pilot = Self {
            seconds: Vec::new(),
            rows: vec![0; study.features.tables.len()],
            failed: 0,
        };
        let start = Instant::now();
        let mut next = 0;
        let stride = spreading_stride(units);
        while (pilot.seconds.len() as u64) < units && (pilot.seconds.is_empty() || start.elapsed() < time) {
            let begin = Instant::now();
            match engine::run_single(study, &study.unit(UnitIndex(next)), &mut values) {
                Ok(single) => {
                    let tables = pilot.rows.iter_mut().zip(single.rows);
                    tables.for_each(|(all, rows)| *all += rows);
                }
                Err(_) => pilot.failed += 1,
            }
            pilot.seconds.push(begin.elapsed().as_secs_f64());
            next = (next + stride) % units;
        }
        Ok(pilot)
    }

    fn mean_s(&self) -> f64 {
        self.seconds.iter().sum::<f64>() / self.seconds.len() as f64
    }

    fn max_s(&self) -> f64 {
        self.seconds.iter().copied().fold(0.0, f64::max)
    }
}

/// The rows of a study's tables.
struct RowPlan {
    tables: Vec<TablePlan>,
    /// Units that leave rows; 0 if the scenario doesn't say.
    units: u64,
    /// Bytes of rows that a thread makes in a second, as the pilot met them.
    bytes_per_s: Option<f64>,
}

struct TablePlan {
    name: String,
    row_bytes: u64,
    /// Rows of all units at most, as the first design point has them.
    max_rows: Option<u64>,
    /// Rows of all units, as the pilot met them.
    expected_rows: Option<f64>,
}

impl RowPlan {
    fn of(study: &Study, pilot: Option<&Pilot>) -> Self {
        let first = (study.design).configuration(&study.resolved.scenario, PointIndex(0));
        let plan = study.plan;
        let (most, units) = (study.scenario.max_rows(&first, (plan.points, plan.replicates))).unwrap_or_default();
        let row_bytes = |table: &RowTable| {
            table
                .columns
                .iter()
                .map(|column| column.kind.bytes() as u64)
                .sum::<u64>()
        };
        let tables: Vec<TablePlan> = (study.features.tables.iter().enumerate())
            .map(|(index, table)| TablePlan {
                name: table.name.clone(),
                row_bytes: row_bytes(table),
                max_rows: (most.get(index).copied().flatten()).map(|rows| rows.saturating_mul(units)),
                expected_rows: pilot
                    .map(|pilot| pilot.rows[index] as f64 / pilot.seconds.len() as f64 * plan.units() as f64),
            })
            .collect();
        let bytes_per_s = pilot.filter(|_| !tables.is_empty()).map(|pilot| {
            let bytes = pilot
                .rows
                .iter()
                .zip(&tables)
                .map(|(rows, table)| rows * table.row_bytes);
            bytes.sum::<u64>() as f64 / pilot.seconds.iter().sum::<f64>()
        });
        Self {
            tables,
            units,
            bytes_per_s,
        }
    }

    fn as_json(&self) -> Value {
        let table = |table: &TablePlan| {
            json!({
                "table": table.name, "row_bytes": table.row_bytes, "max_rows": table.max_rows,
                "max_bytes": table.max_rows.map(|rows| rows.saturating_mul(table.row_bytes)),
                "expected_rows": table.expected_rows,
                "expected_bytes": table.expected_rows.map(|rows| rows * table.row_bytes as f64),
            })
        };
        json!({
            "units": self.units, "bytes_per_s_and_thread": self.bytes_per_s,
            "tables": self.tables.iter().map(table).collect::<Vec<_>>(),
        })
    }

    fn in_words(&self) -> String {
        let mut page = String::new();
        for table in &self.tables {
            let bytes = |rows: f64| quantity::bytes((rows * table.row_bytes as f64) as u64);
            let amount = match (table.expected_rows, table.max_rows) {
                (Some(rows), _) => format!("about {} rows, {}", quantity::count(rows as u64), bytes(rows)),
                (None, Some(rows)) => format!(
                    "at most {}, {}, if all units are as long as the first",
                    quantity::counted(rows, "row"),
                    bytes(rows as f64)
                ),
                (None, None) => "as many rows as there is to tell (--pilot measures)".to_owned(),
            };
            page.push_str(&format!("table {}: {amount}, before compression\n", table.name));
        }
        if let Some(bytes_per_s) = self.bytes_per_s {
            let rate = quantity::bytes(bytes_per_s as u64);
            page.push_str(&format!("rows: {rate} a second from each thread\n"));
        }
        page
    }
}

/// What the pilot says of the whole.
struct Estimate {
    core_hours: f64,
    /// Twice the standard error of the mean unit time, relative to it; a single unit has none.
    relative_error: Option<f64>,
    ranks: u64,
}

impl Estimate {
    fn new(pilot: &Pilot, units: u64, within: Duration) -> Self {
        let mean = pilot.mean_s();
        let n = pilot.seconds.len() as f64;
        let variance = pilot.seconds.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        let total_s = mean * units as f64;
        // The last unit of a rank can begin just before the end.
        let usable = (within.as_secs_f64() - pilot.max_s()).max(pilot.max_s()).max(1e-9);
        Self {
            core_hours: total_s / 3600.0,
            relative_error: (n > 1.0).then(|| 2.0 * (variance / n).sqrt() / mean),
            ranks: ((total_s / usable).ceil() as u64).clamp(1, units),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pilot_meets_every_unit_once() {
        for units in 1..200 {
            let stride = spreading_stride(units);
            let met: std::collections::BTreeSet<u64> = (0..units).map(|i| i * stride % units).collect();
            assert_eq!(met.len() as u64, units, "{units} units");
        }
    }

    #[test]
    fn estimate_scales_the_pilot() {
        let pilot = Pilot {
            seconds: vec![1.0, 3.0, 2.0, 2.0],
            rows: Vec::new(),
            failed: 0,
        };
        let estimate = Estimate::new(&pilot, 1800, Duration::from_secs(603));
        assert!((estimate.core_hours - 1.0).abs() < 1e-12);
        assert_eq!(estimate.ranks, 6, "3600 s of work in 600 usable seconds");
        let one = Pilot {
            seconds: vec![1.0],
            rows: Vec::new(),
            failed: 0,
        };
        let single = Estimate::new(&one, 1800, Duration::from_secs(603));
        let page = describe(&one, &single, Duration::from_secs(603));
        assert!(page.contains("pilot: 1 unit on") && !page.contains('±'), "{page}");
        let few = Estimate::new(&pilot, 2, Duration::from_secs(3));
        assert_eq!(few.ranks, 2, "never more ranks than units");
    }
}
