//! A profile as a value: how earmark's tables become one ATS's columns or requests.

use std::time::Duration;

use indexmap::IndexMap;

use super::pull::Pull;
use super::push::{Http, Push};
use super::template::Template;
use crate::export::dialect::{Bounds, Dialect};
use crate::interview::{Digest, Slug};
use crate::text::SafeText;

/// What a profile's file says.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// What people call it on the command line.
    pub id: Slug,
    /// What it is for.
    pub title: SafeText,
    /// What it makes.
    pub kind: Kind,
    /// Pages that say what the ATS takes.
    pub sources: Vec<SafeText>,
    /// What it cannot do, and what was not tried; told by `profile check` and `profile test`.
    pub limits: Vec<SafeText>,
    /// How a row is tied to the ATS's record.
    pub ident: Ident,
    /// Which rows.
    pub rows: Rows,
    /// How records are written.
    pub dialect: Dialect,
    /// How much one file holds.
    pub bounds: Bounds,
    /// The file's name.
    pub filename: Template,
    /// The values, in order.
    pub columns: Vec<Column>,
    /// Where requests go, and how they are allowed.
    pub http: Option<Http>,
    /// What is sent for each row, in order.
    pub pushes: Vec<Push>,
    /// What is listed of the ATS's own records.
    pub pulls: Vec<Pull>,
    /// Where files go.
    pub deliver: Deliver,
    /// How often, and how long between.
    pub retry: Retry,
    /// What may leave.
    pub privacy: Privacy,
    /// The SHA-256 of the file.
    pub hash: Digest,
}

/// What a profile makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Files.
    File,
    /// JSON requests.
    Http,
    /// SOAP requests.
    Soap,
}

/// How a row is tied to the ATS's record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The field that holds the record's id.
    pub key: String,
    /// Fields without which a row cannot be delivered.
    pub require: Vec<String>,
    /// What happens to a row without them.
    pub on_missing: OnMissing,
    /// What an id looks like.
    pub form: IdForm,
    /// Fields with further ids that look the same, where they are there.
    pub alike: Vec<String>,
    /// The most characters of an id.
    pub longest: usize,
}

/// What happens to a row without an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnMissing {
    /// It is named and stays behind.
    #[default]
    Quarantine,
    /// Nothing is delivered.
    Fail,
    /// It is not selected.
    Skip,
}

/// What an id looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IdForm {
    /// Any text in one line.
    #[default]
    Text,
    /// A number from 1: ASCII digits alone.
    Digits,
    /// A UUID.
    Uuid,
}

/// Which rows are delivered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    /// One row per candidate and application, or one per rating.
    pub shape: Shape,
    /// All of these must hold.
    pub filter: Vec<Filter>,
    /// Only rows that differ from what was delivered last.
    pub changed_only: bool,
    /// Fields by which the rows are ordered.
    pub order: Vec<String>,
}

/// One row per candidate and application, or one per rating.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Shape {
    #[default]
    Wide,
    Long,
}

/// What must hold for a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filter {
    /// Sealed by enough reviewers and by everyone who should.
    Ready,
    /// A decision was made.
    Decided,
    /// The decision is advance.
    Advanced,
}

impl Filter {
    /// What the profile calls it.
    pub fn name(self) -> &'static str {
        match self {
            Filter::Ready => "ready",
            Filter::Decided => "decided",
            Filter::Advanced => "advanced",
        }
    }
}

/// One value of a row.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// What stands in the header, and what requests call it.
    pub name: Template,
    /// Where it comes from.
    pub from: From,
    /// What it becomes.
    pub kind: Type,
    /// A row without it is quarantined.
    pub required: bool,
    /// Whether the target has bounds for it.
    pub range: Range,
    /// From which points to which.
    pub scale: Option<Scaling>,
    /// Decimals.
    pub round: Option<u32>,
    /// The target's words for earmark's.
    pub map: IndexMap<String, String>,
    /// What happens to a word that is not in `map`.
    pub on_unmapped: OnUnmapped,
    /// The most characters.
    pub max_len: Option<usize>,
    /// What happens to more.
    pub on_overflow: OnOverflow,
    /// Once, or once for each of these.
    pub expand: Expand,
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum From {
    /// A field of the table; `{question}` and `{criterion}` are those of the expansion.
    Field(String),
    /// The same in every row.
    Constant(String),
    /// Every column of the table, under its own name.
    Every,
}

