//! How many, how long, how heavy.

use crate::text::many;
use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::{Finding, Part, Said, Subject};
use crate::rubric::model::{Criterion, Question, Rubric};

const QUESTIONS: RangeInclusive<usize> = 4..=6;
const MOST_CRITERIA: usize = 4;
const THINK_SECONDS: RangeInclusive<u32> = 30..=90;
const ANSWER_SECONDS: RangeInclusive<u32> = 60..=180;
const DEADLINE_HOURS: RangeInclusive<u32> = 48..=72;
const LONGEST_SECONDS: u64 = 18 * 60;
const MOST_POINTS: i32 = 7;
/// Of the mean weight; below it a criterion from worst to best moves the total less than a point of an average one.
const LEAST_OF_MEAN: f64 = 0.25;
const MOST_OF_TOTAL: f64 = 0.5;

pub(super) fn question_count(rubric: &Rubric) -> Said {
    let count = rubric.questions.len();
    let odd = !QUESTIONS.contains(&count);
    odd.then(|| (Part::Whole, many(count, "question"), "four to six questions tell enough and are still answered"))
}

pub(super) fn total_length(rubric: &Rubric) -> Said {
    let seconds =
        |question: &Question| u64::from(question.think_seconds.unwrap_or(0)) + u64::from(question.answer_seconds.unwrap_or(0));
    let total: u64 = rubric.questions.iter().map(seconds).sum();
    let text = || format!("thinking and answering take {} min {} s in all", total / 60, total % 60);
    (total > LONGEST_SECONDS).then(|| (Part::Whole, text(), "keep it within 18 minutes; more people then finish"))
}

const DEADLINE_REMEDY: &str = "give 48 to 72 hours: enough for people with shifts and children, short enough to stay in mind";

pub(super) fn deadline(rubric: &Rubric) -> Said {
    let hours = rubric.deadline_hours.filter(|hours| !DEADLINE_HOURS.contains(hours))?;
    Some((Part::Key("deadline_hours"), format!("candidates have {hours} h to answer"), DEADLINE_REMEDY))
}

/// What is weak in the time that candidates had, from each one's invitation to the deadline; nothing where it is right.
pub fn deadlines(had: impl IntoIterator<Item = (Timestamp, Timestamp)>) -> Option<Finding> {
    // An invitation that went out some minutes late is no other deadline.
    let range = f64::from(*DEADLINE_HOURS.start()) - 1.0..=f64::from(*DEADLINE_HOURS.end()) + 1.0;
    let hours = had.into_iter().map(|(invited, until)| until.duration_since(invited).as_secs_f64() / 3600.0);
    let (right, wrong): (Vec<f64>, Vec<f64>) = hours.partition(|hours| range.contains(hours));
    let (least, most) = (wrong.iter().copied().fold(f64::MAX, f64::min), wrong.iter().copied().fold(f64::MIN, f64::max));
    let span = if most - least < 1.0 { format!("{least:.0} h") } else { format!("{least:.0} to {most:.0} h") };
    let reason = format!("{} of {} candidates had {span} to answer", wrong.len(), right.len() + wrong.len());
    let subject = Subject { question: None, criterion: None, part: Part::Key("deadline") };
    (!wrong.is_empty()).then(|| Finding { code: "deadline", subject, reason, remedy: DEADLINE_REMEDY.into() })
}

pub(super) fn scale_points(rubric: &Rubric) -> Said {
    let points = i32::from(rubric.scale.max) - i32::from(rubric.scale.min) + 1;
    let said = || format!("the scale has {points} points");
    (points > MOST_POINTS).then(|| (Part::Key("scale"), said(), "five points are told apart, seven at most"))
}

pub(super) fn criteria_count(question: &Question) -> Said {
    let count = question.criteria.len();
    let said = || format!("question \"{}\" has {count} criteria", question.id);
    (count > MOST_CRITERIA).then(|| (Part::Whole, said(), "rate at most four in one answer"))
}

/// What questions of structured interviews ask for.
const TYPES: [&str; 3] = ["past-behaviour", "situational", "work-sample"];

pub(super) fn question_type(question: &Question) -> Said {
    let category = question.category.as_ref().filter(|category| !TYPES.contains(&category.as_str()))?;
    let said = format!("question \"{}\" is of the type \"{}\", which is none that is known", question.id, category.as_str());
    Some((Part::Key("type"), said, "write past-behaviour, situational or work-sample, or leave it out"))
}

pub(super) fn think_time(question: &Question) -> Said {
    let seconds = question.think_seconds.filter(|seconds| !THINK_SECONDS.contains(seconds))?;
    let said = format!("question \"{}\" gives {seconds} s to think", question.id);
    Some((Part::Key("think_seconds"), said, "give 30 to 90 seconds"))
}

pub(super) fn answer_limit(question: &Question) -> Said {
    let seconds = question.answer_seconds.filter(|seconds| !ANSWER_SECONDS.contains(seconds))?;
    let said = format!("question \"{}\" gives {seconds} s to answer", question.id);
    Some((Part::Key("answer_seconds"), said, "give 60 to 180 seconds"))
}

pub(super) fn no_retake(question: &Question) -> Said {
    let said = || format!("question \"{}\" cannot be recorded again", question.id);
    let none = question.retakes == Some(0);
    none.then(|| (Part::Key("retakes"), said(), "allow one retake: nerves are not what is measured"))
}

/// All weights together, and how many there are.
fn weights(rubric: &Rubric) -> (f64, usize) {
    rubric.criteria().fold((0.0, 0), |(total, count), (_, criterion)| (total + criterion.weight, count + 1))
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 1.0 { "less than 1%".into() } else { format!("{percent:.0}%") }
}

pub(super) fn negligible_weight(criterion: &Criterion, rubric: &Rubric) -> Said {
    let (total, count) = weights(rubric);
    let is_small = criterion.weight < LEAST_OF_MEAN * total / count as f64;
    let said =
        || format!("\"{}\" is {} of the total: it decides nothing", criterion.name.as_str(), percent(criterion.weight / total));
    is_small.then(|| (Part::Key("weight"), said(), "raise its weight, or leave it out and spare the reviewers the work"))
}

pub(super) fn dominant_weight(criterion: &Criterion, rubric: &Rubric) -> Said {
    let (total, count) = weights(rubric);
    let share = criterion.weight / total;
    let said = || format!("\"{}\" is {} of the total, more than all others together", criterion.name.as_str(), percent(share));
    let is_large = count > 2 && share > MOST_OF_TOTAL;
    is_large.then(|| (Part::Key("weight"), said(), "lower its weight: the other criteria cannot make up for it"))
}
