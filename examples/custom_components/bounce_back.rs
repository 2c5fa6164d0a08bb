use plume_nav_sim::scenario::plume::component::prelude::*;
use std::f64::consts::PI;

/// An agent that would cross an edge stays where it is and turns round.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BounceBack {}

impl Component for BounceBack {
    const KIND: &'static str = "bounce_back";
}

impl BoundaryModel for BounceBack {
    fn build(&self, domain: &Domain) -> Box<dyn Boundary> {
        Box::new(Edge(domain.clone()))
    }
}

struct Edge(Domain);

impl Boundary for Edge {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                let hit = !self.0.contains(agents.x_m[block].0[lane], agents.y_m[block].0[lane]);
                agents.boundary_hit[block].0[lane] = f64::from(u8::from(hit));
                if hit {
                    agents.x_m[block].0[lane] -= agents.moved_x_m[block].0[lane];
                    agents.y_m[block].0[lane] -= agents.moved_y_m[block].0[lane];
                    agents.moved_x_m[block].0[lane] = 0.0;
                    agents.moved_y_m[block].0[lane] = 0.0;
                    let turn = |angle: &mut f64| *angle += if *angle > 0.0 { -PI } else { PI };
                    turn(&mut agents.heading_rad[block].0[lane]);
                    // Bodies with discrete actions keep a course besides.
                    if let Some(course) = agents.course_rad.get_mut(block) {
                        turn(&mut course.0[lane]);
                    }
                }
            }
        }
    }
}
