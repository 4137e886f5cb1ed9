//! Deciding and tagging from the grid: short questions, each with its reason.

use std::collections::BTreeMap;

use super::desk::{Deed, Verdict};
use super::overlay::{Choice, Item, Overlay, Picker, Purpose, Whom};
use super::{App, Desk, Effect, Tone};
use crate::interview::SubmissionId;
use crate::journal::{Act, Decision};
use crate::panel::Against;
use crate::protocol::decisions::{Because, FAST, reasons};
use crate::text::SafeText;

/// What can become of a submission, as people read it.
const DECISIONS: [(Decision, &str, &str); 3] = [
    (Decision::Advance, "advance", "goes on to the next step"),
    (Decision::Hold, "hold", "waits for the others"),
    (Decision::Decline, "decline", "does not go on"),
];

fn short_list(reasons: &[Because]) -> Vec<Item> {
    let each = reasons.iter().enumerate().map(|(nth, one)| Item::new(one.words, one.code, Choice::Nth(nth)));
    each.chain([Item::new(OWN_WORDS, "", Choice::AskName)]).collect()
}

/// A decision as people read it.
pub fn decision_in_words(decision: Decision) -> &'static str {
    DECISIONS.iter().find(|(known, ..)| *known == decision).map_or("", |(_, words, _)| words)
}

/// The last line of every short list.
const OWN_WORDS: &str = "In your own words…";

