//! What a typed line means: a word with what it is about, a key, an answer to what is asked.

use super::values::{moment, moments, moves_evidence, waits};
use super::words::{self, Does};
use super::{Did, Kind, Line, Plain, Step, asking, reading, telling};
use crate::app::action::{Action, Place};
use crate::app::{App, Event, Overlay, Picker, Pointing, Screen, Scrollable, TextInput};
use crate::text::{SafeText, nearest};
use crate::tui::keymap::{Key, Pressed, Resolved};

/// What leaves a question or a text field.
const LEAVES: [&str; 4] = [".", "back", "esc", "cancel"];

impl Plain {
    pub(super) fn meant(&mut self, app: &App, typed: &str) -> Vec<Step> {
        let line = typed.trim();
        match app.overlays.last() {
            Some(Overlay::Field(field)) => {
                let lines = field.lines;
                let initial = field.initial.clone();
                self.typed_into(line, lines, &initial)
            }
            Some(Overlay::Picker(_)) if !is_quit(line) => answered(line),
            Some(Overlay::Concordance(_)) if !is_quit(line) => sought(line),
            Some(Overlay::Reader(_)) if line.is_empty() || line == "enter" => {
                // All of it was told.
                let told = Step::Event(Event::BeginsAt { what: Scrollable::Below { rows: 0 }, line: 0 });
                [told].into_iter().chain(Plain::do_all([Action::Open])).collect()
            }
            Some(Overlay::Reader(_)) if LEAVES.contains(&line) => Plain::do_all([Action::Back]),
            _ => self.said(app, line),
        }
    }

    /// A line that is typed into a text field.
    fn typed_into(&mut self, line: &str, takes_lines: bool, initial: &str) -> Vec<Step> {
        let text = |input| Step::Event(Event::Text(input));
        if line == "." {
            self.begun.clear();
            return vec![text(TextInput::Cancelled)];
        }
        if let Some(first) = line.strip_suffix('\\').filter(|_| takes_lines) {
            self.begun.push(first.trim_end().to_owned());
            // What is typed so far is kept, as on the screen.
            return vec![text(TextInput::Changed(self.begun.join("\n"))), Step::Event(Event::Rested)];
        }
        let mut all = std::mem::take(&mut self.begun);
        if !line.is_empty() {
            all.push(line.to_owned());
        }
        let whole = if all.is_empty() { initial.to_owned() } else { all.join("\n") };
        vec![text(TextInput::Changed(whole.clone())), text(TextInput::Done(whole))]
    }

