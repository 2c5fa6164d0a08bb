//! `import`: pictures of a plume of the real world as input for studies.

use super::error::CommandResult;
use super::frame_clock::Clock;
use super::frame_progress::{FrameProgress, with_notice};
use super::number_arguments::{finite, not_negative, positive};
use super::written_field::Source;
use super::{CommandError, ExitStatus, output, written_field};
use crate::export::{FieldFile, FieldShape, FieldVariable, FrameWriter, check_place};
use crate::file_kind::FileKind;
use crate::import::{self, Crop, Flip, Levels, Picture, Pictures, Scale};
use crate::netcdf4::AttributeValue;
use crate::quantity::{count, significant};
use crate::telemetry::print_line;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Turns a video, or images of one size, into a NetCDF file of concentrations over time, y and x.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim import movie.avi -o plume.nc --pixel-size-m 0.001
  plume-nav-sim import frames/ -o plume.nc --frame-rate 50 --width-m 0.3
  plume-nav-sim import frames/ -o plume.nc --frame-rate 50 --black 9 --white 240
  plume-nav-sim import 'dye_*.tif' -o plume.nc --frame-rate 15 --width-m 0.3
  plume-nav-sim import movie.mp4 -o plume.nc --from 0.5 --to 3 --every 10

Concentration: c = MAX * max(0, (l - black) / (white - black)), with the grey level l of a pixel to the power of --gamma. Levels are counted as in the pictures: 0 to 255, or 0 to 65535 with 16 bits; for video always 0 to 255. Colours become luma.

Pixels: values belong to pixel centres. The lower left corner of the (cropped) picture is the origin, x grows to the right and y upwards, so the rows in the file begin with the lowest one of the picture.

Images are PNG, TIFF (all pages), JPEG and PGM, in the natural order of their names; video needs ffmpeg and ffprobe.")]
pub struct ImportArguments {
    /// A video, image files, a folder of images, or a pattern in quotes
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// The NetCDF file to write
    #[arg(short, long, value_name = "PLUME.NC")]
    output: PathBuf,

    /// Replace an existing file
    #[arg(long)]
    overwrite: bool,

    /// Frames per second of the recording [default: that of the video]
    #[arg(long, value_name = "HZ", value_parser = positive)]
    frame_rate: Option<f64>,

    /// Side of a pixel, m
    #[arg(long, value_name = "M", value_parser = positive, conflicts_with = "width_m")]
    pixel_size_m: Option<f64>,

    /// Width of the (cropped) picture instead of the size of a pixel, m
    #[arg(long, value_name = "M", value_parser = positive)]
    width_m: Option<f64>,

    /// Position of the left edge of the picture along x, m
    #[arg(long, value_name = "M", default_value_t = 0.0, value_parser = finite, allow_hyphen_values = true)]
    origin_x_m: f64,

    /// Position of the lower edge of the picture along y, m
    #[arg(long, value_name = "M", default_value_t = 0.0, value_parser = finite, allow_hyphen_values = true)]
    origin_y_m: f64,

    /// Position of the source along x, m; written into the file, where the study finds it
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true, requires = "source_y_m")]
    source_x_m: Option<f64>,

    /// Position of the source along y, m
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true, requires = "source_x_m")]
    source_y_m: Option<f64>,

    /// Height of the plane in the pictures, m
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true)]
    height_m: Option<f64>,

    /// Concentration at the white level
    #[arg(long, value_name = "MAX", default_value_t = 1.0, value_parser = positive)]
    value_max: f64,

    /// Unit of the concentration (UDUNITS): kg m-3, mol m-3, 1, …
    #[arg(long, default_value = "1")]
    unit: String,

    /// Grey level of no concentration [default: 0]
    #[arg(long, value_name = "LEVEL", value_parser = not_negative)]
    black: Option<f64>,

    /// Grey level of the largest concentration [default: the largest level there is]
    #[arg(long, value_name = "LEVEL", value_parser = not_negative)]
    white: Option<f64>,

    /// Dark means much odour: black becomes the largest level, white 0
    #[arg(long, conflicts_with_all = ["black", "white"])]
    invert: bool,

    /// Exponent that undoes the camera's: 1 is linear, 2.2 usual for photographs
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    gamma: f64,

    /// Part of the pictures to use, in pixels from the upper left corner
    #[arg(long, value_name = "X:Y:WIDTH:HEIGHT")]
    crop: Option<Crop>,

    /// Mirror the pictures: x swaps left and right, y top and bottom (repeatable)
    #[arg(long, value_name = "AXIS")]
    flip: Vec<Axis>,

    /// Use only every N-th frame
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,

    /// Begin at this time, s; it becomes time 0
    #[arg(long, value_name = "S", default_value_t = 0.0, value_parser = not_negative)]
    from: f64,

    /// End at this time, s
    #[arg(long, value_name = "S", value_parser = not_negative)]
    to: Option<f64>,

    /// Refuse to write more than this before compression, GB
    #[arg(long, value_name = "GB", default_value_t = 10.0, value_parser = positive)]
    limit_gb: f64,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Axis {
    /// Left and right
    X,
    /// Top and bottom
    Y,
}

