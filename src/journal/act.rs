//! The kinds of act, also those that no screen writes yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Covering;
use super::unworded::Unworded;
use super::words::{Decision, MustHaveAnswer, Outcome, Recommendation, Scope, Statement, Subject, Tagging, Through, Unquoted};
use crate::interview::{
    AnswerId, CandidateId, CriterionId, Digest, EventId, Moment, QuestionId, ReviewerId, Revision, Slug, Span, Spans, SubmissionId,
    WriterId,
};
use crate::rubric::Observed;
use crate::text::{self, SafeText};

/// How an act is taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undoing {
    /// It is not: what follows it is another act.
    Never,
    /// By an `Undone` that names it; the undo key passes it over.
    Named,
    /// By the undo key too: it is a judgement.
    ByKey,
}

/// The answers that a seal locks, each with the recording that there was.
pub type Locks = BTreeMap<AnswerId, Option<Revision>>;

/// What a person did. The kind's name is in the envelope, its content is the body.
///
/// `revision` says which recording was heard or judged: ratings of an older one are kept and marked stale.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named in the words of the design; each kind says what it means")]
pub enum Act {
    // Hearing.
    /// These stretches were played to this reviewer, at this speed in hundredths.
    Heard { answer: AnswerId, revision: Option<Revision>, spans: Spans, speed: u16 },
    /// These stretches were on screen and read instead.
    Read { answer: AnswerId, revision: Option<Revision>, spans: Spans },

    // Judging.
    /// A value for one criterion of one answer.
    Rated {
        answer: AnswerId,
        revision: Option<Revision>,
        criterion: CriterionId,
        observed: Observed,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SafeText>,
    },
    /// The value is taken back.
    Cleared {
        answer: AnswerId,
        criterion: CriterionId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SafeText>,
    },
    /// A must-have is met, not met, or unclear.
    MustHave { submission: SubmissionId, id: Slug, met: MustHaveAnswer, span: Option<Span> },
    /// A stretch that ratings rest on.
    Evidenced {
        answer: AnswerId,
        revision: Option<Revision>,
        criteria: Vec<CriterionId>,
        span: Span,
        #[serde(deserialize_with = "text::block")]
        quote: SafeText,
    },
    /// A note; `replaces` names the note that it edits.
    Noted {
        answer: AnswerId,
        at: Option<Moment>,
        #[serde(deserialize_with = "text::block")]
        text: SafeText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<EventId>,
    },
    /// What to ask live.
    Probed {
        answer: AnswerId,
        at: Option<Moment>,
        #[serde(deserialize_with = "text::block")]
        text: SafeText,
    },
    /// An overall recommendation.
    Recommended { submission: SubmissionId, recommendation: Recommendation },
    /// Two answers to one question, compared on one criterion.
    Compared { question: QuestionId, criterion: CriterionId, a: AnswerId, b: AnswerId, outcome: Outcome },
    /// The reviewer steps aside.
    Recused {
        submission: SubmissionId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SafeText>,
    },

