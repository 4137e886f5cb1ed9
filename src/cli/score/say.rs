//! What scoring found, for people: a few lines and tables.

use super::alike;
use super::told::Told;
use crate::cli::Context;
use crate::cli::output::Table;
use crate::cli::words::{in_command, many};
use crate::runtime::scoring::{Ended, Scored};
use crate::scorer::reader::Outcome;
use crate::scorer::{Recorded, Step, Warning};
use crate::text::SafeText;

/// Columns of a quote.
const QUOTE: usize = 70;
/// Columns of a reason; --json has all of it.
const WHY: usize = 120;
/// Columns of a passage.
pub(super) const PASSAGE: usize = 160;

/// Prints it; with `facts` also those of each recording.
pub(super) fn say(told: &Told, facts: bool, context: &Context) {
    let seat = told.seat;
    let out = &context.out;
    out.say(format!("{}: {}.", seat.desk.batch.title, many(told.answers.len(), "answer")));
    let by = format!("answers looked at by the second reader ({}, {})", told.reader.by, told.reader.place);
    for (step, [done, known, nothing, failed]) in told.counts() {
        let (what, without) = match step {
            Step::Recording => ("recordings measured", "without"),
            Step::Words => ("answers read", "without words"),
            Step::Reader => (by.as_str(), "not looked at"),
        };
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        out.say(format!("  {} {what} ({done} now), {nothing} {without}{failed}", done + known));
    }
    match told.erased() {
        0 => {}
        count => out.say(format!("  {count} of somebody whose data was erased meanwhile: nothing of it is told or kept")),
    }
    for (reason, count) in told.not_allowed() {
        out.say(format!("  {count} not read by the second reader: {reason}"));
    }
    // Facts about the transcript, and none of what a reader makes of it.
    for (name, count) in
        told.outcomes().into_iter().filter(|(name, _)| ["other language", "too long", "more words than can be said"].contains(name))
    {
        out.say(format!("  {count} not read by the second reader: {name}"));
    }
    if let Some(count) = told.outcomes().get("no transcript") {
        out.say(format!(
            "  {count} without a transcript; `earmark transcribe {}` writes them down",
            in_command(seat.desk.batch.id)
        ));
    }
    say_warnings(told, context);
    say_failures(told, context);
    if facts {
        say_facts(told, context);
    }
    if !told.is_revealed {
        out.say("What a machine judges shows when your own ratings of this batch are sealed; hits and facts show in Review (i).");
        return;
    }
    if told.answers.iter().any(|(_, _, scored)| scored.reader.is_some()) {
        say_reader(told, context);
    }
    if told.answers.iter().any(|(_, _, scored)| scored.transcript.is_some()) {
        say_spoken_to(told, context);
        alike::say(told, context);
    }
}

fn print(table: &Table, context: &Context) {
    if !table.is_empty() {
        context.out.say("");
        context.out.table(table);
    }
}

fn say_warnings(told: &Told, context: &Context) {
    let mut table = Table::new(&["candidate", "question", "what to know before judging"]);
    for (submission, answer, scored) in &told.answers {
        let warnings = scored.recorded.iter().flat_map(|recorded| &recorded.warnings).map(Warning::words);
        let all: Vec<String> = warnings.collect();
        if !all.is_empty() {
            table.row([told.name(submission, answer).as_str(), answer.question.as_str(), &all.join("; ")]);
        }
    }
    print(&table, context);
}

fn say_failures(told: &Told, context: &Context) {
    let mut table = Table::new(&["candidate", "question", "what could not be done"]);
    for (submission, answer, scored) in &told.answers {
        for (step, ended) in &scored.ended {
            let Ended::Failed(reason) = ended else { continue };
            let why = SafeText::line(&format!("{step}: {}", told.reason(scored, *step, reason)));
            table.row([told.name(submission, answer).as_str(), answer.question.as_str(), why.as_str()]);
        }
    }
    print(&table, context);
}

fn say_facts(told: &Told, context: &Context) {
    let columns =
        ["candidate", "question", "length", "speech", "pauses", "longest", "words/min", "speech dB", "over noise", "clipped"];
    let mut table = (2..columns.len()).fold(Table::new(&columns), Table::right);
    let seconds = |ms: u32| format!("{:.1} s", f64::from(ms) / 1000.0);
    for (submission, answer, scored) in &told.answers {
        let Some(facts) = &scored.recorded else { continue };
        let Recorded { length_ms, speech_ms, pauses, longest_pause_ms, clipped_ms, .. } = facts;
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        table.row([
            told.name(submission, answer).as_str(),
            answer.question.as_str(),
            &seconds(*length_ms),
            &seconds(*speech_ms),
            &pauses.to_string(),
            &seconds(*longest_pause_ms),
            &or_none(facts.words_a_minute.map(|rate| format!("{rate:.0}"))),
            &or_none(facts.speech_db.map(|level| format!("{level:.0}"))),
            &or_none(facts.over_noise_db.map(|over| format!("{over:.0}"))),
            &seconds(*clipped_ms),
        ]);
    }
    print(&table, context);
}

fn say_reader(told: &Told, context: &Context) {
    let out = &context.out;
    out.say("");
    let outcomes: Vec<String> = told.outcomes().into_iter().map(|(name, count)| format!("{count} {name}")).collect();
    out.say(format!("Second reader (a machine{}): {}.", told.engines(), outcomes.join(", ")));
    let dropped: Vec<String> = told.dropped().into_iter().map(|(why, count)| format!("{count} because {why}")).collect();
    if !dropped.is_empty() {
        out.say(format!("Points that were not taken: {}.", dropped.join(", ")));
    }
    if let Some(why) = &told.switched_off {
        out.say(format!(
            "It is switched off for this batch, because it fails: {why}. `earmark score --evaluate` shows the figures."
        ));
        return;
    }
    let mut table = Table::new(&["candidate", "question", "criterion", "machine", "at", "its quote", "why"]).right(3).right(4);
    for (submission, answer, scored) in &told.answers {
        let Some(Outcome::Read(proposal)) = &scored.reader else { continue };
        for rating in &proposal.ratings {
            let (name, point) = (told.name(submission, answer), rating.point.to_string());
            let at = rating.span.map_or_else(|| "–".to_owned(), |span| span.start.to_string());
            let (question, criterion) = (answer.question.as_str(), rating.criterion.as_str());
            table.row([name.as_str(), question, criterion, &point, &at, &rating.quote.fit(QUOTE), &rating.why.fit(WHY)]);
        }
    }
    print(&table, context);
}

/// Sentences that speak to a machine: a finding to look at, whatever became of its reader.
fn say_spoken_to(told: &Told, context: &Context) {
    let mut table = Table::new(&["candidate", "question", "at", "speaks to a machine, and counts for nothing"]).right(2);
    for (nth, spoken_to) in told.spoken_to() {
        let (submission, answer, scored) = told.answers[nth];
        for words in spoken_to {
            let said = SafeText::line(&told.passage(nth, words));
            let name = told.name(submission, answer);
            table.row([name.as_str(), answer.question.as_str(), &at(scored, words), &said.fit(PASSAGE)]);
        }
    }
    print(&table, context);
}

/// When words were said; a dash where nobody knows.
pub(super) fn at(scored: &Scored, words: &std::ops::Range<usize>) -> String {
    let timed = scored.transcript.as_ref().filter(|transcript| transcript.is_timed());
    timed.and_then(|transcript| transcript.span_of(words)).map_or_else(|| "–".to_owned(), |span| span.start.to_string())
}
