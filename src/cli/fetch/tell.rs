//! What a fetch says: a bar on a terminal, lines of JSON for programs, and a few words at the end.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::ended;
use crate::cli::Context;
use crate::cli::deleting::Carried;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Progress, human_bytes};
use crate::cli::words::many;
use crate::interview::Severity;
use crate::source::fetch::{BatchNews, FetchError, Fetched, News, Offers, Pause};
use crate::text::SafeText;

/// Tells of one fetch.
pub(super) struct Teller<'c> {
    name: &'c str,
    dry_run: bool,
    context: &'c Context,
    bar: Progress,
    answers: AtomicUsize,
    new_recordings: AtomicUsize,
    files: AtomicUsize,
    erased: AtomicUsize,
}

impl<'c> Teller<'c> {
    pub(super) fn new(name: &'c str, dry_run: bool, context: &'c Context) -> Self {
        let bar = context.out.transfer(name);
        let count = AtomicUsize::default;
        Teller { name, dry_run, context, bar, answers: count(), new_recordings: count(), files: count(), erased: count() }
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
            News::Planned { files, bytes, unknown } => {
                self.files.store(*files, Ordering::Relaxed);
                self.bar.set_total(*bytes);
                line(json!({"event": "planned", "source": name, "files": files, "bytes": bytes, "unknown": unknown}));
            }
            News::Kept { bytes } | News::Came { bytes } => self.bar.advance(*bytes),
            News::Lost { bytes } => self.bar.go_back(*bytes),
            News::Arrived { file, bytes, is_new_recording } => {
                let arrived = self.answers.fetch_add(1, Ordering::Relaxed) + 1;
                if *is_new_recording {
                    self.new_recordings.fetch_add(1, Ordering::Relaxed);
                }
                self.bar.say(&SafeText::line(&format!("{arrived} answers are here")));
                let place = &file.place;
                line(json!({"event": "arrived", "source": name, "batch": file.batch, "file": file.file, "place": place,
                    "bytes": bytes, "new_recording": is_new_recording}));
            }
            News::Failed { file, reason } => {
                let place = &file.place;
                line(json!({"event": "failed", "source": name, "batch": file.batch, "file": file.file, "place": place,
                    "reason": reason}));
            }
        }
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
            let said = if pause.toggle() { "paused; p goes on" } else { "it goes on; p pauses" };
            bar.say(&SafeText::line(said));
        }
    }

    /// Tells which key pauses.
    pub(super) fn say_key(&self) {
        self.bar.say(&SafeText::line("p pauses"));
    }

    /// Tells how it ended.
    pub(super) fn end(&self, fetched: &Fetched) -> Exit {
        let out = &self.context.out;
        self.bar.clear();
        let exit = match fetched.problems.iter().any(|problem| problem.severity >= Severity::Damage) {
            true => Exit::Partial,
            false => Exit::Done,
        };
        if out.wants_json() {
            for problem in &fetched.problems {
                out.json_line(&json!({"event": "problem", "source": self.name, "problem": problem}));
            }
            out.json_line(&json!({
                "event": "done", "source": self.name, "dry_run": self.dry_run, "batches": fetched.batches.len(),
                "files": fetched.files, "bytes": fetched.bytes, "arrived": fetched.arrived, "missing": fetched.missing,
                "answers": self.answers.load(Ordering::Relaxed), "new_recordings": self.new_recordings.load(Ordering::Relaxed),
                "erased": self.erased.load(Ordering::Relaxed),
                "summary": self.summary(fetched),
            }));
            return exit;
        }
        for news in &fetched.batches {
            out.say(format!("{}  (batch {}): {} submissions, {}", news.title, news.batch, news.submissions, words(&changes(news))));
            if let Some(offers) = news.offers.filter(|_| self.dry_run) {
                out.say(format!("  hands out {}", offered(&offers)));
            }
        }
        fetched.problems.iter().for_each(|problem| out.problem(problem));
        out.say(format!("{}: {}", self.name, self.summary(fetched)));
        exit
    }

    /// What is new, in a few words.
    fn summary(&self, fetched: &Fetched) -> String {
        if self.dry_run {
            let unknown = match fetched.unknown {
                0 => String::new(),
                some => format!(" and {some} of unknown length"),
            };
            let erased = plain(self.erased.load(Ordering::Relaxed), "people would be erased, as they were deleted there");
            let come = format!("would come: {} files, {}{unknown}", fetched.files, human_bytes(fetched.bytes));
            return words(&[Some(come), erased]);
        }
        let sum = |of: fn(&BatchNews) -> usize| fetched.batches.iter().map(of).sum::<usize>();
        let mut parts = vec![
            count(sum(|news| news.new), "new submission"),
            count(sum(|news| news.completed), "submission completed"),
            count(self.new_recordings.load(Ordering::Relaxed), "new recording"),
            plain(sum(|news| news.withdrawn), "withdrawn"),
            plain(sum(|news| news.expired), "expired"),
            plain(self.erased.load(Ordering::Relaxed), "erased, as deleted there"),
            plain(sum(|news| news.erased), "erased here before and left out"),
        ];
        parts.push(count(self.answers.load(Ordering::Relaxed), "answer").map(|answers| format!("{answers} arrived")));
        parts.push(count(fetched.missing, "file").map(|files| format!("{files} did not come; the next fetch tries again")));
        words(&parts)
    }

    pub(super) fn broken(&self, error: FetchError) -> Failure {
        self.bar.clear();
        let failure = ended(self.name, &error);
        match self.answers.load(Ordering::Relaxed) {
            0 => failure,
            some => failure.cause(format!("{some} answers had arrived")),
        }
    }
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
