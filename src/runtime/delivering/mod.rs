//! What profiles are applied to: a batch's table, and what stands beside its rows; the profiles themselves; and delivering by them.

mod listed;
mod opened;
mod undone;
mod work;

use std::path::Path;

use indexmap::IndexMap;

use super::exporting;
use crate::app::Desk;
use crate::config::read_bounded;
use crate::export::mapping::{self, Beside, Mapped, Source};
use crate::export::profile::{CheckedProfile, Profile, ReviewerNames, Shape as Wanted, shipped_profile, shipped_profiles};
use crate::export::{Cell, Choice, Exported, Sources, Which};
use crate::interview::{CandidateId, Problem, Submission};
use crate::protocol::is_ready;
use crate::text::SafeText;

pub use listed::{listed, rows};
pub use opened::{Opened, place, read_profile};
pub use undone::{Remedy, Undone};
pub use work::{
    MOST_CHANGED, Tell, Work, arrived, begun, braked, known_of, planned, pulled, removed, sent, target, too_much, turn,
};

/// The largest file that is taken for a profile, in bytes.
const LONGEST: u64 = 4 << 20;

/// A profile's file by its path, or a shipped profile by its name: its text, or why there is none.
///
/// # Errors
/// Names the shipped ones where there is neither.
pub fn profile_text(named: &str) -> Result<String, Box<Problem>> {
    if let Some(shipped) = shipped_profile(named).filter(|_| !Path::new(named).exists()) {
        return Ok(shipped.text.to_owned());
    }
    let bytes = read_bounded(Path::new(named), LONGEST).map_err(|error| {
        let shipped = shipped_profiles().iter().map(|one| one.name).collect::<Vec<_>>().join(", ");
        Box::new(Problem::fatal(named, "", &error.to_string(), &format!("name a file, or one of {shipped}")))
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.utf8_error().valid_up_to() + 1);
        Box::new(Problem::fatal(named, &place, "it is not UTF-8", "save it as UTF-8"))
    })
}

/// Everything that there is to say of a profile's file or of a shipped profile.
pub fn check_profile(named: &str) -> CheckedProfile {
    match profile_text(named) {
        Ok(text) => Profile::check(named, &text),
        Err(problem) => CheckedProfile { profile: None, problems: vec![*problem] },
    }
}

/// A table in a profile's shape, and what stands beside its rows.
#[derive(Debug)]
pub struct Gathered {
    /// The table, and what is not in it.
    pub exported: Exported,
    /// One for each row.
    pub beside: Vec<Beside>,
    /// Whose each row is.
    pub owners: Vec<CandidateId>,
}

/// What a profile is applied to, of what the reviewer at the desk may see; none while no rubric is attached.
pub fn gather(desk: &Desk, profile: &Profile) -> Option<Gathered> {
    let which = match profile.rows.shape {
        Wanted::Wide => Which::Wide,
        Wanted::Long => Which::Long,
    };
    // The profile's own filter chooses among all that is sealed, and says what it left out.
    let sources = exporting::sources(desk, Choice::Sealed)?;
    let exported = match profile.privacy.reviewers {
        ReviewerNames::Pseudonym => which.table(&sources),
        ReviewerNames::Full => which.table(&Sources { visible: &desk.sight.clone().with_labels(), ..sources }),
    };
    let submission = |row: usize| {
        let candidate = exported.table.cell(row, "candidate")?.written();
        desk.batch.submissions.iter().find(|submission| submission.candidate.source_id.raw() == candidate)
    };
    let (mut beside, mut owners) = (Vec::new(), Vec::new());
    for row in 0..exported.table.rows.len() {
        let submission = submission(row).expect("every row is made from a submission of the batch");
        let application = exported.table.cell(row, "application_id").map(Cell::written);
        owners.push(submission.candidate.id);
        beside.push(of_row(desk, profile, submission, application.as_deref()));
    }
    Some(Gathered { exported, beside, owners })
}

impl Gathered {
    /// The table as the profile wants it.
    ///
    /// # Errors
    /// As [`mapping::map`].
    pub fn mapped(&self, desk: &Desk, profile: &Profile) -> Result<Mapped, Vec<Problem>> {
        mapping::map(profile, &self.source(desk))
    }

    /// What is mapped.
    pub fn source<'a>(&'a self, desk: &'a Desk) -> Source<'a> {
        let rubric = desk.rubric.as_ref().expect("without a rubric nothing is gathered");
        Source { table: &self.exported.table, beside: &self.beside, rubric }
    }
}

fn of_row(desk: &Desk, profile: &Profile, submission: &Submission, application: Option<&str>) -> Beside {
    let requisition = desk.batch.requisition.as_ref();
    let id = |text: Option<&SafeText>| text.map_or(Cell::Empty, Cell::id);
    let mut fields: IndexMap<String, Cell> = IndexMap::from([
        ("submission".to_owned(), Cell::Id(submission.id.to_string())),
        ("batch".to_owned(), Cell::Id(desk.batch.id.to_string())),
        ("batch_title".to_owned(), Cell::text(Some(&desk.batch.title))),
        ("requisition_title".to_owned(), Cell::text(requisition.and_then(|requisition| requisition.title.as_ref()))),
    ]);
    let of_row = match application {
        Some(wanted) => submission.applications.iter().find(|one| one.id.raw() == wanted),
        // A row of the long table is of the submission; of its application where there is one alone.
        None if submission.applications.len() == 1 => submission.applications.first(),
        None => None,
    };
    if application.is_none() {
        let requisition = of_row.and_then(|one| one.requisition.as_ref()).or(requisition.map(|requisition| &requisition.id));
        fields.insert("application_id".into(), id(of_row.map(|one| &one.id)));
        fields.insert("application_system".into(), id(of_row.and_then(|one| one.system.as_ref())));
        fields.insert("requisition".into(), id(requisition));
    }
    for (name, value) in of_row.iter().flat_map(|one| &one.ids) {
        fields.insert(format!("id.{name}"), Cell::id(value));
    }
    if profile.privacy.names {
        let candidate = &submission.candidate;
        for (name, text) in [("name", &candidate.name), ("email", &candidate.email), ("phone", &candidate.phone)] {
            fields.insert(name.to_owned(), Cell::text(text.as_ref()));
        }
    }
    let application = application.filter(|text| !text.is_empty()).map(SafeText::line);
    let decided = desk.sight.decision(submission.id, application.as_ref());
    let ready = is_ready(&desk.sight, &desk.rules, submission.id);
    Beside { fields, ready, decision: decided.map(|decided| decided.decision) }
}
