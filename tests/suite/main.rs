//! The integration tests: real programs, real `mpirun`, real files, read back by other tools. One module per concern.

mod architecture;
mod cli;
mod crowds;
mod damage;
mod digest;
mod extending;
mod failures;
mod farrell_study;
mod field;
mod gridded;
mod import;
mod inputs;
mod interoperability;
mod job;
mod kill;
mod killing;
mod large;
mod logs;
mod mistakes;
mod pictures;
mod plan;
mod refusal;
mod senses;
mod support;
mod walking_fly;
mod walltime;
