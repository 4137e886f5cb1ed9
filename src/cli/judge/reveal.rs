//! `earmark reveal`: a candidate's name, with a reason that is kept.

use serde_json::json;

use super::{done, whose};
use crate::app::REVEAL_REASONS;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::journal::{Act, Subject};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym or source's id
    candidate: String,
    /// Why; it is written to the journal
    #[arg(long)]
    reason: Reason,
}

/// The reasons that the screen offers, in their order there.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Reason {
    /// I need it to arrange something for the candidate
    Arrange,
    /// I think I know this person
    Known,
    /// The answer cannot be understood without it
    Understand,
    /// The review is finished
    Finished,
}

/// Writes nothing where the name shows already. With `--json` `{"batch", "candidate", "shown": the name, "reason", "revealed":
/// whether that is new}`.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    let before = seat.desk.shown_name(submission.id, None);
    if seat.desk.sight.only_decides() && before.is_hidden() {
        let failure = Failure::new("Could not reveal a name").cause("it did not come with what was handed to you");
        return Err(failure.hint("ask whoever handed it to you for a file with open names").exit(Exit::Usage));
    }
    let is_new = before.is_hidden();
    let reason = REVEAL_REASONS[args.reason as usize];
    let act = Act::Revealed { what: Subject::Name(submission.id), reason: Some(SafeText::line(reason)) };
    let acts = is_new.then_some((Some(submission.candidate.id), act)).into_iter().collect();
    let events = seat.act(acts).await?;
    let mut result = whose(&seat, &submission, &events);
    result["reason"] = json!(is_new.then_some(reason));
    result["revealed"] = json!(is_new);
    let said = match is_new {
        true => format!("{} is {}; this and the reason are in the journal.", before.text(), seat.desk.called(submission.id)),
        false => format!("{} is shown by name already.", seat.desk.called(submission.id)),
    };
    Ok(done(seat, result, said, context).await)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_reasons_are_those_of_the_screen() {
        let help = |reason: &Reason| {
            let value = reason.to_possible_value().expect("none is hidden");
            value.get_help().map(ToString::to_string).unwrap_or_default()
        };
        assert_eq!(Reason::value_variants().iter().map(help).collect::<Vec<_>>(), REVEAL_REASONS);
    }
}
