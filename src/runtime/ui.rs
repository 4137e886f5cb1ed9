//! The terminal UI's loop: what happened goes into the application, its effects go to the edges, and a frame is drawn once the
//! queue is empty, if anything changed.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::edges::Edges;
use super::listening::Listening;
use super::original::Wish;
pub use super::saving::Unsaved;
use crate::app::action::{Action, Place};
use crate::app::{App, Effect, Event, Report, Start, ThemeRow};
use crate::config::identity::Identity;
use crate::config::private;
use crate::library::{Library, UiLock};
use crate::net::Wire;
use crate::player;
use crate::text::SafeText;
use crate::tui::keymap::{Keymap, Resolved};
use crate::tui::terminal::{Options, Terminal};
use crate::tui::theme::{self, Depth, TrueColour};
use crate::tui::{Glyphs, Input, Look, Theme, View, inputs};

/// What the UI is started with.
pub struct Setup {
    /// The library, acting as the reviewer.
    pub library: Library,
    /// Why nothing can be written to it, where that is so.
    pub only_reads: Option<SafeText>,
    /// What the application starts with.
    pub start: Start,
    /// Which keys do what.
    pub keymap: Keymap,
    /// The theme that is shown first.
    pub theme: Theme,
    /// Whether the terminal's background decides between dark and light, once it is known.
    pub follows_ground: bool,
    /// How many colours the terminal has.
    pub colours: TrueColour,
    /// What of the terminal is used.
    pub terminal: Options,
    /// Where sound goes.
    pub audio: player::Choice,
    /// The reviewer, who signs what is exchanged.
    pub identity: Identity,
    /// How this machine gets out, for deliveries.
    pub wire: Wire,
    /// Which players show originals.
    pub players: Wish,
    /// The file that remembers that the tour is over.
    pub tour_ended: PathBuf,
}

/// Keystrokes in a text field are kept after this long, also while typing goes on.
const DRAFT_AFTER: Duration = Duration::from_secs(2);

/// How the UI ended.
pub struct Ended {
    /// What the reviewer did and the disk does not have.
    pub unsaved: Unsaved,
    /// Whether the terminal was there to the end.
    pub terminal: io::Result<()>,
    /// Whether the demo is to be opened now.
    pub demo: bool,
}

/// Runs the UI until the reviewer leaves.
pub async fn run(setup: Setup) -> Ended {
    let depth = Depth::detect(setup.colours, &|name| std::env::var(name).ok());
    let glyphs = if utf8() { Glyphs::Unicode } else { Glyphs::Ascii };
    let own = setup.theme.clone();
    let look = Look { theme: setup.theme.at(depth), glyphs };
    let terminal = match Terminal::enter(setup.terminal) {
        Ok(terminal) => terminal,
        Err(error) => return Ended { unsaved: Unsaved::default(), terminal: Err(error), demo: false },
    };
    let (events, happened) = unbounded_channel();
    let mut edges = Edges::start(setup.library, setup.start.me.id, events.clone());
    edges.players = setup.players;
    edges.wire = setup.wire;
    edges.identity = Some(setup.identity);
    let (waits, lock) = (setup.start.read_only && setup.only_reads.is_none(), Arc::<Mutex<Option<UiLock>>>::default());
    let mut app = App::new(setup.start, Timestamp::now());
    if let Some(why) = setup.only_reads {
        app.cannot_write();
        // It is the first thing that is said.
        let _ = events.send(Event::Failed { what: SafeText::line("earmark only reads"), why });
    }
    if waits {
        write_later(&edges, lock.clone(), events.clone());
    }
    let ui = Ui {
        app,
        view: View::new(setup.keymap),
        listening: Listening::new(setup.audio, events),
        terminal,
        look,
        depth,
        own,
        follows_ground: setup.follows_ground,
        edges,
        draft_at: None,
        opening: false,
        held: VecDeque::new(),
        leaving: false,
        demo: false,
        tour_ended: setup.tour_ended,
        suspending: false,
        _lock: lock,
    };
    ui.run(happened).await
}

