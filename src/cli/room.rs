//! What the commands that work on a library share: opening it, who acts, and which batch, candidate or question is meant.

use std::future::Future;

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use crate::app::Desk;
use crate::config::Identity;
use crate::config::key::{KeyError, KeyRing, LibraryKey, Origin, ask_on_terminal};
use crate::interview::{Answer, BatchId, CandidateId, EventId, Question, ReviewerId, Submission, SubmissionId};
use crate::journal::{Act, Draft, Scope, Statement, Subject};
use crate::library::{self, Access, Library, LibraryError, system_clock};
use crate::protocol::Names;
use crate::rubric::{Criterion, Rubric};
use crate::runtime::contents::NoSuchBatch;
use crate::runtime::{attach, contents, demo};
use crate::text::SafeText;

/// Runs a command that waits for the library.
pub(super) fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new("Could not start").because(&error))?;
    runtime.block_on(work)
}

/// The same for one that is told thousands of small things a second: on one thread nobody has to be woken for each.
pub(super) fn wait_alone<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new("Could not start").because(&error))?;
    runtime.block_on(work)
}

/// The places in which the key of the chosen library can lie; the demo's library has a key of its own.
pub(super) fn ring(context: &Context) -> KeyRing {
    let paths = &context.paths;
    if demo::is_demo(paths) { demo::ring(paths) } else { KeyRing::from_environment(&paths.config) }
}

/// The library to look at; none where there is none yet. Nothing is made.
pub(super) async fn look(context: &Context) -> Result<Option<Library>, Failure> {
    if !library::is_there(&context.paths.library) {
        return Ok(None);
    }
    let key = key_to_open(context)?;
    match Library::open(&context.paths.library, key.clone(), Access::ReadOnly, system_clock()).await {
        // Bringing it up to date is a write; the command would do it if it wrote.
        Err(LibraryError::Older { .. }) => open(context, key).await.map(Some),
        Err(LibraryError::NotThere { .. }) => Ok(None),
        other => other.map(Some).map_err(|error| told(COULD_NOT_OPEN, &error)),
    }
}

/// The library to look at, which must be there.
pub(super) async fn there(context: &Context) -> Result<Library, Failure> {
    look(context).await?.ok_or_else(|| none_there(context))
}

/// That the library is not there, and how to get one.
pub(super) fn none_there(context: &Context) -> Failure {
    let what = format!("Could not find a library in {}", context.paths.short(&context.paths.library));
    let hint = "`earmark import PATH` makes one; --library DIR names another, `earmark demo` has one of its own";
    Failure::new(what).exit(Exit::NoMatch).hint(hint)
}

/// The library to write to, made where there is none; nobody acts in it yet.
pub(super) async fn to_write(context: &Context) -> Result<Library, Failure> {
    open(context, key_to_open(context)?).await
}

/// The library to write to, which must be there: it is not made for a batch that is not in it.
pub(super) async fn there_to_write(context: &Context) -> Result<Library, Failure> {
    match library::is_there(&context.paths.library) {
        true => to_write(context).await,
        false => Err(none_there(context)),
    }
}

/// The library for the screen: made where there is none yet, unless one was named that is not there; only to look at where
/// the disk is full or nothing may be written there, with why. Nobody has looked for damage in it then.
pub(super) async fn for_screen(context: &Context) -> Result<(Library, Option<LibraryError>), Failure> {
    if context.paths.library_chosen && !library::is_there(&context.paths.library) {
        return Err(none_there(context));
    }
    let key = key_to_open(context)?;
    let opened = Library::open_at_once(&context.paths.library, key, system_clock()).await;
    opened.map_err(|error| told(COULD_NOT_OPEN, &error))
}

pub(super) const COULD_NOT_OPEN: &str = "Could not open the library";

async fn open(context: &Context, key: LibraryKey) -> Result<Library, Failure> {
    let opened = Library::open(&context.paths.library, key, Access::ReadWrite, system_clock()).await;
    opened.map_err(|error| told(COULD_NOT_OPEN, &error))
}

