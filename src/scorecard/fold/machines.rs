//! What machines said that people saw, and what engines wrote down.

use crate::journal::{Act, Event, Statement};
use crate::scorecard::{MachineSeen, Record};

/// How it ended where a transcript is kept.
const WRITTEN: &str = "written down";

impl Record {
    pub(super) fn take_machines(&mut self, event: &Event) {
        match &event.act {
            Act::Shown { what, statement: Some(statement), .. } => {
                let (at, stands) = (event.header.at, event.header.stands());
                let shown = self.work_of(event).shown.entry(what.clone()).or_default();
                match shown.iter_mut().find(|seen| seen.statement == *statement) {
                    // Another device of the same person may have been first.
                    Some(seen) => (seen.stands, seen.at) = (seen.stands, seen.at).min((stands, at)),
                    None => shown.push(MachineSeen { statement: statement.clone(), at, stands }),
                }
            }
            // Who is told nothing beside the answer writes it down; what could not be kept stands beside nothing.
            Act::Assisted { answer, engine, version, prompt: None, reply: Some(reply), outcome, .. }
                if outcome.as_str() == WRITTEN =>
            {
                let (by, version) = (engine.clone(), version.clone());
                self.automatic.insert(*answer, Statement { by, version, digest: *reply });
            }
            _ => {}
        }
    }
}
