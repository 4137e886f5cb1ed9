//! Sittings: how long the rest takes to hear, and how far one gets in the minutes that one has.

use crate::text::many;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use jiff::Timestamp;

use super::overlay::Purpose;
use super::{App, Desk, Effect, Screen, Tone};
use crate::interview::{Answer, AnswerId, Moment, QuestionId, Span};
use crate::journal::Act;
use crate::sound::speech;

/// Characters of a written answer that are read in a second, at ease.
const READ_PER_SECOND: u64 = 20;

/// What is still to be heard and read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Answers that are not heard, or read, as far as the protocol asks.
    pub answers: usize,
    /// Milliseconds of recordings that were not heard, in their own time.
    pub recorded_ms: u64,
    /// Milliseconds that reading takes.
    pub read_ms: u64,
    /// Answers whose length is only what their source says, or the limit that they had.
    pub rough: usize,
}

impl Rest {
    /// Milliseconds of real time that it takes, at a speed in hundredths.
    pub fn real_ms(&self, speed: u16) -> u64 {
        self.recorded_ms * 100 / u64::from(speed.max(1)) + self.read_ms
    }

    fn and(self, other: Rest) -> Rest {
        Rest {
            answers: self.answers + other.answers,
            recorded_ms: self.recorded_ms + other.recorded_ms,
            read_ms: self.read_ms + other.read_ms,
            rough: self.rough + other.rough,
        }
    }

    /// What is left of a sum without one of those that it was made of.
    fn without(self, one: Rest) -> Rest {
        Rest {
            answers: self.answers - one.answers,
            recorded_ms: self.recorded_ms - one.recorded_ms,
            read_ms: self.read_ms - one.read_ms,
            rough: self.rough - one.rough,
        }
    }
}

/// What was counted of a batch, kept until something that counts is done. A batch may have ten thousand answers, and a title
/// that is drawn with every key says the sum; while one is heard, only that one is counted anew.
#[derive(Default)]
pub(super) struct Rests {
    /// With silences, and without.
    of: [OnceLock<Counted>; 2],
    /// What skipping leaves out of each recording.
    skipped: OnceLock<HashMap<AnswerId, u32>>,
}

/// What is left of each answer of the order, and of each question.
#[derive(Default, PartialEq, Debug)]
struct Counted {
    answers: HashMap<AnswerId, Rest>,
    questions: BTreeMap<QuestionId, Rest>,
}

impl Counted {
    /// What is left of an answer now.
    fn put(&mut self, answer: AnswerId, question: &QuestionId, rest: Rest) {
        let before = self.answers.insert(answer, rest).unwrap_or_default();
        match self.questions.get_mut(question) {
            Some(known) => *known = known.without(before).and(rest),
            None => drop(self.questions.insert(question.clone(), rest)),
        }
    }
}

impl Rests {
    /// What is sealed, or in the order, may be another.
    pub(super) fn count_again(&mut self) {
        self.of = Default::default();
    }

    /// The batch is another, or what is known of its recordings.
    pub(super) fn forget(&mut self) {
        *self = Rests::default();
    }
}

