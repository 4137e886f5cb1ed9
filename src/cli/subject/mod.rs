//! `earmark subject`: everything about one person handed over, removed, or kept from being removed.

mod erase;
mod export;
mod hold;
pub(super) mod receipts;

use super::failure::{Failure, Outcome};
use super::room::{self, told};
use super::{Context, exit::Exit};
use crate::config::Identity;
use crate::journal::{Act, Subject};
use crate::library::Library;
use crate::runtime::attach;
use crate::runtime::keeping::{self, Found, NoSuchPerson, Person};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Writes everything about one person into a .zip: recordings, transcripts, documents, and what was said, as far as it is revealed
    Export(export::Args),
    /// Removes everything about one person for good, and says who has to be told
    Erase(erase::Args),
    /// Forbids the removal of one person's data, or of a whole batch: a claim, an audit
    Hold(hold::Args),
    /// Lifts such a hold
    Release(hold::ReleaseArgs),
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Export(args) => room::wait(export::run(args, context)),
        Command::Erase(args) => room::wait(erase::run(args, context)),
        Command::Hold(args) => room::wait(hold::run(args, context)),
        Command::Release(args) => room::wait(hold::release(args, context)),
    }
}

/// Who is meant, in which library, and who asks.
struct Asked {
    library: Library,
    me: Identity,
    person: Person,
    found: Found,
}

/// Which person is meant.
#[derive(clap::Args, Debug)]
struct Whom {
    /// The person: pseudonym, source's id, or, as in a request, the name, e-mail address or telephone number
    candidate: String,
    /// Only in this batch is looked for the person; what is found is everything of the person, in every batch
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
}

impl Whom {
    /// Opens the library to act in it, and finds the person. Who was found by a hidden name is known from then on, and that is kept.
    async fn ask(&self, what: &str, context: &Context) -> Result<Asked, Failure> {
        if !crate::library::is_there(&context.paths.library) {
            return Err(room::none_there(context));
        }
        let library = room::to_write(context).await?;
        let me = room::identity(&library, context).await?;
        let library = library.acting_for(&me);
        let within = match &self.batch {
            Some(named) => Some(room::find_batch(&library, named).await?),
            None => None,
        };
        let found = keeping::find(&library, &self.candidate, within).await.map_err(|error| nobody(what, &error))?;
        let person = keeping::open(&library, me.reviewer(), found.candidate).await.map_err(|error| told(what, &error))?;
        let asked = Asked { library, me, person, found };
        if asked.found.by_hidden {
            asked.note_names("found by a name that is hidden, to answer a request about this person's data").await?;
        }
        Ok(asked)
    }
}

impl Asked {
    /// Writes down that the person's name became known to whoever asks, where it was hidden.
    async fn note_names(&self, reason: &str) -> Result<(), Failure> {
        let hidden = self.person.entries.iter().filter(|entry| entry.desk.shown_name(entry.submission, None).is_hidden());
        let drafts = hidden.map(|entry| crate::journal::Draft {
            subject: Some(self.person.candidate),
            ..attach::draft(
                Some(entry.desk.batch.id),
                Act::Revealed { what: Subject::Name(entry.submission), reason: Some(SafeText::line(reason)) },
            )
        });
        let drafts: Vec<_> = drafts.collect();
        match drafts.is_empty() {
            true => Ok(()),
            false => self.library.append(drafts).await.map(drop).map_err(|error| told("Could not save", &error)),
        }
    }

    /// What the person is called in each batch, for the one who asks.
    fn called(&self) -> Vec<String> {
        self.person
            .entries
            .iter()
            .map(|entry| format!("{}: {}", entry.desk.batch.title, entry.desk.called(entry.submission)))
            .collect()
    }
}

fn nobody(what: &str, error: &NoSuchPerson) -> Failure {
    let failure = || Failure::new(what).cause(error.to_string()).exit(Exit::NoMatch);
    match error {
        NoSuchPerson::Library(error) => told(what, error),
        NoSuchPerson::Nobody(_) => {
            failure().hint("write the whole name or address, or the source's id; `earmark compare BATCH` lists pseudonyms")
        }
        NoSuchPerson::Several { there, .. } => {
            failure().hint(format!("say which with a pseudonym or the source's id: {}", there.join("; ")))
        }
    }
}
