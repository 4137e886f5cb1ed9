//! By which rubric the rows of a ratings table were made: different scoring hashes never enter one table.

use crate::rubric::Rubric;

/// The two columns.
pub(super) const HASHES: [&str; 2] = ["scoring_hash", "text_hash"];

/// What the rows say of their rubric, so far.
#[derive(Default)]
pub(super) struct Hashes {
    /// Each scoring hash with the line on which it stands first.
    scoring: Vec<(String, u64)>,
    /// The same of the text.
    text: Vec<(String, u64)>,
}

impl Hashes {
    /// Takes in a row's two cells; an empty one says nothing.
    pub(super) fn row(&mut self, [scoring, text]: [&str; 2], line: u64) {
        for (known, cell) in [(&mut self.scoring, scoring), (&mut self.text, text)] {
            let cell = cell.trim().to_lowercase();
            let cell = cell.strip_prefix("sha256:").map(str::to_owned).unwrap_or(cell);
            if !cell.is_empty() && known.iter().all(|(other, _)| *other != cell) {
                known.push((cell, line));
            }
        }
    }

    /// What is wrong: line, reason and remedy.
    pub(super) fn wrong(&self, rubric: Option<&Rubric>) -> Vec<(u64, String, String)> {
        let apart = "ratings by rubrics that score differently never enter one table: analyse each rubric's rows by themselves";
        let wanted = rubric.map(|rubric| rubric.scoring_hash().to_string());
        let first = self.scoring.first();
        let of = |(hash, line): &(String, u64)| match (&wanted, first) {
            (Some(wanted), _) if wanted != hash => Some((
                *line,
                format!("scoring_hash {hash} is not that of the rubric, {wanted}"),
                "give the rubric by which these ratings were made; one that scores differently would change what they mean"
                    .to_owned(),
            )),
            (None, Some((other, at))) if other != hash => {
                Some((*line, format!("scoring_hash {hash} stands beside {other} of line {at}"), apart.to_owned()))
            }
            _ => None,
        };
        self.scoring.iter().filter_map(of).collect()
    }

    /// What is worth a remark: another text of the same rubric.
    pub(super) fn remarks(&self, rubric: Option<&Rubric>) -> Vec<String> {
        let wanted =
            rubric.map(|rubric| rubric.text_hash().to_string()).or_else(|| self.text.first().map(|(hash, _)| hash.clone()));
        let other = wanted.and_then(|wanted| self.text.iter().find(|(hash, _)| *hash != wanted));
        let said = |(_, line): &(String, u64)| {
            format!(
                "The rubric's text differs from line {line} on (text_hash); it scores the same, so the ratings stand in one table."
            )
        };
        other.map(said).into_iter().collect()
    }
}
