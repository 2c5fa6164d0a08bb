//! What is wrong with a wind from a file: the file's header, its first and last frames, and its span of time.

use super::super::component::Context;
use super::super::coverage::{Needed, fixed_span, of_file, random_span};
use super::{GriddedWindConfig, WindStartConfig};
use crate::grids::{FrameCache, Inputs};
use crate::scenario::{Problem, Problems};
use std::sync::Arc;

impl GriddedWindConfig {
    /// The frames of both components if the file can be used; `table` is where this stands in a study.
    pub(super) fn usable_frames(&self, table: &str, inputs: &Inputs) -> Result<[Arc<FrameCache>; 2], Problem> {
        let frames = self.frames(inputs).map_err(|error| of_file(table, &error))?;
        match frames.iter().find_map(|frames| frames.probe().err()) {
            Some(error) => Err(of_file(table, &error)),
            None => Ok(frames),
        }
    }

    /// What is wrong with `[wind]` of this kind.
    pub(super) fn check(&self, context: Context<'_>) -> Problems {
        let frames = match self.usable_frames("wind", context.inputs) {
            Ok(frames) => frames,
            Err(problem) => return Some(problem).into(),
        };
        let (movie, mut found) = (frames[0].movie(), Problems::default());
        let needed = Needed {
            span_s: match &self.start {
                WindStartConfig::Fixed(fixed) => fixed_span(fixed),
                WindStartConfig::Random(random) => random_span("wind", random, movie, &mut found),
            },
            before_s: context.config.plume.spin_up_s(),
            at_end: self.at_end,
        };
        needed.check("wind", movie, context, &mut found);
        found
    }
}
