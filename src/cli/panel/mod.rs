//! `earmark panel`: the ranking and how sure it is, of a batch or of a ratings table.

mod measured;
mod ranking;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub(super) use ranking::say;

use super::Context;
use super::exit::Exit;
use super::export::some;
use super::failure::{Failure, Outcome};
use super::impact::{read, read_input};
use super::output::Table;
use super::room::Seat;
use crate::app::{Desk, NotRanked, my_prompts};
use crate::export::{RatingsTable, read_pairs, read_ratings};
use crate::panel::pairwise::Outcome as Preferred;
use crate::panel::{
    Asked, LeftOut, Measures, NotBegun, Panel, Preference, Ratings, Scheme, Side, Statistic, order_of_rating, sealed_preferences,
    sealed_ratings,
};
use crate::rubric::Rubric;
use crate::runtime::attach::find_rubric;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("of").required(true).args(["batch", "ratings"]))]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: Option<String>,
    /// A ratings table, as `export --shape long` writes it: candidate, question, criterion, reviewer, value
    #[arg(long, value_name = "CSV")]
    ratings: Option<PathBuf>,
    /// The rubric that gives scale and weights to a ratings table; without it the table's own columns weight, scale_min and
    /// scale_max do, else all weights are equal
    #[arg(long, value_name = "FILE", requires = "ratings")]
    rubric: Option<String>,
    /// Comparisons side by side: criterion, reviewer, a, b, outcome (a, b or tie)
    #[arg(long, value_name = "CSV")]
    pairs: Option<PathBuf>,
    /// How many you can meet: says who is surely among them and who cannot be told apart from the line
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    meet: Option<u32>,
    /// How you yourself used the scale: prompts to calibrate again, for you alone, once all of your batch is sealed
    #[arg(long, requires = "batch", conflicts_with_all = ["ratings", "pairs", "meet"])]
    mine: bool,
}

/// With `--json` the analysis as [`Panel`] and [`Measures`] write it: `ranking[]` (candidate, total, coverage, status, rank,
/// rank_low, rank_high, …), `items[]` (question, criterion, ease, item_total, alpha_if_deleted, …), `agreement`, `icc`,
/// `components`, `dependability`, `d_study[]`, `adjusted`, `severity[]`, `pairwise[]`, `habits[]`, `drift[]` (reviewer, slope, p,
/// p_holm, ewma[]), `rasch` (reviewers[], items[], candidates[] with their fit), `consistency`; of a batch also `batch`,
/// `questions[]` (question, completion, median, at_limit), `left_out`, `you`, `among_handed` (whether ranks are among those who were handed over, and not among the whole batch), `not_ranked[]` (why, candidates[] with candidate and shown), and in each `ranking[]` the name that may be `shown`; `weights` says whose they are: `rubric`, `file` or `equal`.
/// A statistic is `{"value", "low", "high", "n", "method"}` or `{"undefined": reason}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let asked = Asked { places: args.meet.map(|places| places as usize), ..Asked::default() };
    if let (Some(batch), true) = (&args.batch, args.mine) {
        return mine(batch, context).await;
    }
    match (&args.batch, &args.ratings) {
        (Some(batch), _) => of_batch(batch, args.pairs.as_deref(), asked, context).await,
        (None, Some(file)) => of_file(file, args, asked, context),
        (None, None) => unreachable!("the command line asks for one of them"),
    }
}

