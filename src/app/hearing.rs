//! Hearing: transport, speed, sentences, and what the player reports.

use std::sync::Arc;

use super::action::Action;
use super::deck::{Deck, Device, Loaded, SLOWEST, Slot};
use super::{App, Command, Desk, Effect, Report, Screen, Tone};
use crate::interview::{AnswerId, Moment, Span, Spans};
use crate::journal::{Act, Draft};
use crate::sound::Prepared;
use crate::text::SafeText;
use crate::transcript::Sentences;

impl App {
    /// Does a transport action; none where it is not one.
    pub(super) fn transport(&mut self, action: Action) -> Option<Vec<Effect>> {
        Some(match action {
            Action::PlayPause => self.play_or_pause(),
            Action::Back5 => self.seek_by(-5_000),
            Action::Forward5 => self.seek_by(5_000),
            Action::Back1 => self.seek_by(-1_000),
            Action::Forward1 => self.seek_by(1_000),
            Action::Back15 => self.seek_by(-15_000),
            Action::Forward15 => self.seek_by(15_000),
            Action::FromStart => self.play_from_start(),
            Action::Loop => self.turn_loop(),
            Action::NextEvidence => self.seek_evidence(true),
            Action::PreviousEvidence => self.seek_evidence(false),
            Action::PreviousSentence => self.seek_sentence(false),
            Action::NextSentence => self.seek_sentence(true),
            Action::Skim => self.skim(true),
            Action::SkimBack => self.skim(false),
            _ => return self.tempo(action),
        })
    }

    fn play_or_pause(&mut self) -> Vec<Effect> {
        if self.deck.playing {
            return self.paused();
        }
        self.resume()
    }

    /// Plays the slot that is heard, from where it is, or from the start when it was at its end.
    pub(super) fn play(&mut self) -> Vec<Effect> {
        let slot = self.deck.active;
        match self.deck.loaded(slot).clone() {
            Loaded::Nothing => self.tell(Tone::Hint, "There is nothing to hear here."),
            Loaded::Unplayable { reason, .. } => self.tell(Tone::Trouble, format!("This recording cannot be played: {reason}")),
            Loaded::Coming(_) => {
                self.deck.playing = true;
                vec![Effect::Player(Command::Play)]
            }
            Loaded::Ready { length, .. } => {
                let mut effects = Vec::new();
                if length.is_some_and(|end| self.deck.at(slot).shifted(50) >= end) {
                    effects.extend(self.seek(Moment::START));
                }
                self.deck.playing = true;
                effects.push(Effect::Player(Command::Play));
                effects
            }
        }
    }

    /// Plays on; after a pause of more than a few seconds from a little before, so that one finds back into the sentence.
    pub(super) fn resume(&mut self) -> Vec<Effect> {
        const LONG_MS: i64 = 4_000;
        const BACK_MS: i64 = 2_000;
        let paused = self.deck.paused.take();
        let long = paused.is_some_and(|since| self.now.as_millisecond() - since.as_millisecond() > LONG_MS);
        let mut effects = if long { self.seek_by(-BACK_MS) } else { Vec::new() };
        effects.extend(self.play());
        effects
    }

    /// Stops playing, where it plays.
    pub(super) fn paused(&mut self) -> Vec<Effect> {
        if !std::mem::take(&mut self.deck.playing) {
            return Vec::new();
        }
        self.deck.paused = Some(self.now);
        vec![Effect::Player(Command::Pause)]
    }

    fn seek_by(&mut self, ms: i64) -> Vec<Effect> {
        self.seek(self.deck.at(self.deck.active).shifted(ms))
    }

    /// Goes to a moment of the slot that is heard, within the answer.
    pub(super) fn seek(&mut self, to: Moment) -> Vec<Effect> {
        let slot = self.deck.active;
        let to = match self.deck.loaded(slot) {
            Loaded::Ready { length: Some(end), .. } => to.min(*end),
            _ => to,
        };
        self.deck.put_at(slot, to);
        (self.deck.until, self.deck.paused) = (None, None);
        vec![Effect::Player(Command::Seek { slot, at: to })]
    }

    /// Goes to a moment that was named, where something is heard.
    pub(super) fn go_to_moment(&mut self, at: Moment) -> Vec<Effect> {
        self.notice = None;
        let hears = matches!(self.screen(), Screen::Review(_) | Screen::Compare(_)) && self.overlays.is_empty();
        if !hears || self.deck.answer().is_none() {
            return self.tell(Tone::Hint, "There is nothing to hear here.");
        }
        self.seek(at)
    }

