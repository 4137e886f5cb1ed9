//! Text fields: opening one, keeping what stands in it as a draft, and what its text becomes.

use crate::app::desk::draft_name;
use crate::app::effect::{Effect, RubricFrom};
use crate::app::event::TextInput;
use crate::app::overlay::{Field, Overlay, Purpose};
use crate::app::{App, Tone};
use crate::journal::Act;
use crate::text::SafeText;

/// A text of so many letters is full, or nearly: a longer paste was cut.
const FULL: usize = 65_000;

impl App {
    pub(in crate::app) fn ask_export(&mut self) -> Vec<Effect> {
        // What leaves the library is written down there: without that, nothing leaves.
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let name = format!("{}/{}.csv", self.export_folder.trim_end_matches('/'), file_name(desk.batch.title.as_str()));
        self.ask_line("Write the comparative CSV to", "Enter writes it · Esc leaves", Purpose::Export, &name)
    }

    pub(in crate::app) fn ask_exchange(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let folder = self.exchange_folder.clone();
        self.ask_line("Exchange journals through the folder", "Enter exchanges · Esc leaves", Purpose::Exchange, &folder)
    }

    /// Opens a text field of one line, in which `initial` stands already.
    pub(in crate::app) fn ask_line(&mut self, title: &str, hint: &str, purpose: Purpose, initial: &str) -> Vec<Effect> {
        self.overlays.push(Overlay::Field(Field::new(title, hint, purpose, initial)));
        Vec::new()
    }

    pub(in crate::app) fn text(&mut self, input: TextInput) -> Vec<Effect> {
        if matches!(self.overlays.last(), Some(Overlay::Concordance(_))) {
            return self.look_up(input);
        }
        let Some(Overlay::Field(open)) = self.overlays.last_mut() else { return Vec::new() };
        match input {
            TextInput::Changed(now) => {
                open.now = now;
                let finds = (open.purpose == Purpose::Find).then(|| open.now.clone());
                // What is kept of a text ends there, with a sign; a paste may be longer.
                if open.now.len() >= FULL && open.now.chars().count() >= FULL {
                    return self
                        .tell(Tone::Trouble, "That is more than fits: what came behind 65,000 letters is not kept. Split it.");
                }
                finds.map_or_else(Vec::new, |typed| self.find_as_typed(&typed))
            }
            TextInput::Cancelled if open.purpose == Purpose::Find => {
                self.overlays.pop();
                self.search = None;
                self.play_on()
            }
            TextInput::Cancelled => {
                let kept = draft_name(&open.purpose).is_some() && !open.now.trim().is_empty();
                let effects = self.keep_draft();
                self.overlays.pop();
                if kept {
                    self.tell(Tone::Hint, "What you typed is kept as a draft: the same key opens it again.");
                }
                effects
            }
            TextInput::Done(text) => {
                let purpose = open.purpose.clone();
                self.overlays.pop();
                self.text_is_done(purpose, text.trim())
            }
        }
    }

    /// Whether something stands in an open text field that no draft keeps yet.
    pub fn types(&self) -> bool {
        let (Some(Overlay::Field(open)), Some(desk)) = (self.overlays.last(), &self.desk) else { return false };
        draft_name(&open.purpose).is_some() && open.now != desk.draft(&open.purpose).unwrap_or_else(|| open.initial.clone())
    }

    /// Keeps what stands in an open text field, so that a crash loses little of it.
    pub(in crate::app) fn keep_draft(&mut self) -> Vec<Effect> {
        let Some(Overlay::Field(open)) = self.overlays.last() else { return Vec::new() };
        let Some(name) = draft_name(&open.purpose) else { return Vec::new() };
        let (text, purpose) = (SafeText::block(&open.now), open.purpose.clone());
        let kept =
            self.desk.as_ref().and_then(|desk| desk.mine().drafts.get(&name)).map(|(text, _)| text.clone()).unwrap_or_default();
        if kept.raw() == text.raw() {
            return Vec::new();
        }
        self.write_draft(name, text, &purpose)
    }

    /// Forgets what was kept of a text field, where anything was.
    pub(in crate::app) fn drop_draft(&mut self, purpose: &Purpose) -> Vec<Effect> {
        let kept = self.desk.as_ref().and_then(|desk| desk.draft(purpose)).is_some_and(|text| !text.is_empty());
        match draft_name(purpose) {
            Some(name) if kept => self.write_draft(name, SafeText::default(), purpose),
            _ => Vec::new(),
        }
    }

