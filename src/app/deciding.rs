//! Deciding and tagging from the grid: short questions, each with its reason.

use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Effect, Tone};
use crate::interview::SubmissionId;
use crate::journal::Decision;
use crate::text::SafeText;

/// What can become of a submission, as people read it.
const DECISIONS: [(Decision, &str, &str); 3] = [
    (Decision::Advance, "advance", "goes on to the next step"),
    (Decision::Hold, "hold", "waits for the others"),
    (Decision::Decline, "decline", "does not go on"),
];

/// A decision as people read it.
pub fn decision_in_words(decision: Decision) -> &'static str {
    DECISIONS.iter().find(|(known, ..)| *known == decision).map_or("", |(_, words, _)| words)
}

impl App {
    pub(super) fn ask_decision(&mut self, submission: SubmissionId) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let gate = desk.gate();
        let mut lead: Vec<SafeText> = Vec::new();
        if let Some(standing) = desk.sight.decision(submission, None) {
            let words = decision_in_words(standing.decision);
            lead.push(SafeText::line(&format!("Decided so far: {words}. Another decision takes its place; both stay on record.")));
        }
        if !gate.open {
            lead.push("Not everyone was heard yet; deciding now takes a reason of its own, which is kept and exported:".into());
            lead.extend(gate.waiting.iter().map(|waiting| SafeText::line(&desk.waiting_in_words(waiting))));
        }
        let items = DECISIONS.iter().enumerate();
        let items = items.map(|(nth, (_, words, means))| Item::new(*words, *means, Choice::Nth(nth))).collect();
        let title = format!("What becomes of {}?", desk.called(submission));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Decide(submission), items).led_by(lead)));
        Vec::new()
    }

    pub(super) fn ask_decision_reason(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let (Some(desk), Some((decision, words, _))) = (&self.desk, DECISIONS.get(nth)) else { return Vec::new() };
        let title = format!("Why {words} {}?", desk.called(submission));
        let purpose = Purpose::DecideReason { submission, decision: *decision };
        let initial = desk.draft(&purpose).unwrap_or_default();
        self.ask_line(&title, "Enter goes on; the reason is kept and exported · Esc keeps a draft", purpose, &initial)
    }

    /// The reason is given: where the gate is closed, why not to wait is asked as well.
    pub(super) fn reason_is_given(&mut self, submission: SubmissionId, decision: Decision, reason: &str) -> Vec<Effect> {
        if self.desk.as_ref().is_some_and(|desk| desk.gate().open) {
            return self.decide(submission, decision, reason, None);
        }
        let purpose = Purpose::DecideEarly { submission, decision, reason: SafeText::block(reason) };
        self.ask_line(
            "Why decide before everyone was heard?",
            "Enter decides; this is kept and exported too · Esc leaves",
            purpose,
            "",
        )
    }

    pub(super) fn decide(
        &mut self,
        submission: SubmissionId,
        decision: Decision,
        reason: &str,
        overrides: Option<&str>,
    ) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let said = format!("{}: {}.", desk.called(submission), decision_in_words(decision));
        let (subject, act) = desk.decide_act(submission, None, decision, SafeText::block(reason), overrides.map(SafeText::block));
        let mut effects = self.drop_draft(&Purpose::DecideReason { submission, decision });
        effects.extend(self.write(act, subject));
        self.tell(Tone::Done, said);
        effects
    }

    pub(super) fn ask_tag(&mut self, submission: SubmissionId) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let tags = self.known_tags();
        if tags.is_empty() {
            return self.ask_new_tag(submission);
        }
        let on = |tag: &SafeText| desk.sight.tags_of(submission).any(|known| known == tag);
        let item = |tag: &SafeText| {
            let (on, tag) = (!on(tag), tag.clone());
            Item::new(tag.clone(), if on { "puts it on" } else { "is on: takes it off" }, Choice::Tag { tag, on })
        };
        let new = Item::new("A new tag…", "", Choice::AskName);
        let items = tags.iter().map(item).chain([new]).collect();
        let title = format!("Tags of {}", desk.called(submission));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Tag(submission), items)));
        Vec::new()
    }

    pub(super) fn ask_new_tag(&mut self, submission: SubmissionId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let title = format!("A tag for {}", desk.called(submission));
        self.ask_line(&title, "Enter puts it on · Esc leaves", Purpose::NewTag(submission), "")
    }

    pub(super) fn tag(&mut self, submission: SubmissionId, tag: &SafeText, on: bool) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let name = desk.called(submission);
        let Some((subject, act)) = desk.tag_act(submission, tag, on) else {
            return self.tell(Tone::Hint, format!("{name} {}.", if on { "has this tag already" } else { "has this tag no more" }));
        };
        let effects = self.write(act, subject);
        self.tell(Tone::Done, format!("{name}: {tag} {}.", if on { "is on" } else { "is off" }));
        effects
    }

    /// The tags of this batch, as far as they may be seen, each once.
    fn known_tags(&self) -> Vec<SafeText> {
        let tags = self.desk.iter().flat_map(|desk| desk.sight.tags.keys().map(|(_, tag)| tag.clone()));
        tags.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}
