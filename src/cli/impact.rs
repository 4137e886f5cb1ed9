//! `earmark impact`: whether a process treats groups differently. Group data is read here and nowhere else, and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::panel::read_table;
use super::words::many;
use crate::config::read_bounded;
use crate::export::{Groups, read_decisions, read_groups};
use crate::interview::Problem;
use crate::panel::impact::{Attribute, GroupRate, Member, Scoring, Selection, intersections, scoring, selection};
use crate::panel::{Panel, Reason, Statistic};
use crate::text::{SafeText, folded};

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["ratings", "decisions"]))]
pub(super) struct Args {
    /// A ratings table, for the scoring rate: candidate, question, criterion, reviewer, value
    #[arg(long, value_name = "CSV")]
    ratings: Option<PathBuf>,
    /// The rubric that gives scale and weights to the ratings table
    #[arg(long, value_name = "FILE", requires = "ratings")]
    rubric: Option<String>,
    /// Decisions, for the selection rate: candidate, decision (advance, hold or decline)
    #[arg(long, value_name = "CSV")]
    decisions: Option<PathBuf>,
    /// Groups: candidate, and a column for each attribute whose cells name the group
    #[arg(long, value_name = "CSV")]
    groups: PathBuf,
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Report {
    /// Attributes alone, then two and three together.
    attributes: Vec<OfAttribute>,
    /// Candidates with a decision or a score of whom the groups say nothing.
    without_groups: usize,
    /// Candidates with groups who were neither decided nor scored.
    groups_of_nobody: Vec<SafeText>,
    /// What to bear in mind.
    notes: Vec<&'static str>,
}

#[derive(Serialize)]
struct OfAttribute {
    attribute: String,
    selection: Part<Selection>,
    scoring: Part<Scoring>,
}

/// A part that an absent file would give is undefined.
#[derive(Serialize)]
#[serde(untagged)]
enum Part<T> {
    Known(T),
    Undefined { undefined: Reason },
}

/// What to bear in mind of what there is, and why something is not there.
fn notes(attributes: &[OfAttribute]) -> Vec<&'static str> {
    let selected =
        |of: &OfAttribute| if let Part::Known(known) = &of.selection { known.groups.iter().any(|of| of.masked) } else { false };
    let scored =
        |of: &OfAttribute| if let Part::Known(known) = &of.scoring { known.groups.iter().any(|of| of.masked) } else { false };
    let has_selection = attributes.iter().any(|of| matches!(of.selection, Part::Known(_)));
    let has_scoring = attributes.iter().any(|of| matches!(of.scoring, Part::Known(_)));
    let ratio = "A ratio is never read alone: of a group under 30 without a clear test, and where one selection moved would reverse who is \
                 below, there are too few to say.";
    let masked = "Groups of fewer than five are masked, and none is compared with them, be their rate the highest; their figures may follow \
                  by subtraction from those beside them: share this with those only who may know.";
    let law = "The scoring rate is a calculation after 6 RCNY 5-300, not the independent audit that the law asks for.";
    let highest = "Where the highest scoring rate is that of a masked group, `ratio`, which that rule asks for, is undefined (TooFew): it would tell \
                   of the few in it. `ratio_among_shown`, to the highest rate that is shown, is not the rule's ratio.";
    let highest_masked = |of: &OfAttribute| matches!(&of.scoring, Part::Known(known) if known.highest_masked);
    let apart = "A difference is in percentage points, with Newcombe's interval; what a group lacks is how many more of it would have been \
                 selected at the rate of both together.";
    let no_selection = "There is no selection rate: it takes the decisions (--decisions).";
    let no_scoring = "There is no scoring rate: it takes the ratings (--ratings).";
    let any_masked = attributes.iter().any(|of| selected(of) || scored(of));
    let all = [
        (has_selection, ratio),
        (has_selection, apart),
        (any_masked, masked),
        (has_scoring, law),
        (attributes.iter().any(highest_masked), highest),
        (!has_selection, no_selection),
        (!has_scoring, no_scoring),
    ];
    all.into_iter().filter_map(|(holds, note)| holds.then_some(note)).collect()
}

