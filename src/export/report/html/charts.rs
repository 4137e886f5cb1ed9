//! Charts as inline SVG, each with a text that says the same.

use std::fmt::Arguments;

use super::build::Html;

/// How wide a chart is in its own units.
const WIDTH: f64 = 200.0;

/// A value between the ends of a scale, with its interval and a mark to compare it with.
pub(super) struct Bar<'a> {
    /// The scale's ends.
    pub(super) ends: (f64, f64),
    pub(super) value: f64,
    pub(super) interval: Option<(f64, f64)>,
    /// What it is compared with.
    pub(super) beside: Option<f64>,
    /// The same in words.
    pub(super) words: &'a str,
}

/// Draws a value as a bar, its interval as a line, and what it is compared with as a stroke.
pub(super) fn bar(html: &mut Html, bar: &Bar) {
    let at = |value: f64| {
        let share = (value - bar.ends.0) / (bar.ends.1 - bar.ends.0);
        // Whole numbers are as exact as the eye, and shorter: a page of fifty candidates has thousands.
        if share.is_finite() { (share.clamp(0.0, 1.0) * WIDTH).round() } else { 0.0 }
    };
    picture(html, "bar", (WIDTH, 16.0), bar.words, |html| {
        path(html, "value", format_args!("M0 4H{}V12H0z", number(at(bar.value))));
        if let Some((low, high)) = bar.interval {
            let (low, high) = (number(at(low)), number(at(high)));
            path(html, "interval", format_args!("M{low} 8H{high}M{low} 4V12M{high} 4V12"));
        }
        if let Some(beside) = bar.beside {
            // A narrow area and no stroke, so that the style can outline it: against the bar's own colour it would hardly be seen.
            path(html, "beside", format_args!("M{} 1h3V15h-3z", number((at(beside) - 1.0).clamp(0.0, WIDTH - 3.0))));
        }
    });
}

/// Draws counts one beside the other.
pub(super) fn columns(html: &mut Html, counts: &[f64], words: &str) {
    let most = counts.iter().copied().fold(1.0, f64::max);
    let step = WIDTH / counts.len().max(1) as f64;
    picture(html, "spark", (WIDTH, 32.0), words, |html| {
        let column = |(nth, count): (usize, &f64)| {
            let [left, top, width] = [nth as f64 * step, 32.0 - count / most * 30.0, (step - 1.0).max(0.5)].map(number);
            format!("M{left} 32V{top}h{width}V32z")
        };
        let columns: String = counts.iter().enumerate().map(column).collect();
        path(html, "value", format_args!("{columns}"));
    });
}

fn picture(html: &mut Html, class: &'static str, (width, height): (f64, f64), words: &str, inner: impl FnOnce(&mut Html)) {
    let frame = format!("0 0 {} {}", number(width), number(height));
    let attributes =
        [("class", class), ("viewBox", &frame), ("role", "img"), ("aria-label", words), ("preserveAspectRatio", "none")];
    html.within("svg", &attributes, inner);
}

/// One path for all that looks alike: a page of fifty candidates has hundreds of charts.
fn path(html: &mut Html, class: &str, drawn: Arguments<'_>) {
    html.within("path", &[("class", class), ("d", &drawn.to_string())], |_| {});
}

/// As few digits as draw it.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    format!("{}", rounded + 0.0)
}
