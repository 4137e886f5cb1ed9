//! `earmark compare --all`: candidates as columns over all questions, with what each value rests on.

use serde_json::{Value as Json, json};

use super::Context;
use super::output::Table;
use crate::app::{Agreed, Desk, Line, OrderOf, Overall, OverallCell, Remark, Row, Stands, more_handed, value_in_words};
use crate::interview::{ReviewerId, SubmissionId};
use crate::panel::words::no_range;
use crate::protocol::Others;
use crate::text::SafeText;

/// Who stands side by side: those who were named, as they were; else the shortlist, else everyone, by rank.
pub(super) fn columns(desk: &Desk, all: &[SubmissionId], named: bool) -> Vec<SubmissionId> {
    let listed: Vec<SubmissionId> = all.iter().copied().filter(|id| desk.sight.shortlist.contains_key(id)).collect();
    match (named, listed.is_empty()) {
        (true, _) => all.to_vec(),
        (false, true) => desk.by_rank(all.to_vec()),
        (false, false) => desk.by_rank(listed),
    }
}

/// With `--json` `{"batch", "title", "others", "among_handed": whether ranks, ranges and intervals are reckoned of those alone who were handed over, "taken_off": how many of
/// those one took off the shortlist, "lapsed": whose day is over, "candidates": [{"candidate", "shown", "total", "total_low", "total_high", "rank", "rank_low",
/// "rank_high", "recommendations", "must_haves", "notes",
/// "follow_ups", "remarks": [{"by": null for oneself, "at", "text"}], "decided": in words, "against_ranking": null or how, in words, "differing": null or who decided what, "documents", "documents_withheld": why or null}], "rows": [{"question", "number", "criterion", "name", "spread", "cells":
/// [{"candidate", "values": [{"reviewer": null for one's own, "value"}], "spread", "agreed", "evidence": [{"reviewer", "start_ms", "end_ms",
/// "quote"}]}]}]}`.
pub(super) fn show(desk: &Desk, columns: &[SubmissionId], order: OrderOf, context: &Context) {
    let laid = desk.overall(columns, order);
    if context.out.wants_json() {
        context.out.json(&to_json(desk, &laid));
        return;
    }
    if columns.is_empty() {
        context.out.say("There is nobody to compare.");
        return;
    }
    // A column is as wide as what is in it, and a name can be of any length.
    const WIDEST: usize = 32;
    let names: Vec<String> = columns.iter().map(|id| desk.called(*id).fit(WIDEST).into_owned()).collect();
    let head: Vec<&str> = std::iter::once("").chain(names.iter().map(String::as_str)).chain(["apart"]).collect();
    let mut table = Table::new(&head);
    let stands = desk.stands(columns);
    if stands.iter().any(Option::is_some) {
        let say = |what: &str, of: &dyn Fn(&Stands) -> SafeText| -> Vec<String> {
            let each = stands.iter().map(|one| one.as_ref().map_or_else(|| "·".to_owned(), |one| of(one).to_string()));
            std::iter::once(what.to_owned()).chain(each).chain([String::new()]).collect()
        };
        table.row(say(if desk.sight.only_decides() { "Total, ± of these" } else { "Total, of 100" }, &|one| one.total.clone()));
        let has_range = stands.iter().flatten().any(|one| one.range.is_some());
        table.row(say(if has_range { "Rank, and may be" } else { "Rank (no range)" }, &Stands::rank_in_words));
    }
    let decided = |id: &SubmissionId| {
        let against = if desk.against(*id).is_some() { " !" } else { "" };
        desk.decided_in_a_word(*id).map_or_else(|| "·".to_owned(), |word| format!("{word}{against}"))
    };
    let decided: Vec<String> = columns.iter().map(decided).collect();
    if decided.iter().any(|word| word != "·") {
        table.row(std::iter::once("Decided".to_owned()).chain(decided).chain([String::new()]));
    }
    for row in &laid.rows {
        let cells = row.cells.iter().map(in_words);
        let apart = if row.spread > 0.0 { row.spread.to_string() } else { String::new() };
        let cells: Vec<String> = std::iter::once(row.line.in_words().to_string()).chain(cells).chain([apart]).collect();
        table.row(cells);
    }
    context.out.table(&table);
    desk.analysis().and_then(|(panel, _)| no_range(&panel)).into_iter().for_each(|line| context.out.say(line));
    say_among(desk, context);
    for (nth, id) in columns.iter().enumerate() {
        for row in &laid.rows {
            let differently = row.cells[nth].agreed.as_ref().and_then(|agreed| desk.agreed_differently(agreed));
            let line = differently.map(|words| format!("{}, {}: {words}", desk.called(*id), row.line.in_words()));
            line.into_iter().for_each(|line| context.out.say(line));
        }
        let (notes, probes) = desk.remarks(*id);
        let says = |kind: &str, (number, who, note): &Remark<'_>| {
            format!("{} {kind} ({number}): {} ({})", desk.called(*id), desk.quoted_of(*id, &note.text), reviewer(desk, *who))
        };
        let decided = desk.decided_in_words(*id).map(|words| format!("{} decided: {words}", desk.called(*id)));
        let differing = desk.differing_in_words(*id).map(|words| format!("decided differently: {words}"));
        let against = desk.against_in_words(*id).map(|words| format!("! against the ranking: {words}"));
        decided.into_iter().chain(against).chain(differing).for_each(|line| context.out.say(line));
        probes.iter().for_each(|one| context.out.say(says("ask live", one)));
        notes.iter().for_each(|one| context.out.say(says("note", one)));
        for comment in desk.comments_on(*id) {
            let (text, who) = (desk.quoted_of(*id, &comment.text), reviewer(desk, comment.by));
            context.out.say(format!("{} remark: {text} ({who})", desk.called(*id)));
        }
    }
    if desk.sight.others() == Others::Hidden {
        context.out.say("Others' values show when all of your own are sealed.");
    }
}

