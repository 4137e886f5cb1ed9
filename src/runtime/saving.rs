//! Writing acts although the disk is full or another process is writing: they are kept and tried again.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::ui::Tell;
use crate::app::Event;
use crate::journal::{self, Act, Draft};
use crate::library::{LibraryError, Result};
use crate::text::SafeText;

/// How long is waited.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Before the second attempt; each pause is twice the one before it.
    first: Duration,
    /// The longest pause.
    longest: Duration,
    /// After the reviewer has left.
    leaving: Duration,
}

impl Patience {
    pub(super) const USUAL: Patience =
        Patience { first: Duration::from_millis(250), longest: Duration::from_secs(5), leaving: Duration::from_secs(10) };
}

/// What could not be written before the program ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unsaved {
    /// How many ratings.
    pub ratings: usize,
    /// How many other acts: notes, evidence, stretches heard.
    pub others: usize,
    /// Why, and what to do.
    pub why: Option<SafeText>,
    /// How many they were is not known.
    pub unknown: bool,
}

impl Unsaved {
    fn of(drafts: &[Draft], why: SafeText) -> Self {
        let ratings = drafts.iter().filter(|draft| matches!(draft.act, Act::Rated { .. } | Act::Cleared { .. })).count();
        Unsaved { ratings, others: drafts.len() - ratings, why: Some(why), unknown: false }
    }

    /// The writer itself broke down.
    pub(super) fn unknown(why: &str) -> Self {
        Unsaved { why: Some(SafeText::line(why)), unknown: true, ..Unsaved::default() }
    }

    /// Whether everything is on disk.
    pub fn is_nothing(&self) -> bool {
        self.ratings + self.others == 0 && !self.unknown
    }

    pub(super) fn add(&mut self, more: Unsaved) {
        self.ratings += more.ratings;
        self.others += more.others;
        self.unknown |= more.unknown;
        self.why = more.why.or(self.why.take());
    }
}

/// The writer while it has something to write.
pub(super) struct SavingRun<'a> {
    pub(super) queue: &'a mut UnboundedReceiver<Vec<Draft>>,
    pub(super) tell: &'a Tell,
    /// Who is told of what was saved of hearing alone, which wakes nobody.
    pub(super) quiet: &'a Tell,
    pub(super) patience: Patience,
}

impl SavingRun<'_> {
    /// Writes acts, and those that come meanwhile; returns what was given up after the reviewer had left.
    ///
    /// Trying again is safe: an act that is on disk already is not written twice.
    pub(super) async fn save<W>(mut self, mut drafts: Vec<Draft>, append: impl Fn(Vec<Draft>) -> W) -> Unsaved
    where
        W: Future<Output = Result<Vec<journal::Event>>>,
    {
        let (mut pause, mut give_up, mut is_told) = (self.patience.first, None, false);
        let mut unsaved = Unsaved::default();
        loop {
            while let Ok(more) = self.queue.try_recv() {
                drafts.extend(more);
            }
            let error = match append(drafts.clone()).await {
                Ok(events) => {
                    let is_hearing = events.iter().all(|event| matches!(event.act, Act::Heard { .. } | Act::Read { .. }));
                    // The loop has ended; nobody waits for it any more. So below.
                    let _ = if is_hearing { self.quiet } else { self.tell }.send(Event::Saved(events));
                    return unsaved;
                }
                Err(error) => error,
            };
            let passes = passes(&error);
            let why = SafeText::line(&told(error));
            if !passes && drafts.len() > 1 {
                // One candidate's damage must not take the other acts along.
                let (rest, lost) = self.one_by_one(drafts, &append).await;
                unsaved.add(lost);
                if rest.is_empty() {
                    return unsaved;
                }
                drafts = rest;
                continue;
            }
            if !passes || give_up.is_some_and(|at| at <= Instant::now()) {
                let ids = drafts.iter().map(|draft| draft.id).collect();
                let _ = self.tell.send(Event::NotSaved { ids, reason: why.clone() });
                // Who is still there has been told on the screen.
                if self.queue.is_closed() {
                    unsaved.add(Unsaved::of(&drafts, why));
                }
                return unsaved;
            }
            if !std::mem::replace(&mut is_told, true) {
                let _ = self.tell.send(Event::HeldUp { why });
            }
            if self.wait(pause, &mut drafts).await {
                give_up.get_or_insert(Instant::now() + self.patience.leaving);
            }
            pause = (pause * 2).min(self.patience.longest);
        }
    }

    /// Writes each act on its own; returns those that may pass later, and what never will.
    async fn one_by_one<W>(&self, drafts: Vec<Draft>, append: impl Fn(Vec<Draft>) -> W) -> (Vec<Draft>, Unsaved)
    where
        W: Future<Output = Result<Vec<journal::Event>>>,
    {
        let (mut rest, mut lost) = (Vec::new(), Unsaved::default());
        for draft in drafts {
            match append(vec![draft.clone()]).await {
                Ok(events) => drop(self.tell.send(Event::Saved(events))),
                Err(error) if passes(&error) => rest.push(draft),
                Err(error) => {
                    let why = SafeText::line(&told(error));
                    let _ = self.tell.send(Event::NotSaved { ids: vec![draft.id], reason: why.clone() });
                    // Who is still there has been told on the screen.
                    if self.queue.is_closed() {
                        lost.add(Unsaved::of(&[draft], why));
                    }
                }
            }
        }
        (rest, lost)
    }

    /// Waits, and collects what comes meanwhile; whether the reviewer has left, which ends long pauses.
    async fn wait(&mut self, pause: Duration, drafts: &mut Vec<Draft>) -> bool {
        let until = Instant::now() + pause;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return false,
                more = self.queue.recv() => match more {
                    Some(more) => drafts.extend(more),
                    None => {
                        tokio::time::sleep_until(until.min(Instant::now() + self.patience.first)).await;
                        return true;
                    }
                },
            }
        }
    }
}

