//! What is known of a video before it is decoded: size, frame rate, and where frames don't come evenly, their times.

use super::video::{one_line, quiet};
use super::{ImportError, PictureSize};
use serde::Deserialize;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

/// Frames may come this part of their distance too early or late and still count as evenly spaced.
const MAX_UNEVENNESS: f64 = 0.1;
/// Rates that differ by this part are different ones.
const RATES_DIFFER: f64 = 0.01;

/// What is known before decoding.
#[derive(Debug)]
pub(super) struct Probed {
    pub size: PictureSize,
    pub frame_rate_hz: Option<f64>,
    /// Frames by the container's own count, without those that it says are not to be shown.
    pub announced: Option<u64>,
    /// Frames by its duration, or by the pieces in it.
    pub estimated: Option<u64>,
    /// Times of the frames after the first one, where they vary, s; or why they can't be told.
    pub times_s: Option<Result<Vec<f64>, String>>,
    /// Which of the streams has the pictures.
    pub stream: u32,
    /// Whether the levels of its pictures are stored in more than one byte each.
    pub has_deep_levels: bool,
    pub warnings: Vec<String>,
}

/// What `ffprobe` prints.
#[derive(Deserialize)]
struct ProbeReport {
    #[serde(default)]
    streams: Vec<ProbedStream>,
    #[serde(default)]
    format: ProbedFormat,
}

#[derive(Default, Deserialize)]
struct ProbedFormat {
    #[serde(default)]
    format_name: String,
    duration: Option<String>,
}

#[derive(Deserialize)]
struct ProbedStream {
    index: u32,
    width: Option<u32>,
    height: Option<u32>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    nb_frames: Option<String>,
    time_base: Option<String>,
    field_order: Option<String>,
    sample_aspect_ratio: Option<String>,
    pix_fmt: Option<String>,
    #[serde(default)]
    disposition: Disposition,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

/// Whether pixels in a format of ffmpeg's have words of more than one byte: only those have an order of bytes, at the end of
/// the name.
fn has_deep_levels(pixel_format: &str) -> bool {
    pixel_format.ends_with("le") || pixel_format.ends_with("be")
}

/// Looks at the video in `input`, which users call `path`.
pub(super) fn probe(path: &Path, input: &OsString) -> Result<Probed, ImportError> {
    let video = |reason: String| ImportError::Video {
        path: path.to_owned(),
        reason,
    };
    let entries = "stream=index,width,height,avg_frame_rate,r_frame_rate,nb_frames,time_base,field_order,\
                   sample_aspect_ratio,pix_fmt:stream_disposition=attached_pic:format=format_name,duration";
    let printed = ffprobe(
        path,
        input,
        &["-select_streams", "v", "-show_entries", entries, "-of", "json"],
    )?;
    let report: ProbeReport =
        serde_json::from_slice(&printed).map_err(|error| video(format!("ffprobe's report: {error}")))?;
    let mut streams = report
        .streams
        .into_iter()
        .filter(|stream| stream.disposition.attached_pic == 0);
    let stream = streams
        .next()
        .ok_or_else(|| video("it has no moving pictures".to_owned()))?;
    let (Some(width), Some(height)) = (stream.width, stream.height) else {
        return Err(video("its pictures have no size".to_owned()));
    };
    let mut warnings = oddities(&stream, streams.count(), path);
    let average = stream.avg_frame_rate.as_deref().and_then(ratio);
    let real = stream.r_frame_rate.as_deref().and_then(ratio);
    let pieces = pieces(path, input, stream.index, &[])?;
    let tick_s = stream.time_base.as_deref().and_then(ratio).unwrap_or(0.0);
    let mut frame_rate_hz = average.or(real);
    let mut times_s = None;
    match pieces.shown_s.as_deref().map(|shown_s| spacing(shown_s, tick_s)) {
        Some(Spacing::Even { rate_hz, give }) => {
            // What the container says is exact; but some say the rate of another part, or that of their clock.
            if frame_rate_hz.is_none_or(|said| (rate_hz / said - 1.0).abs() > give.max(RATES_DIFFER)) {
                frame_rate_hz = Some(rate_hz);
            }
        }
        Some(Spacing::Uneven) => {
            times_s = Some(frame_times(path, input, stream.index)?);
            if matches!(times_s, Some(Ok(_))) {
                warnings.push(format!(
                    "frames of {} come at varying intervals: each is taken at its own time",
                    path.display()
                ));
            }
        }
        // One frame, or no times in the container.
        Some(Spacing::Unknown) | None => {}
    }
    let counted = (stream.nb_frames.as_deref())
        .and_then(|text| text.parse().ok())
        .filter(|&count: &u64| count > 0);
    let announced = match counted {
        Some(counted) => Some(shown_of(
            path,
            input,
            stream.index,
            counted,
            &pieces,
            &report.format.format_name,
        )?),
        None => None,
    };
    let timed = times_s.as_ref().and_then(|times_s| times_s.as_ref().ok());
    Ok(Probed {
        size: PictureSize { width, height }.check(path)?,
        has_deep_levels: stream.pix_fmt.as_deref().is_none_or(has_deep_levels),
        frame_rate_hz,
        announced,
        estimated: (timed.or(pieces.shown_s.as_ref()).map(|times_s| times_s.len() as u64))
            .or_else(|| count_in(report.format.duration.as_deref()?, average?))
            .filter(|&count| count > 0),
        times_s,
        stream: stream.index,
        warnings,
    })
}

/// How many of the `counted` frames of a container are to be shown. An edit list leaves frames out that are in the file:
/// some only serve to decode others, and are marked; others aren't even listed. An error if frames aren't in the file.
fn shown_of(
    path: &Path,
    input: &OsString,
    stream: u32,
    counted: u64,
    pieces: &Pieces,
    format: &str,
) -> Result<u64, ImportError> {
    let shown = pieces.listed - pieces.hidden;
    if !format.split(',').any(|name| name == "mov") {
        return Ok(counted.saturating_sub(pieces.hidden));
    }
    if shown >= counted {
        return Ok(shown);
    }
    let listed = self::pieces(path, input, stream, &["-ignore_editlist", "1"])?.listed;
    // Some programs count one too many.
    if listed + 1 < counted {
        return Err(ImportError::Video {
            path: path.to_owned(),
            reason: format!("of {counted} frames that it announces {listed} are there: it is cut off"),
        });
    }
    Ok(shown)
}

/// What a user should know about the pictures.
fn oddities(stream: &ProbedStream, others: usize, path: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    if others > 0 {
        warnings.push(format!(
            "{} has {} video streams: the first is taken (`ffmpeg -i IN -map 0:v:1 -c copy OUT` takes out another one)",
            path.display(),
            others + 1
        ));
    }
    if stream
        .field_order
        .as_deref()
        .is_some_and(|order| matches!(order, "tt" | "bb" | "tb" | "bt"))
    {
        warnings.push(format!(
            "{} is interlaced: every frame shows two moments, in alternate rows (`ffmpeg -i IN -vf yadif=1 -c:v ffv1 \
             OUT.mkv` takes them apart)",
            path.display()
        ));
    }
    let aspect = stream
        .sample_aspect_ratio
        .as_deref()
        .and_then(|text| ratio(&text.replace(':', "/")));
    if let Some(aspect) = aspect.filter(|aspect| (aspect - 1.0).abs() > 1e-3) {
        warnings.push(format!(
            "the pixels of {} are {aspect:.3} times as wide as they are high, and are taken as squares (`ffmpeg -i IN -vf \
             scale=iw*sar:ih,setsar=1 -c:v ffv1 OUT.mkv` makes them square)",
            path.display()
        ));
    }
    warnings
}

/// What `ffprobe` prints with these arguments.
fn ffprobe(path: &Path, input: &OsString, arguments: &[&str]) -> Result<Vec<u8>, ImportError> {
    let output = quiet("ffprobe", input)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ImportError::Program {
            program: "ffprobe",
            source,
        })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = one_line(&String::from_utf8_lossy(&output.stderr));
    Err(ImportError::Video {
        path: path.to_owned(),
        reason: said.unwrap_or_else(|| format!("ffprobe ended with {}", output.status)),
    })
}