impl App {
    /// Asks what becomes of them; of one who belongs to several applications, for which of them first.
    pub(super) fn ask_decision(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let [submission] = submissions[..] else { return self.ask_what_becomes(Whom { submissions, application: None }) };
        let applications = desk.applications(submission);
        if applications.len() < 2 {
            return self.ask_what_becomes(Whom { submissions, application: None });
        }
        let whole = Item::new(SafeText::line(&format!("All {} applications", applications.len())), "", Choice::Nth(0));
        let each = applications
            .iter()
            .enumerate()
            .map(|(nth, id)| Item::new(id.clone(), desk.application_in_words(submission, id), Choice::Nth(nth + 1)));
        let items = std::iter::once(whole).chain(each).collect();
        let title = format!("Decide on which application of {}?", desk.called(submission));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::DecideFor(submission, applications), items)));
        Vec::new()
    }

    pub(super) fn application_is_chosen(&mut self, submission: SubmissionId, all: &[SafeText], nth: usize) -> Vec<Effect> {
        let application = nth.checked_sub(1).and_then(|at| all.get(at)).cloned();
        self.ask_what_becomes(Whom { submissions: vec![submission], application })
    }

    fn ask_what_becomes(&mut self, whom: Whom) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let lead = whom.one().map_or_else(Vec::new, |one| desk.before_deciding(one));
        let items = DECISIONS.iter().enumerate();
        let items = items.map(|(nth, (_, words, means))| Item::new(*words, *means, Choice::Nth(nth))).collect();
        let title = format!("What becomes of {}?", desk.whom_in_words(&whom));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Decide(whom), items).led_by(lead)));
        Vec::new()
    }

    /// What becomes of them is chosen: the short list of reasons.
    pub(super) fn ask_decision_reason(&mut self, whom: Whom, nth: usize) -> Vec<Effect> {
        let (Some(desk), Some((decision, words, _))) = (&self.desk, DECISIONS.get(nth)) else { return Vec::new() };
        let title = format!("Why {words} {}?", desk.whom_in_words(&whom));
        let mut items = short_list(reasons(*decision));
        // Of who sent nothing there is nothing to be below a bar: what is so of them comes first.
        if desk.sent_nothing(&whom.submissions)
            && let Some(at) = reasons(*decision).iter().position(|one| one.code == "stepped-back")
        {
            items[..=at].rotate_right(1);
        }
        let purpose = Purpose::DecideBecause(whom, *decision);
        self.overlays.push(Overlay::Picker(Picker::new(&title, purpose, items)));
        Vec::new()
    }

    /// A reason of the short list is chosen, to which a note can be written; or it is to be said in one's own words.
    pub(super) fn reason_is_chosen(&mut self, whom: Whom, decision: Decision, choice: &Choice) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let because = if let Choice::Nth(nth) = choice { reasons(decision).get(*nth).copied() } else { None };
        let one = whom.one().is_some();
        let title = match because {
            Some(because) => format!("{}. A note to it?", because.words),
            None => format!("Why {} {}?", decision_in_words(decision), desk.whom_in_words(&whom)),
        };
        let hint = match (because, one) {
            (Some(_), true) => "Enter goes on, with a note or without · Esc leaves",
            (Some(_), false) => "Enter shows whom it concerns, with a note or without · Esc leaves",
            (None, true) => "Enter goes on; the reason is kept and exported · Esc keeps a draft",
            (None, false) => "Enter shows whom it concerns; the one reason is kept and exported with each · Esc leaves",
        };
        let purpose = Purpose::DecideReason { whom, decision, because };
        let initial = desk.draft(&purpose).unwrap_or_default();
        self.ask_line(&title, hint, purpose, &initial)
    }

    /// The reason is given: where the gate is closed, why not to wait is asked as well; what is done to many is shown first.
    pub(super) fn reason_is_given(&mut self, whom: Whom, decision: Decision, because: Option<Because>, text: &str) -> Vec<Effect> {
        let reason = because.map_or_else(|| SafeText::block(text), |because| because.with(text));
        let verdict = Verdict { decision, because: because.map(Because::slug), reason, overrides: None };
        match whom.one() {
            Some(one) if self.desk.as_ref().is_some_and(|desk| desk.may_decide(one)) => self.decide(&whom, one, verdict),
            Some(_) => self.ask_why_early(whom, verdict),
            None => self.preview(Deed::Decide(verdict), whom.submissions),
        }
    }

    /// Asks why not to wait until everyone was heard.
    pub(super) fn ask_why_early(&mut self, whom: Whom, verdict: Verdict) -> Vec<Effect> {
        let lead = vec!["Not everyone was heard yet. This is kept and exported too.".into()];
        let purpose = Purpose::DecideEarly(whom, Box::new(verdict));
        // Not to wait is the exception: it is chosen, never come upon by pressing Enter.
        let items = [Item::new("Do not: wait until everyone was heard", "", Choice::No)].into_iter().chain(short_list(&FAST));
        let picker = Picker::new("Why decide before everyone was heard?", purpose, items.collect());
        self.overlays.push(Overlay::Picker(picker.led_by(lead)));
        Vec::new()
    }

    /// Why not to wait is chosen, or is to be said in one's own words.
    pub(super) fn haste_is_chosen(&mut self, whom: Whom, verdict: Verdict, choice: &Choice) -> Vec<Effect> {
        if *choice == Choice::No {
            return self.tell(Tone::Hint, "Nothing was decided.");
        }
        if let Some(because) = if let Choice::Nth(nth) = choice { FAST.get(*nth) } else { None } {
            return self.haste_is_explained(whom, verdict, because.with(""));
        }
        let hint = match whom.one() {
            Some(_) => "Enter decides; this is kept and exported too · Esc leaves",
            None => "Enter shows whom it concerns; this is kept and exported too · Esc leaves",
        };
        let purpose = Purpose::DecideEarlyWords(whom, Box::new(verdict));
        self.ask_line("Why decide before everyone was heard?", hint, purpose, "")
    }

    /// Why not to wait is given too.
    pub(super) fn haste_is_explained(&mut self, whom: Whom, verdict: Verdict, why: SafeText) -> Vec<Effect> {
        let verdict = Verdict { overrides: Some(why), ..verdict };
        match whom.one() {
            Some(one) => self.decide(&whom, one, verdict),
            None => self.preview(Deed::Decide(verdict), whom.submissions),
        }
    }

    fn decide(&mut self, whom: &Whom, submission: SubmissionId, verdict: Verdict) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let decision = verdict.decision;
        let said = format!("{}: {}.", desk.whom_in_words(whom), decision_in_words(decision));
        let (subject, act) = desk.decide_act(submission, whom.application.clone(), verdict);
        let purpose = Purpose::DecideReason { whom: whom.clone(), decision, because: None };
        let before = desk.against_ranking().clone();
        let mut effects = self.drop_draft(&purpose);
        effects.extend(self.write(act, subject));
        let against = self.desk.as_ref().and_then(|desk| desk.against_now(submission, &before));
        match against {
            Some(against) => self.tell(Tone::Hint, format!("{said} Against the ranking, which is kept in sight: {against}.")),
            None => self.tell(Tone::Done, said),
        };
        effects
    }

    /// Asks what there is to remark on a candidate, outside the scorecard; what plays waits.
    pub(super) fn ask_comment(&mut self, submission: SubmissionId) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let purpose = Purpose::Comment(submission);
        let (title, initial) = (format!("Remark on {}", desk.called(submission)), desk.draft(&purpose).unwrap_or_default());
        self.ask_line(&title, "Enter keeps it, for everyone who decides · Esc keeps a draft", purpose, &initial)
    }

    pub(super) fn comment(&mut self, submission: SubmissionId, text: &str) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let (name, subject) = (desk.called(submission), desk.candidate_of(submission));
        let mut effects = self.drop_draft(&Purpose::Comment(submission));
        effects.extend(self.write(Act::Commented { submission, text: SafeText::block(text) }, subject));
        self.tell(Tone::Done, format!("{name}: remarked."));
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
            Item::new(desk.without_names(&tag), SafeText::line(&does), Choice::Tag { tag, on: has < all })
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
        let shown = desk.quoted_of(submission, &tag);
        let effects = self.write(act, subject);
        self.tell(Tone::Done, format!("{name}: {shown} {}.", if on { "is on" } else { "is off" }));
        effects
    }
}

