//! Effects that the library answers: reading batches, writing acts, attaching, exporting.

mod delivering;
mod fetching;
mod handing;
mod recordings;
mod second;
mod sheets;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

pub use fetching::Again;

use super::attach::{self, AttachError, Conflict, Source};
use super::news::{self, News, Open};
use super::original::{self, InMemory, Wish};
use super::saving::{Patience, SavingRun, Unsaved, told};
use super::{contents, indexing, ui::Tell};
use crate::app::{Effect, Event, Offer, OutputRow, RubricFrom, ToIndex, ToMeasure};
use crate::config::identity::Identity;
use crate::interview::{AnswerId, Batch, BatchId, Problem, QuestionId, ReviewerId};
use crate::journal::Draft;
use crate::library::{Library, LibraryError};
use crate::net::Wire;
use crate::player;
use crate::rubric::{self, Rubric};
use crate::text::SafeText;

/// The library's side of the loop.
pub(super) struct Edges {
    library: Library,
    me: ReviewerId,
    tell: Tell,
    drafts: Option<UnboundedSender<Vec<Draft>>>,
    writer: Option<JoinHandle<Unsaved>>,
    news: Arc<News>,
    follower: Option<JoinHandle<()>>,
    to_list: Arc<Notify>,
    lister: JoinHandle<()>,
    open: Open,
    /// What the settings say about players.
    pub(super) players: Wish,
    /// The reviewer, who signs what is exchanged; none where nothing is.
    pub(super) identity: Option<Identity>,
    /// How this machine gets out, for deliveries.
    pub(super) wire: Wire,
    /// How this program is called again, to fetch.
    pub(super) again: Option<Again>,
    /// Where the keys of the fetch that was begun here are written.
    fetch_keys: fetching::FetchKeys,
    /// The plan that was made last, and by which asking.
    planned: delivering::Made,
    /// The file of the original that was shown last, where there is one.
    shown: Arc<Mutex<Option<InMemory>>>,
    /// Who reads for the index of the open batch.
    indexers: Mutex<Vec<JoinHandle<()>>>,
    /// The text of the rubric that was looked at last, and the folder that it lies in.
    found: Arc<Mutex<Option<Looked>>>,
}

/// The text of a rubric, and the folder that it lies in.
type Looked = (Arc<str>, Option<PathBuf>);

impl Edges {
    pub(super) fn start(library: Library, me: ReviewerId, tell: Tell) -> Self {
        let quiet = tell.clone();
        Edges::start_quietly(library, me, tell, quiet)
    }

    /// The same; what was saved of hearing alone is told to `quiet`, which need not wake anybody.
    pub(super) fn start_quietly(library: Library, me: ReviewerId, tell: Tell, quiet: Tell) -> Self {
        let (drafts, queue) = unbounded_channel();
        let (news, to_list, open) = (Arc::<News>::default(), Arc::<Notify>::default(), Open::default());
        let writer = tokio::spawn(write(library.clone(), queue, tell.clone(), quiet));
        let follower = tokio::spawn(news::follow(library.clone(), news.clone(), open.clone(), tell.clone()));
        let lister = tokio::spawn(list(library.clone(), me, to_list.clone(), tell.clone()));
        let (drafts, writer, follower) = (Some(drafts), Some(writer), Some(follower));
        tokio::task::spawn_blocking(original::sweep);
        let (players, identity, wire, again) = (Wish::default(), None, Wire::default(), None);
        let (shown, indexers, found, planned) = (Arc::default(), Mutex::default(), Arc::default(), Arc::default());
        Edges {
            library,
            me,
            tell,
            drafts,
            writer,
            news,
            follower,
            to_list,
            lister,
            open,
            players,
            identity,
            wire,
            again,
            fetch_keys: Arc::default(),
            planned,
            shown,
            indexers,
            found,
        }
    }

    /// Acts are written in the order they were made.
    pub(super) fn append(&self, drafts: Vec<Draft>) {
        if let Some(queue) = &self.drafts {
            // The writer ends only with this queue.
            let _ = queue.send(drafts);
        }
    }

    /// Someone is there: what others wrote is looked for, where the system does not tell.
    pub(super) fn look(&self) {
        self.news.look();
    }

