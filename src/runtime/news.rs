//! What other processes write, told as soon as it is there. While nobody writes, nothing wakes.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::contents;
use super::saving::told;
use super::ui::Tell;
use crate::app::Event;
use crate::interview::BatchId;
use crate::journal::{self, Act};
use crate::library::{Cursor, Library, Watch};
use crate::text::SafeText;

/// How far the journal was told, and a way to have it looked at.
#[derive(Default)]
pub(super) struct News {
    look: Notify,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// None until a batch was opened: before that nobody is to be told of single acts.
    up_to: Option<Cursor>,
    /// The batch that is open.
    open: Option<BatchId>,
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
    pub(super) fn opened(&self, batch: BatchId, cursor: Cursor) {
        let mut told = self.lock();
        told.up_to = Some(told.up_to.map_or(cursor, |before| before.min(cursor)));
        (told.open, told.again) = (Some(batch), true);
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
pub(super) async fn follow(library: Library, news: Arc<News>, tell: Tell) {
    let mut watch = match library.watch().await {
        Ok(watch) => watch,
        Err(error) => return tracing::warn!(%error, "what other programs write is not noticed"),
    };
    loop {
        tokio::select! { () = news.look.notified() => {}, () = watch.rung() => {} }
        if news.lock().over {
            return watch.close().await;
        }
        tell_once(&library, &news, &tell, &mut watch).await;
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
    let rubric = match open.filter(|open| attaches(&events, *open)) {
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

fn attaches(events: &[journal::Event], batch: BatchId) -> bool {
    events.iter().any(|event| event.header.batch == Some(batch) && matches!(event.act, Act::Attached { .. }))
}
