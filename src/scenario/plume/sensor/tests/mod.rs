//! Sensors against plain scalar references and analytic solutions.

mod conditioning;
mod history;
mod places;
mod suite;
mod wind;
