//! Acting on many candidates at once from the grid: selecting them, seeing what an act comes to before it is done, assigning.

use super::desk::{Deed, Undertaking, Verdict};
use super::judging::ONLY_DECIDES;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose, Whom};
use super::{App, Desk, Effect, Slot, Tone};
use crate::interview::{AnswerId, ReviewerId, SubmissionId};
use crate::text::SafeText;

/// Why one steps aside.
const ASIDE: [&str; 3] = ["I know this person", "I have an interest in the outcome", "Another reason not to judge this person"];

impl App {
    /// Selects one, or not any more.
    pub(super) fn select(&mut self, submission: SubmissionId) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if let Some(at) = desk.selected.iter().position(|selected| *selected == submission) {
            desk.selected.remove(at);
            return Vec::new();
        }
        desk.selected.push(submission);
        match desk.selected.len() {
            many if many == Slot::COUNT + 1 => {
                self.tell(Tone::Hint, "Five are selected: D, t, * and w act on all of them; side by side stand the first four.")
            }
            _ => Vec::new(),
        }
    }

    /// Selects everyone who is shown; where they are all selected already, nobody of them.
    pub(super) fn select_shown(&mut self) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let new: Vec<SubmissionId> = desk.shown.iter().copied().filter(|id| !desk.selected.contains(id)).collect();
        match new.is_empty() {
            true => {
                let shown = std::mem::take(&mut desk.shown);
                desk.selected.retain(|id| !shown.contains(id));
                desk.shown = shown;
            }
            false => desk.selected.extend(new),
        }
        self.tell_selected()
    }

    /// Selects those shown who were not, and no others.
    pub(super) fn invert_selection(&mut self) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let fresh: Vec<SubmissionId> = desk.shown.iter().copied().filter(|id| !desk.selected.contains(id)).collect();
        desk.selected = fresh;
        self.tell_selected()
    }

    pub(super) fn clear_selection(&mut self) -> Vec<Effect> {
        self.desk.iter_mut().for_each(|desk| desk.selected.clear());
        self.tell_selected()
    }

    fn tell_selected(&mut self) -> Vec<Effect> {
        let words = match self.desk.as_ref().map_or(0, |desk| desk.selected.len()) {
            0 => "Nobody is selected.".to_owned(),
            1 => "1 candidate is selected.".to_owned(),
            n => format!("{n} candidates are selected."),
        };
        self.tell(Tone::Hint, words)
    }

    /// Shows what a deed comes to: whom it concerns, whom it leaves out and why. What concerns one alone is done at once.
    pub(super) fn preview(&mut self, deed: Deed, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let whole = desk.undertake(&deed, &submissions);
        let waiting: usize = whole.left_out.iter().filter(|out| out.waits).map(|out| out.who.len()).sum();
        if submissions.len() == 1 && whole.who.len() == 1 {
            return self.undertaken(&deed, whole);
        }
        if whole.who.is_empty() && waiting == 0 {
            let why = whole.left_out.first().map_or_else(String::new, |out| format!(": {}", out.why));
            let whom = if whole.missing() == 1 { desk.named(&submissions) } else { format!("All {}", whole.missing()) };
            return self.tell(Tone::Hint, format!("{whom}{why}. Nothing was written."));
        }
        let does = deed.in_words(desk, whole.who.len());
        let mut items = Vec::new();
        if !whole.who.is_empty() {
            items.push(Item::new(SafeText::line(&does), "one step, which u takes back", Choice::Yes));
        }
        let title = match whole.who.is_empty() {
            true => format!("{}: none of them yet", deed.in_words(desk, waiting)),
            false => format!("{does}?"),
        };
        if waiting > 0 {
            let them = match (whole.who.is_empty(), waiting) {
                (true, 1) => "All the same, for a reason of its own…".to_owned(),
                (true, _) => format!("All {waiting} all the same, for a reason of its own…"),
                (false, _) => format!("With the {waiting} who wait too, for a reason of its own…"),
            };
            items.push(Item::new(SafeText::line(&them), "", Choice::AskName));
        }
        // Where all that is offered goes past the gate, Enter alone does not.
        let at = if whole.who.is_empty() { 0 } else { items.len() };
        items.insert(at, Item::new("Do not", "", Choice::No));
        let lead = desk.preview_lines(&deed, &whole);
        let purpose = Purpose::Confirm(Box::new(deed), submissions);
        self.overlays.push(Overlay::Picker(Picker::new(&title, purpose, items).led_by(lead)));
        Vec::new()
    }

    /// What was shown is wanted, or not, or wanted for those too who would wait.
    pub(super) fn confirmed(&mut self, deed: Deed, submissions: Vec<SubmissionId>, choice: Choice) -> Vec<Effect> {
        match (deed, choice) {
            (deed, Choice::Yes) => {
                let Some(desk) = &self.desk else { return Vec::new() };
                // As it stands now: somebody may have acted while it was read.
                let whole = desk.undertake(&deed, &submissions);
                self.undertaken(&deed, whole)
            }
            (Deed::Decide(verdict), Choice::AskName) => self.ask_why_early(Whom { submissions, application: None }, verdict),
            _ => self.tell(Tone::Hint, "Nothing was written."),
        }
    }

    fn undertaken(&mut self, deed: &Deed, whole: Undertaking) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let (does, left_out) = (deed.in_words(desk, whole.who.len()), whole.missing());
        let whom = if whole.who.len() == 1 { format!(" ({})", desk.named(&whole.who)) } else { String::new() };
        let effects = self.write_all(whole.acts);
        if effects.is_empty() {
            return effects;
        }
        let rest = if left_out > 0 { format!("; {left_out} left out") } else { String::new() };
        self.tell(Tone::Done, format!("Done: {}{whom}{rest}. u takes it back.", lower(&does)));
        effects
    }

    /// On the shortlist unless they all are.
    pub(super) fn shortlist(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        let listed = |desk: &Desk| submissions.iter().all(|id| desk.sight.shortlist.contains_key(id));
        let on = !self.desk.as_ref().is_some_and(listed);
        self.preview(Deed::Shortlist { on }, submissions)
    }

    /// Lists who could review them, and who does.
    pub(super) fn ask_reviewers(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let reviewers = desk.reviewers();
        let has = |reviewer| submissions.iter().filter(|id| desk.is_to_review(reviewer, **id)).count();
        let all = submissions.len();
        let mut items = Vec::new();
        for &to in &reviewers {
            let detail = match has(to) {
                0 => "not theirs to review now".to_owned(),
                n if n == all => "theirs to review already".to_owned(),
                n => format!("reviews {n} of them now"),
            };
            items.push(Item::new(say(&format!("Assign to {}", desk.who_is(to))), say(&detail), Choice::Assign(to)));
        }
        for &from in reviewers.iter().filter(|reviewer| has(**reviewer) > 0) {
            let who = desk.who_is(from);
            items.push(Item::new(say(&format!("Release {who}…")), "with a reason", Choice::Release { from, to: None }));
            for &to in reviewers.iter().filter(|to| **to != from) {
                let label = format!("Hand over from {who} to {}…", desk.who_is(to));
                items.push(Item::new(say(&label), "with a reason", Choice::Release { from, to: Some(to) }));
            }
        }
        let lead = match submissions[..] {
            [one] => desk.assigned_in_words(one).map(|who| say(&format!("Assigned to: {who}"))),
            _ => None,
        };
        let lead = lead.unwrap_or_else(|| "Until somebody is assigned, everyone on the panel reviews everyone.".into());
        let title = format!("Who reviews {}?", desk.all_of(&submissions));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Reviewers(submissions), items).led_by(vec![lead])));
        Vec::new()
    }

    pub(super) fn reviewer_is_chosen(&mut self, submissions: Vec<SubmissionId>, choice: Choice) -> Vec<Effect> {
        match choice {
            Choice::Assign(to) => self.preview(Deed::Assign { to }, submissions),
            Choice::Release { from, to } => {
                let Some(desk) = &self.desk else { return Vec::new() };
                let title = format!("Why does {} not review {} any more?", desk.who_is(from), desk.all_of(&submissions));
                let title = title.replace("does you not", "do you not");
                let purpose = Purpose::ReleaseReason { submissions, from, to };
                self.ask_line(&title, "Enter goes on; the reason is kept · Esc leaves", purpose, "")
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn release(
        &mut self,
        submissions: Vec<SubmissionId>,
        from: ReviewerId,
        to: Option<ReviewerId>,
        reason: &str,
    ) -> Vec<Effect> {
        let reason = SafeText::line(reason);
        let deed = match to {
            Some(to) => Deed::HandOver { from, to, reason },
            None => Deed::Release { from, reason },
        };
        self.preview(deed, submissions)
    }

    pub(super) fn ask_recusal_of(&mut self, answer: AnswerId) -> Vec<Effect> {
        let submission = self.desk.as_ref().and_then(|desk| desk.batch.answer(answer)).map(|(submission, _)| submission.id);
        submission.map(|submission| self.ask_recusal(vec![submission])).unwrap_or_default()
    }

    /// Asks why one steps aside; from then on one neither rates these nor is waited for.
    pub(super) fn ask_recusal(&mut self, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if self.only_decides() {
            return self.tell(Tone::Hint, ONLY_DECIDES);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        if submissions.iter().all(|id| desk.mine().recused.contains_key(id)) {
            return self.tell(Tone::Hint, "You stepped aside already.");
        }
        let items = ASIDE.iter().enumerate().map(|(nth, words)| Item::new(*words, "", Choice::Nth(nth)));
        let items = items.chain([Item::new("Do not step aside", "", Choice::No)]).collect();
        let lead = vec!["You then review this no more; your ratings of it do not count, and nobody waits for them.".into()];
        let title = format!("Step aside from {}?", desk.all_of(&submissions));
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Recuse(submissions), items).led_by(lead)));
        Vec::new()
    }

    pub(super) fn recuse(&mut self, submissions: Vec<SubmissionId>, nth: usize) -> Vec<Effect> {
        let reason = ASIDE.get(nth).map(|words| SafeText::line(words));
        self.preview(Deed::Recuse { reason }, submissions)
    }
}

impl Desk {
    /// Whom a deed concerns and whom it leaves out, with the reasons.
    fn preview_lines(&self, deed: &Deed, whole: &Undertaking) -> Vec<SafeText> {
        let mut lines = Vec::new();
        lines.extend(deed.reason().map(|reason| say(&format!("Reason: {reason}"))));
        if let Deed::Decide(Verdict { overrides: Some(why), .. }) = deed {
            lines.push(say(&format!("Although not everyone was heard: {why}")));
        }
        if !whole.who.is_empty() {
            lines.push(say(&format!("{}: {}", whole.who.len(), self.named(&whole.who))));
        }
        let out = whole.left_out.iter();
        lines.extend(out.map(|out| say(&format!("Left out, {}, {}: {}", out.who.len(), out.why, self.named(&out.who)))));
        lines
    }
}

fn say(words: &str) -> SafeText {
    SafeText::line(words)
}

/// With a small first letter.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