    /// A line where nothing is asked.
    fn said(&mut self, app: &App, line: &str) -> Vec<Step> {
        let place = app.place();
        if line.is_empty() {
            return self.keys(app, "enter").unwrap_or_default();
        }
        if line.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.number(app, line);
        }
        let (first, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(first, rest)| (first, rest.trim()));
        let name = first.to_lowercase();
        if let Some(word) = words::find(&name).filter(|_| first.chars().count() > 1) {
            return vec![Step::Word(word, rest.to_owned())];
        }
        let named = name.parse::<Action>().ok().or_else(|| words::short(&name));
        let action = named.filter(|action| action.works_in(place));
        if let Some(action) = action.filter(|_| first.chars().count() > 1) {
            return act(action, rest);
        }
        if let Some(steps) = self.keys(app, line) {
            return steps;
        }
        // A key, and what is to stand in the field that it opens.
        if let (Ok(key), false) = (first.parse::<Key>(), rest.is_empty())
            && let Resolved::Action(action) = self.keymap.resolve(place, &[key])
        {
            return act(action, rest);
        }
        let elsewhere = named.map(|action| {
            let places: Vec<&str> = action.places().iter().map(|place| place.title()).collect();
            format!("{name} works in {}: {}", places.join(", "), action.help())
        });
        vec![Step::Word(&UNKNOWN, elsewhere.unwrap_or_else(|| unknown(first, place)))]
    }

    /// Digits: ratings where there is something to rate, the number of a line in a list elsewhere.
    fn number(&self, app: &App, digits: &str) -> Vec<Step> {
        let nth = digits.parse::<usize>().unwrap_or(usize::MAX);
        match app.screen() {
            Screen::Batches => reading::to_batch(app, nth),
            Screen::Batch(_) => vec![Step::Word(words::find("go").expect("it is in the table"), digits.to_owned())],
            Screen::Deliver(open) if (1..=open.rows().len()).contains(&nth) => {
                vec![Step::Event(Event::Pointing(Pointing::Row(nth - 1))), Step::Event(Event::Do(Action::Open))]
            }
            Screen::Panel(_) | Screen::Deliver(_) => vec![Step::Word(&UNKNOWN, unknown(digits, app.place()))],
            Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_) if app.takes_whole_values() => {
                app.value_named(digits).map(|observed| Step::Event(Event::Give(observed))).into_iter().collect()
            }
            Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_) => {
                Plain::do_all(digits.bytes().filter_map(|digit| Action::of_digit(digit - b'0')))
            }
        }
    }

    /// What keys mean here, named one after the other; none where one of them is no key.
    pub(super) fn keys(&self, app: &App, line: &str) -> Option<Vec<Step>> {
        let keys: Vec<Key> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let (mut pressed, mut steps, place) = (Pressed::default(), Vec::new(), app.place());
        for key in &keys {
            match pressed.press(&self.keymap, place, *key) {
                Resolved::Action(Action::Help | Action::Palette) => {
                    steps.push(Step::Word(words::find("help").expect("it is in the table"), String::new()));
                }
                Resolved::Action(action) => steps.push(Step::Event(Event::Do(action))),
                Resolved::Prefix => {}
                Resolved::None => {
                    let bound = self.keymap.elsewhere(place, *key);
                    let shown = SafeText::line(&crate::tui::keymap::label(&[*key]));
                    steps.push(match bound.is_empty() {
                        true => Step::Word(&UNKNOWN, unknown(&shown.to_string(), place)),
                        false => Step::Event(Event::Stray { key: shown, bound }),
                    });
                }
            }
        }
        Some(steps)
    }

    /// Answers what the step before has opened; nothing where it opened nothing.
    pub(super) fn fill(&mut self, app: &App, text: &str) -> Option<Did> {
        match app.overlays.last()? {
            Overlay::Field(_) => Some(Did::Event(Event::Text(TextInput::Done(text.to_owned())))),
            Overlay::Concordance(_) => Some(Did::Event(Event::Text(TextInput::Changed(text.to_owned())))),
            Overlay::Reader(_) => None,
            Overlay::Picker(picker) => match chosen(picker, text) {
                Some((nth, rest)) => {
                    if !rest.is_empty() {
                        self.steps.push_front(Step::Fill(rest));
                    }
                    Some(Did::Event(Event::Choose(nth)))
                }
                None => {
                    Some(Did::Unknown(Line::new(Kind::Hint, format!("“{text}” is none of these. A number chooses; back leaves."))))
                }
            },
        }
    }

    /// Does one of the linear form's own words.
    pub(super) fn word(&mut self, app: &App, word: &'static words::Word, rest: &str) -> Option<Did> {
        if std::ptr::eq(word, &UNKNOWN) {
            return Some(Did::Unknown(Line::new(Kind::Hint, rest)));
        }
        let Some(lines) = self.tells(app, word.does, rest) else { return self.does(app, word, rest) };
        Some(match lines {
            Ok(lines) => Did::Say(lines),
            Err(Usage) => usage(word),
        })
    }

    /// What a word tells; none where it does something.
    fn tells(&mut self, app: &App, does: Does, rest: &str) -> Option<Result<Vec<Line>, Usage>> {
        Some(Ok(match does {
            Does::Where => telling::place(app),
            Does::Again => asking::asked(app).unwrap_or_else(|| telling::place(app)),
            Does::Help => telling::help(app, &self.keymap, rest),
            Does::Question => telling::question(app),
            Does::Criteria => telling::criteria(app),
            Does::Anchors => telling::anchors(app, rest),
            Does::Said => reading::said(app, rest.parse().unwrap_or(1)),
            Does::Transcript => return Some(moments(rest).map(|between| reading::transcript(app, between)).ok_or(Usage)),
            Does::Notes => telling::notes(app),
            Does::Missing => telling::missing(app),
            Does::List => telling::list(app),
            Does::Captions => match rest {
                "on" | "off" => self.tell_captions(rest == "on"),
                _ => return Some(Err(Usage)),
            },
            Does::Play | Does::Pause if app.deck.playing == (does == Does::Play) => {
                vec![Line::new(Kind::Hint, if app.deck.playing { "It plays already." } else { "Nothing plays." })]
            }
            _ => return None,
        }))
    }

    fn tell_captions(&mut self, on: bool) -> Vec<Line> {
        self.captions = on;
        vec![Line::new(Kind::Done, if on { "Each sentence is told as it begins." } else { "Sentences are not told." })]
    }

    /// Does what a word does; nothing at once where that is a matter of several steps.
    fn does(&mut self, app: &App, word: &'static words::Word, rest: &str) -> Option<Did> {
        let steps = match word.does {
            Does::Wait => return Some(waits(rest).map_or_else(|| usage(word), Did::Wait)),
            Does::Play | Does::Pause => return Some(Did::Event(Event::Do(Action::PlayPause))),
            Does::Seek => {
                let Some(at) = moment(rest) else { return Some(usage(word)) };
                self.told.is_moved();
                return Some(Did::Event(Event::GoTo(at)));
            }
            Does::Speed => reading::to_speed(rest),
            Does::Go => match reading::to_answer(app, rest) {
                Ok(steps) => Some(steps),
                Err(why) => return Some(Did::Unknown(Line::new(Kind::Hint, why))),
            },
            Does::Rate => rest.rsplit_once(char::is_whitespace).and_then(|(criterion, value)| {
                let criterion = Step::Criterion(criterion.trim().to_owned());
                Some(vec![criterion, Step::Event(Event::Give(app.value_named(value)?))])
            }),
            _ => None,
        };
        match steps {
            Some(steps) => self.instead(steps),
            None => Some(usage(word)),
        }
    }

    /// Does these instead, before what else was typed.
    fn instead(&mut self, steps: Vec<Step>) -> Option<Did> {
        steps.into_iter().rev().for_each(|step| self.steps.push_front(step));
        None
    }

    /// Goes to a criterion as a person does who chooses it; gives up the rest of the line where there is none.
    pub(super) fn choose_criterion(&mut self, app: &App, named: &str) -> Option<Did> {
        match reading::to_criterion(app, named) {
            Ok(steps) => self.instead(steps),
            Err(why) => {
                self.steps.clear();
                Some(Did::Unknown(Line::new(Kind::Hint, why)))
            }
        }
    }
}

