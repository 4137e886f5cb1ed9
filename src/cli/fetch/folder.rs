//! A folder as a source: batches that lie in it, imported when they are new or have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::tell::{count, plain, words};
use super::{Args, in_settings};
use crate::cli::Context;
use crate::cli::deleting::{self, Whose};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::human_bytes;
use crate::cli::words::many;
use crate::interview::bundle::Purpose;
use crate::interview::{Answer, Batch, BatchId, Digest, Problem, Severity};
use crate::library::{Kept, Library, LibraryError};
use crate::source::fetch::{BatchNews, Regions, Said, SourceSettings};
use crate::source::{self, Found, ImportError, Imported, Readers};

/// Folders that one source may hold.
const MOST: usize = 10_000;

pub(super) async fn fetch(
    name: &str,
    settings: &SourceSettings,
    args: &Args,
    library: &Library,
    stop: &AtomicBool,
    context: &Context,
) -> Outcome {
    let root = in_settings(settings.path.as_deref().expect("the settings were checked"), context);
    let failed = || Failure::new(format!("Could not fetch from {name}"));
    let folders = batches_in(&root).map_err(|error| failed().cause(context.paths.short(&root)).because(&error))?;
    let (came, said, told) = (Took::default(), Vec::new(), Told::of(name, library).await?);
    let mut round = Round { name, region: settings.region.as_deref(), args, library, stop, context, came, said, told };
    let mut exit = Exit::Done;
    for path in folders {
        if round.batch(&path).await? != Exit::Done {
            exit = Exit::Partial;
        }
    }
    let Round { came, said, told, .. } = round;
    told.keep(name, library).await?;
    let dry = args.dry_run.then_some(said.as_slice());
    let carried = deleting::carry_out(Whose::Source(name), dry, &args.deleting, library, context).await?;
    tell(&carried.problems, name, context);
    if is_damaged(&carried.problems) {
        exit = Exit::Partial;
    }
    let erased = carried.erased.len();
    if context.out.wants_json() {
        for one in &carried.erased {
            context.out.json_line(&json!({"event": "erased", "source": name, "dry_run": args.dry_run, "erased": one}));
        }
        context.out.json_line(&json!({"event": "done", "source": name, "dry_run": args.dry_run, "new": came.new,
            "changed": came.changed, "erased": erased, "completed": came.completed, "withdrawn": came.withdrawn,
            "expired": came.expired, "new_recordings": came.recordings, "answers": came.answers, "files": came.files,
            "bytes": came.bytes}));
    } else {
        context.out.say(format!("{name}: {}", came.in_words(erased, args.dry_run)));
    }
    Ok(exit)
}

/// One fetch of a folder, and what it has done so far.
struct Round<'r> {
    name: &'r str,
    region: Option<&'r str>,
    args: &'r Args,
    library: &'r Library,
    stop: &'r AtomicBool,
    context: &'r Context,
    came: Took,
    said: Vec<Said>,
    told: Told,
}

impl Round<'_> {
    /// Takes one batch, where it may be taken; says how that ended.
    async fn batch(&mut self, path: &Path) -> Outcome {
        let (name, context, library) = (self.name, self.context, self.library);
        let mut found = match source::open(path) {
            Ok(found) => found,
            Err(problems) => {
                tell(&problems, name, context);
                return Ok(Exit::Partial);
            }
        };
        let regions = Regions::of(context.settings.regions.value.as_deref());
        let (may, left_out) = regions.admit(name, &mut found.batch, self.region);
        tell(&left_out, name, context);
        let exit = if is_damaged(&left_out) { Exit::Partial } else { Exit::Done };
        if !may {
            return Ok(exit);
        }
        if is_anothers(&found, library, name, self.args, context).await? {
            return Ok(Exit::Partial);
        }
        self.said.push(Said::of(&found.batch, found.deleted.clone()));
        let here = known(library, found.batch.id).await?;
        let news = BatchNews::of(&found.batch, here.as_ref());
        if self.args.dry_run {
            tell(&found.leave_out_past(here.as_ref(), library.now()), name, context);
            self.came.would_come(&news, &found, here.as_ref(), name, context);
            return Ok(exit);
        }
        let imported = self.imported(found).await?;
        note(library, self.said.last().expect("it was put there")).await?;
        self.came.count(&news, &imported.kept, here.as_ref(), known(library, imported.batch).await?.as_ref());
        tell(&imported.problems, name, context);
        if context.out.wants_json() {
            context.out.json_line(&json!({"event": "batch", "source": name, "batch": imported.batch, "title": imported.title,
                "submissions": imported.candidates, "new": imported.kept.new_submissions.len(), "completed": news.completed,
                "withdrawn": news.withdrawn, "expired": news.expired}));
        }
        Ok(if imported.is_partial() { Exit::Partial } else { exit })
    }

    /// Imports it; what was told before of who is left out is not among its problems.
    async fn imported(&mut self, found: Found) -> Result<Imported, Failure> {
        let mut imported = match source::import(found, self.library, Readers::here(), &|_| {}, self.stop).await {
            Ok(imported) => imported,
            Err(ImportError::Interrupted) => {
                let (name, out) = (self.name, &self.context.out);
                if out.wants_json() {
                    out.json_line(&json!({"event": "stopped", "source": name, "answers": self.came.answers}));
                }
                let failed = Failure::new(format!("Could not fetch from {name}"));
                return Err(failed.cause("it was interrupted").exit(Exit::Interrupted));
            }
            Err(ImportError::Library(error)) => return Err(crate::cli::room::told(COULD_NOT, &error)),
        };
        if !self.told.is_told(&mut imported) {
            self.came.left_out += imported.kept.erased.len();
        }
        Ok(imported)
    }
}

