//! What happens to agents, row by row.

use super::super::agents::Agents;
use super::super::episode::StepView;
use super::super::metrics::Metrics;
use super::super::record_configuration::AgentEvent;
use super::rows::Rows;
use crate::lanes::{F64x8, lane};

/// A moment and the places of all agents at it.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub time_s: f64,
    pub x_m: &'a [F64x8],
    pub y_m: &'a [F64x8],
}

impl<'a> Moment<'a> {
    /// The places where the agents are.
    pub fn of(time_s: f64, agents: &'a Agents) -> Self {
        Self {
            time_s,
            x_m: &agents.x_m,
            y_m: &agents.y_m,
        }
    }
}

/// The table of events, and what has to be remembered to notice them.
pub(super) struct Events {
    pub rows: Rows,
    wanted: [bool; AgentEvent::ALL.len()],
    /// What counts as inside the plume.
    threshold: f64,
    dt_s: f64,
    /// Of each recorded agent.
    memory: Vec<Memory>,
}

#[derive(Clone, Copy, Default)]
struct Memory {
    inside: bool,
    arrived: bool,
    collisions: u32,
}

impl Events {
    /// For `count` recorded agents, none of which has met anything yet.
    pub fn new(rows: Rows, events: &[AgentEvent], threshold: f64, dt_s: f64, count: usize) -> Self {
        let mut wanted = [false; AgentEvent::ALL.len()];
        events.iter().for_each(|event| wanted[*event as usize] = true);
        Self {
            rows,
            wanted,
            threshold,
            dt_s,
            memory: vec![Memory::default(); count],
        }
    }

    fn add(&mut self, event: AgentEvent, agent: usize, moment: Moment<'_>) {
        if self.wanted[event as usize] {
            let (x_m, y_m) = (lane(moment.x_m, agent), lane(moment.y_m, agent));
            let code = f64::from(event as u8);
            self.rows.push([agent as f64, moment.time_s, code, x_m, y_m]);
        }
    }

    /// Those who came to a source in the steps so far, where they are `now`.
    pub fn arrivals(&mut self, agents: &[usize], metrics: &Metrics, now: Moment<'_>) {
        if !self.wanted[AgentEvent::Arrival as usize] {
            return;
        }
        for (index, &agent) in agents.iter().enumerate() {
            if self.memory[index].arrived {
                continue;
            }
            if let Some(step) = metrics.reached_at_step(agent) {
                self.memory[index].arrived = true;
                let time_s = step as f64 * self.dt_s;
                self.add(AgentEvent::Arrival, agent, Moment { time_s, ..now });
            }
        }
    }

    /// Somebody is done.
    pub fn end(&mut self, agent: usize, now: Moment<'_>) {
        self.add(AgentEvent::End, agent, now);
    }

    /// What happened in a step: `before` it agents met the plume or lost it, in it they met edges and each other.
    pub fn step(&mut self, agents: &[usize], before: Moment<'_>, view: StepView<'_>) {
        for (index, &agent) in agents.iter().enumerate() {
            let inside = lane(view.concentration, agent) >= self.threshold;
            if lane(&view.agents.active, agent) == 0.0 || inside == self.memory[index].inside {
                continue;
            }
            self.memory[index].inside = inside;
            let event = match inside {
                true => AgentEvent::EncounterBegins,
                false => AgentEvent::EncounterEnds,
            };
            self.add(event, agent, before);
        }
        let after = Moment::of(view.time_s, view.agents);
        for (index, &agent) in agents.iter().enumerate() {
            if lane(&view.agents.active, agent) == 0.0 {
                continue;
            }
            let collisions = view.collisions.map_or(0, |collisions| collisions[agent]);
            if collisions > self.memory[index].collisions {
                self.memory[index].collisions = collisions;
                self.add(AgentEvent::Collision, agent, after);
            }
            if lane(&view.agents.boundary_hit, agent) != 0.0 {
                self.add(AgentEvent::Edge, agent, after);
            }
        }
    }
}
