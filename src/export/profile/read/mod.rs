//! Reads a profile from TOML and reports every mistake in it at once.

mod columns;
mod format;
mod lint;
mod parts;
mod pulls;
mod requests;
#[cfg(test)]
mod tests;

use toml::de::DeTable;

use parts::set;
pub use parts::unspoken_scheme;

use super::model::{Kind, Profile};
use crate::form::{Complaints, Form};
use crate::interview::{Digest, Problem, Severity};

/// The format that this program reads.
const SCHEMA: i64 = 1;
/// Bytes.
const LONGEST: usize = 1 << 20;

/// Everything that there is to say about a profile's file.
#[derive(Clone, PartialEq, Debug)]
pub struct CheckedProfile {
    /// The profile; there also where only something in it is wrong, and then not to be used.
    pub profile: Option<Profile>,
    /// Mistakes, then what is worth a second look, each in the order of the file.
    pub problems: Vec<Problem>,
}

impl CheckedProfile {
    /// Whether the profile can be used.
    pub fn is_right(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

impl Profile {
    /// Reads a profile. `file_name` is what the problems call it.
    ///
    /// # Errors
    ///
    /// Returns all mistakes of the file in its order, each with line and column, reason and remedy.
    pub fn read(file_name: &str, text: &str) -> Result<Profile, Vec<Problem>> {
        let checked = Profile::check(file_name, text);
        let is_right = checked.is_right();
        match checked.profile {
            Some(profile) if is_right => Ok(profile),
            _ => Err(checked.problems.into_iter().filter(|problem| problem.severity != Severity::Warning).collect()),
        }
    }

    /// Says everything about a profile's file.
    pub fn check(file_name: &str, text: &str) -> CheckedProfile {
        if text.len() > LONGEST {
            let reason = format!("the file has {} bytes, and a profile has at most {LONGEST}", text.len());
            let problem = Problem::fatal(file_name, "line 1, column 1", &reason, "name a profile").coded("too-long");
            return CheckedProfile { profile: None, problems: vec![problem] };
        }
        let hash = Digest::of(text.as_bytes());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (document, syntax) = DeTable::parse_recoverable(text);
        let complaints = Complaints::new(file_name, text, syntax);
        let root = Form::new("the profile".into(), 0, document.get_ref(), &complaints);
        let profile = profile(&root, hash);
        let (mistakes, warnings) = complaints.into_parts();
        CheckedProfile { profile, problems: [mistakes, warnings].concat() }
    }
}

/// Everything in the file; none where what it stands on cannot be read, which is then complained of.
fn profile(root: &Form<'_>, hash: Digest) -> Option<Profile> {
    schema(root);
    for (key, remedy) in [
        ("id", "add id = \"our-ats\""),
        ("title", "add title = \"…\": what it is for"),
        ("kind", "add kind = \"file\", \"http\" or \"soap\""),
    ] {
        root.require(key, remedy);
    }
    let kind = root.word("kind", &[("file", Kind::File), ("http", Kind::Http), ("soap", Kind::Soap)]).unwrap_or(Kind::File);
    let rows = parts::rows(root);
    let (dialect, bounds, filename) = format::format(root);
    let columns = columns::columns(root, rows.shape);
    let http = requests::http(root);
    let pushes = requests::pushes(root, kind);
    let pulls = pulls::pulls(root, kind);
    let id = root.slug("id");
    let profile = Profile {
        // What it is called may be wrong as well: the rest is read all the same.
        id: id.clone().unwrap_or_else(|| "unnamed".parse().expect("these letters are an id")),
        title: root.text("title").unwrap_or_default(),
        kind,
        sources: root.texts("source"),
        limits: root.texts("limits"),
        ident: parts::ident(root),
        rows,
        dialect,
        bounds,
        filename,
        columns: columns.iter().map(|(_, column)| column.clone()).collect(),
        http,
        pushes: pushes.iter().map(|(_, push)| push.clone()).collect(),
        pulls: pulls.iter().map(|(_, pull)| pull.clone()).collect(),
        deliver: parts::deliver(root),
        retry: parts::retry(root),
        privacy: parts::privacy(root),
        hash,
    };
    root.finish();
    lint::lint(root, &profile, &columns, &pushes);
    lint::pulls(root, &profile, &pulls);
    id.map(|_| profile)
}

fn schema(root: &Form<'_>) {
    root.require("schema", "add schema = 1 as the first line");
    let Some(schema) = root.whole("schema", 1..=i64::from(u16::MAX)) else { return };
    if schema != SCHEMA {
        let reason = format!("the profile has schema {schema}, and this program reads schema {SCHEMA}");
        root.error("schema", &reason, "update earmark, or write the profile in schema 1");
    }
}
