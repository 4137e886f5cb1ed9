//! `earmark audit head`: where the journal ends, signed, so that its end cannot be cut off or written anew unnoticed.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::verify::must_hold;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, told};
use crate::cli::words::many;
use crate::config::identity::PublicIdentity;
use crate::interview::{Digest, WriterId};
use crate::library::Library;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The new file; one that is there is not written over. Without it, it is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const FORMAT: u16 = 1;
const KIND: &str = "earmark/audit-head/1";
/// The largest head that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Where each stream ended, as one person saw it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SignedHead {
    format: u16,
    pub(super) made_at: Timestamp,
    pub(super) by: PublicIdentity,
    pub(super) streams: Vec<Held>,
    /// Ed25519 over everything before it, in base64.
    signature: String,
}

/// Where one stream ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) writer: WriterId,
    pub(super) last: u64,
    pub(super) hash: Digest,
}

impl SignedHead {
    /// What is signed.
    fn signed(&self) -> Vec<u8> {
        serde_json::to_vec(&(self.format, self.made_at, &self.by, &self.streams)).expect("ids and texts can be written")
    }

    /// Reads a head whose signature is right.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let failed = || Failure::usage(format!("Could not read the head {}", path.display()));
        let bytes = crate::config::read_bounded(path, LONGEST).map_err(|error| failed().because(&error))?;
        let head: SignedHead = serde_json::from_slice(&bytes).map_err(|error| failed().because(&error))?;
        if head.format > FORMAT {
            return Err(failed().cause(format!("it is of version {}, which this earmark does not know", head.format)));
        }
        let signature = BASE64.decode(&head.signature).unwrap_or_default();
        match head.by.has_signed(KIND, &head.signed(), &signature) {
            true => Ok(head),
            false => Err(failed().cause("it is not what its author signed").exit(Exit::Partial)),
        }
    }
}

/// With `--json`, or without `--out`, the head itself; with `--out` and `--json` `{"path", "streams"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let library = room::there(context).await?;
    let me = room::identity(&library, context).await?;
    let audit = library.audit().await.map_err(|error| told("Could not read the journal", &error))?;
    must_hold(&audit)?;
    let streams = audit.streams.iter().map(Held::from).collect();
    let mut head = SignedHead { format: FORMAT, made_at: library.now(), by: me.public(), streams, signature: String::new() };
    head.signature = BASE64.encode(me.sign(KIND, &head.signed()));
    library.close().await;
    let Some(path) = &args.out else {
        context.out.json(&head);
        return Ok(Exit::Done);
    };
    let text = serde_json::to_string_pretty(&head).expect("ids and texts can be written");
    // A file of the folder one stands in has no folder in its name.
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let written = crate::config::private::write(&whole, format!("{text}\n").as_bytes(), false);
    written.map_err(|error| Failure::new(format!("Could not write {}", path.display())).because(&error))?;
    if context.out.wants_json() {
        context.out.json(&serde_json::json!({ "path": path, "streams": head.streams.len() }));
    }
    context.out.say(format!("Signed where {} end; keep {} elsewhere.", many(head.streams.len(), "stream"), path.display()));
    Ok(Exit::Done)
}

/// Whether a head was signed by you, or by someone whose key you have found right.
pub(super) async fn is_known(library: &Library, head: &SignedHead, context: &Context) -> Result<bool, Failure> {
    let mine = room::known_identity(context)?.is_some_and(|me| me.public().signing == head.by.signing);
    let colleagues = library.colleagues().await.map_err(|error| told("Could not read whom you know", &error))?;
    let theirs = colleagues.iter().filter_map(|bytes| serde_json::from_slice::<PublicIdentity>(bytes).ok());
    Ok(mine || theirs.into_iter().any(|one| one.signing == head.by.signing))
}
