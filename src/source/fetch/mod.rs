//! `earmark fetch`: what is new and changed at a source, into the library; first what is known of it, then its files.
//!
//! The order in which things are kept makes it safe to be killed anywhere: a batch, then what is to come of it, then the mark
//! up to which the source was read. Files come by themselves after that, and what has come of one is gone on with.

mod hub;
mod lengths;
mod listing;
mod meter;
mod pause;
mod plan;
mod refusing;
mod regions;
mod remote;
mod report;
mod resolver;
pub mod rest;
mod settings;
mod settle;
mod together;
mod transfer;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use crate::interview::{Batch, BatchId, CandidateId, Problem, ReviewerId, Severity, bundle};
use crate::library::{Awaited, AwaitedFor, Library, LibraryError, Settling};
use crate::net::{MediaClient, NetError};
use crate::text::SafeText;

use super::measure::Readers;
use resolver::Resolver;
use transfer::Missed;

pub use hub::HubSource;
pub use listing::LATER;
pub use meter::Meter;
pub use pause::Pause;
pub use regions::Regions;
pub use remote::{Came, Listed, Listing, Located, Offers, Remote};
pub use report::{BatchNews, Fetched, News};
pub use rest::RestSource;
pub use settings::{SourceKind, SourceSettings};
pub use together::Together;

/// How soon it is noticed that somebody asks the fetch to end.
const NOTICED: Duration = Duration::from_millis(200);

/// Why a fetch ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The source could not be asked.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The library could not keep something.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// Someone asked it to end.
    #[error("the fetch was interrupted; what has come is kept, and the next fetch goes on from there")]
    Interrupted,
    /// Another process fetches into this library.
    #[error("another fetch into this library is under way")]
    Busy,
    /// The settings do not let this workstation hold what lies there.
    #[error("its data lies in region {0}, which this workstation may not hold (setting `regions`)")]
    Region(SafeText),
}

/// A fetch that has read what is known, and no file yet.
pub struct Begun {
    fetched: Fetched,
    would_come: Vec<Awaited>,
    /// Whom the source has deleted, and whom it shows, batch by batch.
    pub said: Vec<Said>,
}

/// A fetch that knows what is to come.
pub struct Planned {
    /// How much that is.
    pub fetched: Fetched,
    files: Vec<Awaited>,
}

/// How it ended with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It is here.
    Here,
    /// It came, and nobody can review it.
    Unusable,
    /// It did not come.
    Missing,
}

/// What was taken of a batch.
struct Taken {
    /// What is new in it, and what is to come; none where nothing of it was kept.
    news: Option<(BatchNews, Vec<Awaited>)>,
    /// Whether all of it was taken: what was refused does not count as read, and is listed again.
    is_whole: bool,
}

impl Taken {
    fn refused() -> Self {
        Taken { news: None, is_whole: false }
    }
}

/// What a source says of who is in a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    /// The batch.
    pub batch: BatchId,
    /// The people whom the source has deleted.
    pub deleted: Vec<CandidateId>,
    /// The people whom it shows.
    pub shown: Vec<CandidateId>,
}

impl Said {
    /// What the document of a batch says.
    pub fn of(batch: &Batch, deleted: Vec<CandidateId>) -> Self {
        let shown = batch.submissions.iter().map(|submission| submission.candidate.id).collect();
        Said { batch: batch.id, deleted, shown }
    }
}

/// One fetch from one source.
pub struct Fetcher<'f> {
    /// The source's name in the settings.
    pub name: &'f str,
    /// The source.
    pub remote: &'f Remote,
    /// Where its files are asked for.
    pub media: &'f MediaClient,
    /// Where everything is kept.
    pub library: &'f Library,
    /// How recordings are measured and transcripts read.
    pub readers: Readers,
    /// Who will hear it: that person's order is the order of coming.
    pub who: Option<ReviewerId>,
    /// Which regions' data may be held.
    pub regions: &'f Regions,
    /// Where the source's data lies, where it does not say so itself.
    pub region: Option<&'f str>,
    /// A batch that this source may take over from another one, or from an import by hand.
    pub adopt: Option<BatchId>,
    /// A batch whose recordings that were put away to make room, are lost or are damaged are brought back.
    pub again: Option<BatchId>,
    /// Whether to say only what would come.
    pub dry_run: bool,
    /// Files that are under way at the same time, over all hosts.
    pub at_once: usize,
    /// Set when it is to end.
    pub stop: &'f AtomicBool,
    /// Lets it rest.
    pub pause: &'f Pause,
    /// Tells others who look at the library how far it is.
    pub meter: Meter,
    /// Told of everything as it happens, from any thread.
    pub news: &'f (dyn Fn(&News) + Sync),
    /// What is wrong; empty to begin with.
    pub problems: Mutex<Vec<Problem>>,
    /// Recordings are measured one for each core.
    pub measuring: Semaphore,
    /// Files that have come and are kept together.
    pub settling: Together<Settling, Result<bool, LibraryError>>,
}

