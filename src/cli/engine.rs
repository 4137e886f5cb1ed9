//! Engines outside the process, as the settings describe them.

use super::Context;
use super::deliver::wire;
use super::exit::Exit;
use super::failure::Failure;
use crate::assist::{Endpoint, NotSet, Said};

/// Which of the engines is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Engine {
    /// The language model that reads.
    Reader,
    /// What writes down what was said.
    Transcribe,
}

/// The engine's endpoint; nobody is asked yet.
pub(super) fn endpoint(engine: Engine, context: &Context) -> Result<Endpoint, Failure> {
    let settings = &context.settings;
    let said = match engine {
        Engine::Reader => Said {
            name: "reader",
            url: settings.reader_url.value.as_deref(),
            model: settings.reader_model.value.as_deref(),
            key: settings.reader_key.value.as_deref(),
            regions: settings.reader_regions.value.as_deref(),
            timeout: settings.reader_timeout.value.duration(),
            at_once: settings.reader_at_once.value.count(),
        },
        Engine::Transcribe => Said {
            name: "transcribe",
            url: settings.transcribe_url.value.as_deref(),
            model: settings.transcribe_model.value.as_deref(),
            key: settings.transcribe_key.value.as_deref(),
            regions: settings.transcribe_regions.value.as_deref(),
            timeout: settings.transcribe_timeout.value.duration(),
            at_once: settings.transcribe_at_once.value.count(),
        },
    };
    Endpoint::new(&said, &wire(context)).map_err(|error| told(said.name, &error))
}

fn told(name: &str, error: &NotSet) -> Failure {
    let failure = Failure::new(format!("Could not use the engine of the settings `{name}`")).because(error);
    match error {
        NotSet::Missing(_) => {
            let page = if name == "transcribe" { "docs/transcribing.md" } else { "docs/scoring.md" };
            let hint = format!(
                "nothing is sent anywhere without an address, a model and a key; {page} has examples, and `key = \"none\"` is for an \
                 engine that asks for none"
            );
            failure.hint(hint).exit(Exit::Usage)
        }
        NotSet::NoReference(_) => {
            let hint = "say where the key lies: env:NAME, file:PATH, cmd:COMMAND or keyring:NAME";
            failure.hint(hint).exit(Exit::Usage)
        }
        NotSet::Key(_) => failure.exit(Exit::Authentication),
        NotSet::Address(_) => failure.exit(Exit::Usage),
    }
}
