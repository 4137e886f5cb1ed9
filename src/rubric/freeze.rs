//! Freezing: the two hashes go into the file, and nothing else in it changes.

use jiff::Timestamp;

use super::hash::written;
use super::model::Rubric;

impl Rubric {
    /// `text`, from which this rubric was read, with a `[freeze]` at its end; all that stands in it stays byte for byte.
    ///
    /// The rubric has none yet. Scores are allowed from `at` on.
    pub fn frozen(&self, text: &str, at: Timestamp, by: &str) -> String {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let gap = if text.ends_with('\n') { "" } else { line_end };
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let at = quoted(&at.to_string());
        let lines = [
            String::new(),
            "# Written by `earmark rubric freeze`. A change above this line needs a new version and a new freeze.".into(),
            "[freeze]".into(),
            format!("at = {at}"),
            format!("by = {}", quoted(by)),
            format!("scoring_hash = {}", quoted(written(&self.scoring_hash()).as_str())),
            format!("text_hash = {}", quoted(written(&self.text_hash()).as_str())),
            format!("first_score_allowed_after = {at}"),
            String::new(),
        ];
        format!("{text}{gap}{}", lines.join(line_end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = include_str!("../../tests/fixtures/rubrics/minimal.toml");

    fn frozen(text: &str, by: &str) -> String {
        let at = "2026-11-20T09:00:00Z".parse().expect("a time");
        Rubric::read("r.toml", text).expect("valid").rubric.frozen(text, at, by)
    }

    #[test]
    fn what_was_there_stays_byte_for_byte_and_the_file_is_still_right() {
        for text in [MINIMAL.to_owned(), MINIMAL.trim_end().to_owned(), MINIMAL.replace('\n', "\r\n"), format!("\u{feff}{MINIMAL}")]
        {
            let frozen = frozen(&text, "Mara \"M\" \\ 陳");
            assert!(frozen.starts_with(&text));
            assert_eq!(frozen.contains("\r\n"), frozen.matches('\n').count() == frozen.matches("\r\n").count());
            let freeze = Rubric::read("r.toml", &frozen).expect("still right").rubric.freeze.expect("frozen");
            assert_eq!(freeze.by.as_str(), "Mara \"M\" \\ 陳");
            assert_eq!(freeze.first_score_allowed_after, Some(freeze.at));
        }
    }

    #[test]
    fn freezing_changes_neither_hash() {
        let (before, after) = (Rubric::read("r.toml", MINIMAL), Rubric::read("r.toml", &frozen(MINIMAL, "a")));
        let hashes = |reading: Result<crate::rubric::Reading, _>| {
            let rubric = reading.map_err(|_: Vec<crate::interview::Problem>| ()).expect("valid").rubric;
            (rubric.scoring_hash(), rubric.text_hash())
        };
        assert_eq!(hashes(before), hashes(after));
    }

    #[test]
    fn an_edit_after_the_freeze_is_told_with_the_hash_then_and_now() {
        let frozen = frozen(MINIMAL, "a");
        let was = Rubric::read("r.toml", MINIMAL).expect("valid").rubric;
        for (from, to, name, hash) in [
            ("weight = 2", "weight = 3", "scoring_hash", was.scoring_hash()),
            ("Tell us about a fault", "Tell us of a fault", "text_hash", was.text_hash()),
        ] {
            let checked = Rubric::check("r.toml", &frozen.replacen(from, to, 1));
            let now = checked.rubric.as_ref().expect("it can be read");
            let now = if name == "text_hash" { now.text_hash() } else { now.scoring_hash() };
            let reason = checked.problems[0].reason.as_str();
            assert!([name, &hash.short(), &now.short()].iter().all(|part| reason.contains(part)), "{reason}");
            assert_eq!(checked.problems[0].code, Some("frozen"));
        }
    }
}
