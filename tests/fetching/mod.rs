//! Fetching from hubs, platforms and hosts that misbehave, through the real program.
#![allow(clippy::print_stderr)] // a test that is skipped says so

mod deleting;
mod faults;
mod host;
mod hub;
mod kills;
mod links;
mod nginx;
mod on_screen;
mod past;
mod pausing;
mod platform;
mod platforms;
mod refused;
mod telling;
mod ways;

use serde_json::Value;

use crate::home::{Home, Ran};

/// How the tests' platform is asked.
const DESCRIPTION: &str = r#"
source = "tests-platform"
per_second = 100

[batch]
request = "/export.json"
fields = { id = "/batch/id", title = "/batch/job", region = "/batch/region" }

[questions]
items = "/batch/questions"
fields = { id = "/id", prompt = "/text", answer_seconds = "/max_seconds" }

[submissions]
items = "/candidates"
fields = { "candidate.id" = "/id", "candidate.name" = "/name", "candidate.email" = "/email", completed_at = "/submitted_at" }

[answers]
items = "/answers"
fields = { question = "/question", file = "/file", mime = "/mime", transcript = "/transcript" }
status = "/status"
statuses = { not_answered = "not_given" }
"#;

/// The lines that a fetch printed.
fn lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {ran:#?}"))).collect()
}

/// The last line of a fetch that ended so.
fn done(ran: &Ran, code: i32) -> Value {
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    lines(ran).pop().unwrap_or_else(|| panic!("nothing was told: {ran:#?}"))
}

/// A home whose source `platform` is at this address, and is asked as [`DESCRIPTION`] says.
fn home_of_platform(address: &str) -> Home {
    let home = Home::new();
    platform_settings(home.path(), address);
    home
}

/// A platform with three files, the first of this many bytes, which comes in pieces of so many bytes so far apart.
fn slow_host(length: usize, (piece, apart): (usize, std::time::Duration)) -> host::Host {
    let mut exported = platform::export(["/m/1.pdf", "/m/2.pdf", "/m/3.pdf"], None);
    for person in 0..2 {
        exported["candidates"][person]["answers"][0]["mime"] = "application/pdf".into();
        exported["candidates"][person]["answers"][1]["mime"] = "application/pdf".into();
    }
    let files = (1..=3).map(|nth| (format!("/m/{nth}.pdf"), vec![nth as u8; if nth == 1 { length } else { 1000 }]));
    let all = files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]);
    host::Host::start(all, move |path: &str, _| match path.starts_with("/m/1") {
        true => host::Fault::Slow(piece, apart),
        false => host::Fault::None,
    })
}

/// Writes the settings that name the tests' platform.
fn platform_settings(home: &std::path::Path, address: &str) {
    let folder = home.join(".config/earmark");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let settings = format!(
        "[source.platform]\nkind = \"rest\"\nurl = \"{address}\"\ndescription = \"platform.toml\"\nauth = \"env:PLATFORM_TOKEN\"\n\
         media_hosts = [\"127.0.0.1\"]\n"
    );
    std::fs::write(folder.join("settings.toml"), settings).expect("written");
    std::fs::write(folder.join("platform.toml"), DESCRIPTION).expect("written");
}

fn fetch(home: &Home, more: &[&str]) -> Ran {
    let args = [&["fetch", "platform", "--json"], more].concat();
    home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &args)
}

/// A recording that is played, of about this many bytes: a tone, different for each seed.
fn wav(seed: u32, bytes: usize) -> Vec<u8> {
    let samples = (bytes / 2) as u32;
    let mut wav = Vec::with_capacity(bytes + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + samples * 2).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&16_000u32.to_le_bytes());
    wav.extend_from_slice(&32_000u32.to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data");
    wav.extend_from_slice(&(samples * 2).to_le_bytes());
    let mut noise = seed.wrapping_mul(2_654_435_761) | 1;
    for at in 0..samples {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let tone = (f64::from(at) * f64::from(200 + seed % 200) / 16_000.0 * std::f64::consts::TAU).sin() * 8_000.0;
        wav.extend_from_slice(&((tone as i32 + (noise % 256) as i32) as i16).to_le_bytes());
    }
    wav
}
