//! The terminal UI's loop: what happened goes into the application, its effects go to the edges, and a frame is drawn once the
//! queue is empty, if anything changed.

mod ending;
mod signals;
mod themes;

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use super::edges::Again;
use super::edges::Edges;
use super::listening::Listening;
use super::original::Wish;
pub use super::saving::Unsaved;
use super::tempo;
use crate::app::action::{Action, Place};
use crate::app::{App, Effect, Event, Start};
use crate::config::identity::Identity;
use crate::library::{Library, LibraryError, UiLock};
use crate::net::Wire;
use crate::player;
use crate::text::SafeText;
use crate::tui::keymap::{Keymap, Resolved};
use crate::tui::terminal::{Options, Terminal};
use crate::tui::theme::{Depth, TrueColour};
use crate::tui::{Glyphs, Input, Look, Theme, View, inputs};
pub use ending::end_tour;
pub(super) use ending::finish;
pub(super) use signals::{Signals, asked_to_end};

/// What the UI is started with.
pub struct Setup {
    /// The library, acting as the reviewer.
    pub library: Library,
    /// Whether nobody has looked for damage in it yet: that is done once there is something to see.
    pub unlooked: bool,
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
    /// How this program is called again, to fetch.
    pub again: Option<Again>,
    /// Which players show originals.
    pub players: Wish,
    /// The file that remembers that the tour is over.
    pub tour_ended: PathBuf,
    /// The file that remembers how answers were heard last; none where nothing is to be remembered.
    pub tempo: Option<PathBuf>,
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
    /// What is wrong with the library, where that was found only while the screen was on.
    pub damage: Option<LibraryError>,
}

/// Runs the UI until the reviewer leaves.
pub async fn run(setup: Setup) -> Ended {
    let depth = Depth::detect(setup.colours, &|name| std::env::var(name).ok());
    let glyphs = if utf8() { Glyphs::Unicode } else { Glyphs::Ascii };
    let own = setup.theme.clone();
    let look = Look { theme: setup.theme.at(depth), glyphs };
    let terminal = match Terminal::enter(setup.terminal) {
        Ok(terminal) => terminal,
        Err(error) => return Ended { unsaved: Unsaved::default(), terminal: Err(error), demo: false, damage: None },
    };
    let (events, happened) = unbounded_channel();
    let (quiet, unhurried) = unbounded_channel();
    let mut edges = Edges::start_quietly(setup.library, setup.start.me.id, events.clone(), quiet);
    edges.players = setup.players;
    edges.wire = setup.wire;
    edges.again = setup.again;
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
        looks: if setup.unlooked { Looks::Later } else { Looks::Done(None) },
        looked_at: None,
        draft_at: None,
        opening: false,
        held: VecDeque::new(),
        leaving: false,
        demo: false,
        tour_ended: setup.tour_ended,
        tempo: setup.tempo,
        suspending: false,
        _lock: lock,
    };
    ui.run(News { happened, unhurried }).await
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
    looks: Looks,
    /// When others' writing was looked for the last time.
    looked_at: Option<Instant>,
    draft_at: Option<Instant>,
    /// A batch was asked for and is not here yet: what is typed meanwhile is meant for it.
    opening: bool,
    held: VecDeque<Input>,
    leaving: bool,
    /// The demo is to be opened then.
    demo: bool,
    tour_ended: PathBuf,
    tempo: Option<PathBuf>,
    suspending: bool,
    /// Held as soon as another window that wrote is gone.
    _lock: Arc<Mutex<Option<UiLock>>>,
}

/// What edges tell.
struct News {
    happened: UnboundedReceiver<Event>,
    /// What is taken in with the next thing that happens, as long as there is one soon: while something plays, the next word.
    unhurried: UnboundedReceiver<Event>,
}

/// Others' writing is looked for at a key, but not at each: where the system tells of it, nobody need ask.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who looks for damage in the library.
enum Looks {
    /// Nobody yet: something is to be seen first.
    Later,
    Now(JoinHandle<Result<(), LibraryError>>),
    /// What was found.
    Done(Option<LibraryError>),
}

