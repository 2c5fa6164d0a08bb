//! Collectives on byte vectors of any length, as non-blocking operations that are waited for asleep.

use super::buffer::{count, incoming, outgoing};
use super::request::Request;
use mpi::ffi::{self, MPI_Comm};

/// MPI counts are C ints; longer vectors go in pieces of this many bytes.
const PIECE_BYTES: usize = 1 << 28;

/// Waits for all ranks of `comm`.
pub(super) fn barrier(comm: MPI_Comm) {
    // SAFETY: `comm` is a live communicator.
    Request::start("MPI_Ibarrier", |handle| unsafe { ffi::MPI_Ibarrier(comm, handle) }).wait();
}

/// Hands the bytes of rank 0 to all.
pub(super) fn broadcast(comm: MPI_Comm, is_root: bool, bytes: &mut Vec<u8>) {
    let mut length = (bytes.len() as u64).to_le_bytes();
    broadcast_piece(comm, &mut length);
    if !is_root {
        bytes.clear();
        bytes.resize(u64::from_le_bytes(length) as usize, 0);
    }
    for piece in bytes.chunks_mut(PIECE_BYTES) {
        broadcast_piece(comm, piece);
    }
}

fn broadcast_piece(comm: MPI_Comm, piece: &mut [u8]) {
    Request::start("MPI_Ibcast", |handle| {
        // SAFETY: `piece` outlives the operation, which is waited for below, and its length fits an int.
        unsafe { ffi::MPI_Ibcast(incoming(piece), count(piece.len()), ffi::RSMPI_UINT8_T, 0, comm, handle) }
    })
    .wait();
}

/// Hands everyone's bytes to rank 0, in rank order.
pub(super) fn gather(comm: MPI_Comm, is_root: bool, size: usize, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let lengths = all_lengths(comm, size, bytes.len() as u64);
    let mut gathered: Vec<Vec<u8>> = if is_root {
        lengths
            .iter()
            .map(|&length| Vec::with_capacity(length as usize))
            .collect()
    } else {
        Vec::new()
    };
    // In rounds, so that what arrives in one round fits an int and a bounded buffer.
    let per_round = (PIECE_BYTES / size).max(1) as u64;
    let longest = lengths.iter().copied().max().unwrap_or(0);
    for round in 0..longest.div_ceil(per_round) {
        let start = round * per_round;
        let counts: Vec<i32> = lengths
            .iter()
            .map(|length| count(length.saturating_sub(start).min(per_round) as usize))
            .collect();
        let mine = (bytes.len() as u64).saturating_sub(start).min(per_round) as usize;
        let begin = (start as usize).min(bytes.len());
        let arrived = gather_round(comm, is_root, &bytes[begin..begin + mine], &counts);
        let mut rest = arrived.as_slice();
        for (all, &length) in gathered.iter_mut().zip(&counts) {
            let (piece, after) = rest.split_at(length as usize);
            all.extend_from_slice(piece);
            rest = after;
        }
    }
    is_root.then_some(gathered)
}

fn all_lengths(comm: MPI_Comm, size: usize, length: u64) -> Vec<u64> {
    let mut lengths = vec![0_u64; size];
    Request::start("MPI_Iallgather", |handle| {
        // SAFETY: one u64 goes out and `size` come in; both places outlive the operation, waited for below.
        unsafe {
            ffi::MPI_Iallgather(
                (&raw const length).cast(),
                1,
                ffi::RSMPI_UINT64_T,
                incoming(&mut lengths),
                1,
                ffi::RSMPI_UINT64_T,
                comm,
                handle,
            )
        }
    })
    .wait();
    lengths
}

fn gather_round(comm: MPI_Comm, is_root: bool, piece: &[u8], counts: &[i32]) -> Vec<u8> {
    let total: usize = if is_root {
        counts.iter().map(|&count| count as usize).sum()
    } else {
        0
    };
    let mut arrived = vec![0; total];
    let displacements: Vec<i32> = counts
        .iter()
        .scan(0, |next, &count| {
            let here = *next;
            *next += count;
            Some(here)
        })
        .collect();
    Request::start("MPI_Igatherv", |handle| {
        // SAFETY: counts and displacements describe `arrived` exactly on rank 0 and are ignored elsewhere; all of it
        // outlives the operation, waited for below.
        unsafe {
            ffi::MPI_Igatherv(
                outgoing(piece),
                count(piece.len()),
                ffi::RSMPI_UINT8_T,
                incoming(&mut arrived),
                counts.as_ptr(),
                displacements.as_ptr(),
                ffi::RSMPI_UINT8_T,
                0,
                comm,
                handle,
            )
        }
    })
    .wait();
    arrived
}
