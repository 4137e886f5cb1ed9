//! Whether the second reader may be used: its points beside those of sealed scorecards.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome as Ended};
use crate::cli::impact::read;
use crate::cli::output::Table;
use crate::cli::room::Seat;
use crate::cli::words::many;
use crate::export::{Groups, read_groups};
use crate::interview::{AnswerId, Digest};
use crate::journal::Subject;
use crate::panel::{Ratings, Statistic, Value, sealed_ratings};
use crate::runtime::scoring::Scored;
use crate::scorer::evaluate::{Drift, Evaluation, Rated, Verdict, disagreements, drift, evaluate as compare, evaluate_groups};
use crate::scorer::reader::{Engine, Outcome, Proposal, Proposed};
use crate::text::SafeText;

/// Disagreements that are printed; `--json` has them all.
const MOST_APART: usize = 20;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Report {
    /// All criteria together, then each by itself; with groups, all together once more for each attribute.
    evaluations: Vec<Compare>,
    /// Where machine and people differ by a point or more, the largest first; none while it is switched off.
    disagreements: Vec<Apart>,
    /// Why it is switched off for the batch, where it is: none of its points shows then.
    second_reader_off: Option<String>,
    /// What the batch's rules do with a second reader that fails.
    policy: &'static str,
    /// Engines and versions.
    engines: Vec<Engine>,
    /// Beside what other engines and versions said of the same answers.
    drift: Vec<Drift>,
    /// Candidates of the file of groups that are not in this batch.
    unknown_candidates: Vec<SafeText>,
}

/// One evaluation, and what it leaves out.
#[derive(Serialize)]
struct Compare {
    #[serde(flatten)]
    evaluation: Evaluation,
    /// What people rated and the machine gave no point: it is in no figure.
    without_a_point: usize,
    /// Candidates whom the file puts into no group of this attribute: they are in no figure either. None where there are no groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    without_a_group: Option<usize>,
}

/// What people rated and the machine gave no point: of whom, and which criterion.
type Without = Vec<(SafeText, String)>;

#[derive(Serialize)]
struct Apart {
    candidate: SafeText,
    /// As the candidate is called on the screens.
    shown: SafeText,
    #[serde(skip)]
    answer: AnswerId,
    question: SafeText,
    criterion: SafeText,
    human: f64,
    machine: f64,
    quote: SafeText,
}

/// One thing that both rated.
struct Compared {
    rated: Rated,
    answer: AnswerId,
    candidate: SafeText,
    shown: SafeText,
    question: SafeText,
    criterion: SafeText,
    quote: SafeText,
    people: Vec<f64>,
}

/// Prints the agreement, the verdict and the disagreements.
pub(super) async fn evaluate(groups: Option<&Path>, seat: &Seat, scored: &BTreeMap<AnswerId, Scored>, context: &Context) -> Ended {
    let groups = groups.map(|file| read(file, "groups", read_groups)).transpose()?;
    let rubric = seat.rubric()?;
    let taken = sealed_ratings(&seat.desk.sight, &seat.desk.batch, rubric);
    let (compared, without) = compared(seat, &taken.ratings, scored);
    if compared.is_empty() {
        let failure = Failure::new("Could not evaluate the second reader: it has rated nothing that sealed scorecards rated too");
        return Err(failure
            .hint("seal ratings first; the embedded reader needs words to look for in the rubric")
            .exit(Exit::NoMatch));
    }
    let off = seat.desk.second_reader_off(scored.iter().filter_map(|(id, one)| Some((*id, proposal(one)?))));
    let report = Report {
        evaluations: evaluations(&compared, &without, groups.as_ref(), seat),
        disagreements: if off.is_some() { Vec::new() } else { apart(&compared) },
        second_reader_off: off,
        policy: if seat.desk.rules.protocol.failed_second_reader_off { "off" } else { "warn" },
        engines: engines(scored),
        drift: drifts(scored),
        unknown_candidates: unknown(groups.as_ref(), seat),
    };
    // Figures show no answer's points; the list does.
    let most = if context.out.wants_json() { usize::MAX } else { MOST_APART };
    let listed: BTreeSet<AnswerId> = report.disagreements.iter().take(most).map(|one| one.answer).collect();
    let seen = |answer: &AnswerId| Some((Subject::Answer(*answer), proposal(scored.get(answer)?)?.statement()));
    seat.sees(listed.iter().filter_map(seen)).await?;
    match context.out.wants_json() {
        true => context.out.json(&report),
        false => say(&report, context),
    }
    Ok(Exit::Done)
}

