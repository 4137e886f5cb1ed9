//! The concordance: every moment of the batch at which a phrase was said, across candidates, each one key from being heard.

use super::action::Action;
use super::event::TextInput;
use super::finding::Indexed;
use super::finding::Search;
use super::overlay::{Field, Overlay, Purpose};
use super::{App, Desk, Effect, Tone};
use crate::transcript::{Found, Hit, Phrase};

/// Hits of each question that are looked up at first; more when one goes beyond them.
const EACH: usize = 20;

/// Words that are looked at before the screen and the keys have their turn again: a few milliseconds.
const WORK: usize = 500_000;

/// A phrase that is looked up in the batch.
#[derive(Clone, Debug)]
pub struct Concordance {
    /// What is typed.
    pub field: Field,
    /// Where it was said.
    pub found: Found,
    /// Which of the hits is selected.
    pub selected: usize,
    each: usize,
}

impl Concordance {
    fn of(typed: &str) -> Self {
        let hint = "Enter hears it · ↑↓ choose · Esc leaves";
        let field = Field::new("Where was it said?", hint, Purpose::Concordance, typed);
        Concordance { field, found: Found::default(), selected: 0, each: EACH }
    }

    /// What is looked up.
    fn phrase(&self) -> Phrase {
        Phrase::typed(&self.field.now)
    }

    /// Looks it up; the hit that was selected stays so, where it is still there.
    fn look_up(&mut self, desk: &Desk) {
        let before = self.found.hits.get(self.selected).cloned();
        self.found = desk.find(&self.phrase(), self.each, WORK);
        self.select_again(before);
    }

    /// Goes on where it was left.
    fn look_on(&mut self, desk: &Desk) {
        let before = self.found.hits.get(self.selected).cloned();
        let phrase = self.phrase();
        desk.find_on(&mut self.found, &phrase, self.each, WORK);
        self.select_again(before);
    }

    fn select_again(&mut self, before: Option<Hit>) {
        let same = before.and_then(|before| self.found.hits.iter().position(|hit| *hit == before));
        self.selected = same.unwrap_or(0);
    }

    /// What is to be done where there is more to look at.
    fn goes_on(&self) -> Vec<Effect> {
        if self.found.is_partial() { vec![Effect::LookOn] } else { Vec::new() }
    }

    /// Whether the last hit of its question that was looked up is selected, and there are more.
    fn is_at_a_cut(&self) -> bool {
        let question = |nth: usize| self.found.hits.get(nth).map(|hit| hit.entry.question);
        let here = question(self.selected);
        here != question(self.selected + 1) && here.is_some_and(|here| self.found.cut.contains(&here))
    }
}

impl App {
    /// Opens it, with what was looked up before.
    pub(super) fn open_concordance(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return self.tell(Tone::Hint, "Open a batch first: its answers are searched.") };
        let mut concordance = match self.looked_up.take() {
            Some(before) => Concordance { field: Concordance::of(&before.field.now).field, ..*before },
            None => Concordance::of(""),
        };
        concordance.look_up(desk);
        let effects = concordance.goes_on();
        self.overlays.push(Overlay::Concordance(Box::new(concordance)));
        effects
    }

    /// Goes on with what is looked up, where that is still wanted.
    pub(super) fn look_on(&mut self) -> Vec<Effect> {
        let (Some(Overlay::Concordance(open)), Some(desk)) = (self.overlays.last_mut(), &self.desk) else { return Vec::new() };
        open.look_on(desk);
        open.goes_on()
    }

    pub(super) fn look_up(&mut self, input: TextInput) -> Vec<Effect> {
        let Some(Overlay::Concordance(open)) = self.overlays.last_mut() else { return Vec::new() };
        match input {
            TextInput::Changed(now) => {
                (open.field.now, open.each, open.selected) = (now, EACH, 0);
                open.found = Found::default();
                if let Some(desk) = &self.desk {
                    open.look_up(desk);
                }
                open.goes_on()
            }
            TextInput::Done(_) => self.open_hit(),
            TextInput::Cancelled => self.close_concordance(),
        }
    }

    pub(super) fn on_concordance(&mut self, action: Action) -> Vec<Effect> {
        let by = match action {
            Action::Back | Action::Close => return self.close_concordance(),
            Action::Open => return self.open_hit(),
            Action::Quit => return self.leave(),
            Action::Redraw => return vec![Effect::Redraw],
            _ => match action.rows() {
                Some(by) => by,
                None => return self.tell(Tone::Hint, "Type what was said; arrows choose, Enter hears it, Esc leaves."),
            },
        };
        let (Some(Overlay::Concordance(open)), Some(desk)) = (self.overlays.last_mut(), &self.desk) else { return Vec::new() };
        let last = open.found.hits.len().saturating_sub(1);
        // Whoever asks for what comes after the last hit that was looked up gets more of them.
        if by > 0 && open.is_at_a_cut() {
            open.each = open.each.saturating_mul(8);
            open.look_up(desk);
        }
        let last = last.max(open.found.hits.len().saturating_sub(1));
        open.selected = open.selected.saturating_add_signed(by).min(last);
        open.goes_on()
    }

    fn close_concordance(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Concordance(open)) = self.overlays.pop() {
            self.looked_up = Some(open);
        }
        Vec::new()
    }

    /// Opens the answer of the selected hit at its moment, with the phrase lit.
    fn open_hit(&mut self) -> Vec<Effect> {
        let Some(Overlay::Concordance(open)) = self.overlays.last() else { return Vec::new() };
        let Some(hit) = open.found.hits.get(open.selected).cloned() else {
            return self.tell(Tone::Hint, "There is nothing to open: nobody said that.");
        };
        let same = |other: &&Hit| other.entry.answer == hit.entry.answer && other.words.start < hit.words.start;
        let before = open.found.hits.iter().filter(same).count();
        let search = Search::new(&open.field.now, open.phrase(), Some(before));
        self.close_concordance();
        let effects = self.review_at(hit.entry.answer, hit.at);
        self.search = Some(search);
        self.light_up();
        effects
    }

    /// Answers were read for the index: what is looked up may be said there too.
    pub(super) fn indexed(&mut self, part: Indexed) -> Vec<Effect> {
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.batch.id == part.batch) else { return Vec::new() };
        desk.index(part);
        let mut effects = Vec::new();
        if let Some(Overlay::Concordance(open)) = self.overlays.last_mut() {
            open.look_up(desk);
            effects = open.goes_on();
        }
        if desk.indexing().is_under_way() {
            return effects;
        }
        // A name was perhaps revealed or hidden while its answers were being read.
        let (batch, answers) = (desk.batch.id, desk.to_index_again());
        effects.extend((!answers.is_empty()).then_some(Effect::Index { batch, answers }));
        effects
    }

    /// Asks for the words of the open batch's answers.
    pub(super) fn index_batch(&mut self) -> Vec<Effect> {
        self.looked_up = None;
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let answers = desk.begin_index();
        vec![Effect::Index { batch: desk.batch.id, answers }]
    }

    /// A name was revealed, or is hidden again: what is lit and what the index has follows.
    pub(super) fn cover_follows(&mut self) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if !desk.take_recovered() {
            return Vec::new();
        }
        let (batch, answers) = (desk.batch.id, desk.to_index_again());
        self.light_up();
        if answers.is_empty() { Vec::new() } else { vec![Effect::Index { batch, answers }] }
    }
}
