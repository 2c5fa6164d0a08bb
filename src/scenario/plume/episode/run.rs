//! One unit with a world of its own.

use super::super::{PlumeConfig, World};
use super::{Episode, Observer};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::{Unit, UnitFailure, UnitOutput};

/// Simulates one unit into `output`. `observer` sees every step; pass `&mut ()` for nothing.
///
/// Order inside a step: sense → decide → act → boundary and collision → world advances → record.
/// Random streams: those of the [`Episode`] and of the [`World`].
///
/// # Errors
/// [`UnitFailure::NotFinite`] if the state of an agent, the concentration or a reading stops being a number; a failure
/// of wind or plume.
pub fn simulate<O: Observer>(
    config: &PlumeConfig,
    unit: &Unit,
    inputs: &Inputs,
    simd: SimdLevel,
    observer: &mut O,
    output: &mut UnitOutput<'_>,
) -> Result<(), UnitFailure> {
    let mut world = World::realise(config, &unit.streams, inputs)?;
    let mut episode = Episode::new(config, unit, inputs, simd, &world)?;
    while !episode.is_over() {
        observer.before_step(episode.begin(&world));
        episode.move_agents(&world);
        world.advance(episode.next_time_s())?;
        observer.after_step(episode.view(&world));
        episode.record(&world)?;
        observer.hand_over(false, output);
    }
    observer.episode_end(episode.end(&world));
    observer.hand_over(true, output);
    episode.finish(&world, output);
    Ok(())
}
