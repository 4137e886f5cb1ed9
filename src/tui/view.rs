//! What the terminal remembers beside the application: scroll offsets, layouts, the open list or text field; and what a key means.

use crate::app::action::{Action, Place};
use crate::app::{App, Event, Overlay, Purpose, Screen, Scrollable, TextInput};
use crate::interview::{AnswerId, EventId, Span};
use crate::text::SafeText;

use super::draw::Canvas;
use super::input::Input;
use super::keymap::{Key, Keymap, Pressed, Resolved};
use super::pointing::{Drag, Targets};
use super::screens;
use super::widgets::{Choice, Picker, Prompt, PromptDid, TableState};
use super::words::Words;

/// The terminal's side of the application.
pub struct View {
    /// Which keys do what.
    pub keymap: Keymap,
    pub(super) pressed: Pressed,
    pub(super) batches: TableState,
    pub(super) grid: TableState,
    pub(super) cells: screens::Cells,
    pub(super) panel: TableState,
    pub(super) deliver: TableState,
    pub(super) columns: screens::Columns,
    pub(super) over: Option<Over>,
    /// The first row of the concordance that is shown.
    pub(super) concordance_top: usize,
    /// The part of a written answer that the last frame showed.
    pub(super) shown: Option<(AnswerId, Span)>,
    told: Option<(AnswerId, Span)>,
    /// What can be pointed at in the last frame.
    pub(super) targets: Targets,
    /// Words that are being drawn over.
    pub(super) drag: Option<Drag>,
    /// Whether the last frame had no room for a screen: nothing can be meant that cannot be seen.
    pub(super) is_small: bool,
    /// What was written last on the answer whose notes the last frame showed: what is written next is brought on screen.
    pub(super) newest: Option<(AnswerId, Option<EventId>)>,
    /// Where the last frame began in what scrolls, as far as that is not what the application thinks.
    pub(super) begins: Vec<(Scrollable, usize)>,
}

/// The widget of the application's open list or text field.
pub(super) struct Over {
    depth: usize,
    title: SafeText,
    purpose: Purpose,
    pub(super) widget: Widget,
}

pub(super) enum Widget {
    List(Box<Picker>),
    Field(Box<Prompt>),
}

impl View {
    /// A view with these keys.
    pub fn new(keymap: Keymap) -> Self {
        View {
            keymap,
            pressed: Pressed::default(),
            batches: TableState::default(),
            grid: TableState::default(),
            cells: screens::Cells::default(),
            panel: TableState::default(),
            deliver: TableState::default(),
            columns: screens::Columns::default(),
            over: None,
            concordance_top: 0,
            shown: None,
            told: None,
            targets: Targets::default(),
            drag: None,
            is_small: false,
            newest: None,
            begins: Vec::new(),
        }
    }

    /// Draws the application.
    pub fn draw(&mut self, canvas: &mut Canvas<'_>, app: &App) {
        self.keep_up(app);
        self.shown = None;
        self.targets.clear();
        self.begins.clear();
        screens::draw(self, canvas, app);
        if !app.overlays.is_empty() {
            // What lies under a list or a field is not being read.
            self.shown = None;
        }
    }

    /// What the application is to know of the frame just drawn: that another part of a written answer is on screen.
    pub fn news(&mut self) -> Option<Event> {
        let changed = self.shown != self.told;
        self.told = self.shown;
        if changed {
            return Some(Event::OnScreen(self.shown));
        }
        self.begins.pop().map(|(what, line)| Event::BeginsAt { what, line })
    }

    /// What an input means to the application now; nothing where it only concerns the view.
    pub fn input(&mut self, app: &App, input: Input) -> Option<Event> {
        self.keep_up(app);
        match input {
            Input::Key(key) if self.is_small => self.key_unseen(key),
            Input::Key(key) => self.key(app, key),
            Input::Paste(_) if self.is_small => None,
            Input::Paste(text) => self.paste(&text),
            Input::Mouse(mouse) => self.mouse(app, mouse),
            Input::Resize(columns, rows) => {
                self.is_small = screens::is_too_small(columns, rows);
                None
            }
            Input::Focus(_) | Input::Ground(_) => None,
        }
    }

    /// The keys of a sequence that were pressed so far.
    pub fn waiting(&self) -> &[Key] {
        self.pressed.waiting()
    }

    /// Makes the widget of the overlay that is open, and forgets that of one that is gone.
    fn keep_up(&mut self, app: &App) {
        let depth = app.overlays.len();
        let Some((title, purpose)) = app.overlays.last().and_then(what) else {
            self.over = None;
            return;
        };
        if self.over.as_ref().is_some_and(|over| over.depth == depth && over.title == *title && over.purpose == *purpose) {
            return;
        }
        let widget = match app.overlays.last() {
            Some(Overlay::Picker(picker)) => Widget::List(Box::new(self.list(app, picker))),
            Some(Overlay::Concordance(open)) => {
                let prompt = Prompt::line(&SafeText::line(&open.field.initial));
                Widget::Field(Box::new(prompt.gives_way()))
            }
            Some(Overlay::Field(field)) => {
                let text = SafeText::block(&field.initial);
                Widget::Field(Box::new(if field.lines { Prompt::block(&text) } else { Prompt::line(&text) }))
            }
            _ => return,
        };
        self.over = Some(Over { depth, title: title.clone(), purpose: purpose.clone(), widget });
    }