/// The key, asked for once where it is under a passphrase; made where there is no library yet.
fn key_to_open(context: &Context) -> Result<LibraryKey, Failure> {
    library::check_is_whole(&context.paths.library).map_err(|error| told(COULD_NOT_OPEN, &error))?;
    let ring = ring(context);
    // A new key would open nothing, and would stand in the way of the right one.
    if let Origin::New(path) = ring.origin()
        && context.paths.library.join("library.db").exists()
    {
        let why = format!("its key is not in {}", context.paths.short(&path));
        let hint = "put the key back: `earmark key --restore` reads the recovery key, EARMARK_KEY_FILE names a file";
        return Err(Failure::new(COULD_NOT_OPEN).cause(why).exit(Exit::Authentication).hint(hint));
    }
    ring.key(&mut |prompt| ask_on_terminal(prompt)).map_err(|error| key_told(COULD_NOT_OPEN, &error))
}

/// What went wrong in the library, with its exit code.
pub(super) fn told(what: &str, error: &LibraryError) -> Failure {
    let exit = match error {
        LibraryError::Busy { .. } => Exit::TryLater,
        LibraryError::WrongKey { .. } => Exit::Authentication,
        LibraryError::NotThere { .. } | LibraryError::UnknownBatch(_) => Exit::NoMatch,
        _ => Exit::Failed,
    };
    // The error's own sentence holds its cause.
    Failure::new(what).cause(error.to_string()).exit(exit)
}

/// What is wrong with the key, with its exit code.
pub(super) fn key_told(what: &str, error: &KeyError) -> Failure {
    use KeyError::*;
    let exit = match error {
        WrongPassphrase { .. } | CannotAsk { .. } | KeyringSilent { .. } | KeyringRefuses { .. } | KeyringWithout { .. } => {
            Exit::Authentication
        }
        Missing { .. } | NoKeyringTool => Exit::Usage,
        _ => Exit::Failed,
    };
    let failure = Failure::new(what).cause(error.to_string()).exit(exit);
    match error {
        NoKeyringTool => failure.hint("install it: libsecret-tools on Debian and Ubuntu, libsecret on Fedora and Arch"),
        KeyringSilent { .. } | KeyringRefuses { .. } => failure.hint(
            "log in to the desktop whose keyring it is, and unlock it there; where there is none, EARMARK_KEY_FILE names a key file",
        ),
        KeyringWithout { path } => failure.hint(format!(
            "unlock the keyring and try again; if the entry is gone, move {} away and put the key back with `earmark key --restore`, \
             which reads the recovery key",
            path.display()
        )),
        _ => failure,
    }
}

/// The key of the chosen library; never made here.
pub(super) fn key(context: &Context) -> Result<Option<LibraryKey>, Failure> {
    let ring = ring(context);
    if matches!(ring.origin(), Origin::New(_)) {
        return Ok(None);
    }
    let key = ring.key(&mut |prompt| ask_on_terminal(prompt));
    key.map(Some).map_err(|error| key_told("Could not read the key", &error))
}

/// Who acts in a library: the identity of this installation; in the demo's library the demo's reviewer.
pub(super) async fn identity(library: &Library, context: &Context) -> Result<Identity, Failure> {
    if demo::is_demo(&context.paths) {
        return demo::reviewer(library, &context.paths).await.map_err(super::demo::told);
    }
    if Identity::load(&context.paths).map_err(super::identity::told)?.is_none() {
        nobody_else(library, context).await?;
    }
    super::identity::require(context)
}

/// Refuses to make someone new where someone has worked already: an identity that was lost would silently become another
/// person, with ratings and seals of their own.
pub(super) async fn nobody_else(library: &Library, context: &Context) -> Result<(), Failure> {
    let authors = library.own_authors().await.map_err(|error| told("Could not read who worked in the library", &error))?;
    let Some(author) = authors.first() else { return Ok(()) };
    if demo::is_demo(&context.paths) {
        return Err(super::demo::told(demo::reviewer_gone(*author, &context.paths)));
    }
    let file = context.paths.short(&context.paths.identity());
    let why = format!("someone has worked in this library (reviewer {author}), and {file}, which says who you are, is not there");
    let hint = format!(
        "if that is you, put {file} back from a copy; a new identity is another person, who does not have your ratings: \
         `earmark identity --new --label NAME` makes one all the same"
    );
    Err(Failure::new("Could not tell who you are").cause(why).hint(hint).exit(Exit::Authentication))
}

