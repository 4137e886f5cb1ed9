//! The wide table: one row for each candidate and application.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{About, Column, RUBRIC, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{ReviewerId, Submission};
use crate::journal::{Decision, MustHaveAnswer, Recommendation};
use crate::panel::{Panel, Ranked, Scheme, Spread, Statistic, in_the_running, sealed_ratings};
use crate::protocol::{Particulars, is_ready, redact};
use crate::rubric::Rubric;
use crate::scorecard::{Decided, HeardShare, Material};
use crate::text::SafeText;

/// The cell of one of a criterion's figures.
type OfSpread = fn(Option<&Spread>) -> Cell;

/// A group of columns, in the order of the table.
enum Group {
    /// One column.
    One(Column<for<'a> fn(&Row<'a>) -> Cell>),
    /// The rubric's columns.
    Rubric,
    /// For each criterion of the rubric one column of each of these, named `QUESTION.CRITERION.name`.
    EachCriterion(&'static [Column<OfSpread>]),
    /// One column for each must-have of the rubric, named `must_have.ID`.
    EachMustHave(&'static str),
}

const fn one(name: &'static str, about: &'static str, cell: for<'a> fn(&Row<'a>) -> Cell) -> Group {
    Group::One(column(name, about, cell))
}

/// The wide table's columns. The intervals of total and rank come from drawing reviewers anew.
static WIDE: &[Group] = &[
    one("candidate", "the source's id of the candidate", |row| Cell::id(&row.submission.candidate.source_id)),
    one("application_system", "the system in which the application is", |row| id(row.application.system.as_ref())),
    one("application_id", "the application's id in that system", |row| id(row.application.id.as_ref())),
    one("requisition", "the job opening's id in that system", |row| id(row.application.requisition.as_ref())),
    Group::Rubric,
    one("reviewers_counted", "whose sealed scorecards count", |row| Cell::count(Some(row.reviewers().len()))),
    one("reviewers_required", "how many the policy asks", |row| Cell::count(Some(row.sources.rules.policy.min_reviewers))),
    one("complete", "whether everyone who should has sealed: yes or no", |row| {
        Cell::yes(is_ready(row.sources.visible, row.sources.rules, row.submission.id))
    }),
    one("status", "ranked, provisional, blocked or none", |row| Cell::named(&row.ranked.status)),
    one("coverage", "the share of the weight that was observed, 0 to 1", |row| Cell::number(Some(row.ranked.coverage))),
    one("total", "0 to 100, criterion means weighted", |row| Cell::number(row.ranked.total.value())),
    one("total_low", "the total's interval: low end", |row| Cell::number(row.total_interval().0)),
    one("total_high", "the total's interval: high end", |row| Cell::number(row.total_interval().1)),
    one("mean_points", "the total in points of the scale", |row| Cell::number(row.ranked.mean_points)),
    one("spread", "the standard deviation among reviewers' own totals", |row| Cell::number(row.ranked.spread.value())),
    one("rank", "1 is the best; equal totals share a rank", |row| Cell::count(row.ranked.rank)),
    one("rank_low", "the best rank that it may have", |row| Cell::count(row.ranked.range.ends().map(|(low, _)| low))),
    one("rank_high", "the worst rank that it may have", |row| Cell::count(row.ranked.range.ends().map(|(_, high)| high))),
    Group::EachCriterion(&[
        column("mean", "the mean of the reviewers' points", |spread| Cell::number(spread.map(|spread| spread.mean))),
        column("min", "the lowest of them", |spread| Cell::number(spread.map(|spread| spread.min))),
        column("max", "the highest of them", |spread| Cell::number(spread.map(|spread| spread.max))),
        column("n", "how many there are", |spread| Cell::count(Some(spread.map_or(0, |spread| spread.n)))),
    ]),
    one("largest_disagreement", "the largest difference between two reviewers, in points", |row| {
        Cell::number(row.ranked.largest_disagreement.as_ref().map(|most| most.points))
    }),
    one("largest_disagreement_in", "where that is: QUESTION.CRITERION", |row| {
        let most = row.ranked.largest_disagreement.as_ref();
        most.map_or(Cell::Empty, |most| Cell::Id(format!("{}.{}", most.question, most.criterion)))
    }),
    one("recommendation", "how often each was given, as in: yes 2, undecided 1", |row| row.recommendation()),
    Group::EachMustHave("what all reviewers found: yes, no or unclear; or that it differs"),
    one("follow_ups", "what to ask live, each once", |row| row.follow_ups()),
    one("heard_share", "speech heard by the reviewers who count, of what there was for them, 0 to 1", |row| row.heard_share()),
    one("decision", "advance, hold or decline", |row| {
        row.decided().map_or(Cell::Empty, |decided| Cell::word(decision_word(decided.decision)))
    }),
    one("decided_by", "the pseudonym of who decided", |row| row.decided().map_or(Cell::Empty, |decided| row.name_of(decided.by))),
    one("decided_at", "when, UTC", |row| row.decided().map_or(Cell::Empty, |decided| Cell::word(decided.at))),
    one("decision_reason", "why", |row| row.decided().map_or(Cell::Empty, |decided| row.covered(&decided.reason))),
    one("decision_override", "why before everyone was heard, where it was so", |row| {
        row.decided().and_then(|decided| decided.overrides.as_ref()).map_or(Cell::Empty, |reason| row.covered(reason))
    }),
    one("retain_until", "when the data is due to be removed, UTC", |row| {
        row.submission.retain_until.or(row.sources.batch.retain_until).map_or(Cell::Empty, Cell::word)
    }),
];

