//! How far a long piece of work is.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::interview::Headway;
use crate::text::SafeText;

/// A bar on standard error; nothing where that is no terminal.
pub struct Progress(ProgressBar);

/// The words beside a bar, for another thread.
#[derive(Clone)]
pub struct Beside(ProgressBar);

impl Beside {
    /// Shows words in the place of the bar, or the bar again.
    pub fn rest(&self, words: Option<&str>) {
        self.0.set_style(if words.is_some() { resting() } else { going() });
        self.0.set_message(words.unwrap_or_default().to_owned());
        self.0.tick();
    }

    /// Says something beside the bar.
    pub fn say(&self, text: &SafeText) {
        self.0.set_message(text.fit(40).into_owned());
    }
}

impl Progress {
    pub(super) fn new(what: &str, total: u64, visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}").expect("the template is right");
        let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style.progress_chars("=> "));
        bar.set_prefix(what.to_owned());
        Progress(bar)
    }

    /// A bar that also says how long it will take, once something is done.
    pub(super) fn with_time(what: &str, total: u64, visible: bool) -> Self {
        let bar = Progress::new(what, total, visible);
        let left = |state: &ProgressState, to: &mut dyn Write| {
            let _ = to.write_str(&time_left(state.pos(), state.len(), state.eta()));
        };
        let style = ProgressStyle::with_template("{prefix} [{bar:24}] {pos}/{len} {left}").expect("the template is right");
        bar.0.set_style(style.with_key("left", left).progress_chars("=> "));
        bar
    }

    /// A bar of bytes, with the rate and the time that is left.
    pub(super) fn of_bytes(what: &str, visible: bool) -> Self {
        let bar = Progress::new(what, 0, visible);
        let template = "{prefix} [{bar:24}] {bytes}/{total_bytes} {bytes_per_sec} {eta} left {msg}";
        let style = ProgressStyle::with_template(template).expect("the template is right");
        bar.0.set_style(style.progress_chars("=> "));
        bar
    }

    /// A bar of bytes of which it is not settled beforehand how many come; `pace` says the rest.
    pub(super) fn of_files(what: &str, visible: bool) -> Self {
        let bar = Progress::new(what, 0, visible);
        bar.0.set_style(going());
        bar
    }

    /// Shows how many bytes have come of how many, in words too; while it rests, the words alone.
    pub fn pace(&self, (came, of): (u64, Option<u64>), words: &SafeText, rests: bool) {
        self.0.set_style(if rests { resting() } else { going() });
        // Nothing of something is an empty bar; nothing of nothing would be a full one.
        self.0.set_length(of.unwrap_or_default().max(1));
        self.0.set_position(if of.is_some() { came } else { 0 });
        self.0.set_message(words.to_string());
    }

    /// The words beside it, for another thread.
    pub fn beside(&self) -> Beside {
        Beside(self.0.clone())
    }

    /// Says something beside the bar.
    pub fn say(&self, text: &SafeText) {
        self.beside().say(text);
    }

    /// Shows how far a work is that is done row by row.
    pub fn show(&self, headway: &Headway) {
        self.0.set_prefix(headway.doing);
        self.0.set_length(headway.of);
        self.0.set_message(format!("rows{}", headway.pace_in_words()));
        self.0.set_position(headway.done);
    }

    /// Says something above the bar.
    pub fn suspend(&self, say: impl FnOnce()) {
        self.0.suspend(say);
    }

    /// Takes the bar away, so that something can be said in its place.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }

    /// Says that one more step is done, and which one comes next.
    pub fn step(&self, next: &SafeText) {
        self.0.set_message(next.fit(40).into_owned());
        self.0.inc(1);
    }

    /// Says that so many more steps are done.
    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Shows that all steps are done, and what is still to come before the work ends.
    pub fn done(&self, next: &SafeText) {
        self.0.set_message(next.fit(40).into_owned());
        // Steps are drawn a few times a second at the most: without this the last ones would not show.
        self.0.finish();
    }

    /// Corrects the number of steps.
    pub fn set_total(&self, total: u64) {
        self.0.set_length(total);
    }
}

fn going() -> ProgressStyle {
    ProgressStyle::with_template("{prefix} [{bar:16}] {msg}").expect("the template is right").progress_chars("=> ")
}

fn resting() -> ProgressStyle {
    ProgressStyle::with_template("{prefix} {msg}").expect("the template is right")
}

/// How long it will take still, once something is done, and as long as something is left.
fn time_left(done: u64, of: Option<u64>, left: Duration) -> String {
    match of {
        Some(of) if done > 0 && done < of => format!("about {} left", HumanDuration(left)),
        _ => String::new(),
    }
}

/// A number of bytes as people read it.
pub fn human_bytes(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// The bar goes when the work ends, however it ends.
impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_will_take_is_said_once_something_is_done() {
        let left = |done| time_left(done, Some(200), Duration::from_secs(180));
        assert_eq!([left(0), left(23), left(200)], ["", "about 3 minutes left", ""]);
    }

    #[test]
    fn a_bar_that_is_done_stands_at_its_end_whatever_was_counted() {
        let bar = Progress::new("Making", 0, false);
        bar.set_total(32);
        (0..30).for_each(|_| bar.step(&SafeText::default()));
        bar.done(&"the last things".into());
        assert_eq!((bar.0.position(), bar.0.length(), bar.0.is_finished()), (32, Some(32), true));
    }
}
