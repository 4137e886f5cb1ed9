//! What machines contributed to a batch, as far as it may be shown.

use crate::text::many;
use std::collections::{BTreeMap, BTreeSet};

use crate::app::{ended_givings, given};
use crate::export::Sources;
use crate::export::report::Machine;
use crate::interview::{AnswerId, Digest};
use crate::journal::{Act, Event, Subject};
use crate::library::{Library, LibraryError};
use crate::panel::{Ratings, Statistic, Value, sealed_ratings};
use crate::protocol::Others;
use crate::runtime::scoring::Scoring;
use crate::scorecard::{MachineSeen, Material, Work};
use crate::scorer::evaluate::{Rated, Verdict, evaluate};
use crate::scorer::reader::{Proposal, name_before_the_reveal};
use crate::sound::prepare::STEP;

/// What second readers said, by engine and version: of which answers, and which points.
type Engines = BTreeMap<(String, String), Vec<(AnswerId, Proposal)>>;

/// What is measured of recordings, on which the shares heard rest; and what second readers said that somebody has seen, with how
/// far it is from what people gave. No point of theirs is in a report.
///
/// # Errors
/// When the library cannot be read.
pub(super) async fn contributed(library: &Library, sources: &Sources<'_>) -> Result<Vec<Machine>, LibraryError> {
    let measured = sources.materials.values().filter(|material| matches!(material, Material::Sound { speech: Some(_), .. }));
    let count = measured.count();
    let told = Machine {
        what: format!("Speech detection, version {STEP}"),
        did: format!(
            "Found where someone speaks in {count} recordings, so that it can be said how much of the speech was heard, and \
             measured how loud they are. No rating, total or rank rests on it."
        ),
    };
    let mut all: Vec<Machine> = (count > 0).then_some(told).into_iter().collect();
    all.extend(transcripts(sources));
    let engines = seen(library, sources).await?;
    let ratings = sealed_ratings(sources.visible, sources.batch, sources.rubric).ratings;
    all.extend(engines.iter().map(|(engine, read)| second_reader(sources, &ratings, engine, read)));
    all.extend(findings(sources));
    all.extend(given_to(library, sources).await?);
    Ok(all)
}

/// Which engines were given answers, where they lie and what came of it, whether or not anything usable came back; as far as the acts
/// may be seen.
async fn given_to(library: &Library, sources: &Sources<'_>) -> Result<Vec<Machine>, LibraryError> {
    let (visible, events) = (sources.visible, library.events(sources.batch.id).await?);
    let is_seen = |event: &&Event| visible.others() == Others::Shown || event.header.author == visible.viewer();
    let ended = ended_givings(&events);
    let mut all: BTreeMap<(String, String, &str), Giving> = BTreeMap::new();
    for event in events.iter().filter(is_seen) {
        let (answer, engine, place, prompt, outcome) = match &event.act {
            Act::Giving { answer, engine, place, prompt, .. } if !ended.contains(&event.id()) => {
                (answer, engine, place, prompt, "what came of it is not known")
            }
            Act::Assisted { answer, engine, place, prompt, outcome, .. } if event.act.times_sent() > 0 => {
                (answer, engine, place, prompt, outcome.as_str())
            }
            _ => continue,
        };
        let outcome = if visible.others() == Others::Shown { outcome } else { name_before_the_reveal(outcome) };
        let one = all.entry((engine.to_string(), place.to_string(), given(prompt.as_ref()))).or_default();
        one.answers.insert(*answer);
        *one.outcomes.entry(outcome.to_owned()).or_default() += 1;
    }
    let told = |((engine, place, what), of): ((String, String, &str), Giving)| {
        let outcomes: Vec<String> = of.outcomes.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let text = if what == "text" { ", names hidden" } else { "" };
        Machine {
            what: format!("Given to {engine}, at {place}"),
            did: format!(
                "Was given the {what} of {}{text}, or may have been; it ended: {}.",
                many(of.answers.len(), "answer"),
                outcomes.join(", ")
            ),
        }
    };
    Ok(all.into_iter().map(told).collect())
}

/// What an engine was given.
#[derive(Default)]
struct Giving {
    answers: BTreeSet<AnswerId>,
    outcomes: BTreeMap<String, usize>,
}