/// Who acts, where that is known already; nobody is asked.
pub(super) fn known_identity(context: &Context) -> Result<Option<Identity>, Failure> {
    match demo::is_demo(&context.paths) {
        true => demo::known_reviewer(&context.paths).map_err(super::identity::told),
        false => Identity::load(&context.paths).map_err(super::identity::told),
    }
}

/// Who looks at a batch: the identity that is known, else someone without one, who has judged nothing and sees what everyone
/// outside the panel sees. Nobody is made or asked; where someone has worked already, that person's identity is lost, and
/// looking without it would show what is sealed from that person.
async fn who_looks(library: &Library, context: &Context) -> Result<ReviewerId, Failure> {
    match known_identity(context)? {
        Some(_) if demo::is_demo(&context.paths) => identity(library, context).await.map(|me| me.reviewer()),
        Some(me) => Ok(me.reviewer()),
        None => {
            nobody_else(library, context).await?;
            Ok(ReviewerId::derive(&["earmark", "someone who only looks"]))
        }
    }
}

/// A batch that is open for one reviewer.
pub(super) struct Seat {
    pub(super) library: Library,
    pub(super) desk: Desk,
    /// The last act that was known when it was opened.
    base: Option<EventId>,
    /// Who sits there.
    me: ReviewerId,
}

impl Seat {
    /// Opens a batch to look at it.
    pub(super) async fn to_look(named: &str, context: &Context) -> Result<Seat, Failure> {
        let library = there(context).await?;
        let batch = find_batch(&library, named).await?;
        let me = who_looks(&library, context).await?;
        let library = match known_identity(context)? {
            Some(known) => library.looked_at_by(&known),
            None => library,
        };
        Seat::take(library, batch, me).await
    }

    /// Opens a batch to act on it.
    pub(super) async fn to_act(named: &str, context: &Context) -> Result<Seat, Failure> {
        let library = there_to_write(context).await?;
        let batch = find_batch(&library, named).await?;
        let me = identity(&library, context).await?;
        Seat::take(library.acting_for(&me), batch, me.reviewer()).await
    }

    async fn take(library: Library, batch: BatchId, me: ReviewerId) -> Result<Seat, Failure> {
        let contents = contents::open_batch(&library, batch).await;
        let contents = contents.map_err(|error| told("Could not open the batch", &error))?;
        let base = contents.entries.last().map(crate::journal::Event::id);
        Ok(Seat { desk: Desk::new(me, contents), library, base, me })
    }

    /// The same batch as it is now.
    pub(super) async fn anew(&self) -> Result<Seat, Failure> {
        Seat::take(self.library.clone(), self.desk.batch.id, self.me).await
    }

    /// Closes the library in good order.
    pub(super) async fn leave(self) {
        self.library.close().await;
    }

    /// The rubric, without which nothing is judged.
    pub(super) fn rubric(&self) -> Result<&Rubric, Failure> {
        self.desk.rubric.as_ref().ok_or_else(|| {
            let failure = Failure::new("Could not judge: no rubric is attached to this batch");
            failure.hint("attach one with `earmark rubric attach BATCH RUBRIC`")
        })
    }

    /// Refuses to judge what was handed over to be decided on.
    pub(super) fn may_judge(&self) -> Result<(), Failure> {
        if !self.desk.sight.only_decides() {
            return Ok(());
        }
        let failure = Failure::new("Could not judge").cause("you were handed these to decide on, not to score");
        Err(failure.hint("`earmark decide` decides, `earmark comment` remarks, `earmark tag` tags").exit(Exit::Usage))
    }

    /// Refuses to arrange what was handed over to be decided on, or to give it to others.
    pub(super) fn may_arrange(&self, what: &str) -> Result<(), Failure> {
        if !self.desk.sight.only_decides() {
            return Ok(());
        }
        let failure = Failure::new(what)
            .cause("you were handed these to decide on; how they are reviewed, and who else sees them, is not yours");
        Err(failure.hint("ask whoever handed them to you; `earmark decide` and `earmark comment` are yours").exit(Exit::Usage))
    }