pub fn execute(arguments: &ImportArguments) -> CommandResult {
    check(arguments)?;
    let mut pictures = with_notice("opening the pictures", || import::open(&arguments.inputs))?;
    for warning in pictures.warnings() {
        print_line(&format!("warning: {warning}"));
    }
    let (size, full_scale) = (pictures.size(), pictures.full_scale());
    let crop = arguments.crop.unwrap_or(Crop::whole(size)).check(size)?;
    let clock = Clock::new(
        arguments.frame_rate,
        (arguments.from, arguments.to),
        arguments.every,
        pictures.as_ref(),
    )?;
    let file = description(arguments, crop, &clock, pixel_m(arguments, crop)?);
    let source = source(arguments, &file)?;
    // How many there are is not known before; each is checked against the limit below.
    let expected = pictures.count().map(|count| clock.kept_of(count));
    FieldShape::of(&file, expected.unwrap_or(1)).check(arguments.limit_gb)?;

    let mut sink = Sink {
        arguments,
        crop,
        full_scale,
        scale: None,
        file: &file,
        writer: None,
        expected,
        values: [Vec::new()],
    };
    let seen = pour(pictures.as_mut(), &clock, &mut sink)?;
    let Some(writer) = sink.writer else {
        return Err(CommandError::usage(
            format!(
                "no frame is left of {}: --from {} s is beyond the end",
                count(seen),
                arguments.from
            ),
            "begin earlier",
        ));
    };
    let written = writer.finish()?;
    let mut page = written_field::describe(&arguments.output, &file, &written);
    let duration_s = written.last_time_s - written.first_time_s;
    page.push_str(&written_field::usage(
        &arguments.output,
        None,
        &file,
        source,
        duration_s,
    ));
    output::print(&page)?;
    Ok(ExitStatus::Done)
}

/// Refuses what can be told to be wrong before any picture is opened.
fn check(arguments: &ImportArguments) -> Result<(), CommandError> {
    check_place(&arguments.output, arguments.overwrite)?;
    arguments.inputs.iter().try_for_each(|input| check_input(input))?;
    if arguments.unit.trim().is_empty() || arguments.unit.chars().any(char::is_control) {
        return Err(CommandError::usage(
            format!("--unit {:?} is no unit", arguments.unit),
            "give a UDUNITS string such as `kg m-3`, or 1",
        ));
    }
    if arguments.value_max > f64::from(f32::MAX) {
        return Err(CommandError::usage(
            format!(
                "--value-max {} is more than a 32-bit number can hold",
                arguments.value_max
            ),
            "take another --unit",
        ));
    }
    Ok(())
}

/// Passes on the pictures that the clock keeps; how many were seen.
fn pour(pictures: &mut dyn Pictures, clock: &Clock, sink: &mut Sink<'_>) -> Result<u64, CommandError> {
    let mut progress = FrameProgress::begin(sink.expected);
    let (mut index, mut kept) = (0, 0);
    while index < clock.end() {
        progress.tick(kept);
        if clock.keeps(index) {
            let Some(picture) = pictures.next()? else { break };
            // Frames beyond those that have times are refused at the film's end, with their number.
            if let Some(time_s) = clock.time_s(kept) {
                sink.push(time_s, kept, &picture)?;
            }
            kept += 1;
        } else if !pictures.skip()? {
            break;
        }
        index += 1;
    }
    Ok(index)
}

/// Refuses what is neither a file nor a folder nor a pattern: opening a pipe would wait for somebody to write into it.
fn check_input(path: &Path) -> Result<(), CommandError> {
    if FileKind::is_hdf5(path) || FileKind::beginning(path).starts_with(b"CDF") {
        return Err(CommandError::usage(
            format!("{} is NetCDF or HDF5 already, and holds no pictures", path.display()),
            "use it as it is: `plume.file` of a study with plume.kind = \"gridded\" names it, `wind.file` a wind",
        ));
    }
    match FileKind::obstacle(path) {
        None | Some(FileKind::Folder) => Ok(()),
        Some(kind) => Err(CommandError::usage(
            format!("{} {kind}: expected pictures or a video", path.display()),
            "name image files, a folder of them, or a video",
        )),
    }
}

/// Takes pictures, scaled, into the file, which begins with the first of them.
struct Sink<'a> {
    arguments: &'a ImportArguments,
    crop: Crop,
    full_scale: u16,
    scale: Option<Scale>,
    file: &'a FieldFile,
    writer: Option<FrameWriter>,
    expected: Option<u64>,
    values: [Vec<f32>; 1],
}

impl Sink<'_> {
    fn push(&mut self, time_s: f64, kept: u64, picture: &Picture) -> Result<(), CommandError> {
        let arguments = self.arguments;
        let scale = match &mut self.scale {
            Some(scale) => scale,
            empty => {
                let flip = Flip {
                    x: arguments.flip.contains(&Axis::X),
                    y: arguments.flip.contains(&Axis::Y),
                };
                let levels = levels(arguments, self.full_scale);
                empty.insert(Scale::new(levels, self.full_scale, picture.white, self.crop, flip)?)
            }
        };
        scale.apply(picture, &mut self.values[0]);
        FieldShape::of(self.file, kept + 1).check_size(arguments.limit_gb)?;
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => empty.insert(FrameWriter::create(
                &arguments.output,
                arguments.overwrite,
                self.file.clone(),
                self.expected,
            )?),
        };
        Ok(writer.push(time_s, &self.values)?)
    }
}

