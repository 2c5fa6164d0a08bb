//! The integration tests: real programs, real `mpirun`, real files, read back by other tools. One module per concern.

mod damage;
mod digest;
mod failures;
mod interoperability;
mod kill;
mod mistakes;
mod plan;
mod refusal;
mod support;
mod walltime;
