//! What scoring found, printed: facts at any time, judgements after the reveal.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{evaluation, is_revealed};
use crate::cli::Context;
use crate::cli::output::Table;
use crate::cli::room::Seat;
use crate::cli::words::many;
use crate::interview::{Answer, AnswerId, Submission};
use crate::journal::{Statement, Subject};
use crate::runtime::scoring::{Ended, Scored};
use crate::scorer::alike::{self, Asked, Pair, Text};
use crate::scorer::reader::{Outcome, Proposal};
use crate::scorer::{Step, Warning};
use crate::text::SafeText;

/// Pairs of answers that are shown.
const MOST_PAIRS: usize = 12;
/// Columns of a passage.
const PASSAGE: usize = 70;

/// What both forms print.
pub(super) struct Told<'s> {
    seat: &'s Seat,
    /// In the order of the reviewer's own list, then of the questions.
    answers: Vec<(&'s Submission, &'s Answer, &'s Scored)>,
    is_revealed: bool,
    /// Why the second reader is switched off, where it is.
    switched_off: Option<String>,
    /// Answers that are alike; none before the reveal.
    alike: Vec<Pair>,
}

impl<'s> Told<'s> {
    pub(super) fn of(seat: &'s Seat, scored: &'s BTreeMap<AnswerId, Scored>) -> Self {
        let desk = &seat.desk;
        let of = |id: &crate::interview::SubmissionId| desk.batch.submission(*id);
        let answers =
            desk.rows.iter().filter_map(of).flat_map(|submission| submission.answers.iter().map(move |one| (submission, one)));
        let answers = answers.filter_map(|(submission, answer)| Some((submission, answer, scored.get(&answer.id)?))).collect();
        let is_revealed = is_revealed(seat);
        let switched_off = desk.second_reader_off(scored.iter().filter_map(|(id, one)| Some((*id, evaluation::proposal(one)?))));
        let mut told = Told { seat, answers, is_revealed, switched_off, alike: Vec::new() };
        told.alike = told.pairs();
        told
    }

    /// What a machine says in what is printed, and of what: nothing before the reveal.
    pub(super) fn statements(&self) -> Vec<(Subject, Statement)> {
        if !self.is_revealed {
            return Vec::new();
        }
        let is_off = self.switched_off.is_some();
        let mut all = Vec::new();
        for (_, answer, scored) in &self.answers {
            all.extend(scored.said.as_ref().map(|said| (Subject::Answer(answer.id), said.statement())));
            if let (Some(Outcome::Read(proposal)), false) = (&scored.reader, is_off) {
                all.push((Subject::Answer(answer.id), proposal.statement()));
            }
        }
        if !self.alike.is_empty() {
            all.push((Subject::Batch(self.seat.desk.batch.id), alike::statement(&self.alike)));
        }
        all
    }

    fn name(&self, submission: &Submission, answer: &Answer) -> SafeText {
        self.seat.desk.shown_name(submission.id, Some(&answer.question)).text().clone()
    }

    fn counts(&self) -> BTreeMap<Step, [usize; 4]> {
        let mut counts: BTreeMap<Step, [usize; 4]> = BTreeMap::new();
        for (step, ended) in self.answers.iter().flat_map(|(_, _, scored)| &scored.ended) {
            let at = match ended {
                Ended::Done => 0,
                Ended::Known => 1,
                Ended::Nothing => 2,
                Ended::Failed(_) => 3,
            };
            counts.entry(*step).or_default()[at] += 1;
        }
        counts
    }