    fn play_from_start(&mut self) -> Vec<Effect> {
        let mut effects = self.seek(Moment::START);
        effects.extend(self.play());
        effects
    }

    /// Plays just a stretch.
    pub(super) fn play_only(&mut self, span: Span) -> Vec<Effect> {
        let mut effects = self.seek(span.start);
        effects.extend(self.play());
        self.deck.until = Some(span.end);
        effects
    }

    fn seek_sentence(&mut self, forward: bool) -> Vec<Effect> {
        let at = self.deck.at(self.deck.active);
        let Some(transcript) = self.deck.answer().and_then(|answer| self.desk.as_ref()?.here(answer)?.transcript.clone()) else {
            return self.seek_by(if forward { 5_000 } else { -5_000 });
        };
        let sentences = Sentences::of(&transcript);
        let to = if forward { sentences.next_start(at) } else { sentences.previous_start(at) };
        match to {
            Some(moment) => self.seek(moment),
            None if forward => Vec::new(),
            None => self.seek(Moment::START),
        }
    }

    /// Says whether the transcript goes along with what is heard.
    pub(super) fn tell_following(&mut self) -> Vec<Effect> {
        let follows = match self.screen() {
            Screen::Review(review) => review.follow,
            Screen::Compare(compare) => compare.follow,
            _ => return Vec::new(),
        };
        let words = if follows { "The spoken word is kept in view." } else { "The transcript stays where it is." };
        self.tell(Tone::Done, words)
    }