fn seed(seat: &Seat) -> u64 {
    let digest = Digest::of(seat.desk.batch.id.0.as_bytes());
    u64::from_be_bytes(digest.0[..8].try_into().expect("a digest has 32 bytes"))
}

/// Candidates of a file of groups that are not in the batch.
fn unknown(groups: Option<&Groups>, seat: &Seat) -> Vec<SafeText> {
    let is_here = |candidate: &&SafeText| seat.desk.batch.submissions.iter().any(|one| one.candidate.source_id == **candidate);
    groups.into_iter().flat_map(|groups| groups.of.keys()).filter(|candidate| !is_here(candidate)).cloned().collect()
}

/// What both rated; and what people rated of which the machine gave no point.
fn compared(seat: &Seat, ratings: &Ratings, scored: &BTreeMap<AnswerId, Scored>) -> (Vec<Compared>, Without) {
    let mut points: BTreeMap<(SafeText, String, String), Vec<f64>> = BTreeMap::new();
    for (key, value) in ratings.iter() {
        if let Value::Point(point) = value {
            let cell = (key.candidate.clone(), key.question.to_string(), key.criterion.to_string());
            points.entry(cell).or_default().push(point.value());
        }
    }
    let (mut compared, mut without) = (Vec::new(), Vec::new());
    for (place, submission) in seat.desk.batch.submissions.iter().enumerate() {
        for answer in &submission.answers {
            let Some(scored) = scored.get(&answer.id) else { continue };
            let Some(question) = seat.desk.sight.rubric_question(&answer.question) else { continue };
            let proposal = proposal(scored);
            let of_it = (&submission.candidate.source_id, question.to_string());
            for (_, _, criterion) in points.keys().filter(|(candidate, question, _)| (candidate, question) == (of_it.0, &of_it.1)) {
                let gave = |rating: &Proposed| rating.criterion.as_str() == criterion;
                if !proposal.is_some_and(|proposal| proposal.ratings.iter().any(gave)) {
                    without.push((submission.candidate.source_id.clone(), criterion.clone()));
                }
            }
            let Some(proposal) = proposal else { continue };
            for rating in &proposal.ratings {
                let cell = (submission.candidate.source_id.clone(), question.to_string(), rating.criterion.to_string());
                let Some(people) = points.get(&cell) else { continue };
                let human = people.iter().sum::<f64>() / people.len() as f64;
                compared.push(Compared {
                    rated: Rated { candidate: place, human, machine: rating.point.value(), group: None },
                    answer: answer.id,
                    candidate: cell.0,
                    shown: seat.desk.shown_name(submission.id, Some(&answer.question)).text().clone(),
                    question: SafeText::line(&cell.1),
                    criterion: SafeText::line(&cell.2),
                    quote: rating.quote.clone(),
                    people: people.clone(),
                });
            }
        }
    }
    (compared, without)
}

/// Who read, each engine and version once.
fn engines(scored: &BTreeMap<AnswerId, Scored>) -> Vec<Engine> {
    let mut engines: Vec<Engine> = scored.values().filter_map(proposal).map(|proposal| proposal.engine.clone()).collect();
    // What a model is told differs from question to question; who it is does not.
    engines.iter_mut().for_each(|engine| engine.prompt = None);
    engines.sort_by(|a, b| (&a.model, &a.version).cmp(&(&b.model, &b.version)));
    engines.dedup();
    engines
}

/// What is said now beside what every other engine and version said before.
fn drifts(scored: &BTreeMap<AnswerId, Scored>) -> Vec<Drift> {
    type Points = (Vec<(f64, f64)>, usize);
    let mut engines: BTreeMap<(SafeText, SafeText), Points> = BTreeMap::new();
    for (now, before) in scored.values().flat_map(|one| one.before.iter().filter_map(|before| Some((proposal(one)?, before)))) {
        let (pairs, alone) = engines.entry((before.engine.model.clone(), before.engine.version.clone())).or_default();
        let of = |proposal: &Proposal, criterion| {
            proposal.ratings.iter().find(|rating| rating.criterion == criterion).map(|rating| rating.point.value())
        };
        let both: Vec<(f64, f64)> =
            now.ratings.iter().filter_map(|now| Some((now.point.value(), of(before, now.criterion.clone())?))).collect();
        *alone += now.ratings.len() + before.ratings.len() - 2 * both.len();
        pairs.extend(both);
    }
    engines.into_iter().map(|((model, version), (pairs, alone))| drift(model, version, &pairs, alone)).collect()
}