impl Desk {
    /// How a decision that was just made goes against the ranking, and whose earlier one does so by it; none where nothing does.
    fn against_now(&self, submission: SubmissionId, before: &BTreeMap<SubmissionId, Against>) -> Option<String> {
        let own = self.against_in_words(submission);
        let others = self.newly_against(before).into_iter().filter(|id| *id != submission);
        let others = others.filter_map(|id| Some(format!("{} was {}", self.called(id), self.against_in_words(id)?)));
        let all: Vec<String> = own.into_iter().chain(others).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// What there is to know before somebody is decided on.
    fn before_deciding(&self, submission: SubmissionId) -> Vec<SafeText> {
        let mut lead: Vec<SafeText> = Vec::new();
        if let Some(words) = self.decided_in_words(submission) {
            lead.push(SafeText::line(&format!("Decided so far: {words}.")));
            lead.extend(self.against_in_words(submission).map(|words| SafeText::line(&format!("Against the ranking: {words}."))));
            lead.push("Another decision takes its place; both stay on record.".into());
        } else {
            let would = self.would_be_against(submission).into_iter();
            let words = would.map(|(decision, how)| format!("To {} goes against the ranking: {how}.", decision_in_words(decision)));
            lead.extend(words.map(|words| SafeText::line(&words)));
        }
        let gate = self.gate();
        if !gate.is_open_for(&self.sight, submission) {
            lead.push("Not everyone was heard yet; deciding now takes a reason of its own, which is kept and exported:".into());
            lead.extend(gate.all_waiting().map(|waiting| SafeText::line(&self.waiting_in_words(waiting))));
        }
        lead
    }

    /// An application with its requisition and what was decided on it.
    fn application_in_words(&self, submission: SubmissionId, id: &SafeText) -> SafeText {
        let given = self.batch.submission(submission).into_iter().flat_map(|one| &one.applications);
        let requisition = given.filter(|one| one.id == *id).find_map(|one| one.requisition.clone());
        let decided = self.sight.decision(submission, Some(id)).map(|decided| decision_in_words(decided.decision));
        let parts = [requisition.map(|id| id.to_string()), decided.map(|word| format!("decided: {word}"))];
        SafeText::line(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    }

    /// On whom is decided: by name, with the application where it is one of several.
    fn whom_in_words(&self, whom: &Whom) -> String {
        let of = whom.application.as_ref().map_or_else(String::new, |id| format!(", application {id}"));
        format!("{}{of}", self.all_of(&whom.submissions))
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
