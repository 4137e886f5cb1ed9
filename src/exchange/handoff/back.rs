//! What a reply says: what was decided and remarked there, and what it leaves as it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::interview::{CandidateId, EventId, ReviewerId, SubmissionId};
use crate::journal::{self, Act, Decision, Event, Tagging, standing};
use crate::scorecard::Record;
use crate::text::SafeText;

/// What somebody did on what was handed over, as far as it is new and stands.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Back {
    /// Decisions, the last on each application.
    pub decisions: Vec<Verdict>,
    /// Remarks, by whom they are about.
    pub remarks: Vec<SubmissionId>,
    /// Tags that were put on.
    pub tagged: Vec<(SubmissionId, SafeText)>,
    /// Tags of others that were taken off there, and stay on here.
    pub untagged: Vec<(SubmissionId, SafeText)>,
    /// That person's own tags that had come before, and are taken off here too.
    pub tags_off: Vec<(SubmissionId, SafeText)>,
    /// Who was put on that person's shortlist, which is that person's own.
    pub shortlisted: Vec<SubmissionId>,
    /// Who was taken off it.
    pub unlisted: Vec<SubmissionId>,
    /// Acts that were here and are taken back.
    pub taken_back: usize,
    /// The decisions among them; of one's own all that are taken back where none of one's own stands in their place.
    pub undone: Vec<TakenBack>,
    /// How often a hand-off was taken in there.
    pub received: usize,
    /// Acts on people who were erased here: nothing of them can be read.
    pub unreadable: usize,
    /// Who was erased there, and is not here: that is for the sender to decide.
    pub erased: BTreeSet<CandidateId>,
    /// Who was handed over and was erased here, of which that person had not heard: a name in what came back is not covered.
    pub unheard: BTreeSet<SubmissionId>,
    /// Texts among what came back, such as reasons, remarks and tags, where that is so.
    pub texts: usize,
}

/// A decision that came back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// On whom.
    pub submission: SubmissionId,
    /// For which application; none: for all.
    pub application: Option<SafeText>,
    /// What.
    pub decision: Decision,
}

/// A decision that is taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TakenBack {
    /// On whom, for which application, and what.
    #[serde(flatten)]
    pub was: Verdict,
    /// When it had been delivered, as far as is known here; none where it had not.
    pub delivered: Option<Timestamp>,
}

impl Back {
    /// The same with its tags as `covered` shows them.
    pub fn covered(mut self, covered: impl Fn(SubmissionId, &SafeText) -> SafeText) -> Back {
        for (of, tag) in self.tagged.iter_mut().chain(&mut self.untagged).chain(&mut self.tags_off) {
            *tag = covered(*of, tag);
        }
        self
    }

    /// What `who` did among all events of a batch, of which this is the record, without what was known before; all of it where nobody
    /// asks what was.
    pub(super) fn of(
        (events, record): (&[Event], &Record),
        who: ReviewerId,
        before: Option<&HashSet<EventId>>,
        erased: BTreeSet<CandidateId>,
    ) -> Back {
        let mine: Vec<&Event> = events.iter().filter(|event| event.header.author == who).collect();
        let was_here = |id: &EventId| before.is_some_and(|before| before.contains(id));
        let is_new = |event: &&&Event| !was_here(&event.id());
        let mut back = Back { erased, ..Back::default() };
        let mut decisions = BTreeMap::new();
        let (mut tags, mut listed) = (BTreeMap::new(), BTreeMap::new());
        for event in standing(mine.iter().copied()).iter().filter(is_new) {
            match &event.act {
                Act::Decided { submission, application, decision, .. } => {
                    decisions.insert((*submission, application.clone()), *decision);
                }
                Act::Commented { submission, .. } => back.remarks.push(*submission),
                Act::Tagged { submission, tag, act } => {
                    tags.insert((*submission, tag.clone()), *act == Tagging::Added);
                }
                Act::Shortlisted { submission, on } => {
                    listed.insert(*submission, *on);
                }
                Act::Received { .. } => back.received += 1,
                Act::Unknown { body: None, .. } => back.unreadable += 1,
                _ => {}
            }
        }
        back.texts = standing(mine.iter().copied()).iter().filter(is_new).map(|event| journal::texts(&event.act).len()).sum();
        let newly = |event: &&&Event| undoes(event).is_some_and(|gone| was_here(&gone));
        back.taken_back = mine.iter().filter(is_new).filter(newly).count();
        back.undone = match before {
            Some(_) => {
                let gone: HashSet<EventId> = mine.iter().filter(is_new).filter(newly).filter_map(|event| undoes(event)).collect();
                taken_back(&mine, record, |event| gone.contains(&event))
            }
            None => {
                let mut all = taken_back(&mine, record, |_| true);
                all.retain(|one| !decisions.contains_key(&(one.was.submission, one.was.application.clone())));
                last_of_each(all)
            }
        };
        let verdict = |((submission, application), decision)| Verdict { submission, application, decision };
        back.decisions = decisions.into_iter().map(verdict).collect();
        let (on, off): (BTreeMap<_, bool>, BTreeMap<_, bool>) = tags.into_iter().partition(|(_, on)| *on);
        back.tagged = on.into_keys().collect();
        let stays = |tag: &(SubmissionId, SafeText)| {
            record.tags.contains_key(tag) && record.asides.get(&who).is_some_and(|own| own.untagged.contains(tag))
        };
        let (stay, go): (Vec<_>, Vec<_>) = off.into_keys().partition(stays);
        let had_come = |tag: &(SubmissionId, SafeText)| {
            let put_on = |event: &&Event| matches!(&event.act, Act::Tagged { submission, tag: one, act: Tagging::Added } if (*submission, one) == (tag.0, &tag.1));
            mine.iter().copied().filter(|event| was_here(&event.id())).any(|event| put_on(&event))
        };
        (back.untagged, back.tags_off) = (stay, go.into_iter().filter(had_come).collect());
        let (on, off): (BTreeMap<_, bool>, BTreeMap<_, bool>) = listed.into_iter().partition(|(_, on)| *on);
        (back.shortlisted, back.unlisted) = (on.into_keys().collect(), off.into_keys().collect());
        back
    }
}

fn undoes(event: &Event) -> Option<EventId> {
    match &event.act {
        Act::Undone { event } => Some(*event),
        _ => None,
    }
}

/// The decisions among somebody's acts that do not stand any more, of those that are `wanted`.
fn taken_back(mine: &[&Event], record: &Record, wanted: impl Fn(EventId) -> bool) -> Vec<TakenBack> {
    let stand: HashSet<EventId> = standing(mine.iter().copied()).iter().map(|event| event.id()).collect();
    let gone = mine.iter().filter(|event| wanted(event.id()) && !stand.contains(&event.id()));
    let told = |event: &&Event| match &event.act {
        Act::Decided { submission, application, decision, .. } => {
            let was = Verdict { submission: *submission, application: application.clone(), decision: *decision };
            Some(TakenBack { was, delivered: record.left(event) })
        }
        _ => None,
    };
    gone.filter_map(told).collect()
}

/// On each application the last alone: who decided twice and took both back hears of it once.
fn last_of_each(all: Vec<TakenBack>) -> Vec<TakenBack> {
    let last: BTreeMap<_, _> = all.into_iter().map(|one| ((one.was.submission, one.was.application.clone()), one)).collect();
    last.into_values().collect()
}
