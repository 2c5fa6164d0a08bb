//! Video, decoded by the programs `ffprobe` and `ffmpeg` if they are there.
//!
//! The file is handed over as `file:` and its absolute path, so that no name is taken for an option or a network address;
//! only common video containers are accepted, and only from files, so that a play list can't make the program fetch
//! anything. Frames come through a pipe as grey pictures of 16 bits; nothing is stored on the way.

use super::video_probe::probe;
use super::{ImportError, Picture, PictureSize, Pictures, pgm};
use std::ffi::OsString;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

/// Containers that are opened, by ffmpeg's names.
const CONTAINERS: &str =
    "avi,mov,matroska,mpeg,mpegts,mpegvideo,m4v,flv,asf,ogg,gif,mjpeg,mxf,nut,ivf,h264,hevc,dv,yuv4mpegpipe";
/// What is kept of what ffmpeg complains about, bytes.
const MAX_COMPLAINT_BYTES: usize = 8 << 10;

/// A video that is being decoded.
pub(super) struct Video {
    path: PathBuf,
    size: PictureSize,
    frame_rate_hz: Option<f64>,
    /// How many frames the container says that it has.
    announced: Option<u64>,
    /// How many there may be, to show how far it is.
    estimated: Option<u64>,
    /// Times of the frames after the first one, where they vary, s; or why they can't be told.
    times_s: Option<Result<Vec<f64>, String>>,
    decoded: u64,
    warnings: Vec<String>,
    first: Option<Picture>,
    child: Child,
    frames: BufReader<ChildStdout>,
    complaints: Option<JoinHandle<String>>,
    /// Whether all frames have come and the program has ended well.
    ended: bool,
}

impl Video {
    /// Opens a video and decodes its first frame.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let input = input(path)?;
        let probed = probe(path, &input)?;
        // Stretched to 16 bits, black of pictures with 8 wouldn't be 0 any more.
        let levels = if probed.has_deep_levels { "gray16be" } else { "gray" };
        let mut child = quiet("ffmpeg", &input)
            .args(["-map", &format!("0:{}", probed.stream), "-an", "-sn", "-dn"])
            .args(every_frame_once()?)
            // Frames whose times are equal, or nearer than the output's ticks, are all wanted.
            .args(["-vf", "setpts=N/TB"])
            .args(["-f", "image2pipe", "-c:v", "pgm", "-pix_fmt", levels, "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| ImportError::Program {
                program: "ffmpeg",
                source,
            })?;
        let frames = BufReader::with_capacity(1 << 20, child.stdout.take().expect("it is a pipe"));
        let mut errors = child.stderr.take().expect("it is a pipe");
        // Read while it runs: a full pipe would stop it.
        let complaints = std::thread::spawn(move || beginning_of(&mut errors));
        let mut video = Self {
            path: path.to_owned(),
            size: probed.size,
            frame_rate_hz: probed.frame_rate_hz,
            announced: probed.announced,
            estimated: probed.estimated,
            times_s: probed.times_s,
            decoded: 0,
            warnings: probed.warnings,
            first: None,
            child,
            frames,
            complaints: Some(complaints),
            ended: false,
        };
        let Some(first) = video.read()? else {
            return Err(video.broken("it has no frames"));
        };
        // A rotated video has its sides exchanged.
        video.size = first.size;
        video.first = Some(first);
        Ok(video)
    }

    fn read(&mut self) -> Result<Option<Picture>, ImportError> {
        if self.ended {
            return Ok(None);
        }
        match pgm::read(&mut self.frames, &self.path) {
            Ok(Some(picture)) => {
                self.decoded += 1;
                Ok(Some(picture))
            }
            Ok(None) => self.end().map(|()| None),
            Err(error) => {
                self.stop();
                Err(match error {
                    ImportError::Damaged { reason, .. } => self.broken(&reason),
                    other => other,
                })
            }
        }
    }

    /// No more frames came: was that all of them?
    fn end(&mut self) -> Result<(), ImportError> {
        let status = self.child.wait().map_err(|source| self.failed(source))?;
        self.ended = true;
        if !status.success() {
            return Err(self.broken(&format!("ffmpeg ended with {status}")));
        }
        // It passes over some errors in a file, and over what lies between them.
        let said = self.said();
        let lacking = (self.announced).filter(|&announced| self.decoded + 1 + announced / 100 < announced);
        let timed = self.frame_times_s().map(|times_s| times_s.len() as u64);
        let untimed = timed.filter(|&timed| timed != self.decoded);
        let reason = match (one_line(&said), lacking, untimed) {
            (Some(said), ..) => said,
            (None, Some(announced), _) => format!(
                "only {} of the {announced} frames that it announces are there",
                self.decoded
            ),
            (None, None, Some(timed)) => format!("it has {} frames, and times for {timed}", self.decoded),
            (None, None, None) => return Ok(()),
        };
        Err(ImportError::Video {
            path: self.path.clone(),
            reason,
        })
    }

    /// What ffmpeg complained about.
    fn said(&mut self) -> String {
        (self.complaints.take())
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default()
    }

    /// An error with what ffmpeg said, or `otherwise`.
    fn broken(&mut self, otherwise: &str) -> ImportError {
        let said = self.said();
        ImportError::Video {
            path: self.path.clone(),
            reason: one_line(&said).unwrap_or_else(|| otherwise.to_owned()),
        }
    }

    fn failed(&self, source: io::Error) -> ImportError {
        ImportError::Read {
            path: self.path.clone(),
            source,
        }
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.ended = true;
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        if !self.ended {
            self.stop();
        }
    }
}

