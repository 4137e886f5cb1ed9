//! What machines said that people saw, and what engines wrote down.

use crate::journal::{Act, Event};
use crate::scorecard::Record;

impl Record {
    pub(super) fn take_machines(&mut self, event: &Event) {
        match &event.act {
            Act::Shown { what, statement: Some(statement), .. } => {
                let seen = (what.clone(), statement.clone());
                let shown = &mut self.work_of(event).shown;
                if !shown.contains(&seen) {
                    shown.push(seen);
                }
            }
            // Who is told nothing beside the answer writes it down.
            Act::Assisted { answer, engine, prompt: None, reply: Some(_), .. } => {
                self.automatic.insert(*answer, engine.clone());
            }
            _ => {}
        }
    }
}
