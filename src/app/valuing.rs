//! Values that are typed whole: where one digit does not name every point, and wherever a person wants it so.

use super::judging::Focus;
use super::overlay::Purpose;
use super::{App, Effect, Screen, Slot, Tone};
use crate::interview::AnswerId;
use crate::rubric::{Observed, Point, Scale};

impl App {
    /// The scale of the open batch's rubric.
    pub(super) fn scale(&self) -> Option<&Scale> {
        Some(&self.desk.as_ref()?.rubric.as_ref()?.scale)
    }

    /// What a typed value means here: a point, on the scale or not, `no` for *not observed*, `fault`; none where it is no value.
    pub fn value_named(&self, text: &str) -> Option<Observed> {
        match text.trim().to_lowercase().as_str() {
            "no" | "n/o" | "not-observed" | "_" => Some(Observed::NotObserved),
            "tf" | "fault" => Some(Observed::TechnicalFault),
            number => {
                // `4,5`, as half of the world writes it.
                let point: Point = number.replace(',', ".").parse().ok()?;
                Some(self.scale().map_or(Observed::Point(point), |scale| scale.named(point)))
            }
        }
    }

    /// Whether a value is typed whole here: a digit may be the beginning of one.
    pub fn takes_whole_values(&self) -> bool {
        self.scale().is_some_and(|scale| !scale.is_by_digits())
    }

    /// Asks for a value, of which `typed` stands there already.
    pub(super) fn ask_value(&mut self, typed: &str, focus: Focus) -> Vec<Effect> {
        let said = if typed.is_empty() { "A value" } else { typed };
        match self.can_be_rated(focus).and_then(|()| self.is_free(focus)).and_then(|()| self.is_meant(said, focus)) {
            Ok(None) => {}
            Ok(Some(effects)) => return effects,
            Err((tone, why)) => return self.tell(tone, why),
        }
        let name = self.criterion_at(focus).map(|(_, name)| name.fit(40).to_string()).unwrap_or_default();
        self.open_value(&name, (focus.answer, focus.criterion), typed)
    }

    /// The field for a value.
    pub(super) fn open_value(&mut self, name: &str, (answer, criterion): (AnswerId, usize), typed: &str) -> Vec<Effect> {
        let Some(scale) = self.scale() else { return Vec::new() };
        let halves = if scale.allow_half { ", also halves" } else { "" };
        let title = format!("{name}: a point from {} to {}{halves}, or no", scale.min, scale.max);
        self.ask_line(&title, "Enter gives it · no: not observed · Esc leaves", Purpose::Value { answer, criterion }, typed)
    }

    /// A value was typed; one that is none is asked for once more.
    pub(super) fn value_is_typed(&mut self, (answer, criterion): (AnswerId, usize), text: &str) -> Vec<Effect> {
        let allowed =
            |given: &Observed| !matches!(given, Observed::Point(point) if self.scale().is_none_or(|scale| !scale.allows(*point)));
        let Some(observed) = self.value_named(text).filter(allowed) else {
            let scale = self.scale().map_or_else(String::new, |scale| format!(" of {} to {}", scale.min, scale.max));
            self.tell(Tone::Trouble, format!("{text} is not on the scale{scale}."));
            let focus = Focus { answer, criterion, slot: Slot(0) };
            let name = self.criterion_at(focus).map(|(_, name)| name.fit(40).to_string()).unwrap_or_default();
            return self.open_value(&name, (answer, criterion), text);
        };
        if matches!(self.screen(), Screen::Calibrate(_)) {
            return self.give_clip_value(observed);
        }
        let slot = self.deck.slot_of(answer).unwrap_or(Slot(0));
        self.rate(observed, Focus { answer, criterion, slot })
    }

    /// A value was named whole for the criterion in focus.
    pub(super) fn give_value(&mut self, observed: Observed) -> Vec<Effect> {
        (self.notice, self.undo_asked) = (None, None);
        if !self.overlays.is_empty() {
            return Vec::new();
        }
        let focus = match self.screen() {
            Screen::Review(review) => Some((review.answer, review.cursor.criterion, Slot(0))),
            Screen::Compare(compare) => {
                compare.focused_answer().map(|answer| (answer, compare.cursor.criterion, Slot(compare.focus as u8)))
            }
            Screen::Calibrate(_) => return self.give_clip_value(observed),
            _ => None,
        };
        match focus {
            Some((answer, criterion, slot)) => {
                let typed = super::rating::in_words(observed);
                self.rate_typed(observed, &typed, Focus { answer, criterion, slot })
            }
            None => self.tell(Tone::Hint, "There is nothing to rate here."),
        }
    }
}
