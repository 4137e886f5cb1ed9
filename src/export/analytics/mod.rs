//! The analytics table: the funnel, times, how the questions did, how far the review is. Never a word about one candidate.

pub mod lines;
pub mod series;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::column::{About, Column, Kind, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{AnswerState, ReviewerId, Status, Submission};
use crate::panel::{Panel, Scheme, Statistic, questions, sealed_ratings};
use crate::protocol::{Others, is_on_panel, is_ready};
use crate::scorecard::{HeardShare, Material, Place, Work};
use crate::text::SafeText;

/// One figure of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// `funnel`, `times`, `questions`, `criteria`, `review` or `days`.
    pub part: &'static str,
    /// The question, `QUESTION.CRITERION`, reviewer or day that it is about; empty for the batch.
    pub subject: String,
    /// What is measured.
    pub measure: &'static str,
    /// The figure, as `unit` says; none where it cannot be said.
    pub value: Option<f64>,
    /// How many observations it rests on.
    pub n: usize,
    /// What it counts or measures.
    pub unit: &'static str,
}

type OfRow = for<'a> fn(&'a Figure) -> Cell;

const COLUMNS: &[Column<OfRow>] = &[
    column("part", Kind::Word, "", "funnel, times, questions, criteria, review or days", |row| Cell::word(row.part)),
    column(
        "subject",
        Kind::Id,
        "",
        "the question, QUESTION.CRITERION, reviewer or day that it is about; empty for the batch",
        |row| {
            if row.subject.is_empty() { Cell::Empty } else { Cell::Id(row.subject.clone()) }
        },
    ),
    column("measure", Kind::Word, "", "what is measured", |row| Cell::word(row.measure)),
    column("value", Kind::Number, "as unit says", "the figure; empty where it cannot be said", |row| Cell::number(row.value)),
    column("n", Kind::Integer, "observations", "how many it rests on", |row| Cell::count(Some(row.n))),
    column("unit", Kind::Word, "", "what the figure counts or measures", |row| Cell::word(row.unit)),
];

/// What the analytics table's columns hold, in their order.
pub(super) fn analytics_columns() -> Vec<About> {
    COLUMNS.iter().map(Column::about).collect()
}

/// All figures of a batch, as far as the viewer may know them; `places` is how many can be met, where that was said, and `called` says
/// what a reviewer is called.
pub fn figures(sources: &Sources, places: Option<usize>, called: &dyn Fn(ReviewerId) -> SafeText) -> Vec<Figure> {
    let mut figures = Figures::default();
    figures.funnel(sources);
    figures.times(sources);
    figures.questions(sources);
    figures.criteria(sources, places);
    figures.review(sources, called);
    figures.days(sources);
    figures.rows
}

/// Figures of the whole batch, as far as the viewer may know them.
pub(super) fn analytics(sources: &Sources) -> Exported {
    let names = sources.visible.pseudonyms();
    let rows = figures(sources, None, &|reviewer| names.get(&reviewer).cloned().unwrap_or_default());
    let columns = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let rows = rows.iter().map(|row| COLUMNS.iter().map(|column| (column.cell)(row)).collect()).collect();
    let table = Table { name: "analytics".to_owned(), columns, rows };
    Exported { table, left_out: sources.left_out(), not_ready: Vec::new() }
}

#[derive(Default)]
struct Figures {
    rows: Vec<Figure>,
}

impl Figures {
    fn add(&mut self, part: &'static str, subject: &str, measure: &'static str, value: Option<f64>, n: usize, unit: &'static str) {
        self.rows.push(Figure { part, subject: subject.to_owned(), measure, value, n, unit });
    }

    fn count(&mut self, part: &'static str, subject: &str, measure: &'static str, count: usize, of: usize, unit: &'static str) {
        self.add(part, subject, measure, Some(count as f64), of, unit);
    }

    /// A statistic, with how many it rests on.
    fn statistic(&mut self, part: &'static str, subject: &str, measure: &'static str, statistic: &Statistic, unit: &'static str) {
        let n = if let Statistic::Known(known) = statistic { known.n } else { 0 };
        self.add(part, subject, measure, statistic.value(), n, unit);
    }

