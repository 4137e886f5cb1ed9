//! Platforms that are known by their names, against local servers that are as strict as their documents.

mod hireflix;
mod server;
mod settings;
mod spark_hire;
mod willo;

use serde_json::Value;

use super::host::{Fault, Host};
use super::{lines, wav};
use crate::home::{Home, Ran};

/// A home with this source, which is called `platform`.
fn home(source: &str) -> Home {
    let home = Home::new();
    home.settings(&format!("[source.platform]\nmedia_hosts = [\"127.0.0.1\"]\n{source}"));
    home
}

fn fetch(home: &Home, more: &[&str]) -> Ran {
    home.run_with(&[("PLATFORM_KEY", "kanarie-key"), ("CLIENT", "the-client")], &[&["fetch", "platform", "--json"], more].concat())
}

/// The texts of the problems that a fetch told, with their codes.
fn told(ran: &Ran) -> Vec<(String, String)> {
    let problems = lines(ran).into_iter().filter(|line| line["event"] == "problem").map(|line| line["problem"].clone());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems
        .map(|problem| (text(&problem["code"]), format!("{} {} {}", problem["place"], problem["reason"], problem["remedy"])))
        .collect()
}

fn has_told(ran: &Ran, code: &str, says: &str) -> bool {
    told(ran).iter().any(|(told, text)| told == code && text.contains(says))
}

/// A host of recordings, on another port than the platform.
fn recordings(paths: &[&str], decide: impl FnMut(&str, usize) -> Fault + Send + 'static) -> Host {
    let files = paths.iter().enumerate().map(|(nth, path)| ((*path).to_owned(), wav(nth as u32 + 1, 30_000)));
    Host::start(files.collect::<Vec<_>>(), decide)
}

/// Everything that is kept of the batch, as its bundle would be.
fn kept(home: &Home) -> Value {
    let batches = home.run(&["batches", "--json"]).json(0);
    assert_eq!(batches.as_array().map(Vec::len), Some(1), "{batches}");
    batches[0].clone()
}