/// Whether the same may be written later.
fn passes(error: &LibraryError) -> bool {
    matches!(error, LibraryError::Busy { .. } | LibraryError::Full { .. })
}

/// An error with what lies behind it, in one line.
pub(super) fn told(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::runtime::attach;

    const SHORT: Patience =
        Patience { first: Duration::from_millis(1), longest: Duration::from_millis(2), leaving: Duration::from_millis(5) };

    fn act() -> Draft {
        attach::draft(None, Act::Panel { reviewers: Vec::new() })
    }

    fn full() -> LibraryError {
        LibraryError::Full { path: "library.db".into(), bytes: 1 }
    }

    #[tokio::test]
    async fn acts_that_find_no_room_are_kept_and_written_with_later_ones_and_it_is_told_once() {
        let (sender, mut queue) = unbounded_channel();
        let (tell, mut told) = unbounded_channel();
        let tries = Cell::new(0);
        let append = |drafts: Vec<Draft>| {
            tries.set(tries.get() + 1);
            match tries.get() {
                1 => sender.send(vec![act()]).expect("the queue is open"),
                4 => assert_eq!(drafts.len(), 2),
                _ => {}
            }
            let answer = if tries.get() < 4 { Err(full()) } else { Ok(Vec::new()) };
            std::future::ready(answer)
        };
        let unsaved = SavingRun { queue: &mut queue, tell: &tell, quiet: &tell, patience: SHORT }.save(vec![act()], append).await;
        assert!(unsaved.is_nothing());
        assert_eq!(tries.get(), 4);
        assert!(matches!(told.try_recv(), Ok(Event::HeldUp { .. })));
        assert!(matches!(told.try_recv(), Ok(Event::Saved(_))));
        assert!(told.try_recv().is_err());
    }

    #[tokio::test]
    async fn acts_that_find_no_room_until_the_end_are_counted() {
        let (sender, mut queue) = unbounded_channel::<Vec<Draft>>();
        let (tell, _told) = unbounded_channel();
        sender.send(vec![act(), act()]).expect("the queue is open");
        drop(sender);
        let saving = SavingRun { queue: &mut queue, tell: &tell, quiet: &tell, patience: SHORT };
        let unsaved = saving.save(vec![act()], |_| std::future::ready(Err(full()))).await;
        assert_eq!((unsaved.ratings, unsaved.others), (0, 3));
        assert!(unsaved.why.is_some_and(|why| why.as_str().contains("disk is full")));
    }

    #[tokio::test]
    async fn an_act_that_can_never_be_written_takes_no_other_along() {
        let (_sender, mut queue) = unbounded_channel();
        let (tell, mut told) = unbounded_channel();
        let (good, bad, later) = (act(), act(), act());
        let (is_bad, good_id, bad_id) = (bad.id, good.id, bad.id);
        let written = std::cell::RefCell::new(Vec::new());
        let append = |drafts: Vec<Draft>| {
            let ids: Vec<_> = drafts.iter().map(|draft| draft.id).collect();
            let answer = if ids.contains(&is_bad) { Err(LibraryError::NoAuthor) } else { Ok(Vec::new()) };
            if answer.is_ok() {
                written.borrow_mut().extend(ids);
            }
            std::future::ready(answer)
        };
        let saving = SavingRun { queue: &mut queue, tell: &tell, quiet: &tell, patience: SHORT };
        let later_id = later.id;
        assert!(saving.save(vec![good, bad, later], append).await.is_nothing(), "who is there is told on the screen");
        assert_eq!(*written.borrow(), [good_id, later_id]);
        let mut lost = Vec::new();
        while let Ok(event) = told.try_recv() {
            if let Event::NotSaved { ids, .. } = event {
                lost.extend(ids);
            }
        }
        assert_eq!(lost, [bad_id]);
    }

    #[tokio::test]
    async fn what_will_not_pass_is_told_at_once() {
        let (_sender, mut queue) = unbounded_channel::<Vec<Draft>>();
        let (tell, mut told) = unbounded_channel();
        let saving = SavingRun { queue: &mut queue, tell: &tell, quiet: &tell, patience: Patience::USUAL };
        assert!(saving.save(vec![act()], |_| std::future::ready(Err(LibraryError::NoAuthor))).await.is_nothing());
        assert!(matches!(told.try_recv(), Ok(Event::NotSaved { ids, .. }) if ids.len() == 1));
    }
}
