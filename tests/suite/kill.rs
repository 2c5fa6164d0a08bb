//! SIGKILL to the whole job at any instant loses nothing that was committed.

use crate::killing::{Instant, Phase, Victim};
use crate::support::{Bench, Launch, napping_study, scenarios};

/// A linear congruential sequence of fractions: the instants are spread over the run; what they hit is up to the machine.
fn fractions() -> impl Iterator<Item = f64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// So many design points that making the file and summarising take long beside the units, which take no time.
const WIDE_STUDY: &str = r#"
[study]
name = "wide"
scenario = "coins"
seed = 3
replicates = 3
[execution]
commit_interval_s = 0.05
threads = 1
[coins]
count = 20
[sweep]
axes = [
  { key = "coins.bias", linspace = { start = 0.0, stop = 0.9, count = 250 } },
  { key = "coins.tosses", range = { start = 1, stop = 60, step = 1 } },
]
"#;

/// 200 units that fail, one per design point but those without fault, among 30000.
const FAULTY_STUDY: &str = r#"
[study]
scenario = "faulty"
replicates = 100
seed = 5
[execution]
commit_interval_s = 0.05
threads = 1
retries = 0
[sweep]
axes = [
  { key = "fault.kind", values = ["none", "error", "nan"] },
  { key = "fault.replicate", range = { start = 0, stop = 99, step = 1 } },
]
"#;

fn survives_kills_among_units(launch: Launch) {
    let bench = Bench::new(scenarios(), &napping_study(10, 6, 8.0));
    let victim = Victim::new(&bench, launch, 0);
    let phases: Vec<Phase> = fractions()
        .take(20)
        .map(|fraction| victim.dies(&Instant::OfRun(fraction * 1.05)))
        .collect();
    let alive = phases.iter().filter(|&&phase| phase != Phase::Over).count();
    assert!(alive >= 13, "killed after its end too often: {phases:?}");
    let among_units = phases.iter().filter(|&&phase| phase == Phase::Units).count();
    assert!(among_units >= 3, "too few kills left a half-filled file: {phases:?}");
    victim.left_nothing_behind();
}

fn survives_kills_in_creation_and_summary(launch: Launch) {
    let bench = Bench::new(scenarios(), WIDE_STUDY);
    let victim = Victim::new(&bench, launch, 0);
    for fraction in fractions().skip(20).take(10) {
        victim.dies(&Instant::OfRun(fraction));
    }
    for (instant, phase) in [(Instant::Creation, Phase::Creation), (Instant::Summary, Phase::Summary)] {
        victim.dies_in(phase, &instant);
    }
    victim.left_nothing_behind();
}

fn survives_kills_near_the_end_of_a_study_with_failures(launch: Launch) {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    let victim = Victim::new(&bench, launch, 3);
    victim.dies(&Instant::Summary);
    let phases: Vec<Phase> = fractions()
        .skip(30)
        .take(16)
        .map(|fraction| victim.dies(&Instant::AfterCreation(0.4 + 0.6 * fraction)))
        .collect();
    assert!(phases.iter().any(|&phase| phase != Phase::Over), "{phases:?}");
    victim.left_nothing_behind();
}

#[test]
fn kills_among_units_without_mpi() {
    survives_kills_among_units(Launch::Alone);
}

#[test]
fn kills_among_units_with_mpi() {
    survives_kills_among_units(Launch::Ranks(2));
}

#[test]
fn kills_in_creation_and_summary_without_mpi() {
    survives_kills_in_creation_and_summary(Launch::Alone);
}

#[test]
fn kills_in_creation_and_summary_with_mpi() {
    survives_kills_in_creation_and_summary(Launch::Ranks(2));
}

#[test]
fn kills_near_the_end_of_a_study_with_failures_without_mpi() {
    survives_kills_near_the_end_of_a_study_with_failures(Launch::Alone);
}

#[test]
fn kills_near_the_end_of_a_study_with_failures_with_mpi() {
    survives_kills_near_the_end_of_a_study_with_failures(Launch::Ranks(2));
}