/// What a value becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Type {
    #[default]
    Text,
    Id,
    Integer,
    Decimal,
    Enum,
    Flag,
    Date,
    Datetime,
}

/// The numbers that the target takes.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Range {
    /// Not said.
    #[default]
    Unsaid,
    /// Any.
    Any,
    /// From one to another, both taken.
    Within(f64, f64),
}

/// A straight line from one scale to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scaling {
    /// The lowest and highest value in earmark.
    pub from: (f64, f64),
    /// What they become; the first may be the greater.
    pub to: (f64, f64),
}

/// What happens to a word that is not in the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnUnmapped {
    /// The row is named and stays behind.
    #[default]
    Quarantine,
    /// There is no value.
    Empty,
    /// The word stays.
    Keep,
}

/// What happens to a text that is too long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnOverflow {
    /// The row is named and stays behind.
    #[default]
    Quarantine,
    /// It is cut, with an ellipsis, and the row is named as cut.
    Cut,
}

/// Once, or once for each of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Expand {
    /// Once.
    #[default]
    No,
    /// For each criterion of the rubric: `{question}`, `{criterion}`.
    Criteria,
    /// For each must-have of the rubric: `{must_have}`.
    MustHaves,
}

/// Where files go, where the command does not say it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Deliver {
    /// A path, a folder or an address; `env:` allowed.
    pub to: Option<String>,
    /// The name of the empty file that says that another is whole; `{filename}` is that file's.
    pub done: Option<String>,
    /// Whether the file's SHA-256 is written beside it.
    pub sha256: bool,
    /// Whether a manifest is written beside it, once it lies there whole and before the file that says so.
    pub manifest: bool,
    /// The private key's file, for SFTP; the agent's keys without it.
    pub key: Option<String>,
    /// The known host keys' file, for SFTP; the person's own without it.
    pub known_hosts: Option<String>,
    /// Whether whoever takes uploads takes them away at once: then none is looked for afterwards.
    pub taken_at_once: bool,
    /// Whether whoever reads the place takes files away later: then none is missed that is not there any more.
    pub taken_away: bool,
    /// Headers of an upload; values may be `env:`, `cmd:`, `file:` or `keyring:`.
    pub headers: IndexMap<String, String>,
}

/// How often something is tried, and how long is waited between.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retry {
    /// Tries in all.
    pub attempts: u32,
    /// The first wait; each is twice the one before.
    pub base: Duration,
    /// The longest wait, also of those that a server asks for.
    pub cap: Duration,
    /// How long what was cut off, and is not found in a list that may lag, waits before it is sent again.
    pub again_after: Duration,
    /// HTTP statuses after which it is tried again.
    pub on: Vec<u16>,
}

impl Default for Retry {
    fn default() -> Self {
        let (base, cap) = (Duration::from_secs(1), Duration::from_secs(300));
        let again_after = Duration::from_secs(3600);
        Retry { attempts: 6, base, cap, again_after, on: vec![408, 425, 429, 500, 502, 503, 504] }
    }
}

/// What may leave.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Privacy {
    /// Whether `name`, `email` and `phone` may be used.
    pub names: bool,
    /// What reviewers are called.
    pub reviewers: ReviewerNames,
    /// Fields that may not be used, not even by `*`; `evidence_*` stands for all that begin so.
    pub deny: Vec<String>,
}

/// What reviewers are called in what leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReviewerNames {
    /// By their pseudonyms.
    #[default]
    Pseudonym,
    /// As colleagues know them.
    Full,
}

impl Privacy {
    /// Whether a field may be used.
    pub fn allows(&self, field: &str) -> bool {
        let denies = |denied: &String| match denied.strip_suffix('*') {
            Some(start) => field.starts_with(start),
            None => field == denied,
        };
        (self.names || !PERSONAL.contains(&field)) && !self.deny.iter().any(denies)
    }
}

/// The fields that tell who a candidate is.
pub const PERSONAL: [&str; 3] = ["name", "email", "phone"];