impl Fetcher<'_> {
    /// Fetches what is known of everything that is new, and notes what is to come and whom the source has deleted.
    ///
    /// # Errors
    /// Where the source cannot be asked or the library cannot keep something.
    pub async fn begin(&self) -> Result<Begun, FetchError> {
        if let Some(region) = self.region.filter(|region| !self.regions.hold(Some(region))) {
            return Err(FetchError::Region(SafeText::line(region)));
        }
        if !self.dry_run {
            self.meter.begin(self.name, self.library.lock_fetch()?.ok_or(FetchError::Busy)?);
        }
        // What is taken over was listed before, and refused.
        let mark = match self.adopt {
            Some(_) => None,
            None => self.library.source_mark(self.name).await?,
        };
        let listing = self.unless_ended(self.remote.changed(mark.as_deref())).await??;
        listing.problems.into_iter().for_each(|problem| self.problem(problem));
        self.tell(News::Listed { batches: listing.batches.len() });
        let mut begun = Begun { fetched: Fetched::default(), would_come: Vec::new(), said: Vec::new() };
        let left = self.take_listed(&listing.batches, &mut begun).await?;
        let next = listing.mark.map(|next| self.remote.mark_without(next, &left));
        if let Some(next) = next.filter(|next| !self.dry_run && Some(next) != mark.as_ref()) {
            self.library.keep_source_mark(self.name, &next).await?;
        }
        // After the listing, which says anew what is awaited of a batch.
        if !self.dry_run {
            self.library.await_lost(self.name).await?;
        }
        if let Some(batch) = self.again.filter(|_| !self.dry_run) {
            self.library.await_again(batch).await?;
        }
        Ok(begun)
    }

    /// Says what of what was begun is to come. In a dry run hosts are asked how long files are of which the source does not say it.
    ///
    /// # Errors
    /// Where the library cannot say it.
    pub async fn plan(&self, begun: Begun) -> Result<Planned, FetchError> {
        let Begun { mut fetched, would_come, .. } = begun;
        // A dry run has noted nothing: what was to come before is still to come, unless it is listed anew.
        let mut files = self.library.awaited(self.name).await?;
        self.leave_out_lapsed(&mut files).await?;
        if self.dry_run {
            let listed: Vec<BatchId> = fetched.batches.iter().map(|news| news.batch).collect();
            files.retain(|file| !listed.contains(&file.batch));
            files.extend(would_come);
            self.ask_lengths(&mut files).await?;
        }
        fetched.count(&files);
        let Fetched { files: number, bytes, unknown, answers, .. } = fetched;
        self.tell(News::Planned { files: number, bytes, unknown, answers });
        Ok(Planned { fetched, files })
    }

    /// Fetches the files of what was planned.
    ///
    /// # Errors
    /// Where the library cannot keep something. A file that does not come is no error: it is among the problems, and the next fetch
    /// tries again.
    pub async fn transfer(&self, planned: Planned) -> Result<Fetched, FetchError> {
        let Planned { mut fetched, files } = planned;
        if !self.dry_run {
            self.all(&files, &mut fetched).await?;
        }
        fetched.problems = std::mem::take(&mut *self.problems.lock().expect("nobody panics here"));
        fetched.problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
        Ok(fetched)
    }

    /// Keeps what is known of one batch, and notes what is to come of it.
    async fn batch(&self, listed: &Listed, said: &mut Vec<Said>) -> Result<Taken, FetchError> {
        if self.is_elsewhere(listed.region.as_deref(), &listed.title) {
            return Ok(Taken::refused());
        }
        let came = self.unless_ended(self.remote.batch(&listed.id)).await??;
        let mut is_whole = self.all_is_well(came.problems);
        let Some(document) = came.document else { return Ok(Taken { news: None, is_whole: came.is_gone }) };
        // A source with a single batch may have no name for it.
        let shown = if listed.id.is_empty() { self.name.to_owned() } else { format!("batch {}", SafeText::line(&listed.id)) };
        let outcome = bundle::read(&shown, &document);
        is_whole &= self.all_is_well(outcome.problems);
        let Some(mut batch) = outcome.batch else { return Ok(Taken::refused()) };
        if batch.title.is_empty() {
            batch.title = SafeText::line(&listed.title);
        }
        let region = batch.region.clone();
        if self.is_elsewhere(region.as_ref().map(SafeText::raw), batch.title.raw()) {
            return Ok(Taken::refused());
        }
        is_whole &= self.leave_out_other_regions(&mut batch);
        let here = match self.library.batch(batch.id).await {
            Ok(here) => Some(here),
            Err(LibraryError::UnknownBatch(_)) => None,
            Err(error) => return Err(error.into()),
        };
        if self.is_anothers(&batch, here.is_some()).await? {
            return Ok(Taken::refused());
        }
        said.push(Said::of(&batch, outcome.deleted));
        if batch.submissions.is_empty() && said.last().is_some_and(|said| !said.deleted.is_empty()) {
            self.note_deletions(said).await?;
            return Ok(Taken { news: None, is_whole });
        }
        let (people, past) = (batch.submissions.len(), self.leave_out_past(&mut batch, here.as_ref()));
        if batch.submissions.is_empty() && people > 0 && here.is_none() {
            return Ok(Taken { news: None, is_whole });
        }
        plan::carry_over(&mut batch, here.as_ref());
        let mut files = plan::awaited(&batch, &outcome.files, here.as_ref(), &listed.id, self.who);
        plan::without_transcripts_to_come(&mut batch, &mut files, here.as_ref());
        if let Some(offers) = came.offers.filter(|offers| offers.recordings == 0 && offers.texts == 0) {
            self.say_what_is_missing(&batch, offers);
        }
        files.retain(|file| !past.contains(&file.candidate));
        self.leave_out_past_recordings(&batch, &mut files);
        let mut news = BatchNews::of(&batch, here.as_ref());
        news.offers = came.offers;
        if self.dry_run {
            return Ok(Taken { news: Some((news, files)), is_whole });
        }
        // Before it is kept: after a kill between the two it would seem to be imported by hand.
        self.library.bind_to_source(batch.id, self.name).await?;
        let kept = self.library.keep_batch(&batch).await?;
        self.note_deletions(said).await?;
        news.erased = kept.erased.len();
        files.retain(|file| !kept.erased.contains(&file.candidate));
        self.library.await_files(self.name, batch.id, &files).await?;
        Ok(Taken { news: Some((news, files)), is_whole })
    }

    /// Tells these problems; whether nothing of what they are about is lost.
    fn all_is_well(&self, problems: Vec<Problem>) -> bool {
        let is_well = problems.iter().all(|problem| problem.severity < Severity::Damage);
        problems.into_iter().for_each(|problem| self.problem(problem));
        is_well
    }

    /// What the source answers; who asks the fetch to end does not wait for a source that lists and lists.
    async fn unless_ended<T>(&self, asking: impl Future<Output = T>) -> Result<T, FetchError> {
        let mut asking = std::pin::pin!(asking);
        loop {
            match tokio::time::timeout(NOTICED, &mut asking).await {
                Ok(answer) => return Ok(answer),
                Err(_) => {
                    self.go_on().map_err(|_| FetchError::Interrupted)?;
                    (self.news)(&News::Progress(self.meter.state()));
                }
            }
        }
    }

    /// Notes whom the source has deleted of the batch that was read last; before the mark is kept, so that a kill forgets none of it.
    async fn note_deletions(&self, said: &[Said]) -> Result<(), FetchError> {
        let Some(last) = said.last().filter(|_| !self.dry_run) else { return Ok(()) };
        Ok(self.library.note_deletions(last.batch, &last.deleted, &last.shown).await?)
    }

    /// Whether a batch is another source's, or was imported by hand: what a source says of itself must not change what came from
    /// elsewhere, whatever ids it names.
    async fn is_anothers(&self, batch: &Batch, is_here: bool) -> Result<bool, FetchError> {
        if self.adopt == Some(batch.id) {
            return Ok(false);
        }
        let whose = match self.library.source_of(batch.id).await? {
            Some(own) if own == self.name => return Ok(false),
            Some(other) => format!("it comes from the source {other}"),
            None if is_here => "it was imported by hand".to_owned(),
            None => return Ok(false),
        };
        let reason = format!("this batch is here already: {whose}, and nothing of it was changed");
        let remedy = format!(
            "if both are the same, and this source is to keep it up to date: earmark fetch {} --adopt {}",
            self.name, batch.id
        );
        self.problem(Problem::damage(self.name, &format!("batch {}", batch.title), &reason, &remedy).coded("foreign"));
        Ok(true)
    }

    /// Brings all files, the first first.
    async fn all(&self, files: &[Awaited], fetched: &mut Fetched) -> Result<(), FetchError> {
        let resolver = Resolver::new(self.remote, files);
        let results = Mutex::new(BTreeMap::new());
        let (resolver, noted) = (&resolver, &results);
        let work = stream::iter(files.iter().enumerate()).map(|(place, file)| async move {
            let result = self.one(resolver, place, file).await;
            noted.lock().expect("nobody panics here").extend(result.as_ref().ok().map(|ended| (place, *ended)));
            result
        });
        let mut work = work.buffer_unordered(self.at_once.max(1));
        let mut ended = Ok(());
        loop {
            self.meter.rests(self.pause.rests());
            (self.news)(&News::Progress(self.meter.state()));
            // Who asks it to end does not wait for hosts that say nothing.
            match tokio::time::timeout(NOTICED, work.next()).await {
                Err(_) if self.go_on().is_err() => {
                    ended = Err(FetchError::Interrupted);
                    break;
                }
                Err(_) | Ok(Some(Ok(_))) => {}
                Ok(Some(Err(error))) => {
                    ended = Err(error);
                    break;
                }
                Ok(None) => break,
            }
        }
        drop(work);
        let count = |of: Ended| results.lock().expect("nobody panics here").values().filter(|ended| **ended == of).count();
        (fetched.arrived, fetched.unusable) = (count(Ended::Here), count(Ended::Unusable));
        fetched.missing = files.len() - fetched.arrived - fetched.unusable;
        fetched.came = self.meter.came();
        ended
    }

    /// Brings one file; that it did not come has then been said.
    async fn one(&self, resolver: &Resolver<'_>, place: usize, file: &Awaited) -> Result<Ended, FetchError> {
        self.pause.over().await;
        let brought = match file.of {
            AwaitedFor::Transcript(id) => match self.transcript(resolver, place, file).await {
                Ok(bytes) => self.keep_transcript(file, id, bytes).await,
                Err(missed) => Err(missed),
            },
            _ => match self.bring(resolver, place, file).await {
                Ok((digest, bytes)) => self.settle(file, digest, bytes).await,
                Err(missed) => Err(missed),
            },
        };
        match brought {
            Ok(None) => {
                resolver.is_here(place).await;
                self.tell(News::Here);
                Ok(Ended::Here)
            }
            Ok(Some(reason)) => {
                resolver.is_here(place).await;
                self.tell(News::Failed { file: file.clone(), reason });
                Ok(Ended::Unusable)
            }
            Err(Missed::Stopped) => Err(FetchError::Interrupted),
            Err(Missed::Library(error)) => Err(error.into()),
            Err(Missed::Erased) => {
                self.library.no_longer_awaited(file).await?;
                Ok(Ended::Missing)
            }
            Err(Missed::Fault(reason, remedy)) => {
                self.tell(News::Failed { file: file.clone(), reason: reason.clone() });
                self.problem(Problem::damage(&file.file, &file.place, &reason, remedy));
                match self.note_fault(file, &reason).await {
                    Ok(()) | Err(LibraryError::NotKept { .. }) => Ok(Ended::Missing),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    fn tell(&self, news: News) {
        self.meter.count(&news);
        (self.news)(&news);
    }

    fn problem(&self, problem: Problem) {
        self.problems.lock().expect("nobody panics here").push(problem);
    }
}
