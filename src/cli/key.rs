//! `earmark key`: what the library is locked with, and the locks on that.

use std::io::{self, Read as _};

use serde_json::json;
use zeroize::Zeroizing;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{key, key_told, ring};
use crate::config::key::{LibraryKey, Origin, ask_on_terminal};

#[derive(clap::Args, Debug)]
#[group(skip)]
pub(super) struct Args {
    /// Puts the key under a passphrase, which is asked for from then on
    #[arg(long, group = "act")]
    lock: bool,
    /// With --lock: the system's keyring keeps the passphrase, and nobody is asked while it is unlocked
    #[arg(long, requires = "lock")]
    keyring: bool,
    /// Takes the lock off again
    #[arg(long, group = "act")]
    unlock: bool,
    /// Prints the recovery key: whoever has it can open the library and its backups
    #[arg(long, group = "act")]
    recovery: bool,
    /// Reads a recovery key, at the terminal or from standard input, and puts the key back
    #[arg(long, group = "act")]
    restore: bool,
}

/// With `--json` `{"fingerprint": null where there is no key yet, "origin": "new", "file", "passphrase", "keyring",
/// "named" or "credentials", "path"}`; with `--recovery` `{"fingerprint", "recovery"}`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match () {
        () if args.keyring => {
            lock_with_keyring(context)?;
            let shown = show(fingerprint(context)?, context);
            context.out.note("A keyring can be lost: print the recovery key (`earmark key --recovery`) and put it away.");
            shown
        }
        () if args.lock => show(Some(lock(context)?), context),
        () if args.unlock => {
            unlock(context)?;
            show(fingerprint(context)?, context)
        }
        () if args.recovery => recovery(context),
        () if args.restore => {
            restore(context)?;
            show(fingerprint(context)?, context)
        }
        () => show(fingerprint(context)?, context),
    }
}

fn fingerprint(context: &Context) -> Result<Option<String>, Failure> {
    Ok(key(context)?.map(|key| key.fingerprint()))
}

fn show(fingerprint: Option<String>, context: &Context) -> Outcome {
    let (word, path) = match ring(context).origin() {
        Origin::Named(path) => ("named", path),
        Origin::Credentials(path) => ("credentials", path),
        Origin::File(path) => ("file", path),
        Origin::Passphrase(path) => ("passphrase", path),
        Origin::Keyring(path) => ("keyring", path),
        Origin::New(path) => ("new", path),
    };
    let path = context.paths.short(&path);
    if context.out.wants_json() {
        context.out.json(&json!({ "fingerprint": fingerprint, "origin": word, "path": path }));
        return Ok(Exit::Done);
    }
    match fingerprint {
        Some(fingerprint) => {
            context.out.say(format!("fingerprint  {fingerprint}"));
            context.out.say(format!("lies in      {path}"));
            let locked = match word {
                "passphrase" => "with a passphrase",
                "keyring" => "with the system's keyring",
                _ => "not locked: guard the file",
            };
            context.out.say(format!("locked       {locked}"));
        }
        None => context.out.say(format!("There is no key yet; the first use makes {path}")),
    }
    Ok(Exit::Done)
}

const NOT_LOCKED: &str = "Could not lock the key";

/// Returns the key's fingerprint, so that the new passphrase is not asked for at once.
fn lock(context: &Context) -> Result<String, Failure> {
    let ring = ring(context);
    not_locked_yet(&ring.origin(), context)?;
    let asked = |prompt: &str| ask_on_terminal(prompt).map_err(|error| nobody(NOT_LOCKED, &error));
    let first = asked("New passphrase: ")?;
    if first.is_empty() {
        return Err(Failure::usage("Could not lock the key with an empty passphrase"));
    }
    if *first != *asked("The same again: ")? {
        return Err(Failure::usage("Could not lock the key: the two passphrases differ"));
    }
    let key = ring.key(&mut |_| Err(io::ErrorKind::NotFound.into()));
    let key = key.map_err(|error| key_told(NOT_LOCKED, &error))?;
    ring.lock(first).map_err(|error| key_told(NOT_LOCKED, &error))?;
    Ok(key.fingerprint())
}

fn lock_with_keyring(context: &Context) -> Result<(), Failure> {
    let ring = ring(context);
    not_locked_yet(&ring.origin(), context)?;
    ring.lock_with_keyring().map_err(|error| key_told(NOT_LOCKED, &error))
}

fn not_locked_yet(origin: &Origin, context: &Context) -> Result<(), Failure> {
    let (path, lock) = match origin {
        Origin::Passphrase(path) => (path, "a passphrase"),
        Origin::Keyring(path) => (path, "the system's keyring"),
        _ => return Ok(()),
    };
    let why = format!("{} is under {lock} already", context.paths.short(path));
    Err(Failure::new(NOT_LOCKED).cause(why).hint("take it off first: `earmark key --unlock`"))
}

fn unlock(context: &Context) -> Result<(), Failure> {
    let ring = ring(context);
    let what = "Could not take the lock off";
    match ring.origin() {
        Origin::Keyring(_) => ring.unlock_from_keyring().map_err(|error| key_told(what, &error)),
        Origin::Passphrase(_) => {
            let passphrase = ask_on_terminal("Passphrase of the library: ").map_err(|error| nobody(what, &error))?;
            ring.unlock(passphrase).map_err(|error| key_told(what, &error))
        }
        _ => Err(Failure::new("Could not take the lock off: the key has none")),
    }
}

fn nobody(what: &str, error: &io::Error) -> Failure {
    Failure::new(what).cause("no terminal is there to ask for the passphrase").because(error).exit(Exit::Authentication)
}

fn recovery(context: &Context) -> Outcome {
    let none = || Failure::new("Could not find a key: nothing was locked yet").exit(Exit::NoMatch);
    let key = key(context)?.ok_or_else(none)?;
    let text = key.recovery_text();
    if context.out.wants_json() {
        context.out.json(&json!({ "fingerprint": key.fingerprint(), "recovery": *text }));
        return Ok(Exit::Done);
    }
    context.out.say(&*text);
    context.out.note("Print it and put it away, apart from this machine: it opens the library and every backup of it.");
    Ok(Exit::Done)
}

fn restore(context: &Context) -> Result<(), Failure> {
    const WHAT: &str = "Could not put the key back";
    let text = if context.out.form().can_ask {
        ask_on_terminal("Recovery key: ").map_err(|error| Failure::new(WHAT).because(&error))?
    } else {
        // A recovery key is short; what is longer is something else.
        let mut text = Zeroizing::new(String::with_capacity(4096));
        let read = io::stdin().lock().take(4096).read_to_string(&mut text);
        read.map_err(|error| Failure::new(WHAT).because(&error))?;
        text
    };
    let key = LibraryKey::from_recovery_text(text.trim()).map_err(|error| Failure::new(WHAT).because(&error))?;
    ring(context).restore(&key).map(drop).map_err(|error| key_told(WHAT, &error))
}
