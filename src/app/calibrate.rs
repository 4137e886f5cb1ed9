//! Calibrate: a clip that experts have rated, heard and rated before the first score, and their reasons afterwards.

use std::collections::BTreeMap;

use super::action::Action;
use super::deck::Loaded;
use super::{App, Command, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, Moment, Slug};
use crate::journal::Act;
use crate::protocol::{self, Calibration, against_experts, clip_answer, distance};
use crate::rubric::{AnchorClip, Criterion, Observed, Point};

/// What the Calibrate screen remembers. It has Review's keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrate {
    /// Which clip of the rubric.
    pub clip: Slug,
    /// Under which id it plays.
    pub answer: AnswerId,
    /// Which of its criteria the next digit rates.
    pub criterion: usize,
    /// What was given so far; nothing of it is written before it is handed in.
    pub given: BTreeMap<CriterionId, Observed>,
    /// Whether it was handed in: then the experts' points and reasons show.
    pub shown: bool,
}

impl Desk {
    /// How this reviewer stands with the rubric's anchor clips; none where there is nothing to calibrate by.
    pub fn calibration(&self) -> Option<Calibration<'_>> {
        protocol::calibration(self.mine(), self.rubric.as_ref()?, &self.rules)
    }

    /// An anchor clip of the rubric.
    pub fn clip(&self, id: &Slug) -> Option<&AnchorClip> {
        self.rubric.as_ref()?.anchor_clips.iter().find(|clip| clip.id == *id)
    }

    /// The criteria that the experts rated in a clip, in the rubric's order.
    pub fn clip_criteria(&self, clip: &AnchorClip) -> Vec<&Criterion> {
        let question = self.rubric.as_ref().and_then(|rubric| rubric.question(&clip.question));
        let all = question.map_or(&[][..], |question| question.criteria.as_slice());
        all.iter().filter(|criterion| clip.key.contains_key(&criterion.id)).collect()
    }

    /// The clip that is to be rated next: one that is due, else the next in turn.
    fn next_clip(&self) -> Option<Calibrate> {
        let standing = self.calibration()?;
        let rubric = self.rubric.as_ref()?;
        let turn = self.mine().calibrations.len() % rubric.anchor_clips.len();
        let clip = standing.due.first().copied().unwrap_or(&rubric.anchor_clips[turn]);
        let answer = clip_answer(rubric, clip);
        Some(Calibrate { clip: clip.id.clone(), answer, criterion: 0, given: BTreeMap::new(), shown: false })
    }

    /// Whether a rating of an answer waits for a clip; one that is not required may have been put off.
    fn asks_for_clip(&self, answer: AnswerId) -> bool {
        let asks = |of: &Calibration<'_>| of.comes_before(self.mine(), answer) && (of.required || !self.calibration_put_off);
        self.calibration().as_ref().is_some_and(asks)
    }
}

impl App {
    /// Opens a clip where one is due before a rating of this answer; none where none is.
    pub(super) fn calibrate_first(&mut self, answer: AnswerId) -> Option<Vec<Effect>> {
        let asks = !self.read_only && self.desk.as_ref().is_some_and(|desk| desk.asks_for_clip(answer));
        asks.then(|| {
            let effects = self.open_clip();
            self.tell(Tone::Hint, "First a clip that experts have rated: digits rate it, S hands it in. Esc puts it off.");
            effects
        })
    }

