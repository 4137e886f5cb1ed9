//! `earmark compare`: candidates side by side, criterion by criterion, as far as it may be seen.

use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::judge::prefer::{self, Side, Wanted};
use super::output::Table;
use super::room::Seat;
use super::{Context, overall};
use crate::app::{Desk, OrderOf};
use crate::interview::{Answer, AnswerId, AnswerState, Question, ReviewerId, Submission, SubmissionId};
use crate::journal;
use crate::panel::Value;
use crate::protocol::Others;
use crate::rubric::Criterion;
use crate::scorecard::Comparison as SideBySide;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Only this question: its id or number
    #[arg(long, value_name = "QUESTION")]
    question: Option<String>,
    /// Only these candidates: pseudonyms, source's ids, or names that were revealed
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    candidates: Vec<String>,
    /// All questions at once: candidates as columns, the largest disagreements first; the shortlist where nobody is named
    #[arg(long, conflicts_with_all = ["question", "prefer"])]
    all: bool,
    /// With --all: in the rubric's order
    #[arg(long, requires = "all")]
    in_order: bool,
    /// What is compared with --prefer: a criterion's id, name or number
    #[arg(long, value_name = "CRITERION", requires = "prefer")]
    criterion: Option<String>,
    /// Say which of the two --candidates answered the --question better by the --criterion, or take that back
    #[arg(long, value_name = "WHICH", requires_all = ["question", "candidates", "criterion"])]
    prefer: Option<Side>,
}

/// What is laid side by side.
pub(super) struct Comparison<'d> {
    desk: &'d Desk,
    rows: Vec<SubmissionId>,
    questions: Vec<&'d Question>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if let (Some(side), Some(question), Some(criterion)) = (args.prefer, &args.question, &args.criterion) {
        let wanted = Wanted { batch: &args.batch, question, criterion, candidates: &args.candidates, side };
        return prefer::run(&wanted, context).await;
    }
    let seat = Seat::to_look(&args.batch, context).await?;
    let mut comparison = Comparison::of(&seat.desk);
    if let Some(question) = &args.question {
        comparison.questions = vec![seat.question(question)?.1];
    }
    if !args.candidates.is_empty() {
        let found = |named: &String| Ok::<_, Failure>(seat.candidate(named)?.id);
        let ids: Result<Vec<SubmissionId>, _> = args.candidates.iter().map(found).collect();
        comparison.rows = ids?;
    }
    if args.all {
        let columns = overall::columns(&seat.desk, &comparison.rows, !args.candidates.is_empty());
        let order = if args.in_order { OrderOf::Rubric } else { OrderOf::Disagreement };
        overall::show(&seat.desk, &columns, order, context);
        return Ok(Exit::Done);
    }
    if context.out.wants_json() {
        context.out.json(&comparison.to_json());
    } else {
        comparison.say(context);
    }
    Ok(Exit::Done)
}

impl<'d> Comparison<'d> {
    /// All candidates and questions of a batch, the candidates in the order in which the reviewer hears them.
    pub(super) fn of(desk: &'d Desk) -> Self {
        Comparison { desk, rows: desk.rows.clone(), questions: desk.batch.interview.questions.iter().collect() }
    }

    /// `{"batch", "title", "others": "hidden", "partly" or "shown", "candidates": [{"candidate": source's id, "shown", "answers":
    /// [{"question", "state", "heard": 0 to 1 or null, "sealed", "ratings": [{"criterion", "mine", "others": [{"reviewer",
    /// "value"}]}]}]}], "comparisons": [{"question", "criterion", "reviewer": null for one's own, "a", "b": source's ids, "outcome":
    /// "a", "b" or "tie"}]}`; a value is a point, `"NO"` or `"TF"`, or null.
    fn to_json(&self) -> Json {
        let desk = self.desk;
        let candidate = |id: &SubmissionId| {
            let submission = desk.batch.submission(*id)?;
            let answers = self.questions.iter().filter_map(|question| submission.answer_to(&question.id));
            Some(json!({
                "candidate": submission.candidate.source_id,
                "shown": desk.called(*id),
                "answers": answers.map(|answer| self.answer(answer)).collect::<Vec<_>>(),
            }))
        };
        json!({
            "batch": desk.batch.id,
            "title": desk.title(),
            "others": match desk.sight.others() {
                Others::Hidden => "hidden",
                Others::Partly => "partly",
                Others::Shown => "shown",
            },
            "candidates": self.rows.iter().filter_map(candidate).collect::<Vec<_>>(),
            "comparisons": self.compared().iter().map(|one| self.comparison(one)).collect::<Vec<_>>(),
        })
    }