/// With `--json`: `attributes[]` (attribute, `selection.groups[]`, `scoring.groups[]`), `without_groups`, `groups_of_nobody[]`, `notes[]`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let (groups, decisions, scores) = read_all(args)?;
    let others: BTreeSet<&SafeText> = decided_or_scored(decisions.as_ref(), scores.as_ref()).collect();
    spelt_alike(&groups, &others)?;
    share_someone(&groups, &others)?;
    let of = |attribute: Attribute| OfAttribute {
        selection: part(decisions.as_ref().map(|of| selection(&members(of, &groups, &attribute)))),
        scoring: part(scores.as_ref().map(|of| scoring(&members(of, &groups, &attribute)).masked())),
        attribute: attribute.name,
    };
    let attributes: Vec<OfAttribute> = attributes(&groups).into_iter().map(of).collect();
    let report = Report {
        notes: notes(&attributes),
        attributes,
        without_groups: others.iter().filter(|id| !groups.of.contains_key(**id)).count(),
        groups_of_nobody: groups.of.keys().filter(|id| !others.contains(id)).cloned().collect(),
    };
    if context.out.wants_json() {
        context.out.json(&report);
    } else {
        say(&report, context);
    }
    Ok(Exit::Done)
}

type Values<T> = BTreeMap<SafeText, T>;
/// Groups, who was advanced, totals.
type Inputs = (Groups, Option<Values<bool>>, Option<Values<f64>>);

/// All files, or everything that is wrong with any of them.
fn read_all(args: &Args) -> Result<Inputs, Failure> {
    let groups = read(&args.groups, "groups", read_groups);
    let decisions = args.decisions.as_ref().map(|file| read(file, "decisions", read_decisions)).transpose();
    let scores = args.ratings.as_ref().map(|file| totals(file, args.rubric.as_deref())).transpose();
    let ((groups, decisions), scores) = both(both(groups, decisions), scores)?;
    Ok((groups, decisions.map(|decisions| decisions.advanced), scores))
}

fn both<A, B>(one: Result<A, Failure>, other: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
    }
}

/// The total of each candidate who has one.
fn totals(file: &Path, rubric: Option<&str>) -> Result<Values<f64>, Failure> {
    let (table, scheme, _) = read_table(file, rubric)?;
    let panel = Panel::analyse(&table.ratings, &scheme);
    let total = |ranked: &crate::panel::Ranked| Some((ranked.candidate.clone(), ranked.total.value()?));
    Ok(panel.ranking.iter().filter_map(total).collect())
}

/// A table that people keep by hand, or a program wrote for every rating there is, is smaller.
const LARGEST_TABLE: u64 = 256 << 20;

/// The bytes of a table; `-` is the standard input.
pub(super) fn read_input(file: &Path) -> std::io::Result<Vec<u8>> {
    let file = if file == Path::new("-") { Path::new("/dev/stdin") } else { file };
    read_bounded(file, LARGEST_TABLE)
}

/// Reads a list beside the ratings.
pub(super) fn read<T>(file: &Path, what: &str, reader: impl Fn(&[u8], &str) -> Result<T, Vec<Problem>>) -> Result<T, Failure> {
    let name = file.display().to_string();
    let could_not = || format!("Could not read the {what} in {name}");
    let bytes = read_input(file).map_err(|error| Failure::new(could_not()).because(&error))?;
    reader(&bytes, &name).map_err(|problems| Failure::problems(could_not(), &problems))
}

/// Each attribute alone, then every two together; groups in the order of the candidates' ids.
fn attributes(groups: &Groups) -> Vec<Attribute> {
    let of = |at: usize| groups.of.values().map(|of| of[at].as_ref().map(ToString::to_string)).collect();
    let alone = |(at, name): (usize, &SafeText)| Attribute { name: name.to_string(), groups: of(at) };
    intersections(&groups.attributes.iter().enumerate().map(alone).collect::<Vec<_>>())
}

