//! What scoring found, as far as it may be shown: facts at any time, judgements after the reveal.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Value as Json, json};

use super::{Who, evaluation, is_revealed};
use crate::app::Stated;
use crate::cli::room::Seat;
use crate::interview::{Answer, AnswerId, Submission};
use crate::journal::{Statement, Subject};
use crate::runtime::scoring::{Ended, Scored};
use crate::scorer::Step;
use crate::scorer::alike::{self, Group, Pair};
use crate::scorer::reader::{Outcome, Proposal, name_before_the_reveal, spoken_to_statement};
use crate::text::SafeText;

/// What a platform judges of a person; everything else that it states is an event.
const JUDGES: [&str; 3] = ["score", "summary", "sentiment"];

/// What both forms print.
pub(super) struct Told<'s> {
    pub(super) seat: &'s Seat,
    /// In the order of the reviewer's own list, then of the questions.
    pub(super) answers: Vec<(&'s Submission, &'s Answer, &'s Scored)>,
    pub(super) is_revealed: bool,
    /// Who reads as second reader, and where.
    pub(super) reader: Who,
    /// Why the second reader is switched off, where it is.
    pub(super) switched_off: Option<String>,
    /// Answers that are alike; none before the reveal.
    pub(super) alike: Vec<Pair>,
}

impl<'s> Told<'s> {
    pub(super) fn of(seat: &'s Seat, scored: &'s BTreeMap<AnswerId, Scored>, reader: Who) -> Self {
        let desk = &seat.desk;
        let of = |id: &crate::interview::SubmissionId| desk.batch.submission(*id);
        let answers =
            desk.rows.iter().filter_map(of).flat_map(|submission| submission.answers.iter().map(move |one| (submission, one)));
        let answers = answers.filter_map(|(submission, answer)| Some((submission, answer, scored.get(&answer.id)?))).collect();
        let is_revealed = is_revealed(seat);
        let switched_off = desk.second_reader_off(scored.iter().filter_map(|(id, one)| Some((*id, evaluation::proposal(one)?))));
        let mut told = Told { seat, answers, is_revealed, reader, switched_off, alike: Vec::new() };
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
        for (submission, answer, scored) in &self.answers {
            let said = scored.said.as_ref().filter(|_| submission.bars_machines().is_none());
            all.extend(said.map(|said| (Subject::Answer(answer.id), said.statement())));
            if let (Some(Outcome::Read(proposal)), false) = (&scored.reader, is_off) {
                all.push((Subject::Answer(answer.id), proposal.statement()));
            }
        }
        for (nth, spoken_to) in self.spoken_to() {
            all.push((Subject::Answer(self.answers[nth].1.id), spoken_to_statement(spoken_to)));
        }
        all.extend(self.alike_statements().into_iter().map(|(nth, said)| (Subject::Answer(self.answers[nth].1.id), said)));
        for pair in &self.alike {
            let beside = [pair.a, pair.b].into_iter().filter(|nth| !self.events(*nth).is_empty());
            all.extend(beside.filter_map(|nth| self.seat.desk.platform_statement(self.answers[nth].0.id)));
        }
        all
    }

    pub(super) fn name(&self, submission: &Submission, answer: &Answer) -> SafeText {
        self.seat.desk.shown_name(submission.id, Some(&answer.question)).text().clone()
    }

    pub(super) fn counts(&self) -> BTreeMap<Step, [usize; 4]> {
        let mut counts: BTreeMap<Step, [usize; 4]> = BTreeMap::new();
        for (step, ended) in self.answers.iter().flat_map(|(_, _, scored)| &scored.ended) {
            let at = match ended {
                Ended::Done => 0,
                Ended::Known => 1,
                Ended::Nothing | Ended::Erased => 2,
                Ended::Failed(_) => 3,
            };
            counts.entry(*step).or_default()[at] += 1;
        }
        counts
    }

