//! What people did on a batch, act by act, as far as this reviewer may see it.

use std::collections::{BTreeMap, HashSet};

use super::machines::{MachineTold, ended_givings};
use super::{Desk, kind_in_words};
use crate::app::{decision_in_words, recommendation_in_words};
use crate::interview::{EventId, QuestionId, ReviewerId, SubmissionId};
use crate::journal::{Act, Event, MustHaveAnswer, Outcome, Subject, Tagging};
use crate::protocol::{Viewer, concern};
use crate::rubric::Observed;
use crate::scorecard::Panelist;
use crate::text::SafeText;

/// One act, in words that show no hidden name.
#[derive(Clone, PartialEq, Debug)]
pub struct ActTold {
    /// The event.
    pub event: EventId,
    /// When, by its author's clock.
    pub at: jiff::Timestamp,
    /// Who.
    pub by: ReviewerId,
    /// What the author is called in exports.
    pub author: SafeText,
    /// The kind, as the journal has it.
    pub kind: String,
    /// The submission that it is about.
    pub submission: Option<SubmissionId>,
    /// The question that it is about.
    pub question: Option<QuestionId>,
    /// What was done.
    pub what: SafeText,
    /// The machine that it has to do with, where it has to do with one.
    pub machine: Option<MachineTold>,
    /// Whether it counts; what came when its scope was sealed already does not.
    pub counts: bool,
}

/// Every act by its event, and the givings of which it is known what came of them.
type Acts<'a> = (&'a BTreeMap<EventId, &'a Act>, &'a HashSet<EventId>);

impl Desk {
    /// Every act that this reviewer may see, in the order that every machine agrees on: one's own, how the batch is reviewed, and of
    /// others' what is sealed and revealed. Nothing tells how much there is beside it.
    pub fn acts_in_sight(&self) -> Vec<ActTold> {
        let acts: BTreeMap<EventId, &Act> = self.entries.iter().map(|event| (event.id(), &event.act)).collect();
        let viewer = Viewer::of(&self.record, &self.rules, self.me);
        let seen = self.entries.iter().filter(|event| viewer.sees(event.header.author, &concern(&event.act, &acts)));
        let names = self.record.pseudonyms();
        let ended = ended_givings(&self.entries);
        seen.map(|event| self.told_act(event, &names, (&acts, &ended))).collect()
    }

    fn told_act(&self, event: &Event, names: &BTreeMap<ReviewerId, SafeText>, (acts, ended): Acts<'_>) -> ActTold {
        let by = event.header.author;
        let (submission, question) = self.about(event);
        let of_person = || {
            let subject = event.header.subject?;
            self.batch.submissions.iter().find(|one| one.candidate.id == subject).map(|one| one.id)
        };
        let of = submission.or_else(of_person);
        let words = SafeText::line(&self.act_in_words(event, (acts, ended)));
        let what = match (&event.act, of) {
            // What reviewers are called stays, also where a candidate is called so too; digits of a seed or an address are no phone number.
            (Act::Panel { .. } | Act::Shuffled { .. } | Act::Assisted { .. }, _) => words,
            (_, Some(of)) => self.quoted_of(of, &words),
            (_, None) => self.without_others(&words),
        };
        ActTold {
            event: event.id(),
            at: event.header.at,
            by,
            author: names.get(&by).cloned().unwrap_or_else(|| self.record.pseudonym(by)),
            kind: event.header.kind.clone(),
            submission: of,
            question,
            what,
            machine: self.machine_told(event, ended),
            counts: !self.record.work(by).is_some_and(|work| work.refused.iter().any(|one| one.event == event.id())),
        }
    }

