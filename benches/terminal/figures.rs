//! Medians, ratios, limits, and whether the machine is quiet enough to judge by.

use std::process::ExitCode;

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// The value that this share of all does not exceed.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let sorted = sorted(values);
    sorted[((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1]
}

pub(crate) fn least(values: &[f64]) -> f64 {
    sorted(values)[0]
}

fn sorted(values: &[f64]) -> Vec<f64> {
    assert!(!values.is_empty(), "something was measured");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Ours beside theirs, round by round: the median of the rounds' ratios, and least by least.
pub(crate) struct Ratio {
    pub(crate) median: f64,
    pub(crate) least: f64,
}

impl Ratio {
    pub(crate) fn of(ours: &[f64], theirs: &[f64]) -> Self {
        let each: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        Ratio { median: median(&each), least: least(ours) / least(theirs) }
    }
}

/// What was to be reached, and what was.
#[derive(Default)]
pub(crate) struct Limits(Vec<Limit>);

struct Limit {
    what: String,
    value: f64,
    most: f64,
    /// Where it is only aimed at, missing it is told and fails nothing.
    must: bool,
}

impl Limits {
    /// `value` must not exceed `most`.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.0.push(Limit { what: what.into(), value, most, must: true });
    }

    /// `value` should not exceed `most`.
    pub(crate) fn aims_at(&mut self, what: impl Into<String>, value: f64, most: f64) {
        self.0.push(Limit { what: what.into(), value, most, must: false });
    }

    /// Prints them; a missed one fails where the machine is quiet.
    pub(crate) fn judge(self) -> ExitCode {
        println!("\nlimits and aims");
        for Limit { what, value, most, must } in &self.0 {
            let how = match (value <= most, must) {
                (true, _) => "kept  ",
                (false, true) => "MISSED",
                (false, false) => "not yet",
            };
            println!("  {how:<7} {what}: {value:.2}, at most {most}");
        }
        let missed = self.0.iter().any(|limit| limit.must && limit.value > limit.most);
        if missed && is_busy() {
            println!("  no verdict: load {}", load_in_words());
            return ExitCode::SUCCESS;
        }
        if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

pub(crate) fn load_in_words() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("{} on {} cores", load.split(' ').next().unwrap_or("?"), cores())
}

fn is_busy() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().and_then(|load| load.parse::<f64>().ok()).is_some_and(|load| load > 1.5 * cores() as f64)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