/// Once the other window has ended, this one writes.
fn write_later(edges: &Edges, lock: Arc<Mutex<Option<UiLock>>>, tell: Tell) {
    let waits = edges.library().lock_ui_later(move |got| {
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(got);
        // The loop has ended; then nobody writes here any more.
        let _ = tell.send(Event::MayWrite);
    });
    if let Err(error) = waits {
        tracing::warn!(%error, "this window stays one that only reads");
    }
}

fn utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    // Without any locale most terminals of today still show UTF-8; only one that says otherwise does not.
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf") || !(locale == "c" || locale == "posix" || locale.contains("8859"))
    })
}

struct Ui {
    app: App,
    view: View,
    listening: Listening,
    terminal: Terminal<std::fs::File>,
    look: Look,
    depth: Depth,
    /// The theme that the settings name, which may be a file of the person's own.
    own: Theme,
    /// Whether the terminal was asked for its background, and nobody has chosen other colours since.
    follows_ground: bool,
    edges: Edges,
    draft_at: Option<Instant>,
    /// A batch was asked for and is not here yet: what is typed meanwhile is meant for it.
    opening: bool,
    held: VecDeque<Input>,
    leaving: bool,
    /// The demo is to be opened then.
    demo: bool,
    tour_ended: PathBuf,
    suspending: bool,
    /// Held as soon as another window that wrote is gone.
    _lock: Arc<Mutex<Option<UiLock>>>,
}

/// What the loop woke up for.
enum Woke {
    Input(Input),
    /// One that waits for the batch.
    Early(Input),
    Happened(Event),
    Time,
    Resized,
    Leave,
}

impl Ui {
    async fn run(mut self, mut happened: UnboundedReceiver<Event>) -> Ended {
        let terminal = self.go_on(&mut happened).await;
        drop(self.terminal);
        // Also where the terminal is gone: what was heard and judged is written.
        let demo = self.demo;
        Ended { unsaved: finish(self.app, self.listening, self.edges, happened).await, terminal, demo }
    }

    /// Takes in what happens until the reviewer leaves, or the terminal is gone.
    async fn go_on(&mut self, happened: &mut UnboundedReceiver<Event>) -> io::Result<()> {
        // The frame comes first: nothing is asked of library, sound or terminal before it.
        self.draw()?;
        let mut inputs = inputs(self.follows_ground);
        let mut signals = Signals::new()?;
        self.terminal.fit()?;
        if self.follows_ground {
            self.terminal.ask_ground()?;
        }
        self.take(Event::Started)?;
        while !self.leaving {
            if std::mem::take(&mut self.suspending) {
                self.terminal.suspend().await?;
            }
            self.draw()?;
            if !self.terminal.is_taken() {
                return Err(io::Error::other("it was given back because of a fault"));
            }
            if !self.opening
                && let Some(input) = self.held.pop_front()
            {
                self.input(input)?;
                continue;
            }
            let woke = tokio::select! {
                input = inputs.next() => match input {
                    Some(Ok(input)) if self.opening && !leaves(&self.view.keymap, self.app.place(), &input) => Woke::Early(input),
                    Some(Ok(input)) => Woke::Input(input),
                    // The terminal is gone.
                    Some(Err(_)) | None => Woke::Leave,
                },
                Some(event) = happened.recv() => Woke::Happened(event),
                () = self.sleep() => Woke::Time,
                _ = signals.resized.recv() => Woke::Resized,
                () = asked_to_end(&mut signals.end) => Woke::Leave,
            };
            match woke {
                Woke::Input(input) => self.input(input)?,
                Woke::Early(input) => self.held.push_back(input),
                Woke::Happened(event) => self.take(event)?,
                Woke::Time => self.time_passed()?,
                Woke::Resized => self.terminal.fit()?,
                Woke::Leave => self.take(Event::Do(Action::Quit))?,
            }
            while let Ok(event) = happened.try_recv() {
                self.take(event)?;
            }
        }
        Ok(())
    }