    pub(super) fn outcomes(&self) -> BTreeMap<&'static str, usize> {
        let mut outcomes = BTreeMap::new();
        for outcome in self.answers.iter().filter_map(|(_, _, scored)| scored.reader.as_ref()) {
            let name = if self.is_revealed { outcome.name() } else { name_before_the_reveal(outcome.name()) };
            *outcomes.entry(name).or_default() += 1;
        }
        outcomes
    }

    fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.answers.iter().filter_map(|(_, _, scored)| match &scored.reader {
            Some(Outcome::Read(proposal)) => Some(&**proposal),
            _ => None,
        })
    }

    /// Sentences that speak to a machine, by the answer's place; nothing before the reveal.
    pub(super) fn spoken_to(&self) -> Vec<(usize, &[Range<usize>])> {
        let of = |(nth, (_, _, scored)): (usize, &(&Submission, &Answer, &'s Scored))| match &scored.reader {
            Some(Outcome::Read(proposal)) if !proposal.spoken_to.is_empty() => Some((nth, &proposal.spoken_to[..])),
            _ => None,
        };
        if self.is_revealed { self.answers.iter().enumerate().filter_map(of).collect() } else { Vec::new() }
    }

    /// What the platform saw while an answer was given, or of the whole submission: events, and none of its judgements.
    pub(super) fn events(&self, nth: usize) -> Vec<Stated> {
        let (submission, answer, _) = self.answers[nth];
        let mut stated = self.seat.desk.platform_says(submission.id).unwrap_or_default();
        stated.retain(|one| {
            one.answer.as_ref().is_none_or(|(id, _)| *id == answer.id) && !JUDGES.contains(&one.statement.kind.as_str())
        });
        stated
    }

    /// Why a step failed, as it may be shown: what a model makes of an answer is told after the reveal.
    pub(super) fn reason(&self, scored: &Scored, step: Step, reason: &str) -> SafeText {
        let says = matches!(scored.reader, Some(Outcome::Refused { .. } | Outcome::Unreadable { .. }));
        match step == Step::Reader && says && !self.is_revealed {
            true => SafeText::line("it was not read"),
            false => SafeText::line(reason),
        }
    }

    /// Who read, each engine and version once.
    pub(super) fn engines(&self) -> String {
        let name = |proposal: &Proposal| format!(", {}, version {}", proposal.engine.model, proposal.engine.version);
        let names: BTreeSet<String> = self.proposals().map(name).collect();
        names.into_iter().collect()
    }

    /// Why answers may not be read, and how many.
    pub(super) fn not_allowed(&self) -> BTreeMap<&SafeText, usize> {
        let mut reasons = BTreeMap::new();
        for outcome in self.answers.iter().filter_map(|(_, _, scored)| scored.reader.as_ref()) {
            if let Outcome::NotAllowed { reason } = outcome {
                *reasons.entry(reason).or_default() += 1;
            }
        }
        reasons
    }

    /// Answers of people who were erased while the work was on.
    pub(super) fn erased(&self) -> usize {
        self.answers.iter().filter(|(_, _, scored)| scored.is_erased()).count()
    }

    /// What was not taken of what second readers said, by reason.
    pub(super) fn dropped(&self) -> BTreeMap<&'static str, usize> {
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
        let answers = self.answers.iter().map(|(submission, _, scored)| (*submission, scored.transcript.as_ref()));
        alike::pairs_of(&self.seat.desk.batch, answers)
    }

    /// What is written down of likeness, for each answer that is in a pair.
    fn alike_statements(&self) -> Vec<(usize, Statement)> {
        let alike: BTreeSet<usize> = self.alike.iter().flat_map(|pair| [pair.a, pair.b]).collect();
        let id = |nth: usize| self.answers[nth].1.id.to_string();
        alike.into_iter().map(|nth| (nth, alike::statement(&self.alike, nth, id))).collect()
    }

    pub(super) fn passage(&self, nth: usize, words: &Range<usize>) -> String {
        let transcript = self.answers[nth].2.transcript.as_ref();
        transcript.map(|transcript| transcript.text(words.clone())).unwrap_or_default()
    }
}

/// `{"batch", "title", "revealed", "steps": {step: {done, known, nothing, failed}}, "erased": answers of people who were erased meanwhile, "failures": [{candidate, question, step, reason}],
/// "answers": [{candidate, shown, question, answer, recording, words}]}`; after the reveal each answer also has `second_reader`, and there
/// are `alike`, `speaks_to_a_machine` and `second_reader_off`.
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
                    "words": said.amount.words, "characters": said.amount.characters, "words_a_minute_with_pauses": said.words_a_minute_with_pauses, "hits": hits_show.then_some(&said.hits), "automatic": said.automatic,
                });
                match told.is_revealed && submission.bars_machines().is_none() {
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
        "reader": told.reader,
        "outcomes": told.outcomes(),
        "erased": told.erased(),
        "failures": told.answers.iter().flat_map(|one| failures(told, one)).collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
    });
    if told.is_revealed {
        let pair = |pair: &Pair| {
            let id = |nth: usize| told.answers[nth].1.id;
            let events = |nth: usize| told.events(nth).into_iter().map(|one| one.statement).collect::<Vec<_>>();
            json!({
                "a": id(pair.a), "b": id(pair.b), "likeness": pair.likeness, "contained": pair.contained, "passages": pair.passages,
                "platform_a": events(pair.a), "platform_b": events(pair.b),
            })
        };
        let spoken = |(nth, spoken_to): (usize, &[Range<usize>])| {
            let said: Vec<String> = spoken_to.iter().map(|words| told.passage(nth, words)).collect();
            let one = json!({ "answer": told.answers[nth].1.id, "words": spoken_to, "said": said });
            with_statement(one, &spoken_to_statement(spoken_to))
        };
        report["speaks_to_a_machine"] = told.spoken_to().into_iter().map(spoken).collect();
        let id = |nth: usize| told.answers[nth].1.id;
        let group = |group: &Group| {
            let answers: Vec<AnswerId> = group.answers.iter().map(|nth| id(*nth)).collect();
            json!({ "answers": answers, "pairs": group.pairs, "likeness": [group.likeness.0, group.likeness.1] })
        };
        let said = |(nth, said): (usize, Statement)| (id(nth).to_string(), json!(said));
        report["alike_statements"] = Json::Object(told.alike_statements().into_iter().map(said).collect());
        report["alike"] = told.alike.iter().map(pair).collect();
        report["alike_groups"] = alike::groups(&told.alike).iter().map(group).collect();
        report["second_reader_off"] = json!(told.switched_off);
        report["dropped"] = json!(told.dropped());
    }
    report
}

/// What could not be done for one answer, step by step.
fn failures(told: &Told, (submission, answer, scored): &(&Submission, &Answer, &Scored)) -> Vec<Json> {
    let failed = scored.ended.iter().filter_map(|(step, ended)| match ended {
        Ended::Failed(reason) => Some(json!({
            "candidate": submission.candidate.source_id, "question": answer.question, "step": step,
            "reason": told.reason(scored, *step, reason),
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
