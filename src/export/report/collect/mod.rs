//! Collects a report from what the panel's figures and the tables are made of.

mod people;
mod person;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::naming::{Called, Naming};
use super::value::{Machine, Report, RubricNote};
use crate::export::analytics::figures;
use crate::export::table::Sources;
use crate::interview::{AnswerId, Batch, Moment, SubmissionId};
use crate::panel::words::{agreement, beside_severity, cut, severity, verdict};
use crate::panel::{Measures, Panel, in_the_running};
use crate::protocol::{Covered, Particulars, Rules, redact, rules, settings};
use crate::text::SafeText;

/// Why some are not ranked, and who.
pub type NotRanked = (SafeText, Vec<SubmissionId>);

/// What a report is made from beside the sources, and how it is wanted.
pub struct Given<'a> {
    /// The ranking of the sealed ratings that may be seen.
    pub panel: &'a Panel,
    /// What is known of the reviewers together.
    pub measures: &'a Measures,
    /// How many can be met.
    pub places: Option<usize>,
    /// Whether candidates and reviewers are numbers.
    pub anonymous: bool,
    /// Who is not ranked, and why.
    pub not_ranked: &'a [NotRanked],
    /// What was being said at a moment of an answer; none without a transcript.
    pub said: &'a dyn Fn(AnswerId, Moment) -> Option<String>,
    /// What machines contributed.
    pub machine: Vec<Machine>,
}

impl Report {
    /// Collects what may be seen. Nothing that is not sealed is in it.
    pub fn collect(sources: &Sources, given: Given) -> Report {
        let order = people::order(sources, given.panel);
        let called = Called::of(sources.batch, sources.rules, sources.visible, given.anonymous, &order);
        let people = people::people(sources, &given, &called, &order);
        let ids: BTreeMap<&SafeText, SubmissionId> =
            sources.batch.submissions.iter().map(|one| (&one.candidate.source_id, one.id)).collect();
        let shown = |source: &SafeText| ids.get(source).map_or_else(|| "a candidate".into(), |id| called.candidate(*id));
        let by_name: BTreeMap<SafeText, SafeText> =
            sources.visible.pseudonyms().into_iter().map(|(id, name)| (name, called.reviewer(id))).collect();
        let who = |name: &SafeText| by_name.get(name).cloned().unwrap_or_else(|| "a reviewer".into());
        let mut words = agreement(given.measures);
        words.extend(verdict(&given.measures.adjusted, shown, who));
        words.extend(severity(given.measures, who));
        words.extend(beside_severity(given.measures, shown, who));
        let named = |(why, ids): &NotRanked| (why.clone(), ids.iter().map(|id| called.candidate(*id)).collect());
        let anonymous = called.naming == Naming::Numbers;
        let batch = sources.batch;
        let everyone = called.hides(batch, sources.visible, sources.visible.pseudonyms().into_keys());
        let protocol_reason = sources.visible.protocol.as_ref().and_then(|own| own.reason.as_ref());
        Report {
            title: if anonymous { sources.rubric.title.clone() } else { shown_title(batch, &everyone) },
            requisition: batch.requisition.as_ref().filter(|_| !anonymous).map(|job| job.title.clone().unwrap_or(job.id.clone())),
            language: batch.interview.language.clone(),
            rubric: rubric_note(sources),
            as_of: as_of(sources),
            naming: called.naming,
            places: given.places,
            agreement: words,
            cut: given.places.map(|places| cut(given.panel, places, shown)).unwrap_or_default(),
            left_out: left_out(sources, &called),
            among_handed: sources.visible.only_decides(),
            not_ranked: given.not_ranked.iter().map(named).collect(),
            decided_apart: people::decided_apart(sources, &given, &called),
            people,
            figures: figures(sources, given.places, &|reviewer| called.reviewer(reviewer)),
            questions: questions(sources),
            protocol: rules::all(sources.rules, &Rules::of(sources.rubric)),
            protocol_reason: protocol_reason.map(|reason| SafeText::block(&redact(reason.as_str(), &everyone))),
            policy: policy(sources),
            machine: given.machine,
            version: env!("CARGO_PKG_VERSION"),
            panel: given.panel.clone(),
        }
    }
}

fn rubric_note(sources: &Sources) -> RubricNote {
    let rubric = sources.rubric;
    RubricNote {
        id: SafeText::line(&format!("{} {}", rubric.id, rubric.version)),
        title: rubric.title.clone(),
        scoring_hash: rubric.scoring_hash().to_string(),
        text_hash: rubric.text_hash().to_string(),
        scale: (f64::from(rubric.scale.min), f64::from(rubric.scale.max)),
        labels: rubric.scale.labels.clone(),
    }
}

