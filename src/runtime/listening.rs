//! Between the application and the player: recordings come out of the vault, commands go in, reports come back.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::contents;
use super::edges::Edges;
use super::ui::Tell;
use crate::app::{Command, Event, Report, Slot};
use crate::interview::{AnswerId, Batch, Moment, Span};
use crate::library::{Library, LibraryError};
use crate::player::{self, Choice, Load, PlayerHandle};
use crate::sound::mixer;
use crate::source;
use crate::text::SafeText;

/// The player, started with the first command that needs it.
pub(super) struct Listening {
    choice: Choice,
    tell: Tell,
    player: Option<Player>,
    failed: bool,
    wanted: Wanted,
    asked: Option<Asked>,
}

/// Where the player was last told to go.
struct Asked {
    slot: Slot,
    at: Moment,
    since: Instant,
}

/// What each slot is for.
type Wanted = Arc<Mutex<Wants>>;

/// Which answer each slot is for, and what was asked of it while its recording was on its way: one that comes too late is let go.
#[derive(Default)]
struct Wants {
    slots: [Option<Want>; Slot::COUNT],
    loads: u64,
}

#[derive(Clone, Copy)]
struct Want {
    answer: AnswerId,
    /// Which load it is: the same answer may have been asked for twice.
    load: u64,
    at: Moment,
    around: Option<Span>,
}

impl Wants {
    /// Notes what a command means for its slot; the number of the load that it asks for.
    fn note(&mut self, command: &Command) -> u64 {
        let index = |slot: &Slot| usize::from(slot.0);
        match command {
            Command::Load { slot, answer, at } => {
                self.loads += 1;
                self.slots[index(slot)] = Some(Want { answer: *answer, load: self.loads, at: *at, around: None });
            }
            Command::Unload(slot) => self.slots[index(slot)] = None,
            Command::Seek { slot, at } => self.change(*slot, |want| want.at = *at),
            Command::Repeat { slot, span } => self.change(*slot, |want| want.around = *span),
            _ => {}
        }
        self.loads
    }

    fn change(&mut self, slot: Slot, change: impl FnMut(&mut Want)) {
        self.slots[usize::from(slot.0)].as_mut().into_iter().for_each(change);
    }

    /// What is wanted of this load by now; none where the reviewer has moved on.
    fn of_load(&self, slot: Slot, load: u64) -> Option<Want> {
        self.slots[usize::from(slot.0)].filter(|want| want.load == load)
    }

    fn answer(&self, slot: Slot) -> Option<AnswerId> {
        self.slots[usize::from(slot.0)].map(|want| want.answer)
    }
}

fn locked(wanted: &Wanted) -> std::sync::MutexGuard<'_, Wants> {
    wanted.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Player {
    handle: PlayerHandle,
    pump: tokio::task::JoinHandle<Vec<Report>>,
    end: tokio::sync::oneshot::Sender<()>,
}

impl Listening {
    pub(super) fn new(choice: Choice, tell: Tell) -> Self {
        Listening { choice, tell, player: None, failed: false, wanted: Wanted::default(), asked: None }
    }

    /// Passes a command on.
    pub(super) fn obey(&mut self, command: Command, edges: &Edges) {
        let number = locked(&self.wanted).note(&command);
        // What only forgets needs no player.
        if self.player.is_none() && matches!(command, Command::Unload(_) | Command::Pause) {
            return;
        }
        let Some(handle) = self.start().cloned() else { return };
        match command {
            Command::Load { slot, answer, at } => {
                // What lay there must not sound under another person's name while the new recording is on its way.
                handle.unload(of(slot));
                // Where the answer before was sent is no measure of where this one is.
                self.asked = self.asked.take().filter(|asked| asked.slot != slot);
                self.load(handle, slot, (answer, number), at, edges);
            }
            Command::Output(id) => {
                self.choice = id.map_or(Choice::Auto, Choice::Named);
                handle.device(self.choice.clone());
            }
            Command::Prefetch(answers) => self.prefetch(handle, answers, edges),
            Command::Unload(slot) => handle.unload(of(slot)),
            Command::Play => handle.play(),
            Command::Pause => handle.pause(),
            Command::Seek { slot, at } => {
                self.asked = Some(Asked { slot, at, since: Instant::now() });
                handle.seek(of(slot), at);
            }
            Command::Speed(speed) => handle.speed(speed),
            Command::Switch(slot) => handle.switch(of(slot)),
            Command::SkipSilence(on) => handle.skip_silence(on),
            Command::Repeat { slot, span } => handle.repeat(of(slot), span),
        }
    }

