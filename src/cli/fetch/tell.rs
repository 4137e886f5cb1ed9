//! What a fetch says: a bar on a terminal, lines of JSON for programs, and a few words at the end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use serde_json::json;

use super::ended;
use crate::cli::Context;
use crate::cli::deleting::Carried;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Progress, human_bytes};
use crate::cli::words::many;
use crate::interview::{Problem, Severity, UnderWay};
use crate::source::fetch::{BatchNews, FetchError, Fetched, LATER, News, Offers, Pause};
use crate::text::SafeText;

/// Tells of one fetch.
pub(super) struct Teller<'c> {
    name: &'c str,
    dry_run: bool,
    context: &'c Context,
    bar: Progress,
    answers: AtomicUsize,
    new_recordings: AtomicUsize,
    brought_back: AtomicUsize,
    erased: AtomicUsize,
    /// How many answers are to come; none before that is known.
    of: AtomicUsize,
    /// Whether a key pauses it here.
    has_key: AtomicBool,
    progress: Mutex<Shown>,
}

/// How far it was when that was last told to programs.
#[derive(Default)]
struct Shown {
    told: Option<Instant>,
    state: UnderWay,
}

/// So often programs are told how far it is.
const APART: Duration = Duration::from_secs(1);
/// Recordings that are named of those that do not come for the same reason.
const NAMED: usize = 3;

impl<'c> Teller<'c> {
    pub(super) fn new(name: &'c str, dry_run: bool, context: &'c Context) -> Self {
        let bar = context.out.files(name);
        let count = AtomicUsize::default;
        let (has_key, progress) = (AtomicBool::default(), Mutex::default());
        let (answers, new_recordings, brought_back, erased, of) = (count(), count(), count(), count(), count());
        Teller { name, dry_run, context, bar, answers, new_recordings, brought_back, erased, of, has_key, progress }
    }

