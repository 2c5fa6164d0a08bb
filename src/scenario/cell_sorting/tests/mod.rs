//! Tests of the scenario.

mod check;
mod course;
mod energy;
mod fixture;
mod process;
mod sorting;