    fn act_in_words(&self, event: &Event, (acts, ended): Acts<'_>) -> String {
        use Act::*;
        let kind = kind_in_words(&event.header.kind);
        match &event.act {
            Heard { spans, speed, .. } => {
                format!("heard {} at {}x", crate::interview::Moment(spans.length()), f64::from(*speed) / 100.0)
            }
            // A written answer has no time that could be told.
            Read { spans, .. } if spans.length() < 1_000 => "read what was on screen".to_owned(),
            Read { spans, .. } => format!("read {} of it instead", crate::interview::Moment(spans.length())),
            Shuffled { seed, algorithm } => format!("own order of hearing drawn from the seed {seed}, algorithm {algorithm}"),
            Rated { criterion, observed, reason, .. } => {
                format!("rated {criterion} {}{}", value_in_words(observed), because(reason.as_ref()))
            }
            Cleared { criterion, reason, .. } => format!("took back the rating of {criterion}{}", because(reason.as_ref())),
            MustHave { id, met, .. } => {
                let met = match met {
                    MustHaveAnswer::Yes => "met",
                    MustHaveAnswer::No => "not met",
                    MustHaveAnswer::Unclear => "unclear",
                };
                format!("must-have {id}: {met}")
            }
            Evidenced { criteria, span, quote, .. } => {
                let criteria: Vec<String> = criteria.iter().map(ToString::to_string).collect();
                format!("evidence for {} at {}-{}: {quote}", criteria.join(", "), span.start, span.end)
            }
            Shown { what: Subject::Document(_, nth), .. } => format!("document {} was opened or read", nth + 1),
            Giving { .. } | Assisted { .. } | Shown { statement: Some(_), .. } => {
                self.machine_in_words(event, ended).unwrap_or_else(|| kind.to_owned())
            }
            Noted { text, .. } => format!("noted: {text}"),
            Probed { text, .. } => format!("to ask live: {text}"),
            Recommended { recommendation, .. } => format!("recommended: {}", recommendation_in_words(*recommendation)),
            Compared { criterion, outcome, .. } => {
                let outcome = match outcome {
                    Outcome::A => "the first is better",
                    Outcome::B => "the second is better",
                    Outcome::Tie => "alike",
                };
                format!("compared on {criterion}: {outcome} ({})", self.in_words(event))
            }
            Held { reason, until, .. } => match until {
                Some(until) => format!("forbade removal until {until}: {reason}"),
                None => format!("forbade removal: {reason}"),
            },
            Lifted { reason, .. } => format!("lifted the holds: {reason}"),
            Released { reason, .. } | HandedOver { reason, .. } => format!("{kind}: {reason}"),
            Panel { reviewers } => {
                let listed: Vec<String> = reviewers.iter().filter_map(Panelist::read).map(|one| one.label.to_string()).collect();
                format!("{kind}: {}", listed.join(", "))
            }
            Protocol { reason, .. } => format!("{kind}{}", because(reason.as_ref())),
            Undone { event } => {
                let of = acts.get(event).map(|act| act.to_parts().0);
                format!("undid {}", of.as_deref().map_or("an act", kind_in_words))
            }
            Unknown { body: None, .. } => format!("{kind}, of a person whose data was erased or whose key has not come"),
            _ => self.deciding_in_words(event),
        }
    }

    /// The same of what is decided, locked and shown.
    fn deciding_in_words(&self, event: &Event) -> String {
        use Act::*;
        let kind = kind_in_words(&event.header.kind);
        match &event.act {
            Recused { reason, .. } => format!("stepped aside{}", because(reason.as_ref())),
            Sealed { scope, unheard, .. } => match unheard.len() {
                0 => format!("sealed {}", self.scope_in_words(scope)),
                some => format!("sealed {}, {some} answers heard less than the rules ask", self.scope_in_words(scope)),
            },
            Reopened { scope, reason } => format!("opened {} again: {reason}", self.scope_in_words(scope)),
            Shortlisted { on, .. } => (if *on { "put on the shortlist" } else { "taken off the shortlist" }).to_owned(),
            Tagged { tag, act: Tagging::Added, .. } => format!("tagged {tag}"),
            Tagged { tag, act: Tagging::Removed, .. } => format!("took off the tag {tag}"),
            Decided { decision, reason, overrides, .. } => match overrides {
                Some(over) => format!(
                    "decided: {}, because {reason}; before everyone was heard, because {over}",
                    decision_in_words(*decision)
                ),
                None => format!("decided: {}, because {reason}", decision_in_words(*decision)),
            },
            Commented { text, .. } => format!("remarked: {text}"),
            Revealed { reason, .. } => format!("{kind}{}", because(reason.as_ref())),
            _ => kind.to_owned(),
        }
    }
}

fn because(reason: Option<&SafeText>) -> String {
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

fn value_in_words(observed: &Observed) -> String {
    match observed {
        Observed::Point(point) => point.to_string(),
        Observed::NotObserved => "not observed".to_owned(),
        Observed::TechnicalFault => "technical fault".to_owned(),
    }
}
