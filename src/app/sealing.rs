//! Sealing and opening again: what is asked, and what is written then.

use super::action::Action;
use super::judging::ONLY_DECIDES;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Effect, Tone};
use crate::interview::AnswerId;
use crate::journal::Scope;
use crate::text::SafeText;

impl App {
    pub(super) fn ask_seal(&mut self, answer: AnswerId) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if self.only_decides() {
            return self.tell(Tone::Hint, ONLY_DECIDES);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        if desk.rubric.is_none() {
            return self.tell(Tone::Hint, "There is nothing to seal: no rubric is attached. A attaches one.");
        }
        let Some(scope) = desk.scope_of(answer) else { return Vec::new() };
        if desk.is_sealed(answer) {
            return self.tell(Tone::Hint, "This is sealed already; R opens it again, with a reason.");
        }
        self.ask_seal_of(scope)
    }

    /// Says what is missing before a seal, or asks whether to seal.
    fn ask_seal_of(&mut self, scope: Scope) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let check = desk.seal_check(&scope);
        let title = format!("Seal {}?", desk.scope_in_words(&scope));
        if !check.blocked.is_empty() {
            let line = |(answer, words): &(AnswerId, SafeText)| Item::new(words.clone(), "", Choice::GoTo(*answer));
            let items: Vec<Item> = check.missing().map(line).collect();
            let lead = match items.len() {
                1 => "Not yet. What is missing: one thing. Enter goes there.".to_owned(),
                n => format!("Not yet. What is missing: {n} things. Enter goes there."),
            };
            let all_the_same = "What was not heard can be sealed all the same, once the rest is there; the seal names it.";
            let unheard = (!check.unheard.is_empty()).then(|| all_the_same.into());
            let lead = [SafeText::line(&lead)].into_iter().chain(unheard).collect();
            self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Nothing, items).led_by(lead)));
            return Vec::new();
        }
        let locks: SafeText =
            "What is sealed is locked; opening it again takes a reason, and the old values stay on record.".into();
        let (no, yes, detail) = match check.unheard.is_empty() {
            true => ("Not yet", "Seal", "locks these ratings"),
            false => ("Not yet: go back and hear it", "Seal all the same", "the seal names what I did not hear"),
        };
        // What cannot be taken back is never under the cursor first.
        let not_yet = check.unheard.first().map_or(Choice::No, |(answer, _)| Choice::GoTo(*answer));
        let items = vec![Item::new(no, "", not_yet), Item::new(yes, detail, Choice::Yes)];
        let lead = [locks].into_iter().chain(check.unheard_lines()).collect();
        let purpose = Purpose::Seal { scope, unheard: check.unheard_answers() };
        self.overlays.push(Overlay::Picker(Picker::new(&title, purpose, items).led_by(lead)));
        Vec::new()
    }

    /// Seals what was asked about, and says so where that shows others' work.
    ///
    /// What was missing may have changed while the question was open: then it is asked anew.
    pub(super) fn seal(&mut self, scope: &Scope, unheard: Vec<AnswerId>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        if desk.scope_is_sealed(scope) {
            return self.tell(Tone::Hint, "This was sealed meanwhile.");
        }
        let check = desk.seal_check(scope);
        if !check.blocked.is_empty() || check.unheard_answers() != unheard {
            self.tell(Tone::Hint, "What is missing changed meanwhile. Nothing was sealed.");
            return self.ask_seal_of(scope.clone());
        }
        let said = format!("Sealed {}.", desk.scope_in_words(scope));
        let others = desk.sight.others();
        let (subject, act) = desk.seal_act(scope, unheard);
        let mut effects = self.write(act, subject);
        if self.read_only {
            return effects;
        }
        self.tell(Tone::Done, said);
        let Some(desk) = &self.desk else { return effects };
        if desk.record.own_batch_is_sealed(self.me.id) {
            let shown = desk.reveal_act(others);
            effects.extend(shown.map(|act| self.write(act, None)).unwrap_or_default());
            self.tell_what_comes_next();
        }
        effects
    }

    /// The last of one's own is sealed: what shows now, and where one goes from here.
    fn tell_what_comes_next(&mut self) {
        let Some(desk) = &self.desk else { return };
        let next = desk.comes_next();
        let lead = format!("All of your batch is sealed. {}", next.shows());
        let differ = (next.differ > 0).then(|| (next.to_talk_about(), Action::Reconcile));
        let steps = differ.into_iter().chain([
            ("Compare all: candidates side by side over all questions".to_owned(), Action::Overall),
            ("Panel: the ranking, and how sure it is".to_owned(), Action::ToPanel),
            ("Decide, in the grid: advance, hold or decline".to_owned(), Action::ToBatch),
        ]);
        let step = |(label, action): (String, Action)| Item::new(SafeText::line(&label), "", Choice::Do(action));
        let items = steps.map(step).chain([Item::new("Stay here", "", Choice::No)]).collect();
        self.tell(Tone::Done, lead.as_str());
        let picker = Picker::new("What comes next", Purpose::Run, items).led_by(vec![SafeText::line(&lead)]);
        self.overlays.push(Overlay::Picker(picker));
    }

    pub(super) fn ask_reopen(&mut self, answer: AnswerId) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if self.only_decides() {
            return self.tell(Tone::Hint, ONLY_DECIDES);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(scope) = desk.scope_of(answer).filter(|_| desk.is_sealed(answer)) else {
            return self.tell(Tone::Hint, "This is not sealed.");
        };
        let title = format!("Open {} again: why?", desk.scope_in_words(&scope));
        let purpose = Purpose::Reopen(scope);
        let initial = desk.draft(&purpose).unwrap_or_default();
        self.ask_line(&title, "Enter opens it; the reason is kept · Esc keeps a draft", purpose, &initial)
    }

    pub(super) fn reopen(&mut self, scope: &Scope, reason: &str) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let (subject, act) = desk.reopen_act(scope, SafeText::block(reason));
        self.write(act, subject)
    }
}
