//! The grid as a table: candidates with how far one is with each, filtered and sorted as on screen.

use serde_json::{Value, json};

use super::Context;
use super::failure::Failure;
use super::many;
use super::output::Table;
use super::room::Seat;
use crate::app::sieve::{Keep, Sieve, SortBy};
use crate::interview::{Submission, SubmissionId};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Rows {
    /// Lists the candidates whom this keeps: unheard, unrated, disagreement, fault, late, mine, no-show, tag:NAME and so on;
    /// several keep whoever all of them keep
    #[arg(long = "filter", value_name = "WORD", value_delimiter = ',')]
    filters: Vec<Keep>,
    /// Lists the candidates by this: order, name, heard, rated, total, panel, spread, arrival, deadline or decision
    #[arg(long = "sort", value_name = "WORD")]
    by: Option<SortBy>,
    /// The other way round
    #[arg(long, requires = "by")]
    reverse: bool,
}

impl Rows {
    /// Whether candidates are asked for.
    pub(super) fn asks(&self) -> bool {
        !self.filters.is_empty() || self.by.is_some()
    }

    /// The rows that are asked for.
    ///
    /// # Errors
    /// When what they are chosen or sorted by may not be seen yet.
    pub(super) fn rows(&self, seat: &Seat) -> Result<Vec<SubmissionId>, Failure> {
        let by = self.by.unwrap_or_default();
        if let Some(why) = seat.desk.refuses_order(by) {
            return Err(Failure::new(format!("Could not sort by {by}")).cause(why).hint("seal your own first"));
        }
        // It refuses what may not be told yet.
        many::kept(&self.filters, seat)?;
        Ok(seat.desk.sift(&Sieve { keeps: self.filters.clone(), by, reversed: self.reverse }))
    }
}

/// `{"candidate": source's id, "shown", "status", "late": null or why, "mine": whether it is one's own to review, "heard": 0 to 1
/// or null, "rated", "of", "sealed", "answers", "total", "panel", "apart": points between the reviewers furthest apart, "decision":
/// what became of it over all its applications, "decisions": [{"application": null for all, "decision", "because", "reason", "fast"}],
/// "differing": null or who
/// decided what, "against_ranking": null or in words, "shortlist", "tags", "assigned": null or names}`; figures of others are null until they show.
pub(super) fn as_json(seat: &Seat, id: SubmissionId) -> Option<Value> {
    let desk = &seat.desk;
    let submission = desk.batch.submission(id)?;
    let ((rated, of), (sealed, answers), (total, panel)) = (desk.rated_of_all(id), desk.sealed_of_all(id), desk.totals(id));
    Some(json!({
        "candidate": submission.candidate.source_id,
        "shown": desk.called(id),
        "status": submission.status,
        "late": desk.is_late(submission),
        "mine": desk.is_to_review(desk.me(), id),
        "heard": desk.heard_of_all(id).fraction(),
        "rated": rated,
        "of": of,
        "sealed": sealed,
        "answers": answers,
        "total": total,
        "panel": panel,
        "apart": desk.disagreement(id),
        "decision": desk.sight.outcome(submission),
        "decisions": decisions(seat, id),
        "differing": desk.differing_in_words(id),
        "against_ranking": desk.against_in_words(id),
        "shortlist": desk.sight.shortlist.contains_key(&id),
        "tags": desk.tags_shown(id),
        "assigned": desk.assigned_in_words(id),
    }))
}

/// The decisions that stand.
fn decisions(seat: &Seat, id: SubmissionId) -> Vec<Value> {
    let covered = |text: &SafeText| seat.desk.quoted_of(id, text);
    let one = |(application, decided): (Option<SafeText>, &crate::scorecard::Decided)| {
        json!({
            "application": application, "decision": decided.decision, "because": decided.because, "reason": covered(&decided.reason),
            "fast": decided.overrides.as_ref().map(covered),
        })
    };
    seat.desk.standing(id).into_iter().map(one).collect()
}

/// The same for people.
pub(super) fn say(seat: &Seat, rows: &[SubmissionId], context: &Context) {
    let head = ["candidate", "heard", "rated", "sealed", "total", "panel", "decision", "to know"];
    let mut table = Table::new(&head).right(1).right(2).right(3).right(4).right(5);
    for submission in rows.iter().filter_map(|id| seat.desk.batch.submission(*id)) {
        table.row(row(seat, submission));
    }
    match rows.is_empty() {
        true => context.out.say("Nobody."),
        false => context.out.table(&table),
    }
}

fn row(seat: &Seat, submission: &Submission) -> [String; 8] {
    let (desk, id) = (&seat.desk, submission.id);
    let ((rated, of), (sealed, answers), (total, panel)) =
        (desk.rated_of_all(id), desk.sealed_of_all(id), desk.totals_in_words(id));
    let heard = desk.heard_of_all(id).percent().map_or_else(|| "-".to_owned(), |percent| format!("{percent}%"));
    let decision = desk.decided_in_a_word(id).unwrap_or_default();
    let against = desk.against_in_words(id).map(|words| format!("against the ranking: {words}"));
    let differing = desk.differing_in_words(id).map(|words| format!("decided differently: {words}"));
    let starred = desk.sight.shortlist.contains_key(&id).then(|| "shortlist".to_owned());
    let know = desk.out_of_the_running(submission).map(str::to_owned).into_iter();
    let know = know.chain(desk.is_late(submission).map(str::to_owned)).chain(differing).chain(against).chain(starred);
    let know = know.chain(desk.tags_shown(id).into_iter().map(|tag| tag.to_string()));
    let know = know.chain(desk.assigned_in_words(id).map(|who| format!("assigned to {who}")));
    [
        desk.called(id).to_string(),
        heard,
        format!("{rated}/{of}"),
        format!("{sealed}/{answers}"),
        total.unwrap_or_default(),
        panel.unwrap_or_default(),
        decision.to_owned(),
        know.collect::<Vec<_>>().join("; "),
    ]
}
