//! Reads captions: WebVTT, SRT and SBV.
//!
//! One reader for all three, because files mix them: a `.srt` with a point before the milliseconds, a `.vtt` without its first
//! line. A line with `-->` begins a cue wherever it stands; text without times belongs to the cue before it.

use super::Faults;
use super::markup;
use super::raw::{Raw, RawCue};
use crate::interview::Problem;

/// Whether the text begins as WebVTT must.
pub(super) fn has_signature(text: &str) -> bool {
    text.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']))
}

/// Whether there is a line with times near the start.
pub(super) fn has_times(text: &str) -> bool {
    text.lines().take(200).any(|line| timing(line).is_some_and(|timing| timing.times.is_some()))
}

/// Reads captions. Times are seconds.
pub(super) fn read(text: &str, faults: &mut Faults<'_>) -> Result<Raw, Problem> {
    let mut reader = Reader::default();
    let text = text.trim_start();
    let is_webvtt = has_signature(text);
    if is_webvtt {
        reader.state = State::Header;
    }
    for (i, line) in text.lines().enumerate() {
        reader.line(i + 1, line.trim());
    }
    reader.blank();
    reader.end_cue();
    if !is_webvtt && !reader.has_times {
        let remedy = "export it again as SRT or WebVTT; name it .txt if it is plain text";
        return Err(faults.refused("the file", "no line says when something was said", remedy));
    }
    if !is_webvtt && faults.file.to_ascii_lowercase().ends_with(".vtt") {
        faults.warn("line 1", "the file does not begin with WEBVTT", "read all the same; mend it where it was made");
    }
    let reason = "this line's times cannot be read; its words were placed between their neighbours";
    faults.warn_of_all(&reader.unreadable, reason, "write times as 00:01:02.345 --> 00:01:04.000");
    let reason = "this text has no times of its own; it was added to the caption before it";
    faults.warn_of_all(&reader.untimed, reason, "add a line with its times");
    Ok(reader.raw)
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// After `WEBVTT`, up to the first empty line.
    Header,
    /// Before a cue's times.
    #[default]
    Between,
    /// In a comment, a style or a region.
    Skipping,
    /// In a cue's text.
    Payload,
}

#[derive(Default)]
struct Reader {
    state: State,
    raw: Raw,
    /// Times of the open cue.
    times: Option<(f64, f64)>,
    open: bool,
    rolls: bool,
    payload: Vec<String>,
    /// Lines since the last empty one that belong to nothing yet, and the first one's number.
    loose: Vec<String>,
    loose_from: usize,
    /// The last line of the cue before, for captions that roll.
    last_line: String,
    has_times: bool,
    unreadable: Vec<String>,
    untimed: Vec<String>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        if line.is_empty() {
            self.blank();
            self.state = State::Between;
        } else if self.state == State::Header && !line.contains("-->") {
            if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("language")) {
                self.raw.language = Some(value.trim().to_owned());
            }
        } else if self.state == State::Skipping {
        } else if let Some(timing) = timing(line) {
            self.begin_cue(number, &timing);
        } else if self.state == State::Payload {
            self.payload.push(line.to_owned());
        } else if self.loose.is_empty() && begins_aside(line) {
            self.state = State::Skipping;
        } else {
            if self.loose.is_empty() {
                self.loose_from = number;
            }
            self.loose.push(line.to_owned());
        }
    }

    fn begin_cue(&mut self, number: usize, timing: &Timing) {
        // The line before the times is a cue's number or name. Without an empty line before it, only a number can be one.
        match self.state {
            State::Payload if self.payload.last().is_some_and(|line| is_number(line)) => drop(self.payload.pop()),
            State::Payload => {}
            _ => drop(self.loose.pop()),
        }
        self.blank();
        self.end_cue();
        if timing.times.is_none() {
            self.unreadable.push(format!("line {number}"));
        }
        self.has_times |= timing.times.is_some();
        (self.times, self.rolls, self.open) = (timing.times, timing.rolls, true);
        self.state = State::Payload;
    }

    /// Lines that no times followed are text of the cue before.
    fn blank(&mut self) {
        if self.loose.first().is_some_and(|line| is_number(line)) {
            self.loose.remove(0);
        }
        if self.loose.is_empty() {
            return;
        }
        self.untimed.push(format!("line {}", self.loose_from));
        self.payload.append(&mut self.loose);
        self.open = true;
    }

    fn end_cue(&mut self) {
        let mut lines = std::mem::take(&mut self.payload);
        if !std::mem::take(&mut self.open) {
            return;
        }
        if self.rolls {
            // Each caption of a rolling pair shows the line before once more.
            let seen = |line: &String| markup::plain(line) == self.last_line;
            if !self.last_line.is_empty() && lines.first().is_some_and(seen) {
                lines.remove(0);
            }
        }
        if let Some(last) = lines.last() {
            self.last_line = markup::plain(last);
        }
        let times = self.times.take();
        let (start, end) = (times.map(|(start, _)| start), times.map(|(_, end)| end));
        for part in markup::parts(&lines.join("\n"), start) {
            self.raw.cues.push(RawCue { start, end, ..part });
        }
    }
}

/// Whether a block holds no speech: a comment, a style sheet, a region, a heading of SubViewer.
fn begins_aside(line: &str) -> bool {
    let headings = ["STYLE", "REGION", "[INFORMATION]", "[END INFORMATION]", "[SUBTITLE]", "[END SUBTITLE]"];
    line.split([' ', '\t']).next() == Some("NOTE") || headings.contains(&line)
}

fn is_number(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_digit())
}

/// A line that begins a cue.
struct Timing {
    /// Start and end in seconds; none where they cannot be read.
    times: Option<(f64, f64)>,
    /// Whether the caption rolls, as those that are made while people speak do.
    rolls: bool,
}

fn timing(line: &str) -> Option<Timing> {
    if let Some((from, rest)) = line.split_once("-->") {
        let mut rest = rest.split_whitespace();
        let times = rest.next().and_then(|to| Some((time(from.trim())?, time(to)?)));
        let settings: Vec<&str> = rest.collect();
        let rolls = settings.contains(&"align:start") && settings.contains(&"position:0%");
        return Some(Timing { times, rolls });
    }
    // SBV has one comma between two times and nothing else.
    let (from, to) = line.split_once(',').filter(|(from, to)| from.contains(':') && to.contains(':'))?;
    Some(Timing { times: Some((time(from)?, time(to)?)), rolls: false })
}

/// Seconds of `[hours:]minutes:seconds[.|,fraction]`.
pub(super) fn time(text: &str) -> Option<f64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || !parts.iter().chain([&fraction]).all(|part| digits(part)) {
        return None;
    }
    let whole = parts.iter().try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    Some(whole + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_minutes_and_seconds_at_least() {
        let rows = [("00:01.500", 1.5), ("1:02:03,25", 3723.25), ("0:0:3.540", 3.54), ("100:00:00.000", 360_000.0), ("00:07", 7.0)];
        for (text, seconds) in rows {
            assert_eq!(time(text), Some(seconds), "{text}");
        }
        for text in ["", "7", "00:00:1d.890", "00:00:11:890", "-0:01", "0:01.", "1:2:3:4", "０:01"] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