fn is_damaged(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity >= Severity::Damage)
}

/// What lies there; nothing of it is read.
pub(super) fn probe(name: &str, settings: &SourceSettings, context: &Context) -> Result<String, Failure> {
    let root = in_settings(settings.path.as_deref().expect("the settings were checked"), context);
    let failed = || Failure::new(format!("Could not fetch from {name}"));
    let batches = batches_in(&root).map_err(|error| failed().cause(context.paths.short(&root)).because(&error))?;
    Ok(format!("{name}: {} in {}", many(batches.len(), "batch"), context.paths.short(&root)))
}

/// What came from the batches of a folder, or would.
#[derive(Default)]
struct Took {
    new: usize,
    changed: usize,
    completed: usize,
    withdrawn: usize,
    expired: usize,
    recordings: usize,
    answers: usize,
    files: usize,
    bytes: u64,
    left_out: usize,
}

/// Who and what was left out of each batch, since it was erased here or is past its date, when that was last told: it is told once, and not
/// every night.
#[derive(Default)]
struct Told {
    before: Option<String>,
    now: BTreeMap<BatchId, String>,
}

impl Told {
    async fn of(name: &str, library: &Library) -> Result<Self, Failure> {
        let before = library.source_mark(name).await.map_err(|error| crate::cli::room::told(COULD_NOT, &error))?;
        let now = before.as_ref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Ok(Told { before, now })
    }

    /// Takes out of an import's problems what was told before of who is left out; whether that is so.
    fn is_told(&mut self, imported: &mut Imported) -> bool {
        let is_left_out = |problem: &Problem| matches!(problem.code, Some("erased" | "past"));
        let left_out = imported.problems.iter().filter(|problem| is_left_out(problem));
        let mut all: Vec<String> = left_out.map(|problem| format!("{}: {}\n", problem.place.raw(), problem.reason.raw())).collect();
        all.sort_unstable();
        if all.is_empty() {
            self.now.remove(&imported.batch);
            return false;
        }
        let now = Digest::of(all.concat().as_bytes()).to_string();
        let is_told = self.now.insert(imported.batch, now.clone()) == Some(now);
        if is_told {
            imported.problems.retain(|problem| !is_left_out(problem));
        }
        is_told
    }

    async fn keep(self, name: &str, library: &Library) -> Result<(), Failure> {
        let now = serde_json::to_string(&self.now).expect("texts alone");
        if self.now.is_empty() && self.before.is_none() || self.before.as_ref() == Some(&now) {
            return Ok(());
        }
        library.keep_source_mark(name, &now).await.map_err(|error| crate::cli::room::told(COULD_NOT, &error))
    }
}

const COULD_NOT: &str = "Could not keep what was fetched";

impl Took {
    fn of_people(&mut self, news: &BatchNews) {
        self.new += news.new;
        self.completed += news.completed;
        self.withdrawn += news.withdrawn;
        self.expired += news.expired;
    }

    /// Counts what an import changed: a batch as it was here, and as it is now.
    fn count(&mut self, news: &BatchNews, kept: &Kept, before: Option<&Batch>, now: Option<&Batch>) {
        self.of_people(news);
        self.changed += kept.changed_submissions.len();
        for answer in answers(now).filter(|answer| answer.state.is_reviewable()) {
            let old = before.and_then(|batch| batch.answer(answer.id)).map(|(_, old)| old).filter(|old| old.state.is_reviewable());
            let is_other = old.is_some_and(|old| old.revision != answer.revision);
            self.recordings += usize::from(is_other);
            self.answers += usize::from(is_other || old.is_none());
        }
    }

