use plume_nav_sim::scenario::plume::component::prelude::*;
use std::f64::consts::PI;

/// Goes straight upwind in odour, and upwind at an angle to a random side once it is lost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Zigzag {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 10.0))]
    speed_m_s: f64,
    /// Angle from upwind without odour, rad.
    #[schemars(range(min = 0.0, max = 1.5))]
    angle_rad: f64,
}

impl Default for Zigzag {
    fn default() -> Self {
        let (speed_m_s, angle_rad) = (0.5, 1.0);
        Self { speed_m_s, angle_rad }
    }
}

impl Component for Zigzag {
    const KIND: &'static str = "zigzag";
}

impl NavigatorModel for Zigzag {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(EachAgent::new(seed, count, |_| {
            Walker(self.clone(), self.angle_rad)
        })))
    }
    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }
}

/// One agent, and the angle that it keeps from upwind.
struct Walker(Zigzag, f64);

impl AgentNavigator for Walker {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        if view.detected {
            self.1 = 0.0;
        } else if self.1 == 0.0 {
            self.1 = self.0.angle_rad.copysign(random.uniform() - 0.5);
        }
        let (heading_rad, speed_m_s) = (view.wind_direction_rad + PI + self.1, self.0.speed_m_s);
        Course { heading_rad, speed_m_s }
    }
}
