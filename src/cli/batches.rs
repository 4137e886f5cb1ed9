//! `earmark batches`: what is in the library, and how far one is with it.

use serde_json::{Value, json};

use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use super::{Context, room};
use crate::app::{BatchRow, Handed, Shelf, ShelfKeep, ShelfSort};
use crate::library::last_day;
use crate::runtime::contents;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Only those whom this keeps: open, done, closed, fault or no-rubric; several keep what all of them keep
    #[arg(long = "filter", value_name = "WORD", value_delimiter = ',')]
    filters: Vec<ShelfKeep>,
    /// In this order: imported, waiting, deadline, left or title
    #[arg(long = "sort", value_name = "WORD")]
    by: Option<ShelfSort>,
}

/// Lists the batches, the last imported first. With `--json` an array of `{"id", "title", "requisition", "imported_at",
/// "deadline", "submissions", "answers", "faulty", "has_rubric", "rated", "sealed", "of", "waiting_since", "left_seconds",
/// "left_seconds_skipping", "rough", "takes_minutes", "handed": null or {"until", "decided", "of", "lapsed", "over"} where it was handed to
/// you to decide on}`; from "rated" on they count one's own answers; what is left is at 1.0x, with
/// and without silences, and "takes_minutes" as the settings have it; "rough" counts answers whose length is a guess.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let rows = match room::look(context).await? {
        Some(library) => {
            let failed = |error| room::told("Could not list the batches", &error);
            let mut rows = contents::rows(library.summaries().await.map_err(failed)?);
            if let Some(me) = room::known_identity(context)? {
                contents::count(&library, me.reviewer(), &mut rows).await.map_err(failed)?;
            }
            rows
        }
        // A mistyped name is not an empty library.
        None if context.paths.library_chosen => return Err(room::none_there(context)),
        None => Vec::new(),
    };
    let is_empty = rows.is_empty();
    let shelf = Shelf { rows: Some(rows), keeps: args.filters.clone(), by: args.by.unwrap_or_default(), ..Shelf::default() };
    let rows = shelf.shown(jiff::Timestamp::now());
    if context.out.wants_json() {
        context.out.json(&rows.iter().map(|row| as_json(row, context)).collect::<Vec<_>>());
        return Ok(Exit::Done);
    }
    if is_empty {
        context.out.say("The library is empty: `earmark import PATH` takes a batch in, `earmark demo` shows one.");
        return Ok(Exit::Done);
    }
    let head =
        ["id", "title", "candidates", "answers", "faults", "rated", "sealed", "of", "waiting since", "minutes left", "rubric"];
    let mut table = Table::new(&head);
    for column in [2, 3, 4, 5, 6, 7, 9] {
        table = table.right(column);
    }
    for row in &rows {
        let count = |count: Option<usize>| count.map_or_else(String::new, |count| count.to_string());
        let since = row.waiting_since().filter(|_| row.of.is_some());
        // Who decides has nothing to rate, seal or hear to the end.
        let scores = row.handed.is_none();
        table.row([
            row.id.to_string()[..8].to_owned(),
            row.title.to_string(),
            row.submissions.to_string(),
            row.answers.to_string(),
            row.faulty.to_string(),
            if scores { count(row.rated) } else { "-".to_owned() },
            if scores { count(row.sealed) } else { "-".to_owned() },
            if scores { count(row.of) } else { "-".to_owned() },
            since.map_or_else(String::new, |since| since.strftime("%Y-%m-%d").to_string()),
            minutes(row, context).filter(|_| scores).map_or_else(String::new, |minutes| minutes.to_string()),
            if row.has_rubric { "yes" } else { "none" }.to_owned(),
        ]);
    }
    match rows.is_empty() {
        true => context.out.say("None."),
        false => context.out.table(&table),
    }
    for (row, handed) in rows.iter().filter_map(|row| Some((row, row.handed?))) {
        context.out.say(format!("{}: {}", row.title, handed_in_words(handed)));
    }
    Ok(Exit::Done)
}

/// Until when it was handed over, and how far one is; once that day is past, that it is over and what still works.
fn handed_in_words(handed: Handed) -> String {
    let until = handed.until.map_or_else(String::new, |until| format!(" until {}", last_day(until)));
    let decided = format!("{} of {} decided{}", handed.decided, handed.of, handed.lapsed_in_words());
    match handed.is_over(jiff::Timestamp::now()) {
        false => format!("handed to you to decide on{until}; {decided}."),
        true => format!(
            "was handed to you to decide on{until}, and that is over; {decided}. `earmark handoff BATCH --reply` still sends that back."
        ),
    }
}

/// How many minutes the rest takes at the speed of the settings.
fn minutes(row: &BatchRow, context: &Context) -> Option<u64> {
    let settings = &context.settings;
    let speed = (settings.speed.value.factor() * 100.0).round() as u16;
    row.left.map(|left| left.rest(settings.skip_silence.value).real_ms(speed).div_ceil(60_000))
}

fn as_json(row: &BatchRow, context: &Context) -> Value {
    json!({
        "id": row.id,
        "title": row.title,
        "requisition": row.requisition,
        "imported_at": row.imported_at,
        "deadline": row.deadline,
        "submissions": row.submissions,
        "answers": row.answers,
        "faulty": row.faulty,
        "has_rubric": row.has_rubric,
        "rated": row.rated,
        "sealed": row.sealed,
        "of": row.of,
        "waiting_since": row.waiting_since().filter(|_| row.of.is_some()),
        "left_seconds": row.left.map(|left| left.whole.real_ms(100).div_ceil(1_000)),
        "left_seconds_skipping": row.left.map(|left| left.skipping.real_ms(100).div_ceil(1_000)),
        "rough": row.left.map(|left| left.whole.rough),
        "takes_minutes": minutes(row, context),
        "handed": row.handed.map(|handed| {
            json!({
                "until": handed.until, "decided": handed.decided, "of": handed.of, "lapsed": handed.lapsed, "over": handed.is_over(jiff::Timestamp::now()),
            })
        }),
    })
}
