//! Deciding and tagging from the grid: short questions, each with its reason.

use super::desk::Deed;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Desk, Effect, Tone};
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
    pub(super) fn ask_decision(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let mut lead: Vec<SafeText> = Vec::new();
        if let [submission] = submissions[..] {
            lead = desk.before_deciding(submission);
        }
        let items = DECISIONS.iter().enumerate();
        let items = items.map(|(nth, (_, words, means))| Item::new(*words, *means, Choice::Nth(nth))).collect();
        let title = format!("What becomes of {}?", desk.all_of(&submissions));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Decide(submissions), items).led_by(lead)));
        Vec::new()
    }

    pub(super) fn ask_decision_reason(&mut self, submissions: Vec<SubmissionId>, nth: usize) -> Vec<Effect> {
        let (Some(desk), Some((decision, words, _))) = (&self.desk, DECISIONS.get(nth)) else { return Vec::new() };
        let title = format!("Why {words} {}?", desk.all_of(&submissions));
        let one = submissions.len() == 1;
        let purpose = Purpose::DecideReason { submissions, decision: *decision };
        let initial = desk.draft(&purpose).unwrap_or_default();
        let hint = match one {
            true => "Enter goes on; the reason is kept and exported · Esc keeps a draft",
            false => "Enter shows whom it concerns; the one reason is kept and exported with each · Esc leaves",
        };
        self.ask_line(&title, hint, purpose, &initial)
    }

    /// The reason is given: where the gate is closed, why not to wait is asked as well; what is done to many is shown first.
    pub(super) fn reason_is_given(&mut self, submissions: Vec<SubmissionId>, decision: Decision, reason: &str) -> Vec<Effect> {
        let reason = SafeText::block(reason);
        match submissions[..] {
            [one] if self.desk.as_ref().is_some_and(|desk| desk.may_decide(one)) => self.decide(one, decision, reason, None),
            [_] => self.ask_why_early(submissions, decision, reason),
            _ => self.preview(Deed::Decide { decision, reason, overrides: None }, submissions),
        }
    }

    pub(super) fn ask_why_early(&mut self, submissions: Vec<SubmissionId>, decision: Decision, reason: SafeText) -> Vec<Effect> {
        let hint = match submissions.len() {
            1 => "Enter decides; this is kept and exported too · Esc leaves",
            _ => "Enter shows whom it concerns; this is kept and exported too · Esc leaves",
        };
        let purpose = Purpose::DecideEarly { submissions, decision, reason };
        self.ask_line("Why decide before everyone was heard?", hint, purpose, "")
    }

    /// Why not to wait is given too.
    pub(super) fn haste_is_explained(
        &mut self,
        submissions: Vec<SubmissionId>,
        decision: Decision,
        reason: SafeText,
        why: &str,
    ) -> Vec<Effect> {
        let overrides = Some(SafeText::block(why));
        match submissions[..] {
            [one] => self.decide(one, decision, reason, overrides),
            _ => self.preview(Deed::Decide { decision, reason, overrides }, submissions),
        }
    }

    fn decide(&mut self, submission: SubmissionId, decision: Decision, reason: SafeText, why: Option<SafeText>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let said = format!("{}: {}.", desk.called(submission), decision_in_words(decision));
        let (subject, act) = desk.decide_act(submission, None, decision, reason, why);
        let mut effects = self.drop_draft(&Purpose::DecideReason { submissions: vec![submission], decision });
        effects.extend(self.write(act, subject));
        self.tell(Tone::Done, said);
        effects
    }

    pub(super) fn ask_tag(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let tags = desk.known_tags();
        if tags.is_empty() {
            return self.ask_new_tag(submissions);
        }
        let has = |tag: &SafeText| submissions.iter().filter(|id| desk.sight.tags_of(**id).any(|known| known == tag)).count();
        let item = |tag: &SafeText| {
            let (has, all, tag) = (has(tag), submissions.len(), tag.clone());
            let does = match has {
                _ if has == all && all == 1 => "is on: takes it off".to_owned(),
                _ if has == all => "is on all of them: takes it off".to_owned(),
                0 => "puts it on".to_owned(),
                has => format!("is on {has}: puts it on the other {}", all - has),
            };
            Item::new(tag.clone(), SafeText::line(&does), Choice::Tag { tag, on: has < all })
        };
        let new = Item::new("A new tag…", "", Choice::AskName);
        let items = tags.iter().map(item).chain([new]).collect();
        let title = format!("Tags of {}", desk.all_of(&submissions));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Tag(submissions), items)));
        Vec::new()
    }

    pub(super) fn ask_new_tag(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let title = format!("A tag for {}", desk.all_of(&submissions));
        self.ask_line(&title, "Enter puts it on · Esc leaves", Purpose::NewTag(submissions), "")
    }

    pub(super) fn tag(&mut self, submissions: Vec<SubmissionId>, tag: SafeText, on: bool) -> Vec<Effect> {
        let [submission] = submissions[..] else { return self.preview(Deed::Tag { tag, on }, submissions) };
        let Some(desk) = &self.desk else { return Vec::new() };
        let name = desk.called(submission);
        let Some((subject, act)) = desk.tag_act(submission, &tag, on) else {
            return self.tell(Tone::Hint, format!("{name} {}.", if on { "has this tag already" } else { "has this tag no more" }));
        };
        let effects = self.write(act, subject);
        self.tell(Tone::Done, format!("{name}: {tag} {}.", if on { "is on" } else { "is off" }));
        effects
    }
}

impl Desk {
    /// What there is to know before somebody is decided on.
    fn before_deciding(&self, submission: SubmissionId) -> Vec<SafeText> {
        let mut lead: Vec<SafeText> = Vec::new();
        if let Some(standing) = self.sight.decision(submission, None) {
            let words = decision_in_words(standing.decision);
            lead.push(SafeText::line(&format!("Decided so far: {words}. Another decision takes its place; both stay on record.")));
        }
        let gate = self.gate();
        if !gate.is_open_for(&self.sight, submission) {
            lead.push("Not everyone was heard yet; deciding now takes a reason of its own, which is kept and exported:".into());
            lead.extend(gate.all_waiting().map(|waiting| SafeText::line(&self.waiting_in_words(waiting))));
        }
        lead
    }

    /// One by name, several by number.
    pub(super) fn all_of(&self, submissions: &[SubmissionId]) -> String {
        match submissions {
            [one] => self.called(*one).to_string(),
            several => format!("{} selected candidates", several.len()),
        }
    }

    /// The tags of this batch, as far as they may be seen, each once.
    pub fn known_tags(&self) -> Vec<SafeText> {
        let tags = self.sight.tags.keys().map(|(_, tag)| tag.clone());
        tags.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}