impl Pictures for Video {
    fn size(&self) -> PictureSize {
        self.size
    }

    /// Players and editors show the levels of video as 0 to 255, whatever it is stored as.
    fn full_scale(&self) -> u16 {
        255
    }

    fn count(&self) -> Option<u64> {
        self.announced.or(self.estimated)
    }

    fn frame_times_s(&self) -> Option<&[f64]> {
        self.times_s.as_ref()?.as_deref().ok()
    }

    fn why_untimed(&self) -> Option<&str> {
        self.times_s.as_ref()?.as_ref().err().map(String::as_str)
    }

    fn frame_rate_hz(&self) -> Option<f64> {
        self.frame_rate_hz
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn next(&mut self) -> Result<Option<Picture>, ImportError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let Some(picture) = self.read()? else { return Ok(None) };
        if picture.size == self.size {
            return Ok(Some(picture));
        }
        Err(ImportError::Differs {
            path: format!("a frame of {}", self.path.display()),
            found: format!("{} pixels", picture.size),
            expected: format!("{} pixels", self.size),
        })
    }
}

/// The file as ffmpeg is to open it.
fn input(path: &Path) -> Result<OsString, ImportError> {
    let read = |source| ImportError::Read {
        path: path.to_owned(),
        source,
    };
    let whole = path.canonicalize().map_err(read)?;
    if !whole.metadata().map_err(read)?.is_file() {
        return Err(ImportError::Unsupported {
            path: path.to_owned(),
            found: "nothing to read: it isn't a regular file".to_owned(),
            hint: "name image files, a folder of them, or a video",
        });
    }
    let mut input = OsString::from("file:");
    input.push(whole);
    Ok(input)
}

/// One of the programs with its input, silent but for errors, which end it.
pub(super) fn quiet(program: &'static str, input: &OsString) -> Command {
    let mut command = Command::new(program);
    command.args(["-v", "error"]);
    if program == "ffmpeg" {
        command.args(["-nostdin", "-xerror"]);
    }
    command.args(["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]);
    command.arg("-i").arg(input);
    command
}

/// The option by which ffmpeg hands over each frame once, whatever its time: its name changed with version 5.1.
fn every_frame_once() -> Result<[&'static str; 2], ImportError> {
    let output = (Command::new("ffmpeg").arg("-version").stdin(Stdio::null()).output()).map_err(|source| {
        ImportError::Program {
            program: "ffmpeg",
            source,
        }
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(2).unwrap_or_default();
    Ok(if has_old_option(version) {
        ["-vsync", "passthrough"]
    } else {
        ["-fps_mode", "passthrough"]
    })
}

/// Whether a version is 5.0 or earlier. Builds between releases (`N-109542-g…`) count as new.
fn has_old_option(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('n').split(['.', '-']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (5, 1),
        (Some(Ok(major)), _) => major < 5,
        _ => false,
    }
}

/// The first lines of what a program said, in one; `None` if it said nothing.
pub(super) fn one_line(text: &str) -> Option<String> {
    let printable = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
    let lines: Vec<String> = (text.lines().map(str::trim))
        .filter(|line| !line.is_empty())
        .take(3)
        .map(printable)
        .collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// Reads all of a stream and keeps its beginning.
fn beginning_of(stream: &mut impl Read) -> String {
    let mut kept = Vec::new();
    // A stream that breaks ends there.
    let _ = (&mut *stream).take(MAX_COMPLAINT_BYTES as u64).read_to_end(&mut kept);
    let _ = io::copy(stream, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (version, old) in [
            ("4.4.2-0ubuntu0.22.04.1", true),
            ("5.0", true),
            ("5.1.9-0+deb12u1", false),
            ("n7.1", false),
            ("8.0", false),
            ("N-109542-g9a2d9d5", false),
            ("", false),
        ] {
            assert_eq!(has_old_option(version), old, "{version}");
        }
    }

    #[test]
    fn complaints_are_short_and_printable() {
        assert_eq!(one_line("\n\n"), None);
        assert_eq!(one_line("a\x1b[31m\n\n b\nc\nd\n").as_deref(), Some("a[31m; b; c"));
        let mut endless = io::repeat(b'x').take(1 << 20);
        assert_eq!(beginning_of(&mut endless).len(), MAX_COMPLAINT_BYTES);
    }
}
