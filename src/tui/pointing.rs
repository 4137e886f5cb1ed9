//! What lies under the mouse: every frame leaves the places at which something can be pointed at, from the layout it was drawn by.

use ratatui::layout::{Position, Rect};

use super::input::{Mouse, MouseDid};
use super::view::{Over, View, Widget};
use super::widgets::{Hit, TablePlaces};
use crate::app::action::Action;
use crate::app::{App, Event, Overlay, Pane, Pointing, Purpose, Scrollable};
use crate::interview::{AnswerId, Moment};
use crate::rubric::Observed;

/// Lines that one notch of the wheel scrolls.
const NOTCH: isize = 3;

/// What lies at a place of the last frame.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A key's words at the foot.
    Do(Action),
    /// The batches, or the ranking.
    Rows(TablePlaces),
    /// The grid, whose first columns are no questions.
    Grid(TablePlaces, usize),
    /// The list that lies over the screen.
    List,
    /// A hit of the concordance.
    Found(usize),
    /// A transcript that begins at this line.
    Transcript(AnswerId, usize),
    /// A waveform of an answer this long.
    Wave(AnswerId, Moment),
    /// A pane, or a column, that scrolls.
    Scrolls(Scrollable),
    /// The head of a pane: what it leads to.
    Head(Pane),
    /// The head of a column.
    Column(usize),
    /// A criterion's own row.
    Criterion(usize),
    /// A point of it.
    Point { criterion: usize, observed: Observed },
}

/// Words that are being drawn over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Drag {
    pub(super) answer: AnswerId,
    /// The word where the button went down, and the one under the pointer.
    pub(super) from: usize,
    pub(super) to: usize,
    moved: bool,
}

impl Drag {
    /// The words between both ends.
    pub(super) fn words(&self) -> std::ops::Range<usize> {
        self.from.min(self.to)..self.from.max(self.to) + 1
    }
}

/// The places of one frame, those on top last.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets(Vec<(Rect, Target)>);

impl Targets {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn put(&mut self, area: Rect, target: Target) {
        if !area.is_empty() {
            self.0.push((area, target));
        }
    }

    /// What lies at a place, the topmost first.
    fn at(&self, x: u16, y: u16) -> impl Iterator<Item = (Rect, &Target)> {
        let here = move |(area, _): &&(Rect, Target)| area.contains(Position { x, y });
        self.0.iter().rev().filter(here).map(|(area, target)| (*area, target))
    }
}

impl View {
    /// What the mouse means to the application.
    pub(super) fn mouse(&mut self, app: &App, mouse: Mouse) -> Option<Event> {
        match mouse.did {
            MouseDid::WheelUp => self.wheel(app, mouse, -1),
            MouseDid::WheelDown => self.wheel(app, mouse, 1),
            MouseDid::Press => self.press(app, mouse),
            MouseDid::Double => self.double(mouse).or_else(|| self.press(app, mouse)),
            MouseDid::Drag => {
                self.drag_on(mouse);
                None
            }
            MouseDid::Release => {
                let drag = self.drag.take()?;
                let what =
                    if drag.moved { Pointing::Words(drag.answer, drag.words()) } else { Pointing::Word(drag.answer, drag.from) };
                Some(Event::Pointing(what))
            }
        }
    }

    fn wheel(&mut self, app: &App, Mouse { x, y, .. }: Mouse, by: isize) -> Option<Event> {
        let over = self.targets.at(x, y).find_map(|(_, target)| match target {
            Target::Scrolls(over) => Some(*over),
            _ => None,
        });
        match over.filter(|_| app.overlays.is_empty()) {
            Some(over) => Some(Event::Wheel { over, by: by * NOTCH }),
            None => self.action(if by < 0 { Action::Up } else { Action::Down }),
        }
    }

    fn press(&mut self, app: &App, Mouse { x, y, .. }: Mouse) -> Option<Event> {
        let (area, target) = self.targets.at(x, y).next().map(|(area, target)| (area, target.clone()))?;
        let point = |what| Some(Event::Pointing(what));
        match target {
            Target::Do(action) => Some(Event::Do(action)),
            Target::Rows(places) => match places.hit(x, y)? {
                Hit::Cell { row, .. } => point(Pointing::Row(row)),
                Hit::Header { .. } => None,
            },
            Target::Grid(places, pinned) => {
                let (row, column) = match places.hit(x, y)? {
                    Hit::Cell { row, column } => (Some(row), column),
                    Hit::Header { column } => (None, column),
                };
                point(Pointing::Cell { row, question: column.checked_sub(pinned) })
            }
            Target::List => self.press_in_list(app, area, x, y),
            Target::Found(nth) => point(Pointing::Found(nth)),
            Target::Transcript(answer, top) => {
                let word = self.columns.word_at(answer, top + usize::from(y - area.y), x - area.x)?;
                self.drag = Some(Drag { answer, from: word, to: word, moved: false });
                None
            }
            Target::Wave(answer, length) => {
                let ms = u64::from(length.0) * u64::from(x - area.x) / u64::from(area.width.max(1));
                point(Pointing::Moment(answer, Moment(ms as u32)))
            }
            Target::Head(pane) => point(Pointing::Pane(pane)),
            Target::Column(nth) => point(Pointing::Column(nth)),
            Target::Criterion(nth) => point(Pointing::Criterion(nth)),
            Target::Point { criterion, observed } => point(Pointing::Point { criterion, observed }),
            Target::Scrolls(Scrollable::Column(nth)) => point(Pointing::Column(nth)),
            Target::Scrolls(Scrollable::Pane(pane)) => point(Pointing::Pane(pane)),
            Target::Scrolls(Scrollable::Paper | Scrollable::Rests | Scrollable::Reader | Scrollable::Below { .. }) => None,
        }
    }

    /// A click in a list takes what lies there; of the colours it shows them, and a second one takes them.
    fn press_in_list(&mut self, app: &App, area: Rect, x: u16, y: u16) -> Option<Event> {
        let Some(Over { widget: Widget::List(list), .. }) = &mut self.over else { return None };
        let choice = list.hit(area, x, y)?;
        list.choose(choice);
        match app.overlays.last() {
            Some(Overlay::Picker(picker)) if matches!(picker.purpose, Purpose::Theme(_)) => Some(Event::Pointed(choice)),
            _ => Some(Event::Choose(choice)),
        }
    }

    /// The second half of a double click opens what the first one selected.
    fn double(&mut self, Mouse { x, y, .. }: Mouse) -> Option<Event> {
        let (_, target) = self.targets.at(x, y).next()?;
        match target {
            Target::Rows(places) | Target::Grid(places, _) => {
                matches!(places.hit(x, y), Some(Hit::Cell { .. })).then_some(Event::Do(Action::Open))
            }
            Target::Found(_) => Some(Event::Do(Action::Open)),
            Target::List => self.chosen(),
            _ => None,
        }
    }

    fn drag_on(&mut self, Mouse { x, y, .. }: Mouse) {
        let Some(drag) = self.drag else { return };
        let found = self.targets.0.iter().rev().find_map(|(area, target)| match target {
            Target::Transcript(answer, top) if *answer == drag.answer => Some((*area, *top)),
            _ => None,
        });
        let Some((area, top)) = found else { return };
        // Beyond the pane its nearest word is meant.
        let (x, y) = (x.clamp(area.x, area.right() - 1), y.clamp(area.y, area.bottom() - 1));
        if let Some(word) = self.columns.word_at(drag.answer, top + usize::from(y - area.y), x - area.x) {
            self.drag = Some(Drag { to: word, moved: drag.moved || word != drag.from, ..drag });
        }
    }
}