impl Group {
    fn names(&self, rubric: &Rubric) -> Vec<String> {
        match self {
            Group::One(column) => vec![column.name.to_owned()],
            Group::Rubric => RUBRIC.iter().map(|column| column.name.to_owned()).collect(),
            Group::EachCriterion(figures) => {
                let of = |(question, criterion): (&crate::rubric::Question, &crate::rubric::Criterion)| {
                    figures
                        .iter()
                        .map(move |figure| format!("{}.{}.{}", question.id, criterion.id, figure.name))
                        .collect::<Vec<_>>()
                };
                rubric.criteria().flat_map(of).collect()
            }
            Group::EachMustHave(_) => rubric.must_haves.iter().map(|one| format!("must_have.{}", one.id)).collect(),
        }
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        match self {
            Group::One(column) => vec![(column.cell)(row)],
            Group::Rubric => RUBRIC.iter().map(|column| (column.cell)(row.sources)).collect(),
            Group::EachCriterion(figures) => {
                let of = |spread: &Option<Spread>| figures.iter().map(|figure| (figure.cell)(spread.as_ref())).collect::<Vec<_>>();
                row.ranked.criteria.iter().flat_map(of).collect()
            }
            Group::EachMustHave(_) => row.must_haves(),
        }
    }

    fn about(&self) -> Vec<About> {
        match self {
            Group::One(column) => vec![About { name: column.name.to_owned(), description: column.about }],
            Group::Rubric => RUBRIC.iter().map(|one| About { name: one.name.to_owned(), description: one.about }).collect(),
            Group::EachCriterion(figures) => {
                let about =
                    |figure: &Column<_>| About { name: format!("QUESTION.CRITERION.{}", figure.name), description: figure.about };
                figures.iter().map(about).collect()
            }
            Group::EachMustHave(about) => vec![About { name: "must_have.ID".to_owned(), description: about }],
        }
    }
}

/// What the wide table's columns hold, in their order.
pub fn wide_columns() -> Vec<About> {
    WIDE.iter().flat_map(Group::about).collect()
}

/// The wide table of the sealed scorecards that may be seen, ordered by candidate and application.
pub fn wide(sources: &Sources) -> Exported {
    let taken = sealed_ratings(sources.visible, sources.batch, sources.rubric);
    let panel = Panel::analyse(&taken.ratings, &Scheme::from_rubric(sources.rubric, &sources.rules.policy));
    let names = sources.visible.pseudonyms();
    let mut rows = BTreeMap::new();
    for submission in in_the_running(sources.visible, sources.batch) {
        let Some(ranked) = panel.of(&submission.candidate.source_id) else { continue };
        for application in applications(sources, submission) {
            let key = (submission.candidate.source_id.clone(), application.clone());
            let particulars = Particulars::of(&submission.candidate);
            let row = Row { sources, submission, application, ranked, names: &names, particulars };
            rows.insert(key, WIDE.iter().flat_map(|group| group.cells(&row)).collect());
        }
    }
    let columns = WIDE.iter().flat_map(|group| group.names(sources.rubric)).collect();
    let table = Table { name: "wide".to_owned(), columns, rows: rows.into_values().collect() };
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
    application: Application,
    ranked: &'a Ranked,
    names: &'a BTreeMap<ReviewerId, SafeText>,
    particulars: Particulars,
}

impl Row<'_> {
    /// The reviewers whose sealed scorecards count.
    fn reviewers(&self) -> Vec<ReviewerId> {
        self.sources.visible.sealed_by(self.submission.id).collect()
    }

    fn total_interval(&self) -> (Option<f64>, Option<f64>) {
        match &self.ranked.total {
            Statistic::Known(known) => (known.low, known.high),
            Statistic::Undefined(_) => (None, None),
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

    fn decided(&self) -> Option<&Decided> {
        self.sources.visible.decision(self.submission.id, self.application.id.as_ref())
    }

    fn name_of(&self, reviewer: ReviewerId) -> Cell {
        let name = self.names.get(&reviewer).cloned();
        Cell::id(&name.unwrap_or_else(|| self.sources.visible.pseudonym(reviewer)))
    }

    /// A text without what tells who the candidate is.
    fn covered(&self, text: &SafeText) -> Cell {
        Cell::Text(redact(text.raw(), &self.particulars).into_owned())
    }
}

fn id(id: Option<&SafeText>) -> Cell {
    id.map_or(Cell::Empty, Cell::id)
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