impl Looks {
    /// Waits until someone has looked; for ever where nobody does.
    async fn end(&mut self) -> Option<LibraryError> {
        match self {
            // Where the looking itself failed, what is damaged is told when it is read.
            Looks::Now(looking) => looking.await.ok().and_then(Result::err),
            Looks::Later | Looks::Done(_) => std::future::pending().await,
        }
    }
}

/// What the loop woke up for.
enum Woke {
    Input(Input),
    /// One that waits for the batch.
    Early(Input),
    Happened(Event),
    Time,
    Resized,
    Looked(Option<LibraryError>),
    Leave,
}

impl Ui {
    async fn run(mut self, mut news: News) -> Ended {
        let terminal = self.go_on(&mut news).await;
        drop(self.terminal);
        // Also where the terminal is gone: what was heard and judged is written.
        let demo = self.demo;
        let damage = if let Looks::Done(found) = self.looks { found } else { None };
        Ended { unsaved: finish(self.app, self.listening, self.edges, news.happened).await, terminal, demo, damage }
    }

    /// Takes in what happens until the reviewer leaves, or the terminal is gone.
    async fn go_on(&mut self, news: &mut News) -> io::Result<()> {
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
            // Whatever woke the loop: how long the next word takes is counted from where the ear is now.
            self.look_at_position();
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
            let change = self.app.next_change();
            let woke = tokio::select! {
                input = inputs.next() => match input {
                    Some(Ok(input)) if self.opening && !leaves(&self.view.keymap, self.app.place(), &input) => Woke::Early(input),
                    Some(Ok(input)) => Woke::Input(input),
                    // The terminal is gone.
                    Some(Err(_)) | None => Woke::Leave,
                },
                Some(event) = news.happened.recv() => Woke::Happened(event),
                Some(event) = news.unhurried.recv(), if change.is_none() => Woke::Happened(event),
                () = sleep(change, self.draft_at) => Woke::Time,
                _ = signals.resized.recv() => Woke::Resized,
                found = self.looks.end() => Woke::Looked(found),
                () = asked_to_end(&mut signals.end) => Woke::Leave,
            };
            match woke {
                Woke::Input(input) => self.input(input)?,
                Woke::Early(input) => self.held.push_back(input),
                Woke::Happened(event) => self.take(event)?,
                Woke::Time => self.time_passed()?,
                Woke::Resized => self.terminal.fit()?,
                Woke::Looked(found) => {
                    // In what is damaged nothing is done: whoever started it is told as if it had not opened.
                    self.leaving |= found.is_some();
                    self.looks = Looks::Done(found);
                }
                Woke::Leave => self.take(Event::MustLeave)?,
            }
            while let Ok(event) = news.happened.try_recv().or_else(|_| news.unhurried.try_recv()) {
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
        if !matches!(input, Input::Focus(false)) && self.looked_at.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            self.looked_at = Some(Instant::now());
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
        if matches!(self.looks, Looks::Later) && matches!(event, Event::Opened(_) | Event::NotOpened { .. } | Event::Shelf(_)) {
            let library = self.edges.library().clone();
            self.looks = Looks::Now(tokio::spawn(async move { library.look_for_damage().await }));
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
            Effect::KeepTempo(chosen) => self.tempo.iter().for_each(|file| tempo::keep(file, chosen)),
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

    fn draw(&mut self) -> io::Result<()> {
        let (view, app) = (&mut self.view, &self.app);
        self.terminal.draw(&self.look, |canvas| view.draw(canvas, app))?;
        match self.view.news() {
            Some(news) => self.take(news),
            None => Ok(()),
        }
    }
}

/// Until what plays changes something on screen, in milliseconds, or a draft is to be kept; for ever when nothing moves.
async fn sleep(change: Option<u32>, draft_at: Option<Instant>) {
    let change = change.map(|ms| Instant::now() + Duration::from_millis(u64::from(ms)));
    match [change, draft_at].into_iter().flatten().min() {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Whether an input is for going away, or for the window: neither waits for a batch.
fn leaves(keymap: &Keymap, place: Place, input: &Input) -> bool {
    match input {
        Input::Key(key) => matches!(keymap.resolve(place, &[*key]), Resolved::Action(Action::Quit | Action::Back | Action::Close)),
        Input::Resize(..) => true,
        _ => false,
    }
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