    fn input(&mut self, input: Input) -> io::Result<()> {
        match input {
            Input::Resize(..) => return self.terminal.fit(),
            Input::Ground(rgb) => return self.ground_is(rgb),
            _ => {}
        }
        if !matches!(input, Input::Focus(false)) {
            self.edges.look();
        }
        self.look_at_position();
        let event = self.view.input(&self.app, input);
        match event {
            Some(event) => {
                if matches!(event, Event::Text(crate::app::TextInput::Changed(_))) {
                    self.draft_at.get_or_insert_with(|| Instant::now() + DRAFT_AFTER);
                }
                self.take(event)
            }
            None => Ok(()),
        }
    }

    fn time_passed(&mut self) -> io::Result<()> {
        if self.draft_at.is_some_and(|at| at <= Instant::now()) {
            self.draft_at = None;
            self.take(Event::Rested)?;
        }
        self.look_at_position();
        Ok(())
    }

    /// Where the ear is, asked only when something is about to be decided or drawn.
    fn look_at_position(&mut self) {
        if !self.app.deck.playing {
            return;
        }
        if let Some(report) = self.listening.position() {
            let effects = self.app.update(Event::Player(report), Timestamp::now());
            // A stretch that is heard alone may have come to its end.
            for effect in effects {
                if let Effect::Player(command) = effect {
                    self.listening.obey(command, &self.edges);
                }
            }
        }
    }