async fn of_batch(named: &str, pairs: Option<&Path>, asked: Asked, context: &Context) -> Outcome {
    let seat = Seat::to_look(named, context).await?;
    let desk = &seat.desk;
    let rubric = seat.rubric()?;
    let taken = sealed_ratings(&desk.sight, &desk.batch, rubric);
    let scheme = Scheme::from_rubric(rubric, &desk.rules.policy);
    let panel = Panel::analyse(&taken.ratings, &scheme);
    let order = order_of_rating(&desk.sight, &desk.batch);
    let (given, remarks) = pairs.map(|file| comparisons(file, &taken.ratings)).transpose()?.unzip();
    let remarks: Vec<String> = remarks.unwrap_or_default();
    remarks.iter().for_each(|remark| context.out.remark(remark));
    let second_opinion = given.is_none();
    let recorded = || Some(sealed_preferences(&desk.sight, &desk.batch)).filter(|all| !all.is_empty());
    let preferences = given.or_else(recorded);
    let asked = Asked { preferences, second_opinion, order, ..asked };
    let measures = Measures::of(&taken.ratings, &scheme, &asked);
    // How others use the scale is theirs to be prompted by.
    let measures = measures.with_habits_of(desk.my_own_habits().as_ref());
    let shown = |source: &SafeText| {
        let of = desk.batch.submissions.iter().find(|submission| submission.candidate.source_id == *source);
        of.map_or_else(|| source.clone(), |submission| desk.called(submission.id))
    };
    let not_ranked = desk.not_ranked(&panel);
    let you = desk.sight.pseudonyms().remove(&desk.sight.viewer());
    if context.out.wants_json() {
        let mut whole = as_json(&panel, &measures, asked.places);
        for ranked in whole["ranking"].as_array_mut().into_iter().flatten() {
            let source = SafeText::line(ranked["candidate"].as_str().unwrap_or_default());
            ranked["shown"] = json!(shown(&source));
        }
        whole["batch"] = json!(desk.batch.id);
        whole["weights"] = json!("rubric");
        whole["remarks"] = json!(remarks);
        whole["you"] = json!(you);
        whole["among_handed"] = json!(desk.sight.only_decides());
        whole["questions"] = json!(desk.question_performance());
        whole["left_out"] = json!(taken.left_out);
        whole["not_ranked"] = not_ranked.iter().map(|one| not_ranked_json(one, &seat)).collect();
        context.out.json(&whole);
        return Ok(Exit::Done);
    }
    say(&panel, shown, context);
    measured::say(&measures, &panel, &asked, shown, context);
    questions(desk, context);
    if let Some(you) = you.filter(|you| panel.reviewers.contains(you)) {
        context.out.say(format!("\nYou stand here as {you}."));
    }
    super::overall::say_among(desk, context);
    // Who has no scorecard to be seen is named with the reason.
    say_left_out(&LeftOut { candidates: Vec::new(), ..taken.left_out }, context);
    say_not_ranked(desk, &not_ranked, context);
    Ok(Exit::Done)
}

/// How each question was answered.
fn questions(desk: &Desk, context: &Context) {
    let mut table = Table::new(&["question", "answered", "median", "at the limit"]).right(1).right(2).right(3);
    let percent = |of: &Statistic| of.value().map_or_else(String::new, |share| format!("{:.0}%", share * 100.0));
    for one in desk.question_performance() {
        let median = one.durations.median.value().map_or_else(String::new, |seconds| format!("{seconds:.0} s"));
        table.row([one.question.to_string(), percent(&one.completion), median, percent(&one.durations.at_limit)]);
    }
    context.out.say("");
    context.out.table(&table);
}

/// The reviewer's own prompts. With `--json` `{"batch", "sealed": true, "prompts": [{"kind", "words", "figure"}], "calibration":
/// null or {"mean_abs_error", "mean_signed_error", "bar", "passes"}}`.
async fn mine(named: &str, context: &Context) -> Outcome {
    let seat = Seat::to_look(named, context).await?;
    seat.rubric()?;
    let desk = &seat.desk;
    let measures = desk.to_measure(None).map(|from| from.measures());
    let Some(prompts) = measures.as_ref().and_then(|measures| desk.my_prompts(measures)) else {
        let failure = Failure::new("Could not look back on your ratings").cause("not all of your batch is sealed");
        return Err(failure.hint("`earmark seal` locks it; what is said here must not change what you give"));
    };
    let standing = desk.calibration();
    let last = standing.as_ref().and_then(|standing| Some((standing.last?, standing.bar, standing.passes())));
    if context.out.wants_json() {
        let calibration = last.map(|(of, bar, passes)| {
            json!({ "mean_abs_error": of.mean_abs, "mean_signed_error": of.mean_signed, "bar": bar, "passes": passes })
        });
        context.out.json(&json!({ "batch": desk.batch.id, "sealed": true, "prompts": prompts, "calibration": calibration }));
        return Ok(Exit::Done);
    }
    my_prompts(&prompts, standing.as_ref()).iter().for_each(|line| context.out.say(line));
    Ok(Exit::Done)
}

fn not_ranked_json(one: &NotRanked, seat: &Seat) -> Value {
    let names = one.who.iter().map(|id| seat.name(*id));
    let candidates: Vec<Value> = names.map(|(shown, source)| json!({ "candidate": source, "shown": shown })).collect();
    json!({ "why": one.why, "candidates": candidates })
}

