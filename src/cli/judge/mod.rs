//! The acts by which one judges, one at a time: what the keys of the screen do, for scripts and for those without one.

pub(super) mod conclude;
pub(super) mod evidence;
pub(super) mod note;
pub(super) mod prefer;
pub(super) mod rate;
pub(super) mod reveal;
pub(super) mod undo;

use serde_json::{Value, json};

use super::exit::Exit;
use super::failure::Failure;
use super::room::{Seat, told};
use super::words::moment;
use crate::interview::{Answer, AnswerState, EventId, Kind, Moment, Span, Submission};
use crate::runtime::contents;
use crate::text::SafeText;

/// Whether an answer may be judged now; `what` begins with "Could not".
fn may_judge(seat: &Seat, answer: &Answer, what: &str) -> Result<(), Failure> {
    seat.rubric()?;
    may_score(seat, what)?;
    if let Some((submission, _)) = seat.desk.batch.answer(answer.id)
        && let Some(why) = seat.desk.out_of_the_running(submission)
    {
        let hint = "nobody waits for a score of it; where that is wrong, import or fetch the batch again once its source says so";
        return Err(Failure::new(what).cause(why).hint(hint));
    }
    may_note(seat, answer, what)
}

/// Whether scoring has begun: a rubric may be frozen with a time before which nobody scores.
fn may_score(seat: &Seat, what: &str) -> Result<(), Failure> {
    match seat.desk.opens_later(jiff::Timestamp::now()) {
        Some(why) => Err(Failure::new(what).cause(why).exit(Exit::TryLater)),
        None => Ok(()),
    }
}

/// Whether words may be written about an answer now: it can be heard or read, and is not sealed. That takes no rubric.
fn may_note(seat: &Seat, answer: &Answer, what: &str) -> Result<(), Failure> {
    seat.may_judge()?;
    let could_not = || Failure::new(what);
    match &answer.state {
        AnswerState::Ready | AnswerState::Truncated => {}
        AnswerState::NotGiven => return Err(could_not().cause("no answer was given")),
        AnswerState::NotHandedOut => {
            let failure = could_not().cause("the source does not hand out its recording");
            return Err(failure.hint("download it by hand, and `earmark attach` it"));
        }
        AnswerState::Faulty { reason } => {
            let failure = could_not().cause(format!("the answer cannot be used: {reason}"));
            return Err(failure.hint("it counts as a technical fault for everyone already, and as nobody's low score"));
        }
        AnswerState::NotHere => return Err(could_not().cause("the answer is not here yet").hint("import the batch again")),
    }
    match seat.desk.is_sealed(answer.id) {
        true => Err(is_sealed(could_not())),
        false => Ok(()),
    }
}

fn is_sealed(failure: Failure) -> Failure {
    failure.cause("it is sealed").hint("`earmark reopen` opens it again, with a reason")
}

/// A stretch of an answer as people write it: `12.5-20`; in a written answer, characters.
fn span(text: &str, answer: &Answer, seat: &Seat) -> Result<Span, Failure> {
    let wrong = |why: String| Failure::usage(format!("Could not take the stretch {text}")).cause(why);
    let (start, end) = text.split_once(['-', '–']).ok_or_else(|| wrong("write START-END, such as 12.5-20".to_owned()))?;
    let place = |text: &str| place(text, answer).map_err(wrong);
    let (start, end) = (place(start)?, place(end)?);
    if start >= end {
        return Err(wrong("it ends before it begins".to_owned()));
    }
    match length(seat, answer) {
        Some(length) if end > length => Err(wrong(format!("it ends at {end}, the answer at {length}"))),
        _ => Ok(Span { start, end }),
    }
}

/// A moment of an answer; in a written one, characters.
fn place(text: &str, answer: &Answer) -> Result<Moment, String> {
    match answer.kind {
        Kind::Text => text.trim().parse().map(Moment).map_err(|_| format!("\"{text}\" is no number of characters")),
        _ => moment(text.trim()),
    }
}

/// How long a recording is, where that is known.
fn length(seat: &Seat, answer: &Answer) -> Option<Moment> {
    let outline = seat.desk.outlines.get(&answer.id).filter(|_| answer.kind.is_recording());
    outline.map(|outline| outline.length)
}

/// What was said in a stretch, as far as there is a transcript with times; without names while they are hidden.
async fn quote(seat: &Seat, answer: &Answer, span: Span) -> Result<SafeText, Failure> {
    if let Some(text) = seat.desk.written(answer) {
        return Ok(text.part(span));
    }
    let here = contents::here(&seat.library, &seat.desk.batch, answer.id).await;
    let here = here.map_err(|error| told("Could not read the transcript", &error))?;
    let said = here.transcript.map(|transcript| seat.desk.said(answer.id, transcript));
    let said = said.map(|transcript| transcript.text(transcript.words_within(span)));
    Ok(said.map_or_else(SafeText::default, |said| SafeText::block(&said)))
}

/// A stretch and what was said there, for programs; times in seconds, in a written answer characters.
fn evidence_json(answer: &Answer, span: Span, quote: &SafeText) -> Value {
    let place = |moment: Moment| if answer.kind.is_recording() { json!(moment.seconds()) } else { json!(moment.0) };
    json!({ "start": place(span.start), "end": place(span.end), "quote": quote })
}

/// A text that is asked for and must not be empty.
fn text(given: &str, what: &str) -> Result<SafeText, Failure> {
    match given.trim() {
        "" => Err(Failure::usage(format!("{what}: it is empty"))),
        text => Ok(SafeText::block(text)),
    }
}

/// About whom it is, and the acts that were written, by which `earmark undo --event` knows them: the beginning of what every
/// command here prints.
fn whose(seat: &Seat, submission: &Submission, events: &[EventId]) -> Value {
    let (shown, source) = seat.name(submission.id);
    json!({ "batch": seat.desk.batch.id, "candidate": source, "shown": shown, "events": events })
}

/// Prints what was done, for programs and people, and closes the library.
async fn done(seat: Seat, result: Value, said: String, context: &super::Context) -> Exit {
    if context.out.wants_json() {
        context.out.json(&result);
    }
    context.out.say(said);
    seat.leave().await;
    Exit::Done
}
