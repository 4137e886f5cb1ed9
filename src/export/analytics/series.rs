//! The figures of the analytics table as people read them: units shown, days as series.

use jiff::civil::Date;

use super::Figure;

/// Days that a series has at the most; a longer time is told in weeks.
const MOST_DAYS: i64 = 60;

/// Counts over time, one for each day or week, gaps filled.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// What is counted.
    pub measure: &'static str,
    /// The counts.
    pub counts: Vec<f64>,
    /// The same in words.
    pub words: String,
}

/// The figures of one part.
pub fn of_part<'a>(figures: &'a [Figure], part: &str) -> impl Iterator<Item = &'a Figure> {
    figures.iter().filter(move |figure| figure.part == part)
}

/// A figure with its unit; a dash where it cannot be said.
pub fn shown(figure: &Figure) -> String {
    let Some(value) = figure.value else { return "–".to_owned() };
    match figure.unit {
        "share, 0 to 1" => format!("{:.0}%", value * 100.0),
        "hours" if value >= 48.0 => format!("{:.1} days", value / 24.0),
        "hours" if value < 1.0 => format!("{:.0} min", value * 60.0),
        "hours" => format!("{value:.1} h"),
        "seconds" => format!("{value:.0} s"),
        "minutes of speech" => format!("{value:.0} min"),
        "candidates" | "answers" => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

/// What came in, was ready and was decided over time; one that never happened is left out.
pub fn daily(figures: &[Figure]) -> Vec<Series> {
    let days: Vec<(&'static str, Date, f64)> =
        of_part(figures, "days").filter_map(|figure| Some((figure.measure, figure.subject.parse().ok()?, figure.value?))).collect();
    let dates = || days.iter().map(|(_, day, _)| *day);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Vec::new() };
    let since = |day: Date| i64::from((day - first).get_days());
    let (step, unit) = if since(last) < MOST_DAYS { (1, "day") } else { (7, "week") };
    let length = (since(last) / step + 1) as usize;
    let series = |measure: &'static str| {
        let mut counts = vec![0.0; length];
        days.iter().filter(|(of, ..)| *of == measure).for_each(|(_, day, count)| counts[(since(*day) / step) as usize] += count);
        let (all, most) = (counts.iter().sum::<f64>(), counts.iter().copied().fold(0.0, f64::max));
        let words = format!("{measure}: {all} from {first} to {last}, at most {most} a {unit}");
        (all > 0.0).then_some(Series { measure, counts, words })
    };
    ["completed", "ready", "decided"].into_iter().filter_map(series).collect()
}

/// Counts as eight heights of a block, for a terminal; nought is a space.
pub fn sparkline(counts: &[f64]) -> String {
    const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().fold(1.0, f64::max);
    counts.iter().map(|count| HEIGHTS[((count / most * 8.0).ceil() as usize).min(8)]).collect()
}

/// A share from 0 to 1 as a bar of so many columns, in eighths of one.
pub fn bar(share: f64, columns: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A measure's name as people read it.
pub fn in_words(measure: &str) -> String {
    let parts = [("_median", ", median"), ("_p90", ", nine in ten within")];
    let end = parts.iter().find_map(|(end, words)| Some((measure.strip_suffix(end)?, *words)));
    let (begins, ends) = end.unwrap_or((measure, ""));
    format!("{}{ends}", begins.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(measure: &'static str, day: &str, value: f64) -> Figure {
        Figure { part: "days", subject: day.to_owned(), measure, value: Some(value), n: 1, unit: "candidates" }
    }

    #[test]
    fn bars_and_sparklines_have_the_heights_of_their_counts() {
        assert_eq!(sparkline(&[0.0, 1.0, 8.0, 4.0]), " ▁█▄");
        assert_eq!((bar(0.5, 4), bar(1.0, 2), bar(0.0, 4), bar(0.3, 4)), ("██".into(), "██".into(), String::new(), "█▎".into()));
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn days_without_anything_are_nought_and_a_long_time_is_told_in_weeks() {
        let some =
            [figure("completed", "2026-11-01", 2.0), figure("completed", "2026-11-04", 1.0), figure("ready", "2026-11-05", 3.0)];
        let series = daily(&some);
        assert_eq!(series.iter().map(|one| one.measure).collect::<Vec<_>>(), ["completed", "ready"]);
        assert_eq!(series[0].counts, [2.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(series[0].words, "completed: 3 from 2026-11-01 to 2026-11-05, at most 2 a day");
        let long = daily(&[figure("completed", "2026-01-01", 1.0), figure("completed", "2026-12-31", 1.0)]);
        assert_eq!(long[0].counts.len(), 53);
        assert!(daily(&[]).is_empty());
    }
}
