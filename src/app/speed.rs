//! How fast, and over which silences: what the reviewer chose, what the answer's own pace makes of it, and what the batch fixes.

use super::action::Action;
use super::deck::{FASTEST, SLOWEST};
use super::{App, Command, Desk, Effect, Screen, Tone};
use crate::interview::AnswerId;
use crate::sound::pace::{self, PACES};

/// The pace where nothing says another, in words per minute: a quick talker's.
const USUAL_PACE: u16 = 200;

/// Why an answer has no pace of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPace {
    /// Its words are not known.
    NoTranscript,
    /// Nobody knows yet where it is speech.
    NotMeasured,
    /// Too little is said in it.
    TooShort,
}

impl NoPace {
    fn in_words(self) -> &'static str {
        match self {
            NoPace::NoTranscript => "there is no transcript to count words in",
            NoPace::NotMeasured => "the recording is not measured yet",
            NoPace::TooShort => "too little is said",
        }
    }
}

/// What leads the speed of the answer that is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// The batch, the same for everyone.
    Batch,
    /// Words per minute.
    Pace(u16),
    /// The reviewer's factor, because words per minute cannot lead here.
    Instead(NoPace),
    /// The reviewer's factor.
    Factor,
}

impl Desk {
    /// The speed, in hundredths, that brings an answer to `wpm` words per minute of speech; pauses are not counted.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn paced(&self, answer: AnswerId, wpm: u16) -> Result<u16, NoPace> {
        let transcript = self.here(answer).and_then(|here| here.transcript.as_ref()).ok_or(NoPace::NoTranscript)?;
        let outline = self.outlines.get(&answer).ok_or(NoPace::NotMeasured)?;
        let speed = pace::speed_for(transcript.words.len(), outline.speech.length(), f32::from(wpm));
        speed.map(|speed| (speed * 100.0).round() as u16).ok_or(NoPace::TooShort)
    }

    /// Words per minute of speech as they were said.
    fn natural_pace(&self, answer: AnswerId) -> Option<f32> {
        let transcript = self.here(answer)?.transcript.as_ref()?;
        pace::pace_of(transcript.words.len(), self.outlines.get(&answer)?.speech.length())
    }
}

impl App {
    /// Does what changes speed or skipping; none where the action does not.
    pub(super) fn tempo(&mut self, action: Action) -> Option<Vec<Effect>> {
        Some(match action {
            Action::Slower => self.change_speed(-10, -20),
            Action::Faster => self.change_speed(10, 20),
            Action::SlowerFine => self.change_speed(-5, -5),
            Action::FasterFine => self.change_speed(5, 5),
            Action::Speed10 => self.choose_speed(100),
            Action::Speed15 => self.choose_speed(150),
            Action::Speed20 => self.choose_speed(200),
            Action::Pace => self.toggle_pace(),
            Action::SkipSilence => self.toggle_skipping(),
            _ => return None,
        })
    }

    /// What holds before the first sound of a batch.
    pub(super) fn take_policy(&mut self) -> Vec<Effect> {
        (self.deck.speed, self.deck.skip_silence) = self.playback();
        let (speed, skip) = (Command::Speed(self.deck.speed), Command::SkipSilence(self.deck.skip_silence));
        vec![Effect::Player(speed), Effect::Player(skip)]
    }

    /// Tells the player where speed or skipping are to be others now: another answer is heard, or its words have come.
    pub(super) fn settle(&mut self) -> Vec<Effect> {
        let (speed, skip) = self.playback();
        let faster = (std::mem::replace(&mut self.deck.speed, speed) != speed).then_some(Command::Speed(speed));
        let skips = (std::mem::replace(&mut self.deck.skip_silence, skip) != skip).then_some(Command::SkipSilence(skip));
        [faster, skips].into_iter().flatten().map(Effect::Player).collect()
    }

    /// What leads the speed of the answer that is heard.
    pub fn lead(&self) -> Lead {
        let chosen = &self.deck.chosen;
        match (&self.desk, chosen.wpm.filter(|_| chosen.paced)) {
            (Some(desk), _) if desk.fixed_speed().is_some() => Lead::Batch,
            (Some(desk), Some(wpm)) => match self.deck.answer().map(|answer| desk.paced(answer, wpm)) {
                Some(Ok(_)) | None => Lead::Pace(wpm),
                Some(Err(why)) => Lead::Instead(why),
            },
            _ => Lead::Factor,
        }
    }

    /// How fast it goes, as people write it: `1.6x`, `220 wpm (1.6x)`.
    pub fn shown_lead(&self) -> String {
        let speed = shown_speed(self.deck.speed);
        match self.lead() {
            Lead::Pace(wpm) => format!("{wpm} wpm ({speed})"),
            Lead::Instead(_) => format!("{speed} (no wpm)"),
            Lead::Batch | Lead::Factor => speed,
        }
    }

    /// The speed in hundredths and whether silences are skipped, for the answer that is heard.
    fn playback(&self) -> (u16, bool) {
        let chosen = &self.deck.chosen;
        let Some(desk) = &self.desk else { return (chosen.speed, chosen.skip_silence) };
        let paced = || desk.paced(self.deck.answer()?, chosen.wpm.filter(|_| chosen.paced)?).ok();
        let speed = desk.fixed_speed().or_else(paced).unwrap_or(chosen.speed);
        (speed.clamp(SLOWEST, FASTEST), desk.fixed_skipping().unwrap_or(chosen.skip_silence))
    }