    fn write_draft(&mut self, field: SafeText, text: SafeText, purpose: &Purpose) -> Vec<Effect> {
        let at = match purpose {
            Purpose::Note { at, .. } | Purpose::Probe { at, .. } => *at,
            _ => None,
        };
        let act = Act::Drafted { field, text, at };
        match purpose {
            Purpose::Note { answer, .. } | Purpose::Probe { answer, .. } | Purpose::ChangeReason { answer, .. } => {
                self.write_about(*answer, act)
            }
            Purpose::Reopen(scope) => {
                let subject = self.desk.as_ref().and_then(|desk| desk.subject_of(scope));
                self.write(act, subject)
            }
            Purpose::Comment(submission) => {
                let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(*submission));
                self.write(act, subject)
            }
            Purpose::DecideReason { whom, .. } => {
                let desk = self.desk.as_ref();
                let subject = desk.and_then(|desk| desk.candidate_of(*whom.submissions.first()?));
                self.write(act, subject)
            }
            _ => Vec::new(),
        }
    }

    fn text_is_done(&mut self, purpose: Purpose, text: &str) -> Vec<Effect> {
        if purpose == Purpose::Find {
            return self.find_here(text);
        }
        if let Purpose::DeliverTo(profile) = purpose {
            // Nothing means: where the profile says.
            return self.place_is_chosen(profile, text);
        }
        // A note beside a reason of the list may be empty.
        if text.is_empty() && !matches!(purpose, Purpose::DecideReason { because: Some(_), .. }) {
            let effects = self.drop_draft(&purpose);
            self.tell(Tone::Hint, "Nothing was written.");
            return effects;
        }
        // It may have been sealed while the field was open: the words stay as a draft.
        let about = match purpose {
            Purpose::Note { answer, .. } | Purpose::Probe { answer, .. } | Purpose::ChangeReason { answer, .. } => Some(answer),
            _ => None,
        };
        if let Some(refusal) = about.and_then(|answer| self.may_not_write(answer)) {
            let field = draft_name(&purpose).expect("what is written about an answer has a draft");
            let effects = self.write_draft(field, SafeText::block(text), &purpose);
            self.tell(Tone::Hint, refusal);
            return effects;
        }
        match purpose {
            Purpose::Note { answer, at, replaces } => {
                self.write_about(answer, Act::Noted { answer, at, text: SafeText::block(text), replaces })
            }
            Purpose::Probe { answer, at } => self.write_about(answer, Act::Probed { answer, at, text: SafeText::block(text) }),
            Purpose::Value { answer, criterion } => self.value_is_typed((answer, criterion), text),
            Purpose::ChangeReason { answer, criterion, observed } => {
                let purpose = Purpose::ChangeReason { answer, criterion: criterion.clone(), observed };
                let effects = self.write_change(answer, criterion, observed, Some(SafeText::block(text)));
                effects.into_iter().chain(self.drop_draft(&purpose)).collect()
            }
            Purpose::Reopen(scope) => {
                let effects = self.reopen(&scope, text);
                // What is in focus was opened again to be changed.
                if let Some(cursor) = self.cursor_mut() {
                    cursor.choose(cursor.criterion);
                }
                effects.into_iter().chain(self.drop_draft(&Purpose::Reopen(scope))).collect()
            }
            Purpose::DecideReason { whom, decision, because } => self.reason_is_given(whom, decision, because, text),
            Purpose::DecideEarlyWords(whom, verdict) => self.haste_is_explained(whom, *verdict, SafeText::block(text)),
            Purpose::Comment(submission) => self.comment(submission, text),
            Purpose::AgreeBecause { answer, criterion, observed } => self.agreed(answer, &criterion, observed, text),
            Purpose::NewTag(submissions) => self.tag(submissions, SafeText::line(text), true),
            Purpose::ReleaseReason { submissions, from, to } => self.release(submissions, from, to, text),
            Purpose::Minutes => self.sit(text),
            Purpose::Meet => self.meet(text),
            Purpose::RubricPath => self.find_rubric(RubricFrom::File(text.to_owned())),
            Purpose::Export => {
                let batch = self.desk.as_ref().map(|desk| desk.batch.id);
                batch.map(|batch| Effect::Export { batch, path: text.to_owned() }).into_iter().collect()
            }
            Purpose::DeliverProfile => self.profile_is_chosen(text.to_owned()),
            Purpose::MatchFile => self.read_listing(text),
            Purpose::Exchange => {
                text.clone_into(&mut self.exchange_folder);
                let mut effects = self.tell(Tone::Hint, format!("Exchanging through {text} …"));
                effects.push(Effect::Exchange(text.to_owned()));
                effects
            }
            _ => Vec::new(),
        }
    }
}

/// A title as a file's name: letters and digits stay, the rest becomes hyphens.
fn file_name(title: &str) -> String {
    let name: String = title.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut parts = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    parts.truncate(parts.char_indices().nth(60).map_or(parts.len(), |(at, _)| at));
    if parts.is_empty() { "comparison".to_owned() } else { parts }
}
