//! A test station: the application behind its keys and its screens, without files, sound, terminal or clock.

pub(crate) mod batch;
pub(crate) mod paper;
pub(crate) mod shelf;

use std::collections::{BTreeMap, VecDeque};

use earmark::app::{App, Chosen, Command, Desk, Effect, Event, Me, OutputRow, Report, RubricFrom, Screen, Start, ThemeRow};
use earmark::interview::{AnswerId, Moment, Span};
use earmark::journal::{Act, Draft};
use earmark::text::SafeText;
use earmark::tui::keymap::{Key, Keymap};
use earmark::tui::{Canvas, Glyphs, Input, Look, Mouse, MouseDid, Theme, View};
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub(crate) use shelf::{Shelf, reviewer};

/// When every test begins.
pub(crate) fn morning() -> Timestamp {
    "2026-05-04T08:00:00Z".parse().expect("a timestamp")
}

/// How the fake library answers what is to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Writing {
    AtOnce,
    /// When the test says so: [`Station::saves`], [`Station::loses`].
    OnDemand,
}

/// One reviewer at one terminal.
pub(crate) struct Station {
    pub(crate) app: App,
    pub(crate) shelf: Shelf,
    pub(crate) view: View,
    pub(crate) look: Look,
    pub(crate) writing: Writing,
    /// Whether there is a sound device.
    pub(crate) sound: bool,
    /// Whether recordings are ready as soon as they are asked for.
    pub(crate) quick: bool,
    /// Everything that was asked of an edge, in order.
    pub(crate) asked: Vec<Effect>,
    /// Files that can be named.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) now: Timestamp,
    waiting: Vec<Draft>,
    runs: u8,
    /// Whether the screen is no taller than it says while the rubric is read.
    pub(crate) reads_page_by_page: bool,
}

impl Station {
    /// Mara at the invented batch, on the first screen.
    pub(crate) fn demo() -> Self {
        Station::of("Mara", Shelf::new(), |_| {})
    }

    /// Mara with the batch open.
    pub(crate) fn at_batch() -> Self {
        let mut station = Station::demo();
        station.press("enter");
        station
    }

    /// Mara at the first answer of her order, the rubric read, three seconds in.
    pub(crate) fn reviewing() -> Self {
        let mut station = Station::at_batch();
        station.press("o enter").waits(3_000);
        station
    }

    pub(crate) fn of(name: &str, shelf: Shelf, change: impl FnOnce(&mut Start)) -> Self {
        Station::run(name, shelf, 1, change)
    }

    fn run(name: &str, shelf: Shelf, runs: u8, change: impl FnOnce(&mut Start)) -> Self {
        let mut start = Start {
            me: Me { id: reviewer(name), label: SafeText::name(name) },
            read_only: false,
            batch: None,
            minutes: None,
            tour: false,
            chosen: Chosen { speed: 150, wpm: None, paced: false, skip_silence: false },
            autoplay: true,
            export_folder: "/tables".to_owned(),
            exchange_folder: String::new(),
            sources: Vec::new(),
            seed: [runs; 32],
        };
        change(&mut start);
        let mut station = Station {
            app: App::new(start, morning()),
            shelf,
            view: View::new(Keymap::new()),
            look: paper::look("dark", Glyphs::Unicode),
            writing: Writing::AtOnce,
            sound: true,
            quick: true,
            asked: Vec::new(),
            files: BTreeMap::new(),
            now: morning(),
            waiting: Vec::new(),
            runs,
            reads_page_by_page: false,
        };
        station.happens(Event::Started);
        station
    }

    /// The program is killed and started again; what was not saved is gone.
    pub(crate) fn again(&self) -> Self {
        let name = self.app.me.label.as_str().to_owned();
        let mut station = Station::run(&name, self.shelf.clone(), self.runs + 1, |_| {});
        station.now = self.now;
        station
    }