    // Protocol.
    /// The rubric was read.
    Acknowledged { rubric_hash: Digest },
    /// The protocol that holds from now on, as canonical JSON, its hash, and why.
    Protocol {
        hash: Digest,
        settings: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SafeText>,
    },
    /// The order of hearing was drawn from this seed.
    Shuffled { seed: Digest, algorithm: u16 },
    /// Ratings are locked; `unheard` names answers heard less than the policy asks, which the reviewer acknowledged; `knows` lists
    /// what the reviewer did in this scope as far as it had come to this library, so that nothing that was written apart counts as
    /// sealed: by its ids, since a copy of a library goes on with the same numbers. `locks` says which answers it locks, each with the
    /// recording that there was: what comes in later is outside of it, until a further seal of the scope locks that too. Without it,
    /// in journals of earlier releases, everything of the scope is locked.
    Sealed {
        scope: Scope,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unheard: Vec<AnswerId>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        knows: BTreeSet<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        locks: Option<Locks>,
    },
    /// They are opened again.
    Reopened {
        scope: Scope,
        #[serde(deserialize_with = "text::block")]
        reason: SafeText,
    },
    /// Something hidden was shown: a name, others' scores.
    Revealed {
        what: Subject,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SafeText>,
    },
    /// A machine's statement was first on screen; or, with `through`, the original of an answer was given to the reviewer's own player.
    Shown {
        what: Subject,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<Through>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Statement>,
    },
    /// An answer is about to be given to an engine outside: what was said, names hidden, or its sound. It is on disk before the first
    /// byte leaves; what came of it is an `Assisted` that names it. Where there is none, it may have been sent.
    Giving {
        answer: AnswerId,
        engine: SafeText,
        place: SafeText,
        prompt: Option<Digest>,
        read: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<Through>,
    },
    /// What came of giving an answer to an engine outside. `prompt` is the digest of what it was told beside the answer, `read` of what
    /// it got of the answer, `reply` of what it said. `giving` names the act before it, and `sent` says how many times the answer left:
    /// in journals of earlier releases neither is there, and it was once, unless the outcome says that it was not asked.
    Assisted {
        answer: AnswerId,
        engine: SafeText,
        version: SafeText,
        place: SafeText,
        prompt: Option<Digest>,
        read: Digest,
        reply: Option<Digest>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<Through>,
        outcome: SafeText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        giving: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent: Option<u32>,
    },
    /// An anchor clip was rated.
    Calibrated { clip: Slug, ratings: Vec<(CriterionId, Observed)> },
    /// Reviewers agreed on a third value; both first ones are kept.
    Reconciled {
        answer: AnswerId,
        criterion: CriterionId,
        observed: Observed,
        with: Vec<ReviewerId>,
        #[serde(deserialize_with = "text::block")]
        reason: SafeText,
    },
    /// A reviewer is to review a submission, or the whole batch.
    Assigned { submission: Option<SubmissionId>, reviewer: ReviewerId },
    /// A reviewer need not any more.
    Released { submission: Option<SubmissionId>, reviewer: ReviewerId, reason: SafeText },
    /// Who reviews the batch: public identities, one JSON object a person.
    Panel { reviewers: Vec<Value> },
    /// The keys of a reviewer who stays away were handed on to the panel, as the policy allows after some time: those that open the
    /// reviewer's streams up to these numbers. What that reviewer seals later waits anew.
    HandedOver {
        reviewer: ReviewerId,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        until: BTreeMap<WriterId, u64>,
        #[serde(deserialize_with = "text::block")]
        reason: SafeText,
    },
    /// A reviewer said that these scopes were sealed, in streams up to these numbers, and both lay in the shared folder: written before
    /// anything is opened for that reviewer, so that what the reviewer seals elsewhere later is known to be later, whatever the clocks say.
    Witnessed { reviewer: ReviewerId, scopes: BTreeSet<Scope>, ends: BTreeMap<WriterId, u64> },
    /// Submissions left the library as a file: for whom (a public identity; none where a passphrase opens it), until when it may be
    /// used, whether with names, and how many scorecards went and stayed.
    HandedOff {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Value>,
        submissions: Vec<SubmissionId>,
        until: Option<Timestamp>,
        names: bool,
        scorecards: u32,
        left_out: u32,
        /// What those are called whose work is in it: ids and pseudonyms.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<Value>,
    },
    /// Such a file was taken in: the event that made it, whose it is (a public identity), and who took it.
    Received {
        handoff: EventId,
        from: Value,
        by: Value,
        until: Option<Timestamp>,
        names: bool,
        /// Where texts that had come with names before name those who are without one now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        covers: Vec<Covering>,
    },
    /// Evidence on a submission that came with it without the quotes, which name somebody whose name is hidden: all there is now.
    Unquoted { submission: SubmissionId, moments: Vec<Unquoted> },
    /// Acts that came with it without the words in them that name somebody.
    Unworded { acts: Vec<Unworded> },

    // Deciding.
    /// On, or off, the shortlist.
    Shortlisted { submission: SubmissionId, on: bool },
    /// A tag put on or taken off.
    Tagged { submission: SubmissionId, tag: SafeText, act: Tagging },
    /// Advance, hold or decline.
    Decided {
        submission: SubmissionId,
        application: Option<SafeText>,
        decision: Decision,
        /// Which reason of the short list it is; none where it is in the person's own words alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Slug>,
        #[serde(deserialize_with = "text::block")]
        reason: SafeText,
        #[serde(default, skip_serializing_if = "Option::is_none", rename = "override")]
        overrides: Option<SafeText>,
    },

    // Keeping.
    /// What stands in an open text field, so that a crash loses at most two seconds of typing.
    Drafted {
        field: SafeText,
        #[serde(deserialize_with = "text::block")]
        text: SafeText,
        /// The moment of the answer that it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Moment>,
    },
    /// A rubric was attached; `map` ties the batch's questions to the rubric's.
    Attached { rubric_hash: Digest, text_hash: Digest, map: Vec<(QuestionId, QuestionId)> },
    /// A submission belongs to this application, which is for this requisition where its list says so; else for the batch's.
    Matched {
        submission: SubmissionId,
        application: SafeText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requisition: Option<SafeText>,
    },
    /// A remark on a submission, outside the scorecard.
    Commented {
        submission: SubmissionId,
        #[serde(deserialize_with = "text::block")]
        text: SafeText,
    },
    /// Removal is forbidden until then.
    Held { subject: Subject, reason: SafeText, until: Option<Timestamp> },
    /// It is not forbidden any more: every hold on just this subject that came before.
    Lifted { subject: Subject, reason: SafeText },
    /// An export was made; the receipt is what it says.
    Exported { receipt: Value },
    /// A person's data was removed.
    Erased { subject: CandidateId, tombstone: Value },
    /// A person's recordings were removed because their date had passed; what people judged stays. The receipt says what went.
    Removed { subject: CandidateId, receipt: Value },
    /// An earlier event of the same author does not count any more; undoing an `Undone` is redo.
    Undone { event: EventId },