    /// The middle and the ninth tenth of some lengths of time.
    fn spans(&mut self, measures: [&'static str; 2], mut hours: Vec<f64>) {
        // What ended before it began was timed by clocks that differ: how long it took is not known.
        hours.retain(|hours| *hours >= 0.0);
        hours.sort_by(f64::total_cmp);
        for (measure, part) in measures.into_iter().zip([0.5, 0.9]) {
            self.add("times", "", measure, quantile(&hours, part), hours.len(), "hours");
        }
    }

    fn funnel(&mut self, sources: &Sources) {
        let all = &sources.batch.submissions;
        let are = |status: Status| all.iter().filter(|one| one.status == status).count();
        let (completed, withdrawn) = (are(Status::Completed), are(Status::Withdrawn));
        // Who completed had started, also where the platform does not say when.
        let started =
            all.iter().filter(|one| one.started_at.is_some() || matches!(one.status, Status::Started | Status::Completed));
        let invited = all.len();
        self.count("funnel", "", "invited", invited, invited, "candidates");
        self.count("funnel", "", "started", started.count(), invited, "candidates");
        self.count("funnel", "", "completed", completed, invited, "candidates");
        self.count("funnel", "", "expired", are(Status::Expired), invited, "candidates");
        self.count("funnel", "", "withdrawn", withdrawn, invited, "candidates");
        let asked = invited - withdrawn;
        let share = (asked > 0).then(|| completed as f64 / asked as f64);
        self.add("funnel", "", "completed_of_not_withdrawn", share, asked, "share, 0 to 1");
        let decided = sources.batch.submissions.iter().filter(|one| sources.visible.decisions.keys().any(|(id, _)| *id == one.id));
        // What was decided on somebody who was erased cannot be read any more.
        let known = all.iter().filter(|one| !sources.visible.erased.contains_key(&one.candidate.id)).count();
        self.count("funnel", "", "decided", decided.count(), known, "candidates");
        let early = |one: &&Submission| sources.visible.standing(one).iter().any(|(_, decided)| decided.overrides.is_some());
        let early = sources.batch.submissions.iter().filter(early).count();
        self.count("funnel", "", "decided_before_everyone_was_heard", early, known, "candidates");
    }

    fn times(&mut self, sources: &Sources) {
        let between = |from: fn(&Submission) -> Option<Timestamp>, to: &dyn Fn(&Submission) -> Option<Timestamp>| -> Vec<f64> {
            let hours = |one| Some(hours(from(one)?, to(one)?));
            sources.batch.submissions.iter().filter_map(hours).collect()
        };
        let completed = |one: &Submission| one.completed_at;
        self.spans(["invited_to_completed_median", "invited_to_completed_p90"], between(|one| one.invited_at, &completed));
        self.spans(["started_to_completed_median", "started_to_completed_p90"], between(|one| one.started_at, &completed));
        let ready = |one: &Submission| ready_since(sources, one);
        self.spans(["completed_to_ready_median", "completed_to_ready_p90"], between(completed, &ready));
        self.spans(["reviewing_median", "reviewing_p90"], between_seals(sources));
        let decided = |one: &Submission| {
            let all = sources.visible.decisions.iter().filter(|((id, _), _)| *id == one.id);
            all.filter_map(|(_, all)| all.first()).map(|decided| decided.at).min()
        };
        self.spans(["completed_to_decided_median", "completed_to_decided_p90"], between(completed, &decided));
    }

    fn questions(&mut self, sources: &Sources) {
        let seconds = |answer| match sources.materials.get(&answer) {
            Some(Material::Sound { length, .. }) => Some(f64::from(*length) / 1000.0),
            _ => None,
        };
        let limit = |answer| {
            let scored = |asked: &_| sources.rubric.question(sources.visible.rubric_question(asked)?)?.answer_seconds;
            let scored = sources.batch.answer(answer).and_then(|(_, given)| scored(&given.question));
            sources.batch.limit(answer, scored).map(f64::from)
        };
        for one in questions(sources.batch, |candidate| sources.visible.erased.contains_key(&candidate), seconds, limit) {
            let subject = one.question.as_str();
            self.statistic("questions", subject, "answered", &one.completion, "share, 0 to 1");
            self.statistic("questions", subject, "length_median", &one.durations.median, "seconds");
            self.statistic("questions", subject, "at_limit", &one.durations.at_limit, "share, 0 to 1");
            let answers = || sources.batch.submissions.iter().filter_map(|submission| submission.answer_to(&one.question));
            let faulty = answers().filter(|answer| {
                matches!(answer.state, AnswerState::Faulty { .. } | AnswerState::NotHere | AnswerState::NotHandedOut)
            });
            self.count("questions", subject, "faulty_or_not_here", faulty.count(), answers().count(), "answers");
        }
    }

    fn criteria(&mut self, sources: &Sources, places: Option<usize>) {
        let ratings = sealed_ratings(sources.visible, sources.batch, sources.rubric).ratings;
        let panel = Panel::analyse(&ratings, &Scheme::from_rubric(sources.rubric, &sources.rules.policy));
        let against = sources.against(&panel, places).len();
        self.count("review", "", "decided_against_the_ranking", against, panel.ranking.len(), "candidates");
        for item in &panel.items {
            let subject = format!("{}.{}", item.question, item.criterion);
            self.statistic("criteria", &subject, "ease", &item.ease, "share, 0 to 1");
            self.statistic("criteria", &subject, "item_total", &item.item_total, "correlation");
            self.statistic("criteria", &subject, "discrimination", &item.discrimination, "share, -1 to 1");
        }
    }

    fn review(&mut self, sources: &Sources, called: &dyn Fn(ReviewerId) -> SafeText) {
        let visible = sources.visible;
        let running: Vec<&Submission> = crate::panel::in_the_running(visible, sources.batch).collect();
        let ready = running.iter().filter(|one| is_ready(visible, sources.rules, one.id)).count();
        self.count("review", "", "to_review", running.len(), running.len(), "candidates");
        self.count("review", "", "ready", ready, running.len(), "candidates");
        for reviewer in visible.pseudonyms().into_keys() {
            // How far others are is theirs until it may be seen.
            let is_known = reviewer == visible.viewer() || visible.others() == Others::Shown;
            if !is_known || !is_on_panel(visible, reviewer) {
                continue;
            }
            let own = |one: &&&Submission| visible.has_to_review(reviewer, one.id);
            let to_review = running.iter().filter(own).count();
            let sealed = running.iter().filter(own).filter(|one| visible.scorecard_is_sealed(reviewer, one.id)).count();
            let name = called(reviewer);
            self.count("review", name.raw(), "to_review", to_review, running.len(), "candidates");
            self.count("review", name.raw(), "sealed", sealed, to_review, "candidates");
            let load = Load::of(sources, reviewer, running.iter().filter(own).copied());
            self.add("review", name.raw(), "heard_share", load.heard.fraction(), load.answers, "share, 0 to 1");
            self.add("review", name.raw(), "left_to_hear", load.left, load.answers, "minutes of speech");
        }
    }

    /// What came in, was made ready and was decided on which day, by universal time.
    fn days(&mut self, sources: &Sources) {
        let all = || sources.batch.submissions.iter();
        let decided = sources.visible.decisions.values().filter_map(|all| all.first()).map(|decided| decided.at);
        self.each_day("completed", all().filter_map(|one| one.completed_at));
        self.each_day("ready", all().filter_map(|one| ready_since(sources, one)));
        self.each_day("decided", decided);
    }

    fn each_day(&mut self, measure: &'static str, times: impl Iterator<Item = Timestamp>) {
        let mut days: BTreeMap<String, usize> = BTreeMap::new();
        times.for_each(|at| *days.entry(at.strftime("%Y-%m-%d").to_string()).or_default() += 1);
        let of = days.values().sum();
        days.iter().for_each(|(day, count)| self.count("days", day, measure, *count, of, "candidates"));
    }
}

/// Since when a submission is ready: the last seal of all who made it so.
fn ready_since(sources: &Sources, submission: &Submission) -> Option<Timestamp> {
    let visible = sources.visible;
    if !is_ready(visible, sources.rules, submission.id) {
        return None;
    }
    let sealed: Vec<ReviewerId> = visible.sealed_by(submission.id).collect();
    let works = sealed.iter().filter_map(|&reviewer| visible.work(reviewer));
    let seals = works.flat_map(|work| visible.places.of_submission(submission.id).filter_map(|place| work.seal_of(place)));
    seals.map(|seal| seal.at).max()
}

/// What one reviewer has heard and has left to hear.
struct Load {
    answers: usize,
    heard: HeardShare,
    /// Minutes; none where the recordings are not measured.
    left: Option<f64>,
}

impl Load {
    fn of<'a>(sources: &'a Sources, reviewer: ReviewerId, own: impl Iterator<Item = &'a Submission>) -> Self {
        let (visible, none) = (sources.visible, Work::default());
        let work = visible.work(reviewer).unwrap_or(&none);
        let places = own.flat_map(|one| visible.places.of_submission(one.id)).filter(|place| visible.is_due(place));
        let recorded: Vec<(&Place, &Material)> = places
            .filter_map(|place| Some((place, sources.materials.get(&place.answer)?)))
            .filter(|(_, material)| matches!(material, Material::Sound { .. }))
            .collect();
        let share = |(place, material): &(&Place, &Material)| work.heard_share(place.answer, place.revision, material);
        let heard = recorded.iter().map(share).fold(HeardShare::NothingToHear, HeardShare::and);
        let left = match heard {
            HeardShare::Of { heard, present } => Some(f64::from(present.saturating_sub(heard)) / 60_000.0),
            HeardShare::NothingToHear => Some(0.0),
            HeardShare::Unknown => None,
        };
        Load { answers: recorded.len(), heard, left }
    }
}

/// How long each sealed scorecard took, from its first rating to its last seal, in hours.
fn between_seals(sources: &Sources) -> Vec<f64> {
    let visible = sources.visible;
    let of = |one: &Submission| -> Vec<f64> {
        let places: Vec<&Place> = visible.places.of_submission(one.id).collect();
        let works = visible.sealed_by(one.id).filter_map(|reviewer| visible.work(reviewer));
        works.filter_map(|work| reviewing(work, &places)).collect()
    };
    crate::panel::in_the_running(visible, sources.batch).flat_map(of).collect()
}

fn reviewing(work: &Work, places: &[&Place]) -> Option<f64> {
    let ratings = places.iter().flat_map(|place| work.ratings_of(place.answer));
    let first = ratings.map(|(_, rating)| rating.earlier.first().map_or(rating.at, |earlier| earlier.at)).min()?;
    Some(hours(first, places.iter().filter_map(|place| work.seal_of(place)).map(|seal| seal.at).max()?))
}

fn hours(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 3600.0
}

/// The value below which a part of some sorted numbers lies, between its neighbours in a straight line.
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let at = part * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (at - at.floor()))
}
