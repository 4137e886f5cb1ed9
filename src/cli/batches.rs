//! `earmark batches`: what is in the library, and how far one is with it.

use serde_json::{Value, json};

use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use super::{Context, room};
use crate::app::BatchRow;
use crate::runtime::contents;

/// Lists the batches, the last imported first. With `--json` an array of `{"id", "title", "requisition", "imported_at",
/// "deadline", "submissions", "answers", "faulty", "has_rubric", "rated", "sealed"}`; the last two count one's own answers.
pub(super) async fn run(context: &Context) -> Outcome {
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
    if context.out.wants_json() {
        context.out.json(&rows.iter().map(as_json).collect::<Vec<_>>());
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        context.out.say("The library is empty: `earmark import PATH` takes a batch in, `earmark demo` shows one.");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["id", "title", "candidates", "answers", "faults", "rated", "sealed", "rubric"]);
    for column in 2..=6 {
        table = table.right(column);
    }
    for row in &rows {
        let count = |count: Option<usize>| count.map_or_else(String::new, |count| count.to_string());
        table.row([
            row.id.to_string()[..8].to_owned(),
            row.title.to_string(),
            row.submissions.to_string(),
            row.answers.to_string(),
            row.faulty.to_string(),
            count(row.rated),
            count(row.sealed),
            if row.has_rubric { "yes" } else { "none" }.to_owned(),
        ]);
    }
    context.out.table(&table);
    Ok(Exit::Done)
}

fn as_json(row: &BatchRow) -> Value {
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
    })
}
