//! A fetch that is begun from the screen: `earmark fetch` itself, beside this process, so that both do the same.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;

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

impl Edges {
    pub(super) fn fetch_new(&self, source: Option<SafeText>) {
        let again = self.again.clone();
        self.spawn("Nothing could be fetched", async move {
            let again = again.ok_or("this earmark cannot be called again")?;
            let mut command = Command::new(&*again.program);
            command.arg("fetch").args(source.as_ref().map(|name| name.raw())).args(["--json", "--quiet"]);
            command.env("EARMARK_LIBRARY", &again.library);
            if let Some(config) = &again.config {
                command.env("EARMARK_CONFIG", config);
            }
            // It is no part of this terminal: what has begun goes on when the screen is left.
            command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let ended = command.output().await.map_err(|error| error.to_string())?;
            let told = told(&String::from_utf8_lossy(&ended.stdout), &String::from_utf8_lossy(&ended.stderr));
            Ok(vec![Event::Fetched { told: SafeText::line(&told), whole: ended.status.success() }])
        });
    }
}

/// What came of it: each source's own words, or why there are none.
fn told(lines: &str, complaints: &str) -> String {
    let done = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let done = done
        .filter(|line| line["event"] == "done")
        .map(|line| format!("{}: {}", line["source"].as_str().unwrap_or_default(), line["summary"].as_str().unwrap_or_default()));
    let complaints = complaints.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_COMPLAINTS);
    let all: Vec<String> = done.chain(complaints.map(str::to_owned)).collect();
    if all.is_empty() { "It ended without a word.".to_owned() } else { all.join(" · ") }
}

/// Lines of what went wrong that find room in a message.
const MOST_COMPLAINTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_came_of_it_is_said_in_the_words_of_each_source() {
        let lines = "{\"event\":\"planned\"}\n{\"event\":\"done\",\"source\":\"ats\",\"summary\":\"3 answers arrived\"}\n";
        assert_eq!(told(lines, ""), "ats: 3 answers arrived");
        assert_eq!(
            told("", "Could not fetch from ats\n  Caused by: no answer\n"),
            "Could not fetch from ats · Caused by: no answer"
        );
        assert_eq!(told("", ""), "It ended without a word.");
    }
}
