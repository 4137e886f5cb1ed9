//! The figures as lines that fit a terminal of 80 columns: bars for shares, blocks for days. The same for command and screen.

use super::Figure;
use super::series::{bar, daily, in_words, of_part, shown, sparkline};
use crate::text::{SafeText, fit, width};

/// Columns of a subject, of a measure, of a value, and of a bar.
const WIDE: [usize; 4] = [16, 27, 10, 12];
/// What each part is called, in the order of telling.
const PARTS: [(&str, &str); 5] =
    [("funnel", "Funnel"), ("times", "Times"), ("questions", "Questions"), ("criteria", "Criteria"), ("review", "Review")];

/// All figures, part by part.
pub fn lines(figures: &[Figure]) -> Vec<String> {
    let mut lines = Vec::new();
    for (part, title) in PARTS {
        let rows: Vec<String> = of_part(figures, part).map(row).collect();
        if !rows.is_empty() {
            lines.push(title.to_owned());
            lines.extend(rows);
            lines.push(String::new());
        }
    }
    let days = daily(figures);
    if !days.is_empty() {
        lines.push("Day by day".to_owned());
    }
    lines.extend(days.iter().flat_map(|series| [format!("  {}", sparkline(&series.counts)), format!("  {}", series.words)]));
    lines
}

fn row(figure: &Figure) -> String {
    let share = match (figure.unit, figure.value) {
        ("candidates", Some(value)) if figure.n > 0 => Some(value / figure.n as f64),
        ("share, 0 to 1", value) => value,
        _ => None,
    };
    let bar = share.map_or_else(String::new, |share| bar(share, WIDE[3]));
    let subject = SafeText::line(&figure.subject);
    let measure = in_words(figure.measure);
    let what = match subject.is_empty() {
        // What is of the whole batch has the room of the subject too.
        true => padded(&format!("  {measure}"), WIDE[0] + 1 + WIDE[1]),
        false => format!("{} {}", padded(subject.as_str(), WIDE[0]), padded(&measure, WIDE[1])),
    };
    let value = shown(figure);
    format!("{what} {value:>wide$} {:>5} {bar}", figure.n, wide = WIDE[2]).trim_end().to_owned()
}

fn padded(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    let rest = columns.saturating_sub(width(&cut));
    format!("{cut}{}", " ".repeat(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_a_terminal_of_eighty_columns() {
        let figure = |part, subject: &str, measure, value, unit| Figure {
            part,
            subject: subject.to_owned(),
            measure,
            value: Some(value),
            n: 1000,
            unit,
        };
        let early = "decided_before_everyone_was_heard";
        let some = [
            figure("funnel", "", "completed_of_not_withdrawn", 0.5, "share, 0 to 1"),
            figure("review", "a reviewer with a very long 王名字王名字", "sealed", 250.0, "candidates"),
            figure("times", "", "invited_to_completed_median", 2400.0, "hours"),
            figure("times", "", "completed_to_decided_p90", 2400.0, "hours"),
            figure("funnel", "", early, 3.0, "candidates"),
            figure("times", "", "waiting_median", 261.6, "hours"),
            figure("times", "", "waiting_p90", 9_000.0, "hours"),
        ];
        let lines = lines(&some);
        assert!(lines.iter().all(|line| width(line) <= 74), "{lines:#?}");
        assert!(lines[1].contains("50%") && lines[1].ends_with("██████"), "{lines:#?}");
        // Values of any length end under each other.
        let end = |line: &&String| width(line.rsplit_once("1000").map_or("", |(before, _)| before));
        let mut ends: Vec<usize> = lines.iter().filter(|line| line.contains("1000")).map(|line| end(&line)).collect();
        ends.dedup();
        assert_eq!(ends.len(), 1, "{lines:#?}");
        let all = lines.join("\n");
        for words in ["decided before everyone was heard", "completed to decided, nine in ten within", "to completed, median"] {
            assert!(all.contains(words), "{words}: {all}");
        }
    }
}
