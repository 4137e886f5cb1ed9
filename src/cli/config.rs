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
    /// Lists where sound can come out now, as `audio.device` names it
    Outputs,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let origin = match args.command {
        Command::Show { origin } => origin,
        Command::Outputs => return outputs(context),
    };
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

fn outputs(context: &Context) -> Outcome {
    let outputs = crate::player::outputs();
    if context.out.wants_json() {
        let outputs = outputs.iter().map(|output| json!({ "id": output.id, "name": output.name.as_str() }));
        context.out.json(&Value::Array(outputs.collect()));
        return Ok(Exit::Done);
    }
    if outputs.is_empty() {
        context.out.remark("There is no sound device; `earmark doctor` says more");
    }
    let mut table = Table::new(&["audio.device", "output"]);
    outputs.iter().for_each(|output| table.row([output.id.clone(), output.name.to_string()]));
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
