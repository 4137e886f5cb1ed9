//! Which of an ATS's applications a submission belongs to: by ids; else proposed by e-mail, never by name.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::interview::{Batch, CandidateId, Submission, SubmissionId};
use crate::scorecard::Link;
use crate::text::SafeText;

/// An application as the ATS lists it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listed {
    /// Its id.
    pub application: String,
    /// The ATS's or the platform's id of the candidate.
    pub candidate: Option<String>,
    /// The candidate's address.
    pub email: Option<String>,
    /// The job opening's id.
    pub requisition: Option<String>,
}

/// What ties a submission to an application.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// An id that both have, and no e-mail address that says otherwise.
    Ids,
    /// An e-mail address that both have: a person confirms it.
    Email,
}

/// A submission and an application that belong together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Pair {
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// The application's id.
    pub application: SafeText,
    /// Why.
    pub by: By,
    /// The job opening that the application is for, where the list says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requisition: Option<SafeText>,
    /// The address that the list has, for whoever confirms it.
    #[serde(skip)]
    pub email: Option<SafeText>,
    /// The submission.
    #[serde(skip)]
    pub submission: SubmissionId,
    /// Whose it is.
    #[serde(skip)]
    pub owner: CandidateId,
}

/// What was found out about a list of applications.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Matching {
    /// What belongs together and was not tied yet.
    pub pairs: Vec<Pair>,
    /// Applications that fit several submissions, and why nobody can tell which.
    pub unclear: Vec<(SafeText, SafeText)>,
    /// How many applications of the list the batch has already.
    pub known: usize,
    /// Submissions without any application, also after this.
    pub without: Vec<SafeText>,
}

/// What a list says, where it says something.
fn said(text: Option<&str>) -> Option<SafeText> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(SafeText::line)
}

/// The applications that a submission has: those that came with it, and those that a person tied to it.
fn has(submission: &Submission, links: &BTreeMap<SubmissionId, Vec<Link>>, application: &str) -> bool {
    let tied = links.get(&submission.id).into_iter().flatten().map(|link| &link.application);
    submission.applications.iter().map(|one| &one.id).chain(tied).any(|id| id.raw() == application)
}

/// Ties a list of applications to a batch's submissions; `links` are those that stand already.
pub fn matching(batch: &Batch, links: &BTreeMap<SubmissionId, Vec<Link>>, listed: &[Listed]) -> Matching {
    let mut found = Matching::default();
    for one in listed.iter().filter(|one| !one.application.trim().is_empty()) {
        if batch.submissions.iter().any(|submission| has(submission, links, &one.application)) {
            found.known += 1;
            continue;
        }
        let by_id: Vec<&Submission> = batch.submissions.iter().filter(|submission| is_its(submission, one)).collect();
        if let [submission] = by_id.as_slice()
            && let Some(why) = contradiction(batch, submission, one)
        {
            found.unclear.push((SafeText::line(&one.application), SafeText::line(&why)));
            continue;
        }
        let (fits, by) = if by_id.is_empty() {
            (batch.submissions.iter().filter(|submission| has_email(submission, one)).collect(), By::Email)
        } else {
            (by_id, By::Ids)
        };
        match fits.as_slice() {
            [] => {}
            [submission] => found.pairs.push(Pair {
                candidate: submission.candidate.source_id.clone(),
                application: SafeText::line(&one.application),
                by,
                requisition: said(one.requisition.as_deref()),
                email: said(one.email.as_deref()),
                submission: submission.id,
                owner: submission.candidate.id,
            }),
            several => {
                let what = if by == By::Ids { "id" } else { "e-mail address" };
                let why = format!("{} submissions have its {what}", several.len());
                found.unclear.push((SafeText::line(&one.application), SafeText::line(&why)));
            }
        }
    }
    let is_left = |submission: &&Submission| {
        submission.applications.iter().all(|one| one.id.raw().trim().is_empty())
            && links.get(&submission.id).is_none_or(Vec::is_empty)
            && found.pairs.iter().all(|pair| pair.submission != submission.id)
    };
    found.without = batch.submissions.iter().filter(is_left).map(|submission| submission.candidate.source_id.clone()).collect();
    found
}

