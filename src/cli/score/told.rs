//! What scoring found, printed: facts at any time, judgements after the reveal.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{evaluation, is_revealed};
use crate::cli::Context;
use crate::cli::output::Table;
use crate::cli::room::Seat;
use crate::cli::words::many;
use crate::interview::{Answer, AnswerId, Submission};
use crate::runtime::scoring::{Ended, Scored};
use crate::scorer::alike::{self, Asked, Pair, Text};
use crate::scorer::evaluate::Verdict;
use crate::scorer::reader::Outcome;
use crate::scorer::{Step, Warning};
use crate::text::SafeText;

/// Pairs of answers that are shown.
const MOST_PAIRS: usize = 12;
/// Columns of a passage.
const PASSAGE: usize = 70;

/// What both forms print.
struct Told<'s> {
    seat: &'s Seat,
    /// In the order of the reviewer's own list, then of the questions.
    answers: Vec<(&'s Submission, &'s Answer, &'s Scored)>,
    is_revealed: bool,
    /// Why the second reader is switched off, where it is.
    switched_off: Option<String>,
}

impl<'s> Told<'s> {
    fn of(seat: &'s Seat, scored: &'s BTreeMap<AnswerId, Scored>) -> Self {
        let desk = &seat.desk;
        let of = |id: &crate::interview::SubmissionId| desk.batch.submission(*id);
        let answers =
            desk.rows.iter().filter_map(of).flat_map(|submission| submission.answers.iter().map(move |one| (submission, one)));
        let answers = answers.filter_map(|(submission, answer)| Some((submission, answer, scored.get(&answer.id)?))).collect();
        let is_revealed = is_revealed(seat);
        let is_switched = desk.rules.protocol.failed_second_reader_off;
        let verdict = if is_revealed { evaluation::verdict(seat, scored) } else { None };
        let switched_off = match verdict {
            Some(Verdict::Fails(why)) if is_switched => Some(why.join("; ")),
            _ => None,
        };
        Told { seat, answers, is_revealed, switched_off }
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

    /// Answers that are alike; only after the reveal.
    fn alike(&self) -> Vec<Pair> {
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
pub(super) fn to_json(seat: &Seat, scored: &BTreeMap<AnswerId, Scored>) -> Json {
    let told = Told::of(seat, scored);
    let hits_show = told.is_revealed || seat.desk.rules.protocol.literal_hits;
    let answers = told.answers.iter().map(|(submission, answer, scored)| {
        let mut one = json!({
            "candidate": submission.candidate.source_id,
            "shown": told.name(submission, answer),
            "question": answer.question,
            "answer": answer.id,
            "recording": scored.recorded,
            "words": scored.said.as_ref().map(|said| {
                let facts = json!({ "words": said.words, "words_a_minute": said.words_a_minute, "hits": hits_show.then_some(&said.hits) });
                if told.is_revealed { serde_json::to_value(said).unwrap_or(facts) } else { facts }
            }),
        });
        if told.is_revealed && told.switched_off.is_none() {
            one["second_reader"] = json!(scored.reader);
        }
        one
    });
    let failure = |(submission, answer, scored): &(&Submission, &Answer, &Scored)| {
        let failed = scored.ended.iter().filter_map(|(step, ended)| match ended {
            Ended::Failed(reason) => Some(json!({
                "candidate": submission.candidate.source_id, "question": answer.question, "step": step, "reason": SafeText::line(reason),
            })),
            _ => None,
        });
        failed.collect::<Vec<_>>()
    };
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
        "failures": told.answers.iter().flat_map(failure).collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
    });
    if told.is_revealed {
        let pair = |pair: &Pair| {
            let id = |nth: usize| told.answers[nth].1.id;
            json!({ "a": id(pair.a), "b": id(pair.b), "likeness": pair.likeness, "contained": pair.contained, "passages": pair.passages })
        };
        report["alike"] = told.alike().iter().map(pair).collect();
        report["second_reader_off"] = json!(told.switched_off);
    }
    report
}

pub(super) fn say(seat: &Seat, scored: &BTreeMap<AnswerId, Scored>, context: &Context) {
    let told = Told::of(seat, scored);
    let out = &context.out;
    out.say(format!("{}: {}.", seat.desk.batch.title, many(told.answers.len(), "answer")));
    for (step, [done, known, nothing, failed]) in told.counts() {
        let what = match step {
            Step::Recording => "recordings measured",
            Step::Words => "answers read",
            Step::Reader => "answers read by the second reader",
        };
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        out.say(format!("  {} {what} ({done} now), {nothing} without{failed}", done + known));
    }
    say_warnings(&told, context);
    if !told.is_revealed {
        out.say("What a machine judges shows when your own ratings of this batch are sealed; hits and facts show in Review.");
        return;
    }
    say_reader(&told, context);
    say_alike(&told, context);
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
    out.say(format!(
        "Second reader (a machine, embedded, version {}): {}.",
        crate::scorer::reader::embedded::VERSION,
        outcomes.join(", ")
    ));
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
    let pairs = told.alike();
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
