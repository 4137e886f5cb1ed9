//! A person in this library: found by what someone who asks would know, and everything that the person handed in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::erasing::NamedIn;
use crate::app::Desk;
use crate::interview::{BatchId, CandidateId, EventId, ReviewerId, Submission, SubmissionId};
use crate::journal::{Act, Event};
use crate::library::{Library, LibraryError};
use crate::protocol::{Pseudonyms, Viewer, concern};
use crate::runtime::contents;
use crate::scorecard::{Hold, Panelist, Record};
use crate::text::SafeText;

/// Who was found, and by what.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// The person.
    pub candidate: CandidateId,
    /// Whether it was by a name, an address or a number that reviewers do not see: who asks by those knows them from then on.
    pub by_hidden: bool,
}

/// Why nobody in particular was found.
#[derive(Debug, thiserror::Error)]
pub enum NoSuchPerson {
    /// Nobody is called so.
    #[error("nobody is called \"{0}\"")]
    Nobody(SafeText),
    /// Several are; in which batches, and what each is called there.
    #[error("{} people are called \"{named}\"", .there.len())]
    Several {
        /// The name.
        named: SafeText,
        /// Each as `title: pseudonym`.
        there: Vec<String>,
    },
    /// The library cannot tell.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Finds a person by the source's id, a pseudonym, the candidate's own id, a name, an e-mail address or a telephone number, in one
/// batch or in all.
///
/// # Errors
/// Where nobody, or more than one person, is called so.
pub async fn find(library: &Library, named: &str, within: Option<BatchId>) -> Result<Found, NoSuchPerson> {
    let wanted = plainly(named);
    let (mut open, mut hidden) = (Vec::new(), Vec::new());
    for titled in library.titles().await? {
        if within.is_some_and(|only| only != titled.id) {
            continue;
        }
        let batch = library.batch(titled.id).await?;
        let names = Pseudonyms::of(&batch, false);
        for submission in &batch.submissions {
            let (id, pseudonym) = (submission.candidate.id, names.get(submission.id, None));
            let told = format!("{}: {}", batch.title, pseudonym.map_or("a candidate", SafeText::as_str));
            let source_id = submission.candidate.source_id.raw();
            let is_open = id.to_string() == named
                || (!source_id.is_empty() && source_id == named)
                || pseudonym.is_some_and(|name| plainly(name.raw()) == wanted);
            if is_open {
                open.push((id, told));
            } else if is_hidden_name(submission, &wanted) {
                hidden.push((id, told));
            }
        }
    }
    let by_hidden = open.is_empty();
    let mut found = if by_hidden { hidden } else { open };
    found.sort_by_key(|(id, _)| *id);
    let people: BTreeSet<CandidateId> = found.iter().map(|(id, _)| *id).collect();
    match (people.len(), people.first()) {
        (1, Some(candidate)) => Ok(Found { candidate: *candidate, by_hidden }),
        (0, _) | (_, None) => Err(NoSuchPerson::Nobody(SafeText::line(named))),
        _ => Err(NoSuchPerson::Several { named: SafeText::line(named), there: found.into_iter().map(|(_, told)| told).collect() }),
    }
}

fn is_hidden_name(submission: &Submission, wanted: &str) -> bool {
    let candidate = &submission.candidate;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(wanted);
    let is = |field: &Option<SafeText>| field.as_ref().is_some_and(|text| plainly(text.raw()) == wanted);
    let calls = candidate.phone.as_ref().is_some_and(|phone| number.len() >= 6 && digits(phone.raw()) == number);
    !wanted.is_empty() && (is(&candidate.name) || is(&candidate.email) || calls)
}

/// A name without regard to case and to how its words are joined.
fn plainly(name: &str) -> String {
    let words: Vec<String> = name.split([' ', '-', '_']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// A person, and each batch that the person is in.
pub struct Person {
    /// Who.
    pub candidate: CandidateId,
    /// Batch by batch, the last imported first.
    pub entries: Vec<Entry>,
}

/// One batch that a person is in, as one reviewer sees it.
pub struct Entry {
    /// The batch, open for whoever asks.
    pub desk: Desk,
    /// The person's submission in it.
    pub submission: SubmissionId,
}

impl Entry {
    /// The submission.
    pub fn of(&self) -> &Submission {
        self.desk.batch.submission(self.submission).expect("it was found in this batch")
    }

    /// Whether the person is on the batch's shortlist.
    pub fn is_shortlisted(&self) -> bool {
        self.desk.sight.shortlist.contains_key(&self.submission)
    }

    /// Who handed the batch to whoever asks, and keeps the original.
    pub(super) fn handed_by(&self, events: &[Event]) -> Option<SafeText> {
        let me = self.desk.sight.viewer();
        let from = |event: &Event| match &event.act {
            Act::Received { from, .. } if event.header.author == me => Panelist::read(from).map(|from| from.label),
            _ => None,
        };
        events.iter().rev().find_map(from).filter(|_| self.desk.sight.only_decides())
    }

    /// Which of these acts whoever asks may see, each with whom it is about; and how many more there are.
    pub(super) fn names_in(&self, events: &[Event], named: BTreeSet<EventId>) -> (Vec<NamedIn>, usize) {
        if named.is_empty() {
            return (Vec::new(), 0);
        }
        let acts: BTreeMap<EventId, &Act> = events.iter().map(|event| (event.id(), &event.act)).collect();
        let record = Record::fold(&self.desk.batch, events);
        let viewer = Viewer::of(&record, &self.desk.rules, self.desk.sight.viewer());
        let of = |candidate| self.desk.batch.submissions.iter().find(|one| one.candidate.id == candidate).map(|one| one.id);
        let (seen, unseen): (Vec<&Event>, Vec<&Event>) = events
            .iter()
            .filter(|event| named.contains(&event.id()))
            .partition(|event| viewer.sees(event.header.author, &concern(&event.act, &acts)));
        let told = seen.into_iter().map(|event| NamedIn {
            batch: self.desk.batch.id,
            what: SafeText::line(&event.header.kind),
            on: event.header.subject.and_then(of).map(|id| self.desk.called(id)),
        });
        (told.collect(), unseen.len())
    }

    /// What forbids a removal now.
    pub fn holds(&self, now: Timestamp) -> impl Iterator<Item = &Hold> {
        self.desk.sight.holds_on(&self.desk.batch, self.of().candidate.id, now)
    }
}

/// Opens every batch that a person is in.
pub async fn open(library: &Library, me: ReviewerId, candidate: CandidateId) -> Result<Person, LibraryError> {
    let among = library.candidates().await?;
    let mut entries = Vec::new();
    for titled in library.titles().await? {
        if !among.get(&titled.id).is_some_and(|candidates| candidates.contains(&candidate)) {
            continue;
        }
        let desk = Desk::new(me, contents::open_batch(library, titled.id).await?);
        let submission = desk.batch.submissions.iter().find(|one| one.candidate.id == candidate).map(|one| one.id);
        entries.extend(submission.map(|submission| Entry { desk, submission }));
    }
    Ok(Person { candidate, entries })
}
