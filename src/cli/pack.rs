//! `pack`: results in one compressed file.

use super::error::CommandResult;
use super::frame_progress::FrameProgress;
use super::results_argument::ResultsArgument;
use super::{CommandError, ExitStatus, output};
use crate::store::{self, Compression, Form, Lock, PackOptions, Packed, Reader, StoreError};
use crate::{quantity, signals};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Makes a compressed copy of finished results, with the rows of tables in it: for archives, and for other people. It has the
/// same values and the same digest; `verify`, `digest`, `summary`, `status` and `rows` read it, and so does every program
/// that reads HDF5 or netCDF-4. A packed file is never continued.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim pack results.h5 -o packed.h5
  plume-nav-sim pack results.h5 -o packed.h5 --compression zstd --level 12")]
pub struct PackArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// The packed file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// How to compress; for zstd, other programs need a plug-in of HDF5
    #[arg(long, value_enum, default_value_t = Method::Deflate, value_name = "METHOD")]
    compression: Method,

    /// How hard: 1 to 9 for deflate, 1 to 19 for zstd [default: 6]
    #[arg(long, value_name = "N")]
    level: Option<u8>,

    /// Pack results that aren't finished, as far as they are
    #[arg(long)]
    partial: bool,

    /// Replace a file that is there
    #[arg(long)]
    overwrite: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Every HDF5 reads it.
    Deflate,
    /// Smaller and faster.
    Zstd,
}

impl Method {
    fn max_level(self) -> u8 {
        match self {
            Self::Deflate => 9,
            Self::Zstd => 19,
        }
    }
}

/// Level where none is given.
const DEFAULT_LEVEL: u8 = 6;

/// What the progress calls a block, bytes.
const TICK_BYTES: u64 = 1 << 20;

pub fn execute(arguments: &PackArguments) -> CommandResult {
    let results = arguments.results.path()?;
    let most = arguments.compression.max_level();
    let level = arguments.level.unwrap_or(DEFAULT_LEVEL);
    if !(1..=most).contains(&level) {
        return Err(CommandError::usage(
            format!("--level {level}: must be 1 to {most}"),
            "leave it out for 6",
        ));
    }
    if crate::file_kind::FileKind::obstacle(&arguments.output).is_some() {
        return Err(CommandError::usage(
            format!("{} is no regular file", arguments.output.display()),
            "name another file with -o",
        ));
    }
    let same = |a: &PathBuf| a.canonicalize().ok();
    if same(&arguments.output).is_some_and(|there| Some(there) == results.canonicalize().ok()) {
        return Err(CommandError::usage(
            format!("{} is the file to be packed", arguments.output.display()),
            "name another file with -o",
        ));
    }
    let reader = Reader::open(results)?;
    // Nobody may commit units meanwhile.
    let _lock = match arguments.partial && !reader.finished()? {
        true => Some(Lock::acquire(results, "pack --partial")?),
        false => None,
    };
    if arguments.overwrite && arguments.output.exists() && !is_packed(&arguments.output)? {
        return Err(CommandError::usage(
            format!(
                "{} isn't a packed file, and --overwrite replaces nothing else",
                arguments.output.display()
            ),
            "name another file with -o, or move it away",
        ));
    }
    let options = PackOptions {
        compression: match arguments.compression {
            Method::Deflate => Compression::Deflate,
            Method::Zstd => Compression::Zstd,
        },
        level,
        partial: arguments.partial,
        replace: arguments.overwrite,
    };
    let mut progress: Option<FrameProgress> = None;
    let mut shown = 0;
    let packed = store::pack(&reader, &arguments.output, &options, &mut |done, total| {
        let progress = progress.get_or_insert_with(|| FrameProgress::counting("block", Some(total / TICK_BYTES)));
        if done / TICK_BYTES != shown {
            shown = done / TICK_BYTES;
            progress.tick(shown);
        }
        signals::requested().is_none()
    })?;
    tell(arguments, packed)
}

/// Whether a file is one that this command has made, or empty. Results that aren't packed may be all that there is of them.
fn is_packed(path: &Path) -> Result<bool, StoreError> {
    if std::fs::metadata(path).is_ok_and(|there| there.len() == 0) {
        return Ok(true);
    }
    Ok(store::is_ours(path)? && Reader::glance(path)?.form() == Form::Packed)
}

fn tell(arguments: &PackArguments, packed: Packed) -> CommandResult {
    let place = arguments.output.display();
    if arguments.json {
        let document = json!({
            "place": arguments.output.to_string_lossy(), "bytes": packed.bytes, "bytes_before": packed.bytes_before,
            "row_bytes_before": packed.row_bytes_before, "rows": packed.rows,
        });
        output::print(&format!("{document:#}\n"))?;
        return Ok(ExitStatus::Done);
    }
    let share = packed.bytes as f64 / packed.bytes_before.max(1) as f64;
    output::print(&format!(
        "{place}: {} of {} ({} %), {}; read back and compared\n",
        quantity::bytes(packed.bytes),
        quantity::bytes(packed.bytes_before),
        quantity::significant(100.0 * share),
        quantity::counted(packed.rows, "row"),
    ))?;
    Ok(ExitStatus::Done)
}