    /// Refuses to deliver what was handed over to be decided on: what arrives in the ATS is of the whole batch.
    pub(super) fn may_deliver(&self) -> Result<(), Failure> {
        if !self.desk.sight.only_decides() {
            return Ok(());
        }
        let failure = Failure::new("Could not deliver").cause("you were handed these to decide on, and not the whole batch");
        let hint = "what you decide goes back with `earmark handoff BATCH --reply`, and whoever handed them to you delivers it";
        Err(failure.hint(hint).exit(Exit::Usage))
    }

    /// Writes acts, all or none, and takes them in; each with the candidate it concerns. Returns their ids.
    pub(super) async fn act(&mut self, acts: Vec<(Option<CandidateId>, Act)>) -> Result<Vec<EventId>, Failure> {
        if acts.iter().any(|(_, act)| act.judges()) {
            self.may_judge()?;
        }
        if acts.iter().any(|(_, act)| act.arranges()) {
            self.may_arrange("Could not arrange this batch")?;
        }
        let batch = Some(self.desk.batch.id);
        let draft = |(subject, act)| Draft { subject, base: self.base, ..attach::draft(batch, act) };
        let events = self.library.append(acts.into_iter().map(draft).collect()).await;
        let events = events.map_err(|error| told("Could not save", &error))?;
        let ids = events.iter().map(crate::journal::Event::id).collect();
        self.desk.take_all(events);
        Ok(ids)
    }

    /// Writes down that a machine's statements are seen now, those that were not seen before.
    pub(super) async fn sees(&self, statements: impl IntoIterator<Item = (Subject, Statement)>) -> Result<(), Failure> {
        let acts = self.desk.first_seen(statements);
        let batch = Some(self.desk.batch.id);
        let drafts = acts.into_iter().map(|(subject, act)| Draft { subject, base: self.base, ..attach::draft(batch, act) });
        let drafts: Vec<Draft> = drafts.collect();
        if drafts.is_empty() {
            return Ok(());
        }
        self.library.append(drafts).await.map(drop).map_err(|error| told("Could not save what is seen", &error))
    }

    /// The submission that a pseudonym, a source's id or a revealed name stands for.
    pub(super) fn candidate(&self, named: &str) -> Result<&Submission, Failure> {
        let wanted = plainly(named);
        let of = |submission: &&Submission| self.calls(submission).iter().any(|name| plainly(name.raw()) == wanted);
        let by_id = |submission: &&Submission| submission.candidate.source_id.raw() == named;
        let all = &self.desk.batch.submissions;
        let found: Vec<&Submission> = match all.iter().find(by_id) {
            Some(one) => vec![one],
            None => all.iter().filter(of).collect(),
        };
        match found.as_slice() {
            [one] => Ok(one),
            several => {
                let why = if several.is_empty() { "none" } else { "more than one" };
                let there: Vec<String> = self.desk.rows.iter().map(|id| self.desk.called(*id).to_string()).collect();
                Err(no_match("candidate", named, why, &there))
            }
        }
    }

    /// All that a candidate may be called by the person who asks.
    fn calls(&self, submission: &Submission) -> Vec<SafeText> {
        let hidden = Names::hidden(&self.desk.batch, &self.desk.rules);
        let questions = self.desk.batch.interview.questions.iter().map(|question| Some(&question.id));
        let of = questions.chain([None]).flat_map(|question| {
            let shown = self.desk.shown_name(submission.id, question);
            [shown.text().clone(), hidden.show(submission.id, question).text().clone()]
        });
        of.chain([submission.candidate.source_id.clone()]).collect()
    }