/// What the second reader proposed, where it did.
pub(super) fn proposal(scored: &Scored) -> Option<&Proposal> {
    match scored.reader.as_ref()? {
        Outcome::Read(proposal) => Some(proposal),
        _ => None,
    }
}

fn evaluations(compared: &[Compared], without: &Without, groups: Option<&Groups>, seat: &Seat) -> Vec<Compare> {
    let seed = seed(seat);
    let all: Vec<&Compared> = compared.iter().collect();
    let of_all = |evaluation, without_a_point| Compare { evaluation, without_a_point, without_a_group: None };
    let mut evaluations = vec![of_all(evaluation("all criteria", &all, seed), without.len())];
    let rated = compared.iter().map(|one| one.criterion.as_str());
    let criteria: BTreeSet<&str> = rated.chain(without.iter().map(|(_, criterion)| criterion.as_str())).collect();
    for criterion in criteria {
        let of: Vec<&Compared> = all.iter().copied().filter(|one| one.criterion.as_str() == criterion).collect();
        let without_a_point = without.iter().filter(|(_, one)| one == criterion).count();
        evaluations.push(of_all(evaluation(criterion, &of, seed), without_a_point));
    }
    let Some(groups) = groups else { return evaluations };
    evaluations.extend((0..groups.attributes.len()).map(|at| by_group(compared, without, (groups, at), seed)));
    evaluations
}

/// All criteria together, by the groups of one attribute.
fn by_group(compared: &[Compared], without: &Without, (groups, at): (&Groups, usize), seed: u64) -> Compare {
    let group = |candidate: &SafeText| groups.of.get(candidate)?.get(at)?.as_ref().map(ToString::to_string);
    let rated: Vec<Rated> = compared.iter().map(|one| Rated { group: group(&one.candidate), ..one.rated.clone() }).collect();
    let grouped: Vec<&Compared> = compared.iter().filter(|one| group(&one.candidate).is_some()).collect();
    let everybody = compared.iter().map(|one| &one.candidate).chain(without.iter().map(|(candidate, _)| candidate));
    let left_out: BTreeSet<&SafeText> = everybody.filter(|candidate| group(candidate).is_none()).collect();
    Compare {
        evaluation: evaluate_groups(&format!("all criteria, by {}", groups.attributes[at]), &rated, &pairs(&grouped), seed),
        without_a_point: without.iter().filter(|(candidate, _)| group(candidate).is_some()).count(),
        without_a_group: Some(left_out.len()),
    }
}

fn evaluation(of: &str, compared: &[&Compared], seed: u64) -> Evaluation {
    let rated: Vec<Rated> = compared.iter().map(|one| one.rated.clone()).collect();
    compare(of, &rated, &pairs(compared), seed)
}

/// Every two people who rated the same.
fn pairs(compared: &[&Compared]) -> Vec<(f64, f64)> {
    let of = |one: &&Compared| {
        let people = &one.people;
        (0..people.len()).flat_map(move |a| (a + 1..people.len()).map(move |b| (people[a], people[b]))).collect::<Vec<_>>()
    };
    compared.iter().flat_map(of).collect()
}

fn apart(compared: &[Compared]) -> Vec<Apart> {
    let rated: Vec<Rated> = compared.iter().map(|one| one.rated.clone()).collect();
    let of = |place: usize| {
        let one = &compared[place];
        Apart {
            candidate: one.candidate.clone(),
            shown: one.shown.clone(),
            answer: one.answer,
            question: one.question.clone(),
            criterion: one.criterion.clone(),
            human: one.rated.human,
            machine: one.rated.machine,
            quote: one.quote.clone(),
        }
    };
    disagreements(&rated).into_iter().map(of).collect()
}

