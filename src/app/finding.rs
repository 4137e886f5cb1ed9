//! Finding in the answers on screen: hits lit, one after the other; and the rubric's own words.

use std::collections::BTreeMap;
use std::ops::Range;

use super::overlay::{Field, Overlay, Purpose};
use super::{App, Desk, Effect, Screen, Tone};
use crate::app::action::Action;
use crate::interview::{AnswerId, BatchId, Moment};
use crate::text::{SafeText, many};
use crate::transcript::{Entry, Phrase, Timing, Volume};

/// A phrase that is looked for on the screen.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// As it was typed.
    typed: String,
    phrase: Phrase,
    /// Words of transcripts, or bytes of written answers.
    hits: BTreeMap<AnswerId, Vec<Range<usize>>>,
    /// Which of the hits of the answer that has the keys one is at.
    at: Option<usize>,
}

/// An answer that is to be read for the index.
#[derive(Clone, Debug, PartialEq)]
pub struct ToIndex {
    /// How it stands in the index, and whether what names the candidate is taken out first.
    pub entry: Entry,
    /// The recording's counted length, where that is known.
    pub length: Option<Moment>,
    /// BCP 47 tag of the answer's language, where the transcript does not say it.
    pub language: Option<SafeText>,
}

/// Answers that were read for the index.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// Of which batch.
    pub batch: BatchId,
    /// Their words.
    pub volumes: Vec<Volume>,
    /// How many answers, those without any words counted.
    pub done: usize,
    /// How many were left out because the index would have become too large.
    pub left_out: usize,
}

impl Search {
    /// The search for a phrase, at the hit with this number.
    pub(super) fn new(typed: &str, phrase: Phrase, at: Option<usize>) -> Self {
        Search { typed: typed.to_owned(), phrase, hits: BTreeMap::new(), at }
    }

    fn of(&self, answer: AnswerId) -> &[Range<usize>] {
        self.hits.get(&answer).map_or(&[], Vec::as_slice)
    }
}

impl App {
    /// What of an answer is lit because it was looked for: words of its transcript, or bytes of its text.
    pub fn lit(&self, answer: AnswerId) -> &[Range<usize>] {
        self.search.as_ref().map_or_else(|| self.skimmed(answer), |search| search.of(answer))
    }

    /// The hit that one is at, where it is in this answer.
    pub fn lit_at(&self, answer: AnswerId) -> Option<Range<usize>> {
        let Some(search) = &self.search else { return self.skimmed(answer).first().cloned() };
        let at = search.at.filter(|_| self.answer_with_keys() == Some(answer))?;
        search.of(answer).get(at).cloned()
    }

    /// How many hits there are in the answer that has the keys, while something is looked for.
    pub fn found_here(&self) -> Option<usize> {
        let search = self.search.as_ref()?;
        Some(self.answer_with_keys().map_or(0, |answer| search.of(answer).len()))
    }