    /// Presses keys, by their names in `keys.toml`.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            self.key(name.parse().unwrap_or_else(|_| panic!("{name} is no key")));
        }
        self
    }

    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|c| self.key(Key::char(c)));
        self
    }

    fn key(&mut self, key: Key) {
        if self.app.reads_first() && !self.reads_page_by_page {
            // On a screen that has room for all of it.
            self.buffer(120, 400);
        }
        if let Some(event) = self.view.input(&self.app, Input::Key(key)) {
            self.happens(event);
        }
    }

    /// The mouse does something at a place of the frame that was drawn last.
    pub(crate) fn mouse(&mut self, did: MouseDid, x: u16, y: u16) -> &mut Self {
        if let Some(event) = self.view.input(&self.app, Input::Mouse(Mouse { did, x, y })) {
            self.happens(event);
        }
        self
    }

    /// Time passes before the screen.
    pub(crate) fn waits(&mut self, ms: i64) -> &mut Self {
        self.buffer(80, 24);
        self.now += SignedDuration::from_millis(ms);
        self
    }

    /// Something happens, and what is asked for in turn is done.
    pub(crate) fn happens(&mut self, event: Event) -> &mut Self {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.app.update(event, self.now) {
                self.asked.push(effect.clone());
                events.extend(self.perform(effect));
            }
            self.view.forget(&self.app);
        }
        self
    }

    fn perform(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::ListBatches => vec![Event::Shelf(vec![self.shelf.row(self.app.me.id)])],
            Effect::OpenBatch(_) => vec![Event::Opened(Box::new(self.shelf.contents()))],
            Effect::Fetch(answer) => vec![Event::Here { answer, here: self.shelf.here(answer) }],
            Effect::LookOn => vec![Event::LookOn],
            Effect::Measure { asked, from } if self.quick => {
                vec![Event::Measured { asked, measures: Box::new(from.measures()) }]
            }
            Effect::Measure { .. } => Vec::new(),
            Effect::ReadSecond(batch) => vec![Event::SecondReader { batch, kept: Box::new(self.shelf.proposed.clone()) }],
            Effect::FindAlike(batch) => vec![Event::Alike { batch, found: Some(Box::new(self.shelf.alike.clone())) }],
            Effect::Index { batch, answers } => vec![self.shelf.index(batch, answers)],
            Effect::Append(drafts) => {
                self.waiting.extend(drafts);
                if self.writing == Writing::AtOnce { vec![self.written()] } else { Vec::new() }
            }
            Effect::FindRubric { from, .. } => vec![self.find_rubric(from)],
            Effect::AttachRubric { source, map, .. } => {
                let rubric = batch::rubric(&source);
                self.shelf.attach(rubric.clone(), map);
                vec![Event::Attached { rubric: Box::new(rubric) }]
            }
            Effect::Export { path, .. } => {
                vec![Event::Exported { path: SafeText::line(&path), rows: 5, unsealed: 0, not_ready: 0, kept_out: 0 }]
            }
            Effect::Exchange(folder) => {
                vec![Event::Exchanged { told: SafeText::line(&format!("3 events came, 2 went through {folder}")), whole: true }]
            }
            // The test says what comes of it.
            Effect::Deliver { .. } | Effect::FetchNew(_) | Effect::PauseFetch | Effect::ReadDocument { .. } => Vec::new(),
            Effect::Player(command) => self.plays(command),
            Effect::ShowOriginal { answer, .. } => {
                vec![Event::OriginalShown { answer, player: "mpv".into(), through: earmark::journal::Through::Memory }]
            }
            Effect::ShowDocument { submission, nth, .. } => {
                let (player, through) = ("xdg-open".into(), earmark::journal::Through::File);
                vec![Event::DocumentShown { submission, nth, player, through }]
            }
            Effect::ListOutputs => {
                vec![Event::Outputs(vec![OutputRow { id: "pulseaudio:headset".into(), name: "Headset".into() }])]
            }
            Effect::ListThemes => {
                let about = |name: &str| Theme::shipped(name).map(|theme| theme.about().clone()).unwrap_or_default();
                let row = |name: &&str| ThemeRow { name: (*name).to_owned(), about: about(name) };
                let rows = Theme::shipped_names().iter().map(row).collect();
                vec![Event::Themes { rows, shown: self.look.theme.name().as_str().to_owned() }]
            }
            Effect::ShowTheme(name) => {
                self.look = paper::look(&name, self.look.glyphs);
                Vec::new()
            }
            Effect::Copy(_) | Effect::KeepMeasured { .. } | Effect::Suspend | Effect::Redraw | Effect::NextTheme => Vec::new(),
            Effect::EndTour | Effect::KeepTempo(_) | Effect::OpenDemo | Effect::Quit => Vec::new(),
        }
    }

    fn find_rubric(&self, from: RubricFrom) -> Event {
        let text = match &from {
            RubricFrom::Shipped(name) => earmark::rubric::shipped_as(name).map(|shipped| shipped.text.to_owned()),
            RubricFrom::File(path) => self.files.get(path).cloned(),
        };
        match text {
            Some(text) => Event::RubricFound(self.shelf.offer(&text)),
            None => Event::Failed { what: "That rubric cannot be attached".into(), why: "there is no such file".into() },
        }
    }

    fn plays(&mut self, command: Command) -> Vec<Event> {
        match command {
            Command::Load { slot, answer, .. } if self.quick => {
                vec![Event::Player(Report::Ready { slot, answer, length: Some(Moment(batch::LENGTH)) })]
            }
            Command::Play if !self.sound => vec![Event::Player(Report::NoDevice { reason: "there is no device".into() })],
            _ => Vec::new(),
        }
    }

    fn written(&mut self) -> Event {
        let drafts = std::mem::take(&mut self.waiting);
        let (me, now) = (self.app.me.id, self.now);
        Event::Saved(drafts.into_iter().map(|draft| self.shelf.write(me, draft, now)).collect())
    }

    /// What waits is on disk.
    pub(crate) fn saves(&mut self) -> &mut Self {
        let saved = self.written();
        self.happens(saved)
    }

    /// What waits could not be written.
    pub(crate) fn loses(&mut self, reason: &str) -> &mut Self {
        let ids = std::mem::take(&mut self.waiting).into_iter().map(|draft| draft.id).collect();
        self.happens(Event::NotSaved { ids, reason: SafeText::line(reason) })
    }

    /// The player reports that the answer that is heard stands at this moment.
    pub(crate) fn stands_at(&mut self, at: Moment) -> &mut Self {
        let answer = self.app.deck.answer().expect("what stands somewhere is an answer");
        self.happens(Event::Player(Report::At { slot: self.app.deck.active, answer, at }))
    }

    /// Plays on for so long in the answer's own time; the player reports where it is and what was heard.
    pub(crate) fn hears(&mut self, seconds: u32) -> &mut Self {
        let (slot, speed) = (self.app.deck.active, self.app.deck.speed);
        if !self.app.deck.playing {
            return self;
        }
        let answer = self.app.deck.answer().expect("what plays is an answer");
        let start = self.app.deck.at(slot);
        let end = Moment((start.0 + seconds * 1_000).min(batch::LENGTH));
        self.waits(i64::from(end.0 - start.0) * 100 / i64::from(speed));
        // The player itself goes round a stretch that is repeated.
        let round = self.app.deck.repeat.span().filter(|round| round.contains(start) && end >= round.end);
        let (at, spans) = match round {
            Some(round) => {
                let over = (end.0 - round.end.0) % round.length();
                let at = round.start.shifted(over.into());
                (at, vec![Span { start, end: round.end }, Span { start: round.start, end: at }])
            }
            None => (end, vec![Span { start, end }]),
        };
        self.stands_at(at);
        let spans = spans.into_iter().filter(|span| span.length() > 0).collect();
        self.happens(Event::Player(Report::Heard { answer, spans, speed }));
        if round.is_some() {
            return self;
        }
        if end.0 == batch::LENGTH {
            self.happens(Event::Player(Report::Ended { slot, answer }));
        }
        self
    }

    /// Hears every answer whole, gives the same point everywhere, and is back at the first answer of the order.
    pub(crate) fn rates_everything(&mut self, digit: u8) -> &mut Self {
        let steps = self.desk().plan.steps.clone();
        for step in &steps {
            self.hears(batch::LENGTH / 1_000).waits(3_000);
            for _ in 0..self.desk().criteria(step.answer).len() {
                self.press(&digit.to_string());
            }
            self.press("n");
            // A recommendation is asked for once all of a candidate is rated.
            if !self.app.overlays.is_empty() {
                self.press("esc");
            }
        }
        for _ in &steps {
            self.press("N");
        }
        self
    }

    /// Seals question by question, whatever was not heard.
    pub(crate) fn seals_everything(&mut self) -> &mut Self {
        self.press("g");
        for _ in 0..3 {
            self.press("home S j enter").press("right");
        }
        // After the last one it is said what comes next.
        if self.app.overlays.is_empty() { self } else { self.press("esc") }
    }

    pub(crate) fn desk(&self) -> &Desk {
        self.app.desk.as_ref().expect("a batch is open")
    }

    /// The answer on the Review screen.
    pub(crate) fn answer(&self) -> AnswerId {
        match self.app.screen() {
            Screen::Review(review) => review.answer,
            other => panic!("not at an answer, but in {}", other.place().name()),
        }
    }

    /// Everything that was asked to be written, in order.
    pub(crate) fn acts(&self) -> Vec<&Act> {
        let drafts = self.asked.iter().filter_map(|effect| match effect {
            Effect::Append(drafts) => Some(drafts),
            _ => None,
        });
        drafts.flatten().map(|draft| &draft.act).collect()
    }

    /// The kinds of what was written since the mark, without what was heard and the seed that goes with reading the rubric.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.acts().into_iter().map(|act| act.to_parts().0).filter(|kind| kind != "heard" && kind != "shuffled").collect()
    }

    /// The message at the foot.
    pub(crate) fn says(&self) -> &str {
        self.app.notice.as_ref().map_or("", |notice| notice.text.as_str())
    }

    pub(crate) fn buffer(&mut self, width: u16, height: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        self.view.draw(&mut Canvas::new(&mut buffer, &self.look), &self.app);
        paper::assert_whole(&buffer);
        if let Some(news) = self.view.news() {
            self.happens(news);
        }
        buffer
    }

    /// The screen as text, without the blanks at the end of its rows.
    pub(crate) fn screen(&mut self, width: u16, height: u16) -> String {
        let rows = paper::rows(&self.buffer(width, height));
        rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
    }
}