    /// What was compared among these candidates and questions, as far as it may be seen: one's own first.
    fn compared(&self) -> Vec<(Option<ReviewerId>, &'d SideBySide, [&'d Submission; 2])> {
        let sight = &self.desk.sight;
        let theirs = sight.theirs().map(|(who, work)| (Some(who), work));
        let all = std::iter::once((None, sight.mine())).chain(theirs);
        let shown = |answer| {
            let (submission, found) = self.desk.batch.answer(answer)?;
            let asked = self.questions.iter().any(|question| question.id == found.question);
            (asked && self.rows.contains(&submission.id)).then_some(submission)
        };
        let both = |one: &'d SideBySide| Some([shown(one.a)?, shown(one.b)?]);
        all.flat_map(|(who, work)| work.comparisons.iter().filter_map(move |one| Some((who, one, both(one)?)))).collect()
    }

    fn comparison(&self, (who, one, [a, b]): &(Option<ReviewerId>, &SideBySide, [&Submission; 2])) -> Json {
        let names = self.desk.sight.pseudonyms();
        json!({
            "question": one.question,
            "criterion": one.criterion,
            "reviewer": who.map(|who| names.get(&who).cloned()),
            "a": a.candidate.source_id,
            "b": b.candidate.source_id,
            "outcome": one.outcome,
        })
    }

    /// The comparisons of one question, a line each: `depth: Cotton Ibis over Amber Fox (R7)`.
    fn say_compared(&self, question: &Question, context: &Context) {
        let names = self.desk.sight.pseudonyms();
        for (who, one, both) in self.compared().iter().filter(|(_, one, _)| one.question == question.id) {
            let [a, b] = both.map(|submission| self.desk.called(submission.id));
            let words = match one.outcome {
                journal::Outcome::A => format!("{a} over {b}"),
                journal::Outcome::B => format!("{b} over {a}"),
                journal::Outcome::Tie => format!("{a} and {b} about the same"),
            };
            let whose = who.and_then(|who| names.get(&who)).map_or_else(String::new, |name| format!(" ({name})"));
            context.out.say(format!("{}: {words}{whose}", one.criterion));
        }
    }

    fn answer(&self, answer: &Answer) -> Json {
        let desk = self.desk;
        let names = desk.sight.pseudonyms();
        let rating = |criterion: &Criterion| {
            let others = self.others(answer.id, criterion);
            let others = others.iter().map(|(who, value)| json!({ "reviewer": names.get(who), "value": value }));
            json!({
                "criterion": criterion.id,
                "mine": desk.my_rating(answer.id, &criterion.id).map(Value::from),
                "others": others.collect::<Vec<_>>(),
            })
        };
        json!({
            "question": answer.question,
            "state": state(answer),
            "heard": desk.heard_share(answer.id).fraction(),
            "sealed": desk.is_sealed(answer.id),
            "ratings": desk.criteria(answer.id).iter().map(rating).collect::<Vec<_>>(),
        })
    }

    fn others(&self, answer: AnswerId, criterion: &Criterion) -> Vec<(ReviewerId, Value)> {
        let theirs = self.desk.sight.theirs();
        theirs.filter_map(|(who, work)| Some((who, work.rating(answer, &criterion.id)?.observed.into()))).collect()
    }

    /// One table a question: candidates down, criteria across; beside one's own value, in brackets, the others'.
    pub(super) fn say(&self, context: &Context) {
        for question in &self.questions {
            let number = self.desk.batch.question(&question.id).map_or(0, |(at, _)| at + 1);
            context.out.say(format!("{number} {}", question.id));
            let criteria = self.desk.criteria_of(&question.id);
            let fixed: &[&str] =
                if self.desk.sight.is_on_panel() { &["candidate", "answer", "heard"] } else { &["candidate", "answer"] };
            let head: Vec<&str> = fixed.iter().copied().chain(criteria.iter().map(|criterion| criterion.id.as_str())).collect();
            let mut table = Table::new(&head);
            for row in &self.rows {
                table.row(self.row(*row, question, criteria));
            }
            context.out.table(&table);
            self.say_compared(question, context);
            context.out.say("");
        }
        if self.desk.rubric.is_none() {
            context.out.say("No rubric is attached: `earmark rubric attach BATCH RUBRIC`.");
        } else if self.desk.sight.others() == Others::Hidden {
            context.out.say("Others' values show when all of your own are sealed.");
        }
    }

    fn row(&self, id: SubmissionId, question: &Question, criteria: &[Criterion]) -> Vec<String> {
        let desk = self.desk;
        let mut row = vec![desk.shown_name(id, None).text().to_string()];
        let Some(answer) = desk.batch.submission(id).and_then(|submission| submission.answer_to(&question.id)) else { return row };
        let length = desk.outlines.get(&answer.id).map(|outline| outline.length.to_string());
        let seen = match &answer.state {
            AnswerState::Ready => length.unwrap_or_else(|| "there".to_owned()),
            AnswerState::Truncated => format!("{} cut", length.unwrap_or_default()),
            other => state_word(other).to_owned(),
        };
        row.push(seen);
        let reviews = desk.sight.is_on_panel();
        let heard = desk.heard_share(answer.id).percent().filter(|_| answer.state.is_reviewable());
        row.extend(reviews.then(|| heard.map_or_else(String::new, |percent| format!("{percent}%"))));
        for criterion in criteria {
            let mine = desk.my_rating(answer.id, &criterion.id).map_or_else(|| "·".to_owned(), |o| Value::from(o).to_string());
            let others: Vec<String> = self.others(answer.id, criterion).iter().map(|(_, value)| value.to_string()).collect();
            row.push(match (others.is_empty(), reviews) {
                (true, _) => mine,
                (false, true) => format!("{mine} ({})", others.join(" ")),
                // Who does not review has no value beside theirs.
                (false, false) => others.join(" "),
            });
        }
        row
    }
}

fn state(answer: &Answer) -> &'static str {
    match answer.state {
        AnswerState::Ready => "ready",
        AnswerState::Truncated => "truncated",
        AnswerState::NotGiven => "not_given",
        AnswerState::NotHandedOut => "not_handed_out",
        AnswerState::Faulty { .. } => "faulty",
        AnswerState::NotHere => "not_here",
    }
}

fn state_word(state: &AnswerState) -> &'static str {
    match state {
        AnswerState::NotGiven => "none",
        AnswerState::Faulty { .. } => "faulty",
        AnswerState::NotHere | AnswerState::NotHandedOut => "not here",
        AnswerState::Ready | AnswerState::Truncated => "",
    }
}