    fn answers_on_screen(&self) -> Vec<AnswerId> {
        match self.screen() {
            Screen::Review(review) => vec![review.answer],
            Screen::Compare(compare) => compare.columns.iter().filter_map(|column| column.answer).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn answer_with_keys(&self) -> Option<AnswerId> {
        match self.screen() {
            Screen::Review(review) => Some(review.answer),
            Screen::Compare(compare) => compare.focused_answer(),
            _ => None,
        }
    }

    /// While something is looked for, the keys of the next and the previous go from hit to hit, and Back ends it.
    pub(super) fn while_searching(&mut self, action: Action) -> Option<Vec<Effect>> {
        let on = matches!(self.screen(), Screen::Review(_) | Screen::Compare(_));
        let searching = on && self.search.is_some();
        match action {
            Action::NextAnswer | Action::NextColumn if searching => Some(self.step_hit(1)),
            Action::PreviousAnswer | Action::PreviousColumn if searching => Some(self.step_hit(-1)),
            Action::Back | Action::Close if searching => {
                self.search = None;
                Some(self.tell(Tone::Hint, "The search is over."))
            }
            _ => None,
        }
    }

    /// Does an action of finding on Review and Compare; none where it is not one.
    pub(super) fn seek_words(&mut self, action: Action) -> Option<Vec<Effect>> {
        Some(match action {
            Action::Find => self.ask_find(),
            Action::NextHit => self.step_hit(1),
            Action::PreviousHit => self.step_hit(-1),
            Action::LookFor => self.light_rubric(),
            _ => return None,
        })
    }

    fn ask_find(&mut self) -> Vec<Effect> {
        let field = Field::new("Find in this answer", "Enter goes there · Esc leaves", Purpose::Find, "");
        self.overlays.push(Overlay::Field(field));
        Vec::new()
    }

    /// What is typed is lit at once.
    pub(super) fn find_as_typed(&mut self, typed: &str) -> Vec<Effect> {
        let phrase = Phrase::typed(typed);
        self.search = (!phrase.is_empty()).then(|| Search::new(typed, phrase, None));
        self.light_up();
        Vec::new()
    }

    /// Goes to the first hit from where the ear is.
    pub(super) fn find_here(&mut self, typed: &str) -> Vec<Effect> {
        let played = self.play_on();
        self.find_as_typed(typed);
        let Some(count) = self.found_here() else { return played };
        if count == 0 {
            self.search = None;
            self.tell(Tone::Hint, format!("“{typed}” is not said in this answer. W looks in all answers."));
            return played;
        }
        let next = self.answer_with_keys().and_then(|answer| {
            let (ear, desk) = (self.deck.at(self.deck.active), self.desk.as_ref()?);
            let starts = self.lit(answer).iter().map(|hit| moment(desk, answer, hit));
            starts.into_iter().position(|start| start.is_none_or(|start| start >= ear))
        });
        let effects = self.go_to_hit(next.unwrap_or(0));
        played.into_iter().chain(effects).collect()
    }

    fn step_hit(&mut self, by: isize) -> Vec<Effect> {
        let Some(search) = &self.search else {
            return self.tell(Tone::Hint, "Nothing is looked for: / finds words in this answer, W in all answers.");
        };
        let at = search.at;
        let count = self.found_here().unwrap_or(0) as isize;
        if count == 0 {
            return self.tell(Tone::Hint, "It is not said in this answer. Esc ends the search.");
        }
        let next = match at {
            Some(at) => (at as isize + by).rem_euclid(count),
            None if by > 0 => 0,
            None => count - 1,
        };
        self.go_to_hit(next as usize)
    }

    fn go_to_hit(&mut self, nth: usize) -> Vec<Effect> {
        let (Some(answer), Some(search)) = (self.answer_with_keys(), &mut self.search) else { return Vec::new() };
        search.at = Some(nth);
        let count = search.of(answer).len();
        let said = format!("{} of {count}: “{}” · n next · N previous · Esc ends", nth + 1, search.typed);
        self.tell(Tone::Hint, said);
        match self.screens.last_mut() {
            Some(Screen::Review(review)) => review.follow = true,
            Some(Screen::Compare(compare)) => compare.follow = true,
            _ => {}
        }
        let to = self.desk.as_ref().and_then(|desk| moment(desk, answer, self.lit(answer).get(nth)?));
        to.map_or_else(Vec::new, |to| self.seek(to))
    }

    /// Finds again in what is on screen: it is another answer, or its words came.
    pub(super) fn light_up(&mut self) {
        let answers = self.answers_on_screen();
        let (Some(search), Some(desk)) = (&mut self.search, &self.desk) else { return };
        search.hits = answers.into_iter().map(|answer| (answer, desk.find_here(answer, &search.phrase))).collect();
    }

    fn light_rubric(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        if !desk.may_light() {
            return self.tell(Tone::Hint, "The protocol of this batch lights no words before others' scores show.");
        }
        self.lights = !self.lights;
        if !self.lights {
            return self.tell(Tone::Done, "The rubric's words are not lit any more.");
        }
        let count = self.answer_with_keys().map_or(0, |answer| desk.looked_for(answer).len());
        let places = match count {
            0 => "none of them is said in this answer".to_owned(),
            n => format!("{} in this answer", many(n, "place")),
        };
        self.tell(Tone::Done, format!("The rubric's words are lit, in any of their forms: {places}."))
    }
}

/// When a hit begins; none where there are no times.
fn moment(desk: &Desk, answer: AnswerId, hit: &Range<usize>) -> Option<Moment> {
    let said = desk.transcript(answer)?;
    let word = said.words.get(hit.start)?;
    (said.timing != Timing::None).then_some(word.span.start)
}