    /// Waits until everything is on disk, or nothing more can be done about it; returns what is not.
    pub(super) async fn end(&mut self) -> Unsaved {
        self.drafts = None;
        self.news.end();
        self.lister.abort();
        self.stop_indexing();
        let unsaved = match self.writer.take() {
            Some(writer) => writer.await.unwrap_or_else(|fault| Unsaved::unknown(&told(fault))),
            None => Unsaved::default(),
        };
        if let Some(follower) = self.follower.take() {
            // It wrote nothing.
            let _ = follower.await;
        }
        unsaved
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
            // Asked for twice while it is made, it is made once more.
            Effect::ListBatches => {
                self.stop_indexing();
                self.to_list.notify_one();
            }
            Effect::OpenBatch(id) => {
                self.stop_indexing();
                self.open(id);
            }
            Effect::Fetch(answer) => self.fetch(answer),
            Effect::ShowOriginal { answer, title, at, speed } => self.show_original(answer, title, at, speed),
            Effect::ShowDocument { submission, nth, title } => self.show_document(submission, nth, title),
            Effect::ReadDocument { submission, nth } => self.read_document(submission, nth),
            Effect::KeepMeasured { answer, prepared } => self.keep_measured(answer, prepared),
            Effect::FindRubric { batch, from } => self.find_rubric(batch, from),
            Effect::AttachRubric { batch, source, map } => self.attach(batch, source, map),
            Effect::Export { batch, path } => self.export(batch, path),
            Effect::Exchange(folder) => self.exchange(folder),
            Effect::FetchNew(source) => self.fetch_new(source),
            Effect::PauseFetch => self.pause_fetch(),
            Effect::Deliver { asked, batch, wish } => self.deliver(asked, batch, wish),
            Effect::Index { batch, answers } => self.index(batch, answers),
            Effect::FindAlike(batch) => self.find_alike(batch),
            Effect::ReadSecond(batch) => self.read_second(batch),
            Effect::LookOn => self.look_on(),
            Effect::Measure { asked, from } => self.measure(asked, from),
            Effect::Append(drafts) => self.append(drafts),
            Effect::ListOutputs => self.list_outputs(),
            // What concerns the terminal and the player the loop does itself.
            Effect::Player(_) | Effect::Copy(_) | Effect::Suspend | Effect::Redraw => {}
            Effect::NextTheme | Effect::ListThemes | Effect::ShowTheme(_) => {}
            Effect::EndTour | Effect::KeepTempo(_) | Effect::OpenDemo | Effect::Quit => {}
        }
    }

    fn list_outputs(&self) {
        let tell = self.tell.clone();
        tokio::task::spawn_blocking(move || {
            let row = |output: player::Output| OutputRow { id: output.id, name: output.name };
            let _ = tell.send(Event::Outputs(player::outputs().into_iter().map(row).collect()));
        });
    }

    fn spawn(&self, what: &'static str, work: impl Future<Output = Result<Vec<Event>, String>> + Send + 'static) {
        let failed = move |why: SafeText| Event::Failed { what: SafeText::line(what), why };
        spawn(self.tell.clone(), failed, work);
    }

    fn open(&self, id: BatchId) {
        let (library, open, news, tell) = (self.library.clone(), self.open.clone(), self.news.clone(), self.tell.clone());
        spawn(self.tell.clone(), |why| Event::NotOpened { why }, async move {
            // What is written while it is read is told once more afterwards: nothing is lost between.
            let cursor = library.cursor().await.map_err(told)?;
            let generation = library.generation(id).await.map_err(told)?;
            let contents = contents::open_batch(&library, id).await.map_err(told)?;
            *open.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::new(contents.batch.clone()));
            let _ = tell.send(Event::Opened(Box::new(contents)));
            news.opened(id, cursor, generation);
            Ok(Vec::new())
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

    /// Lets a frame be drawn and a key be taken, and then goes on.
    fn look_on(&self) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            let _ = tell.send(Event::LookOn);
        });
    }

    /// Reads answers of the open batch for its index, beside everything else.
    fn index(&self, id: BatchId, answers: Vec<ToIndex>) {
        let Some(batch) = self.batch().filter(|batch| batch.id == id) else { return };
        let (library, tell) = (self.library.clone(), self.tell.clone());
        let indexer = tokio::spawn(async move {
            let read = indexing::read(&library, &batch, &answers, |part| tell.send(Event::Indexed(Box::new(part))).is_ok());
            if let Err(error) = read.await {
                let what = SafeText::line("Not all answers can be searched");
                let _ = tell.send(Event::Failed { what, why: SafeText::line(&told(error)) });
            }
        });
        let mut indexers = self.indexers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        indexers.retain(|indexer| !indexer.is_finished());
        indexers.push(indexer);
    }

    /// The batch is left: nobody searches it any more.
    fn stop_indexing(&self) {
        let mut indexers = self.indexers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        indexers.drain(..).for_each(|indexer| indexer.abort());
    }

    /// Computes the panel's figures where nobody waits for it.
    fn measure(&self, asked: u32, from: Arc<ToMeasure>) {
        self.spawn("The panel's figures could not be computed", async move {
            let measures = tokio::task::spawn_blocking(move || from.measures()).await.map_err(told)?;
            Ok(vec![Event::Measured { asked, measures: Box::new(measures) }])
        });
    }

    fn find_rubric(&self, batch: BatchId, from: RubricFrom) {
        let (library, looked_at) = (self.library.clone(), self.found.clone());
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
            let text: Arc<str> = source.text.into();
            *looked_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((text.clone(), source.folder));
            let offer = Offer { batch, questions, rubric: source.rubric, source: text, mapping };
            Ok(vec![Event::RubricFound(Box::new(offer))])
        });
    }

    fn attach(&self, batch: BatchId, source: Arc<str>, map: Vec<(QuestionId, QuestionId)>) {
        let (library, found) = (self.library.clone(), self.found.clone());
        self.spawn("The rubric could not be attached", async move {
            let reading = Rubric::read("the rubric", &source).map_err(all)?;
            // What was looked at last is attached; its clips lie beside its file.
            let looked_at = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
            let folder = looked_at.filter(|(text, _)| *text == source).and_then(|(_, folder)| folder);
            let source = Source { text: source.to_string(), rubric: reading.rubric, warnings: reading.warnings, folder };
            attach::attach(&library, batch, &source, map).await.map_err(|error| match error {
                AttachError::Conflict(conflict) => unattached(conflict),
                AttachError::Clips(problems) => all(problems),
                AttachError::Library(error) => told(error),
            })?;
            Ok(vec![Event::Attached { rubric: Box::new(source.rubric) }])
        });
    }
}

