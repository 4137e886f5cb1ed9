//! A rubric as a reviewer reads it: question, criteria with their weights, anchors, what to look for.

use super::model::{Criterion, Question, Rubric};
use super::settings::Preset;
use super::wrap::wrap;
use crate::text::{SafeText, many};

/// The narrowest page that is drawn; below it lines would be single words.
const NARROWEST: usize = 20;

impl Rubric {
    /// The rubric as lines of at most `columns` columns (at least 20), blank lines between its parts.
    pub fn show(&self, columns: usize) -> Vec<SafeText> {
        let mut page = Page { columns: columns.max(NARROWEST), lines: Vec::new() };
        page.head(self);
        for (i, question) in self.questions.iter().enumerate() {
            page.question(i + 1, question, self);
        }
        page.must_haves(self);
        page.lines
    }
}

struct Page {
    columns: usize,
    lines: Vec<SafeText>,
}

impl Page {
    /// A text after `lead`; further lines begin under its first letter.
    fn hang(&mut self, lead: &str, text: &str) {
        let indent = crate::text::width(lead);
        for (i, line) in wrap(text, self.columns.saturating_sub(indent)).into_iter().enumerate() {
            let line = if i == 0 { format!("{lead}{line}") } else { format!("{:indent$}{line}", "") };
            self.lines.push(SafeText::line(line.trim_end()));
        }
    }

    fn blank(&mut self) {
        self.lines.push(SafeText::default());
    }

    fn head(&mut self, rubric: &Rubric) {
        self.hang("", rubric.title.as_str());
        let preset = match rubric.protocol.preset {
            Preset::Light => "light",
            Preset::Standard => "standard",
            Preset::Audit => "audit",
        };
        let frozen = if rubric.freeze.is_some() { ", frozen" } else { "" };
        self.hang("", &format!("{} {}{frozen} · preset {preset}", rubric.id, rubric.version.as_str()));
        let scale = &rubric.scale;
        let points = (scale.min..=scale.max).map(|point| match scale.label(point) {
            Some(label) => format!("{point} {}", label.as_str()),
            None => point.to_string(),
        });
        self.hang("Scale: ", &points.collect::<Vec<_>>().join(" · "));
        if scale.allow_half {
            self.hang("", "Half points may be given.");
        }
    }

    fn question(&mut self, number: usize, question: &Question, rubric: &Rubric) {
        self.blank();
        self.hang(&format!("{number}. "), question.prompt.as_str());
        let facts = [
            Some(question.id.to_string()),
            question.category.as_ref().map(|category| category.to_string()),
            question.think_seconds.map(|seconds| format!("{seconds} s to think")),
            question.answer_seconds.map(|seconds| format!("{seconds} s to answer")),
            question.retakes.map(|retakes| many(retakes as usize, "retake")),
        ];
        self.hang("   ", &facts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        if let Some(hint) = &question.probe_hint {
            self.hang("   Probe: ", hint.as_str());
        }
        for criterion in &question.criteria {
            self.criterion(criterion, rubric);
        }
    }

    fn criterion(&mut self, criterion: &Criterion, rubric: &Rubric) {
        self.blank();
        let total: f64 = rubric.criteria().map(|(_, criterion)| criterion.weight).sum();
        let share = (100.0 * criterion.weight / total).round();
        self.hang("   ", &format!("{} ({}, weight {}, {share}% of the total)", criterion.name, criterion.id, criterion.weight));
        for (point, anchor) in criterion.anchors.iter().rev() {
            self.hang(&format!("   {point:>4}  "), anchor.as_str());
        }
        if let Some(knockout) = &criterion.knockout {
            self.hang("   ", &format!("A person looks when the rating is below {}.", knockout.below));
        }
        let join = |texts: &mut dyn Iterator<Item = &SafeText>| texts.map(SafeText::as_str).collect::<Vec<_>>().join("; ");
        if !criterion.look_for.is_empty() {
            self.hang("   Look for: ", &join(&mut criterion.look_for.iter().map(|look| &look.text)));
        }
        if !criterion.ignore.is_empty() {
            self.hang("   Leave aside: ", &join(&mut criterion.ignore.iter()));
        }
    }

    fn must_haves(&mut self, rubric: &Rubric) {
        if rubric.must_haves.is_empty() {
            return;
        }
        self.blank();
        self.hang("", "Must have (yes, no or unclear, with evidence; on no a person looks)");
        for must_have in &rubric.must_haves {
            let place = must_have.question.as_ref().map(|question| format!(" ({question})")).unwrap_or_default();
            self.hang("   - ", &format!("{}{place}", must_have.text.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = include_str!("../../tests/fixtures/rubrics/minimal.toml");

    fn shown(columns: usize) -> Vec<String> {
        let rubric = Rubric::read("minimal.toml", MINIMAL).expect("valid").rubric;
        rubric.show(columns).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_question_reads_from_its_prompt_down_to_its_anchors_best_first() {
        let lines = shown(72);
        let from = lines.iter().position(|line| line.starts_with("1. ")).expect("a first question");
        assert_eq!(
            lines[from..from + 14],
            [
                "1. Tell us about a fault whose cause nobody knew, and what you did step",
                "   by step.",
                "   q1 · past-behaviour · 60 s to think · 150 s to answer · 1 retake",
                "",
                "   Systematic diagnosis (diagnosis, weight 2, 40% of the total)",
                "      5  Tests rival ideas and says what would have refuted each.",
                "      3  Reaches the cause by checking one idea after the other.",
                "      1  Tries fixes at random and cannot say what was checked.",
                "   A person looks when the rating is below 2.",
                "   Look for: a hypothesis; a check",
                "   Leave aside: accent",
                "",
                "2. Explain to a customer why their backup failed because the disk was",
                "   full.",
            ]
        );
    }

    #[test]
    fn it_fits_any_width_from_twenty_on() {
        for columns in [0, 20, 33, 80] {
            assert!(shown(columns).iter().all(|line| crate::text::width(line) <= columns.max(20)), "{columns}");
        }
    }
}