/// Transcripts that engines wrote, by engine and version; what the source gave stands before them.
fn transcripts(sources: &Sources<'_>) -> Vec<Machine> {
    let mut made: BTreeMap<(String, String), BTreeSet<(AnswerId, Digest)>> = BTreeMap::new();
    for (answer, by) in &sources.visible.automatic {
        let is_shown = sources.batch.answer(*answer).is_some_and(|(_, given)| given.transcript.is_none());
        if is_shown {
            made.entry((by.by.to_string(), by.version.to_string())).or_default().insert((*answer, by.digest));
        }
    }
    let told = |((by, version), of): ((String, String), BTreeSet<(AnswerId, Digest)>)| {
        let version = if version.is_empty() { "which told no version".to_owned() } else { format!("version {version}") };
        let (answers, digest) = (many(of.len(), "answer"), digest("written text", of.into_iter().map(|(_, digest)| digest)));
        Machine {
            what: format!("Transcripts by {by}, {version}"),
            did: format!(
                "Wrote down what was said in {answers}; reviewers could read it beside the recording. It has mistakes, more for some \
                 voices than for others. No rating, total or rank rests on it by itself. {digest}"
            ),
        }
    };
    made.into_iter().map(told).collect()
}

/// What machines state beside points, as the journal calls it, and what it is.
const FINDINGS: [(&str, &str, &str); 4] = [
    ("likeness", "Likeness of answers", "Compared the answers with each other, word by word, and found passages in common in"),
    ("coverage", "Coverage", "Named the parts of the question, numbers, names and acts in the words of"),
    ("speaks to a machine", "Sentences that speak to a machine", "Found such sentences in"),
    ("passages", "Passages", "Chose the passages that speak of a criterion in the rubric's words in"),
];

/// What of that reviewers were shown, by kind and version; nothing before the reveal.
fn findings(sources: &Sources<'_>) -> Vec<Machine> {
    let visible = sources.visible;
    if visible.others() != Others::Shown {
        return Vec::new();
    }
    let mut seen: BTreeMap<(usize, String), BTreeSet<(AnswerId, Digest)>> = BTreeMap::new();
    for (what, MachineSeen { statement, .. }) in visible.works.values().flat_map(Work::machines_seen) {
        let kind = FINDINGS.iter().position(|(by, ..)| *by == statement.by.as_str());
        if let (Subject::Answer(answer), Some(kind)) = (what, kind) {
            seen.entry((kind, statement.version.to_string())).or_default().insert((*answer, statement.digest));
        }
    }
    let told = |((kind, version), stated): ((usize, String), BTreeSet<(AnswerId, Digest)>)| {
        let (_, what, did) = FINDINGS[kind];
        let answers: BTreeSet<AnswerId> = stated.iter().map(|(answer, _)| *answer).collect();
        let (of, digest) = (many(answers.len(), "answer"), digest("statement", stated.into_iter().map(|(_, digest)| digest)));
        Machine {
            what: format!("{what}, version {version}"),
            did: format!(
                "{did} {of}, which a reviewer was shown after their own seal. No rating, total or rank rests on it. {digest}"
            ),
        }
    };
    seen.into_iter().map(told).collect()
}

/// What tells these statements from any others: the digest of the one that there is, or the digest over all of theirs.
fn digest(what: &str, stated: impl Iterator<Item = Digest>) -> String {
    let all: BTreeSet<String> = stated.map(|digest| digest.to_string()).collect();
    match all.iter().collect::<Vec<_>>().as_slice() {
        [one] => format!("Digest of the {what}: {one}."),
        more => {
            let over = Digest::of(more.iter().map(|one| format!("{one}\n")).collect::<String>().as_bytes());
            format!("Digest over the digests of the {}, in their order, each on a line: {over}.", many(more.len(), what))
        }
    }
}