/// What is reckoned of some is told with whom it is reckoned of.
const AMONG_HANDED: &str = "Ranks, ranges and ± are reckoned of those alone who were handed to you; among all of the batch ranks may be others, and ranges and ± \
                            wider.";

/// Who was handed some of a batch reads ranks among those.
pub(super) fn say_among(desk: &Desk, context: &Context) {
    if desk.sight.only_decides() {
        context.out.say(AMONG_HANDED);
    }
    say_more_handed(desk, context);
}

/// Who was handed over and is not on one's own list, or whose day is over.
pub(super) fn say_more_handed(desk: &Desk, context: &Context) {
    if let Some(words) = more_handed(desk.taken_off()) {
        context.out.say(format!("{words}; you took them off your shortlist, and `earmark shortlist` puts them back."));
    }
    match desk.lapsed() {
        0 => {}
        1 => context.out.say("One more was handed to you, and that candidate's day is over."),
        some => context.out.say(format!("{some} more were handed to you, and their days are over.")),
    }
}

/// Values beside each other, and behind an arrow what was agreed.
fn in_words(cell: &OverallCell) -> String {
    let given: Vec<&str> = cell.given.iter().map(|(_, value)| value.as_str()).collect();
    // Words stand apart by more than a space.
    let between = if given.iter().any(|value| value.len() > 2) { " · " } else { " " };
    let agreed = cell.agreed.as_ref().map_or_else(String::new, |agreed| format!(" -> {}", value_in_words(agreed.observed)));
    if given.is_empty() { "·".to_owned() } else { format!("{}{agreed}", given.join(between)) }
}

/// What a reviewer is called; oneself by that word.
pub(super) fn reviewer(desk: &Desk, who: ReviewerId) -> SafeText {
    match who == desk.sight.viewer() {
        true => "you".into(),
        false => desk.person(who),
    }
}

/// The same for programs: none for oneself.
fn whose(desk: &Desk, who: ReviewerId) -> Option<SafeText> {
    (who != desk.sight.viewer()).then(|| desk.person(who))
}

fn to_json(desk: &Desk, laid: &Overall) -> Json {
    let others = match desk.sight.others() {
        Others::Hidden => "hidden",
        Others::Partly => "partly",
        Others::Shown => "shown",
    };
    let rows: Vec<Json> = laid.rows.iter().filter_map(|row| criterion_row(desk, laid, row)).collect();
    let candidates: Vec<Json> = desk
        .stands(&laid.columns)
        .iter()
        .enumerate()
        .filter_map(|(nth, stands)| candidate(desk, laid, stands.as_ref(), nth))
        .collect();
    json!({
        "batch": desk.batch.id, "title": desk.title(), "others": others, "among_handed": desk.sight.only_decides(),
        "taken_off": desk.taken_off(), "lapsed": desk.lapsed(), "candidates": candidates, "rows": rows,
    })
}

fn source_id(desk: &Desk, id: SubmissionId) -> Option<&SafeText> {
    desk.batch.submission(id).map(|submission| &submission.candidate.source_id)
}

