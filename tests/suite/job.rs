//! A started job: it ends within its time, or all of it is killed and the test fails.

use rustix::process::{Pid, Signal, kill_process};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a job is looked at.
const TICK: Duration = Duration::from_millis(2);

/// A running job of one or several processes, all in one working folder that nobody else works in.
pub struct Job {
    child: Child,
    folder: PathBuf,
    limit: Duration,
    streams: Option<[JoinHandle<Vec<u8>>; 2]>,
}

impl Job {
    /// Starts `command` in `folder` and keeps what it prints.
    pub fn start(command: &mut Command, folder: &Path, limit: Duration) -> Self {
        let mut child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} can't be started: {error}"));
        // Read while it runs: a full pipe would stop it.
        let stdout = collect(child.stdout.take().expect("it is a pipe"));
        let stderr = collect(child.stderr.take().expect("it is a pipe"));
        Self {
            child,
            folder: folder.canonicalize().expect("the folder is there"),
            limit,
            streams: Some([stdout, stderr]),
        }
    }

    /// The process that was started: the program, or its launcher.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its exit code, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Sends a signal to the process that was started.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.id()).expect("a process id")).expect("not zero");
        kill_process(pid, signal).expect("the job is there");
    }

    /// Waits until `happened`; panics with the job's output if it ends first, or its time is over.
    pub fn wait_until(mut self, what: &str, mut happened: impl FnMut() -> bool) -> Self {
        let begin = Instant::now();
        while !happened() {
            let ended = self.ended().is_some();
            if ended || begin.elapsed() > self.limit {
                let output = self.kill();
                panic!("no sign of {what}: {}", crate::support::describe(&output));
            }
            std::thread::sleep(TICK);
        }
        self
    }

    /// Waits for its end, at most for its time.
    pub fn wait(mut self) -> Output {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return self.output(status);
            }
            if begin.elapsed() > self.limit {
                let limit = self.limit;
                let output = self.kill();
                panic!("hangs: not over after {limit:?}; {}", crate::support::describe(&output));
            }
            std::thread::sleep(TICK);
        }
    }

    /// Kills every process of the job with SIGKILL.
    pub fn kill(mut self) -> Output {
        kill_all_in(&self.folder);
        let status = self.child.wait().expect("a child can be waited for");
        self.output(status)
    }

    fn output(&mut self, status: ExitStatus) -> Output {
        let [stdout, stderr] = self
            .streams
            .take()
            .expect("taken once")
            .map(|stream| stream.join().expect("the reader has no reason to panic"));
        Output { status, stdout, stderr }
    }
}

impl Drop for Job {
    /// A test that panics leaves nothing running.
    fn drop(&mut self) {
        if self.streams.is_some() {
            kill_all_in(&self.folder);
            // Nothing can be done about a child that can't be waited for.
            let _ = self.child.wait();
        }
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A stream that breaks ends there.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    })
}

/// Kills every process whose working folder is `folder`, until there is none: a round may miss a process that is being
/// started by another.
fn kill_all_in(folder: &Path) {
    for _ in 0..100 {
        let mut found = false;
        for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
            let Some(pid) = (entry.file_name().to_str())
                .and_then(|name| name.parse().ok())
                .and_then(Pid::from_raw)
            else {
                continue;
            };
            // A process that has ended has no working folder any more.
            if std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder) {
                found = true;
                // It may have ended by itself.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        if !found {
            return;
        }
    }
}