    /// Counts what an import would bring, and tells it of one batch.
    fn would_come(&mut self, news: &BatchNews, found: &Found, here: Option<&Batch>, name: &str, context: &Context) {
        self.of_people(news);
        let is_here = |answer: &Answer| {
            let old = here.and_then(|batch| batch.answer(answer.id)).map(|(_, old)| old);
            old.is_some_and(|old| old.state.is_reviewable())
        };
        let sizes = answers(Some(&found.batch)).filter(|answer| !is_here(answer)).filter_map(|answer| {
            found.named(Purpose::Recording(answer.id))?;
            found.open_media(answer.id).ok().map(|file| file.size())
        });
        let sizes: Vec<u64> = sizes.collect();
        let (files, bytes) = (sizes.len(), sizes.iter().sum::<u64>());
        (self.files, self.bytes) = (self.files + files, self.bytes + bytes);
        let (title, people) = (&news.title, news.submissions);
        match context.out.wants_json() {
            true => context.out.json_line(&json!({"event": "batch", "source": name, "title": title, "submissions": people,
                "new": news.new, "files": files, "bytes": bytes})),
            false => context.out.say(format!("{title}: {}, {} new", many(people, "submission"), news.new)),
        }
    }

    fn in_words(&self, erased: usize, dry_run: bool) -> String {
        let mut parts = vec![
            count(self.new, "new submission"),
            count(self.completed, "submission completed"),
            count(self.recordings, "new recording"),
            plain(self.withdrawn, "withdrawn"),
            plain(self.expired, "expired"),
            plain(self.left_out, "erased here before and left out"),
            plain(erased, if dry_run { "would be erased, as deleted there" } else { "erased, as deleted there" }),
        ];
        if dry_run {
            parts.push((self.files > 0).then(|| format!("{}, {}", many(self.files, "file"), human_bytes(self.bytes))));
            return format!("would come: {}", words(&parts));
        }
        parts.push(count(self.answers, "answer").map(|answers| format!("{answers} arrived")));
        if parts.iter().all(Option::is_none) {
            parts.push(count(self.changed, "changed submission"));
        }
        words(&parts)
    }
}

fn answers(batch: Option<&Batch>) -> impl Iterator<Item = &Answer> {
    batch.into_iter().flat_map(|batch| &batch.submissions).flat_map(|submission| &submission.answers)
}

/// The batch as it is here; none where it is not.
async fn known(library: &Library, id: BatchId) -> Result<Option<Batch>, Failure> {
    match library.batch(id).await {
        Ok(batch) => Ok(Some(batch)),
        Err(LibraryError::UnknownBatch(_)) => Ok(None),
        Err(error) => Err(crate::cli::room::told("Could not read what is here", &error)),
    }
}

/// Notes whom the source has deleted, now that the rest of the batch is kept.
async fn note(library: &Library, said: &Said) -> Result<(), Failure> {
    let noted = library.note_deletions(said.batch, &said.deleted, &said.shown).await;
    noted.map_err(|error| crate::cli::room::told(COULD_NOT, &error))
}

/// The folder itself, where a batch lies in it; else the folders and files in it that are batches.
fn batches_in(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_batch = |folder: &Path| ["batch.json", "batch.csv"].iter().any(|name| folder.join(name).is_file());
    if is_batch(root) || root.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)?.take(MOST) {
        let path = entry?.path();
        // No link is followed.
        let kind = std::fs::symlink_metadata(&path)?;
        let is_bundle = kind.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
        if is_bundle || kind.is_dir() && is_batch(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn tell(problems: &[Problem], name: &str, context: &Context) {
    for problem in problems {
        match context.out.wants_json() {
            true => context.out.json_line(&json!({"event": "problem", "source": name, "problem": problem})),
            false => context.out.problem(problem),
        }
    }
}

/// Whether a batch came from another source; it is bound to this one otherwise, before it is taken.
async fn is_anothers(found: &Found, library: &Library, name: &str, args: &Args, context: &Context) -> Result<bool, Failure> {
    let failed = |error| crate::cli::room::told("Could not tell where a batch comes from", &error);
    let batch = &found.batch;
    let adopted = match &args.adopt {
        Some(named) => crate::cli::room::find_batch(library, named).await? == batch.id,
        None => false,
    };
    let other = library.source_of(batch.id).await.map_err(failed)?.filter(|other| other != name && !adopted);
    if let Some(other) = other {
        let reason = format!("this batch is here already: it comes from the source {other}, and nothing of it was changed");
        let remedy =
            format!("if both are the same, and this source is to keep it up to date: earmark fetch {name} --adopt {}", batch.id);
        tell(&[Problem::damage(name, &format!("batch {}", batch.title), &reason, &remedy).coded("foreign")], name, context);
        return Ok(true);
    }
    if !args.dry_run {
        library.bind_to_source(batch.id, name).await.map_err(failed)?;
    }
    Ok(false)
}