fn criterion_row(desk: &Desk, laid: &Overall, row: &Row) -> Option<Json> {
    let Line::Criterion { number, question, criterion, name } = &row.line else { return None };
    let cell = |(id, cell): (&SubmissionId, &OverallCell)| {
        let evidence = cell.answer.map(|answer| desk.evidence_seen(answer, criterion)).unwrap_or_default();
        let evidence = evidence.iter().map(|(who, one)| {
            json!({
                "reviewer": whose(desk, *who), "start_ms": one.span.start.0, "end_ms": one.span.end.0,
                "quote": desk.quoted_of(*id, &one.quote),
            })
        });
        json!({
            "candidate": source_id(desk, *id),
            "values": values(desk, cell),
            "spread": cell.spread,
            "agreed": cell.agreed.as_ref().map(|agreed| agreement(desk, *id, agreed)),
            "evidence": evidence.collect::<Vec<_>>(),
        })
    };
    let cells: Vec<Json> = laid.columns.iter().zip(&row.cells).map(cell).collect();
    Some(json!({
        "question": question, "number": number, "criterion": criterion, "name": name, "spread": row.spread, "cells": cells,
    }))
}

/// Who gave what.
pub(super) fn values(desk: &Desk, cell: &OverallCell) -> Vec<Json> {
    cell.given.iter().map(|(who, value)| json!({ "reviewer": whose(desk, *who), "value": value })).collect()
}

/// A third value, with who and why.
pub(super) fn agreement(desk: &Desk, submission: SubmissionId, agreed: &Agreed) -> Json {
    let with: Vec<Option<SafeText>> = agreed.with.iter().map(|who| whose(desk, *who)).collect();
    let otherwise = agreed.otherwise.iter();
    let otherwise = otherwise.map(|(who, one)| json!({ "reviewer": whose(desk, *who), "value": value_in_words(*one) }));
    json!({
        "value": value_in_words(agreed.observed), "why": desk.quoted_of(submission, &agreed.reason), "by": whose(desk, agreed.by),
        "with": with, "at": agreed.at, "otherwise": otherwise.collect::<Vec<_>>(),
    })
}

fn candidate(desk: &Desk, laid: &Overall, stands: Option<&Stands>, nth: usize) -> Option<Json> {
    let id = *laid.columns.get(nth)?;
    let cell = |row: &&Row| values(desk, &row.cells[nth]);
    let recommendations = laid.rows.iter().find(|row| row.line == Line::Recommendation).map(|row| cell(&row));
    let must_haves = laid.rows.iter().filter_map(|row| match &row.line {
        Line::MustHave { id, .. } => Some(json!({ "id": id, "answers": cell(&row) })),
        _ => None,
    });
    let (notes, probes) = desk.remarks(id);
    let remarks = |all: Vec<Remark<'_>>| -> Vec<Json> {
        let one = |(number, who, note): &Remark<'_>| json!({ "question": number, "reviewer": whose(desk, *who), "text": desk.quoted_of(id, &note.text), "at_ms": note.at.map(|at| at.0) });
        all.iter().map(one).collect()
    };
    let comments = desk
        .comments_on(id)
        .map(|comment| json!({ "by": whose(desk, comment.by), "at": comment.at, "text": desk.quoted_of(id, &comment.text) }));
    let documents = desk.documents(id);
    let withheld = desk.may_open_documents(id).err().filter(|_| !documents.is_empty());
    let documents: Vec<Json> = documents.iter().map(|(kind, detail)| json!({ "kind": kind, "detail": detail })).collect();
    Some(json!({
        "candidate": source_id(desk, id)?,
        "shown": desk.called(id),
        "total": stands.and_then(|one| one.points),
        "total_low": stands.and_then(|one| one.interval).map(|(low, _)| low),
        "total_high": stands.and_then(|one| one.interval).map(|(_, high)| high),
        "rank": stands.and_then(|one| one.rank),
        "rank_low": stands.and_then(|one| one.range).map(|(low, _)| low),
        "rank_high": stands.and_then(|one| one.range).map(|(_, high)| high),
        "recommendations": recommendations,
        "must_haves": must_haves.collect::<Vec<_>>(),
        "notes": remarks(notes),
        "follow_ups": remarks(probes),
        "remarks": comments.collect::<Vec<_>>(),
        "decided": desk.decided_in_words(id),
        "against_ranking": desk.against_in_words(id),
        "differing": desk.differing_in_words(id),
        "documents": documents,
        "documents_withheld": withheld,
    }))
}