fn say_not_ranked(desk: &Desk, all: &[NotRanked], context: &Context) {
    if !all.is_empty() {
        context.out.say("");
    }
    for one in all {
        let names: Vec<String> = one.who.iter().map(|id| desk.called(*id).to_string()).collect();
        context.out.say(format!("Not ranked: {}, because {}.", names.join(", "), one.why));
    }
}

/// Reads a ratings table and the scheme that goes with it; says whose the weights are.
pub(super) fn read_table(file: &Path, rubric: Option<&str>) -> Result<(RatingsTable, Scheme, &'static str), Failure> {
    let name = file.display().to_string();
    let could_not = || format!("Could not read the ratings in {name}");
    let rubric: Option<Rubric> = match rubric {
        Some(named) => {
            let what = format!("Could not read the rubric {named}");
            Some(find_rubric(named).map_err(|problems| Failure::problems(what, &problems))?.rubric)
        }
        None => None,
    };
    let bytes = read_input(file).map_err(|error| Failure::new(could_not()).because(&error))?;
    let table = read_ratings(&bytes, &name, rubric.as_ref()).map_err(|problems| Failure::problems(could_not(), &problems))?;
    let scheme = match &rubric {
        Some(rubric) => Scheme::from_rubric(rubric, &rubric.policy),
        None => Scheme::from_values(&table.ratings).declared(&table.weights, table.scale),
    };
    let weights = match &rubric {
        Some(_) => "rubric",
        None if !table.weights.is_empty() => "file",
        None => "equal",
    };
    Ok((table, scheme, weights))
}

fn of_file(file: &Path, args: &Args, asked: Asked, context: &Context) -> Outcome {
    let (table, scheme, weights) = read_table(file, args.rubric.as_deref())?;
    if table.ratings.iter().next().is_none() {
        return Err(Failure::new("Could not rank anybody")
            .cause(format!("there are no ratings in {}: a header and nothing below it", file.display()))
            .hint("a ratings table has a row for each candidate, question, criterion and reviewer")
            .exit(Exit::NoMatch));
    }
    let given = args.pairs.as_ref().map(|file| comparisons(file, &table.ratings)).transpose()?;
    let (preferences, compared) = given.unzip();
    let remarks: Vec<&String> = table.remarks.iter().chain(compared.iter().flatten()).collect();
    remarks.iter().for_each(|remark| context.out.remark(remark));
    let panel = Panel::analyse(&table.ratings, &scheme);
    let asked = Asked { order: table.order.clone(), preferences, ..asked };
    let measures = Measures::of(&table.ratings, &scheme, &asked);
    if context.out.wants_json() {
        let mut whole = as_json(&panel, &measures, asked.places);
        whole["weights"] = json!(weights);
        whole["remarks"] = json!(remarks);
        if !scheme.from_rubric && table.scale.is_none() && panel.ratings == 0 {
            // Nothing tells the scale.
            (whole["scale_min"], whole["scale_max"]) = (Value::Null, Value::Null);
        }
        context.out.json(&whole);
        return Ok(Exit::Done);
    }
    say(&panel, SafeText::clone, context);
    measured::say(&measures, &panel, &asked, SafeText::clone, context);
    let said = match weights {
        "rubric" => "Weights and scale are those of the rubric.",
        "file" => "Weights are those of the column weight.",
        _ => "All weights are equal: there is no column weight; --rubric gives others.",
    };
    context.out.say(format!("\n{said}"));
    Ok(Exit::Done)
}

/// Comparisons side by side, of candidates and criteria that these ratings know; and what is worth a remark.
fn comparisons(file: &Path, ratings: &Ratings) -> Result<(Vec<Preference>, Vec<String>), Failure> {
    let all = read(file, "comparisons", |bytes, name| read_pairs(bytes, name, Some(ratings)))?;
    let rate: BTreeSet<&SafeText> = ratings.iter().map(|(key, _)| &key.reviewer).collect();
    let others: BTreeSet<&SafeText> = all.iter().map(|one| &one.reviewer).filter(|who| !rate.contains(who)).collect();
    let names: Vec<&str> = others.iter().map(|who| who.as_str()).collect();
    let strangers = (!names.is_empty()).then(|| format!("Compared and rated nothing: {}.", names.join(", ")));
    let remarks = strangers.into_iter().chain(both_ways(&all)).collect();
    Ok((all, remarks))
}