    /// Where the ear is.
    ///
    /// None for as long as the ear still hears what came before the last seek: that place is no news.
    pub(super) fn position(&mut self) -> Option<Report> {
        let position = self.player.as_ref()?.handle.position()?;
        if let Some(asked) = &self.asked {
            let passed = asked.since.elapsed();
            let settled = slot_of(position.slot) == asked.slot && asked.has_come(position.at, position.speed, passed);
            if !settled && passed < LONGEST_DELAY {
                return None;
            }
            self.asked = None;
        }
        Some(Report::At { slot: slot_of(position.slot), answer: position.answer, at: position.at })
    }

    /// Ends the player; returns what it still had to report.
    pub(super) async fn end(&mut self) -> Vec<Report> {
        let Some(player) = self.player.take() else { return Vec::new() };
        let _ = player.end.send(());
        // The last handle goes, and with it the player's thread; its channel closes when all was said.
        drop(player.handle);
        player.pump.await.unwrap_or_default()
    }

    fn start(&mut self) -> Option<&PlayerHandle> {
        if self.player.is_none() && !self.failed {
            match player::start(self.choice.clone()) {
                Ok((handle, reports)) => {
                    let (end, ended) = tokio::sync::oneshot::channel();
                    let pump = tokio::spawn(pump(reports, self.tell.clone(), self.wanted.clone(), ended));
                    self.player = Some(Player { handle, pump, end });
                }
                Err(error) => {
                    self.failed = true;
                    let reason = SafeText::line(&error.to_string());
                    tracing::warn!(%reason, "the player cannot start");
                    let _ = self.tell.send(Event::Player(Report::NoDevice { reason }));
                }
            }
        }
        self.player.as_ref().map(|player| &player.handle)
    }

    /// Takes a recording out of the vault and gives it to the player, unless the reviewer has moved on meanwhile.
    fn load(&self, handle: PlayerHandle, slot: Slot, (answer, number): (AnswerId, u64), at: Moment, edges: &Edges) {
        let (library, batch) = (edges.library().clone(), edges.batch());
        let (tell, wanted) = (self.tell.clone(), self.wanted.clone());
        tokio::spawn(async move {
            let Some(load) = taken_out(&library, batch.as_deref(), slot, answer, at).await else { return };
            match load {
                // What is asked of the slot from here on finds it loaded: that waits for the lock, and is sent after this.
                Ok(load) => {
                    let wanted = locked(&wanted);
                    let Some(want) = wanted.of_load(slot, number) else { return };
                    handle.load(Load { at: want.at, ..load });
                    want.around.into_iter().for_each(|span| handle.repeat(of(slot), Some(span)));
                }
                Err(error) => {
                    let reason = SafeText::line(&error.to_string());
                    let _ = tell.send(Event::Player(Report::Unplayable { slot, answer, reason }));
                }
            }
        });
    }

    /// Has the player decode what will be heard soon. What cannot be is told when it is to be heard.
    fn prefetch(&self, handle: PlayerHandle, answers: Vec<AnswerId>, edges: &Edges) {
        let (library, batch) = (edges.library().clone(), edges.batch());
        tokio::spawn(async move {
            for answer in answers {
                let load = taken_out(&library, batch.as_deref(), Slot::default(), answer, Moment::START).await;
                if let Some(Ok(load)) = load {
                    handle.prefetch(load);
                }
            }
        });
    }
}

/// A recording out of the vault, as the player takes it; none where there is none.
async fn taken_out(
    library: &Library,
    batch: Option<&Batch>,
    slot: Slot,
    answer: AnswerId,
    at: Moment,
) -> Option<Result<Load, LibraryError>> {
    let Some((submission, found)) = batch?.answer(answer) else { return clip_taken_out(library, slot, answer, at).await };
    let media = found.media.as_ref()?;
    let digest = media.digest?;
    let prepared = contents::prepared(library, submission, found).await.ok().flatten();
    let hint = media.locator.raw().rsplit_once('.').map(|(_, extension)| extension.to_owned());
    let content = contents::playable(library, submission.candidate.id, digest).await;
    Some(content.map(|bytes| Load { slot: of(slot), answer, bytes: bytes.into(), hint, prepared, at }))
}

/// An anchor clip out of the vault; one that is not there is told as such.
async fn clip_taken_out(library: &Library, slot: Slot, id: AnswerId, at: Moment) -> Option<Result<Load, LibraryError>> {
    let clip = match source::clip(library, id).await {
        Ok(Some(clip)) => clip,
        Ok(None) => return Some(Err(LibraryError::NotKept { what: "this anchor clip".to_owned() })),
        Err(error) => return Some(Err(error)),
    };
    let prepared = library.prepared(clip.speaker, clip.digest, source::PREPARED).await.ok().flatten();
    let prepared = prepared.and_then(|bytes| source::prepared(&bytes));
    let content = contents::playable(library, clip.speaker, clip.digest).await;
    Some(content.map(|bytes| Load { slot: of(slot), answer: id, bytes: bytes.into(), hint: clip.extension, prepared, at }))
}

