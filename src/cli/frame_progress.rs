//! Progress of commands that write frames.

use crate::quantity;
use crate::telemetry::{print_line, set_live_display};
use crossbeam_channel::RecvTimeoutError;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// What is done within this time needs no progress.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time between lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Does something that can't say how far it is; if it takes long, `text` tells what it is.
pub fn with_notice<T>(text: &str, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = crossbeam_channel::bounded::<()>(1);
    std::thread::scope(|scope| {
        let notice = move || {
            if let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(PATIENCE) {
                print_line(text);
            }
        };
        // Where no more threads are allowed, the work goes on without a word.
        let _ = std::thread::Builder::new().spawn_scoped(scope, notice);
        let result = work();
        drop(done);
        result
    })
}

/// Shows how many frames are done, once it takes long.
pub struct FrameProgress {
    noun: &'static str,
    total: Option<u64>,
    began: Instant,
    next: Instant,
    bar: Option<ProgressBar>,
}

impl FrameProgress {
    /// For `total` frames, if their number is known.
    pub fn begin(total: Option<u64>) -> Self {
        Self::counting("frame", total)
    }

    /// For `total` of what `noun` says.
    pub fn counting(noun: &'static str, total: Option<u64>) -> Self {
        let began = Instant::now();
        Self {
            noun,
            total,
            began,
            next: began + PATIENCE,
            bar: None,
        }
    }

    /// `done` frames are done.
    pub fn tick(&mut self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(self.words(done));
            return;
        }
        let now = Instant::now();
        if now < self.next {
            return;
        }
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(self.total, ProgressDrawTarget::stderr());
            let template = match self.total {
                Some(_) => "{percent:>3} % {wide_bar} {msg}",
                None => "{spinner} {msg}",
            };
            bar.set_style(
                ProgressStyle::with_template(template)
                    .expect("the template is fixed")
                    .progress_chars("━╸─"),
            );
            bar.set_position(done);
            bar.set_message(self.words(done));
            set_live_display(Some(bar.clone()));
            self.bar = Some(bar);
        } else {
            self.next = now + LINE_INTERVAL;
            print_line(&self.line(done));
        }
    }

    fn line(&self, done: u64) -> String {
        match self.total {
            None => self.words(done),
            Some(total) => format!(
                "{:5.1} %  {}",
                100.0 * done as f64 / total.max(1) as f64,
                self.words(done)
            ),
        }
    }

    fn words(&self, done: u64) -> String {
        let Some(total) = self.total else {
            return quantity::counted(done, self.noun);
        };
        let elapsed = self.began.elapsed().as_secs_f64();
        let left = elapsed / done.max(1) as f64 * total.saturating_sub(done) as f64;
        format!(
            "{} of {}, {} left",
            quantity::count(done),
            quantity::counted(total, self.noun),
            quantity::duration(left)
        )
    }
}

impl Drop for FrameProgress {
    fn drop(&mut self) {
        set_live_display(None);
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
