//! Choosing a rubric, tying its questions to the batch's, attaching it; and reading it before the first rating.

use crate::app::effect::{Effect, RubricFrom};
use crate::app::judging::NO_RUBRIC;
use crate::app::overlay::{Choice, Item, Overlay, Page, Picker, Purpose, Reader};
use crate::app::told::Offer;
use crate::app::{App, Screen, Tone};
use crate::interview::QuestionId;
use crate::journal::Act;
use crate::rubric::{self, Mapping, QuestionMap, Rubric};
use crate::text::SafeText;

/// A rubric that was offered, and how its questions are tied so far.
#[derive(Debug)]
pub(in crate::app) struct Pending {
    pub(super) offer: Offer,
    said: QuestionMap,
}

impl App {
    pub(in crate::app) fn read_rubric(&mut self) -> Vec<Effect> {
        if self.desk.is_none() {
            return self.tell(Tone::Hint, "Open a batch first: the rubric is that batch's.");
        }
        let Some(rubric) = self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()) else {
            return self.tell(Tone::Hint, NO_RUBRIC);
        };
        let title = SafeText::line(&format!("{} · {}", rubric.title, rubric.version));
        self.overlays.push(Overlay::Reader(Reader::new(title, Page::Rubric)));
        Vec::new()
    }

    /// The rubric is read before the first answer plays.
    pub(in crate::app) fn acknowledge_first(&mut self) -> Vec<Effect> {
        if self.acknowledges() { self.read_rubric() } else { Vec::new() }
    }

    /// Whether reading the rubric is still to come before the first rating.
    pub(in crate::app) fn acknowledges(&self) -> bool {
        let Some(desk) = &self.desk else { return false };
        // To whom a shortlist was handed rates nothing.
        if desk.sight.guests.contains_key(&self.me.id) && !desk.sight.is_on_panel() {
            return false;
        }
        // Who has sealed all gives no rating that it could be read for.
        if desk.record.own_batch_is_sealed(self.me.id) {
            return false;
        }
        let attached = desk.record.attachment.as_ref().map(|attachment| attachment.rubric_hash);
        desk.rubric.is_some() && desk.mine().acknowledged != attached && !self.read_only
    }

    /// Whether the rubric lies over an answer that plays once it was read.
    pub fn reads_first(&self) -> bool {
        let over_answer = matches!(self.screen(), Screen::Review(_) | Screen::Compare(_));
        let rubric = matches!(self.overlays.last(), Some(Overlay::Reader(Reader { page: Page::Rubric, .. })));
        over_answer && rubric && self.acknowledges()
    }

    pub(super) fn acknowledge(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(hash) = desk.record.attachment.as_ref().map(|attachment| attachment.rubric_hash) else { return Vec::new() };
        if desk.mine().acknowledged == Some(hash) || self.read_only {
            return Vec::new();
        }
        let order = desk.order_to_write();
        let mut effects = self.write(Act::Acknowledged { rubric_hash: hash }, None);
        effects.extend(order.into_iter().flat_map(|order| self.write(order, None)));
        if let Screen::Review(review) = self.screen() {
            let answer = review.answer;
            effects.extend(self.begin(answer));
        }
        effects
    }

    pub(super) fn find_rubric(&mut self, from: RubricFrom) -> Vec<Effect> {
        self.batch_for_rubric().map(|batch| Effect::FindRubric { batch, from }).into_iter().collect()
    }

    pub(super) fn ask_rubric_path(&mut self) -> Vec<Effect> {
        self.ask_line("The rubric's file", "a path to a TOML file · Enter looks at it · Esc leaves", Purpose::RubricPath, "")
    }

    pub(in crate::app) fn rubric_found(&mut self, offer: Box<Offer>) -> Vec<Effect> {
        // The reviewer has gone to another batch; what was asked for this one is no longer news.
        if self.batch_for_rubric() != Some(offer.batch) {
            return Vec::new();
        }
        let mut offer = *offer;
        // The order of asking is proposed only where the wordings agree with it.
        let agrees = |(asked, scored): &(QuestionId, QuestionId)| {
            let asked = offer.questions.iter().find(|question| question.id == *asked);
            let likely = asked.and_then(|asked| rubric::likely(asked, &offer.rubric, &[]));
            likely.is_some_and(|at| offer.rubric.questions[at].id == *scored)
        };
        if matches!(&offer.mapping, Some(Mapping::Proposed(map)) if !map.iter().all(agrees)) {
            offer.mapping = None;
        }
        let asks = offer.mapping.is_none();
        self.offer = Some(Pending { offer, said: Vec::new() });
        if asks { self.ask_mapping(0) } else { self.ask_attach() }
    }

    /// Asks which of the rubric's questions scores a question of the batch.
    fn ask_mapping(&mut self, nth: usize) -> Vec<Effect> {
        let Some(pending) = &self.offer else { return Vec::new() };
        let Some(question) = pending.offer.questions.get(nth) else { return self.ask_attach() };
        let free = |id: &&rubric::Question| !pending.said.iter().any(|(_, taken)| *taken == id.id);
        let rubric = &pending.offer.rubric.questions;
        let items = rubric.iter().enumerate().filter(|(_, q)| free(q));
        let items = items.map(|(at, q)| Item::new(q.id.as_str(), q.prompt.clone(), Choice::Nth(at)));
        let taken: Vec<&QuestionId> = pending.said.iter().map(|(_, taken)| taken).collect();
        let likely = rubric::likely(question, &pending.offer.rubric, &taken);
        // Nothing stands under the cursor that was only guessed: Enter pressed too often ties nothing.
        let unsaid = likely.is_none().then(|| Item::new("Choose: none of these is plainly the same question", "", Choice::Unsaid));
        let none = Item::new("None: this question is not scored", "", Choice::No);
        let items: Vec<Item> = unsaid.into_iter().chain(items).chain([none]).collect();
        let at = items.iter().position(|item| Some(&item.choice) == likely.map(Choice::Nth).as_ref()).unwrap_or(0);
        let lead = vec![question.prompt.clone()];
        let title = format!("Which question of the rubric scores {}?", question.id);
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::MapQuestion(nth), items).led_by(lead).starting_at(at)));
        Vec::new()
    }

    pub(super) fn map_question(&mut self, nth: usize, choice: Choice) -> Vec<Effect> {
        if choice == Choice::Unsaid {
            self.tell(Tone::Hint, "Nothing is chosen yet: arrows move to the question that scores it, or to None.");
            return self.ask_mapping(nth);
        }
        if let (Some(pending), Choice::Nth(at)) = (&mut self.offer, choice) {
            let asked = pending.offer.questions.get(nth).map(|q| q.id.clone());
            let scored = pending.offer.rubric.questions.get(at).map(|q| q.id.clone());
            pending.said.extend(asked.zip(scored));
        }
        self.ask_mapping(nth + 1)
    }

    /// Goes back to the question before this one; from the first one out, saying that nothing came of it.
    pub(super) fn map_again(&mut self, nth: usize) -> Vec<Effect> {
        let (Some(pending), Some(before)) = (&mut self.offer, nth.checked_sub(1)) else { return self.do_not_attach() };
        let asked = pending.offer.questions.get(before).map(|question| &question.id);
        pending.said.retain(|(question, _)| Some(question) != asked);
        self.ask_mapping(before)
    }

    pub(super) fn do_not_attach(&mut self) -> Vec<Effect> {
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

    pub(super) fn attach_offer(&mut self) -> Vec<Effect> {
        let Some(Pending { offer, said }) = self.offer.take() else { return Vec::new() };
        vec![Effect::AttachRubric { batch: offer.batch, source: offer.source, map: said }]
    }

    pub(in crate::app) fn rubric_attached(&mut self, rubric: Rubric) -> Vec<Effect> {
        let said = format!("{} is attached.", rubric.title);
        let again = self.desk.as_ref().map(|desk| Effect::OpenBatch(desk.batch.id));
        self.tell(Tone::Done, said);
        [Effect::ListBatches].into_iter().chain(again).collect()
    }
}