/// Who preferred each of the same two for the same criterion: all of it counts, and may be a slip.
fn both_ways(all: &[Preference]) -> Vec<String> {
    let mut seen: BTreeMap<_, BTreeSet<&SafeText>> = BTreeMap::new();
    for one in all {
        let (low, high) = if one.a <= one.b { (&one.a, &one.b) } else { (&one.b, &one.a) };
        let better = match one.outcome {
            Preferred::First => &one.a,
            Preferred::Second => &one.b,
            Preferred::Tie => continue,
        };
        seen.entry((&one.reviewer, &one.criterion, low, high)).or_default().insert(better);
    }
    let twice = seen.iter().filter(|(_, better)| better.len() > 1);
    let said = twice.map(|((reviewer, criterion, a, b), _)| {
        format!("{reviewer} preferred {a} to {b} and {b} to {a} for {criterion}; both count.")
    });
    said.take(MOST_REMARKS).collect()
}

/// Remarks of one kind that are printed at the most.
const MOST_REMARKS: usize = 10;

fn as_json(panel: &Panel, measures: &Measures, places: Option<usize>) -> Value {
    let mut whole = serde_json::to_value(panel).expect("an analysis has string keys and finite numbers");
    let more = serde_json::to_value(measures).expect("figures have string keys and finite numbers");
    if let (Value::Object(whole), Value::Object(more)) = (&mut whole, more) {
        whole.extend(more);
    }
    if let Some(places) = places {
        whole["cut"] = cut(panel, places);
    }
    whole
}

/// Who is within the cut: `{"places", "within": [], "open": [], "below": [], "unknown": []}`, candidates by id.
fn cut(panel: &Panel, places: usize) -> Value {
    let ranked = || panel.ranking.iter().filter(|one| one.place().is_some());
    let of = |side: Option<Side>| -> Vec<&SafeText> {
        ranked().filter(|one| one.range.to_the_line(places) == side).map(|one| &one.candidate).collect()
    };
    json!({
        "places": places,
        "within": of(Some(Side::Within)),
        "open": of(Some(Side::Open)),
        "below": of(Some(Side::Below)),
        "unknown": of(None),
    })
}

fn say_left_out(left_out: &LeftOut, context: &Context) {
    let lines = left_out_lines(left_out);
    if !lines.is_empty() {
        context.out.say("");
    }
    lines.iter().for_each(|line| context.out.say(line));
}

/// What is not in a table, in words; nothing where nothing is left out.
pub(super) fn left_out_lines(left_out: &LeftOut) -> Vec<String> {
    let unsealed = match left_out.unsealed {
        0 => None,
        1 => Some("1 scorecard that is begun and not sealed is left out.".to_owned()),
        n => Some(format!("{n} scorecards that are begun and not sealed are left out.")),
    };
    let named = some(left_out.candidates.iter().map(ToString::to_string));
    let candidates = match left_out.candidates.len() {
        0 => None,
        1 => Some(format!("1 candidate has no sealed scorecard that you may see: {named}.")),
        n => Some(format!("{n} candidates have no sealed scorecard that you may see: {named}.")),
    };
    let hidden = left_out.others_hidden.then(|| "Others' scorecards count for you when all of your own are sealed.".to_owned());
    unsealed.into_iter().chain(not_begun_told(&left_out.not_begun)).chain(candidates).chain(hidden).collect()
}

/// Who has yet to begin, or is not known here to have begun, in words; nothing where nobody has.
pub(super) fn not_begun_told(all: &[NotBegun]) -> Option<String> {
    let say = |what: &str, count: fn(&NotBegun) -> usize| {
        let some = all.iter().filter(|one| count(one) > 0);
        let some: Vec<String> = some.map(|one| format!("{} {} of {}", one.reviewer, count(one), one.of)).collect();
        (!some.is_empty()).then(|| format!("{what}: {}.", some.join(", ")))
    };
    let not_begun = say("Scorecards that are due and of which nothing is here (not begun, or not come)", |one| one.scorecards);
    // What cannot be opened may be begun, or sealed.
    let not_known =
        say("Scorecards that are due and not known here (what was rated came without its key, or did not come)", |one| {
            one.not_known
        });
    let both: Vec<String> = not_begun.into_iter().chain(not_known).collect();
    (!both.is_empty()).then(|| both.join(" "))
}
