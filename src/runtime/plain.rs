//! The linear form's loop: lines come in, events go into the application, and what changed is told line by line.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::edges::{Again, Edges};
use super::listening::Listening;
use super::original::Wish;
use super::saving::Unsaved;
use super::tempo;
use super::typed::{Typed, lines_of};
use super::ui::{Signals, asked_to_end, end_tour, finish};
use crate::app::{App, Deck, Effect, Event, Loaded, OnDisk, Screen, Start};
use crate::config::identity::Identity;
use crate::library::Library;
use crate::net::Wire;
use crate::player;
use crate::text::SafeText;
use crate::tui::keymap::Keymap;
use crate::tui::plain::{Did, Kind, Line, Plain, Wait};

/// What the linear form is started with.
pub struct Setup {
    /// The library, acting as the reviewer.
    pub library: Library,
    /// Why nothing can be written to it, where that is so.
    pub only_reads: Option<SafeText>,
    /// What the application starts with.
    pub start: Start,
    /// Which keys do what.
    pub keymap: Keymap,
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
    /// Whether a person types; else a script does, and each of its lines waits for what the one before began.
    pub person: bool,
}

/// How the linear form ended.
pub struct Ended {
    /// What the reviewer did and the disk does not have.
    pub unsaved: Unsaved,
    /// How many lines were not understood.
    pub unknown: usize,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Whether the demo is to be opened now.
    pub demo: bool,
}

/// What is said of a line whose end is lost.
const CUT: &str = "That line is longer than one line can be here: its end is lost. End each part of a long text with \\ and go on in the next line.";

/// How long a line waits for what the line before began.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the linear form until the reviewer leaves or the input ends; `say` is given each line as it is told.
pub async fn run(setup: Setup, input: impl io::BufRead + Send + 'static, say: &dyn Fn(&Line)) -> Ended {
    let (events, happened) = unbounded_channel();
    let mut edges = Edges::start(setup.library, setup.start.me.id, events.clone());
    edges.players = setup.players;
    edges.wire = setup.wire;
    edges.again = setup.again;
    edges.identity = Some(setup.identity);
    let mut app = App::new(setup.start, Timestamp::now());
    if let Some(why) = setup.only_reads {
        app.cannot_write();
        // It is the first thing that is said.
        let _ = events.send(Event::Failed { what: SafeText::line("earmark only reads"), why });
    }
    let talk = Talk {
        app,
        plain: Plain::new(setup.keymap),
        listening: Listening::new(setup.audio, events),
        edges,
        say,
        person: setup.person,
        opening: false,
        listing: false,
        asked: 0,
        since: Instant::now(),
        wait: None,
        unknown: 0,
        leaving: false,
        demo: false,
        tour_ended: setup.tour_ended,
        tempo: setup.tempo,
    };
    let person = talk.person;
    talk.run(happened, lines_of(input, person)).await
}

struct Talk<'a> {
    app: App,
    plain: Plain,
    listening: Listening,
    edges: Edges,
    say: &'a dyn Fn(&Line),
    person: bool,
    opening: bool,
    /// Whether the batches are being listed for the first time: what names one waits for that.
    listing: bool,
    /// What was asked of an edge that a person waits for, and has not come back.
    asked: usize,
    /// When something was last begun.
    since: Instant,
    wait: Option<(Wait, Instant)>,
    unknown: usize,
    leaving: bool,
    demo: bool,
    tour_ended: PathBuf,
    tempo: Option<PathBuf>,
}

/// What the loop woke up for.
enum Woke {
    Line(Option<Typed>),
    Happened(Event),
    Time,
    End,
}

