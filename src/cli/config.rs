//! `earmark config`: the settings, and who set each of them.

use serde_json::{Map, Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use crate::config::settings::Row;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Prints every setting
    Show {
        /// With who set it: the file and line, the variable, the flag
        #[arg(long)]
        origin: bool,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let Command::Show { origin } = args.command;
    let rows = context.settings.rows();
    if let Err(failure) = super::ui::theme_of(context) {
        failure.lines().iter().for_each(|line| context.out.remark(line));
    }
    if context.out.wants_json() {
        let fields = rows.iter().map(|row| (row.name.to_owned(), as_json(row, origin)));
        context.out.json(&Value::Object(fields.collect::<Map<_, _>>()));
        return Ok(Exit::Done);
    }
    let head: &[&str] = if origin { &["setting", "value", "set by"] } else { &["setting", "value"] };
    let mut table = Table::new(head);
    for row in &rows {
        table.row([row.name.to_owned(), as_text(&row.value), row.origin.to_string()]);
    }
    context.out.table(&table);
    Ok(Exit::Done)
}

fn as_json(row: &Row<'_>, origin: bool) -> Value {
    if origin { json!({ "value": row.value, "origin": row.origin.to_string() }) } else { row.value.clone() }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
