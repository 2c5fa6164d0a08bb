//! Tests of the expansion as a whole.

mod enumeration;
mod examples;
mod refusals;
mod sampling;
