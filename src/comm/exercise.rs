//! A trial of the collectives: do the ranks understand each other, whoever has something to say and whoever has not?

use super::Communicator;

/// What a rank contributes in a round of the trial: bytes that only it would send, or nothing.
fn contribution(round: u32, rank: u32, ranks: u32) -> Vec<u8> {
    let length = match round {
        // Nobody, rank 0 alone, all but rank 0, the last alone, all but the last, every other one.
        0 => 0,
        1 => u32::from(rank == 0),
        2 => u32::from(rank != 0),
        3 => u32::from(rank == ranks - 1),
        4 => u32::from(rank != ranks - 1),
        5 => (rank + 1) % 2,
        // Lengths all over, 0 among them.
        _ => (rank * 7919 + round * 104_729) % 11 * 1000,
    };
    (0..length).map(|at| (at + 31 * rank + 17 * round) as u8).collect()
}

const ROUNDS: u32 = 12;

/// Gathers and broadcasts things of all kinds of lengths. On rank 0 what went wrong first, if anything did anywhere.
///
/// # Collective
/// All ranks.
pub fn exercise(comm: &dyn Communicator) -> Option<String> {
    let (rank, ranks) = (comm.rank().0, comm.size());
    let mut wrong = None;
    for round in 0..ROUNDS {
        let gathered = comm.gather(&contribution(round, rank, ranks));
        let expected = (rank == 0).then(|| (0..ranks).map(|other| contribution(round, other, ranks)).collect());
        if gathered != expected {
            wrong.get_or_insert_with(|| format!("rank 0 gathered something else than was sent (round {round})"));
        }
        let told = contribution(round, 0, ranks);
        let mut heard = if rank == 0 { told.clone() } else { vec![0xee; 3] };
        comm.broadcast(&mut heard);
        if heard != told {
            wrong.get_or_insert_with(|| format!("rank {rank} heard something else than rank 0 said (round {round})"));
        }
    }
    let told = comm.gather(wrong.unwrap_or_default().as_bytes())?;
    let first = told.iter().find(|fault| !fault.is_empty())?;
    Some(String::from_utf8_lossy(first).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{Solo, ThreadRank};

    #[test]
    fn somebody_is_silent_in_every_way() {
        for ranks in 2..=8 {
            let lengths =
                |round| -> Vec<usize> { (0..ranks).map(|rank| contribution(round, rank, ranks).len()).collect() };
            assert!(lengths(0).iter().all(|&length| length == 0));
            assert!(lengths(1)[0] > 0 && lengths(1)[1..].iter().all(|&length| length == 0));
            assert!(lengths(2)[0] == 0 && lengths(2)[1..].iter().all(|&length| length > 0));
            assert!(lengths(4)[ranks as usize - 1] == 0 && lengths(4)[0] > 0);
        }
    }

    #[test]
    fn threads_and_a_lone_rank_pass() {
        assert_eq!(exercise(&Solo), None);
        let found: Vec<_> = std::thread::scope(|scope| {
            let ranks: Vec<_> = (ThreadRank::job(3).into_iter())
                .map(|comm| scope.spawn(move || exercise(&comm)))
                .collect();
            ranks.into_iter().map(|rank| rank.join().expect("a rank")).collect()
        });
        assert_eq!(found, [None, None, None]);
    }
}
