//! The keys that the foot of each screen names, the most important first.

use crate::app::action::Action;
use crate::app::{App, DeliverView, Screen};
use crate::interview::AnswerId;
use crate::tui::widgets::Hint;

/// The keys that matter most on a screen, the most important first.
pub(super) fn hints(app: &App) -> Vec<Hint> {
    use Action::*;
    // Without a rubric there is nothing to rate by: the way to one comes first.
    let has_rubric = app.desk.as_ref().is_none_or(|desk| desk.rubric.is_some());
    let rate = app.last_digit().and_then(Action::of_digit).map(|last| Hint::row(Rate0, last, "rate"));
    let lead = if has_rubric { rate } else { Some(Hint::of(AttachRubric, "attach a rubric")) };
    let play = Hint::of(PlayPause, "play");
    let first: Vec<Hint> = match app.screen() {
        Screen::Batches | Screen::Panel(_) | Screen::Deliver(_) => Vec::new(),
        Screen::Batch(_) => lead.filter(|_| !has_rubric).into_iter().collect(),
        Screen::Calibrate(open) if open.shown => vec![Hint::of(NextAnswer, "go on"), play],
        Screen::Calibrate(_) => [play].into_iter().chain(lead).collect(),
        Screen::Review(review) => [play].into_iter().chain(lead).chain(picture(app, review.answer)).collect(),
        Screen::Compare(compare) if compare.overall.is_some() => Vec::new(),
        Screen::Compare(compare) => {
            let last = [ColumnA, ColumnB, ColumnC, ColumnD].get(compare.columns.len().saturating_sub(1)).copied();
            last.map(|last| Hint::row(ColumnA, last, "hear")).into_iter().chain([play]).chain(lead).collect()
        }
    };
    let usual = if app.only_decides() { deciding(app.screen()) } else { usual(app.screen()) };
    let hints = first.into_iter().chain(usual.iter().map(|(action, words)| Hint::of(*action, words)));
    match app.only_decides() {
        true => hints.filter(|hint| !hint.action().reviews()).collect(),
        false => hints.collect(),
    }
}

/// The keys of someone who decides and does not score.
fn deciding(screen: &Screen) -> &'static [(Action, &'static str)] {
    use Action::*;
    match screen {
        Screen::Batch(_) => &[
            (Open, "hear"),
            (Decide, "decide"),
            (Overall, "all questions"),
            (Comment, "remark"),
            (ToPanel, "ranking"),
            (Documents, "documents"),
            (Tag, "tag"),
            (Select, "select"),
            (SortRows, "sort"),
            (Filter, "filter"),
            (Help, "keys"),
        ],
        Screen::Review(_) => &[
            (NextEvidence, "next moment"),
            (PreviousEvidence, "back"),
            (NextCriterion, "criterion"),
            (Comment, "remark"),
            (NextAnswer, "next answer"),
            (Faster, "faster"),
            (ToCompare, "compare"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Compare(compare) if compare.overall.is_none() => &[
            (Decide, "decide"),
            (Comment, "remark"),
            (NextQuestion, "question"),
            (NextCriterion, "criterion"),
            (Overall, "all questions"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Compare(_) => &[
            (GoOn, "hear it"),
            (Decide, "decide"),
            (Comment, "remark"),
            (NextColumn, "column"),
            (ColumnD, "documents"),
            (TurnOrder, "order"),
            (Overall, "one question"),
            (ToPanel, "ranking"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        other => usual(other),
    }
}

/// The keys that are the same whatever the batch holds.
fn usual(screen: &Screen) -> &'static [(Action, &'static str)] {
    use Action::*;
    match screen {
        Screen::Batches => {
            &[(Open, "open"), (Filter, "filter"), (SortRows, "sort"), (AttachRubric, "rubric"), (Close, "leave"), (Help, "keys")]
        }
        Screen::Batch(_) => &[
            (Open, "hear"),
            (ToReview, "next"),
            (Seal, "seal"),
            (ToPanel, "ranking"),
            (ToCompare, "compare"),
            (Select, "select"),
            (Decide, "decide"),
            (Filter, "filter"),
            (SortRows, "sort"),
            (Tag, "tag"),
            (Shortlist, "shortlist"),
            (Export, "CSV"),
            (ToDeliver, "deliver"),
            (ReadRubric, "rubric"),
            (Help, "keys"),
        ],
        Screen::Review(_) => &[
            (MarkEvidence, "evidence"),
            (Note, "note"),
            (NextAnswer, "next"),
            (Seal, "seal"),
            (Undo, "undo"),
            (Faster, "faster"),
            (NextMissing, "missing"),
            (ToCompare, "compare"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Compare(compare) if compare.overall.is_some() => &[
            (GoOn, "hear it"),
            (NextColumn, "column"),
            (Decide, "decide"),
            (Comment, "remark"),
            // Where no column is heard, D's key opens what the panel below the table says it opens.
            (ColumnD, "documents"),
            (TurnOrder, "order"),
            (Overall, "one question"),
            (ToPanel, "ranking"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Compare(_) => &[
            (NextCriterion, "criterion"),
            (MarkEvidence, "evidence"),
            (Prefer, "better"),
            (Same, "same"),
            (NextQuestion, "question"),
            (SwitchTo, "from evidence"),
            (ToBatch, "grid"),
            (Overall, "all questions"),
            (Help, "keys"),
        ],
        Screen::Calibrate(_) => {
            &[(Seal, "hand in"), (NextCriterion, "criterion"), (Faster, "faster"), (Back, "leave"), (Help, "keys")]
        }
        Screen::Deliver(open) if open.view == DeliverView::Matching => &[
            (Open, "confirm"),
            (MatchApplications, "match"),
            (NextSheet, "next list"),
            (PlanDelivery, "plan"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Deliver(open) if open.view == DeliverView::Plan => &[
            (ApplyDelivery, "apply"),
            (Open, "read"),
            (PlanDelivery, "plan again"),
            (ChooseWay, "profile"),
            (MatchApplications, "match"),
            (NextSheet, "next list"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Deliver(_) => &[
            (PlanDelivery, "plan"),
            (RetryDelivery, "retry"),
            (ChooseWay, "profile"),
            (MatchApplications, "match"),
            (Open, "read"),
            (NextSheet, "next list"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
        Screen::Panel(panel) if panel.analysis.ranking.is_empty() => &[
            (ToBatch, "grid"),
            (ToReview, "hear the next"),
            (AboutFigure, "how they are made"),
            (ReadRubric, "rubric"),
            (Help, "keys"),
        ],
        Screen::Panel(_) => &[
            (Open, "show in the grid"),
            (NextFigures, "more figures"),
            (CutLine, "cut line"),
            (AboutFigure, "how they are made"),
            (MyHabits, "how you rated"),
            (Export, "CSV"),
            (ToDeliver, "deliver"),
            (ToCompare, "compare"),
            (ToBatch, "grid"),
            (Help, "keys"),
        ],
    }
}

/// Where there is a picture that may be seen, the way to it.
fn picture(app: &App, answer: AnswerId) -> Option<Hint> {
    let may = app.desk.as_ref().is_some_and(|desk| desk.may_show_original(answer).is_ok());
    may.then_some(Hint::of(Action::Original, "picture"))
}
