//! The wide table: one row for each candidate and application.

use std::collections::{BTreeMap, BTreeSet};

use super::long::rubric_cells;
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{ReviewerId, Submission};
use crate::journal::{Decision, MustHaveAnswer, Recommendation};
use crate::panel::{Panel, Ranked, Scheme, in_the_running, sealed_ratings};
use crate::protocol::{Particulars, is_ready, redact};
use crate::rubric::Rubric;
use crate::scorecard::{HeardShare, Material};
use crate::text::SafeText;

/// The wide table's columns: fixed ones, four for each criterion, one for each must-have.
///
/// `total` is 0 to 100, `mean_points` in points of the scale; their interval and the ranks' come from drawing reviewers anew.
pub fn wide_columns(rubric: &Rubric) -> Vec<String> {
    let fixed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut columns = fixed(&["candidate", "application_system", "application_id", "requisition"]);
    columns.extend(fixed(&["rubric_id", "rubric_version", "scoring_hash", "text_hash", "preset"]));
    columns.extend(fixed(&["reviewers_counted", "reviewers_required", "complete", "status", "coverage"]));
    columns.extend(fixed(&["total", "total_low", "total_high", "mean_points", "spread", "rank", "rank_low", "rank_high"]));
    for (question, criterion) in rubric.criteria() {
        columns.extend(["mean", "min", "max", "n"].map(|figure| format!("{}.{}.{figure}", question.id, criterion.id)));
    }
    columns.extend(fixed(&["largest_disagreement", "largest_disagreement_in", "recommendation"]));
    columns.extend(rubric.must_haves.iter().map(|must_have| format!("must_have.{}", must_have.id)));
    columns.extend(fixed(&["follow_ups", "heard_share"]));
    columns.extend(fixed(&["decision", "decided_by", "decided_at", "decision_reason", "decision_override", "retain_until"]));
    columns
}

/// The wide table of the sealed scorecards that may be seen, ordered by candidate and application.
pub fn wide(sources: &Sources) -> Exported {
    let taken = sealed_ratings(sources.visible, sources.batch, sources.rubric);
    let panel = Panel::analyse(&taken.ratings, &Scheme::from_rubric(sources.rubric, &sources.rules.policy));
    let names = sources.visible.pseudonyms();
    let mut rows = BTreeMap::new();
    for submission in in_the_running(sources.visible, sources.batch) {
        let Some(ranked) = panel.of(&submission.candidate.source_id) else { continue };
        let row = Row { sources, submission, ranked, names: &names, particulars: Particulars::of(&submission.candidate) };
        for application in applications(sources, submission) {
            let key = (submission.candidate.source_id.clone(), application.clone());
            rows.insert(key, row.cells(&application));
        }
    }
    let table = Table { name: "wide".to_owned(), columns: wide_columns(sources.rubric), rows: rows.into_values().collect() };
    Exported { table, left_out: taken.left_out }
}

/// The ATS's record that a row is for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Application {
    id: Option<SafeText>,
    system: Option<SafeText>,
    requisition: Option<SafeText>,
}

/// Those that came with the submission, and those that a person tied to it; one without any when there is none.
fn applications(sources: &Sources, submission: &Submission) -> Vec<Application> {
    let of_batch = || sources.batch.requisition.as_ref().map(|requisition| requisition.id.clone());
    let given = submission.applications.iter().map(|application| Application {
        id: Some(application.id.clone()),
        system: application.system.clone(),
        requisition: application.requisition.clone().or_else(of_batch),
    });
    let mut all: Vec<Application> = given.collect();
    for link in sources.visible.matched.get(&submission.id).into_iter().flatten() {
        if !all.iter().any(|application| application.id.as_ref() == Some(&link.application)) {
            all.push(Application { id: Some(link.application.clone()), system: None, requisition: of_batch() });
        }
    }
    if all.is_empty() {
        all.push(Application { requisition: of_batch(), ..Application::default() });
    }
    all
}

struct Row<'a> {
    sources: &'a Sources<'a>,
    submission: &'a Submission,
    ranked: &'a Ranked,
    names: &'a BTreeMap<ReviewerId, SafeText>,
    particulars: Particulars,
}

