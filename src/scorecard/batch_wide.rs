//! What stands for a batch as a whole: rubric, protocol, panel, decisions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::interview::{CandidateId, Digest, EventId, QuestionId, ReviewerId, Slug, SubmissionId};
use crate::journal::{Decision, Order, Subject};
use crate::text::SafeText;

/// The rubric that a batch is reviewed by.
#[derive(Clone, PartialEq, Debug)]
pub struct Attachment {
    /// Its scoring hash.
    pub rubric_hash: Digest,
    /// Its text hash.
    pub text_hash: Digest,
    /// The batch's questions with the rubric's; a question that is not here is not scored. Empty: both have the same ids.
    pub map: Vec<(QuestionId, QuestionId)>,
    /// When it was attached.
    pub at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
}

impl Attachment {
    /// The rubric's question for a question of the batch; none when it is not scored.
    pub fn rubric_question<'a>(&'a self, question: &'a QuestionId) -> Option<&'a QuestionId> {
        if self.map.is_empty() {
            return Some(question);
        }
        self.map.iter().find(|(of_batch, _)| of_batch == question).map(|(_, of_rubric)| of_rubric)
    }
}

/// A protocol that holds in place of the rubric's.
#[derive(Clone, PartialEq, Debug)]
pub struct Override {
    /// Its hash.
    pub hash: Digest,
    /// Its settings, as `protocol::settings` writes them.
    pub settings: Value,
    /// Why, where a reason was given.
    pub reason: Option<SafeText>,
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
}

/// Under what a public identity that is kept lists the names that it had before.
pub const ONCE: &str = "once";

/// A member of the panel: the public half of an identity.
#[derive(Clone, PartialEq, Debug)]
pub struct Panelist {
    /// Who.
    pub id: ReviewerId,
    /// The name that colleagues know, for screens.
    pub label: SafeText,
    /// The name that leaves the house, for exports.
    pub pseudonym: SafeText,
    /// The whole public identity, with its keys.
    pub identity: Value,
}

impl Panelist {
    /// Reads a public identity: an object with `id`, and `label` and `pseudonym` where known.
    pub fn read(identity: &Value) -> Option<Self> {
        let id: ReviewerId = identity.get("id")?.as_str()?.parse().ok()?;
        let text = |key: &str| identity.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let pseudonym = text("pseudonym").map_or_else(|| id.usual_pseudonym(), SafeText::name);
        let label = text("label").map_or_else(|| pseudonym.clone(), SafeText::name);
        Some(Panelist { id, label, pseudonym, identity: identity.clone() })
    }

    /// A public identity of these three, as a panel's list holds it.
    pub fn write(id: ReviewerId, label: &SafeText, pseudonym: &SafeText) -> Value {
        json!({ "id": id, "label": label, "pseudonym": pseudonym })
    }
}

/// Someone who reads along and decides, and is not on the panel: a shortlist was handed to that person.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Guest {
    /// What is known of the person.
    pub who: Option<Panelist>,
    /// Until when what was handed over may be used; none: without an end.
    pub until: Option<Timestamp>,
    /// Whether the names came with it.
    pub names: bool,
    /// Whether the person has taken it in.
    pub received: bool,
}

/// Something of the batch as it was handed over.
#[derive(Clone, PartialEq, Debug)]
pub struct Handing {
    /// Whom it was about.
    pub submissions: BTreeSet<SubmissionId>,
    /// Until when they may be used; none: without an end.
    pub until: Option<Timestamp>,
    /// When it was made, by the sender's clock.
    pub at: Timestamp,
    /// Who made it.
    pub by: ReviewerId,
    /// Its place among what was done: the latest counts, whatever the clocks said.
    pub nth: u64,
}

/// How a guest keeps what was handed over: that person's own shortlist, tags and erasures, which change nobody else's.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Aside {
    /// Put on the shortlist, or taken off (none).
    pub shortlist: BTreeMap<SubmissionId, Option<Marked>>,
    /// Others' tags that were taken off.
    pub untagged: BTreeSet<(SubmissionId, SafeText)>,
    /// Whom that person erased: there, and nowhere else.
    pub erased: BTreeMap<CandidateId, Erasure>,
}

/// Who is to review.
#[derive(Clone, PartialEq, Debug)]
pub struct Assignment {
    /// Which submission; none: the whole batch.
    pub submission: Option<SubmissionId>,
    /// Who.
    pub reviewer: ReviewerId,
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
    /// Whether they need not any more.
    pub released: Option<Release>,
}

/// Need not any more.
#[derive(Clone, PartialEq, Debug)]
pub struct Release {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
    /// Why.
    pub reason: SafeText,
}

/// A decision on a submission, or on one of its applications.
#[derive(Clone, PartialEq, Debug)]
pub struct Decided {
    /// Which.
    pub decision: Decision,
    /// Which reason of the short list it is; none where it is in the person's own words alone.
    pub because: Option<Slug>,
    /// Why.
    pub reason: SafeText,
    /// Why although the gate was closed.
    pub overrides: Option<SafeText>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
    /// The event that made it.
    pub event: EventId,
    /// Its place among what was done: a later one stands, whatever the clocks said.
    pub nth: u64,
}

/// Something put on by someone.
#[derive(Clone, PartialEq, Debug)]
pub struct Marked {
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
}

/// A remark outside the scorecard.
#[derive(Clone, PartialEq, Debug)]
pub struct Commented {
    /// On which submission.
    pub submission: SubmissionId,
    /// What it says.
    pub text: SafeText,
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
    /// The event that made it.
    pub event: EventId,
}

/// An export that was made.
#[derive(Clone, PartialEq, Debug)]
pub struct Export {
    /// What it says.
    pub receipt: Value,
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
    /// Its place in the order of everything that was done.
    pub order: Order,
    /// Whom alone it is of; none: of the batch, as far as its receipt does not say.
    pub subject: Option<CandidateId>,
}

impl Export {
    /// Whether it may hold something about this candidate: not where it is of somebody else, or says whom it is of.
    pub fn may_hold(&self, candidate: CandidateId) -> bool {
        let listed = self.receipt.get("candidates").and_then(Value::as_array);
        let is_listed = |all: &Vec<Value>| all.iter().any(|one| one.as_str() == Some(candidate.to_string().as_str()));
        self.subject.is_none_or(|subject| subject == candidate) && listed.is_none_or(is_listed)
    }

    /// Whether it brought something about this candidate to its place. A receipt of an earlier release does not say whose rows
    /// arrived: then everyone's may have.
    pub fn delivered(&self, candidate: CandidateId) -> bool {
        let arrived = self.receipt.get("delivery").is_some_and(Value::is_string);
        let of = |all: &Vec<Value>| all.iter().any(|one| one.as_str() == Some(candidate.to_string().as_str()));
        arrived && self.receipt.get("candidates").and_then(Value::as_array).is_none_or(of)
    }
}

/// A submission's application, as a person confirmed it.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The application.
    pub application: SafeText,
    /// The job opening that it is for, where its list said so.
    pub requisition: Option<SafeText>,
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
}

/// Removal forbidden.
#[derive(Clone, PartialEq, Debug)]
pub struct Hold {
    /// Of what.
    pub subject: Subject,
    /// Why.
    pub reason: SafeText,
    /// Until when; none: until it is lifted.
    pub until: Option<Timestamp>,
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
}

/// A person's data removed.
#[derive(Clone, PartialEq, Debug)]
pub struct Erasure {
    /// What is left: what was removed, and from where.
    pub tombstone: Value,
    /// By whom.
    pub by: ReviewerId,
    /// When.
    pub at: Timestamp,
}
