//! Effects that the library answers: reading batches, writing acts, attaching, exporting.

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::attach::{self, AttachError, Conflict, Source};
use super::exporting::{self, NotWritten, Shape};
use super::saving::{Patience, Saving, told};
use super::{contents, ui::Tell};
use crate::app::{Desk, Effect, Event, Offer, RubricFrom};
use crate::interview::{AnswerId, Batch, BatchId, Problem, QuestionId, ReviewerId};
use crate::journal::{Act, Draft};
use crate::library::{Cursor, Library};
use crate::rubric::{self, Rubric};
use crate::text::SafeText;

/// The library's side of the loop.
pub(super) struct Edges {
    library: Library,
    me: ReviewerId,
    tell: Tell,
    drafts: Option<UnboundedSender<Vec<Draft>>>,
    writer: Option<JoinHandle<usize>>,
    open: Arc<Mutex<Option<Arc<Batch>>>>,
}

impl Edges {
    pub(super) fn start(library: Library, me: ReviewerId, tell: Tell) -> Self {
        let (drafts, queue) = unbounded_channel();
        let writer = tokio::spawn(write(library.clone(), queue, tell.clone()));
        Edges { library, me, tell, drafts: Some(drafts), writer: Some(writer), open: Arc::default() }
    }

    /// Acts are written in the order they were made.
    pub(super) fn append(&self, drafts: Vec<Draft>) {
        if let Some(queue) = &self.drafts {
            // The writer ends only with this queue.
            let _ = queue.send(drafts);
        }
    }

    /// Waits until everything is on disk, or nothing more can be done about it; returns how many acts are not.
    pub(super) async fn end(&mut self) -> usize {
        self.drafts = None;
        match self.writer.take() {
            Some(writer) => writer.await.unwrap_or(0),
            None => 0,
        }
    }

