//! `earmark identity`: who one is, asked once.

use jiff::Timestamp;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::{Context, room};
use crate::config::Identity;
use crate::config::identity::{IdentityError, PublicIdentity};
use crate::config::key::Origin;
use crate::library::{self, Access, Library, system_clock};
use crate::runtime::demo;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The name that colleagues see
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    /// The name that exports carry; one is made where none is given
    #[arg(long, value_name = "NAME")]
    pseudonym: Option<String>,
    /// Makes one also where someone has worked in the library already: you begin as another person
    #[arg(long)]
    new: bool,
    /// Prints the public half, for a batch's list of reviewers
    #[arg(long)]
    export: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    for (flag, name) in [("--label", &args.label), ("--pseudonym", &args.pseudonym)] {
        if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Failure::usage(format!("Could not take {flag}: a name cannot be empty")));
        }
    }
    let (label, pseudonym) = (args.label.as_deref(), args.pseudonym.as_deref());
    if demo::is_demo(&context.paths) {
        if label.is_some() || pseudonym.is_some() || args.new {
            let hint = "`earmark identity` without --demo is your own; `earmark demo --reset` begins the demo anew with it";
            return Err(Failure::usage("Could not change who reviews the demo").hint(hint));
        }
        let reviewer = match demo::known_reviewer(&context.paths).map_err(told)? {
            Some(known) => known,
            None => {
                nobody_else(context).await?;
                demo::new_reviewer(&context.paths).map_err(told)?
            }
        };
        show(&reviewer.public(), args.export, context);
        return Ok(Exit::Done);
    }
    let identity = match Identity::load(&context.paths).map_err(told)? {
        Some(mut known) => {
            if label.is_some() || pseudonym.is_some() {
                known.rename(&context.paths, label, pseudonym).map_err(told)?;
            }
            if args.new {
                let why = format!("you are {} already", known.label);
                let hint = format!("move {} away to begin as someone else", context.paths.short(&context.paths.identity()));
                return Err(Failure::usage("Could not make another identity").cause(why).hint(hint));
            }
            known
        }
        None => {
            if !args.new {
                nobody_else(context).await?;
            }
            make(context, label, pseudonym)?
        }
    };
    show(&identity.public(), args.export, context);
    Ok(Exit::Done)
}

/// Refuses where someone has worked in the library. Nobody is asked for a passphrase to find that out, and a library that
/// cannot be opened says so to the commands that need it.
async fn nobody_else(context: &Context) -> Result<(), Failure> {
    if !library::is_there(&context.paths.library) {
        return Ok(());
    }
    let ring = room::ring(context);
    if matches!(ring.origin(), Origin::New(_) | Origin::Passphrase(_)) {
        return Ok(());
    }
    let key = ring.key(&mut |_| Err(std::io::ErrorKind::NotFound.into()));
    let Ok(key) = key else { return Ok(()) };
    match Library::open(&context.paths.library, key, Access::ReadOnly, system_clock()).await {
        Ok(library) => room::nobody_else(&library, context).await,
        Err(_) => Ok(()),
    }
}

/// The identity to act under: the one that is there, else made from the settings, else asked for at a terminal.
pub(super) fn require(context: &Context) -> Result<Identity, Failure> {
    match Identity::load(&context.paths).map_err(told)? {
        Some(known) => Ok(known),
        None => make(context, None, None),
    }
}

fn make(context: &Context, label: Option<&str>, pseudonym: Option<&str>) -> Result<Identity, Failure> {
    let set = |setting: &Option<String>| setting.clone().filter(|name| !name.trim().is_empty());
    let scripted = label.map(str::to_owned).or_else(|| set(&context.settings.reviewer_label.value));
    let label = match scripted {
        Some(label) => label,
        None => asked(context)?,
    };
    let pseudonym = pseudonym.map(str::to_owned).or_else(|| set(&context.settings.reviewer_pseudonym.value));
    let identity = Identity::create(&context.paths, label.trim(), pseudonym.as_deref().map(str::trim), Timestamp::now());
    let identity = identity.map_err(told)?;
    tracing::info!(reviewer = %identity.reviewer(), "made an identity");
    context.out.note(format!("made your identity: {}", context.paths.short(&context.paths.identity())));
    Ok(identity)
}

fn asked(context: &Context) -> Result<String, Failure> {
    let nobody = || {
        let failure = Failure::usage("Could not tell who you are: there is no identity yet, and no terminal to ask at");
        failure.hint("give one with `earmark identity --label NAME`, or set EARMARK_REVIEWER_LABEL")
    };
    loop {
        let answer = context.out.ask("What name should colleagues see beside your ratings?");
        let answer = answer.map_err(|e| Failure::new("Could not read your answer").because(&e))?.ok_or_else(nobody)?;
        if !answer.is_empty() {
            return Ok(answer);
        }
    }
}

fn show(public: &PublicIdentity, export: bool, context: &Context) {
    if context.out.wants_json() {
        let mut value = serde_json::to_value(public).expect("five strings");
        value["fingerprint"] = public.fingerprint().into();
        context.out.json(&value);
        return;
    }
    if export {
        let text = toml::to_string(public).expect("five strings make a table");
        context.out.document(text.as_bytes());
        return;
    }
    context.out.say(format!("label       {}", public.label));
    context.out.say(format!("pseudonym   {}", public.pseudonym));
    context.out.say(format!("reviewer    {}", public.reviewer));
    context.out.say(format!("signing     {}", public.signing));
    context.out.say(format!("encryption  {}", public.encryption));
    context.out.say(format!("fingerprint {}", public.fingerprint()));
    context.out.say(format!("lies in     {}", context.paths.short(&demo::identity_paths(&context.paths).identity())));
}

pub(super) fn told(error: IdentityError) -> Failure {
    let hint = match &error {
        IdentityError::Unreadable { path, source } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            format!("it must be yours alone: chmod 600 {path}")
        }
        IdentityError::Unreadable { .. } => "`earmark doctor` looks at the folders".to_owned(),
        IdentityError::Damaged { path, .. } => {
            format!("put {path} back from a copy of yours; without one move it away, and you begin as someone else")
        }
        IdentityError::Newer { .. } => "use the earmark that wrote it, or a newer one".to_owned(),
        IdentityError::Unwritable { .. } => "`earmark doctor` looks at the folders".to_owned(),
        IdentityError::Randomness(_) => "this is the system's to mend".to_owned(),
    };
    Failure::new("Could not use your identity").because(&error).hint(hint)
}