    /// Opens the clip that is next, also where none is due.
    pub(super) fn calibrate(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        match self.desk.as_ref().and_then(Desk::calibration) {
            Some(_) => self.open_clip(),
            None => {
                let clips =
                    self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()).is_some_and(|rubric| !rubric.anchor_clips.is_empty());
                self.tell(
                    Tone::Hint,
                    match clips {
                        true => "The protocol of this batch asks for no calibration.",
                        false => "There is nothing to calibrate by: the rubric has no clips that experts have rated.",
                    },
                )
            }
        }
    }

    fn open_clip(&mut self) -> Vec<Effect> {
        let Some(calibrate) = self.desk.as_ref().and_then(Desk::next_clip) else { return Vec::new() };
        let (slot, answer, at) = (Slot(0), calibrate.answer, Moment::START);
        let mut effects = self.paused();
        self.screens.retain(|screen| !matches!(screen, Screen::Calibrate(_)));
        self.screens.push(Screen::Calibrate(calibrate));
        effects.extend(self.hear(slot));
        self.deck.put_at(slot, at);
        self.deck.put(slot, Loaded::Coming(answer));
        effects.push(Effect::Player(Command::Load { slot, answer, at }));
        if self.autoplay {
            effects.extend(self.play());
        }
        effects
    }

    pub(super) fn on_calibrate(&mut self, action: Action) -> Vec<Effect> {
        if let Some(effects) = self.transport(action) {
            return effects;
        }
        if let (Some(digit), Some(scale)) = (action.digit(), self.scale()) {
            return match scale.of_digit(digit) {
                Some(observed) => self.give_clip_value(observed),
                None => self.ask_clip_value(&digit.to_string()),
            };
        }
        match action {
            Action::RateValue => self.ask_clip_value(""),
            Action::NotObserved => self.give_clip_value(Observed::NotObserved),
            Action::HalfUp => self.clip_half_up(),
            Action::Down | Action::NextCriterion => self.step_clip(1),
            Action::Up | Action::PreviousCriterion => self.step_clip(-1),
            Action::ClearRating => self.clear_clip(),
            Action::Seal | Action::Calibrate => self.hand_in_clip(),
            Action::NextAnswer | Action::NextMissing | Action::Open => self.after_clip(),
            _ => self.tell(Tone::Hint, "This is a calibration clip: digits rate, S hands it in, Esc leaves it."),
        }
    }

    /// The open clip, the criteria that are rated in it, and the screen.
    fn at_clip(&self) -> Option<(&Calibrate, Vec<(CriterionId, String)>)> {
        let (Screen::Calibrate(open), Some(desk)) = (self.screen(), &self.desk) else { return None };
        let clip = desk.clip(&open.clip)?;
        let named = |criterion: &&Criterion| (criterion.id.clone(), criterion.name.fit(28).to_string());
        Some((open, desk.clip_criteria(clip).iter().map(named).collect()))
    }

    fn with_clip(&mut self, change: impl FnOnce(&mut Calibrate)) -> Vec<Effect> {
        if let Some(Screen::Calibrate(open)) = self.screens.last_mut() {
            change(open);
        }
        Vec::new()
    }

    fn ask_clip_value(&mut self, typed: &str) -> Vec<Effect> {
        let Some((open, criteria)) = self.at_clip().filter(|(open, _)| !open.shown) else {
            return self.tell(Tone::Hint, "This clip is handed in; n goes on.");
        };
        let Some((_, name)) = criteria.get(open.criterion) else { return Vec::new() };
        let (at, name) = ((open.answer, open.criterion), name.clone());
        self.open_value(&name, at, typed)
    }

    /// Gives a value that was typed: a point, for nothing else is compared with the experts'.
    pub(super) fn give_clip_value(&mut self, observed: Observed) -> Vec<Effect> {
        match observed {
            Observed::Point(_) => self.give_clip(observed),
            _ => self.tell(Tone::Hint, "A clip takes points: the experts gave one for each criterion here."),
        }
    }

    fn give_clip(&mut self, observed: Observed) -> Vec<Effect> {
        let Some((open, criteria)) = self.at_clip() else { return Vec::new() };
        if open.shown {
            return self.tell(Tone::Hint, "This clip is handed in; n goes on.");
        }
        let Some(scale) = self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()).map(|rubric| &rubric.scale) else {
            return Vec::new();
        };
        if let Observed::Point(point) = observed
            && !scale.allows(point)
        {
            return self.tell(Tone::Hint, format!("{point} is not on the scale of {} to {}.", scale.min, scale.max));
        }
        let Some((id, _)) = criteria.get(open.criterion) else { return Vec::new() };
        let mut given = open.given.clone();
        given.insert(id.clone(), observed);
        let next = criteria.iter().position(|(id, _)| !given.contains_key(id));
        let (at, is_whole) = (next.unwrap_or(open.criterion), next.is_none());
        self.with_clip(|open| (open.given, open.criterion) = (given, at));
        if is_whole { self.tell(Tone::Done, "All is rated; S hands it in and shows what the experts gave.") } else { Vec::new() }
    }

    fn clip_half_up(&mut self) -> Vec<Effect> {
        let Some((open, criteria)) = self.at_clip() else { return Vec::new() };
        // A digit goes on to the next criterion; the half belongs to the one before.
        let at = if open.given.len() == criteria.len() { open.criterion } else { open.criterion.saturating_sub(1) };
        let value = criteria.get(at).and_then(|(id, _)| open.given.get(id));
        match value {
            Some(Observed::Point(point)) if !point.is_half() => {
                let half = Point::from_value(point.value() + 0.5);
                self.with_clip(|open| open.criterion = at);
                half.map_or_else(|_| Vec::new(), |half| self.give_clip(Observed::Point(half)))
            }
            _ => Vec::new(),
        }
    }

    fn step_clip(&mut self, by: isize) -> Vec<Effect> {
        let last = self.at_clip().map_or(0, |(_, criteria)| criteria.len().saturating_sub(1));
        self.with_clip(|open| open.criterion = open.criterion.saturating_add_signed(by).min(last))
    }

    fn clear_clip(&mut self) -> Vec<Effect> {
        let id = self.at_clip().and_then(|(open, criteria)| Some(criteria.get(open.criterion)?.0.clone()));
        self.with_clip(|open| {
            if let (Some(id), false) = (id, open.shown) {
                open.given.remove(&id);
            }
        })
    }

    /// Writes the values, and shows what the experts gave.
    fn hand_in_clip(&mut self) -> Vec<Effect> {
        let Some((open, criteria)) = self.at_clip() else { return Vec::new() };
        if open.shown {
            return self.after_clip();
        }
        if let Some(at) = criteria.iter().position(|(id, _)| !open.given.contains_key(id)) {
            let words = format!("Still to rate: {}.", criteria[at].1);
            self.with_clip(|open| open.criterion = at);
            return self.tell(Tone::Hint, words);
        }
        let ratings: Vec<(CriterionId, Observed)> =
            criteria.iter().filter_map(|(id, _)| Some((id.clone(), *open.given.get(id)?))).collect();
        let clip = open.clip.clone();
        let said = self.desk.as_ref().map_or_else(String::new, |desk| clip_said(desk, &clip, &ratings));
        let effects = self.write(Act::Calibrated { clip, ratings }, None);
        self.with_clip(|open| open.shown = true);
        self.tell(Tone::Done, said);
        effects
    }

    /// Goes on to the next clip that is due, else back to what lies below.
    fn after_clip(&mut self) -> Vec<Effect> {
        let Some((open, _)) = self.at_clip() else { return self.leave_clip() };
        if !open.shown {
            return self.tell(Tone::Hint, "Rate this clip and hand it in with S, or leave it with Esc.");
        }
        if self.desk.as_ref().is_some_and(|desk| desk.calibration().is_some_and(|standing| !standing.due.is_empty())) {
            return self.open_clip();
        }
        self.leave_clip()
    }

    /// Goes back to what lies below, which is loaded again; a clip that was not handed in is put off.
    pub(super) fn leave_clip(&mut self) -> Vec<Effect> {
        let left = self.screens.pop_if(|screen| matches!(screen, Screen::Calibrate(_)));
        let put_off = matches!(&left, Some(Screen::Calibrate(open)) if !open.shown);
        let mut effects = self.paused();
        let required = match &mut self.desk {
            Some(desk) => {
                desk.calibration_put_off |= put_off;
                desk.calibration().is_some_and(|standing| standing.required && !standing.due.is_empty())
            }
            None => false,
        };
        effects.extend(match self.screen() {
            Screen::Review(review) => self.review(review.answer),
            Screen::Compare(_) => self.compare_again(),
            _ => {
                self.deck.put(Slot(0), Loaded::Nothing);
                vec![Effect::Player(Command::Unload(Slot(0)))]
            }
        });
        if required {
            self.tell(Tone::Hint, "Left: the clip comes before any rating of a new answer; a digit or Ctrl-E opens it again.");
        } else if put_off {
            self.tell(Tone::Hint, "Put off: digits rate now; Ctrl-E calibrates later.");
        }
        effects
    }
}

/// How far the values are from the experts', in words.
fn clip_said(desk: &Desk, clip: &Slug, ratings: &[(CriterionId, Observed)]) -> String {
    let bar = desk.calibration().map_or(0.0, |standing| standing.bar);
    match desk.clip(clip).and_then(|clip| distance(against_experts(ratings, clip))) {
        Some(of) if of.mean_abs <= bar + 1e-9 => {
            format!("{:.2} points from the experts on average, within {bar}. n goes on.", of.mean_abs)
        }
        Some(of) => format!("{:.2} points from the experts on average; {bar} is asked. Read why; n goes on.", of.mean_abs),
        None => "Nothing of it can be compared with the experts' points. n goes on.".to_owned(),
    }
}
