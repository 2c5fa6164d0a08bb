//! `field`: the fields that one unit's members live in, for looking at and for use as input.

use super::error::CommandResult;
use super::frame_progress::{FrameProgress, with_notice};
use super::number_arguments::{Span, finite, positive, span};
use super::study_arguments::StudyArguments;
use super::unit_arguments::UnitArguments;
use super::written_field::Source;
use super::{CommandError, ExitStatus, output, written_field};
use crate::engine;
use crate::export::{
    FieldFile, FieldShape, FrameTimes, FrameWriter, GridSampler, Nodes, SamplingError, check_place, round_spacing_m,
    round_step_s, variables,
};
use crate::netcdf4::AttributeValue;
use crate::quantity::{count, counted, significant};
use crate::scenario::{FieldExtent, FieldTarget, Registry};
use crate::store::Subject;
use crate::study::Study;
use crate::sweep::UnitIndex;
use crate::telemetry::print_line;
use clap::Args;
use std::path::PathBuf;

/// Most nodes along an axis and most frames: larger counts are refused as typing errors before memory is allocated.
const MAX_COUNT: f64 = 1e9;

/// Writes the fields over space and time in which exactly this unit takes place (concentration and wind) to a NetCDF
/// file with CF conventions.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim field study.toml -o a.nc            the whole domain and episode
  plume-nav-sim field study.toml -o b.nc --point 7 --replicate 3
  plume-nav-sim field study.toml -o c.nc --x 0:10:201 --y -2:2:81 --time 0:60:1
  plume-nav-sim field study.toml -o d.nc --dx 0.05 --height-m 1.5

The values are those at the nodes of the grid, whose first and last lie on the ends of --x and --y. The same file can be the gridded plume and wind of another study; the command prints the lines for it.")]
pub struct FieldArguments {
    #[command(flatten)]
    study: StudyArguments,

    /// The NetCDF file to write
    #[arg(short, long, value_name = "FIELD.NC")]
    output: PathBuf,

    /// Replace an existing file
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    unit: UnitArguments,

    /// Ends of the grid along x in m, and number of nodes [default: the domain, 100 to 250 cells along its longer side]
    #[arg(long, value_name = "MIN:MAX[:COUNT]", value_parser = span, allow_hyphen_values = true)]
    x: Option<Span>,

    /// Ends of the grid along y in m, and number of nodes [default: the domain, cells as wide as along x]
    #[arg(long, value_name = "MIN:MAX[:COUNT]", value_parser = span, allow_hyphen_values = true)]
    y: Option<Span>,

    /// Spacing of nodes along x, m (and along y, without --dy)
    #[arg(long, value_name = "M", value_parser = positive)]
    dx: Option<f64>,

    /// Spacing of nodes along y, m
    #[arg(long, value_name = "M", value_parser = positive)]
    dy: Option<f64>,

    /// Height of the grid, m [default: that of the unit's members]
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true)]
    height_m: Option<f64>,

    /// First and last time in s, and the time between frames [default: the whole unit, at most 1000 frames]
    #[arg(long, value_name = "BEGIN:END[:STEP]", value_parser = span, allow_hyphen_values = true)]
    time: Option<Span>,

    /// Refuse to write more than this before compression, GB
    #[arg(long, value_name = "GB", default_value_t = 10.0, value_parser = positive)]
    limit_gb: f64,
}