    fn outcomes(&self) -> BTreeMap<&'static str, usize> {
        let mut outcomes = BTreeMap::new();
        for outcome in self.answers.iter().filter_map(|(_, _, scored)| scored.reader.as_ref()) {
            *outcomes.entry(outcome.name()).or_default() += 1;
        }
        outcomes
    }

    fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.answers.iter().filter_map(|(_, _, scored)| match &scored.reader {
            Some(Outcome::Read(proposal)) => Some(&**proposal),
            _ => None,
        })
    }

    /// Who read, each engine and version once.
    fn engines(&self) -> String {
        let name = |proposal: &Proposal| format!(", {}, version {}", proposal.engine.model, proposal.engine.version);
        let names: BTreeSet<String> = self.proposals().map(name).collect();
        names.into_iter().collect()
    }

    /// Why answers may not be read, and how many.
    fn not_allowed(&self) -> BTreeMap<&SafeText, usize> {
        let mut reasons = BTreeMap::new();
        for outcome in self.answers.iter().filter_map(|(_, _, scored)| scored.reader.as_ref()) {
            if let Outcome::NotAllowed { reason } = outcome {
                *reasons.entry(reason).or_default() += 1;
            }
        }
        reasons
    }

    /// What was not taken of what second readers said, by reason.
    fn dropped(&self) -> BTreeMap<&'static str, usize> {
        let mut dropped = BTreeMap::new();
        for one in self.proposals().flat_map(|proposal| &proposal.dropped) {
            *dropped.entry(one.reason.words()).or_default() += 1;
        }
        dropped
    }

    /// Answers that are alike; only after the reveal.
    fn pairs(&self) -> Vec<Pair> {
        if !self.is_revealed {
            return Vec::new();
        }
        let asked = Asked::of(self.seat.desk.batch.interview.questions.iter().map(|question| question.prompt.as_str()));
        let owner = |submission: &Submission| {
            let (head, _) = submission.candidate.id.0.as_bytes().split_first_chunk::<8>().expect("an id has 16 bytes");
            u64::from_be_bytes(*head)
        };
        let text = |(submission, _, scored): &(&Submission, &Answer, &Scored)| match &scored.transcript {
            Some(transcript) => Text::of(transcript, owner(submission), &asked),
            None => Text::default(),
        };
        alike::pairs(&self.answers.iter().map(text).collect::<Vec<_>>())
    }

    fn passage(&self, nth: usize, words: &std::ops::Range<usize>) -> String {
        let transcript = self.answers[nth].2.transcript.as_ref();
        transcript.map(|transcript| transcript.text(words.clone())).unwrap_or_default()
    }
}

/// `{"batch", "title", "revealed", "steps": {step: {done, known, nothing, failed}}, "failures": [{candidate, question, step, reason}],
/// "answers": [{candidate, shown, question, answer, recording, words}]}`; after the reveal each answer also has `second_reader`, and there
/// are `alike` and `second_reader_off`.
pub(super) fn to_json(told: &Told) -> Json {
    let seat = told.seat;
    let hits_show = told.is_revealed || seat.desk.rules.protocol.literal_hits;
    let answers = told.answers.iter().map(|(submission, answer, scored)| {
        let mut one = json!({
            "candidate": submission.candidate.source_id,
            "shown": told.name(submission, answer),
            "question": answer.question,
            "answer": answer.id,
            "recording": scored.recorded,
            "words": scored.said.as_ref().map(|said| {
                let facts = json!({
                    "words": said.words, "words_a_minute": said.words_a_minute, "hits": hits_show.then_some(&said.hits), "automatic": said.automatic,
                });
                match told.is_revealed {
                    true => with_statement(json!(said), &said.statement()),
                    false => facts,
                }
            }),
        });
        if told.is_revealed && told.switched_off.is_none() {
            one["second_reader"] = match &scored.reader {
                Some(Outcome::Read(proposal)) => with_statement(json!(scored.reader), &proposal.statement()),
                other => json!(other),
            };
        }
        one
    });
    let steps: serde_json::Map<String, Json> = told
        .counts()
        .into_iter()
        .map(|(step, [done, known, nothing, failed])| {
            (step.name().to_owned(), json!({ "done": done, "known": known, "nothing": nothing, "failed": failed }))
        })
        .collect();
    let mut report = json!({
        "batch": seat.desk.batch.id,
        "title": seat.desk.batch.title,
        "revealed": told.is_revealed,
        "steps": steps,
        "outcomes": told.outcomes(),
        "failures": told.answers.iter().flat_map(failures).collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
    });
    if told.is_revealed {
        let pair = |pair: &Pair| {
            let id = |nth: usize| told.answers[nth].1.id;
            json!({ "a": id(pair.a), "b": id(pair.b), "likeness": pair.likeness, "contained": pair.contained, "passages": pair.passages })
        };
        report["alike_statement"] = json!(alike::statement(&told.alike));
        report["alike"] = told.alike.iter().map(pair).collect();
        report["second_reader_off"] = json!(told.switched_off);
        report["dropped"] = json!(told.dropped());
    }
    report
}

