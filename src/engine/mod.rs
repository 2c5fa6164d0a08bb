//! Coordinator and workers: hands out units, runs them, commits them.

mod ledger;

pub use ledger::{Encode, EncodedRun, FailureRow, Ledger, LedgerError, UnitState};
