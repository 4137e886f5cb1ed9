//! `earmark hub token`: who may ask the hub.

use jiff::Timestamp;
use serde_json::json;

use super::tokens;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Table;
use crate::hub::TokenError;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Makes a token, which is shown once and kept nowhere
    Add {
        /// Whose it is, or what for
        name: String,
        /// Also gives it candidates' names, addresses, documents and applications
        #[arg(long)]
        names: bool,
        /// The time at which it ends, such as 2027-01-31T00:00:00Z
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
    },
    /// Lists the tokens by name
    List,
    /// Ends a token, and the addresses that were given to it
    Revoke {
        /// Its name
        name: String,
    },
}

/// With `--json` `{"name", "token"}`, `{"tokens": [{"name", "names", "created_at", "until"}]}` or `{"revoked"}`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let (file, out) = (tokens(context), &context.out);
    match &args.command {
        Command::Add { name, names, until } => {
            let made = file.add(name, *names, *until, Timestamp::now());
            let token = made.map_err(|error| failed("Could not make the token", &error))?;
            match out.wants_json() {
                true => out.json(&json!({"name": name, "token": token.expose()})),
                false => out.document(format!("{}\n", token.expose()).as_bytes()),
            }
            out.remark("this is the only time that the token is shown; whoever has it reads this library's batches");
        }
        Command::List => {
            let grants = file.grants().map_err(|error| failed("Could not read the tokens", &error))?;
            if out.wants_json() {
                let all: Vec<_> = grants
                    .iter()
                    .map(|one| json!({"name": one.name, "names": one.names, "created_at": one.created_at, "until": one.until}))
                    .collect();
                out.json(&json!({ "tokens": all }));
                return Ok(Exit::Done);
            }
            let mut table = Table::new(&["name", "names", "made", "until"]);
            for one in &grants {
                let names = if one.names { "yes" } else { "no" };
                let until = one.until.map_or_else(|| "-".to_owned(), |until| until.to_string());
                table.row([one.name.as_str(), names, &one.created_at.to_string(), &until]);
            }
            out.table(&table);
        }
        Command::Revoke { name } => {
            file.revoke(name).map_err(|error| failed("Could not revoke the token", &error))?;
            match out.wants_json() {
                true => out.json(&json!({"revoked": name})),
                false => out.say(format!("{name} is revoked")),
            }
        }
    }
    Ok(Exit::Done)
}

fn failed(what: &str, error: &TokenError) -> Failure {
    let exit = match error {
        TokenError::Taken(_) => Exit::Usage,
        TokenError::Unknown(_) => Exit::NoMatch,
        _ => Exit::Failed,
    };
    Failure::new(what).because(error).exit(exit)
}
