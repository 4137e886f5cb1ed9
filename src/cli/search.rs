//! `earmark search`: every moment of a batch at which a phrase or its inflected forms were said.

use serde_json::{Value as Json, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::{self, Seat};
use super::words::many;
use crate::app::{Desk, ToIndex};
use crate::runtime::indexing;
use crate::text::SafeText;
use crate::transcript::{Found, Hit, Phrase};

/// Words that are shown on either side of what was found.
const AROUND: u32 = 7;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// What was said; other forms of its words are found too, unless it stands in double quotes
    phrase: String,
    /// Only answers to this question: its id or number
    #[arg(long, value_name = "QUESTION")]
    question: Option<String>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let phrase = Phrase::whole(&args.phrase);
    if phrase.is_empty() {
        return Err(Failure::usage("Could not search: the phrase has no word in it"));
    }
    let mut seat = Seat::to_look(&args.batch, context).await?;
    let mut answers = seat.desk.to_index();
    if let Some(named) = &args.question {
        let (number, _) = seat.question(named)?;
        answers.retain(|one| usize::from(one.entry.question) == number);
    }
    let left_out = index(&mut seat, &answers, context).await?;
    let found = seat.desk.find(&phrase, usize::MAX - 1, usize::MAX);
    if context.out.wants_json() {
        context.out.json(&to_json(&seat.desk, args, &found, answers.len() - left_out));
    } else {
        say(&seat.desk, &found, answers.len(), context);
    }
    if left_out > 0 {
        context.out.remark(format!("{} not searched: there is no room for more", many(left_out, "answer")));
    }
    let exit = if found.hits.is_empty() { Exit::NoMatch } else { Exit::Done };
    seat.leave().await;
    Ok(exit)
}

/// Reads the answers; returns how many there was no room for.
async fn index(seat: &mut Seat, answers: &[ToIndex], context: &Context) -> Result<usize, Failure> {
    let progress = context.out.progress("reading", answers.len() as u64);
    let (mut parts, mut left_out) = (Vec::new(), 0);
    let read = indexing::read(&seat.library, &seat.desk.batch, answers, |part| {
        progress.advance(part.done as u64);
        left_out += part.left_out;
        parts.push(part);
        true
    });
    read.await.map_err(|error| room::told("Could not read what was said", &error))?;
    parts.into_iter().for_each(|part| seat.desk.index(part));
    Ok(left_out)
}

/// `{"batch", "title", "phrase", "answers": how many were searched, "hits": [{"question", "candidate": source's id, "shown",
/// "answer", "at_ms": or null where there are no times, "before", "said", "after"}]}`.
fn to_json(desk: &Desk, args: &Args, found: &Found, answers: usize) -> Json {
    let hit = |hit: &Hit| {
        let (submission, answer) = desk.batch.answer(hit.entry.answer)?;
        let quote = desk.quote(hit, AROUND);
        Some(json!({
            "question": answer.question,
            "candidate": submission.candidate.source_id,
            "shown": desk.shown_name(submission.id, Some(&answer.question)).text(),
            "answer": answer.id,
            "at_ms": hit.at.map(|at| at.0),
            "before": quote.before,
            "said": quote.said,
            "after": quote.after,
        }))
    };
    json!({
        "batch": desk.batch.id,
        "title": desk.batch.title,
        "phrase": SafeText::line(&args.phrase),
        "answers": answers,
        "hits": found.hits.iter().filter_map(hit).collect::<Vec<_>>(),
    })
}

/// A table a question, its hits in the order in which the reviewer sees the candidates, then in time.
fn say(desk: &Desk, found: &Found, searched: usize, context: &Context) {
    for (number, question) in desk.batch.interview.questions.iter().enumerate() {
        let hits: Vec<&Hit> = found.hits.iter().filter(|hit| usize::from(hit.entry.question) == number).collect();
        if hits.is_empty() {
            continue;
        }
        context.out.say(format!("{} {} · {}", number + 1, question.id, many(hits.len(), "place")));
        let mut table = Table::new(&["candidate", "at", "said"]).right(1);
        for hit in hits {
            let Some((submission, answer)) = desk.batch.answer(hit.entry.answer) else { continue };
            let quote = desk.quote(hit, AROUND);
            let said = format!("{} [{}] {}", quote.before, quote.said, quote.after);
            let untimed = || if answer.kind.is_recording() { String::new() } else { "written".to_owned() };
            let at = hit.at.map_or_else(untimed, |at| at.to_string());
            table.row([desk.shown_name(submission.id, Some(&question.id)).text().as_str(), &at, said.trim()]);
        }
        context.out.table(&table);
        context.out.say("");
    }
    let mut answers: Vec<_> = found.hits.iter().map(|hit| hit.entry.rank).collect();
    answers.dedup();
    let places = many(found.hits.len(), "place");
    context.out.say(format!("{places} in {} of {searched}", many(answers.len(), "answer")));
}