impl Talk<'_> {
    async fn run(mut self, mut happened: UnboundedReceiver<Event>, mut lines: Receiver<Typed>) -> Ended {
        (self.say)(&Plain::greeting());
        let mut signals = Signals::new().ok();
        self.take(Event::Started);
        let (mut input_ended, mut interrupted) = (false, false);
        while !self.leaving {
            while let Ok(event) = happened.try_recv() {
                self.take(event);
            }
            if self.is_free() {
                if let Some(did) = self.plain.next(&self.app) {
                    self.does(did);
                    continue;
                }
                if input_ended {
                    self.take(Event::MustLeave);
                    continue;
                }
            }
            self.look_at_position();
            // A person who types on does not want to wait any more.
            let takes = !input_ended && !self.plain.is_busy() && (self.is_free() || (self.person && self.wait.is_some()));
            let woke = tokio::select! {
                line = lines.recv(), if takes => Woke::Line(line),
                Some(event) = happened.recv() => Woke::Happened(event),
                () = sleep_until(self.wakes_at()) => Woke::Time,
                () = ended(&mut signals) => Woke::End,
            };
            match woke {
                Woke::Line(Some(line)) => {
                    self.wait = None;
                    self.look_at_position();
                    self.edges.look();
                    if line.is_cut {
                        (self.say)(&Line { kind: Kind::Trouble, text: SafeText::line(CUT) });
                    }
                    self.plain.line(&self.app, &line.text);
                }
                Woke::Line(None) => input_ended = true,
                Woke::Happened(event) => self.take(event),
                Woke::Time => self.time_passed(),
                Woke::End => {
                    interrupted = true;
                    self.take(Event::MustLeave);
                }
            }
        }
        let (unknown, demo) = (self.unknown, self.demo);
        Ended { unsaved: finish(self.app, self.listening, self.edges, happened).await, unknown, interrupted, demo }
    }

    /// Whether the next thing that was typed may be done: what the one before began is there.
    fn is_free(&self) -> bool {
        if self.wait.is_some() {
            return false;
        }
        !self.comes() || self.since.elapsed() > PATIENCE
    }

    /// Whether something that was begun is still on its way.
    fn comes(&self) -> bool {
        self.opening || self.listing || self.asked > 0 || is_coming(&self.app)
    }

    fn wakes_at(&self) -> Option<Instant> {
        let word = self.app.next_change().map(|ms| Instant::now() + Duration::from_millis(u64::from(ms)));
        let waited = match self.wait {
            Some((Wait::Ms(_), until)) => Some(until),
            _ => None,
        };
        let patience = self.comes().then(|| self.since + PATIENCE);
        [word, waited, patience].into_iter().flatten().min()
    }

    fn time_passed(&mut self) {
        self.look_at_position();
        self.tell();
        self.is_waited();
    }

    /// Ends what is waited for, where it has come.
    fn is_waited(&mut self) {
        let come = match self.wait {
            Some((Wait::Ms(_), until)) => until <= Instant::now(),
            Some((Wait::Played, _)) => !self.app.deck.playing,
            Some((Wait::Saved, _)) => self.app.on_disk() == OnDisk::All,
            None => false,
        };
        if come {
            self.wait = None;
        }
    }

    fn does(&mut self, did: Did) {
        match did {
            Did::Event(event) => self.take(event),
            Did::Say(lines) => lines.iter().for_each(self.say),
            Did::Unknown(line) => {
                self.unknown += 1;
                (self.say)(&line);
            }
            Did::Wait(wait) => {
                let ms = if let Wait::Ms(ms) = wait { ms } else { 0 };
                self.wait = Some((wait, Instant::now() + Duration::from_millis(u64::from(ms))));
                self.is_waited();
            }
        }
    }

    fn take(&mut self, event: Event) {
        match &event {
            Event::Opened(_) | Event::NotOpened { .. } => self.opening = false,
            Event::Shelf(_) => self.listing = false,
            // Without the list, what follows is told so.
            Event::Failed { .. } if self.listing && self.asked == 0 => self.listing = false,
            // It goes on: what comes next waits.
            Event::Delivering { .. } => self.since = Instant::now(),
            Event::RubricFound(_)
            | Event::Attached { .. }
            | Event::Exported { .. }
            | Event::Exchanged { .. }
            | Event::Fetched { .. }
            | Event::Delivery { .. }
            | Event::OriginalShown { .. }
            | Event::Outputs(_)
            | Event::Failed { .. } => self.asked = self.asked.saturating_sub(1),
            _ => {}
        }
        for effect in self.app.update(event, Timestamp::now()) {
            self.perform(effect);
        }
        self.tell();
        self.is_waited();
    }

    /// Tells what changed, and what of a written answer was told.
    fn tell(&mut self) {
        self.plain.news(&self.app).iter().for_each(self.say);
        if let Some(read) = self.plain.read(&self.app) {
            for effect in self.app.update(read, Timestamp::now()) {
                self.perform(effect);
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Player(command) => self.listening.obey(command, &self.edges),
            Effect::Append(drafts) => self.edges.append(drafts),
            Effect::Quit => self.leaving = true,
            Effect::OpenDemo => (self.leaving, self.demo) = (true, true),
            Effect::EndTour => end_tour(&self.tour_ended),
            Effect::KeepTempo(chosen) => self.tempo.iter().for_each(|file| tempo::keep(file, chosen)),
            Effect::Copy(text) => self.plain.copied(&self.app, &text).iter().for_each(self.say),
            Effect::Suspend | Effect::Redraw | Effect::NextTheme | Effect::ListThemes | Effect::ShowTheme(_) => {
                (self.say)(&Line { kind: Kind::Hint, text: SafeText::line("That is for a screen: nothing is drawn here.") });
            }
            other => {
                self.since = Instant::now();
                self.opening |= matches!(other, Effect::OpenBatch(_));
                self.listing |= matches!(other, Effect::ListBatches) && self.app.shelf.rows.is_none();
                let is_waited_for = matches!(
                    other,
                    Effect::FindRubric { .. }
                        | Effect::AttachRubric { .. }
                        | Effect::Export { .. }
                        | Effect::Exchange(_)
                        | Effect::FetchNew(_)
                        | Effect::Deliver { .. }
                        | Effect::ShowOriginal { .. }
                        | Effect::ShowDocument { .. }
                        | Effect::ReadDocument { .. }
                        | Effect::ListOutputs
                );
                self.asked += usize::from(is_waited_for);
                self.edges.perform(other);
            }
        }
    }

    fn look_at_position(&mut self) {
        if !self.app.deck.playing {
            return;
        }
        if let Some(report) = self.listening.position() {
            for effect in self.app.update(Event::Player(report), Timestamp::now()) {
                self.perform(effect);
            }
        }
    }
}

/// Whether the answer at hand, or its words, are on their way.
fn is_coming(app: &App) -> bool {
    let (Screen::Review(review), Some(desk)) = (app.screen(), &app.desk) else { return false };
    let deck: &Deck = &app.deck;
    desk.here(review.answer).is_none() || matches!(deck.loaded(deck.active), Loaded::Coming(_))
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn ended(signals: &mut Option<Signals>) {
    match signals {
        Some(signals) => asked_to_end(&mut signals.end).await,
        None => std::future::pending().await,
    }
}