pub fn execute(arguments: &FieldArguments, registry: &Registry) -> CommandResult {
    let study = arguments.study.load_pinned(registry)?;
    let index = arguments.unit.select(&study)?;
    // Before a spin-up that may take long.
    check_place(&arguments.output, arguments.overwrite)?;
    let failed = |failure| CommandError::Unit { unit: index, failure };
    let opened = with_notice(&format!("{index}: spinning up to time 0"), || {
        engine::open_fields(&study, &study.unit(index))
    })
    .map_err(failed)?;
    let Some(mut sampler) = opened else {
        return Err(CommandError::usage(
            format!(
                "units of the scenario {:?} have no fields over space",
                study.scenario.name()
            ),
            "`plume-nav-sim config list` names the scenarios",
        ));
    };
    let plan = FieldPlan::new(arguments, sampler.extent())?;
    let names = variables(sampler.as_ref());
    let shape = FieldShape {
        frames: plan.times.count,
        rows: plan.y.count,
        columns: plan.x.count,
        variables: names.len(),
    };
    shape.check(arguments.limit_gb)?;
    let (source, places) = sources(&plan, &sampler.targets());
    let mut attributes = attributes(&study, index);
    attributes.splice(0..0, places);
    let file = FieldFile {
        x_m: plan.x.positions_m(),
        y_m: plan.y.positions_m(),
        height_m: Some(plan.height_m),
        variables: names,
        attributes,
    };
    print_line(&plan.line());

    let mut progress = FrameProgress::begin(Some(plan.times.count));
    let mut writer = FrameWriter::create(
        &arguments.output,
        arguments.overwrite,
        file.clone(),
        Some(plan.times.count),
    )?;
    let mut grid = GridSampler::new(sampler.as_mut(), &file, plan.height_m);
    for frame in 0..plan.times.count {
        progress.tick(frame);
        (grid.push_frame(plan.times, frame, &mut writer)).map_err(|error| match error {
            SamplingError::Unit(failure) => failed(failure),
            SamplingError::Export(error) => error.into(),
        })?;
    }
    let written = writer.finish()?;
    drop(progress);
    let mut page = written_field::describe(&arguments.output, &file, &written);
    if file.variables.iter().any(|variable| variable.name == "concentration") {
        let duration_s = written.last_time_s - written.first_time_s;
        let beside = Some(arguments.study.study.as_path());
        page.push_str(&written_field::usage(
            &arguments.output,
            beside,
            &file,
            source,
            duration_s,
        ));
    }
    output::print(&page)?;
    Ok(ExitStatus::Done)
}

/// Where and when.
struct FieldPlan {
    x: Nodes,
    y: Nodes,
    times: FrameTimes,
    height_m: f64,
}

impl FieldPlan {
    fn new(arguments: &FieldArguments, extent: FieldExtent) -> Result<Self, CommandError> {
        let ends = |typed: Option<Span>, domain: [f64; 2]| typed.map_or(domain, |span| [span.low, span.high]);
        let (x, y) = (ends(arguments.x, extent.x_m), ends(arguments.y, extent.y_m));
        let round = round_spacing_m(x[1] - x[0], y[1] - y[0]);
        let x = nodes(("--x", arguments.x), ("--dx", arguments.dx), x, round)?;
        let spacing = if x.count > 1 { x.spacing_m() } else { round };
        let (typed, name) = match arguments.dy {
            Some(dy) => (Some(dy), "--dy"),
            None => (arguments.dx, "--dx"),
        };
        // Nodes that were counted along y don't contradict a distance that was meant for x.
        let counted = arguments.y.is_some_and(|span| span.third.is_some()) && arguments.dy.is_none();
        let y = nodes(("--y", arguments.y), (name, typed.filter(|_| !counted)), y, spacing)?;
        Ok(Self {
            x,
            y,
            times: times(arguments.time, extent)?,
            height_m: arguments.height_m.unwrap_or(extent.z_m),
        })
    }

    fn line(&self) -> String {
        let axis = |name: &str, nodes: Nodes| {
            format!(
                "{name} {} to {} m at {} nodes",
                significant(nodes.min_m),
                significant(nodes.max_m),
                count(nodes.count)
            )
        };
        format!(
            "{}; {}; {}, one every {} s, {} to {} s; height {} m",
            axis("x", self.x),
            axis("y", self.y),
            counted(self.times.count, "frame"),
            significant(self.times.step_s),
            significant(self.times.begin_s),
            significant(self.times.last_s()),
            significant(self.height_m),
        )
    }
}