    /// Puts an answer into a slot, where there is a recording, and asks for what is drawn with it.
    pub(super) fn load(&mut self, slot: Slot, answer: AnswerId, at: Moment) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(desk) = &self.desk else { return effects };
        if desk.here(answer).is_none() {
            effects.push(Effect::Fetch(answer));
        }
        let playable = desk.is_playable(answer);
        if self.deck.loaded(slot).answer() == Some(answer) {
            return effects;
        }
        self.deck.put_at(slot, at);
        effects.extend(self.end_loop());
        self.deck.paused = None;
        if playable {
            self.deck.put(slot, Loaded::Coming(answer));
            effects.push(Effect::Player(Command::Load { slot, answer, at }));
        } else {
            self.deck.put(slot, Loaded::Nothing);
            effects.push(Effect::Player(Command::Unload(slot)));
        }
        effects
    }

    /// Makes a slot the one that is heard, without a gap where it plays.
    pub(super) fn hear(&mut self, slot: Slot) -> Vec<Effect> {
        if self.deck.active == slot {
            return Vec::new();
        }
        let ended = self.end_loop();
        self.deck.active = slot;
        self.deck.paused = None;
        ended.into_iter().chain([Effect::Player(Command::Switch(slot))]).collect()
    }

    pub(super) fn player_reports(&mut self, report: Report) -> Vec<Effect> {
        match report {
            Report::Ready { slot, answer, length } => self.ready(slot, answer, length),
            Report::Measured { answer, prepared } => self.measured(answer, prepared),
            Report::Unplayable { slot, answer, reason } => self.unplayable(slot, answer, reason),
            Report::At { slot, answer, at } => self.is_at(slot, answer, at),
            Report::Heard { answer, spans, speed } => self.heard(answer, spans, speed),
            Report::Ended { slot, answer } => self.ended(slot, answer),
            Report::NoDevice { reason } => self.no_device(reason),
            Report::Moved { name } => self.tell(Tone::Hint, format!("The sound goes on, now on: {name}.")),
            Report::DeviceBack => {
                self.deck.device = Device::Here;
                self.tell(Tone::Done, "There is sound again.")
            }
            Report::Sounds => {
                self.deck.device = Device::Here;
                Vec::new()
            }
        }
    }

    fn is_at(&mut self, slot: Slot, answer: AnswerId, at: Moment) -> Vec<Effect> {
        // Until the slot's own answer is there, the player still tells of the one before.
        if !matches!(self.deck.loaded(slot), Loaded::Ready { answer: here, .. } if *here == answer) {
            return Vec::new();
        }
        self.deck.put_at(slot, at);
        if slot == self.deck.active && self.deck.until.is_some_and(|until| at >= until) {
            self.deck.until = None;
            return self.paused();
        }
        Vec::new()
    }

    fn ready(&mut self, slot: Slot, answer: AnswerId, length: Option<Moment>) -> Vec<Effect> {
        // The reviewer has moved on; a late result is no longer news.
        if self.deck.loaded(slot).answer() == Some(answer) {
            self.deck.put(slot, Loaded::Ready { answer, length });
            if self.deck.device == Device::Untried && self.deck.playing {
                self.deck.device = Device::Here;
            }
        }
        Vec::new()
    }

    /// An unprepared answer played with a provisional loudness until now.
    fn measured(&mut self, answer: AnswerId, prepared: Arc<Prepared>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        desk.is_measured(answer, &prepared);
        if self.read_only { Vec::new() } else { vec![Effect::KeepMeasured { answer, prepared }] }
    }

    fn unplayable(&mut self, slot: Slot, answer: AnswerId, reason: SafeText) -> Vec<Effect> {
        if self.deck.loaded(slot).answer() != Some(answer) {
            return Vec::new();
        }
        self.deck.put(slot, Loaded::Unplayable { answer, reason: reason.clone() });
        if slot == self.deck.active {
            self.tell(Tone::Trouble, format!("This recording cannot be played: {reason}"));
            return self.paused();
        }
        Vec::new()
    }

    fn heard(&mut self, answer: AnswerId, spans: Spans, speed: u16) -> Vec<Effect> {
        // A window that only reads does not say so again every few seconds.
        if spans.is_empty() || self.read_only {
            return Vec::new();
        }
        let of = |desk: &Desk| {
            let (submission, found) = desk.batch.answer(answer)?;
            Some((desk.batch.id, submission.candidate.id, found.revision))
        };
        let act = |revision| Act::Heard { answer, revision, spans, speed };
        if let Some((_, subject, revision)) = self.desk.as_ref().and_then(of) {
            return self.write(act(revision), Some(subject));
        }
        // The player tells of the last moments when the batch is closed already; they were heard all the same.
        let Some((batch, subject, revision)) = self.left.as_deref().and_then(of) else { return Vec::new() };
        let id = self.mint.id(self.now);
        vec![Effect::Append(vec![Draft { id, batch: Some(batch), subject: Some(subject), base: None, act: act(revision) }])]
    }

    fn ended(&mut self, slot: Slot, answer: AnswerId) -> Vec<Effect> {
        if slot != self.deck.active || self.deck.answer() != Some(answer) {
            return Vec::new();
        }
        self.deck.playing = false;
        self.deck.until = None;
        if let Some(span) = self.deck.repeat.span() {
            return self.seek(span.start).into_iter().chain(self.play()).collect();
        }
        self.go_on_by_itself(slot)
    }

    fn no_device(&mut self, reason: SafeText) -> Vec<Effect> {
        self.deck.playing = false;
        // What the system said is in the log: it helps nobody here, but for an output that the person named.
        let said = match reason.as_str().contains("is not there") {
            true => format!("No sound: {reason}. Another output is chosen by its key, or in the settings (audio.device)."),
            false => "No sound: nothing counts as heard; read the transcript. Help: earmark doctor".to_owned(),
        };
        self.tell(Tone::Hint, said);
        self.deck.device = Device::Missing(reason);
        Vec::new()
    }

    /// Milliseconds of real time until the screen has something new to show while playing; none when nothing moves.
    ///
    /// The next word's start, divided by the speed; where no word comes soon, the playhead's next step.
    pub fn next_change(&self) -> Option<u32> {
        const PLAYHEAD_MS: u32 = 250;
        if !self.deck.playing || !matches!(self.screen(), Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_)) {
            return None;
        }
        let at = self.deck.at(self.deck.active);
        let next = self.deck.answer().and_then(|answer| {
            let transcript = self.desk.as_ref()?.here(answer)?.transcript.clone()?;
            transcript.next_word_start(at)
        });
        let end = self.deck.repeat.span().map(|span| span.end);
        let next = [next, self.deck.until, end].into_iter().flatten().min();
        let ms = next.map_or(PLAYHEAD_MS, |moment| real_ms(moment.0.saturating_sub(at.0), &self.deck).max(1));
        Some(ms.clamp(16, 1_000))
    }
}

/// Whole milliseconds until then: who wakes a moment too early finds nothing new, and has to wake again.
fn real_ms(ms: u32, deck: &Deck) -> u32 {
    ms.saturating_mul(100).div_ceil(u32::from(deck.speed.max(SLOWEST))).saturating_add(EARLY_MS)
}

/// By so much a device may say later than before where the ear is.
const EARLY_MS: u32 = 1;
