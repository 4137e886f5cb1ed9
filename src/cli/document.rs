//! `earmark document`: what came beside a candidate's answers, listed; one of it told where it is text, else opened in the
//! reviewer's own program.

use std::io::IsTerminal as _;

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::{Seat, told};
use super::ui::players;
use crate::interview::{Moment, Submission};
use crate::journal::{Act, Subject, Through};
use crate::runtime::contents;
use crate::runtime::original::{self, NotShown, Original, Showing};
use crate::text::{self, SafeText};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// Which document, counted from 1; without it they are listed. One that is text is told, others are opened
    number: Option<usize>,
}

const COULD_NOT: &str = "Could not show the document";

/// With `--json` `{"batch", "candidate", "shown", "documents": [{"kind", "detail"}], "open": true or why not}`; of one that was
/// opened `{"batch", "candidate", "shown", "events": [id], "document": number, "player", "through"}`; of one that is text
/// `{"batch", "candidate", "shown", "events": [id], "document": number, "text"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    match args.number {
        None => list(seat, &submission, args, context).await,
        Some(number) => open(seat, &submission, number, args, context).await,
    }
}

async fn list(seat: Seat, submission: &Submission, args: &Args, context: &Context) -> Outcome {
    let documents = seat.desk.documents(submission.id);
    let may = seat.desk.may_open_documents(submission.id);
    let (shown, source) = seat.name(submission.id);
    if context.out.wants_json() {
        let rows: Vec<Value> = documents.iter().map(|(kind, detail)| json!({ "kind": kind, "detail": detail })).collect();
        let may = may.map_or_else(Value::from, |()| Value::from(true));
        context.out.json(&json!({
            "batch": args.batch, "candidate": source, "shown": shown, "documents": rows, "open": may,
        }));
    } else {
        let mut table = Table::new(&["no", "document", "file"]).right(0);
        for (nth, (kind, detail)) in documents.iter().enumerate() {
            table.row([(nth + 1).to_string(), kind.to_string(), detail.to_string()]);
        }
        if !documents.is_empty() {
            context.out.table(&table);
        }
        match (documents.is_empty(), may) {
            (true, _) => context.out.say(seat.desk.no_documents(&shown)),
            (false, Err(why)) => context.out.say(why),
            (false, Ok(())) => {}
        }
    }
    seat.leave().await;
    Ok(Exit::Done)
}

async fn open(mut seat: Seat, submission: &Submission, number: usize, args: &Args, context: &Context) -> Outcome {
    let none = || Failure::new(COULD_NOT).cause(format!("there is no document {number}")).exit(Exit::NoMatch);
    let nth = number.checked_sub(1).filter(|nth| *nth < submission.documents.len()).ok_or_else(none)?;
    let refused = |why: &str| Failure::new(COULD_NOT).cause(why.trim_end_matches('.'));
    seat.desk.may_open_documents(submission.id).map_err(refused)?;
    if submission.documents[nth].is_text() {
        return read(seat, submission, nth, args, context).await;
    }
    original::sweep();
    let found = contents::document(&seat.library, submission, nth).await.map_err(|error| told(COULD_NOT, &error))?;
    let (bytes, extension) = found.ok_or_else(|| refused("it did not come with the batch"))?;
    let (shown, source) = seat.name(submission.id);
    let what = Original {
        bytes: &bytes,
        extension: extension.as_deref(),
        title: "a document",
        at: Moment::START,
        speed: 100,
        document: true,
    };
    let mut wish = players(context);
    // A file goes when it was seen; where nobody can say so, there is none.
    wish.files &= std::io::stdin().is_terminal();
    let mut showing = original::show(&what, &wish).map_err(|error: NotShown| {
        let hint = error.remedy();
        Failure::new(COULD_NOT).because(&error).hint(hint)
    })?;
    drop(bytes);
    let act = Act::Shown { what: Subject::Document(submission.id, nth as u32), through: Some(showing.through()), statement: None };
    let events = match seat.act(vec![(Some(submission.candidate.id), act)]).await {
        Ok(events) => events,
        // What cannot be written down is not shown.
        Err(failure) => {
            let _ = showing.child.kill();
            return Err(failure);
        }
    };
    seat.leave().await;
    is_seen(&mut showing, context)?;
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": args.batch, "candidate": source, "shown": shown, "events": events, "document": number,
            "player": showing.player, "through": showing.through(),
        }));
    }
    context.out.say(format!("{} showed document {number} of {shown}; that is in the journal.", showing.player));
    Ok(Exit::Done)
}

/// Tells one that is text, without what names the candidate while that is hidden.
async fn read(mut seat: Seat, submission: &Submission, nth: usize, args: &Args, context: &Context) -> Outcome {
    let refused = |why: &str| Failure::new(COULD_NOT).cause(why);
    let found = contents::document(&seat.library, submission, nth).await.map_err(|error| told(COULD_NOT, &error))?;
    let (bytes, _) = found.ok_or_else(|| refused("it did not come with the batch"))?;
    let text = text::decoded(&bytes).ok_or_else(|| refused("it is no text, though it is named as one"))?;
    let (lines, title) = {
        let kind = &submission.documents[nth].kind;
        (seat.desk.paper_lines(submission.id, &SafeText::block(&text)), seat.desk.paper_title(submission.id, kind))
    };
    let act = Act::Shown { what: Subject::Document(submission.id, nth as u32), through: None, statement: None };
    // What cannot be written down is not shown.
    let events = seat.act(vec![(Some(submission.candidate.id), act)]).await?;
    let (shown, source) = seat.name(submission.id);
    seat.leave().await;
    if context.out.wants_json() {
        let text: Vec<&str> = lines.iter().map(SafeText::as_str).collect();
        context.out.json(&json!({
            "batch": args.batch, "candidate": source, "shown": shown, "events": events, "document": nth + 1,
            "text": text.join("\n"),
        }));
    }
    context.out.say(&title);
    lines.iter().for_each(|line| context.out.say(line));
    context.out.say("That it was read is in the journal.");
    Ok(Exit::Done)
}

/// Waits until it was seen; a file that it was shown from goes then.
fn is_seen(showing: &mut Showing, context: &Context) -> Result<(), Failure> {
    let status = showing.child.wait().map_err(|error| Failure::new(COULD_NOT).because(&error))?;
    if showing.through() == Through::File {
        context.out.say(format!("{} has opened it. Enter removes the file that it is shown from.", showing.player));
        let _ = std::io::stdin().read_line(&mut String::new());
    }
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(COULD_NOT).cause(format!("{} ended with {status}", showing.player))),
    }
}