/// The nodes of an axis between `ends`: as many as typed, or as far apart as typed, or `default_m` apart.
fn nodes(
    typed: (&str, Option<Span>),
    spacing: (&str, Option<f64>),
    ends: [f64; 2],
    default_m: f64,
) -> Result<Nodes, CommandError> {
    let (name, span) = typed;
    let [min_m, max_m] = ends;
    let made = match (span.and_then(|span| span.third), spacing.1) {
        (Some(_), Some(_)) => {
            return Err(CommandError::usage(
                format!("both {name} and {} say how many nodes there are", spacing.0),
                format!("leave out {}, or the count after the second `:` of {name}", spacing.0),
            ));
        }
        (Some(nodes), None) => {
            let single = min_m == max_m;
            if nodes.fract() != 0.0 || nodes > MAX_COUNT || (nodes < 2.0) != single {
                return Err(CommandError::usage(
                    format!("{name} asks for {nodes} nodes from {min_m} to {max_m} m"),
                    "give a whole number from 2 to 10⁹, or 1 where both ends are the same",
                ));
            }
            Nodes {
                min_m,
                max_m,
                count: nodes as u64,
            }
        }
        (None, typed) => {
            let distance = typed.unwrap_or(default_m);
            if (max_m - min_m) / distance > MAX_COUNT {
                return Err(CommandError::usage(
                    format!("nodes {distance} m apart from {min_m} to {max_m} m are more than 10⁹"),
                    format!("take a larger {}", spacing.0),
                ));
            }
            Nodes::spaced(min_m, max_m, distance)
        }
    };
    Ok(made)
}

fn times(typed: Option<Span>, extent: FieldExtent) -> Result<FrameTimes, CommandError> {
    let [begin_s, end_s] = typed.map_or(extent.time_s, |span| [span.low, span.high]);
    if begin_s < 0.0 {
        return Err(CommandError::usage(
            format!("--time begins at {begin_s} s"),
            "units begin at 0 s, when all is spun up",
        ));
    }
    let duration_s = end_s - begin_s;
    let step_s = match typed.and_then(|span| span.third) {
        Some(step_s) => step_s,
        // One frame: any step will do.
        None if duration_s == 0.0 => 1.0,
        // Between its steps nothing happens in a unit.
        None => round_step_s(duration_s).max(extent.dt_s),
    };
    if duration_s / step_s > MAX_COUNT {
        return Err(CommandError::usage(
            format!("frames every {step_s} s from {begin_s} to {end_s} s are more than 10⁹"),
            "take a longer step",
        ));
    }
    Ok(FrameTimes::covering(begin_s, end_s, step_s))
}

/// Where the sources are, for people and as attributes of the file. What a grid can't have in it stays out of the file:
/// a source beyond its nodes, or one that moves.
fn sources(plan: &FieldPlan, targets: &[FieldTarget]) -> (Source, Vec<(&'static str, AttributeValue)>) {
    let within = |nodes: Nodes, place_m: f64| (nodes.min_m..=nodes.max_m).contains(&place_m);
    let is_within = |target: &FieldTarget| within(plan.x, target.x_m) && within(plan.y, target.y_m);
    let Some(&FieldTarget { x_m, y_m, .. }) = targets.first() else {
        return (Source::Unknown, Vec::new());
    };
    if targets.iter().any(|target| target.moves) {
        return (Source::Moves { x_m, y_m }, Vec::new());
    }
    if !targets.iter().all(is_within) {
        return (Source::Beyond { x_m, y_m }, Vec::new());
    }
    let all = |of: fn(&FieldTarget) -> f64| AttributeValue::F64s(targets.iter().map(of).collect());
    let places = vec![
        ("source_x_m", all(|target| target.x_m)),
        ("source_y_m", all(|target| target.y_m)),
    ];
    (Source::InFile { x_m, y_m }, places)
}

/// Which unit of which study it is.
fn attributes(study: &Study, index: UnitIndex) -> Vec<(&'static str, AttributeValue)> {
    let (point, replicate) = study.plan.locate(index);
    let swept: Vec<String> = (study.design.assignments(point).iter())
        .map(|assignment| format!("{} = {}", assignment.key, assignment.label))
        .collect();
    let mut attributes = vec![
        (
            "title",
            AttributeValue::Text(format!("{}: fields of one unit", study.title())),
        ),
        ("scenario", AttributeValue::Text(study.scenario.name().to_owned())),
        ("seed", AttributeValue::U64(study.seed())),
        ("unit", AttributeValue::U64(index.0)),
        ("point", AttributeValue::U64(point.0)),
        ("replicate", AttributeValue::U64(u64::from(replicate.0))),
    ];
    if !swept.is_empty() {
        attributes.push(("design_point", AttributeValue::Text(swept.join("; "))));
    }
    attributes.push(("configuration", AttributeValue::Text(study.toml())));
    attributes
}