fn questions(sources: &Sources) -> Vec<(usize, crate::interview::QuestionId, SafeText)> {
    let all = sources.batch.interview.questions.iter().enumerate();
    all.map(|(nth, question)| (nth + 1, question.id.clone(), question.prompt.clone())).collect()
}

/// When the last was sealed, decided or remarked of what is in the report. A time that has not come yet is of a clock that was wrong.
fn as_of(sources: &Sources) -> Option<Timestamp> {
    let visible = sources.visible;
    let running: BTreeSet<SubmissionId> = in_the_running(visible, sources.batch).map(|one| one.id).collect();
    let works = visible.works.iter().flat_map(|(reviewer, work)| {
        let sealed = running.iter().filter(|id| visible.scorecard_is_sealed(*reviewer, **id));
        let places = sealed.flat_map(|id| visible.places.of_submission(*id));
        places.filter_map(|place| work.seal_of(place)).map(|seal| seal.at).collect::<Vec<_>>()
    });
    let decided = visible.decisions.values().flatten().map(|decided| decided.at);
    let all: Vec<Timestamp> = works.chain(decided).chain(visible.comments.iter().map(|comment| comment.at)).collect();
    let has_come = |at: &&Timestamp| sources.now.is_none_or(|now| **at <= now);
    all.iter().filter(has_come).max().copied().or(sources.now.filter(|_| !all.is_empty()))
}

/// The title without the names of who is in the batch, where names are hidden.
fn shown_title(batch: &Batch, everyone: &Particulars) -> SafeText {
    match *everyone == Particulars::default() {
        true => batch.title.clone(),
        false => Covered::title(&batch.title, batch.submissions.iter().map(|one| &one.candidate)),
    }
}

/// What is not in the report.
fn left_out(sources: &Sources, called: &Called) -> Vec<String> {
    let out = sources.left_out();
    let say = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {more}")),
    };
    let unsealed = say(
        out.unsealed,
        "scorecard that is begun and not sealed is left out.",
        "scorecards that are begun and not sealed are left out.",
    );
    let due = sources.visible.not_begun().iter().map(|(id, due)| (called.reviewer(*id), due.not_begun + due.not_known, due.of));
    let due: Vec<String> = due.filter(|(_, some, _)| *some > 0).map(|(who, some, of)| format!("{who} {some} of {of}")).collect();
    let not_begun = (!due.is_empty())
        .then(|| format!("Scorecards that are due and of which nothing is here (not begun, or not come): {}.", due.join(", ")));
    let candidates = say(
        out.candidates.len(),
        "candidate has no sealed scorecard that may be seen.",
        "candidates have no sealed scorecard that may be seen.",
    );
    let waiting = say(
        sources.not_ready().len(),
        "candidate is not ready: not everyone who should has sealed.",
        "candidates are not ready: not everyone who should has sealed.",
    );
    let erased = say(
        sources.visible.erased.len(),
        "candidate's data was removed; nothing of it is here.",
        "candidates' data was removed; nothing of it is here.",
    );
    let among = sources.visible.only_decides().then(|| {
        "Ranks, ranges and ± are reckoned of those alone who were handed over to whoever made this report; among all of the batch ranks may be \
         others, and ranges and ± wider."
            .to_owned()
    });
    // Where there is nothing of one's own to seal, that is not why.
    let own = sources.visible.own(sources.visible.viewer()).next().is_some();
    let hidden = (out.others_hidden && own).then(|| {
        "Others' scorecards, where there are any, are left out: whoever made this report has not sealed all of their own."
            .to_owned()
    });
    [among, unsealed, not_begun, candidates, waiting, erased, hidden].into_iter().flatten().collect()
}

/// The rules by which numbers were made, as the rubric writes them.
fn policy(sources: &Sources) -> Vec<(String, String)> {
    let all = settings(sources.rules);
    let of_people: BTreeSet<String> = rules::all(sources.rules, sources.rules)
        .iter()
        .map(|rule| rule.name.split('.').next().unwrap_or_default().to_owned())
        .collect();
    let fields = all.as_object().into_iter().flatten().filter(|(name, _)| !of_people.contains(*name));
    fields.map(|(name, value): (&String, &Json)| (name.replace('_', " "), rules::plainly(value))).collect()
}
