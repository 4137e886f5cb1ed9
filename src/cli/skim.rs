//! `earmark skim`: the places of an answer to skim through, as the key of Review walks them.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::{self, Seat};
use crate::app::Skim;
use crate::interview::{Answer, Submission};
use crate::runtime::contents;
use crate::scorer::{Stop, Stopping};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym or id
    candidate: String,
    /// The question: its id or number
    question: String,
    /// After the reveal: the passages that matter most for this criterion, the richest first
    #[arg(long, value_name = "CRITERION")]
    criterion: Option<String>,
}

/// With `--json`: `{"batch", "candidate", "shown", "question", "answer", "statement": {by, version, digest} or null, "stops": [{at_ms,
/// what: sentence, hit or passage, criterion, said}]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let (submission, answer) = {
        let submission = seat.candidate(&args.candidate)?;
        let (_, question) = seat.question(&args.question)?;
        (submission.clone(), seat.answer(submission, question)?.clone())
    };
    let criterion = match &args.criterion {
        Some(named) => {
            let (_, question) = seat.question(&args.question)?;
            Some(seat.criterion(question, named)?.id.clone())
        }
        None => None,
    };
    let here = contents::here(&seat.library, &seat.desk.batch, answer.id).await;
    let here = here.map_err(|error| room::told("Could not read what was said", &error))?;
    seat.desk.put_here(answer.id, here);
    if seat.desk.is_written(answer.id) {
        let failure = Failure::new("Could not skim: this answer is written; it is read, not skimmed").exit(Exit::NoMatch);
        return Err(failure.hint("`earmark` shows it in Review, and there `i` says where words of the rubric stand in it"));
    }
    let Some(skim) = seat.desk.skim(answer.id, criterion.as_ref()) else {
        let failure = Failure::new("Could not skim: this answer has no transcript with times").exit(Exit::NoMatch);
        return Err(failure.hint("`earmark transcribe BATCH` makes one; `earmark original` plays it"));
    };
    if criterion.is_some() && matches!(skim, Skim::Facts(_)) {
        let why = submission
            .bars_machines()
            .unwrap_or("what matters for a criterion shows when your own ratings of this batch are sealed");
        context.out.remark(format!("{why}; here are facts"));
    }
    let statement = seat.desk.skim_statement(answer.id, &skim);
    seat.sees(statement.clone()).await?;
    let told = Told { seat: &seat, submission: &submission, answer: &answer };
    match context.out.wants_json() {
        true => {
            let stops: Vec<serde_json::Value> = skim.stops().iter().map(|stop| told.json(stop)).collect();
            context.out.json(&json!({
                "batch": seat.desk.batch.id,
                "candidate": submission.candidate.source_id,
                "shown": told.name(),
                "question": answer.question,
                "answer": answer.id,
                "statement": statement.map(|(_, statement)| statement),
                "stops": stops,
            }));
        }
        false => told.say(&skim, context),
    }
    let exit = if skim.stops().is_empty() { Exit::NoMatch } else { Exit::Done };
    seat.leave().await;
    Ok(exit)
}

struct Told<'s> {
    seat: &'s Seat,
    submission: &'s Submission,
    answer: &'s Answer,
}

impl Told<'_> {
    fn name(&self) -> SafeText {
        self.seat.desk.shown_name(self.submission.id, Some(&self.answer.question)).text().clone()
    }

    fn said(&self, stop: &Stop) -> SafeText {
        let transcript = self.seat.desk.here(self.answer.id).and_then(|here| here.transcript.clone());
        SafeText::line(&transcript.map(|transcript| transcript.text(stop.words.clone())).unwrap_or_default())
    }

    fn what(stop: &Stop) -> (&'static str, Option<String>) {
        match &stop.what {
            Stopping::Sentence => ("sentence", None),
            Stopping::Hit(criterion) => ("hit", Some(criterion.to_string())),
            Stopping::Passage { criterion, .. } => ("passage", Some(criterion.to_string())),
        }
    }

    fn json(&self, stop: &Stop) -> serde_json::Value {
        let (what, criterion) = Told::what(stop);
        json!({ "at_ms": stop.at.0, "what": what, "criterion": criterion, "said": self.said(stop) })
    }

    fn say(&self, skim: &Skim, context: &Context) {
        let out = &context.out;
        out.say(format!("{}, {}:", self.name(), self.answer.question));
        if matches!(skim, Skim::Passages(_)) && skim.stops().is_empty() {
            out.say("No passage says anything of this criterion in the rubric's words, as far as a machine can tell.");
            return;
        }
        if matches!(skim, Skim::Passages(_)) {
            out.say("A machine chose these by the rubric's words, the richest first; hearing them is not hearing the answer.");
        }
        let mut table = Table::new(&["at", "what", "said"]).right(0);
        for stop in skim.stops() {
            let (what, criterion) = Told::what(stop);
            let what = criterion.map_or_else(|| what.to_owned(), |criterion| format!("{what}: {criterion}"));
            table.row([stop.at.to_string().as_str(), &what, &self.said(stop).fit(90)]);
        }
        out.table(&table);
    }
}
