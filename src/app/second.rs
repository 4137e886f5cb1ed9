//! The second reader beside people's values: read where it would show, and written down when it is first seen.

use std::collections::BTreeMap;

use super::overlay::{Choice, Overlay, Purpose};
use super::{App, Effect, Screen};
use crate::interview::{AnswerId, BatchId};
use crate::protocol::Others;
use crate::scorer::reader::Proposal;

impl App {
    /// What is kept of second readers is here.
    pub(super) fn second_is_here(&mut self, batch: BatchId, kept: BTreeMap<AnswerId, Vec<Proposal>>) -> Vec<Effect> {
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.batch.id == batch) else { return Vec::new() };
        desk.take_second(kept);
        if let Some(Screen::Compare(compare)) = self.screens.last_mut()
            && let Some(side) = &mut compare.overall
        {
            side.laid = desk.overall(&side.laid.columns, side.order);
        }
        match self.overlays.last() {
            Some(Overlay::Picker(picker)) => match picker.purpose.clone() {
                Purpose::Agree(answer, criterion) => {
                    self.overlays.pop();
                    self.ask_agreement(answer, criterion)
                }
                Purpose::Reconcile => {
                    self.overlays.pop();
                    self.ask_reconcile()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Asks for proposals where others' values are on screen; those that show there are written down as seen.
    pub(super) fn second_follows(&mut self) -> Vec<Effect> {
        let answers = self.beside_others();
        let Some(desk) = self.desk.as_mut().filter(|_| !answers.is_empty()) else { return Vec::new() };
        if desk.asks_second() {
            return vec![Effect::ReadSecond(desk.batch.id)];
        }
        if self.read_only {
            return Vec::new();
        }
        let statements = desk.second_statements(&answers);
        if statements.is_empty() {
            return Vec::new();
        }
        let acts = desk.first_seen(statements);
        self.write_all(acts)
    }

    /// The answers whose values by others are on screen now.
    fn beside_others(&self) -> Vec<AnswerId> {
        let Some(desk) = self.desk.as_ref().filter(|desk| desk.sight.others() == Others::Shown) else { return Vec::new() };
        if let Some(Overlay::Picker(picker)) = self.overlays.last() {
            match &picker.purpose {
                Purpose::Agree(answer, _) => return vec![*answer],
                Purpose::Reconcile => {
                    let about = |choice: &Choice| if let Choice::Differs(answer, _) = choice { Some(*answer) } else { None };
                    return picker.items.iter().filter_map(|item| about(&item.choice)).collect();
                }
                _ => {}
            }
        }
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        match &compare.overall {
            None => compare.columns.iter().filter_map(|column| column.answer).collect(),
            Some(side) => {
                let columns = side.laid.columns.iter().filter_map(|id| desk.batch.submission(*id));
                columns.flat_map(|submission| submission.answers.iter().map(|answer| answer.id)).collect()
            }
        }
    }
}
