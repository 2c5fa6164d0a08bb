//! SIGKILL at drawn instants to a study that leaves all that units can leave: tables, ragged members, groups, saved states, a
//! product. In short form a seeded sample; a hundred kills with `PLUME_NAV_SIM_TEST_KILLS=100`.

use crate::killing::{Instant, Phase, Victim};
use crate::support::{Bench, Launch, scenarios};
use plume_nav_sim::random::StreamSeed;

const STUDY: &str = r#"
[study]
name = "everything"
scenario = "colony"
seed = 29
replicates = 4
[execution]
commit_interval_s = 0.05
save_interval_s = 0.05
threads = 2
[colony]
record = true
product = true
saves = true
step_nap_s = 0.004
product_nap_s = 0.01
most = 40
[sweep]
axes = [
  { key = "colony.birth", values = [0.08, 0.14] },
  { key = "colony.climate", values = [0, 1, 2] },
  { key = "colony.death", values = [0.02, 0.1] },
]
"#;

/// Kills of each launcher, at least.
fn kills() -> u64 {
    let half = |text: String| text.parse::<u64>().expect("a number of kills") / 2;
    std::env::var("PLUME_NAV_SIM_TEST_KILLS").map_or(4, half).max(1)
}

/// More kills than asked for, if none of them came while units ran: on a busy machine that is a matter of luck.
const MAX_MORE: u64 = 20;

/// What the kills hit; that nothing was lost, the victim makes sure of.
fn survives(launch: Launch, seed: u64) {
    let bench = Bench::new(scenarios(), STUDY);
    let victim = Victim::new(&bench, launch, 0);
    let mut hit = std::collections::BTreeMap::<String, u64>::new();
    let among_units = format!("{:?}", Phase::Units);
    for kill in 0..kills() + MAX_MORE {
        if kill >= kills() && hit.contains_key(&among_units) {
            break;
        }
        let fraction = StreamSeed(seed).generator(kill).uniform();
        // Spread over the whole job, and over the time in which it has a file.
        let phase = victim.dies(&match kill % 2 {
            0 => Instant::OfRun(0.05 + 0.95 * fraction),
            _ => Instant::AfterCreation(0.95 * fraction),
        });
        *hit.entry(format!("{phase:?}")).or_default() += 1;
    }
    println!("{launch:?}: kills hit {hit:?}");
    assert!(hit.contains_key(&among_units), "no kill while units ran: {hit:?}");
    let over = hit.get(&format!("{:?}", Phase::Over)).copied().unwrap_or(0);
    assert!(
        2 * over <= hit.values().sum(),
        "killed after its end too often: {hit:?}"
    );
    victim.left_nothing_behind();
}

#[test]
fn nothing_is_lost_without_mpi() {
    survives(Launch::Alone, 41);
}

#[test]
fn nothing_is_lost_with_mpi() {
    survives(Launch::Ranks(2), 42);
}
