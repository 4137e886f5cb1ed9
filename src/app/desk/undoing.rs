//! Undo and redo of what was judged.

use crate::text::many;
use std::collections::BTreeSet;

use super::Desk;
use super::machines::answer_of_machine;
use crate::app::{App, Effect, Screen, Tone};
use crate::interview::{AnswerId, EventId, QuestionId, SubmissionId};
use crate::journal::{Act, Event, Undoing};
use crate::protocol::asks_reason;

impl App {
    /// Takes back the last judging act that stands and is not sealed.
    pub(in crate::app) fn undo(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        if let Some(why) = desk.left_already(|_| true) {
            let text = format!("Not undone: {why}. Decide anew: the next delivery corrects it.");
            return self.tell(Tone::Hint, text);
        }
        let Some(event) = desk.undoable(|_| true).cloned() else {
            return self.tell(Tone::Hint, "There is nothing to undo that is not sealed.");
        };
        if let Some(effects) = self.asks_before_undoing_elsewhere(&event) {
            return effects;
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let step: Vec<Event> = desk.step_of(&event).into_iter().cloned().collect();
        if step.iter().any(|event| desk.undo_asks_reason(event)) {
            return self.tell(Tone::Hint, "The protocol asks why a rating is changed: x takes it back, with the reason.");
        }
        let since = desk.done_since(&event);
        let what = self.acts_in_words(&step);
        // What it stood in for comes back with it.
        let replaced = step.iter().flat_map(|event| desk.undos_with(event)).cloned();
        let all: Vec<Event> = replaced.chain(step.iter().cloned()).collect();
        let effects = self.write_all(all.iter().map(|event| (event.header.subject, Act::Undone { event: event.id() })).collect());
        step.iter().for_each(|event| self.focus_on(&event.act, false));
        let since = since_in_words(&since);
        self.tell(Tone::Done, format!("Undone: {what}.{since} Ctrl-R brings it back."));
        effects
    }

    /// Where what would be undone is of an answer that is not on screen, it is named first; the next undo then takes it back.
    fn asks_before_undoing_elsewhere(&mut self, event: &Event) -> Option<Vec<Effect>> {
        if self.undo_asked.take() == Some(event.id()) {
            return None;
        }
        let here: Vec<AnswerId> = match self.screen() {
            Screen::Review(review) => vec![review.answer],
            Screen::Compare(compare) => compare.columns.iter().filter_map(|column| column.answer).collect(),
            _ => return None,
        };
        let is_here = answer_of(&event.act).is_none_or(|answer| here.contains(&answer));
        if is_here {
            return None;
        }
        let what = self.acts_in_words(std::slice::from_ref(event));
        self.undo_asked = Some(event.id());
        Some(self.tell(Tone::Hint, format!("What was done last is elsewhere: {what}. The same key again takes it back.")))
    }

    /// Brings back what was undone last, as long as nothing was judged since.
    pub(in crate::app) fn redo(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some((undo, _)) = desk.bringable() else {
            return self.tell(Tone::Hint, "There is nothing to bring back.");
        };
        let step = desk.step_back_of(undo).into_iter();
        let replaced: Vec<Event> = desk.undos_of_undos_with(undo).into_iter().cloned().collect();
        let (undos, step): (Vec<Event>, Vec<Event>) = step.map(|(undo, event)| (undo.clone(), event.clone())).unzip();
        let undos: Vec<Event> = replaced.into_iter().chain(undos).collect();
        let what = self.acts_in_words(&step);
        let effects = self.write_all(undos.iter().map(|undo| (undo.header.subject, Act::Undone { event: undo.id() })).collect());
        step.iter().for_each(|event| self.focus_on(&event.act, true));
        self.tell(Tone::Done, format!("Brought back: {what}."));
        effects
    }

    /// The next digit is meant for the criterion whose rating went, or, when it came back, for what is rated after it.
    fn focus_on(&mut self, act: &Act, came_back: bool) {
        let (Act::Rated { answer, criterion, .. } | Act::Cleared { answer, criterion, .. }) = act else { return };
        let Some(desk) = &self.desk else { return };
        let Some(at) = desk.criteria(*answer).iter().position(|known| known.id == *criterion) else { return };
        let next = desk.unrated_after(*answer, at).unwrap_or(at);
        let cursor = match self.screens.last_mut() {
            Some(Screen::Review(review)) if review.answer == *answer => &mut review.cursor,
            Some(Screen::Compare(compare)) if compare.focused_answer() == Some(*answer) => &mut compare.cursor,
            _ => return,
        };
        if came_back { cursor.place(next) } else { cursor.choose(at) }
    }

    /// What kind of act something was, and about whom where that is not on screen.
    fn acts_in_words(&self, step: &[Event]) -> String {
        let on_screen = match self.screen() {
            Screen::Review(review) => Some(review.answer),
            Screen::Compare(compare) => compare.focused_answer(),
            _ => None,
        };
        match (&self.desk, step) {
            (Some(_), [event]) if on_screen.is_some() && answer_of(&event.act) == on_screen => {
                kind_in_words(&event.header.kind).to_owned()
            }
            (Some(desk), [event]) if answer_of(&event.act).is_none() && desk.about(event).0.is_none() => {
                kind_in_words(&event.header.kind).to_owned()
            }
            (Some(desk), step) => desk.step_in_words(step),
            _ => String::new(),
        }
    }
}

impl Desk {
    /// What kind of act something was, with the candidate and the question it is about.
    pub fn in_words(&self, event: &Event) -> String {
        let kind = kind_in_words(&event.header.kind);
        if let (Act::Compared { b, .. }, (Some(submission), _)) = (&event.act, self.about(event)) {
            return format!("{kind} ({} with {})", self.called(submission), self.whose(*b));
        }
        match (answer_of(&event.act), self.about(event)) {
            (Some(answer), _) => format!("{kind} ({})", self.whose(answer)),
            (None, (Some(submission), _)) => format!("{kind} ({})", self.called(submission)),
            _ => kind.to_owned(),
        }
    }

