//! `earmark config`: the settings, and who set each of them.

use serde_json::{Map, Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use crate::app::action::{Action, Place};
use crate::config::settings::Row;
use crate::tui::keymap;

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
    /// Lists what every key does, and the names by which keys.toml calls it
    Keys {
        /// Prints the file of the defaults instead: the pattern for one of your own
        #[arg(long)]
        defaults: bool,
    },
}

/// The name in the JSON of `show` under which the file stands; no setting is called so.
const FILE: &str = "settings_file";

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let origin = match args.command {
        Command::Show { origin } => origin,
        Command::Outputs => return outputs(context),
        Command::Keys { defaults: true } => {
            context.out.say(keymap::DEFAULTS.trim_end());
            return Ok(Exit::Done);
        }
        Command::Keys { defaults: false } => return keys(context),
    };
    let rows = context.settings.rows();
    if let Err(failure) = super::ui::theme_of(context) {
        failure.lines().iter().for_each(|line| context.out.remark(line));
    }
    if context.out.wants_json() {
        let fields = rows.iter().map(|row| (row.name.to_owned(), as_json(row, origin)));
        let file = json!({ "path": context.paths.settings.to_string_lossy(), "is_there": context.paths.settings.is_file() });
        context.out.json(&Value::Object(fields.chain([(FILE.to_owned(), file)]).collect::<Map<_, _>>()));
        return Ok(Exit::Done);
    }
    let head: &[&str] = if origin { &["setting", "value", "set by"] } else { &["setting", "value"] };
    let mut table = Table::new(head);
    for row in &rows {
        table.row([row.name.to_owned(), as_text(&row.value), row.origin.to_string()]);
    }
    context.out.table(&table);
    let there = if context.paths.settings.is_file() { "" } else { ", which is not there yet" };
    context.out.say(format!("The settings file: {}{there}", context.paths.short(&context.paths.settings)));
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

/// With `--json` `[{"place", "action", "keys": [key], "help"}]`.
fn keys(context: &Context) -> Outcome {
    let keymap = super::ui::keymap(context)?;
    let places = Place::ALL.into_iter().filter(|place| *place != Place::Overlay);
    let own =
        |place: Place| Action::ALL.iter().filter(move |action| action.places().contains(&place)).map(move |action| (place, action));
    let rows = places.flat_map(own).map(|(place, action)| (place, *action, as_written(keymap.keys(place, *action))));
    if context.out.wants_json() {
        let one = |(place, action, keys): (Place, Action, Vec<String>)| json!({ "place": place.name(), "action": action.name(), "keys": keys, "help": action.help() });
        context.out.json(&Value::Array(rows.map(one).collect()));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["place", "action", "keys", "what it does"]);
    for (place, action, keys) in rows {
        table.row([place.name(), action.name(), &keys.join("  "), action.help()]);
    }
    context.out.table(&table);
    Ok(Exit::Done)
}

/// Keys as `keys.toml` writes them, which names the arrows.
fn as_written(keys: Vec<String>) -> Vec<String> {
    let arrows = [("↑", "up"), ("↓", "down"), ("←", "left"), ("→", "right")];
    let written = |key: String| arrows.iter().fold(key, |key, (arrow, name)| key.replace(arrow, name));
    keys.into_iter().map(written).collect()
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