    pub(super) fn tell(&self, news: &News) {
        let (out, name) = (&self.context.out, self.name);
        let line = |value: serde_json::Value| {
            if out.wants_json() {
                out.json_line(&value);
            }
        };
        match news {
            News::Listed { batches } => line(json!({"event": "listed", "source": name, "batches": batches})),
            News::Batch(news) => line(batch_json(name, news)),
            News::Planned { files, bytes, unknown, answers } => {
                self.of.store(*answers, Ordering::Relaxed);
                line(json!({"event": "planned", "source": name, "files": files, "bytes": bytes, "unknown": unknown,
                    "answers": answers}));
            }
            News::Progress(state) => self.progress(state),
            News::Kept { .. } | News::Came { .. } | News::Lost { .. } | News::Length { .. } | News::Here => {}
            News::Arrived { file, bytes, is_new_recording } => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                if *is_new_recording {
                    self.new_recordings.fetch_add(1, Ordering::Relaxed);
                }
                let place = &file.place;
                line(json!({"event": "arrived", "source": name, "batch": file.batch, "file": file.file, "place": place,
                    "bytes": bytes, "new_recording": is_new_recording}));
            }
            News::BroughtBack { file, bytes } => {
                self.brought_back.fetch_add(1, Ordering::Relaxed);
                let place = &file.place;
                line(json!({"event": "brought_back", "source": name, "batch": file.batch, "file": file.file, "place": place,
                    "bytes": bytes}));
            }
            News::Failed { file, reason } => {
                let place = &file.place;
                line(json!({"event": "failed", "source": name, "batch": file.batch, "file": file.file, "place": place,
                    "reason": reason}));
            }
        }
    }

    /// Tells how far it is: people with each step, programs about once a second.
    fn progress(&self, state: &UnderWay) {
        let mut shown = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        shown.state = state.clone();
        let (key, has_key) = (if state.rests { PAUSED } else { GOES }, self.has_key.load(Ordering::Relaxed));
        let words = match (state.files, state.rests) {
            (0, _) => "asking what is new".to_owned(),
            (_, true) => format!("{key} · {}", state.files_in_words().trim_end_matches(", paused")),
            (_, false) if has_key => format!("{} · {key}", state.files_in_words()),
            (_, false) => state.files_in_words(),
        };
        self.bar.pace((state.came, state.in_all()), &SafeText::line(&words), state.rests);
        if self.dry_run || shown.told.is_some_and(|told| told.elapsed() < APART) {
            return;
        }
        shown.told = Some(Instant::now());
        if self.context.out.wants_json() {
            self.context.out.json_line(&self.progress_json(state));
        }
    }

    fn progress_json(&self, state: &UnderWay) -> serde_json::Value {
        let known = |number: u64| (state.files > 0).then_some(number);
        json!({
            "event": "progress", "source": self.name, "bytes": state.came, "bytes_in_all": state.in_all(),
            "answers": self.answers.load(Ordering::Relaxed), "answers_in_all": known(self.of.load(Ordering::Relaxed) as u64),
            "arrived": state.arrived, "failed": state.failed, "files": known(state.files),
            "bytes_per_second": (state.rate > 0 && !state.rests).then_some(state.rate), "seconds_left": state.seconds_left(),
            "paused": state.rests,
        })
    }

    /// Tells whom the source has deleted and who was erased because of it, or would be.
    pub(super) fn erased(&self, carried: &Carried) {
        self.erased.store(carried.erased.len(), Ordering::Relaxed);
        for one in carried.erased.iter().filter(|_| self.context.out.wants_json()) {
            self.context.out.json_line(&json!({"event": "erased", "source": self.name, "dry_run": self.dry_run, "erased": one}));
        }
    }

    /// What happens when somebody presses the key that pauses.
    pub(super) fn at_pause(&self, pause: &Pause) -> impl Fn() + Send + use<> {
        let (pause, bar) = (pause.clone(), self.bar.beside());
        move || {
            bar.rest(pause.toggle().then_some(PAUSED));
        }
    }

    /// Tells which key pauses.
    pub(super) fn say_key(&self) {
        self.has_key.store(true, Ordering::Relaxed);
        self.bar.say(&SafeText::line(GOES));
    }

    /// Tells of something that is wrong while it works.
    pub(super) fn problem(&self, problem: &Problem) {
        match self.context.out.wants_json() {
            true => self.context.out.json_line(&json!({"event": "problem", "source": self.name, "problem": problem})),
            false => self.bar.suspend(|| self.context.out.problem(problem)),
        }
    }

    /// Tells how it ended.
    pub(super) fn end(&self, fetched: &Fetched) -> Exit {
        let out = &self.context.out;
        self.bar.clear();
        let mut damage = fetched.problems.iter().filter(|problem| problem.severity >= Severity::Damage).peekable();
        let exit = match (damage.peek().is_some(), damage.all(|problem| problem.code == Some(LATER))) {
            (false, _) => Exit::Done,
            (true, true) => Exit::TryLater,
            (true, false) => Exit::Partial,
        };
        if out.wants_json() {
            for problem in &fetched.problems {
                out.json_line(&json!({"event": "problem", "source": self.name, "problem": problem}));
            }
            out.json_line(&json!({
                "event": "done", "source": self.name, "dry_run": self.dry_run, "batches": fetched.batches.len(),
                "files": fetched.files, "bytes": if self.dry_run { fetched.bytes } else { fetched.came },
                "unknown": fetched.unknown, "arrived": fetched.arrived, "missing": fetched.missing,
                "unusable": fetched.unusable,
                "answers": self.answers.load(Ordering::Relaxed), "new_recordings": self.new_recordings.load(Ordering::Relaxed),
                "erased": self.erased.load(Ordering::Relaxed), "brought_back": self.brought_back.load(Ordering::Relaxed),
                "summary": self.summary(fetched),
            }));
            return exit;
        }
        for news in &fetched.batches {
            out.say(format!(
                "{}  (batch {}): {}, {}",
                news.title,
                news.batch,
                many(news.submissions, "submission"),
                words(&changes(news))
            ));
            if let Some(offers) = news.offers.filter(|_| self.dry_run) {
                out.say(format!("  hands out {}", offered(&offers)));
            }
        }
        grouped(&fetched.problems).iter().for_each(|problem| out.problem(problem));
        out.say(format!("{}: {}", self.name, self.summary(fetched)));
        exit
    }

    /// What is new, in a few words.
    fn summary(&self, fetched: &Fetched) -> String {
        if self.dry_run {
            let erased = match self.erased.load(Ordering::Relaxed) {
                0 => None,
                1 => Some("1 person would be erased, as deleted there".to_owned()),
                some => Some(format!("{some} people would be erased, as they were deleted there")),
            };
            return words(&[Some(format!("would come: {}", how_much(fetched))), erased]);
        }
        let sum = |of: fn(&BatchNews) -> usize| fetched.batches.iter().map(of).sum::<usize>();
        let mut parts = vec![
            count(sum(|news| news.new), "new submission"),
            count(sum(|news| news.completed), "submission completed"),
            count(self.new_recordings.load(Ordering::Relaxed), "new recording"),
            brought_back(self.brought_back.load(Ordering::Relaxed)),
            plain(sum(|news| news.withdrawn), "withdrawn"),
            plain(sum(|news| news.expired), "expired"),
            plain(self.erased.load(Ordering::Relaxed), "erased, as deleted there"),
            plain(sum(|news| news.erased), "erased here before and left out"),
        ];
        parts.push(count(self.answers.load(Ordering::Relaxed), "answer").map(|answers| format!("{answers} arrived")));
        parts.push(count(fetched.unusable, "file").map(|files| format!("{files} came and cannot be reviewed")));
        parts.push(count(fetched.missing, "file").map(|files| format!("{files} did not come; the next fetch tries again")));
        words(&parts)
    }

    pub(super) fn broken(&self, error: FetchError) -> Failure {
        self.bar.clear();
        if matches!(error, FetchError::Interrupted) && self.context.out.wants_json() {
            let mut line = self.progress_json(&self.progress.lock().unwrap_or_else(PoisonError::into_inner).state);
            line["event"] = "stopped".into();
            self.context.out.json_line(&line);
        }
        let failure = ended(self.name, &error);
        match self.answers.load(Ordering::Relaxed) {
            0 => failure,
            some => failure.cause(format!("{} had arrived", many(some, "answer"))),
        }
    }
}