/// A device that has not followed a seek by now never will; then its own word counts again.
const LONGEST_DELAY: Duration = Duration::from_secs(1);

impl Asked {
    /// Whether `at` can be where the ear is, so long after the seek: between the place asked for and what could be played since.
    fn has_come(&self, at: Moment, speed: f32, passed: Duration) -> bool {
        const SLACK_MS: i64 = 150;
        let played = (passed.as_millis() as f32 * speed) as i64;
        at >= self.at.shifted(-20) && at <= self.at.shifted(played + SLACK_MS)
    }
}

/// Carries reports to the loop, until it ends; what comes after that is returned.
async fn pump(
    mut reports: UnboundedReceiver<player::Report>,
    tell: Tell,
    wanted: Wanted,
    mut ended: tokio::sync::oneshot::Receiver<()>,
) -> Vec<Report> {
    loop {
        tokio::select! {
            biased;
            _ = &mut ended => break,
            report = reports.recv() => {
                let Some(report) = report else { return Vec::new() };
                for report in translate(report, &wanted) {
                    let _ = tell.send(Event::Player(report));
                }
            }
        }
    }
    let mut last = Vec::new();
    while let Some(report) = reports.recv().await {
        last.extend(translate(report, &wanted));
    }
    last
}

fn translate(report: player::Report, wanted: &Wanted) -> Vec<Report> {
    let slots = |answer: AnswerId| -> Vec<Slot> {
        let wanted = locked(wanted);
        (0..Slot::COUNT as u8).map(Slot).filter(|slot| wanted.answer(*slot) == Some(answer)).collect()
    };
    let each = |answer: AnswerId, report: &dyn Fn(Slot) -> Report| slots(answer).into_iter().map(report).collect();
    match report {
        player::Report::Loaded { answer, length } => each(answer, &|slot| Report::Ready { slot, answer, length }),
        player::Report::Decoded { answer, length, .. } => {
            each(answer, &|slot| Report::Ready { slot, answer, length: Some(length) })
        }
        player::Report::Failed { answer, error } => {
            let reason = SafeText::line(&error.to_string());
            each(answer, &|slot| Report::Unplayable { slot, answer, reason: reason.clone() })
        }
        player::Report::Paused { answer, at } => each(answer, &|slot| Report::At { slot, answer, at }),
        player::Report::Heard { answer, spans, speed } => vec![Report::Heard { answer, spans, speed }],
        player::Report::Ended { answer } => each(answer, &|slot| Report::Ended { slot, answer }),
        player::Report::DeviceLost { reason } | player::Report::NoDevice { reason } => {
            tracing::warn!(%reason, "there is no sound device");
            vec![Report::NoDevice { reason: SafeText::line(&reason) }]
        }
        player::Report::Moved { name } => {
            tracing::info!(%name, "the sound goes on elsewhere");
            vec![Report::Moved { name: SafeText::line(&name) }]
        }
        player::Report::DeviceBack => vec![Report::DeviceBack],
        player::Report::Measured { answer, prepared } => vec![Report::Measured { answer, prepared: Arc::new(prepared) }],
        player::Report::Playing { .. } => vec![Report::Sounds],
    }
}

const SLOTS: [mixer::Slot; Slot::COUNT] = [mixer::Slot::A, mixer::Slot::B, mixer::Slot::C, mixer::Slot::D];

fn of(slot: Slot) -> mixer::Slot {
    SLOTS[usize::from(slot.0).min(Slot::COUNT - 1)]
}

fn slot_of(slot: mixer::Slot) -> Slot {
    Slot(slot.index() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_while_a_recording_is_on_its_way_is_kept_for_it_and_a_late_one_is_let_go() {
        let (mut wants, slot) = (Wants::default(), Slot(1));
        let answer = AnswerId::derive(&["one"]);
        let load = |at| Command::Load { slot, answer, at: Moment(at) };
        let first = wants.note(&load(0));
        wants.note(&Command::Seek { slot, at: Moment(4_000) });
        wants.note(&Command::Seek { slot: Slot(2), at: Moment(9_000) });
        let span = Span { start: Moment(4_000), end: Moment(5_000) };
        wants.note(&Command::Repeat { slot, span: Some(span) });
        let want = wants.of_load(slot, first).expect("it is on its way");
        assert_eq!((want.answer, want.at, want.around), (answer, Moment(4_000), Some(span)));
        // The same answer, asked for again: what the first load brings is late.
        let second = wants.note(&load(0));
        assert!(wants.of_load(slot, first).is_none());
        let want = wants.of_load(slot, second).expect("it is on its way");
        assert_eq!((want.at, want.around), (Moment::START, None));
        wants.note(&Command::Unload(slot));
        assert!(wants.of_load(slot, second).is_none() && wants.answer(slot).is_none());
    }
}