fn fisher(p: f64) -> String {
    if p < 0.0005 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// One candidate written in two ways would silently be two: every such pair is named.
fn spelt_alike(groups: &Groups, others: &BTreeSet<&SafeText>) -> Result<(), Failure> {
    let plain: BTreeMap<String, &SafeText> = others.iter().map(|id| (folded(id.as_str()), *id)).collect();
    let other = |id: &&SafeText| plain.get(&folded(id.as_str())).copied().filter(|other| other != id);
    let apart = groups.of.keys().filter(|id| !others.contains(id)).filter_map(|id| Some((id, other(&id)?)));
    let wrong: Vec<String> = apart.map(|(id, other)| format!("{id} in the groups is {other} elsewhere")).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let failure =
        Failure::new("Could not compare groups: candidates are written differently").hint("write each id the same way everywhere");
    Err(wrong.into_iter().take(20).fold(failure, |failure, why| failure.cause(why)))
}

/// Two lists of other people tell nothing of anybody.
fn share_someone(groups: &Groups, others: &BTreeSet<&SafeText>) -> Result<(), Failure> {
    if groups.of.keys().any(|id| others.contains(id)) {
        return Ok(());
    }
    let first = |id: Option<&SafeText>| id.map_or_else(|| "nobody".to_owned(), |id| format!("{id} and so on"));
    let (here, there) = (first(groups.of.keys().next()), first(others.iter().next().copied()));
    Err(Failure::new("Could not compare groups: nobody in them was decided on or scored")
        .cause(format!("the groups have {here}; decided or scored were {there}"))
        .hint("`candidate` is the source's id in every file, as `earmark export --shape long` writes it")
        .exit(Exit::NoMatch))
}

fn decided_or_scored<'a>(
    decisions: Option<&'a Values<bool>>,
    scores: Option<&'a Values<f64>>,
) -> impl Iterator<Item = &'a SafeText> {
    let all: BTreeSet<&SafeText> =
        decisions.into_iter().flat_map(BTreeMap::keys).chain(scores.into_iter().flat_map(BTreeMap::keys)).collect();
    all.into_iter()
}

/// The values of everyone, each with the group; who is in no row of the groups is unknown.
fn members<T: Copy>(values: &Values<T>, groups: &Groups, attribute: &Attribute) -> Vec<Member<T>> {
    let known: BTreeMap<&SafeText, &Option<String>> = groups.of.keys().zip(&attribute.groups).collect();
    let member = |(id, value): (&SafeText, &T)| Member { group: known.get(id).copied().cloned().flatten(), value: *value };
    values.iter().map(member).collect()
}

fn part<R>(result: Option<R>) -> Part<R> {
    result.map_or(Part::Undefined { undefined: Reason::PolicyMissing }, Part::Known)
}

fn say(report: &Report, context: &Context) {
    for attribute in &report.attributes {
        context.out.say(format!("\n{}", attribute.attribute));
        if let Part::Known(selection) = &attribute.selection {
            say_selection(selection, context);
        }
        if let Part::Known(scoring) = &attribute.scoring {
            say_scoring(scoring, context);
        }
    }
    context.out.say("");
    report.notes.iter().for_each(|note| context.out.say(note));
    if report.without_groups > 0 {
        context.out.say(format!("Decided or scored, and in no row of the groups: {}.", many(report.without_groups, "candidate")));
    }
    if !report.groups_of_nobody.is_empty() {
        const NAMED: usize = 8;
        let names: Vec<&str> = report.groups_of_nobody.iter().take(NAMED).map(SafeText::as_str).collect();
        let more = report.groups_of_nobody.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        context.out.say(format!("In the groups, and neither decided on nor scored: {}{more}.", names.join(", ")));
    }
}