    /// What was written in one step: `a rating with evidence and a note (Cotton Ibis, question 1)`, or `a decision
    /// (60 candidates)`.
    pub fn step_in_words(&self, step: &[Event]) -> String {
        let Some((first, rest)) = step.split_first() else { return String::new() };
        let kind = kind_in_words(&first.header.kind);
        let candidates: BTreeSet<SubmissionId> = step.iter().filter_map(|event| self.about(event).0).collect();
        if candidates.len() > 1 {
            return format!("{kind} ({})", many(candidates.len(), "candidate"));
        }
        let others: Vec<&str> = rest.iter().map(|event| kind_in_words(&event.header.kind)).collect();
        let with = if others.is_empty() { String::new() } else { format!(" with {}", others.join(" and ")) };
        self.in_words(first).replacen(kind, &format!("{kind}{with}"), 1)
    }

    /// The submission and the question that a judging act is about.
    pub fn about(&self, event: &Event) -> (Option<SubmissionId>, Option<QuestionId>) {
        use Act::{Assigned, Commented, Decided, MustHave, Recommended, Recused, Released, Shortlisted, Tagged};
        match &event.act {
            Assigned { submission, .. } | Released { submission, .. } => (*submission, None),
            Recused { submission, .. } => (Some(*submission), None),
            MustHave { submission, .. } | Recommended { submission, .. } | Tagged { submission, .. } => (Some(*submission), None),
            Shortlisted { submission, .. } | Decided { submission, .. } => (Some(*submission), None),
            Commented { submission, .. } => (Some(*submission), None),
            act => {
                let found = answer_of(act).or_else(|| answer_of_machine(act)).and_then(|answer| self.batch.answer(answer));
                found.map_or((None, None), |(submission, answer)| (Some(submission.id), Some(answer.question.clone())))
            }
        }
    }

    /// The last judging act of mine that stands, is not sealed, and is `wanted`.
    pub fn undoable(&self, wanted: impl Fn(&Event) -> bool) -> Option<&Event> {
        let may = |event: &Event| self.record.may_undo(event) && wanted(event);
        crate::journal::undoable(&self.entries, self.sight.viewer(), may).and_then(|id| self.event(id))
    }