/// The encoded pieces of a stream: mostly one is one frame.
struct Pieces {
    /// How many the file has.
    listed: u64,
    /// How many of them only serve to decode others.
    hidden: u64,
    /// Times of the others in the order in which they are shown, s; `None` if the container has no times.
    shown_s: Option<Vec<f64>>,
}

/// Lists the pieces of a stream, with `options` for the container. Reading them takes no decoding.
fn pieces(path: &Path, input: &OsString, stream: u32, options: &[&str]) -> Result<Pieces, ImportError> {
    let stream = stream.to_string();
    let entries = ["-select_streams", &stream, "-show_entries", "packet=pts_time,flags"];
    let printed = ffprobe(path, input, &[options, &entries, &["-of", "csv=p=0"]].concat())?;
    let printed = String::from_utf8_lossy(&printed);
    let (mut listed, mut hidden, mut times_s) = (0, 0, Some(Vec::new()));
    for line in printed.lines().filter(|line| !line.trim().is_empty()) {
        let mut fields = line.split(',');
        let (time, flags) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        listed += 1;
        if flags.contains('D') {
            hidden += 1;
            continue;
        }
        match time.trim().parse::<f64>() {
            Ok(time_s) if time_s.is_finite() => times_s.iter_mut().for_each(|times_s| times_s.push(time_s)),
            _ => times_s = None,
        }
    }
    if let Some(times_s) = &mut times_s {
        times_s.sort_by(f64::total_cmp);
    }
    Ok(Pieces {
        listed,
        hidden,
        shown_s: times_s,
    })
}

