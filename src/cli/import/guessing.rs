//! `earmark import --guess`: what a folder seems to mean is shown, and taken once a person has said yes.

use super::Args;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Table;
use crate::cli::words::many;
use crate::cli::{Context, room};
use crate::library::{Library, LibraryError};
use crate::source::{self, Found, Guess};
use crate::text::SafeText;

/// As many lines of one kind as are read at once.
const MOST: usize = 20;

/// What each folder seems to mean, once all of it was shown and agreed to.
pub(super) fn all(args: &Args, context: &Context) -> Result<Vec<Found>, Failure> {
    let (mut all, mut guesses) = (Vec::new(), Vec::new());
    for path in &args.paths {
        let guessed = source::guess(path, args.title.as_deref(), args.id.as_deref());
        let (guess, found) = guessed.map_err(|problems| {
            let path = SafeText::line(&path.to_string_lossy());
            Failure::problems(format!("Could not guess what {path} means"), &problems).exit(Exit::Failed)
        })?;
        say(&guess, context);
        guesses.push(guess);
        all.push(found);
    }
    if args.yes {
        return Ok(all);
    }
    // A script sees what was understood, and says yes in the next run.
    if context.out.wants_json() {
        context.out.json(&serde_json::json!({ "guess": guesses }));
    }
    let asked = || Failure::usage("Could not import what was only guessed").hint("look at what was understood, then say --yes");
    let answer = if context.out.wants_json() {
        None
    } else {
        context.out.ask("Import it so? [y/N]").map_err(|error| asked().because(&error))?
    };
    match answer.as_deref().map(str::to_lowercase).as_deref() {
        Some("y" | "yes") => Ok(all),
        Some(_) => Err(Failure::new("Nothing was imported").exit(Exit::Interrupted)),
        None => Err(asked()),
    }
}

/// What was guessed as a part of the batch that has its id, where that is here already.
pub(super) async fn joined(mut found: Found, args: &Args, library: &Library) -> Result<Found, Failure> {
    let failed = |error| room::told("Could not read what is here", &error);
    if args.id.is_none() {
        return Ok(found);
    }
    match library.batch(found.batch.id).await {
        Ok(here) => found.join(here, &library.erased().await.map_err(failed)?, args.title.as_deref()),
        Err(LibraryError::UnknownBatch(_)) => {}
        Err(error) => return Err(failed(error)),
    }
    Ok(found)
}

fn say(guess: &Guess, context: &Context) {
    let out = &context.out;
    let (people, questions) = (many(guess.candidates.len(), "candidate"), many(guess.questions.len(), "question"));
    out.say(format!("{}: {people}, {questions}", guess.title));
    let mut table = Table::new(&["folder", "called", "answers", "transcripts", "documents"]).right(2).right(3).right(4);
    for person in guess.candidates.iter().take(MOST) {
        let called = if person.is_name { format!("{} (the name is hidden)", person.id) } else { person.id.to_string() };
        let counts = [person.answers, person.transcripts, person.documents].map(|count| count.to_string());
        table.row([person.folder.to_string(), called].into_iter().chain(counts));
    }
    out.table(&table);
    more(guess.candidates.len(), "candidate", context);
    let mut table = Table::new(&["no", "question", "asked", "answered by"]).right(0).right(3);
    for (nth, question) in guess.questions.iter().enumerate() {
        table.row([(nth + 1).to_string(), question.id.clone(), question.prompt.to_string(), question.answers.to_string()]);
    }
    out.table(&table);
    for left in guess.left_out.iter().take(MOST) {
        out.say(format!("left out: {}: {}", left.file, left.why));
    }
    more(guess.left_out.len(), "file left out", context);
}

fn more(count: usize, what: &str, context: &Context) {
    if let more @ 1.. = count.saturating_sub(MOST) {
        context.out.say(format!("and {}; --json names all", many(more, &format!("more {what}"))));
    }
}
