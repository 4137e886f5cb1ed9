//! The linear form of the screens: the same application, driven by lines and told in lines, for screen readers and for scripts.
//!
//! Nothing is redrawn and nothing moves the cursor. What a line means is an event to the application, as a key's is; what is
//! told is what changed in it. So the linear form cannot do anything that the screens cannot, or do it otherwise.

mod asking;
mod delivering;
mod lines;
mod news;
mod reading;
mod telling;
mod values;
mod words;

use std::collections::VecDeque;

use crate::app::action::Action;
use crate::app::{App, Event};
use crate::interview::{AnswerId, Moment, Span};
use crate::text::SafeText;

use super::keymap::Keymap;
use news::Told;

/// One line that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it is meant.
    pub kind: Kind,
    /// What it says.
    pub text: SafeText,
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is so.
    Told,
    /// Something is asked: the next line answers it.
    Asked,
    /// Something was done.
    Done,
    /// Something is to be known.
    Hint,
    /// Something went wrong.
    Trouble,
}

impl Kind {
    /// Its name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Told => "told",
            Kind::Asked => "asked",
            Kind::Done => "done",
            Kind::Hint => "hint",
            Kind::Trouble => "trouble",
        }
    }
}

impl Line {
    fn new(kind: Kind, text: impl AsRef<str>) -> Self {
        // A text of several lines would be read as several things.
        Line { kind, text: SafeText::line(text.as_ref()) }
    }

    fn told(text: impl AsRef<str>) -> Self {
        Line::new(Kind::Told, text)
    }
}

/// What comes of a line, one thing after the other.
#[derive(Clone, Debug)]
pub enum Did {
    /// This happens to the application.
    Event(Event),
    /// This is told.
    Say(Vec<Line>),
    /// Nothing more of what was typed is taken before that.
    Wait(Wait),
    /// It was not understood; this is told.
    Unknown(Line),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// So many milliseconds of real time.
    Ms(u32),
    /// That nothing plays.
    Played,
    /// That all is on disk.
    Saved,
}

/// Something that a line asks for, looked at when its turn comes: the application may be elsewhere by then.
#[derive(Clone, Debug)]
enum Step {
    Event(Event),
    /// The answer to what the word before has opened.
    Fill(String),
    /// Go to a criterion, by its number, name or id.
    Criterion(String),
    Word(&'static words::Word, String),
}

/// The linear side of the application.
pub struct Plain {
    keymap: Keymap,
    steps: VecDeque<Step>,
    told: Told,
    /// Whether each sentence is told as it begins.
    captions: bool,
    /// Lines of a text field so far, where one ended in a backslash.
    begun: Vec<String>,
    /// The written answer that was told last.
    shown: Option<(AnswerId, Span)>,
}

impl Plain {
    /// A linear form with these keys.
    pub fn new(keymap: Keymap) -> Self {
        Plain { keymap, steps: VecDeque::new(), told: Told::default(), captions: false, begun: Vec::new(), shown: None }
    }

    /// Takes a line that was typed; [`Plain::next`] tells what comes of it.
    pub fn line(&mut self, app: &App, typed: &str) {
        let steps = self.meant(app, typed);
        // What is told next may say how much was read.
        let reads = self.shown.is_some().then_some(Step::Event(Event::Rested));
        self.steps.extend(reads.into_iter().chain(steps));
    }

    /// The next thing that comes of what was typed; none where all was done.
    pub fn next(&mut self, app: &App) -> Option<Did> {
        loop {
            let did = match self.steps.pop_front()? {
                Step::Event(event) => Some(Did::Event(event)),
                Step::Fill(text) => self.fill(app, &text),
                Step::Criterion(named) => self.choose_criterion(app, &named),
                Step::Word(word, rest) => self.word(app, word, &rest),
            };
            if let Some(did) = did {
                if let Did::Event(Event::Do(action)) = &did {
                    self.told.is_done(*action);
                }
                return Some(did);
            }
        }
    }

    /// Whether something that was typed is still to be done.
    pub fn is_busy(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Forgets what was typed and not done yet.
    pub fn give_up(&mut self) {
        self.steps.clear();
    }

    /// What is to be told of what changed since it was asked last.
    pub fn news(&mut self, app: &App) -> Vec<Line> {
        self.told.news(app, self.captions)
    }

    /// The part of a written answer that was told, for the application, where that is another by now.
    pub fn read(&mut self, app: &App) -> Option<Event> {
        let now = reading::written(app).filter(|_| app.overlays.is_empty()).map(|(answer, text)| {
            let end = Moment(text.text.as_str().chars().count() as u32);
            (answer, text.original(Span { start: Moment::START, end }))
        });
        (now != self.shown).then(|| {
            self.shown = now;
            Event::OnScreen(now)
        })
    }

    /// A text was to be put on a clipboard: it is told instead, to be copied from there.
    pub fn copied(&mut self, app: &App, text: &SafeText) -> Vec<Line> {
        self.told.knows_notice(app);
        vec![Line::told(format!("To copy: {text}"))]
    }

    /// The first line.
    pub fn greeting() -> Line {
        Line::told("earmark, line by line. Type a word or a key, then Enter; help lists what works here.")
    }

    fn do_all(actions: impl IntoIterator<Item = Action>) -> Vec<Step> {
        actions.into_iter().map(|action| Step::Event(Event::Do(action))).collect()
    }
}
