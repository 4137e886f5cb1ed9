//! `earmark hub`: serving this library's batches to other workstations, and who may ask.

mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::{Context, room, signals};
use crate::hub::{Hub, ServeError, Tls, TokenFile, serve};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Serves this library's batches, read-only, until it is ended
    Serve(ServeArgs),
    /// Who may ask the hub: tokens made, listed, revoked
    Token(token::Args),
}

#[derive(clap::Args, Debug)]
struct ServeArgs {
    /// Where it listens; an address that other machines reach takes --cert and --key
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8750")]
    listen: SocketAddr,
    /// The certificate and those that vouch for it, as a PEM file
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The certificate's key, as a PEM file
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// How long the address of a recording holds, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    links: u64,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Serve(args) => room::wait(serve_library(args, context)),
        Command::Token(args) => token::run(args, context),
    }
}

/// With `--json` one line once it listens: `{"listening": "http://127.0.0.1:8750"}`.
async fn serve_library(args: &ServeArgs, context: &Context) -> Outcome {
    let failed = || Failure::new("Could not serve the library");
    let certificate = |error: &ServeError| failed().because(error).exit(Exit::Usage);
    let tls = match (&args.cert, &args.key) {
        (Some(cert), Some(key)) => Some(Tls::read(cert, key).map_err(|error| certificate(&error))?),
        _ => None,
    };
    if tls.is_none() && !args.listen.ip().is_loopback() {
        let hint = "name a certificate with --cert and --key, or listen on 127.0.0.1 alone";
        return Err(certificate(&ServeError::Open).hint(hint));
    }
    let library = room::there(context).await?;
    let tokens = tokens(context);
    let number = tokens.grants().map_err(|error| failed().because(&error))?.len();
    let hub = Hub::new(library, tokens, Duration::from_secs(args.links)).await;
    let hub = hub.map_err(|error| room::told("Could not serve the library", &error))?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| failed().cause(args.listen.to_string()).because(&error))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr().map_err(|error| failed().because(&error))?;
    match context.out.wants_json() {
        true => context.out.json_line(&json!({"listening": format!("{scheme}://{address}")})),
        false => context.out.say(format!("listening on {scheme}://{address}; Ctrl-C ends it")),
    }
    if number == 0 {
        context.out.remark("nobody has a token yet: `earmark hub token add NAME` makes one, also while this runs");
    }
    tokio::select! {
        ended = serve(hub, listener, tls) => ended.map(|()| Exit::Done).map_err(|error| failed().because(&error)),
        _ = signals::asked_to_end() => Ok(Exit::Done),
    }
}

/// The tokens lie among the settings, never beside the library.
fn tokens(context: &Context) -> TokenFile {
    TokenFile::at(context.paths.config.join("hub-tokens.toml"))
}