/// A path as a person types it, who may be used to a shell.
fn typed(path: &str) -> PathBuf {
    let home = path.strip_prefix("~/").and_then(|rest| Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)));
    let path = home.unwrap_or_else(|| PathBuf::from(path));
    std::path::absolute(&path).unwrap_or(path)
}

/// Does some work beside the loop and tells what came of it; also a fault in it is told, because someone waits.
fn spawn(
    tell: Tell,
    failed: impl FnOnce(SafeText) -> Event + Send + 'static,
    work: impl Future<Output = Result<Vec<Event>, String>> + Send + 'static,
) {
    tokio::spawn(async move {
        let done = tokio::spawn(work).await.unwrap_or_else(|fault| Err(told(fault)));
        for event in done.unwrap_or_else(|why| vec![failed(SafeText::line(&why))]) {
            // The loop has ended; nobody waits for it any more.
            let _ = tell.send(event);
        }
    });
}

/// Lists the batches whenever that is asked for.
async fn list(library: Library, me: ReviewerId, asked: Arc<Notify>, tell: Tell) {
    loop {
        asked.notified().await;
        let listed = async {
            let mut rows = contents::rows(library.summaries().await?);
            let open = contents::recall(&library, me, &mut rows).await?;
            if !open.is_empty() {
                // What is not known yet is counted while the list is shown already.
                let _ = tell.send(Event::Shelf(rows.clone()));
                contents::count_rest(&library, me, &mut rows, open).await?;
            }
            Ok::<_, LibraryError>(rows)
        };
        let _ = tell.send(match listed.await {
            Ok(rows) => Event::Shelf(rows),
            Err(error) => {
                Event::Failed { what: SafeText::line("The batches could not be listed"), why: SafeText::line(&told(error)) }
            }
        });
    }
}

/// Writes acts one after the other, several in one transaction where they wait. Returns those that were given up at the end.
async fn write(library: Library, mut queue: UnboundedReceiver<Vec<Draft>>, tell: Tell, quiet: Tell) -> Unsaved {
    let mut unsaved = Unsaved::default();
    while let Some(drafts) = queue.recv().await {
        let saving = SavingRun { queue: &mut queue, tell: &tell, quiet: &quiet, patience: Patience::USUAL };
        let given_up = saving.save(drafts, |drafts| {
            let library = library.clone();
            async move { library.append(drafts).await }
        });
        unsaved.add(given_up.await);
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
