//! Reads a rubric from TOML and reports every mistake in it at once.

mod extras;
mod places;
mod questions;
mod settings;
#[cfg(test)]
mod tests;

use toml::de::DeTable;

pub use crate::form::line_and_column;
pub(crate) use questions::{LEAST_WEIGHT, MOST_WEIGHT};

use self::places::Places;
use super::lint;
use super::model::Rubric;
use super::settings::Preset;
use crate::form::{Complaints, Form};
use crate::interview::{Problem, Severity};
use crate::text::SafeText;

/// The format that this program reads.
const FORMAT: i64 = 1;
/// Bytes; the longest rubrics that people write have a tenth of it.
const LONGEST: usize = 1 << 20;

/// A rubric that can be used, and what is worth a second look in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The rubric.
    pub rubric: Rubric,
    /// What a person who designs rubrics would ask about; each with its line.
    pub warnings: Vec<Problem>,
}

/// Everything that there is to say about a rubric's file.
#[derive(Clone, PartialEq, Debug)]
pub struct Checked {
    /// The rubric; there also where only something in it is wrong, and then not to be used.
    pub rubric: Option<Rubric>,
    /// Mistakes, then what is worth a second look, each in the order of the file.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// Whether the rubric can be used.
    pub fn is_right(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

impl Rubric {
    /// Reads a rubric. `file_name` is what the problems call it.
    ///
    /// # Errors
    ///
    /// Returns all mistakes of the file in its order, each with line and column, reason and remedy.
    pub fn read(file_name: &str, text: &str) -> Result<Reading, Vec<Problem>> {
        let checked = Rubric::check(file_name, text);
        let is_right = checked.is_right();
        match checked.rubric {
            Some(rubric) if is_right => Ok(Reading { rubric, warnings: checked.problems }),
            _ => Err(checked.problems.into_iter().filter(|problem| problem.severity != Severity::Warning).collect()),
        }
    }

    /// Says everything about a rubric's file: its mistakes, and the weaknesses of what could be read in spite of them.
    pub fn check(file_name: &str, text: &str) -> Checked {
        if text.len() > LONGEST {
            let reason = format!("the file has {} bytes, and a rubric has at most {LONGEST}", text.len());
            let problem = Problem::fatal(file_name, "line 1, column 1", &reason, "name a rubric, or shorten it").coded("too-long");
            return Checked { rubric: None, problems: vec![problem] };
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (document, syntax) = DeTable::parse_recoverable(text);
        let complaints = Complaints::new(file_name, text, syntax);
        let root = Form::new("the rubric".into(), 0, document.get_ref(), &complaints);
        let rubric = rubric(&root);
        let (mistakes, warnings) = complaints.into_parts();
        Checked { rubric, problems: [mistakes, warnings].concat() }
    }
}

/// Everything in the file; none where what it stands on cannot be read, which is then complained of.
fn rubric(root: &Form<'_>) -> Option<Rubric> {
    format(root);
    root.require("id", "add id = \"support-engineer-screen\"");
    root.require("version", "add version = \"1.0.0\"");
    root.require("title", "add title = \"…\", as people call it");
    let mut places = Places::default();
    let id = root.slug("id");
    let version = version(root);
    let title = root.text("title").unwrap_or_default();
    let language = language(root);
    let job_analysis = root.text("job_analysis");
    let deadline_hours = root.count("deadline_hours", 1..=8760);
    places.root(root);
    let scale = settings::scale(root);
    let preset = settings::preset(root);
    let policy = settings::policy(root, preset);
    let protocol = settings::protocol(root, preset);
    let (questions, has_all) = questions::questions(root, &scale, &mut places);
    let must_haves = extras::must_haves(root, &questions);
    let anchor_clips = extras::anchor_clips(root, &questions, &scale);
    let freeze = extras::freeze(root);
    root.finish();
    let is_named = id.is_some() && version.is_some();
    let rubric = Rubric {
        // What has no name yet is checked like any other, and not given out.
        id: id.unwrap_or_else(|| "unnamed".parse().expect("a word is a slug")),
        version: version.unwrap_or_default(),
        title,
        language,
        job_analysis,
        deadline_hours,
        scale,
        policy,
        protocol,
        questions,
        must_haves,
        anchor_clips,
        freeze,
    };
    calibration_has_clips(root, &rubric);
    gap_can_be_reached(root, &rubric);
    still_as_frozen(root, &rubric);
    // Of a question that could not be read nothing is known: how many there are, and how long all take, cannot be said then.
    let has_all = has_all && !root.out.is_broken();
    for finding in lint::lint(&rubric) {
        let counts = finding.subject.question.is_none() && finding.subject.part == lint::Part::Whole;
        if has_all || !counts {
            root.out.warning(places.of(&finding.subject), finding.code, &finding.reason, &finding.remedy);
        }
    }
    is_named.then_some(rubric)
}

fn format(root: &Form<'_>) {
    root.require("format", "add format = 1 as the first line");
    let Some(format) = root.whole("format", 1..=i64::from(u16::MAX)) else { return };
    if format != FORMAT {
        let reason = format!("the rubric has format {format}, and this program reads format {FORMAT}");
        root.error("format", &reason, "update earmark, or write the rubric in format 1");
    }
}

fn version(root: &Form<'_>) -> Option<SafeText> {
    let version = root.text("version")?;
    if is_semantic(version.as_str()) {
        return Some(version);
    }
    let reason = format!("`version` is \"{}\", which is no semantic version", version.as_str());
    root.error("version", &reason, "write major.minor.patch, such as \"2.1.0\"");
    None
}

/// The language that the rubric is written in.
fn language(root: &Form<'_>) -> Option<SafeText> {
    let tag = root.text("language")?;
    if is_tag(tag.as_str()) {
        return Some(tag);
    }
    let reason = format!("`language` is \"{}\", which is no language tag", tag.as_str());
    root.error("language", &reason, "write a tag of BCP 47, such as \"en\" or \"de-AT\"");
    None
}

/// Whether a text is built as BCP 47 says: a language of two or three letters, then parts of up to eight letters and digits.
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_language =
        parts.next().is_some_and(|first| matches!(first.len(), 2 | 3) && first.bytes().all(|b| b.is_ascii_alphabetic()));
    is_language && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether a text is a version as semver.org describes it: three numbers, then perhaps `-pre.1` and `+build`.
fn is_semantic(version: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let number = |part: &str| {
        part.len() <= 9 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let dotted = |text: Option<&str>, fits: &dyn Fn(&str) -> bool| text.is_none_or(|text| text.split('.').all(fits));
    let pre_part = |text: &str| part(text) && (number(text) || !text.bytes().all(|b| b.is_ascii_digit()));
    let (rest, build) = version.split_once('+').map_or((version, None), |(rest, build)| (rest, Some(build)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
    core.split('.').count() == 3 && core.split('.').all(number) && dotted(pre, &pre_part) && dotted(build, &part)
}

/// The audit preset requires calibration; elsewhere it takes place where clips exist.
fn calibration_has_clips(root: &Form<'_>, rubric: &Rubric) {
    let Some(calibration) = &rubric.protocol.calibration else {
        if rubric.protocol.preset == Preset::Audit {
            root.error("protocol", "the preset audit requires calibration, and it is off", "remove calibration = \"off\"");
        }
        return;
    };
    let clips = rubric.anchor_clips.len();
    let wanted = calibration.clips as usize;
    if clips >= wanted {
        return;
    }
    let reason = format!("calibration asks for {wanted} clips, and there are {clips}");
    if rubric.protocol.preset == Preset::Audit {
        root.out.missing(root.place("protocol"), &reason, "add [[anchor_clip]], or choose another preset");
    } else if clips > 0 {
        root.out.warning(root.place("anchor_clip"), "clips-missing", &reason, "add [[anchor_clip]], or lower `clips`");
    }
}

/// A disagreement that the scale has no room for is never reconciled.
fn gap_can_be_reached(root: &Form<'_>, rubric: &Rubric) {
    let (gap, width) = (rubric.policy.disagreement_gap, f64::from(rubric.scale.max) - f64::from(rubric.scale.min));
    if gap > width {
        let reason = format!("a disagreement counts from {gap} points on, and the scale is {width} wide: none ever does");
        root.out.warning(root.place("policy"), "gap-out-of-reach", &reason, "lower disagreement_gap in [policy]");
    }
}

/// A frozen rubric cannot change under a score.
fn still_as_frozen(root: &Form<'_>, rubric: &Rubric) {
    if !root.out.none() {
        return;
    }
    for difference in rubric.changes_since_freeze() {
        let remedy = "restore the frozen text; or remove [freeze], give it a new version and freeze that";
        root.out.coded(root.place("freeze"), "frozen", &difference.reason(), remedy);
    }
}