    /// The batch that is open.
    pub(super) fn batch(&self) -> Option<Arc<Batch>> {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    pub(super) fn perform(&self, effect: Effect) {
        match effect {
            Effect::ListBatches => self.list(),
            Effect::OpenBatch(id) => self.open(id),
            Effect::Fetch(answer) => self.fetch(answer),
            Effect::FindRubric { batch, from } => self.find_rubric(batch, from),
            Effect::AttachRubric { batch, source, map } => self.attach(batch, source, map),
            Effect::Export { batch, path } => self.export(batch, path),
            Effect::Append(drafts) => self.append(drafts),
            // What concerns the terminal and the player the loop does itself.
            Effect::Player(_) | Effect::Suspend | Effect::Redraw | Effect::NextTheme | Effect::Quit => {}
        }
    }

    fn spawn(&self, what: &'static str, work: impl Future<Output = Result<Vec<Event>, String>> + Send + 'static) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let events =
                work.await.unwrap_or_else(|why| vec![Event::Failed { what: SafeText::line(what), why: SafeText::line(&why) }]);
            for event in events {
                // The loop has ended; nobody waits for it any more.
                let _ = tell.send(event);
            }
        });
    }

    fn list(&self) {
        let (library, me, tell) = (self.library.clone(), self.me, self.tell.clone());
        self.spawn("The batches could not be listed", async move {
            let mut rows = contents::rows(library.summaries().await.map_err(told)?);
            // What has been done is counted while the list is shown already.
            let _ = tell.send(Event::Shelf(rows.clone()));
            contents::count(&library, me, &mut rows).await.map_err(told)?;
            Ok(vec![Event::Shelf(rows)])
        });
    }

    fn open(&self, id: BatchId) {
        let (library, open) = (self.library.clone(), self.open.clone());
        self.spawn("The batch could not be opened", async move {
            let contents = contents::open_batch(&library, id).await.map_err(told)?;
            *open.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::new(contents.batch.clone()));
            Ok(vec![Event::Opened(Box::new(contents))])
        });
    }

    fn fetch(&self, answer: AnswerId) {
        let (library, batch) = (self.library.clone(), self.batch());
        self.spawn("The transcript could not be read", async move {
            let Some(batch) = batch else { return Ok(Vec::new()) };
            let here = contents::here(&library, &batch, answer).await.map_err(told)?;
            Ok(vec![Event::Here { answer, here }])
        });
    }

    fn find_rubric(&self, batch: BatchId, from: RubricFrom) {
        let library = self.library.clone();
        self.spawn("That rubric cannot be attached", async move {
            let named = match from {
                RubricFrom::Shipped(name) | RubricFrom::File(name) => name,
            };
            let found = tokio::task::spawn_blocking(move || attach::find_rubric(&named));
            let source = found.await.map_err(told)?.map_err(all)?;
            let kept = library.batch(batch).await.map_err(told)?;
            let entries = library.events(batch).await.map_err(told)?;
            attach::conflicts(&kept, &entries, &source.rubric, None).map_err(unattached)?;
            let questions = kept.interview.questions;
            let mapping = rubric::map(&questions, &source.rubric, &[]).ok();
            let offer = Offer { batch, questions, rubric: source.rubric, source: source.text.into(), mapping };
            Ok(vec![Event::RubricFound(Box::new(offer))])
        });
    }

    fn attach(&self, batch: BatchId, source: Arc<str>, map: Vec<(QuestionId, QuestionId)>) {
        let library = self.library.clone();
        self.spawn("The rubric could not be attached", async move {
            let reading = Rubric::read("the rubric", &source).map_err(all)?;
            let source = Source { text: source.to_string(), rubric: reading.rubric, warnings: reading.warnings };
            attach::attach(&library, batch, &source, map).await.map_err(|error| match error {
                AttachError::Conflict(conflict) => unattached(conflict),
                AttachError::Library(error) => told(error),
            })?;
            Ok(vec![Event::Attached { rubric: Box::new(source.rubric) }])
        });
    }

    fn export(&self, batch: BatchId, path: String) {
        let (library, me) = (self.library.clone(), self.me);
        self.spawn("The CSV could not be written", async move {
            let desk = Desk::new(me, contents::open_batch(&library, batch).await.map_err(told)?);
            let exported = exporting::table(&desk, Shape::Wide).ok_or("no rubric is attached to this batch")?;
            let written = exporting::csv(&exported);
            exporting::write_table(path.as_ref(), &written.bytes, false).map_err(|error| match error {
                NotWritten::Exists => format!("{path} is there already and is not written over; give another name"),
                NotWritten::Io(error) => format!("{path}: {error}"),
            })?;
            let rows = exported.table.rows.len();
            let receipt = exporting::receipt(&exported, &written.bytes, Some(path.as_ref()));
            library.append(vec![attach::draft(Some(batch), Act::Exported { receipt })]).await.map_err(told)?;
            Ok(vec![Event::Exported { path: SafeText::line(&path), rows, unsealed: exported.left_out.unsealed }])
        });
    }
}

/// Writes acts one after the other, several in one transaction where they wait; tells what others wrote meanwhile.
/// Returns how many were given up at the end.
async fn write(library: Library, mut queue: UnboundedReceiver<Vec<Draft>>, tell: Tell) -> usize {
    let mut seen: Option<Cursor> = library.cursor().await.ok();
    let mut unsaved = 0;
    while let Some(drafts) = queue.recv().await {
        unsaved += Saving { queue: &mut queue, tell: &tell, patience: Patience::USUAL }
            .save(drafts, |drafts| {
                let library = library.clone();
                async move { library.append(drafts).await }
            })
            .await;
        if let Some(cursor) = seen
            && let Ok((events, now)) = library.events_since(cursor).await
        {
            seen = Some(now);
            let _ = tell.send(Event::Others(events));
        }
    }
    unsaved
}

fn unattached(conflict: Conflict) -> String {
    format!("{conflict}; export those first, then review in a batch of its own")
}

fn all(problems: Vec<Problem>) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}: {} ({})", problem.file, problem.place, problem.reason, problem.remedy))
        .collect();
    lines.join("; ")
}