impl Row<'_> {
    fn cells(&self, application: &Application) -> Vec<Cell> {
        let id = |id: &Option<SafeText>| id.as_ref().map_or(Cell::Empty, Cell::id);
        let mut row = vec![Cell::id(&self.submission.candidate.source_id)];
        row.extend([id(&application.system), id(&application.id), id(&application.requisition)]);
        row.extend(rubric_cells(self.sources));
        row.extend(self.counted());
        row.extend(self.figures());
        for spread in &self.ranked.criteria {
            let figure = |of: fn(&crate::panel::Spread) -> f64| Cell::number(spread.as_ref().map(of));
            row.extend([figure(|s| s.mean), figure(|s| s.min), figure(|s| s.max)]);
            row.push(Cell::count(Some(spread.map_or(0, |spread| spread.n))));
        }
        row.extend(self.disagreement());
        row.push(self.recommendation());
        row.extend(self.must_haves());
        row.extend([self.follow_ups(), self.heard_share()]);
        row.extend(self.decision(application.id.as_ref()));
        let retain = self.submission.retain_until.or(self.sources.batch.retain_until);
        row.push(retain.map_or(Cell::Empty, Cell::word));
        row
    }

    /// The reviewers whose sealed scorecards count.
    fn reviewers(&self) -> Vec<ReviewerId> {
        self.sources.visible.sealed_by(self.submission.id).collect()
    }

    fn counted(&self) -> [Cell; 5] {
        let complete = is_ready(self.sources.visible, self.sources.rules, self.submission.id);
        let status = serde_json::to_value(self.ranked.status).ok();
        [
            Cell::count(Some(self.reviewers().len())),
            Cell::count(Some(self.sources.rules.policy.min_reviewers)),
            Cell::yes(complete),
            status.as_ref().and_then(serde_json::Value::as_str).map_or(Cell::Empty, Cell::word),
            Cell::number(Some(self.ranked.coverage)),
        ]
    }

    fn figures(&self) -> [Cell; 8] {
        let (low, high) = match &self.ranked.total {
            crate::panel::Statistic::Known(known) => (known.low, known.high),
            crate::panel::Statistic::Undefined(_) => (None, None),
        };
        let ends = self.ranked.range.ends();
        [
            Cell::number(self.ranked.total.value()),
            Cell::number(low),
            Cell::number(high),
            Cell::number(self.ranked.mean_points),
            Cell::number(self.ranked.spread.value()),
            Cell::count(self.ranked.rank),
            Cell::count(ends.map(|(low, _)| low)),
            Cell::count(ends.map(|(_, high)| high)),
        ]
    }

    fn disagreement(&self) -> [Cell; 2] {
        match &self.ranked.largest_disagreement {
            Some(most) => [Cell::number(Some(most.points)), Cell::Id(format!("{}.{}", most.question, most.criterion))],
            None => [Cell::Empty, Cell::Empty],
        }
    }

    /// How often each was given: `yes 2, undecided 1`.
    fn recommendation(&self) -> Cell {
        let of = |reviewer: &ReviewerId| self.sources.visible.work(*reviewer)?.recommendations.get(&self.submission.id);
        let mut given: BTreeMap<Recommendation, usize> = BTreeMap::new();
        self.reviewers().iter().filter_map(of).for_each(|recommended| *given.entry(recommended.recommendation).or_default() += 1);
        let words = given.iter().rev().map(|(recommendation, n)| format!("{} {n}", recommendation_word(*recommendation)));
        listed(words.collect(), ", ", Cell::Word)
    }

    /// What all reviewers found, or `differs`.
    fn must_haves(&self) -> Vec<Cell> {
        let reviewers = self.reviewers();
        let found = |must_have: &crate::rubric::MustHave| {
            let key = (self.submission.id, must_have.id.clone());
            let of = |reviewer: &ReviewerId| Some(self.sources.visible.work(*reviewer)?.must_haves.get(&key)?.met);
            let met: Vec<MustHaveAnswer> = reviewers.iter().filter_map(of).collect();
            match met.first() {
                None => Cell::Empty,
                Some(first) if met.iter().all(|other| other == first) => Cell::word(must_have_word(*first)),
                Some(_) => Cell::word("differs"),
            }
        };
        self.sources.rubric.must_haves.iter().map(found).collect()
    }

    /// What to ask live, each once.
    fn follow_ups(&self) -> Cell {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for answer in &self.submission.answers {
            for work in self.reviewers().iter().filter_map(|&reviewer| self.sources.visible.work(reviewer)) {
                let probes = work.probes_on(answer.id).map(|probe| redact(probe.text.raw(), &self.particulars).into_owned());
                all.extend(probes.filter(|probe| seen.insert(probe.clone())));
            }
        }
        listed(all, "\n", Cell::Text)
    }

    /// Speech heard by all who count, of the speech there was for them.
    fn heard_share(&self) -> Cell {
        let mut share = HeardShare::NothingToHear;
        for work in self.reviewers().iter().filter_map(|&reviewer| self.sources.visible.work(reviewer)) {
            for place in self.sources.visible.places.of_submission(self.submission.id) {
                if self.sources.visible.is_due(place) {
                    let material = self.sources.materials.get(&place.answer).unwrap_or(&Material::Unknown);
                    share = share.and(work.heard_share(place.answer, place.revision, material));
                }
            }
        }
        Cell::number(share.fraction())
    }

    fn decision(&self, application: Option<&SafeText>) -> [Cell; 5] {
        let Some(decided) = self.sources.visible.decision(self.submission.id, application) else {
            return [const { Cell::Empty }; 5];
        };
        let by = self.names.get(&decided.by).cloned().unwrap_or_else(|| self.sources.visible.pseudonym(decided.by));
        let text = |text: &SafeText| Cell::Text(redact(text.raw(), &self.particulars).into_owned());
        [
            Cell::word(decision_word(decided.decision)),
            Cell::id(&by),
            Cell::word(decided.at),
            text(&decided.reason),
            decided.overrides.as_ref().map_or(Cell::Empty, text),
        ]
    }
}

fn listed(all: Vec<String>, between: &str, cell: fn(String) -> Cell) -> Cell {
    if all.is_empty() { Cell::Empty } else { cell(all.join(between)) }
}

fn recommendation_word(recommendation: Recommendation) -> &'static str {
    match recommendation {
        Recommendation::StrongNo => "strong_no",
        Recommendation::No => "no",
        Recommendation::Undecided => "undecided",
        Recommendation::Yes => "yes",
        Recommendation::StrongYes => "strong_yes",
    }
}

fn must_have_word(met: MustHaveAnswer) -> &'static str {
    match met {
        MustHaveAnswer::Yes => "yes",
        MustHaveAnswer::No => "no",
        MustHaveAnswer::Unclear => "unclear",
    }
}

fn decision_word(decision: Decision) -> &'static str {
    match decision {
        Decision::Advance => "advance",
        Decision::Hold => "hold",
        Decision::Decline => "decline",
    }
}