    fn list(&self, app: &App, picker: &crate::app::Picker) -> Picker {
        let place = app.screen().place();
        let choice = |item: &crate::app::Item| Choice {
            words: Words::from(&item.label).into_owned(),
            detail: match item.choice {
                crate::app::Choice::Do(action) => self.key_of(place, action).into(),
                _ => Words::from(&item.detail).into_owned(),
            },
            synonyms: match item.choice {
                crate::app::Choice::Do(action) => format!("{} {}", action.name(), item.synonyms),
                _ => item.synonyms.to_owned(),
            },
        };
        let choices = picker.items.iter().map(choice).collect();
        let list = if picker.filters { Picker::filtering(choices) } else { Picker::plain(choices) };
        let mut list = list.headed(picker.items.iter().map(|item| item.group));
        list.move_by(picker.at as isize);
        list
    }

    /// The key that does an action in a place, else the action's name.
    fn key_of(&self, place: Place, action: Action) -> String {
        let keys = self.keymap.keys(place, action);
        if keys.is_empty() { action.name().to_owned() } else { keys.join("  ") }
    }

    fn key(&mut self, app: &App, key: Key) -> Option<Event> {
        if let Some(over) = &mut self.over {
            let did = match &mut over.widget {
                Widget::Field(prompt) => {
                    return match prompt.press(key) {
                        PromptDid::Changed => Some(Event::Text(TextInput::Changed(prompt.text()))),
                        PromptDid::Done => Some(Event::Text(TextInput::Done(prompt.text()))),
                        PromptDid::Cancelled => Some(Event::Text(TextInput::Cancelled)),
                        // What leaves the program keeps what is typed.
                        PromptDid::Nothing if key.ctrl => match self.keymap.resolve(Place::Overlay, &[key]) {
                            Resolved::Action(action @ (Action::Quit | Action::Redraw)) => Some(Event::Do(action)),
                            _ => None,
                        },
                        // Arrows and pages choose among what was found.
                        PromptDid::Nothing if over.purpose == Purpose::Concordance => {
                            match self.keymap.resolve(Place::Overlay, &[key]) {
                                Resolved::Action(action) => Some(Event::Do(action)),
                                _ => None,
                            }
                        }
                        PromptDid::Nothing | PromptDid::Moved => None,
                    };
                }
                // A list of things that are on or off is ticked as such lists are.
                Widget::List(_) if over.purpose == Purpose::Filter && key == Key::char(' ') => return self.chosen(),
                Widget::List(list) => list.press(key),
            };
            match did {
                PromptDid::Done => return self.chosen(),
                PromptDid::Cancelled => return Some(Event::Do(Action::Back)),
                PromptDid::Moved | PromptDid::Changed => return None,
                PromptDid::Nothing => {}
            }
        }
        let began = !self.pressed.waiting().is_empty();
        match self.pressed.press(&self.keymap, app.place(), key) {
            Resolved::Action(action) => self.action(action),
            Resolved::Prefix => None,
            Resolved::None => {
                let bound = self.keymap.elsewhere(app.place(), key);
                let key = SafeText::line(&super::keymap::label(&[key]));
                Some(Event::Stray { key, bound }).filter(|_| !began)
            }
        }
    }

    /// A key while nothing is on screen: nothing is written or typed; one can stop what plays, and leave.
    fn key_unseen(&mut self, key: Key) -> Option<Event> {
        let heard = |action: Action| matches!(action, Action::PlayPause);
        let leaves = |action: Action| matches!(action, Action::Quit | Action::Suspend | Action::Redraw);
        let types = matches!(&self.over, Some(Over { widget: Widget::Field(_), .. })) && !key.ctrl;
        match self.keymap.resolve(Place::Review, &[key]) {
            Resolved::Action(action) if leaves(action) && !types => Some(Event::Do(action)),
            Resolved::Action(action) if heard(action) && self.over.is_none() => Some(Event::Do(action)),
            _ => None,
        }
    }

    pub(super) fn action(&mut self, action: Action) -> Option<Event> {
        let Some(Over { widget: Widget::List(list), .. }) = &mut self.over else { return Some(Event::Do(action)) };
        match action {
            Action::Up => list.move_by(-1),
            Action::Down => list.move_by(1),
            Action::PageUp => list.page(-1),
            Action::PageDown => list.page(1),
            Action::First => list.move_by(isize::MIN),
            Action::Last => list.move_by(isize::MAX),
            Action::Open => return self.chosen(),
            other => return Some(Event::Do(other)),
        }
        self.pointed()
    }

    /// What is told of the cursor's moves: of the colours, so that each is seen before one is chosen.
    fn pointed(&self) -> Option<Event> {
        match &self.over {
            Some(Over { widget: Widget::List(list), purpose: Purpose::Theme(_), .. }) => list.chosen().map(Event::Pointed),
            _ => None,
        }
    }

    pub(super) fn chosen(&self) -> Option<Event> {
        match &self.over {
            Some(Over { widget: Widget::List(list), .. }) => list.chosen().map(Event::Choose),
            _ => None,
        }
    }

    fn paste(&mut self, text: &SafeText) -> Option<Event> {
        match &mut self.over {
            Some(Over { widget: Widget::Field(prompt), .. }) => match prompt.paste(text) {
                PromptDid::Changed => Some(Event::Text(TextInput::Changed(prompt.text()))),
                _ => None,
            },
            Some(Over { widget: Widget::List(list), .. }) => {
                list.paste(text);
                None
            }
            None => None,
        }
    }

    /// Forgets what belongs to a batch that was closed.
    pub fn forget(&mut self, app: &App) {
        if matches!(app.screen(), Screen::Batches) {
            self.columns = screens::Columns::default();
            self.grid = TableState::default();
        }
    }
}

fn what(overlay: &Overlay) -> Option<(&SafeText, &Purpose)> {
    match overlay {
        Overlay::Picker(picker) => Some((&picker.title, &picker.purpose)),
        Overlay::Field(field) => Some((&field.title, &field.purpose)),
        Overlay::Concordance(open) => Some((&open.field.title, &open.field.purpose)),
        Overlay::Reader(_) => None,
    }
}
