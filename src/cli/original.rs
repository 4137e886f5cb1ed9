//! `earmark original`: the original of a video answer in the reviewer's own player.

use std::io::IsTerminal as _;

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{Seat, told};
use super::ui::players;
use super::words::moment;
use crate::interview::Moment;
use crate::journal::{Act, Subject, Through};
use crate::runtime::contents;
use crate::runtime::original::{self, NotShown, Original};
use crate::sound::stretch::{FASTEST, SLOWEST};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// The question: its id or its number
    question: String,
    /// From where: seconds, or minutes as 1:05.5
    #[arg(long, value_name = "TIME", value_parser = moment, default_value = "0")]
    at: Moment,
    /// How fast, from 0.5 to 3, where the batch fixes no speed
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f32,
}

const COULD_NOT: &str = "Could not show the original";

/// Waits until the player is closed. With `--json` `{"batch", "candidate", "shown", "events": [id], "question", "player",
/// "through": "memory" or "file", "at": seconds}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if !(SLOWEST..=FASTEST).contains(&args.speed) {
        return Err(Failure::usage(format!("a speed lies between {SLOWEST} and {FASTEST}")));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    let (_, question) = seat.question(&args.question)?;
    let answer = seat.answer(&submission, question)?.clone();
    seat.desk.may_show_original(answer.id).map_err(|why| Failure::new(COULD_NOT).cause(why.trim_end_matches('.')))?;
    let speed = seat.desk.fixed_speed().unwrap_or((args.speed * 100.0).round() as u16);
    original::sweep();
    let found = contents::original(&seat.library, &submission, &answer).await.map_err(|error| told(COULD_NOT, &error))?;
    let (bytes, extension) = found.ok_or_else(|| Failure::new(COULD_NOT).cause("there is no recording"))?;
    let title = seat.desk.original_title(answer.id);
    let what = Original {
        bytes: &bytes,
        extension: extension.as_deref(),
        title: title.as_str(),
        at: args.at,
        speed,
        document: !answer.kind.is_recording(),
    };
    let mut wish = players(context);
    // A file goes when it was seen; where nobody can say so, there is none.
    wish.files &= std::io::stdin().is_terminal();
    let mut showing = original::show(&what, &wish).map_err(|error| not_shown(&error))?;
    drop(bytes);
    let act = Act::Shown { what: Subject::Answer(answer.id), through: Some(showing.through()), statement: None };
    let written = seat.act(vec![(Some(submission.candidate.id), act)]).await;
    let events = match written {
        Ok(events) => events,
        // What cannot be written down is not shown.
        Err(failure) => {
            let _ = showing.child.kill();
            return Err(failure);
        }
    };
    let (shown, source) = seat.name(submission.id);
    seat.leave().await;
    let status = showing.child.wait().map_err(|error| Failure::new(COULD_NOT).because(&error))?;
    let through = showing.through();
    if showing.file.is_some() {
        context.out.say(format!("{} has opened it. Enter removes the file that it is shown from.", showing.player));
        let _ = std::io::stdin().read_line(&mut String::new());
    }
    if !status.success() {
        let why = format!("{} ended with {status}", showing.player);
        return Err(Failure::new(COULD_NOT).cause(why).hint("it takes a screen for pictures; the sound plays in earmark"));
    }
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": args.batch, "candidate": source, "shown": shown, "events": events, "question": answer.question,
            "player": showing.player, "through": through, "at": args.at.seconds(),
        }));
    }
    let how = if through == Through::File { " through a file in memory, which is removed" } else { "" };
    context.out.say(format!("{} showed the original of {shown}{how}; that is in the journal.", showing.player));
    Ok(Exit::Done)
}

fn not_shown(error: &NotShown) -> Failure {
    let failure = Failure::new(COULD_NOT).because(error).hint(error.remedy());
    match error {
        NotShown::NoSuchPlayer(_) => failure.exit(Exit::Usage),
        _ => failure,
    }
}