    fn take(&mut self, event: Event) -> io::Result<()> {
        if matches!(event, Event::Opened(_) | Event::NotOpened { .. }) {
            self.opening = false;
        }
        for effect in self.app.update(event, Timestamp::now()) {
            self.perform(effect)?;
        }
        self.view.forget(&self.app);
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Player(command) => self.listening.obey(command, &self.edges),
            Effect::Append(drafts) => self.edges.append(drafts),
            Effect::Quit => self.leaving = true,
            Effect::OpenDemo => (self.leaving, self.demo) = (true, true),
            Effect::EndTour => end_tour(&self.tour_ended),
            Effect::Redraw => self.terminal.redraw(),
            Effect::Suspend => self.suspending = true,
            Effect::NextTheme => self.next_theme(),
            Effect::ListThemes => return self.list_themes(),
            Effect::ShowTheme(name) => self.show_theme(&name),
            Effect::Copy(text) => self.terminal.copy(&text)?,
            other => {
                self.opening |= matches!(other, Effect::OpenBatch(_));
                self.edges.perform(other);
            }
        }
        Ok(())
    }

    fn next_theme(&mut self) {
        let all = self.themes();
        let at = all.iter().position(|theme| theme.name() == self.look.theme.name()).unwrap_or(0);
        let next = all[(at + 1) % all.len()].name().as_str().to_owned();
        self.show_theme(&next);
    }

    /// The shipped themes, and the person's own first where it is none of them.
    fn themes(&self) -> Vec<Theme> {
        let shipped: Vec<Theme> = Theme::shipped_names().into_iter().filter_map(Theme::shipped).collect();
        let own = Some(self.own.clone()).filter(|own| shipped.iter().all(|theme| theme.name() != own.name()));
        own.into_iter().chain(shipped).collect()
    }

    fn list_themes(&mut self) -> io::Result<()> {
        let row = |theme: &Theme| ThemeRow { name: theme.name().as_str().to_owned(), about: theme.about().clone() };
        let (rows, shown) = (self.themes().iter().map(row).collect(), self.look.theme.name().as_str().to_owned());
        self.take(Event::Themes { rows, shown })
    }

    fn show_theme(&mut self, name: &str) {
        let named = self.themes().into_iter().find(|theme| theme.name().as_str() == name);
        if let Some(theme) = named.filter(|_| self.look.theme.name().as_str() != name) {
            self.look.theme = theme.at(self.depth);
            self.terminal.redraw();
        }
        // Whoever has looked for colours keeps them, whatever the terminal answers later.
        self.follows_ground = false;
    }

    /// The terminal told its background: one repaint where the other colours are read better on it.
    fn ground_is(&mut self, rgb: [u8; 3]) -> io::Result<()> {
        if std::mem::take(&mut self.follows_ground) {
            self.show_theme(theme::for_ground(rgb));
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let (view, app) = (&mut self.view, &self.app);
        self.terminal.draw(&self.look, |canvas| view.draw(canvas, app))?;
        match self.view.news() {
            Some(news) => self.take(news),
            None => Ok(()),
        }
    }

    /// Until the next word begins, or a draft is to be kept; for ever when nothing moves.
    async fn sleep(&self) {
        let word = self.app.next_change().map(|ms| Instant::now() + Duration::from_millis(u64::from(ms)));
        match [word, self.draft_at].into_iter().flatten().min() {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

/// Remembers that the tour is over. Where that cannot be, it begins again next time.
pub fn end_tour(file: &Path) {
    let folder = file.parent().map_or(Ok(()), private::folder);
    let kept = folder.and_then(|()| std::fs::write(file, b""));
    if let Err(error) = kept {
        tracing::warn!(%error, "the end of the tour could not be kept");
    }
}

/// Ends in order: the last stretches heard are reported and written before the program ends.
pub(super) async fn finish(
    mut app: App,
    mut listening: Listening,
    mut edges: Edges,
    mut happened: UnboundedReceiver<Event>,
) -> Unsaved {
    let last = listening.end().await;
    // Reports that had come in when the loop ended were made before these.
    let mut reports = Vec::new();
    while let Ok(event) = happened.try_recv() {
        if let Event::Player(report @ Report::Heard { .. }) = event {
            reports.push(report);
        }
    }
    reports.extend(last);
    for report in reports {
        for effect in app.update(Event::Player(report), Timestamp::now()) {
            if let Effect::Append(drafts) = effect {
                edges.append(drafts);
            }
        }
    }
    let unsaved = edges.end().await;
    happened.close();
    unsaved
}

/// Whether an input is for going away, or for the window: neither waits for a batch.
fn leaves(keymap: &Keymap, place: Place, input: &Input) -> bool {
    match input {
        Input::Key(key) => matches!(keymap.resolve(place, &[*key]), Resolved::Action(Action::Quit | Action::Back | Action::Close)),
        Input::Resize(..) => true,
        _ => false,
    }
}

/// The signals that a program at a terminal gets.
pub(super) struct Signals {
    /// Those that ask it to end.
    pub(super) end: [Signal; 3],
    /// The window has another size. The stream of inputs says so too, but not when a key came at the same instant.
    resized: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let end = [signal(SignalKind::terminate())?, signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?];
        Ok(Signals { end, resized: signal(SignalKind::window_change())? })
    }
}

/// Waits until the program is asked to end.
pub(super) async fn asked_to_end([terminate, hangup, interrupt]: &mut [Signal; 3]) {
    tokio::select! { _ = terminate.recv() => (), _ = hangup.recv() => (), _ = interrupt.recv() => () }
}

/// A sender of what happened, for edges.
pub(super) type Tell = UnboundedSender<Event>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_going_away_does_not_wait_for_a_batch_that_is_being_opened() {
        let keymap = Keymap::new();
        let leaves = |key: &str| leaves(&keymap, Place::Batches, &Input::Key(key.parse().expect("a key")));
        assert!(["q", "Q", "ctrl-c"].iter().all(|key| leaves(key)));
        assert!(["enter", "j", "1", "v"].iter().all(|key| !leaves(key)));
    }
}