    /// What I did deliberately after `event` and what stands, in words: an undo takes back what came before it, and says so.
    pub fn done_since(&self, event: &Event) -> Vec<String> {
        let of_mine =
            crate::journal::standing(&self.entries).into_iter().filter(|other| other.header.author == self.sight.viewer());
        let since = of_mine.skip_while(|other| other.id() != event.id()).skip(1).filter(|other| is_deliberate(&other.act));
        let with: BTreeSet<EventId> = self.written_with(event).into_iter().map(Event::id).collect();
        let mut words: Vec<String> = since.filter(|other| !with.contains(&other.id())).map(|other| self.in_words(other)).collect();
        words.dedup();
        words
    }

    /// Why my last act that is `wanted` cannot be taken back although no seal locks it: it is a decision that was delivered. None
    /// where it can.
    pub fn left_already(&self, wanted: impl Fn(&Event) -> bool) -> Option<String> {
        let open = |event: &Event| self.record.is_open(event) && wanted(event);
        let last = crate::journal::undoable(&self.entries, self.sight.viewer(), open).and_then(|id| self.event(id))?;
        let at = self.record.left(last)?.strftime("%Y-%m-%d %H:%M");
        Some(format!("{} was delivered at {at} UTC", self.in_words(last)))
    }

    /// Whether taking an act back changes a rating that the protocol asks a reason for.
    pub fn undo_asks_reason(&self, event: &Event) -> bool {
        let Act::Rated { answer, criterion, .. } = &event.act else { return false };
        let Some(mark) = self.my_mark(*answer, criterion).filter(|mark| mark.event == event.id()) else { return false };
        let before = mark.earlier.last().map(|earlier| earlier.observed);
        asks_reason(&self.rules, self.mine(), Some(mark.observed), before)
    }

    /// What was written together with `event`, in order, itself among it, as far as it can still be undone: a rating that a
    /// command gave with its evidence and its note, or one decision on many, is one step back.
    pub fn step_of(&self, event: &Event) -> Vec<&Event> {
        let standing: BTreeSet<EventId> = crate::journal::standing(&self.entries).iter().map(|event| event.id()).collect();
        let may = |other: &&Event| self.record.may_undo(other) && standing.contains(&other.id());
        self.written_with(event).into_iter().filter(may).collect()
    }

    /// The undos that were written together with `event` and still hold: of evidence that was moved, that of how it was before.
    pub fn undos_with(&self, event: &Event) -> Vec<&Event> {
        let holding = self.undone_and_not_brought_back();
        let mut with = self.written_with(event);
        with.retain(|other| other.id() != event.id() && holding.contains(&other.id()));
        with
    }

    /// Of those, the ones that took back an undo: they are taken back where what came with them comes back.
    pub fn undos_of_undos_with(&self, undo: &Event) -> Vec<&Event> {
        let is_undo = |id: EventId| self.event(id).is_some_and(|of| matches!(of.act, Act::Undone { .. }));
        let mut with = self.undos_with(undo);
        with.retain(|other| matches!(other.act, Act::Undone { event } if is_undo(event)));
        with
    }

    /// What comes back together with what `undo` took back, each act with its undo, in the order in which it was undone.
    pub fn step_back_of(&self, undo: &Event) -> Vec<(&Event, &Event)> {
        let standing = self.undone_and_not_brought_back();
        let with = self.written_with(undo).into_iter().filter(|other| standing.contains(&other.id()));
        let of = |undo: &'_ Event| match undo.act {
            Act::Undone { event } => self.event(event).filter(|of| self.record.may_undo(of)),
            _ => None,
        };
        with.filter_map(|undo| Some((undo, of(undo)?))).collect()
    }

    /// What was written in one transaction, by one command or one key: the same writer, moment and last event seen. What has the
    /// same moment because a clock was set back has not seen the same.
    fn written_with(&self, event: &Event) -> Vec<&Event> {
        let of = |event: &Event| (event.header.writer, event.header.at, event.header.base);
        let same = |other: &&Event| other.id() == event.id() || (event.header.base.is_some() && of(other) == of(event));
        self.entries.iter().filter(same).collect()
    }