    /// A kind of a later version, kept and carried on; or a body whose key was erased.
    #[serde(skip)]
    Unknown { kind: String, body: Option<Value> },
}

/// The outcome of an engine that nobody waited for any more: whether it got the answer is not known.
pub const ENDED_EARLY: &str = "ended early";
/// The outcome, in journals of earlier releases, of an engine that was given up before it was asked.
const NOT_ASKED: &str = "not asked any more";

impl Act {
    /// How many times an answer left for an engine by an `Assisted`; in journals of earlier releases once, unless it was not asked.
    pub fn times_sent(&self) -> u32 {
        match self {
            Act::Assisted { sent: Some(sent), .. } => *sent,
            Act::Assisted { outcome, .. } => u32::from(outcome.as_str() != NOT_ASKED),
            _ => 0,
        }
    }

    /// The kind's name and the body, as they are stored.
    pub fn to_parts(&self) -> (String, Value) {
        if let Act::Unknown { kind, body } = self {
            return (kind.clone(), body.clone().unwrap_or(Value::Null));
        }
        let whole = serde_json::to_value(self).expect("an act has only string keys");
        match whole {
            Value::Object(mut fields) => {
                let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
                (kind, fields.remove("body").unwrap_or(Value::Null))
            }
            _ => unreachable!("an act serializes as an object with kind and body"),
        }
    }

    /// Whether an `Undone` may take it back, and whether the undo key does. Seals are reopened, and what was seen, sent or
    /// removed stays so.
    pub fn undoing(&self) -> Undoing {
        use Act::*;
        match self {
            Heard { .. } | Read { .. } | Sealed { .. } | Reopened { .. } | Revealed { .. } | Shown { .. } => Undoing::Never,
            Shuffled { .. } | Drafted { .. } | Exported { .. } | Erased { .. } | Removed { .. } | HandedOver { .. } => {
                Undoing::Never
            }
            Witnessed { .. } | Lifted { .. } | Received { .. } | Unquoted { .. } => Undoing::Never,
            Unworded { .. } | Giving { .. } | Assisted { .. } => Undoing::Never,
            // Who has seen the experts' points cannot rate the clip as if not.
            Calibrated { .. } => Undoing::Never,
            Rated { .. } | Cleared { .. } | Evidenced { .. } | Noted { .. } | Probed { .. } | MustHave { .. } => Undoing::ByKey,
            Recommended { .. } | Compared { .. } | Tagged { .. } | Shortlisted { .. } | Decided { .. } => Undoing::ByKey,
            // Who reviews what is changed in one breath for many people, and a slip is taken back like one.
            Assigned { .. } | Released { .. } | Recused { .. } => Undoing::ByKey,
            Commented { .. } | Reconciled { .. } => Undoing::ByKey,
            _ => Undoing::Named,
        }
    }

    /// Whether it is what a reviewer does: who only decides on what was handed over does none of it.
    pub fn judges(&self) -> bool {
        use Act::*;
        let of_an_answer =
            matches!(self, Rated { .. } | Cleared { .. } | Evidenced { .. } | Noted { .. } | Probed { .. } | MustHave { .. });
        of_an_answer || matches!(self, Recommended { .. } | Compared { .. } | Recused { .. } | Sealed { .. } | Reopened { .. })
    }

    /// Whether it says how a batch is reviewed and by whom, or gives it to others: who only decides on what was handed over does none of
    /// it.
    pub fn arranges(&self) -> bool {
        use Act::*;
        matches!(self, Protocol { .. } | Attached { .. } | Panel { .. } | Assigned { .. } | Released { .. } | HandedOff { .. })
    }

    /// Whether an `Undone` may take it back.
    pub fn can_be_undone(&self) -> bool {
        self.undoing() != Undoing::Never
    }

    /// Reads a stored kind and body; what this version does not know is [`Act::Unknown`].
    pub fn from_parts(kind: &str, body: Value) -> Self {
        let whole = serde_json::json!({ "kind": kind, "body": body });
        serde_json::from_value(whole).unwrap_or_else(|_| Act::Unknown { kind: kind.to_owned(), body: Some(body) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubric::Point;

    #[test]
    fn an_act_is_stored_as_kind_and_body_and_read_back() {
        let act = Act::Rated {
            answer: AnswerId::derive(&["a"]),
            revision: None,
            criterion: "clarity".parse().expect("a slug"),
            observed: Observed::Point(Point::whole(4)),
            reason: None,
        };
        let (kind, body) = act.to_parts();
        assert_eq!(kind, "rated");
        assert_eq!(body["observed"]["point"], 4);
        assert_eq!(Act::from_parts(&kind, body), act);
    }

    #[test]
    fn a_kind_of_a_later_version_is_kept_and_carried_on() {
        let body = serde_json::json!({ "x": [1, 2] });
        let act = Act::from_parts("hologram", body.clone());
        assert_eq!(act.to_parts(), ("hologram".to_owned(), body));
    }
}