/// What second readers said that a reviewer was shown; nothing before the reveal.
async fn seen(library: &Library, sources: &Sources<'_>) -> Result<Engines, LibraryError> {
    let visible = sources.visible;
    let mut engines = Engines::new();
    if visible.others() != Others::Shown {
        return Ok(engines);
    }
    let shown = visible.works.values().flat_map(Work::machines_seen);
    let read = shown.filter_map(|(what, MachineSeen { statement, .. })| match what {
        Subject::Answer(answer) if statement.by.as_str().starts_with("second reader") => Some((*answer, statement.digest)),
        _ => None,
    });
    let read: BTreeSet<(AnswerId, Digest)> = read.collect();
    let answers: BTreeSet<AnswerId> = read.iter().map(|(answer, _)| *answer).collect();
    if answers.is_empty() {
        return Ok(engines);
    }
    let asked = sources.batch.interview.questions.iter();
    let questions = asked.filter_map(|question| Some((question.id.clone(), visible.rubric_question(&question.id)?.clone())));
    let scoring = Scoring {
        library,
        batch: sources.batch,
        rubric: Some(sources.rubric),
        questions: questions.collect(),
        model: None,
        givings: Default::default(),
    };
    for (answer, kept) in scoring.proposals(&answers.into_iter().collect::<Vec<_>>()).await? {
        // What nobody was shown contributed nothing.
        for proposal in kept.into_iter().filter(|proposal| read.contains(&(answer, proposal.statement().digest))) {
            let engine = (proposal.engine.model.to_string(), proposal.engine.version.to_string());
            engines.entry(engine).or_default().push((answer, proposal));
        }
    }
    Ok(engines)
}

fn second_reader(
    sources: &Sources,
    ratings: &Ratings,
    (model, version): &(String, String),
    read: &[(AnswerId, Proposal)],
) -> Machine {
    let (rated, pairs) = beside(sources, ratings, read);
    let proposed: usize = read.iter().map(|(_, proposal)| proposal.ratings.len()).sum();
    let mut fails = false;
    let agreement = match rated.len() {
        0 => " None of them stands beside a sealed rating.".to_owned(),
        n => {
            let seed = u64::from_be_bytes(Digest::of(sources.batch.id.0.as_bytes()).0[..8].try_into().expect("8 of 32 bytes"));
            let found = evaluate("all criteria", &rated, &pairs, seed);
            fails = matches!(found.verdict, Verdict::Fails(_)) && sources.rules.protocol.failed_second_reader_off;
            let percent = found
                .within_one
                .value()
                .map_or_else(String::new, |share| format!(", {:.0}% of them within one point", share * 100.0));
            let kappa = match &found.kappa {
                Statistic::Known(known) => {
                    let ends =
                        known.low.zip(known.high).map_or_else(String::new, |(low, high)| format!(", from {low:.2} to {high:.2}"));
                    format!("; weighted kappa {:.2}{ends}", known.value)
                }
                Statistic::Undefined(reason) => format!("; weighted kappa: {}", reason.words()),
            };
            format!(" {n} stand beside the mean of sealed ratings{percent}{kappa}.")
        }
    };
    let answers = many(read.len(), "answer");
    let stated = digest("statement", read.iter().map(|(_, proposal)| proposal.statement().digest));
    // Before it failed, and in the list of what it said otherwise than people, it was on somebody's screen.
    let off = if fails { " It fails here and is switched off: it shows in its own evaluation alone." } else { "" };
    Machine {
        what: format!("Second reader {model}, version {version}"),
        did: format!(
            "Read the transcripts of {answers} and proposed {proposed} points, each with a quote, which reviewers were shown after \
             their own seal.{agreement}{off} No rating, total or rank rests on it. {stated}"
        ),
    }
}

/// Its points beside the mean of people's, and people's beside each other.
fn beside(sources: &Sources, ratings: &Ratings, read: &[(AnswerId, Proposal)]) -> (Vec<Rated>, Vec<(f64, f64)>) {
    let (mut rated, mut pairs) = (Vec::new(), Vec::new());
    for (answer, proposal) in read {
        let Some((submission, given)) = sources.batch.answer(*answer) else { continue };
        let Some(question) = sources.visible.rubric_question(&given.question) else { continue };
        let candidate = sources.batch.submissions.iter().position(|one| one.id == submission.id).unwrap_or_default();
        for one in &proposal.ratings {
            let of = ratings.iter().filter(|(key, _)| {
                key.candidate == submission.candidate.source_id && key.question == *question && key.criterion == one.criterion
            });
            let points = of.filter_map(|(_, value)| if let Value::Point(point) = value { Some(point.value()) } else { None });
            let points: Vec<f64> = points.collect();
            if points.is_empty() {
                continue;
            }
            let human = points.iter().sum::<f64>() / points.len() as f64;
            rated.push(Rated { candidate, human, machine: one.point.value(), group: None });
            pairs.extend(
                (0..points.len()).flat_map(|a| (a + 1..points.len()).map(move |b| (a, b))).map(|(a, b)| (points[a], points[b])),
            );
        }
    }
    (rated, pairs)
}
