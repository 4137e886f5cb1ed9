//! Rows that a run could not bring to its end by itself: what may have arrived and cannot be looked for, and a file in the way.

use super::asking::{NO_WAY, RETRYING};
use super::{DeliverWish, SheetRow};
use crate::app::overlay::{Choice, Item, Overlay, Picker, Purpose};
use crate::app::{App, Effect, Screen, Tone};
use crate::text::SafeText;

/// What a person says of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The record's id at the other side.
    pub object: SafeText,
    /// `file`, or the push of the profile.
    pub push: SafeText,
    /// What is said of it.
    pub says: Says,
}

/// What a person can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// It is there: somebody has looked.
    Arrived,
    /// It is not there: it is sent again.
    Again,
    /// The file that lies in the way is written over.
    WriteOver,
}

impl Says {
    /// All, in the order of the questions' answers.
    const ALL: [Says; 3] = [Says::Arrived, Says::Again, Says::WriteOver];

    /// The answer that says it.
    fn item(self, label: &str, detail: &str) -> Item {
        Item::new(SafeText::line(label), SafeText::line(detail), Choice::Nth(self as usize))
    }
}

impl App {
    /// All that there is to say of the selected row; where a person's word can bring it to its end, that is asked for.
    pub(super) fn read_row_or_ask(&mut self) -> Vec<Effect> {
        let Some(Screen::Deliver(open)) = self.screens.last() else { return Vec::new() };
        let can_act = open.working.is_none() && !self.read_only && open.way.is_some();
        match open.rows().get(open.selected).filter(|_| can_act).cloned() {
            Some(row) if row.stand.may_have_arrived() => self.ask_whether_it_arrived(&row),
            Some(row) if row.is_in_the_way => self.ask_to_write_over(&row),
            _ => self.read_row(),
        }
    }

    fn ask_whether_it_arrived(&mut self, row: &SheetRow) -> Vec<Effect> {
        let thing = if row.push.as_str() == "file" { "the file" } else { "it" };
        let more = [
            format!("Look for {thing} there first. Where earmark can look itself, it does, and goes by what it finds."),
            "What else is open there is brought to its end as well.".to_owned(),
        ];
        let items = vec![
            Item::new("Leave it", "nobody knows whether it arrived", Choice::No),
            Says::Arrived.item("It is there", "you have looked; nothing is sent"),
            Says::Again.item("It is not there: send it again", "were it there, it would be there twice"),
        ];
        self.ask_about(row, "Is it there?", more.iter().map(|line| SafeText::line(line)), items)
    }

    fn ask_to_write_over(&mut self, row: &SheetRow) -> Vec<Effect> {
        let more = ["earmark did not put that file there. What else is open there is brought to its end as well.".into()];
        let items = vec![
            Item::new("Leave it", "nothing is sent", Choice::No),
            Says::WriteOver.item("Write over it", "what lies there now is gone"),
        ];
        self.ask_about(row, "Write over the file that lies there?", more.into_iter(), items)
    }

    fn ask_about(&mut self, row: &SheetRow, title: &str, more: impl Iterator<Item = SafeText>, items: Vec<Item>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let lead = row.lines(desk).into_iter().chain(more).collect();
        let purpose = Purpose::Doubt(row.object.clone(), row.push.clone());
        self.overlays.push(Overlay::Picker(Picker::new(title, purpose, items).led_by(lead)));
        Vec::new()
    }

    /// A person has looked, or lets a file be written over: by that what is open is brought to its end.
    pub(in crate::app) fn word_is_given(&mut self, object: SafeText, push: SafeText, nth: usize) -> Vec<Effect> {
        let Some(says) = Says::ALL.get(nth).copied() else { return Vec::new() };
        match self.deliver_mut().and_then(|open| open.way.clone()) {
            Some(way) => {
                let word = Some(Word { object, push, says });
                self.ask_delivery(RETRYING, DeliverWish::Retry { way, word })
            }
            None => self.tell(Tone::Hint, NO_WAY),
        }
    }
}