fn say_selection(selection: &Selection, context: &Context) {
    let mut table = Table::new(&["group", "n", "selected", "of the highest", "difference", "lacks", "Fisher p", ""]);
    table = (1..=6).fold(table, Table::right);
    for group in &selection.groups {
        let Some(impact) = &group.impact else {
            table.row([group.group.as_str(), "", "", "", "", "", "", "masked: fewer than 5"]);
            continue;
        };
        let is_reference = selection.reference.as_ref() == Some(&group.group);
        let all_shown = selection.groups.iter().all(|group| !group.masked);
        table.row([
            group.group.clone(),
            group.n.map_or_else(String::new, |n| n.to_string()),
            percent(&impact.rate),
            // Of a rate of 0 there is no share.
            impact.ratio.value().map_or_else(String::new, |_| percent(&impact.ratio)),
            if is_reference { String::new() } else { points(&impact.difference) },
            if is_reference { String::new() } else { impact.shortfall.to_string() },
            if is_reference { String::new() } else { fisher(impact.fisher_p) },
            verdict(group, is_reference, all_shown).to_owned(),
        ]);
    }
    context.out.table(&table);
    if selection.unknown > 0 {
        context.out.say(format!("Of {} it is not known.", many(selection.unknown as usize, "candidate")));
    }
}

fn verdict(group: &GroupRate, is_reference: bool, all_shown: bool) -> &'static str {
    let Some(impact) = &group.impact else { return "" };
    let moved = impact.one_selection_moved;
    match () {
        () if impact.reference_rate.value() == Some(0.0) => "nobody was selected",
        () if is_reference && all_shown => "the highest rate",
        () if is_reference => "the highest rate of those shown",
        () if impact.flagged && moved.reverses => "below four fifths; too few to say: one selection moved would reverse it",
        () if impact.flagged && moved.removes_flag && impact.too_few_to_say => {
            "below four fifths; too few to say: one selection moved would undo it"
        }
        () if impact.flagged && moved.removes_flag => "below four fifths; one selection moved would undo it",
        () if impact.flagged && impact.too_few_to_say => "below four fifths; too few to say",
        () if impact.flagged => "below four fifths",
        () if impact.too_few_to_say => "too few to say",
        () => "",
    }
}

fn say_scoring(scoring: &Scoring, context: &Context) {
    let against = if scoring.highest_masked { "of the highest shown" } else { "of the highest" };
    let mut table = Table::new(&["group", "n", "above the median", against]).right(1).right(2).right(3);
    for group in scoring.groups.iter() {
        if group.masked {
            table.row([group.group.as_str(), "", "masked: fewer than 5", ""]);
        } else {
            let ratio = group.ratio_among_shown.as_ref().map_or_else(String::new, percent);
            table.row([group.group.clone(), group.n.map_or_else(String::new, |n| n.to_string()), percent(&group.rate), ratio]);
        }
    }
    context.out.table(&table);
    if scoring.highest_masked {
        context
            .out
            .say("The highest rate is that of a masked group: what others are of it is undefined, as that group has too few.");
    }
    if scoring.at_median > 1 {
        context.out.say(format!("{} candidates stand exactly at the median, which makes the rates smaller.", scoring.at_median));
    }
}

/// A difference of shares in percentage points: `-31 (-47 to -13)`.
fn points(difference: &Statistic) -> String {
    // A minus before a zero would claim a direction.
    let whole = |of: f64| format!("{:.0}", (of * 100.0).round() + 0.0);
    match difference {
        Statistic::Known(known) => match (known.low, known.high) {
            (Some(low), Some(high)) => format!("{} ({} to {})", whole(known.value), whole(low), whole(high)),
            _ => whole(known.value),
        },
        Statistic::Undefined(reason) => reason.words().to_owned(),
    }
}

fn percent(statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => match (known.low, known.high) {
            (Some(low), Some(high)) => format!("{:.0}% ({:.0}–{:.0})", known.value * 100.0, low * 100.0, high * 100.0),
            _ => format!("{:.0}%", known.value * 100.0),
        },
        Statistic::Undefined(reason) => reason.words().to_owned(),
    }
}