fn is_its(submission: &Submission, listed: &Listed) -> bool {
    let Some(id) = listed.candidate.as_deref().filter(|id| !id.is_empty()) else { return false };
    let further = submission.applications.iter().filter_map(|one| one.ids.get("candidate_id"));
    std::iter::once(&submission.candidate.source_id).chain(further).any(|own| own.raw() == id)
}

/// Why an id that both have may be a coincidence: the source's own id of somebody may be the ATS's id of somebody else. Where both
/// have an e-mail address, it must be one.
fn contradiction(batch: &Batch, submission: &Submission, listed: &Listed) -> Option<String> {
    let has = |address: Option<&str>| address.is_some_and(|address| address.contains('@'));
    let own = submission.candidate.email.as_ref().map(|email| email.raw());
    if !has(own) || !has(listed.email.as_deref()) || has_email(submission, listed) {
        return None;
    }
    let id = &submission.candidate.source_id;
    let other = batch.submissions.iter().find(|other| has_email(other, listed)).map(|other| &other.candidate.source_id);
    Some(match other {
        Some(other) => format!("{id} has its candidate's id, and {other} its e-mail address"),
        None => format!("{id} has its candidate's id, and another e-mail address than it"),
    })
}

fn has_email(submission: &Submission, listed: &Listed) -> bool {
    let spelled = |text: &str| text.trim().to_lowercase();
    let own = submission.candidate.email.as_ref().map(|email| spelled(email.raw())).filter(|email| email.contains('@'));
    own.is_some() && own == listed.email.as_deref().map(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorecard::sample::Sample;

    #[test]
    fn ids_tie_addresses_propose_and_what_fits_two_is_unclear() {
        let mut batch = Sample::new(4, 1).batch;
        let address = |text: &str| Some(SafeText::line(text));
        batch.submissions[0].candidate.email = address("Ann@Example.org");
        batch.submissions[1].candidate.email = address("bo@example.org");
        batch.submissions[2].candidate.email = address("bo@example.org");
        batch.submissions[3].candidate.email = None;
        let id = batch.submissions[3].candidate.source_id.raw().to_owned();
        let listed = |application: &str, candidate: &str, email: &str| Listed {
            application: application.into(),
            candidate: Some(candidate.to_owned()).filter(|text| !text.is_empty()),
            email: Some(email.to_owned()).filter(|text| !text.is_empty()),
            requisition: None,
        };
        let all =
            [listed("A1", "", "ann@example.org "), listed("A2", "", "BO@example.org"), listed("A3", &id, ""), listed("A4", "", "")];
        let found = matching(&batch, &BTreeMap::new(), &all);
        let pairs: Vec<(&str, By)> = found.pairs.iter().map(|pair| (pair.application.as_str(), pair.by)).collect();
        assert_eq!(pairs, [("A1", By::Email), ("A3", By::Ids)]);
        assert_eq!(found.unclear.len(), 1);
        assert_eq!(found.without.len(), 2);
    }

    #[test]
    fn an_id_that_an_e_mail_address_contradicts_ties_nothing() {
        let mut batch = Sample::new(2, 1).batch;
        batch.submissions[0].candidate.email = Some(SafeText::line("ann@example.org"));
        batch.submissions[1].candidate.email = Some(SafeText::line("bo@example.org"));
        let ids = [0, 1].map(|at| batch.submissions[at].candidate.source_id.raw().to_owned());
        let check = |email: &str, expected: Result<(), String>| {
            let listed =
                Listed { application: "A1".into(), candidate: Some(ids[0].clone()), email: Some(email.into()), requisition: None };
            let found = matching(&batch, &BTreeMap::new(), &[listed]);
            let why = found.unclear.first().map(|(_, why)| why.to_string());
            assert_eq!((found.pairs.len(), why), (usize::from(expected.is_ok()), expected.err()), "{email}");
        };
        check(" ANN@example.org", Ok(()));
        check("", Ok(()));
        check("bo@example.org", Err(format!("{} has its candidate's id, and {} its e-mail address", ids[0], ids[1])));
        check("cy@example.org", Err(format!("{} has its candidate's id, and another e-mail address than it", ids[0])));
    }
}