    /// The undos of mine that no later undo took back.
    fn undone_and_not_brought_back(&self) -> BTreeSet<EventId> {
        let mut standing = BTreeSet::new();
        let mut taken_back = BTreeSet::new();
        for event in self.entries.iter().rev().filter(|event| event.header.author == self.sight.viewer()) {
            if let Act::Undone { event: target } = event.act
                && !taken_back.contains(&event.id())
            {
                taken_back.insert(target);
                standing.insert(event.id());
            }
        }
        standing
    }

    fn event(&self, id: EventId) -> Option<&Event> {
        self.entries.iter().rev().find(|event| event.id() == id)
    }

    /// The last undo of mine that stands, where no judging came after it and what it undid is not sealed; and what that was.
    pub fn bringable(&self) -> Option<(&Event, &Event)> {
        let mut brought_back = BTreeSet::new();
        for event in self.entries.iter().rev().filter(|event| event.header.author == self.sight.viewer()) {
            match event.act {
                Act::Undone { event: target } if !brought_back.contains(&event.id()) => {
                    let Some(of) = self.event(target) else { continue };
                    if matches!(of.act, Act::Undone { .. }) {
                        brought_back.insert(target);
                    } else if self.record.may_undo(of) {
                        return Some((event, of));
                    }
                }
                Act::Undone { .. } => {}
                _ if event.act.undoing() == Undoing::ByKey => return None,
                _ => {}
            }
        }
        None
    }
}

/// That what came after it stays, where anything did.
pub fn since_in_words(since: &[String]) -> String {
    match since {
        [] => String::new(),
        [one] => format!(" What you did after it stays: {one}."),
        [.., last] => format!(" What you did after it stays: {} acts, the last of them {last}.", since.len()),
    }
}

/// Whether it was meant as an act, as opposed to what is written down of hearing, reading, looking and typing.
fn is_deliberate(act: &Act) -> bool {
    use Act::*;
    let by_itself = matches!(act, Heard { .. } | Read { .. } | Shown { .. } | Drafted { .. } | Acknowledged { .. } | Undone { .. });
    !(by_itself || matches!(act, Giving { .. } | Shuffled { .. } | Unquoted { .. } | Unworded { .. } | Unknown { .. }))
}

/// The answer that a judging act is about.
fn answer_of(act: &Act) -> Option<AnswerId> {
    match act {
        Act::Rated { answer, .. }
        | Act::Cleared { answer, .. }
        | Act::Evidenced { answer, .. }
        | Act::Noted { answer, .. }
        | Act::Probed { answer, .. }
        | Act::Reconciled { answer, .. }
        | Act::Compared { a: answer, .. } => Some(*answer),
        _ => None,
    }
}

/// What kind of act something was, in words.
pub fn kind_in_words(kind: &str) -> &str {
    match kind {
        "rated" => "a rating",
        "cleared" => "taking back a rating",
        "evidenced" => "evidence",
        "noted" => "a note",
        "probed" => "a question to ask live",
        "must_have" => "a must-have",
        "recommended" => "a recommendation",
        "compared" => "a comparison",
        "tagged" => "a tag",
        "shortlisted" => "the shortlist",
        "decided" => "a decision",
        "assigned" => "an assignment",
        "released" => "a release",
        "commented" => "a remark",
        "witnessed" => "seeing that another reviewer sealed",
        "handed_off" => "a hand-off",
        "giving" => "giving an answer to an engine",
        "assisted" => "asking an engine",
        "received" => "taking a hand-off in",
        "unquoted" => "evidence that came without its quotes",
        "recused" => "stepping aside",
        "heard" => "hearing",
        "read" => "reading",
        "acknowledged" => "reading the rubric",
        "protocol" => "rules of the batch",
        "shuffled" => "the order of hearing",
        "sealed" => "a seal",
        "reopened" => "opening a seal again",
        "revealed" => "showing what was hidden",
        "shown" => "something first on screen",
        "calibrated" => "rating a clip",
        "reconciled" => "a value agreed on",
        "panel" => "the list of reviewers",
        "handed_over" => "handing on keys",
        "drafted" => "a draft",
        "attached" => "attaching a rubric",
        "matched" => "an application in the ATS",
        "held" => "a hold",
        "lifted" => "lifting a hold",
        "exported" => "an export",
        "erased" => "an erasure",
        "removed" => "removing recordings",
        "undone" => "an undo",
        other => other,
    }
}
