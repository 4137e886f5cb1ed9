//! Choosing from a list: help and palette, the keys of what lies over a screen, and what a choice does.

mod fields;
mod rubric;

use super::action::{Action, Place};
use super::effect::{Command, Effect, RubricFrom};
use super::judging::{KNOWS_THEM, RECOMMENDATIONS, REVEAL_REASONS};
use super::overlay::{Choice, Item, Overlay, Page, Picker, Purpose, Reader};
use super::told::{OutputRow, ThemeRow};
use super::{App, Screen, Tone};
use crate::interview::{Slug, SubmissionId};
use crate::journal::{Act, MustHaveAnswer, Subject};
use crate::text::SafeText;
pub(super) use rubric::Pending;

impl App {
    pub(super) fn open_help(&mut self) -> Vec<Effect> {
        let place = self.screen().place();
        let mut here: Vec<Action> = self.actions().filter(|action| action.places().contains(&place)).collect();
        // What a screen is for comes first, where else one can go next, and how to move about last.
        here.sort_by_key(|action| match place {
            _ if action.moves() => 2,
            Place::Review | Place::Compare => u8::from(action.leads_on()),
            _ => 0,
        });
        let anywhere = Action::ALL.iter().copied().filter(|action| action.places().contains(&Place::Anywhere));
        // Over all questions the same keys go from column to column.
        let is_overall = matches!(self.screen(), Screen::Compare(compare) if compare.overall.is_some());
        let headed = |action: Action| {
            let item = Item { group: action.group(), ..Item::from(action) };
            match action {
                Action::Forward5 | Action::Forward1 if is_overall => Item { label: "The next column".into(), ..item },
                Action::Back5 | Action::Back1 if is_overall => Item { label: "The column before".into(), ..item },
                _ => item,
            }
        };
        let items = here.into_iter().chain(anywhere).map(headed).collect();
        let title = format!("Keys in {}", place.title());
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Run, items).filtering()));
        Vec::new()
    }

    /// All actions, without the digits that are not on the scale, and without what is not for someone who only decides.
    fn actions(&self) -> impl Iterator<Item = Action> {
        let (last, decides) = (self.last_digit().unwrap_or(9), self.only_decides());
        let all = Action::ALL.iter().copied().filter(move |action| action.digit().is_none_or(|digit| digit <= last));
        all.filter(move |action| !decides || !action.reviews())
    }

    pub(super) fn open_palette(&mut self) -> Vec<Effect> {
        let place = self.screen().place();
        let items = self.actions().filter(|action| action.works_in(place)).map(Item::from).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Do", Purpose::Run, items).filtering()));
        Vec::new()
    }

    pub(super) fn act_on_overlay(&mut self, action: Action) -> Vec<Effect> {
        if matches!(self.overlays.last(), Some(Overlay::Concordance(_))) {
            return self.on_concordance(action);
        }
        let by = match action {
            Action::Quit => return self.leave(),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Back | Action::Close if self.reads_first() => {
                // Who leaves the rubric unread leaves the answer that it comes before.
                self.overlays.pop();
                return self.back();
            }
            Action::Open if !self.is_read() => return self.read_on(),
            Action::ReadRubric if !self.is_read() => return self.tell_overlay_keys(),
            Action::Back | Action::Close | Action::Open | Action::ReadRubric => return self.leave_overlay(),
            _ => match action.rows() {
                Some(by) => by,
                None => return self.tell_overlay_keys(),
            },
        };
        if let Some(Overlay::Reader(reader)) = self.overlays.last_mut() {
            let by = match action {
                Action::PageDown | Action::PageUp => by.signum() * reader.turn() as isize,
                _ => by,
            };
            reader.scroll = reader.scroll.saturating_add_signed(by);
            // What is below is known once it is on screen again.
            reader.below = reader.below.filter(|below| *below == 0);
        }
        Vec::new()
    }

    /// Whether what lies over the screen may be left as read: a rubric that comes first was on screen to its last line.
    fn is_read(&self) -> bool {
        let Some(Overlay::Reader(reader)) = self.overlays.last() else { return true };
        !self.reads_first() || reader.below == Some(0)
    }

    /// Turns the page of what is read first.
    fn read_on(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Reader(reader)) = self.overlays.last_mut()
            && let Some(below) = reader.below.take()
        {
            reader.scroll = reader.scroll.saturating_add(below.min(reader.turn()));
        }
        Vec::new()
    }

    /// A key came that means nothing here; `bound` is where it means something.
    pub(super) fn stray_key(&mut self, key: &SafeText, bound: &[(Place, Action)]) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return self.tell_overlay_keys();
        }
        let mut actions: Vec<Action> = Vec::new();
        bound.iter().for_each(|(_, action)| actions.extend((!actions.contains(action)).then_some(*action)));
        let does = |action: &Action| {
            let same = bound.iter().filter(|(_, other)| other == action);
            let places: Vec<&str> = same.map(|(place, _)| place.title()).collect();
            format!("{}: {}", places.join(", "), action.help())
        };
        let all: Vec<String> = actions.iter().map(does).collect();
        self.tell(Tone::Hint, if all.is_empty() { String::new() } else { format!("{key} works in {}", all.join("; in ")) })
    }

    /// Says which keys the thing over the screen takes.
    fn tell_overlay_keys(&mut self) -> Vec<Effect> {
        let is_read_first = self.acknowledges();
        let words = match self.overlays.last() {
            Some(Overlay::Reader(_)) if is_read_first => {
                "First the rubric, to its end: Enter turns the page. Digits rate after that."
            }
            Some(Overlay::Reader(_)) => "Arrows scroll, Enter or Esc goes on.",
            Some(Overlay::Concordance(_)) => "Type what was said; arrows choose, Enter hears it, Esc leaves.",
            Some(Overlay::Picker(_)) => "Arrows move, Enter chooses, Esc leaves.",
            _ => return Vec::new(),
        };
        self.tell(Tone::Hint, words)
    }

    fn leave_overlay(&mut self) -> Vec<Effect> {
        match self.overlays.pop() {
            // Only what was on screen to its last line was read.
            Some(Overlay::Reader(Reader { page: Page::Rubric, below: Some(0), .. })) => self.acknowledge(),
            Some(Overlay::Picker(Picker { purpose: Purpose::MapQuestion(nth), .. })) => self.map_again(nth),
            Some(Overlay::Picker(Picker { purpose: Purpose::ConfirmRubric, .. })) => match &self.offer {
                Some(Pending { offer, .. }) if offer.mapping.is_none() => self.map_again(offer.questions.len()),
                _ => self.do_not_attach(),
            },
            Some(Overlay::Picker(Picker { purpose: Purpose::Run | Purpose::Output, .. })) => self.play_on(),
            Some(Overlay::Picker(Picker { purpose: Purpose::RecommendBefore { submission, next }, .. })) => {
                self.recommended_before(submission, None, next)
            }
            Some(Overlay::Picker(Picker { purpose: Purpose::Theme(before), .. })) => vec![Effect::ShowTheme(before)],
            _ => Vec::new(),
        }
    }

    /// Takes the item with this number of the open list.
    pub(super) fn choose(&mut self, nth: usize) -> Vec<Effect> {
        let Some(Overlay::Picker(picker)) = self.overlays.pop_if(|top| matches!(top, Overlay::Picker(p) if nth < p.items.len()))
        else {
            return Vec::new();
        };
        let choice = picker.items[nth].choice.clone();
        match (picker.purpose, choice) {
            (Purpose::Run, Choice::Do(action)) => {
                let played = self.play_on();
                played.into_iter().chain(self.act_on(action)).collect()
            }
            (Purpose::ChooseRubric, Choice::Shipped(id)) => self.find_rubric(RubricFrom::Shipped(id)),
            (Purpose::ChooseRubric, Choice::AskName) => self.ask_rubric_path(),
            (Purpose::MapQuestion(nth), choice) => self.map_question(nth, choice),
            (Purpose::ConfirmRubric, Choice::Yes) => self.attach_offer(),
            (Purpose::ConfirmRubric, _) => self.do_not_attach(),
            (Purpose::Output, Choice::Output(id)) => self.play_on_output(id, &picker.items[nth].label),
            (Purpose::Theme(_), Choice::Theme(name)) => {
                self.tell(Tone::Done, format!("Colours: {name}. The setting theme = \"{name}\" keeps them."));
                vec![Effect::ShowTheme(name)]
            }
            (Purpose::LeaveUnsaved, Choice::Yes) => self.leave_now(),
            (_, Choice::GoTo(answer)) => self.go_to_lack(answer),
            (Purpose::Seal { scope, unheard }, Choice::Yes) => self.seal(&scope, unheard),
            (Purpose::DecideFor(submission, all), Choice::Nth(nth)) => self.application_is_chosen(submission, &all, nth),
            (Purpose::Decide(whom), Choice::Nth(nth)) => self.ask_decision_reason(whom, nth),
            (Purpose::DecideBecause(whom, decision), choice) => self.reason_is_chosen(whom, decision, &choice),
            (Purpose::DecideEarly(whom, verdict), choice) => self.haste_is_chosen(whom, *verdict, &choice),
            (Purpose::Reconcile, Choice::Differs(answer, criterion)) => self.ask_agreement(answer, criterion),
            (Purpose::Agree(answer, criterion), choice) => self.side_is_chosen(answer, criterion, choice),
            (Purpose::Tag(submissions), Choice::Tag { tag, on }) => self.tag(submissions, tag, on),
            (Purpose::Tag(submissions), Choice::AskName) => self.ask_new_tag(submissions),
            (Purpose::Reviewers(submissions), choice) => self.reviewer_is_chosen(submissions, choice),
            (Purpose::Recuse(submissions), Choice::Nth(nth)) => self.recuse(submissions, nth),
            (Purpose::Confirm(deed, submissions), choice) => self.confirmed(*deed, submissions, choice),
            (Purpose::Filter, Choice::Keep(keep)) => self.filter_by(keep, nth),
            (Purpose::Sort, Choice::SortBy(by)) => self.sort_by(by),
            (Purpose::RecommendBefore { submission, next }, choice) => {
                let chosen = if let Choice::Nth(nth) = choice { Some(nth) } else { None };
                self.recommended_before(submission, chosen, next)
            }
            (Purpose::Filter, Choice::ShelfKeep(keep)) => self.filter_shelf(keep, nth),
            (Purpose::Sort, Choice::ShelfSort(by)) => self.sort_shelf(by),
            (Purpose::FetchFrom, choice) => self.source_is_chosen(&choice),
            (Purpose::Documents(submission), Choice::Nth(nth)) => self.open_document(submission, nth),
            (Purpose::Recommend(submission), Choice::Nth(nth)) => self.recommend(submission, nth),
            (Purpose::Reveal(submission), Choice::Nth(nth)) => self.reveal(submission, nth),
            (Purpose::DeliverBy | Purpose::MatchBy | Purpose::ApplyPlan(_) | Purpose::TieApplication, Choice::No) => Vec::new(),
            (Purpose::DeliverBy, Choice::Shipped(profile)) => self.profile_is_chosen(profile),
            (Purpose::DeliverBy, _) => self.ask_profile_path(),
            (Purpose::ApplyPlan(planned), _) => self.apply_plan(planned),
            (Purpose::Doubt(object, push), Choice::Nth(nth)) => self.word_is_given(object, push, nth),
            (Purpose::MatchBy, Choice::Yes) => self.pull_applications(),
            (Purpose::MatchBy, _) => self.ask_listing_path(),
            (Purpose::TieApplication, choice) => self.tie(&choice),
            (Purpose::MustHave(submission, must), Choice::Nth(nth)) => self.must_have(submission, &must, nth),
            _ => Vec::new(),
        }
    }

    pub(super) fn outputs(&mut self, outputs: Vec<OutputRow>) -> Vec<Effect> {
        // Whoever has begun something else meanwhile is not interrupted.
        if !self.overlays.is_empty() {
            return Vec::new();
        }
        let automatic = Item::new("As the system chooses", "auto", Choice::Output(None));
        let row = |output: OutputRow| Item::new(output.name, SafeText::line(&output.id), Choice::Output(Some(output.id)));
        let items = std::iter::once(automatic).chain(outputs.into_iter().map(row)).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Where sound comes out", Purpose::Output, items)));
        Vec::new()
    }

    pub(super) fn themes(&mut self, rows: Vec<ThemeRow>, shown: String) -> Vec<Effect> {
        // Whoever has begun something else meanwhile is not interrupted.
        if !self.overlays.is_empty() {
            return Vec::new();
        }
        let at = rows.iter().position(|row| row.name == shown).unwrap_or(0);
        let item = |row: ThemeRow| Item::new(SafeText::line(&row.name), row.about, Choice::Theme(row.name));
        let items = rows.into_iter().map(item).collect();
        let picker = Picker::new("Colours", Purpose::Theme(shown), items).starting_at(at);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// Shows what the item under the cursor would do, where it can be shown.
    pub(super) fn pointed(&mut self, nth: usize) -> Vec<Effect> {
        let Some(Overlay::Picker(picker)) = self.overlays.last() else { return Vec::new() };
        match picker.items.get(nth).map(|item| &item.choice) {
            Some(Choice::Theme(name)) => vec![Effect::ShowTheme(name.clone())],
            _ => Vec::new(),
        }
    }

    fn play_on_output(&mut self, id: Option<String>, name: &SafeText) -> Vec<Effect> {
        self.tell(Tone::Done, format!("Sound: {name}. The setting audio.device keeps it."));
        let played = self.play_on();
        std::iter::once(Effect::Player(Command::Output(id))).chain(played).collect()
    }

    pub(super) fn recommend(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let Some((recommendation, words)) = RECOMMENDATIONS.get(nth) else { return Vec::new() };
        if let Some(refusal) = self.may_not_conclude(submission) {
            return self.tell(Tone::Hint, refusal);
        }
        let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(submission));
        let effects = self.write(Act::Recommended { submission, recommendation: *recommendation }, subject);
        self.tell(Tone::Done, format!("Recommendation: {words}."));
        effects
    }

    fn reveal(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(submission));
        let reason = REVEAL_REASONS.get(nth).map(|words| SafeText::line(words));
        let effects = self.write(Act::Revealed { what: Subject::Name(submission), reason }, subject);
        if nth == KNOWS_THEM && !effects.is_empty() {
            self.ask_recusal(vec![submission]);
        }
        effects
    }

    fn must_have(&mut self, submission: SubmissionId, must: &Slug, nth: usize) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_conclude(submission) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        // Another rubric may have been attached while the question was open.
        let at = desk.rubric.as_ref().and_then(|rubric| rubric.must_haves.iter().position(|known| known.id == *must));
        let Some(at) = at else {
            return self.tell(Tone::Hint, "The rubric was changed meanwhile and does not ask this any more. Nothing was written.");
        };
        let met = [MustHaveAnswer::Yes, MustHaveAnswer::No, MustHaveAnswer::Unclear].get(nth).copied();
        let Some(met) = met else { return Vec::new() };
        let (subject, answer) = (desk.candidate_of(submission), desk.reviewing);
        let span = self.said_now(submission);
        let mut effects = self.write(Act::MustHave { submission, id: must.clone(), met, span }, subject);
        if let Some(answer) = answer {
            effects.extend(self.ask_must_have(answer, at + 1));
        }
        effects
    }
}