    fn change_speed(&mut self, hundredths: i32, wpm: i32) -> Vec<Effect> {
        match self.lead() {
            Lead::Pace(now) => {
                let next = (i32::from(now) + wpm).clamp(i32::from(*PACES.start()), i32::from(*PACES.end())) as u16;
                self.deck.chosen.wpm = Some(next);
                let is_there = || format!("{now} words a minute is as far as it goes.");
                if next == now { self.tell(Tone::Hint, is_there()) } else { Vec::new() }
            }
            _ => self.choose_speed((i32::from(self.deck.chosen.speed) + hundredths).max(0) as u16),
        }
    }

    /// A speed that was named, in hundredths.
    pub(super) fn go_at_speed(&mut self, speed: u16) -> Vec<Effect> {
        self.notice = None;
        let hears = matches!(self.screen(), Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_));
        if !hears {
            return self.tell(Tone::Hint, "Nothing is heard here: a speed is chosen where answers are.");
        }
        if !(SLOWEST..=FASTEST).contains(&speed) {
            return self.tell(
                Tone::Hint,
                format!("{} is no speed: {} to {}.", shown_speed(speed), shown_speed(SLOWEST), shown_speed(FASTEST)),
            );
        }
        self.choose_speed(speed)
    }

    fn choose_speed(&mut self, speed: u16) -> Vec<Effect> {
        if let Some(refusal) = self.speed_is_fixed() {
            return self.tell(Tone::Hint, refusal);
        }
        let before = self.deck.chosen;
        self.deck.chosen.speed = speed.clamp(SLOWEST, FASTEST);
        // Where no words can be counted, the factor is changed beside the pace that leads elsewhere.
        self.deck.chosen.paced &= !matches!(self.lead(), Lead::Pace(_));
        match self.deck.chosen == before {
            true => self.tell(Tone::Hint, format!("It plays at {} already.", shown_speed(before.speed))),
            false => Vec::new(),
        }
    }

    fn speed_is_fixed(&self) -> Option<String> {
        let fixed = self.desk.as_ref()?.fixed_speed()?;
        Some(format!("This batch is heard at {} by everyone: its protocol fixes the speed.", shown_speed(fixed)))
    }

    fn toggle_pace(&mut self) -> Vec<Effect> {
        if let Some(refusal) = self.speed_is_fixed() {
            return self.tell(Tone::Hint, refusal);
        }
        let target = self.deck.chosen.wpm.unwrap_or_else(|| self.present_pace());
        let chosen = &mut self.deck.chosen;
        (chosen.wpm, chosen.paced) = (Some(target), !chosen.paced);
        if !chosen.paced {
            let said = format!("Every answer at {}.", shown_speed(chosen.speed));
            return self.tell(Tone::Done, said);
        }
        let (speed, _) = self.playback();
        match self.lead() {
            Lead::Instead(why) => {
                let said = format!("{target} words a minute, but here {}: {} instead.", why.in_words(), shown_speed(speed));
                self.tell(Tone::Hint, said)
            }
            _ => self.tell(Tone::Done, format!("Every answer at {target} words a minute; this one at {}.", shown_speed(speed))),
        }
    }

    /// The words per minute that are heard now, in tens.
    fn present_pace(&self) -> u16 {
        let of = |answer| self.desk.as_ref()?.natural_pace(answer);
        let natural = self.deck.answer().and_then(of);
        let heard = natural.map(|pace| (pace * f32::from(self.deck.speed) / 1000.0).round() as u16 * 10);
        heard.unwrap_or(USUAL_PACE).clamp(*PACES.start(), *PACES.end())
    }

    fn toggle_skipping(&mut self) -> Vec<Effect> {
        if let Some(fixed) = self.desk.as_ref().and_then(|desk| desk.fixed_skipping()) {
            let rule = if fixed { "skipped" } else { "heard" };
            return self.tell(Tone::Hint, format!("Silences are {rule} by everyone in this batch: its protocol says so."));
        }
        let chosen = &mut self.deck.chosen;
        chosen.skip_silence = !chosen.skip_silence;
        let said = if chosen.skip_silence { "Silences are skipped." } else { "Silences are heard." };
        self.tell(Tone::Done, said)
    }

    /// Says, as soon as it is known, that words per minute cannot lead here.
    pub(super) fn tell_no_pace(&mut self) {
        let Lead::Instead(why) = self.lead() else { return };
        if self.notice.is_none() {
            let speed = shown_speed(self.playback().0);
            self.tell(Tone::Hint, format!("No words a minute here, because {}: {speed} instead.", why.in_words()));
        }
    }
}

/// A speed in hundredths as people write it: `1.5x`.
pub fn shown_speed(hundredths: u16) -> String {
    let text = format!("{:.2}", f64::from(hundredths) / 100.0);
    let text = text.strip_suffix('0').unwrap_or(&text);
    format!("{text}x")
}
