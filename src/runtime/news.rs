//! What other processes write, told as soon as it is there. While nobody writes, nothing wakes.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::contents;
use super::saving::told;
use super::ui::Tell;
use crate::app::Event;
use crate::interview::{Batch, BatchId, UnderWay};
use crate::journal::{self, Act};
use crate::library::{JournalMark, Library, LibraryError, Watch};
use crate::text::SafeText;

/// The batch that is open, as the edges look things up in it.
pub(super) type Open = Arc<Mutex<Option<Arc<Batch>>>>;

/// How far the journal was told, and a way to have it looked at.
#[derive(Default)]
pub(super) struct News {
    look: Notify,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// None until a batch was opened: before that nobody is to be told of single acts.
    up_to: Option<JournalMark>,
    /// The batch that is open, and what was changed in it by then that no event tells.
    open: Option<(BatchId, i64)>,
    /// Something is to be told although nothing was written since.
    again: bool,
    /// Nobody is there any more.
    over: bool,
}

impl News {
    /// Now is a good time to look: someone sat down, or pressed a key.
    pub(super) fn look(&self) {
        self.look.notify_one();
    }

    /// A batch was opened as it stood at `cursor` or later: what came after that is told, also what was told before, when
    /// nobody was there to take it in.
    pub(super) fn opened(&self, batch: BatchId, cursor: JournalMark, generation: i64) {
        let mut told = self.lock();
        told.up_to = Some(told.up_to.map_or(cursor, |before| before.min(cursor)));
        (told.open, told.again) = (Some((batch, generation)), true);
        drop(told);
        self.look();
    }

    /// Ends what [`follow`] does.
    pub(super) fn end(&self) {
        self.lock().over = true;
        self.look();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what others write, until [`News::end`].
pub(super) async fn follow(library: Library, news: Arc<News>, open: Open, tell: Tell) {
    let mut watch = match library.watch().await {
        Ok(watch) => watch,
        Err(error) => return tracing::warn!(%error, "what other programs write is not noticed"),
    };
    let (mut under_way, mut delivers) = (None, false);
    loop {
        tokio::select! { () = news.look.notified() => {}, () = watch.rung() => {} }
        if news.lock().over {
            return watch.close().await;
        }
        tell_under_way(&library, &mut under_way, &tell);
        tell_once(&library, &news, &tell, &mut watch).await;
        tell_delivering(&library, &mut delivers, &tell);
        tell_renewed(&library, &news, &open, &tell).await;
    }
}

/// Tells how far a fetch into the library is, whichever program it runs in.
fn tell_under_way(library: &Library, told: &mut Option<UnderWay>, tell: &Tell) {
    let now = library.fetch_state();
    if *told == now {
        return;
    }
    told.clone_from(&now);
    let _ = tell.send(Event::UnderWay(now.map(Box::new)));
}

/// Tells that somebody begins to deliver from the library, or ends it: nothing may be written at that moment.
fn tell_delivering(library: &Library, told: &mut bool, tell: &Tell) {
    let now = library.is_delivering();
    if std::mem::replace(told, now) != now {
        let _ = tell.send(Event::Others(Vec::new()));
    }
}

async fn tell_once(library: &Library, news: &News, tell: &Tell, watch: &mut Watch) {
    let changed = watch.has_changed().await;
    let (up_to, open, again) = {
        let mut told = news.lock();
        (told.up_to, told.open, std::mem::take(&mut told.again))
    };
    if !changed && !again {
        return;
    }
    let events = match up_to {
        None => Vec::new(),
        Some(before) => match library.events_since(before).await {
            Ok((events, now)) => {
                let mut told = news.lock();
                // A batch that was opened meanwhile begins where it was read.
                if !told.again {
                    told.up_to = Some(now);
                }
                events
            }
            Err(error) => {
                tracing::warn!(%error, "what was written could not be read");
                news.lock().again = true;
                return;
            }
        },
    };
    let rubric = match open.map(|(open, _)| open).filter(|open| attaches(&events, *open)) {
        Some(open) => contents::rubric_of(library, open).await.map(|rubric| rubric.map(|rubric| (open, rubric))),
        None => Ok(None),
    };
    // The loop has ended; nobody waits for it any more. So below.
    let _ = tell.send(Event::Others(events));
    match rubric {
        Ok(Some((batch, rubric))) => drop(tell.send(Event::RubricIs { batch, rubric: Box::new(rubric) })),
        Ok(None) => {}
        Err(error) => {
            let what = SafeText::line("The rubric that was attached elsewhere could not be read");
            let _ = tell.send(Event::Failed { what, why: SafeText::line(&told(error)) });
        }
    }
}

/// Tells the open batch anew where it was imported into.
async fn tell_renewed(library: &Library, news: &News, open: &Open, tell: &Tell) {
    let Some((batch, known)) = news.lock().open else { return };
    let renewed = async {
        let now = library.generation(batch).await?;
        let contents = if now == known { None } else { Some(contents::open_batch(library, batch).await?) };
        Ok::<_, LibraryError>(contents.map(|contents| (now, contents)))
    };
    match renewed.await {
        Ok(None) => {}
        Ok(Some((now, contents))) => {
            let mut told = news.lock();
            // Another batch was opened meanwhile: that one was read as it is.
            if told.open != Some((batch, known)) {
                return;
            }
            told.open = Some((batch, now));
            *open.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(contents.batch.clone()));
            let _ = tell.send(Event::Renewed(Box::new(contents)));
        }
        Err(error) => tracing::warn!(%error, "what was imported into the open batch could not be read"),
    }
}

fn attaches(events: &[journal::Event], batch: BatchId) -> bool {
    events.iter().any(|event| event.header.batch == Some(batch) && matches!(event.act, Act::Attached { .. }))
}