/// What could not be done for one answer, step by step.
fn failures((submission, answer, scored): &(&Submission, &Answer, &Scored)) -> Vec<Json> {
    let failed = scored.ended.iter().filter_map(|(step, ended)| match ended {
        Ended::Failed(reason) => Some(json!({
            "candidate": submission.candidate.source_id, "question": answer.question, "step": step, "reason": SafeText::line(reason),
        })),
        _ => None,
    });
    failed.collect()
}

/// Marks what a machine says as such, with the version and the digest that the journal keeps.
fn with_statement(mut said: Json, statement: &Statement) -> Json {
    said["statement"] = json!(statement);
    said
}

pub(super) fn say(told: &Told, context: &Context) {
    let seat = told.seat;
    let out = &context.out;
    out.say(format!("{}: {}.", seat.desk.batch.title, many(told.answers.len(), "answer")));
    for (step, [done, known, nothing, failed]) in told.counts() {
        let what = match step {
            Step::Recording => "recordings measured",
            Step::Words => "answers read",
            Step::Reader => "answers looked at by the second reader",
        };
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        out.say(format!("  {} {what} ({done} now), {nothing} without{failed}", done + known));
    }
    for (reason, count) in told.not_allowed() {
        out.say(format!("  {count} not read by the second reader: {reason}"));
    }
    say_warnings(told, context);
    if !told.is_revealed {
        out.say("What a machine judges shows when your own ratings of this batch are sealed; hits and facts show in Review.");
        return;
    }
    say_reader(told, context);
    say_alike(told, context);
}

fn say_warnings(told: &Told, context: &Context) {
    let mut table = Table::new(&["candidate", "question", "what to know before judging"]);
    for (submission, answer, scored) in &told.answers {
        let warnings = scored.recorded.iter().flat_map(|recorded| &recorded.warnings).map(Warning::words);
        let failed = scored.ended.iter().filter_map(|(step, ended)| match ended {
            Ended::Failed(reason) => Some(format!("{step}: {reason}")),
            _ => None,
        });
        let all: Vec<String> = warnings.chain(failed).collect();
        if !all.is_empty() {
            table.row([
                told.name(submission, answer).as_str(),
                answer.question.as_str(),
                &SafeText::line(&all.join("; ")).to_string(),
            ]);
        }
    }
    if !table.is_empty() {
        context.out.say("");
        context.out.table(&table);
    }
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
    let mut table = Table::new(&["candidate", "question", "criterion", "machine", "its quote"]).right(3);
    for (submission, answer, scored) in &told.answers {
        let Some(Outcome::Read(proposal)) = &scored.reader else { continue };
        for rating in &proposal.ratings {
            let (name, point) = (told.name(submission, answer), rating.point.to_string());
            let quote = rating.quote.fit(PASSAGE);
            table.row([name.as_str(), answer.question.as_str(), rating.criterion.as_str(), &point, &quote]);
        }
    }
    if !table.is_empty() {
        out.table(&table);
    }
}

fn say_alike(told: &Told, context: &Context) {
    let out = &context.out;
    let pairs = &told.alike;
    out.say("");
    if pairs.is_empty() {
        out.say("No two people's answers have long passages in common.");
        return;
    }
    out.say(format!("{} of answers have passages in common; look at them, it proves nothing.", many(pairs.len(), "pair")));
    for pair in pairs.iter().take(MOST_PAIRS) {
        let of = |nth: usize| {
            let (submission, answer, _) = told.answers[nth];
            format!("{} ({})", told.name(submission, answer), answer.question)
        };
        out.say(format!("  {} and {}: {:.0}% of all passages", of(pair.a), of(pair.b), 100.0 * pair.likeness));
        if let Some(passage) = pair.passages.iter().max_by_key(|passage| passage.a.len()) {
            for (nth, words) in [(pair.a, &passage.a), (pair.b, &passage.b)] {
                out.say(format!("    “{}”", SafeText::line(&told.passage(nth, words)).fit(PASSAGE)));
            }
        }
    }
    if pairs.len() > MOST_PAIRS {
        out.say(format!("  … and {} more; --json has them all.", pairs.len() - MOST_PAIRS));
    }
}