fn levels(arguments: &ImportArguments, full_scale: u16) -> Levels {
    let largest = f64::from(full_scale);
    let (black, white) = if arguments.invert {
        (largest, 0.0)
    } else {
        (0.0, largest)
    };
    Levels {
        black: arguments.black.unwrap_or(black),
        white: arguments.white.unwrap_or(white),
        gamma: arguments.gamma,
        value_max: arguments.value_max,
    }
}

/// Side of a pixel, m.
fn pixel_m(arguments: &ImportArguments, crop: Crop) -> Result<f64, CommandError> {
    match (arguments.pixel_size_m, arguments.width_m) {
        (Some(pixel_m), _) => Ok(pixel_m),
        (None, Some(width_m)) => Ok(width_m / f64::from(crop.size.width)),
        (None, None) => Err(CommandError::usage(
            "the size of a pixel isn't known",
            "give --pixel-size-m, or --width-m for the whole picture",
        )),
    }
}

/// Where the source is, which has to be in the pictures.
fn source(arguments: &ImportArguments, file: &FieldFile) -> Result<Source, CommandError> {
    let (Some(x_m), Some(y_m)) = (arguments.source_x_m, arguments.source_y_m) else {
        return Ok(Source::Unknown);
    };
    for (axis, place_m, centres) in [("x", x_m, &file.x_m), ("y", y_m, &file.y_m)] {
        let (first_m, last_m) = (centres[0], centres[centres.len() - 1]);
        if !(first_m..=last_m).contains(&place_m) {
            return Err(CommandError::usage(
                format!(
                    "--source-{axis}-m {place_m} is outside the pictures, whose first pixel's centre is at {} m and the last \
                     one's at {} m",
                    significant(first_m),
                    significant(last_m)
                ),
                "positions begin at --origin-x-m and --origin-y-m, the lower left corner; for a source beyond the edge leave \
                 this out and give plume.source_x_m and plume.source_y_m in the study",
            ));
        }
    }
    Ok(Source::InFile { x_m, y_m })
}

/// Coordinates and attributes.
fn description(arguments: &ImportArguments, crop: Crop, clock: &Clock, pixel_m: f64) -> FieldFile {
    let (width, height) = (crop.size.width, crop.size.height);
    let centres = |origin_m: f64, count: u32| {
        (0..count)
            .map(|i| origin_m + (f64::from(i) + 0.5) * pixel_m)
            .collect::<Vec<_>>()
    };
    // The name alone: where the file was says something about a machine, nothing about the data.
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let pictures = match &arguments.inputs[..] {
        [one] => name(one),
        [first, .., last] => format!("{} … {} ({} files)", name(first), name(last), arguments.inputs.len()),
        [] => String::new(),
    };
    let text = |text: String| AttributeValue::Text(text);
    let mut attributes = vec![
        ("title", text(format!("concentration from {pictures}"))),
        ("pictures", text(pictures)),
        match clock.rate_hz() {
            Some(rate_hz) => ("frame_rate_hz", AttributeValue::F64(rate_hz)),
            None => ("frame_times", text("each frame's own".to_owned())),
        },
        ("first_frame", AttributeValue::U64(clock.first())),
        ("every_frame", AttributeValue::U64(arguments.every)),
        ("pixel_size_m", AttributeValue::F64(pixel_m)),
        ("crop", text(crop.to_string())),
        ("gamma", AttributeValue::F64(arguments.gamma)),
        ("value_max", AttributeValue::F64(arguments.value_max)),
    ];
    let mut scaling = Vec::new();
    scaling.extend(arguments.black.map(|black| format!("black {}", significant(black))));
    scaling.extend(arguments.white.map(|white| format!("white {}", significant(white))));
    scaling.extend(arguments.invert.then(|| "inverted".to_owned()));
    scaling.extend(
        arguments
            .flip
            .iter()
            .map(|axis| format!("flipped along {axis:?}").to_lowercase()),
    );
    for (name, place_m) in [
        ("source_x_m", arguments.source_x_m),
        ("source_y_m", arguments.source_y_m),
    ] {
        attributes.extend(place_m.map(|place_m| (name, AttributeValue::F64(place_m))));
    }
    if !scaling.is_empty() {
        attributes.push(("scaling", text(scaling.join(", "))));
    }
    FieldFile {
        x_m: centres(arguments.origin_x_m, width),
        y_m: centres(arguments.origin_y_m, height),
        height_m: arguments.height_m,
        variables: vec![FieldVariable {
            name: "concentration".to_owned(),
            standard_name: None,
            long_name: "concentration".to_owned(),
            unit: arguments.unit.trim().to_owned(),
        }],
        attributes,
    }
}