    /// The question with this id, this number, or this id in the rubric.
    pub(super) fn question(&self, named: &str) -> Result<(usize, &Question), Failure> {
        let all = &self.desk.batch.interview.questions;
        let by_id = all.iter().position(|question| question.id.as_str() == named);
        let by_number = || named.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < all.len());
        let in_rubric = |question: &Question| self.desk.sight.rubric_question(&question.id).is_some_and(|id| id.as_str() == named);
        let at = by_id.or_else(by_number).or_else(|| all.iter().position(in_rubric));
        at.map(|at| (at, &all[at])).ok_or_else(|| {
            let there: Vec<String> = all.iter().enumerate().map(|(at, question)| format!("{} {}", at + 1, question.id)).collect();
            no_match("question", named, "none", &there)
        })
    }

    /// The criterion of a question with this id, this name, or this number.
    pub(super) fn criterion(&self, question: &Question, named: &str) -> Result<&Criterion, Failure> {
        let all = self.desk.criteria_of(&question.id);
        let by_number = || named.parse::<usize>().ok().and_then(|number| all.get(number.checked_sub(1)?));
        let by_id = all.iter().find(|criterion| criterion.id.as_str() == named);
        let by_name = || all.iter().find(|criterion| plainly(criterion.name.raw()) == plainly(named));
        by_id.or_else(by_name).or_else(by_number).ok_or_else(|| {
            let there: Vec<String> = all.iter().map(|criterion| criterion.id.to_string()).collect();
            no_match("criterion", named, "none", &there)
        })
    }

    /// The answer of a submission to a question.
    pub(super) fn answer<'s>(&self, submission: &'s Submission, question: &Question) -> Result<&'s Answer, Failure> {
        submission.answer_to(&question.id).ok_or_else(|| {
            let what = format!("Could not find an answer of {} to {}", self.desk.called(submission.id), question.id);
            Failure::new(what).exit(Exit::NoMatch)
        })
    }

    /// What a submission is called, and by which id programs know it.
    pub(super) fn name(&self, id: SubmissionId) -> (SafeText, SafeText) {
        let source = self.desk.batch.submission(id).map(|submission| submission.candidate.source_id.clone());
        (self.desk.called(id), source.unwrap_or_default())
    }
}

/// How wide the terminal is; 80 columns where there is none.
pub(super) fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(80)
}

/// What is not sealed yet of what seals lock in this batch, in the order of hearing.
pub(super) fn open_scopes(desk: &Desk) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for step in desk.plan.steps.iter().filter(|step| !desk.is_sealed(step.answer)) {
        scopes.extend(desk.scope_of(step.answer).filter(|scope| !scopes.contains(scope)));
    }
    scopes
}

/// A name without regard to case and to how its words are joined.
fn plainly(name: &str) -> String {
    let words: Vec<String> = name.split([' ', '-', '_']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

fn no_match(kind: &str, named: &str, why: &str, there: &[String]) -> Failure {
    let what = format!("Could not tell which {kind} is meant by \"{named}\": {why} is called so");
    let hint = if there.is_empty() { format!("there is no {kind}") } else { format!("there are: {}", there.join(", ")) };
    Failure::new(what).hint(hint).exit(Exit::NoMatch)
}

/// The batch that is meant by its title or id, the beginning of either, or a part of its title.
pub(super) async fn find_batch(library: &Library, named: &str) -> Result<BatchId, Failure> {
    if named.trim().is_empty() {
        let hint = "name it by a part of its title or the beginning of its id; `earmark batches` lists them";
        return Err(Failure::usage("Could not find the batch: its name is empty").hint(hint));
    }
    let titles = library.titles().await.map_err(|error| told("Could not list the batches", &error))?;
    contents::find(&titles, named).map_err(|error| {
        let meant = |id: &BatchId| if let NoSuchBatch::Several { ids, .. } = &error { ids.contains(id) } else { true };
        let there = titles.iter().filter(|one| meant(&one.id));
        let there: Vec<String> = there.map(|one| format!("{} ({})", one.title, &one.id.to_string()[..8])).collect();
        let hint = match there.is_empty() {
            true => "the library is empty: `earmark import PATH`".to_owned(),
            false => format!("there are: {}", there.join(", ")),
        };
        Failure::new("Could not find the batch").because(&error).hint(hint).exit(Exit::NoMatch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_can_be_written_as_one_word() {
        assert_eq!(plainly("Cotton-Ibis"), plainly("cotton  ibis"));
        assert_ne!(plainly("Cotton Ibis"), plainly("Cotton Ibex"));
    }
}
