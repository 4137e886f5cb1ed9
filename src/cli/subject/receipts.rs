//! Receipts of what was removed: signed, and written where only their owner can read them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::words::many;
use crate::config::Identity;
use crate::runtime::keeping::{EngineTold, Receiver};

const KIND: &str = "earmark/removal-receipt/1";

/// The receipt with the signature over everything else in it, as it is written without spaces.
pub(in crate::cli) fn signed(mut receipt: Value, me: &Identity) -> Value {
    let signature = BASE64.encode(me.sign(KIND, receipt.to_string().as_bytes()));
    receipt["signed_by"] = json!(me.public().signing);
    receipt["signature"] = json!(signature);
    receipt
}

/// Writes a receipt into a new file that only its owner can read.
pub(in crate::cli) fn write(path: &Path, receipt: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(receipt).expect("a JSON value can be written");
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let written = crate::config::private::write(&whole, format!("{text}\n").as_bytes(), false);
    written.map_err(|error| {
        Failure::new(format!("Could not write the receipt {}; what it says was done", path.display())).because(&error)
    })
}

/// Who has to be told.
pub(in crate::cli) fn say_receivers(receivers: &[Receiver], context: &Context) {
    for one in receivers {
        let record = one.record.as_ref().map(|record| format!(", record {record}")).unwrap_or_default();
        context.out.say(format!("to tell: {} at {}{record} ({} {})", one.profile, one.to, one.push, one.state.word()));
    }
}

/// Whose engines were given something of the person.
pub(in crate::cli) fn say_engines(engines: &[EngineTold], context: &Context) {
    for one in engines {
        let version = if one.version.is_empty() { String::new() } else { format!(", version {}", one.version) };
        let last = one.last.strftime("%Y-%m-%d %H:%M");
        let given = match (one.times, one.perhaps) {
            (0, perhaps) => format!("may have been given the {} {}", one.what, many(perhaps, "time")),
            (times, 0) => format!("was given the {} {}", one.what, many(times, "time")),
            (times, perhaps) => format!("was given the {} {}, and perhaps {perhaps} more", one.what, many(times, "time")),
        };
        context.out.say(format!("to tell: whoever runs {}{version}, at {}, which {given}, last on {last}", one.engine, one.place));
    }
}