/// A length of time as people say it, rounded up: `under a minute`, `12 min`, `1 h 05 min`.
pub fn minutes_in_words(ms: u64) -> String {
    match ms.div_ceil(60_000) {
        0 => "no time".to_owned(),
        1 if ms < 60_000 => "under a minute".to_owned(),
        minutes @ ..60 => format!("{minutes} min"),
        minutes => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

/// What was planned for the minutes that a reviewer has.
#[derive(Clone, Debug, PartialEq)]
pub struct Sitting {
    /// How many minutes there are.
    pub minutes: u32,
    /// The answers that are heard in it, in the order of hearing.
    pub answers: Vec<AnswerId>,
    /// Milliseconds that they take.
    pub ms: u64,
    /// Whether it ends where a question, or a candidate, is done.
    pub is_natural: bool,
    began: Timestamp,
    is_late: bool,
}

impl Desk {
    /// What is still to be heard of one answer; nothing where enough was heard, or it is sealed.
    fn rest_of(&self, given: &Answer, skips: bool) -> Rest {
        let answer = given.id;
        if self.is_sealed(answer) || self.heard_share(answer).reaches(self.rules.protocol.heard_min) {
            return Rest::default();
        }
        let mine = self.mine();
        if !given.kind.is_recording() {
            let chars = given.text.as_ref().map_or(0, |text| text.as_str().chars().count() as u64);
            let read = mine.read.get(&answer).and_then(|read| read.of(given.revision)).map_or(0, |read| u64::from(read.length()));
            return Rest { answers: 1, read_ms: chars.saturating_sub(read) * 1_000 / READ_PER_SECOND, ..Rest::default() };
        }
        let Some(outline) = self.outlines.get(&answer) else {
            let limit = self.batch.limit(answer, None).map(|seconds| u64::from(seconds) * 1_000);
            let ms = given.media.as_ref().and_then(|media| media.declared_ms).or(limit).unwrap_or(0).min(86_400_000);
            return Rest { answers: 1, recorded_ms: ms, rough: 1, ..Rest::default() };
        };
        let heard = mine.heard.get(&answer).and_then(|heard| heard.of(given.revision));
        let missed = heard.map(|heard| heard.complement(Span { start: Moment::START, end: outline.length }));
        let left_out = match &missed {
            _ if !skips => 0,
            Some(missed) => missed.overlap(&speech::skipped(&outline.speech, outline.length)),
            None => self.skipped().get(&answer).copied().unwrap_or(0),
        };
        let missed = missed.map_or(outline.length.0, |missed| missed.length());
        Rest { answers: 1, recorded_ms: u64::from(missed.saturating_sub(left_out)), ..Rest::default() }
    }

    /// What skipping leaves out of each recording, counted once.
    fn skipped(&self) -> &HashMap<AnswerId, u32> {
        self.rests.skipped.get_or_init(|| {
            let skipped = |outline: &super::Outline| speech::skipped(&outline.speech, outline.length).length();
            self.outlines.iter().map(|(answer, outline)| (*answer, skipped(outline))).collect()
        })
    }

    /// What is still to be heard of each question, with silences or without.
    pub fn rests(&self, skips: bool) -> &BTreeMap<QuestionId, Rest> {
        let count = || {
            let planned: HashSet<AnswerId> = self.plan.steps.iter().map(|step| step.answer).collect();
            let answers = self.batch.submissions.iter().flat_map(|submission| &submission.answers);
            let mut counted = Counted::default();
            for given in answers.filter(|given| planned.contains(&given.id)) {
                counted.put(given.id, &given.question, self.rest_of(given, skips));
            }
            counted
        };
        &self.rests.of[usize::from(skips)].get_or_init(count).questions
    }

    /// An act was taken in: what it changes of what is left is counted again when it is asked for, or where that is one answer, now.
    pub(super) fn count_rest_after(&mut self, act: &Act) {
        match act {
            Act::Heard { answer, .. } | Act::Read { answer, .. } => self.count_rest_of(*answer),
            Act::Sealed { .. } | Act::Reopened { .. } | Act::Undone { .. } | Act::Recused { .. } => self.rests.count_again(),
            _ => {}
        }
    }

    fn count_rest_of(&mut self, answer: AnswerId) {
        for skips in [false, true] {
            let is_counted = self.rests.of[usize::from(skips)].get().is_some_and(|known| known.answers.contains_key(&answer));
            let Some((_, given)) = self.batch.answer(answer).filter(|_| is_counted) else { continue };
            let rest = self.rest_of(given, skips);
            if let Some(counted) = self.rests.of[usize::from(skips)].get_mut() {
                counted.put(answer, &given.question, rest);
            }
        }
    }

    /// What is still to be heard of the batch, with silences or without.
    pub fn rest(&self, skips: bool) -> Rest {
        self.rests(skips).values().fold(Rest::default(), |all, rest| all.and(*rest))
    }

    /// Where one left an answer that was not heard to its end: two seconds before the last that was heard.
    pub fn left_off(&self, answer: AnswerId) -> Option<Moment> {
        const BACK_MS: i64 = 2_000;
        const END_MS: i64 = 1_000;
        let last = self.last_heard(answer)?;
        let length = self.outlines.get(&answer).map(|outline| outline.length);
        if length.is_some_and(|length| last.shifted(END_MS) >= length) {
            return None;
        }
        Some(last.shifted(-BACK_MS)).filter(|at| *at > Moment::START)
    }

    /// The answers that fit into so many milliseconds, up to where a question or a candidate is done, else as many as fit.
    fn sitting(&self, from: Option<AnswerId>, minutes: u32, (speed, skips): (u16, bool), now: Timestamp) -> Option<Sitting> {
        let steps = &self.plan.steps;
        let start = from.and_then(|from| self.plan.position(from)).unwrap_or(0);
        let budget = u64::from(minutes) * 60_000;
        let real_ms = |answer: AnswerId| {
            let given = self.batch.answer(answer).map(|(_, given)| given);
            given.map_or(0, |given| self.rest_of(given, skips).real_ms(speed))
        };
        let (mut answers, mut ms) = (Vec::new(), 0);
        // How many of the answers end with a chapter, or anywhere, and how long they take.
        let (mut natural, mut any) = (None, None);
        for at in start..steps.len() {
            let answer = steps[at].answer;
            if self.waits(answer) {
                ms += real_ms(answer);
                answers.push(answer);
                if ms <= budget {
                    any = Some((answers.len(), ms));
                }
            }
            let ends_chapter = at + 1 == steps.len() || self.plan.chapters.contains(&(at + 1));
            if ends_chapter && ms <= budget && !answers.is_empty() {
                natural = Some((answers.len(), ms));
            }
            if ms > budget {
                break;
            }
        }
        let first = answers.first().map(|answer| (1, real_ms(*answer)));
        let (count, ms) = natural.or(any).or(first)?;
        answers.truncate(count);
        Some(Sitting { minutes, answers, ms, is_natural: natural.is_some(), began: now, is_late: false })
    }

    /// Whether an answer is still to be heard or rated.
    fn waits(&self, answer: AnswerId) -> bool {
        let (rated, of) = self.rated(answer);
        !self.is_sealed(answer) && (rated < of || !self.heard_share(answer).reaches(self.rules.protocol.heard_min))
    }

    /// Where work goes on: from the answer opened last, in a batch opened anew at the first of the order that waits.
    pub(super) fn goes_on_at(&self) -> Option<AnswerId> {
        let from = self.reviewing.filter(|_| self.has_begun);
        let (rated, of) = from.map_or((0, 0), |answer| self.rated(answer));
        let this = from.filter(|answer| rated < of && !self.is_sealed(*answer));
        this.or_else(|| self.waiting_after(from)).or_else(|| self.lacking_from(from))
    }

    /// Says that one was further on in the order when the batch was closed; nothing where one was not, or opened an answer since.
    pub(super) fn was_ahead_of(&self, answer: AnswerId) -> Option<String> {
        let last = self.reviewing.filter(|last| !self.has_begun && self.plan.position(*last) > self.plan.position(answer))?;
        Some(format!("This is the first that waits. You were at {} last: Enter in the grid goes there.", self.whose(last)))
    }

    /// How many answers that come before this one in the order are still to be heard or rated.
    fn left_before(&self, answer: Option<AnswerId>) -> usize {
        let upto = answer.and_then(|answer| self.plan.position(answer)).unwrap_or(0);
        self.plan.steps[..upto].iter().filter(|step| self.waits(step.answer)).count()
    }

    /// Where a sitting ends, as people say it.
    fn end_in_words(&self, sitting: &Sitting) -> String {
        let Some(last) = sitting.answers.last() else { return String::new() };
        match sitting.is_natural {
            true => match self.scope_of_chapter(*last) {
                Some(words) => format!("to the end of {words}"),
                None => format!("to {}", self.whose(*last)),
            },
            false => format!("to {}, within the round", self.whose(*last)),
        }
    }

    fn scope_of_chapter(&self, answer: AnswerId) -> Option<String> {
        let (submission, given) = self.batch.answer(answer)?;
        let (index, _) = self.batch.question(&given.question)?;
        Some(match self.rules.protocol.order {
            crate::rubric::Order::QuestionFirst => format!("question {}", index + 1),
            crate::rubric::Order::CandidateFirst => self.called(submission.id).to_string(),
        })
    }
}

impl App {
    /// Real time that the rest takes as it would be heard now, in milliseconds.
    pub fn real_ms(&self, rest: Rest) -> u64 {
        rest.real_ms(self.deck.speed)
    }

    /// How long the rest of the batch takes, at the present speed: `53 min left`; nothing where nothing is left.
    pub fn time_left(&self) -> Option<String> {
        let rest = self.desk.as_ref()?.rest(self.deck.skip_silence);
        let rough = if rest.rough > 0 { "about " } else { "" };
        (rest.answers > 0).then(|| format!("{rough}{} left", minutes_in_words(self.real_ms(rest))))
    }

    /// The same with what the question of the answer at hand takes: `4 min here, 53 min left`.
    pub fn time_left_here(&self) -> Option<String> {
        let (desk, Screen::Review(review)) = (self.desk.as_ref()?, self.screen()) else { return self.time_left() };
        let (_, given) = desk.batch.answer(review.answer)?;
        let here = desk.rests(self.deck.skip_silence).get(&given.question).copied().unwrap_or_default();
        let all = self.time_left()?;
        let whole = minutes_in_words(self.real_ms(here));
        Some(if here.answers > 0 { format!("{whole} here, {all}") } else { all })
    }

    /// What is planned for this sitting.
    pub fn sitting(&self) -> Option<&Sitting> {
        self.sitting.as_ref()
    }

    pub(super) fn ask_minutes(&mut self) -> Vec<Effect> {
        self.ask_minutes_again("")
    }

    fn ask_minutes_again(&mut self, typed: &str) -> Vec<Effect> {
        let left = self.time_left().unwrap_or_else(|| "nothing left".to_owned());
        let hint = format!("Enter plans · {left} in all · Esc leaves");
        self.ask_line("How many minutes do you have?", &hint, Purpose::Minutes, typed)
    }

    /// Plans a sitting of so many minutes, and says where it ends.
    pub(super) fn sit(&mut self, minutes: &str) -> Vec<Effect> {
        let number = minutes.split_whitespace().next().and_then(|number| number.parse::<u32>().ok());
        let Some(minutes) = number.filter(|minutes| (1..=1_440).contains(minutes)) else {
            self.tell(Tone::Trouble, "That is no number of minutes: 1 to 1440.");
            return self.ask_minutes_again(minutes);
        };
        let Some(desk) = &self.desk else { return Vec::new() };
        let from = match self.screen() {
            Screen::Review(review) => Some(review.answer),
            _ => desk.goes_on_at(),
        };
        let Some(sitting) = desk.sitting(from, minutes, (self.deck.speed, self.deck.skip_silence), self.now) else {
            return self.tell(Tone::Hint, "Nothing is left to be heard: U goes to what is missing, S seals.");
        };
        let count = sitting.answers.len();
        let answers = many(count, "answer");
        let (takes, end) = (minutes_in_words(sitting.ms), desk.end_in_words(&sitting));
        let before = match desk.left_before(from) {
            0 => String::new(),
            left => format!(" {} before this stay behind.", many(left, "answer")),
        };
        self.sitting = Some(sitting);
        self.tell(Tone::Done, format!("{minutes} minutes: {answers}, {end} ({takes} to hear).{before}"))
    }

    /// Says when what was planned is done, or the time is over before; after something was written or heard.
    pub(super) fn follow_sitting(&mut self) {
        let (Some(sitting), Some(desk)) = (&self.sitting, &self.desk) else { return };
        let left = sitting.answers.iter().filter(|answer| desk.waits(**answer)).count();
        let passed = (self.now.as_millisecond() - sitting.began.as_millisecond()).max(0);
        let end = desk.end_in_words(sitting);
        if left == 0 {
            let took = minutes_in_words(passed.unsigned_abs());
            self.sitting = None;
            self.tell(Tone::Done, format!("Your sitting is done, {end}, in {took}. Q leaves, n goes on; it is all kept."));
        } else if passed > i64::from(sitting.minutes) * 60_000 && !sitting.is_late && !self.deck.playing {
            let minutes = sitting.minutes;
            if let Some(sitting) = &mut self.sitting {
                sitting.is_late = true;
            }
            let answers = if left == 1 { "1 answer is".to_owned() } else { format!("{left} answers are") };
            self.tell(Tone::Hint, format!("Your {minutes} minutes are over; {answers} left {end}. Where you are is kept."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_minutes_and_rounded_up() {
        let check = |ms, said: &str| assert_eq!(minutes_in_words(ms), said, "{ms}");
        check(0, "no time");
        check(59_000, "under a minute");
        check(60_000, "1 min");
        check(61_000, "2 min");
        check(3_900_000, "1 h 05 min");
    }

    #[test]
    fn speed_shortens_what_is_heard_and_not_what_is_read() {
        let rest = Rest { answers: 2, recorded_ms: 60_000, read_ms: 5_000, rough: 0 };
        assert_eq!((rest.real_ms(100), rest.real_ms(200)), (65_000, 35_000));
    }
}
