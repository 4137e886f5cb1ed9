//! Choosing from a list, finishing a text field, reading: what lies over the screens.

use super::action::{Action, Place};
use super::desk::draft_name;
use super::event::{Command, Effect, Offer, OutputRow, RubricFrom, TextInput};
use super::judging::{NO_RUBRIC, RECOMMENDATIONS, REVEAL_REASONS};
use super::overlay::{Choice, Field, Item, Overlay, Page, Picker, Purpose, Reader};
use super::{App, Tone};
use crate::interview::{Slug, SubmissionId};
use crate::journal::{Act, MustHaveAnswer, Subject};
use crate::rubric::{Mapping, QuestionMap, Rubric};
use crate::text::SafeText;

/// A rubric that was offered, and how its questions are tied so far.
#[derive(Debug)]
pub(super) struct Pending {
    offer: Offer,
    said: QuestionMap,
}

impl App {
    pub(super) fn open_help(&mut self) -> Vec<Effect> {
        let place = self.screen().place();
        let here = self.actions().filter(|action| action.places().contains(&place));
        let anywhere = Action::ALL.iter().copied().filter(|action| action.places().contains(&Place::Anywhere));
        let items = here.chain(anywhere).map(Item::from).collect();
        let title = format!("Keys in {}", place.name());
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Run, items).filtering()));
        Vec::new()
    }

    /// All actions, without the digits that are not on the scale.
    fn actions(&self) -> impl Iterator<Item = Action> {
        let last = self.last_digit().unwrap_or(9);
        Action::ALL.iter().copied().filter(move |action| action.digit().is_none_or(|digit| digit <= last))
    }

    pub(super) fn open_palette(&mut self) -> Vec<Effect> {
        let place = self.screen().place();
        let items = self.actions().filter(|action| action.works_in(place)).map(Item::from).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Do", Purpose::Run, items).filtering()));
        Vec::new()
    }

    pub(super) fn read_rubric(&mut self) -> Vec<Effect> {
        if self.desk.is_none() {
            return self.tell(Tone::Hint, "Open a batch first: the rubric is that batch's.");
        }
        let Some(rubric) = self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()) else {
            return self.tell(Tone::Hint, NO_RUBRIC);
        };
        let title = SafeText::line(&format!("{} · {}", rubric.title, rubric.version));
        self.overlays.push(Overlay::Reader(Reader { title, page: Page::Rubric, scroll: 0 }));
        Vec::new()
    }

    /// The rubric is read before the first answer plays.
    pub(super) fn acknowledge_first(&mut self) -> Vec<Effect> {
        if self.acknowledges() { self.read_rubric() } else { Vec::new() }
    }

    /// Whether reading the rubric is still to come before the first rating.
    fn acknowledges(&self) -> bool {
        let Some(desk) = &self.desk else { return false };
        let attached = desk.record.attachment.as_ref().map(|attachment| attachment.rubric_hash);
        desk.rubric.is_some() && desk.mine().acknowledged != attached && !self.read_only
    }

    /// Whether the rubric lies over an answer that plays once it was read.
    pub fn reads_first(&self) -> bool {
        let over_answer = matches!(self.screen(), super::Screen::Review(_) | super::Screen::Compare(_));
        let rubric = matches!(self.overlays.last(), Some(Overlay::Reader(Reader { page: Page::Rubric, .. })));
        over_answer && rubric && self.acknowledges()
    }

    fn acknowledge(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(hash) = desk.record.attachment.as_ref().map(|attachment| attachment.rubric_hash) else { return Vec::new() };
        if desk.mine().acknowledged == Some(hash) || self.read_only {
            return Vec::new();
        }
        let mut effects = self.write(Act::Acknowledged { rubric_hash: hash }, None);
        if self.autoplay && matches!(self.screen(), super::Screen::Review(_)) {
            effects.extend(self.play());
        }
        effects
    }

    pub(super) fn act_on_overlay(&mut self, action: Action) -> Vec<Effect> {
        if matches!(self.overlays.last(), Some(Overlay::Concordance(_))) {
            return self.on_concordance(action);
        }
        let by = match action {
            Action::Quit => return self.leave(),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Back if self.reads_first() => {
                // Who leaves the rubric unread leaves the answer that it comes before.
                self.overlays.pop();
                return self.back();
            }
            Action::Back | Action::Open | Action::ReadRubric => return self.leave_overlay(),
            Action::Up => -1,
            Action::Down => 1,
            Action::PageUp => -10,
            Action::PageDown => 10,
            Action::First => isize::MIN,
            Action::Last => isize::MAX,
            _ => return self.tell_overlay_keys(),
        };
        if let Some(Overlay::Reader(reader)) = self.overlays.last_mut() {
            reader.scroll = reader.scroll.saturating_add_signed(by);
        }
        Vec::new()
    }

    /// A key came that means nothing here; `bound` is where it means something.
    pub(super) fn stray_key(&mut self, key: &SafeText, bound: &[(Place, Action)]) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return self.tell_overlay_keys();
        }
        let Some((_, action)) = bound.first() else { return Vec::new() };
        let same = bound.iter().filter(|(_, other)| other == action);
        let places: Vec<&str> = same.map(|(place, _)| place.title()).collect();
        self.tell(Tone::Hint, format!("{key} works in {}: {}", places.join(", "), action.help()))
    }

    /// Says which keys the thing over the screen takes.
    fn tell_overlay_keys(&mut self) -> Vec<Effect> {
        let is_read_first = self.acknowledges();
        let words = match self.overlays.last() {
            Some(Overlay::Reader(_)) if is_read_first => {
                "Read the rubric first: arrows scroll it, Enter goes on. Digits rate after that."
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
            Some(Overlay::Reader(Reader { page: Page::Rubric, .. })) => self.acknowledge(),
            Some(Overlay::Picker(Picker { purpose: Purpose::MapQuestion(nth), .. })) => self.map_again(nth),
            Some(Overlay::Picker(Picker { purpose: Purpose::ConfirmRubric, .. })) => match &self.offer {
                Some(Pending { offer, .. }) if offer.mapping.is_none() => self.map_again(offer.questions.len()),
                _ => self.do_not_attach(),
            },
            Some(Overlay::Picker(Picker { purpose: Purpose::Run | Purpose::Output, .. })) => self.play_on(),
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
            (Purpose::Seal { scope, unheard }, Choice::Yes) => self.seal(&scope, unheard),
            (Purpose::Decide(submission), Choice::Nth(nth)) => self.ask_decision_reason(submission, nth),
            (Purpose::Tag(submission), Choice::Tag { tag, on }) => self.tag(submission, &tag, on),
            (Purpose::Tag(submission), Choice::AskName) => self.ask_new_tag(submission),
            (Purpose::Recommend(submission), Choice::Nth(nth)) => self.recommend(submission, nth),
            (Purpose::Reveal(submission), Choice::Nth(nth)) => self.reveal(submission, nth),
            (Purpose::MustHave(submission, must), Choice::Nth(nth)) => self.must_have(submission, &must, nth),
            _ => Vec::new(),
        }
    }

    fn recommend(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let Some((recommendation, words)) = RECOMMENDATIONS.get(nth) else { return Vec::new() };
        let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(submission));
        let effects = self.write(Act::Recommended { submission, recommendation: *recommendation }, subject);
        self.tell(Tone::Done, format!("Recommendation: {words}."));
        effects
    }

    fn reveal(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(submission));
        let reason = REVEAL_REASONS.get(nth).map(|words| SafeText::line(words));
        self.write(Act::Revealed { what: Subject::Name(submission), reason }, subject)
    }

    fn must_have(&mut self, submission: SubmissionId, must: &Slug, nth: usize) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        // Another rubric may have been attached while the question was open.
        let at = desk.rubric.as_ref().and_then(|rubric| rubric.must_haves.iter().position(|known| known.id == *must));
        let Some(at) = at else {
            return self.tell(Tone::Hint, "The rubric was changed meanwhile and does not ask this any more. Nothing was written.");
        };
        let met = [MustHaveAnswer::Yes, MustHaveAnswer::No, MustHaveAnswer::Unclear].get(nth).copied();
        let Some(met) = met else { return Vec::new() };
        let (subject, answer) = (desk.candidate_of(submission), desk.reviewing);
        let mut effects = self.write(Act::MustHave { submission, id: must.clone(), met, span: None }, subject);
        if let Some(answer) = answer {
            effects.extend(self.ask_must_have(answer, at + 1));
        }
        effects
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

    fn play_on_output(&mut self, id: Option<String>, name: &SafeText) -> Vec<Effect> {
        self.tell(Tone::Done, format!("Sound: {name}. The setting audio.device keeps it."));
        let played = self.play_on();
        std::iter::once(Effect::Player(Command::Output(id))).chain(played).collect()
    }

    fn find_rubric(&mut self, from: RubricFrom) -> Vec<Effect> {
        self.batch_for_rubric().map(|batch| Effect::FindRubric { batch, from }).into_iter().collect()
    }

    fn ask_rubric_path(&mut self) -> Vec<Effect> {
        self.ask_line("The rubric's file", "a path to a TOML file · Enter looks at it · Esc leaves", Purpose::RubricPath, "")
    }

    pub(super) fn rubric_found(&mut self, offer: Box<Offer>) -> Vec<Effect> {
        // The reviewer has gone to another batch; what was asked for this one is no longer news.
        if self.batch_for_rubric() != Some(offer.batch) {
            return Vec::new();
        }
        let asks = offer.mapping.is_none();
        self.offer = Some(Pending { offer: *offer, said: Vec::new() });
        if asks { self.ask_mapping(0) } else { self.ask_attach() }
    }

    /// Asks which of the rubric's questions scores a question of the batch.
    fn ask_mapping(&mut self, nth: usize) -> Vec<Effect> {
        let Some(pending) = &self.offer else { return Vec::new() };
        let Some(question) = pending.offer.questions.get(nth) else { return self.ask_attach() };
        let free = |id: &&crate::rubric::Question| !pending.said.iter().any(|(_, taken)| *taken == id.id);
        let rubric = &pending.offer.rubric.questions;
        let items = rubric.iter().enumerate().filter(|(_, q)| free(q));
        let items = items.map(|(at, q)| Item::new(q.id.as_str(), q.prompt.clone(), Choice::Nth(at)));
        let items = items.chain([Item::new("None: this question is not scored", "", Choice::No)]).collect();
        let lead = vec![question.prompt.clone()];
        let title = format!("Which question of the rubric scores {}?", question.id);
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::MapQuestion(nth), items).led_by(lead)));
        Vec::new()
    }

    fn map_question(&mut self, nth: usize, choice: Choice) -> Vec<Effect> {
        if let (Some(pending), Choice::Nth(at)) = (&mut self.offer, choice) {
            let asked = pending.offer.questions.get(nth).map(|q| q.id.clone());
            let scored = pending.offer.rubric.questions.get(at).map(|q| q.id.clone());
            pending.said.extend(asked.zip(scored));
        }
        self.ask_mapping(nth + 1)
    }

    /// Goes back to the question before this one; from the first one out, saying that nothing came of it.
    fn map_again(&mut self, nth: usize) -> Vec<Effect> {
        let (Some(pending), Some(before)) = (&mut self.offer, nth.checked_sub(1)) else { return self.do_not_attach() };
        let asked = pending.offer.questions.get(before).map(|question| &question.id);
        pending.said.retain(|(question, _)| Some(question) != asked);
        self.ask_mapping(before)
    }

    fn do_not_attach(&mut self) -> Vec<Effect> {
        self.offer = None;
        self.tell(Tone::Hint, "Nothing was attached.")
    }

    fn ask_attach(&mut self) -> Vec<Effect> {
        let Some(pending) = &mut self.offer else { return Vec::new() };
        let Offer { rubric, mapping, .. } = &pending.offer;
        let mut lead = vec![SafeText::line(&format!("{} · {}", rubric.title, rubric.version))];
        match mapping {
            Some(Mapping::Certain(map)) => {
                pending.said = map.clone();
                lead.push("Its questions have the same ids as the batch's:".into());
            }
            Some(Mapping::Proposed(map)) => {
                pending.said = map.clone();
                lead.push(
                    "Its questions have other ids than the batch's. By the order of asking; look whether that is right:".into(),
                );
            }
            None => lead.push("As you said:".into()),
        }
        lead.extend(pending.said.iter().map(|(batch, rubric)| SafeText::line(&format!("{batch} is scored as {rubric}"))));
        if pending.said.is_empty() {
            self.offer = None;
            return self.tell(Tone::Hint, "No question is scored by this rubric; it was not attached.");
        }
        let items = vec![Item::new("Attach it", "", Choice::Yes), Item::new("Do not", "", Choice::No)];
        self.overlays.push(Overlay::Picker(Picker::new("Score this batch with it?", Purpose::ConfirmRubric, items).led_by(lead)));
        Vec::new()
    }

    fn attach_offer(&mut self) -> Vec<Effect> {
        let Some(Pending { offer, said }) = self.offer.take() else { return Vec::new() };
        vec![Effect::AttachRubric { batch: offer.batch, source: offer.source, map: said }]
    }

    pub(super) fn rubric_attached(&mut self, rubric: Rubric) -> Vec<Effect> {
        let said = format!("{} is attached.", rubric.title);
        let again = self.desk.as_ref().map(|desk| Effect::OpenBatch(desk.batch.id));
        self.tell(Tone::Done, said);
        [Effect::ListBatches].into_iter().chain(again).collect()
    }

    pub(super) fn ask_export(&mut self) -> Vec<Effect> {
        // What leaves the library is written down there: without that, nothing leaves.
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let name = format!("{}/{}.csv", self.export_folder.trim_end_matches('/'), file_name(desk.batch.title.as_str()));
        self.ask_line("Write the comparative CSV to", "Enter writes it · Esc leaves", Purpose::Export, &name)
    }

    /// Opens a text field of one line, in which `initial` stands already.
    pub(super) fn ask_line(&mut self, title: &str, hint: &str, purpose: Purpose, initial: &str) -> Vec<Effect> {
        self.overlays.push(Overlay::Field(Field::new(title, hint, purpose, initial)));
        Vec::new()
    }

    pub(super) fn text(&mut self, input: TextInput) -> Vec<Effect> {
        if matches!(self.overlays.last(), Some(Overlay::Concordance(_))) {
            return self.look_up(input);
        }
        let Some(Overlay::Field(open)) = self.overlays.last_mut() else { return Vec::new() };
        match input {
            TextInput::Changed(now) => {
                open.now = now;
                let finds = (open.purpose == Purpose::Find).then(|| open.now.clone());
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

    /// Keeps what stands in an open text field, so that a crash loses little of it.
    pub(super) fn keep_draft(&mut self) -> Vec<Effect> {
        let Some(Overlay::Field(open)) = self.overlays.last() else { return Vec::new() };
        let Some(name) = draft_name(&open.purpose) else { return Vec::new() };
        let (text, purpose) = (SafeText::block(&open.now), open.purpose.clone());
        let kept = self.desk.as_ref().and_then(|desk| desk.mine().drafts.get(&name).cloned()).unwrap_or_default();
        if kept.raw() == text.raw() {
            return Vec::new();
        }
        self.write_draft(name, text, &purpose)
    }

    /// Forgets what was kept of a text field, where anything was.
    pub(super) fn drop_draft(&mut self, purpose: &Purpose) -> Vec<Effect> {
        let kept = self.desk.as_ref().and_then(|desk| desk.draft(purpose)).is_some_and(|text| !text.is_empty());
        match draft_name(purpose) {
            Some(name) if kept => self.write_draft(name, SafeText::default(), purpose),
            _ => Vec::new(),
        }
    }

    fn write_draft(&mut self, field: SafeText, text: SafeText, purpose: &Purpose) -> Vec<Effect> {
        let act = Act::Drafted { field, text };
        match purpose {
            Purpose::Note { answer, .. } | Purpose::Probe { answer, .. } | Purpose::ChangeReason { answer, .. } => {
                self.write_about(*answer, act)
            }
            Purpose::Reopen(scope) => {
                let subject = self.desk.as_ref().and_then(|desk| desk.subject_of(scope));
                self.write(act, subject)
            }
            Purpose::DecideReason { submission, .. } => {
                let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(*submission));
                self.write(act, subject)
            }
            _ => Vec::new(),
        }
    }

    fn text_is_done(&mut self, purpose: Purpose, text: &str) -> Vec<Effect> {
        if purpose == Purpose::Find {
            return self.find_here(text);
        }
        if text.is_empty() {
            let effects = self.drop_draft(&purpose);
            self.tell(Tone::Hint, "Nothing was written.");
            return effects;
        }
        match purpose {
            Purpose::Note { answer, at, replaces } => {
                self.write_about(answer, Act::Noted { answer, at, text: SafeText::block(text), replaces })
            }
            Purpose::Probe { answer, at } => self.write_about(answer, Act::Probed { answer, at, text: SafeText::block(text) }),
            Purpose::ChangeReason { answer, criterion, observed } => {
                let purpose = Purpose::ChangeReason { answer, criterion: criterion.clone(), observed };
                let effects = self.write_change(answer, criterion, observed, Some(SafeText::block(text)));
                effects.into_iter().chain(self.drop_draft(&purpose)).collect()
            }
            Purpose::Reopen(scope) => {
                let effects = self.reopen(&scope, text);
                effects.into_iter().chain(self.drop_draft(&Purpose::Reopen(scope))).collect()
            }
            Purpose::DecideReason { submission, decision } => self.reason_is_given(submission, decision, text),
            Purpose::DecideEarly { submission, decision, reason } => self.decide(submission, decision, reason.raw(), Some(text)),
            Purpose::NewTag(submission) => self.tag(submission, &SafeText::line(text), true),
            Purpose::RubricPath => self.find_rubric(RubricFrom::File(text.to_owned())),
            Purpose::Export => {
                let batch = self.desk.as_ref().map(|desk| desk.batch.id);
                batch.map(|batch| Effect::Export { batch, path: text.to_owned() }).into_iter().collect()
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
