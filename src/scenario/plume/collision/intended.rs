//! Where agents want to go in a step.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::step::Stage;
use super::space::Place;
use crate::lanes::{F64x8, LANES, kernel};

/// Blocks that the boundary is given at a time: what is kept of them meanwhile stays in the processor's cache.
const BLOCKS: usize = 8;

/// What is known of an agent's way: before it has moved, where it leads; then, how much of it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way([f64; 2]);

impl Way {
    /// The agent takes no part in the step.
    pub const GONE: Self = Self([f64::INFINITY; 2]);

    /// A straight one to a place.
    #[inline(always)]
    pub fn to(end: Place) -> Self {
        Self(end)
    }

    /// One that the boundary bends, with its index in [`Intended::bent`].
    fn bent(index: usize) -> Self {
        Self([f64::NAN, index as f64])
    }

    /// One of which a fraction was made.
    #[inline(always)]
    pub fn made(fraction: f64) -> Self {
        Self([fraction, 0.0])
    }

    #[inline(always)]
    pub fn is_gone(self) -> bool {
        self.0[0] == f64::INFINITY
    }

    /// The place at the end of a straight way, or the index of a bent one.
    #[inline(always)]
    pub fn end(self) -> Result<Place, usize> {
        match self.0[0].is_nan() {
            false => Ok(self.0),
            true => Err(self.0[1] as usize),
        }
    }

    /// How much of it was made.
    #[inline(always)]
    pub fn fraction(self) -> f64 {
        self.0[0]
    }
}

/// What an agent wanted before a boundary bent its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bent {
    /// The movement that its body made, m.
    pub moved: Place,
    pub heading_rad: f64,
    /// None for bodies that have no course of their own.
    pub course_rad: Option<f64>,
}

/// Where agents want to go in a step, as their bodies and the edges of the domain make it.
#[derive(Clone, Debug)]
pub(super) struct Intended {
    /// By agent; padded to whole blocks.
    pub ways: Vec<Way>,
    /// What those wanted whose ways aren't straight.
    pub bent: Vec<Bent>,
    /// Someone doesn't take part any more who did in the step before.
    pub someone_gone: bool,
    /// Length of the longest way, squared, m².
    longest2: f64,
    /// Blocks that took part in the last step.
    blocks: usize,
    before: Vec<Before>,
}

/// A block before the boundary.
#[derive(Clone, Copy, Debug)]
struct Before {
    x_m: F64x8,
    y_m: F64x8,
    moved_x_m: F64x8,
    moved_y_m: F64x8,
    heading_rad: F64x8,
    course_rad: Option<F64x8>,
}

impl Intended {
    pub fn new(blocks: usize) -> Self {
        Self {
            ways: vec![Way::GONE; blocks * LANES],
            bent: Vec::new(),
            longest2: 0.0,
            someone_gone: true,
            blocks: 0,
            before: Vec::with_capacity(BLOCKS),
        }
    }

    /// Length of the longest way, m.
    pub fn longest_m(&self) -> f64 {
        self.longest2.sqrt()
    }

    /// Lets `boundary` confine all agents, whose bodies have moved, and takes note of their ways.
    pub fn confine(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        self.longest2 = 0.0;
        self.someone_gone = stage.blocks.len() != self.blocks;
        self.bent.clear();
        if self.someone_gone {
            self.blocks = stage.blocks.len();
            self.ways.fill(Way::GONE);
        }
        for blocks in stage.blocks.chunks(BLOCKS) {
            let stage = Stage { blocks, ..stage };
            self.note_before(stage, agents);
            boundary.confine(stage, agents);
            let simd = stage.simd;
            let intended = &mut *self;
            kernel!(simd, |intended: &mut Intended, stage: Stage<'_>, agents: &Agents| {
                let mut longest2 = F64x8::ZERO;
                for (at, &block) in stage.blocks.iter().enumerate() {
                    let before = intended.before[at];
                    let (x, y) = (agents.x_m[block], agents.y_m[block]);
                    let active = agents.active[block].to_mask();
                    let length2 = before.moved_x_m * before.moved_x_m + before.moved_y_m * before.moved_y_m;
                    // A way that isn't a finite number ends the unit anyway.
                    longest2 = longest2.max(length2.lt(F64x8::splat(f64::INFINITY)).select(length2, F64x8::ZERO));
                    let (marks, turned) = (
                        agents.boundary_hit[block] + agents.left_domain[block],
                        agents.heading_rad[block] - before.heading_rad,
                    );
                    // All differences are 0 where the boundary did nothing, and none is where something isn't finite.
                    let bends = marks + turned.abs() + (x - before.x_m).abs() + (y - before.y_m).abs();
                    let straight = bends.equals(F64x8::ZERO).to_f64();
                    let end_x = active.select(x, F64x8::splat(f64::INFINITY));
                    let ways = &mut intended.ways[block * LANES..(block + 1) * LANES];
                    let mut gone = false;
                    for (lane, way) in ways.iter_mut().enumerate() {
                        let was_gone = way.is_gone();
                        *way = Way::to([end_x.0[lane], y.0[lane]]);
                        gone |= way.is_gone() & !was_gone;
                    }
                    intended.someone_gone |= gone;
                    if !straight.equals(F64x8::ONE).all() {
                        intended.note_bent(block, &before, straight, agents);
                    }
                }
                intended.longest2 = longest2.0.into_iter().fold(intended.longest2, f64::max);
            });
        }
    }

    fn note_before(&mut self, stage: Stage<'_>, agents: &Agents) {
        self.before.clear();
        self.before.extend(stage.blocks.iter().map(|&block| Before {
            x_m: agents.x_m[block],
            y_m: agents.y_m[block],
            moved_x_m: agents.moved_x_m[block],
            moved_y_m: agents.moved_y_m[block],
            heading_rad: agents.heading_rad[block],
            course_rad: agents.course_rad.get(block).copied(),
        }));
    }

    /// A way is straight if the boundary has left the agent as its body moved it.
    fn note_bent(&mut self, block: usize, before: &Before, straight: F64x8, agents: &Agents) {
        for lane in 0..LANES {
            if straight.0[lane] == 0.0 && agents.active[block].0[lane] != 0.0 {
                self.ways[block * LANES + lane] = Way::bent(self.bent.len());
                self.bent.push(Bent {
                    moved: [before.moved_x_m.0[lane], before.moved_y_m.0[lane]],
                    heading_rad: before.heading_rad.0[lane],
                    course_rad: before.course_rad.map(|course_rad| course_rad.0[lane]),
                });
            }
        }
    }
}
