//! A fetch that is begun from the screen: `earmark fetch` itself, beside this process, so that both do the same.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, Command};

use super::Edges;
use crate::app::Event;
use crate::text::SafeText;

/// How this program is called again.
#[derive(Clone, Debug)]
pub struct Again {
    /// The program.
    pub program: Arc<Path>,
    /// The settings file, where it is not the usual one.
    pub config: Option<PathBuf>,
    /// The library.
    pub library: PathBuf,
}

/// Where the keys of the fetch that was begun here are written.
pub(super) type FetchKeys = Arc<tokio::sync::Mutex<Option<ChildStdin>>>;

impl Edges {
    /// Presses the key that pauses the fetch that was begun here, or lets it go on; what it does then it tells through the library.
    pub(super) fn pause_fetch(&self) {
        let keys = self.fetch_keys.clone();
        self.spawn("The fetch could not be paused", async move {
            if let Some(pipe) = keys.lock().await.as_mut() {
                pipe.write_all(b"p").await.map_err(|error| error.to_string())?;
                pipe.flush().await.map_err(|error| error.to_string())?;
            }
            Ok(Vec::new())
        });
    }

    pub(super) fn fetch_new(&self, source: Option<SafeText>) {
        let (again, keys) = (self.again.clone(), self.fetch_keys.clone());
        self.spawn("Nothing could be fetched", async move {
            let again = again.ok_or("this earmark cannot be called again")?;
            let mut command = Command::new(&*again.program);
            command.arg("fetch").args(source.as_ref().map(|name| name.raw())).args(["--json", "--quiet", "--keys"]);
            command.env("EARMARK_LIBRARY", &again.library);
            if let Some(config) = &again.config {
                command.env("EARMARK_CONFIG", config);
            }
            // It is no part of this terminal: what has begun goes on when the screen is left.
            command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().map_err(|error| error.to_string())?;
            // When this program ends, so does the pipe, and what rests goes on.
            *keys.lock().await = child.stdin.take();
            let ended = child.wait_with_output().await.map_err(|error| error.to_string());
            *keys.lock().await = None;
            let ended = ended?;
            let told = told(&String::from_utf8_lossy(&ended.stdout), &String::from_utf8_lossy(&ended.stderr));
            Ok(vec![Event::Fetched { told: SafeText::line(&told), whole: ended.status.success() }])
        });
    }
}

/// What came of it: each source's own words, or why there are none.
fn told(lines: &str, complaints: &str) -> String {
    let done = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let done = done.filter_map(|line| match line["event"].as_str()? {
        "done" => Some(format!("{}: {}", line["source"].as_str()?, line["summary"].as_str().unwrap_or_default())),
        "vault" if line["after"].as_u64() > line["bound"].as_u64() => Some(TOO_LARGE.to_owned()),
        _ => None,
    });
    let complaints = complaints.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_COMPLAINTS);
    let all: Vec<String> = done.chain(complaints.map(str::to_owned)).collect();
    if all.is_empty() { "It ended without a word.".to_owned() } else { all.join(" · ") }
}

const TOO_LARGE: &str = "the vault is larger than vault.most, for what is still to be heard stays";

/// Lines of what went wrong that find room in a message.
const MOST_COMPLAINTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_came_of_it_is_said_in_the_words_of_each_source() {
        let lines = "{\"event\":\"planned\"}\n{\"event\":\"done\",\"source\":\"ats\",\"summary\":\"3 answers arrived\"}\n";
        assert_eq!(told(lines, ""), "ats: 3 answers arrived");
        let vault = format!("{lines}{{\"event\":\"vault\",\"after\":3,\"bound\":2}}\n");
        assert!(told(&vault, "").ends_with("is larger than vault.most, for what is still to be heard stays"));
        assert_eq!(
            told("", "Could not fetch from ats\n  Caused by: no answer\n"),
            "Could not fetch from ats · Caused by: no answer"
        );
        assert_eq!(told("", ""), "It ended without a word.");
    }
}