fn say(report: &Report, context: &Context) {
    let out = &context.out;
    let columns = ["criterion", "n", "no point", "kappa", "people", "r", "mean difference (SD)", "within one point"];
    let mut table = Table::new(&columns).right(1).right(2).right(3).right(4);
    for Compare { evaluation: one, without_a_point, .. } in &report.evaluations {
        let n = match &one.kappa {
            Statistic::Known(known) => known.n.to_string(),
            Statistic::Undefined(_) => "0".to_owned(),
        };
        let (kappa, people) = (figure(&one.kappa), figure(&one.kappa_of_people));
        let (difference, within) = (figure(&one.difference), figure(&one.within_one));
        table.row([one.of.clone(), n, without_a_point.to_string(), kappa, people, figure(&one.correlation), difference, within]);
    }
    out.table(&table);
    for Compare { evaluation: one, without_a_group, .. } in &report.evaluations {
        if let Some(left_out @ 1..) = without_a_group {
            out.say(format!("{}: {} in no group, and in none of these figures.", one.of, are(*left_out)));
        }
        if !one.groups.is_empty() {
            let groups: Vec<String> = one.groups.iter().map(|(group, apart)| format!("{group} {}", figure(apart))).collect();
            out.say(format!("{}: mean difference {}.", one.of, groups.join(", ")));
        }
        match &one.verdict {
            Verdict::Holds => out.say(format!("{}: it keeps every threshold.", one.of)),
            Verdict::Fails(why) => out.say(format!("{}: it fails: {}.", one.of, why.join("; "))),
            Verdict::Unknown(why) => out.say(format!("{}: it cannot be told: {}.", one.of, why.join("; "))),
        }
    }
    if let Some(Compare { without_a_point: 1.., .. }) = report.evaluations.first() {
        out.say("Where people rated and it gave no point, nothing is compared: the figures are of the rest.");
    }
    if !report.unknown_candidates.is_empty() {
        let names: Vec<&str> = report.unknown_candidates.iter().take(5).map(SafeText::as_str).collect();
        let more = report.unknown_candidates.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.say(format!("Not in this batch, though the file of groups names them: {}{more}.", names.join(", ")));
    }
    say_drift(report, context);
    say_apart(report, context);
}

/// So many people, with their verb.
fn are(candidates: usize) -> String {
    format!("{} {}", many(candidates, "candidate"), if candidates == 1 { "is" } else { "are" })
}

fn say_drift(report: &Report, context: &Context) {
    for one in &report.drift {
        let who = format!("{}, version {}", one.model, one.version);
        let (kappa, same) = (figure(&one.kappa), figure(&one.same));
        let (points, difference) = (figure(&one.points), figure(&one.difference));
        context.out.say(format!(
            "Beside {who}: kappa {kappa}, mean difference {points} points ({difference} SD), the same point {same}, {} given by one alone.",
            many(one.alone, "point")
        ));
        context.out.say(match &one.verdict {
            Verdict::Holds => "  It did not drift: every threshold is kept.".to_owned(),
            Verdict::Fails(why) => format!("  It drifted: {}.", why.join("; ")),
            Verdict::Unknown(why) => format!("  Whether it drifted cannot be told: {}.", why.join("; ")),
        });
    }
}

fn say_apart(report: &Report, context: &Context) {
    let out = &context.out;
    if report.second_reader_off.is_some() {
        out.say("It is switched off for this batch, because it fails: none of its points shows, and no list of where it differs.");
    }
    if report.disagreements.is_empty() {
        return;
    }
    out.say("");
    let mut table = Table::new(&["candidate", "question", "criterion", "people", "machine", "its quote"]).right(3).right(4);
    for one in report.disagreements.iter().take(MOST_APART) {
        let (human, machine) = (points(one.human), points(one.machine));
        let (shown, question, criterion) = (one.shown.as_str(), one.question.as_str(), one.criterion.as_str());
        table.row([shown, question, criterion, &human, &machine, &one.quote.fit(60)]);
    }
    out.table(&table);
    if report.disagreements.len() > MOST_APART {
        out.say(format!("… and {} more; --json has them all.", report.disagreements.len() - MOST_APART));
    }
}

/// Points as people give them: a whole one without a decimal.
fn points(value: f64) -> String {
    if value.fract().abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn figure(statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => match (known.low, known.high) {
            (Some(low), Some(high)) => format!("{:.2} ({low:.2} to {high:.2})", known.value),
            _ => format!("{:.2}", known.value),
        },
        Statistic::Undefined(_) => "–".to_owned(),
    }
}
