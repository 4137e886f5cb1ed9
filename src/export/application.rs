//! The ATS's records that a submission belongs to, as rows name them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::table::{Cell, Sources};
use crate::interview::Submission;
use crate::text::SafeText;

/// The ATS's record that a row is for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Application {
    pub(super) id: Option<SafeText>,
    pub(super) system: Option<SafeText>,
    pub(super) requisition: Option<SafeText>,
    /// Further ids that the ATS wants back.
    pub(super) ids: IndexMap<String, SafeText>,
}

impl Application {
    /// By what rows of one candidate are ordered.
    pub(super) fn order(&self) -> (Option<SafeText>, Option<SafeText>, Option<SafeText>) {
        (self.id.clone(), self.system.clone(), self.requisition.clone())
    }
}

/// Those that came with the submission, and those that a person tied to it; one without any when there is none.
pub(super) fn applications(sources: &Sources, submission: &Submission) -> Vec<Application> {
    let of_batch = || sources.batch.requisition.as_ref().map(|requisition| requisition.id.clone());
    let given = submission.applications.iter().map(|application| Application {
        id: Some(application.id.clone()),
        system: application.system.clone(),
        requisition: application.requisition.clone().or_else(of_batch),
        ids: application.ids.clone(),
    });
    let mut all: Vec<Application> = given.collect();
    for link in sources.visible.matched.get(&submission.id).into_iter().flatten() {
        if !all.iter().any(|application| application.id.as_ref() == Some(&link.application)) {
            let requisition = link.requisition.clone().or_else(of_batch);
            all.push(Application { id: Some(link.application.clone()), requisition, ..Application::default() });
        }
    }
    if all.is_empty() {
        all.push(Application { requisition: of_batch(), ..Application::default() });
    }
    all
}

/// Ids that a system could not tell apart: of more than one row, or different by leading zeros alone; each told in a line.
pub fn twins(sources: &Sources) -> Vec<SafeText> {
    let mut all: BTreeMap<(Option<SafeText>, String), (BTreeSet<SafeText>, usize)> = BTreeMap::new();
    for submission in sources.chosen() {
        for application in applications(sources, submission) {
            let Some(id) = application.id else { continue };
            let (spellings, count) = all.entry((application.system, bare(id.raw()))).or_default();
            spellings.insert(id);
            *count += 1;
        }
    }
    let told = |(spellings, count): (BTreeSet<SafeText>, usize)| {
        let written: Vec<String> = spellings.iter().map(|id| format!("\"{id}\"")).collect();
        match (written.len(), count) {
            (_, 1) => None,
            (1, n) => Some(format!("{n} rows have the application id {}", written[0])),
            _ => Some(format!("the application ids {} differ by leading zeros alone", written.join(" and "))),
        }
    };
    all.into_values().filter_map(told).map(|line| SafeText::line(&line)).collect()
}

/// An id as a system would see it that takes it for a number.
pub(super) fn bare(id: &str) -> String {
    if id.bytes().all(|byte| byte.is_ascii_digit()) { id.trim_start_matches('0').to_owned() } else { id.to_owned() }
}

/// The names of all further ids that applications of the batch have.
pub(super) fn further_ids(sources: &Sources) -> BTreeSet<String> {
    let all = sources.batch.submissions.iter().flat_map(|submission| &submission.applications);
    all.flat_map(|application| application.ids.keys().cloned()).collect()
}

/// An id, or nothing.
pub(super) fn id(id: Option<&SafeText>) -> Cell {
    id.map_or(Cell::Empty, Cell::id)
}