/// What follows a word is not what it takes.
struct Usage;

fn usage(word: &words::Word) -> Did {
    Did::Unknown(Line::new(Kind::Hint, format!("It is: {} {}", word.name, word.takes)))
}

/// Stands for what is no word.
static UNKNOWN: words::Word = words::Word { name: "", takes: "", help: "", does: Does::Help };

fn act(action: Action, rest: &str) -> Vec<Step> {
    if matches!(action, Action::Help | Action::Palette) {
        return vec![Step::Word(words::find("help").expect("it is in the table"), rest.to_owned())];
    }
    if let (true, Ok(times @ 1..=99)) = (moves_evidence(action), rest.parse::<usize>()) {
        return Plain::do_all(std::iter::repeat_n(action, times));
    }
    let mut steps = Vec::new();
    let about_criterion = matches!(action, Action::MarkEvidence | Action::PlayEvidence | Action::ClearRating);
    if about_criterion && !rest.is_empty() {
        steps.push(Step::Criterion(rest.to_owned()));
    }
    steps.push(Step::Event(Event::Do(action)));
    if !about_criterion && !rest.is_empty() {
        steps.push(Step::Fill(rest.to_owned()));
    }
    steps
}

fn answered(line: &str) -> Vec<Step> {
    match line {
        "" | "again" | "help" | "?" => vec![Step::Word(words::find("again").expect("it is in the table"), String::new())],
        leaves if LEAVES.contains(&leaves) => Plain::do_all([Action::Back]),
        choice => vec![Step::Fill(choice.to_owned())],
    }
}

/// A line where places in all answers are listed: a number goes there, anything else is looked up.
fn sought(line: &str) -> Vec<Step> {
    match line.parse::<usize>() {
        Ok(nth @ 1..) => {
            let down = std::iter::repeat_n(Action::Down, nth - 1);
            Plain::do_all([Action::First].into_iter().chain(down).chain([Action::Open]))
        }
        _ if line.is_empty() => Plain::do_all([Action::Open]),
        _ if LEAVES.contains(&line) => Plain::do_all([Action::Back]),
        _ => vec![Step::Fill(line.to_owned())],
    }
}

fn is_quit(line: &str) -> bool {
    matches!(line, "quit" | "exit" | "Q")
}

/// Which item of a list is meant: by its number or how its words begin; and what is left for the next list.
fn chosen(picker: &Picker, text: &str) -> Option<(usize, String)> {
    let by = |text: &str| {
        let wanted = text.to_lowercase();
        let nth = text.parse::<usize>().ok().and_then(|nth| nth.checked_sub(1)).filter(|nth| *nth < picker.items.len());
        let labels = || picker.items.iter().map(|item| item.label.as_str().to_lowercase());
        let whole = || labels().position(|label| label == wanted);
        nth.or_else(whole).or_else(|| labels().position(|label| !wanted.is_empty() && label.starts_with(&wanted)))
    };
    if let Some(nth) = by(text) {
        return Some((nth, String::new()));
    }
    let (first, rest) = text.split_once(char::is_whitespace)?;
    Some((by(first)?, rest.trim().to_owned()))
}

fn unknown(word: &str, place: Place) -> String {
    let names = Action::ALL.iter().filter(|action| action.works_in(place)).map(|action| action.name());
    let own = words::WORDS.iter().map(|word| word.name).chain(words::SHORT.iter().map(|(name, _)| *name));
    match nearest(word, names.chain(own)).filter(|_| word.chars().count() > 2) {
        Some(near) => format!("“{word}” means nothing here. Did you mean {near}? help lists what works here."),
        None => format!("“{word}” means nothing here; help lists what works here."),
    }
}