/// Times of the decoded frames after the first one, s; or why they can't be told.
fn frame_times(path: &Path, input: &OsString, stream: u32) -> Result<Result<Vec<f64>, String>, ImportError> {
    let stream = stream.to_string();
    let entries = "frame=best_effort_timestamp_time";
    let printed = ffprobe(
        path,
        input,
        &["-select_streams", &stream, "-show_entries", entries, "-of", "csv=p=0"],
    )?;
    let printed = String::from_utf8_lossy(&printed);
    let mut times_s: Vec<f64> = Vec::new();
    for line in printed.lines().filter(|line| !line.trim().is_empty()) {
        let time_s = line.split(',').next().and_then(|time| time.trim().parse::<f64>().ok());
        match (time_s, times_s.last()) {
            (Some(time_s), None) if time_s.is_finite() => times_s.push(time_s),
            (Some(time_s), Some(&before_s)) if time_s > before_s => times_s.push(time_s),
            (Some(time_s), Some(before_s)) if time_s.is_finite() => {
                return Ok(Err(format!(
                    "frame {} of {} has the time {time_s} s, and the one before {before_s} s",
                    times_s.len(),
                    path.display()
                )));
            }
            _ => {
                return Ok(Err(format!(
                    "frame {} of {} has no time of its own, and they don't come evenly",
                    times_s.len(),
                    path.display()
                )));
            }
        }
    }
    let first_s = times_s.first().copied().unwrap_or(0.0);
    Ok(Ok(times_s.into_iter().map(|time_s| time_s - first_s).collect()))
}

/// How frames follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spacing {
    /// So many per second, give or take a part that is due to the clock's ticks.
    Even {
        rate_hz: f64,
        give: f64,
    },
    Uneven,
    /// Too few to say.
    Unknown,
}

/// The spacing of ascending times, which the container rounds to `tick_s`.
fn spacing(times_s: &[f64], tick_s: f64) -> Spacing {
    let [first_s, .., last_s] = times_s else {
        return Spacing::Unknown;
    };
    let step_s = (last_s - first_s) / (times_s.len() - 1) as f64;
    if step_s <= 0.0 {
        return Spacing::Unknown;
    }
    // Printed with six digits.
    let give_s = (MAX_UNEVENNESS * step_s).max(tick_s) + 2e-6;
    let is_even = (times_s.iter().enumerate())
        .all(|(index, time_s)| (time_s - (first_s + step_s * index as f64)).abs() <= give_s);
    if is_even {
        Spacing::Even {
            rate_hz: 1.0 / step_s,
            give: tick_s / (last_s - first_s),
        }
    } else {
        Spacing::Uneven
    }
}

/// Frames in a duration, where a container doesn't count them: a guess.
fn count_in(duration_s: &str, rate_hz: f64) -> Option<u64> {
    let count = duration_s.parse::<f64>().ok()? * rate_hz;
    (count.is_finite() && count >= 0.0).then(|| count.round() as u64)
}

/// `30000/1001`; `None` for what isn't a rate, such as `0/0`.
fn ratio(text: &str) -> Option<f64> {
    let (above, below) = text.split_once('/')?;
    let rate = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        assert_eq!(ratio("60/1"), Some(60.0));
        assert_eq!(ratio("30000/1001").map(|rate| (rate * 1000.0).round()), Some(29970.0));
        for text in ["0/0", "1/0", "-5/1", "x", "", "5"] {
            assert_eq!(ratio(text), None, "{text}");
        }
    }

    #[test]
    fn spacings() {
        // 30 Hz in whole milliseconds, as Matroska has it.
        let milliseconds: Vec<f64> = (0..90)
            .map(|i| (f64::from(i) * 1000.0 / 30.0).round() / 1000.0)
            .collect();
        assert!(matches!(spacing(&milliseconds, 1e-3), Spacing::Even { rate_hz, .. } if (rate_hz - 30.0).abs() < 0.01));
        // 700 Hz in milliseconds: steps of one and two.
        let fast: Vec<f64> = (0..90).map(|i| (f64::from(i) / 0.7).round() / 1000.0).collect();
        assert!(matches!(spacing(&fast, 1e-3), Spacing::Even { rate_hz, .. } if (rate_hz - 700.0).abs() < 7.0));
        assert_eq!(spacing(&[0.0, 0.1, 0.2, 0.4, 0.6], 1e-3), Spacing::Uneven);
        // One frame too few in the middle.
        let gap: Vec<f64> = (0..90).filter(|&i| i != 45).map(|i| f64::from(i) / 30.0).collect();
        assert_eq!(spacing(&gap, 1e-3), Spacing::Uneven);
        // A tick in half a second.
        let expected = Spacing::Even {
            rate_hz: 2.0,
            give: 2e-3,
        };
        assert_eq!(spacing(&[3.0, 3.5], 1e-3), expected);
        for few in [&[][..], &[1.0], &[1.0, 1.0]] {
            assert_eq!(spacing(few, 1e-3), Spacing::Unknown);
        }
    }
}
