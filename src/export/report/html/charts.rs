//! Charts as inline SVG, each with a text that says the same.

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
        if share.is_finite() { share.clamp(0.0, 1.0) * WIDTH } else { 0.0 }
    };
    picture(html, "bar", (WIDTH, 16.0), bar.words, |html| {
        rect(html, "track", (0.0, 4.0), (WIDTH, 8.0));
        rect(html, "value", (0.0, 4.0), (at(bar.value), 8.0));
        if let Some((low, high)) = bar.interval {
            line(html, "interval", (at(low), 8.0), (at(high), 8.0));
            [low, high].iter().for_each(|end| line(html, "interval", (at(*end), 4.0), (at(*end), 12.0)));
        }
        if let Some(beside) = bar.beside {
            line(html, "beside", (at(beside), 1.0), (at(beside), 15.0));
        }
    });
}

/// Draws counts one beside the other.
pub(super) fn columns(html: &mut Html, counts: &[f64], words: &str) {
    let most = counts.iter().copied().fold(1.0, f64::max);
    let step = WIDTH / counts.len().max(1) as f64;
    picture(html, "spark", (WIDTH, 32.0), words, |html| {
        for (nth, count) in counts.iter().enumerate() {
            let height = count / most * 30.0;
            rect(html, "value", (nth as f64 * step, 32.0 - height), ((step - 1.0).max(0.5), height));
        }
    });
}

fn picture(html: &mut Html, class: &'static str, (width, height): (f64, f64), words: &str, inner: impl FnOnce(&mut Html)) {
    let frame = format!("0 0 {} {}", number(width), number(height));
    let attributes =
        [("class", class), ("viewBox", &frame), ("role", "img"), ("aria-label", words), ("preserveAspectRatio", "none")];
    html.within("svg", &attributes, inner);
}

fn rect(html: &mut Html, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let [x, y, width, height] = [x, y, width, height].map(number);
    html.within("rect", &[("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)], |_| {});
}

fn line(html: &mut Html, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
    html.within("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)], |_| {});
}

/// As few digits as draw it.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    format!("{}", rounded + 0.0)
}
