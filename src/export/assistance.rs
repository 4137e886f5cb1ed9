//! What of machines stood beside an answer while people rated it: transcripts, and statements that were seen.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::table::{Cell, Sources};
use crate::interview::{Answer, Submission};
use crate::journal::{Statement, Subject};
use crate::scorecard::Work;

/// What one reviewer had of machines for one answer, each once: a transcript, and what machines stated of the answer or of the whole
/// submission, as far as the reviewer saw it.
pub(super) fn had(sources: &Sources, submission: &Submission, answer: &Answer, work: &Work) -> BTreeSet<String> {
    transcript(sources, answer).into_iter().chain(seen(submission, answer, work, None)).collect()
}

/// The statements among it that were seen before something was rated, by its time in the order.
pub(super) fn had_seen(submission: &Submission, answer: &Answer, work: &Work, by: Timestamp) -> BTreeSet<String> {
    seen(submission, answer, work, Some(by)).collect()
}

/// All of it in one cell.
pub(super) fn cell(all: BTreeSet<String>) -> Cell {
    if all.is_empty() { Cell::word("none") } else { Cell::word(all.into_iter().collect::<Vec<_>>().join("; ")) }
}

fn transcript(sources: &Sources, answer: &Answer) -> Option<String> {
    match (sources.visible.automatic.get(&answer.id), &answer.transcript) {
        // What the source gave stands before what an engine made.
        (_, Some(_)) if answer.kind.is_recording() => Some("transcript".to_owned()),
        (Some(made), None) => Some(format!("automatic transcript of {}", named(made))),
        _ => None,
    }
}

fn seen<'w>(submission: &Submission, answer: &Answer, work: &'w Work, by: Option<Timestamp>) -> impl Iterator<Item = String> + 'w {
    let about = [Subject::Answer(answer.id), Subject::Submission(submission.id)];
    let all = about.into_iter().filter_map(|what| work.shown.get(&what)).flatten();
    all.filter(move |seen| by.is_none_or(|by| seen.stands <= by)).map(|seen| named(&seen.statement))
}

/// A statement with its version, where its maker tells one, and its digest.
fn named(statement: &Statement) -> String {
    let Statement { by, version, digest } = statement;
    let version = if version.as_str().is_empty() { String::new() } else { format!(" {version}") };
    format!("{by}{version} ({})", digest.short())
}