const PAUSED: &str = "paused · p goes on";
const GOES: &str = "p pauses";

/// Files, and how large they are; what is not known of that is said as unknown.
fn how_much(fetched: &Fetched) -> String {
    let files = many(fetched.files, "file");
    match (fetched.unknown, fetched.files) {
        (0, _) => format!("{files}, {}", human_bytes(fetched.bytes)),
        (unknown, all) if unknown == all => format!("{files} of unknown length"),
        (unknown, _) => format!("{files}, {} and {unknown} of unknown length", human_bytes(fetched.bytes)),
    }
}

fn brought_back(number: usize) -> Option<String> {
    let verb = if number == 1 { "was" } else { "were" };
    count(number, "recording").map(|recordings| format!("{recordings} {verb} brought back"))
}

/// The problems, of which those that differ in their place alone are one.
fn grouped(problems: &[Problem]) -> Vec<Problem> {
    let mut groups: IndexMap<_, Vec<&Problem>> = IndexMap::new();
    for problem in problems {
        let what = (problem.severity, problem.reason.raw(), problem.remedy.raw(), problem.code);
        groups.entry(what).or_default().push(problem);
    }
    groups.into_values().flat_map(|all| together(&all)).collect()
}

fn together(all: &[&Problem]) -> Vec<Problem> {
    // A few are told each.
    if all.len() <= NAMED {
        return all.iter().copied().cloned().collect();
    }
    let named: Vec<&str> =
        all.iter().take(NAMED).map(|one| if one.place.is_empty() { one.file.raw() } else { one.place.raw() }).collect();
    let place = format!("{}… {} more", named.join("; "), all.len() - NAMED);
    vec![Problem { file: SafeText::line(&many(all.len(), "file")), place: SafeText::line(&place), ..all[0].clone() }]
}

fn batch_json(name: &str, news: &BatchNews) -> serde_json::Value {
    json!({
        "event": "batch", "source": name, "batch": news.batch, "title": news.title, "submissions": news.submissions,
        "new": news.new, "completed": news.completed, "withdrawn": news.withdrawn, "expired": news.expired, "erased": news.erased, "offers": news.offers,
    })
}

/// What a platform hands out of a batch.
fn offered(offers: &Offers) -> String {
    let parts = [
        (offers.recordings, "recording"),
        (offers.transcripts, "transcript"),
        (offers.texts, "written answer"),
        (offers.documents, "document"),
    ];
    parts.into_iter().map(|(number, what)| many(number, what)).collect::<Vec<_>>().join(", ")
}

fn changes(news: &BatchNews) -> Vec<Option<String>> {
    vec![
        plain(news.new, "new"),
        plain(news.completed, "completed"),
        plain(news.withdrawn, "withdrawn"),
        plain(news.expired, "expired"),
    ]
}

pub(super) fn words(parts: &[Option<String>]) -> String {
    let said: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    if said.is_empty() { "nothing new".to_owned() } else { said.join(", ") }
}

pub(super) fn plain(number: usize, what: &str) -> Option<String> {
    (number > 0).then(|| format!("{number} {what}"))
}

/// `1 new recording`, `3 new recordings`.
pub(super) fn count(number: usize, what: &str) -> Option<String> {
    let several = match what.split_once(' ') {
        Some(("submission", rest)) => format!("submissions {rest}"),
        _ => format!("{what}s"),
    };
    (number > 0).then(|| if number == 1 { format!("1 {what}") } else { format!("{number} {several}") })
}
