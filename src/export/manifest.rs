//! What is said beside a file that was exported: what is in it, what is not, by which rules, who made it and when.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::column::About;
use super::csv::Guarded;
use super::guard::Guard;
use super::mapping::{Mapped, PlannedFile};
use super::profile::{Profile, Shape};
use super::table::{Choice, Sources};
use super::write::{Found, RefusedCell};
use crate::interview::{BatchId, Digest};
use crate::protocol::settings;
use crate::text::SafeText;

/// A file's manifest; as JSON it lies beside the file.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Manifest {
    /// The release that wrote the file.
    pub earmark: &'static str,
    /// The file's name, without its folder.
    pub file: String,
    /// `csv`, `jsonl` or `xlsx`.
    pub format: &'static str,
    /// How long the file is.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// The batch.
    pub batch: BatchId,
    /// Which table.
    pub table: String,
    /// How many rows are in the file, the header not counted.
    pub rows: u64,
    /// The columns in their order, with what they hold.
    pub columns: Vec<Value>,
    /// The profile's id and hash, where one made the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Value>,
    /// Whose rows were taken.
    pub filters: Vec<String>,
    /// What is not in the file, and why.
    pub left_out: Value,
    /// Rows that stayed out because a cell of them is wrong.
    pub quarantined: Vec<Value>,
    /// Ids that a system could not tell apart, in a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<SafeText>,
    /// What happened to cells that a spreadsheet could take for formulas.
    pub formula_guard: Guard,
    /// All of these; rows are counted from 1 as they came, also those that stayed out, and the header has none. Of a profile's
    /// file the rows are counted that are in it.
    pub guarded: Vec<Guarded>,
    /// All cells with control characters, which are in the file as they came.
    pub controls: Vec<Guarded>,
    /// The rubric and every rule by which the numbers were made.
    pub policy: Value,
    /// The pseudonym of who exported.
    pub by: SafeText,
    /// When.
    pub at: Timestamp,
}

/// A file that was written.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// Its name, without its folder.
    pub file: &'a str,
    /// `csv`, `jsonl` or `xlsx`.
    pub format: &'static str,
    /// How long it is.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many rows are in it.
    pub rows: u64,
}

impl Manifest {
    /// The manifest of a table that was written as it is.
    pub fn of_table(
        made: Made,
        table: &str,
        columns: &[About],
        found: &Found,
        guard: Guard,
        sources: &Sources,
        at: Timestamp,
    ) -> Self {
        let names: Vec<String> = columns.iter().map(|about| about.name.clone()).collect();
        let filter = match sources.choice {
            Choice::Ready => "ready: sealed by enough reviewers, and by everyone assigned and not released",
            Choice::Sealed => "sealed: every sealed scorecard that may be seen",
        };
        Manifest {
            columns: columns.iter().map(|about| json!(about)).collect(),
            filters: vec![filter.to_owned()],
            quarantined: found.refused.iter().map(|one| refused(one, &names)).collect(),
            formula_guard: guard,
            guarded: found.named(&found.guarded, &names),
            controls: found.named(&found.controls, &names),
            ..Manifest::bare(made, table, sources, at)
        }
    }

    /// The same with the cells of the file itself, before those of rows that are not in it.
    pub fn with_cells(mut self, file: &PlannedFile) -> Self {
        self.guarded.splice(0..0, file.guarded.iter().cloned());
        Manifest { controls: file.controls.clone(), ..self }
    }

    /// The manifest of a file that a profile made; which of its cells are listed only the file knows ([`Manifest::with_cells`]).
    pub fn of_profile(made: Made, profile: &Profile, mapped: &Mapped, sources: &Sources, at: Timestamp) -> Self {
        let table = if profile.rows.shape == Shape::Wide { "wide" } else { "long" };
        let mut manifest = Manifest::bare(made, table, sources, at);
        manifest.left_out["by_filter"] = json!(mapped.filtered_of);
        manifest.left_out["without_id"] = json!(mapped.skipped);
        Manifest {
            columns: mapped.columns.iter().map(|name| json!({ "name": name })).collect(),
            profile: Some(json!({ "id": profile.id, "hash": format!("sha256:{}", profile.hash) })),
            filters: profile.rows.filter.iter().map(|filter| filter.name().to_owned()).collect(),
            quarantined: mapped.quarantined.iter().map(|one| json!(one)).collect(),
            formula_guard: profile.dialect.guard,
            guarded: mapped.guarded.clone(),
            ..manifest
        }
    }

    /// A manifest without what only whoever wrote the file knows: columns, filters, what was found in the cells.
    pub fn bare(made: Made, table: &str, sources: &Sources, at: Timestamp) -> Self {
        Manifest {
            earmark: env!("CARGO_PKG_VERSION"),
            file: made.file.to_owned(),
            format: made.format,
            bytes: made.bytes,
            sha256: made.sha256,
            batch: sources.batch.id,
            table: table.to_owned(),
            rows: made.rows,
            columns: Vec::new(),
            doubtful: Vec::new(),
            profile: None,
            filters: Vec::new(),
            left_out: left_out(sources),
            quarantined: Vec::new(),
            formula_guard: Guard::Off,
            guarded: Vec::new(),
            controls: Vec::new(),
            policy: policy(sources),
            by: sources.visible.pseudonym(sources.visible.viewer()),
            at,
        }
    }

    /// The manifest as the text of a file.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is JSON");
        text.push('\n');
        text
    }

    /// Whether another manifest's text says the same of the same file, whenever and by whomever it was made.
    pub fn says_the_same_as(&self, text: &str) -> bool {
        let without = |value: Value| match value {
            Value::Object(mut fields) => {
                fields.shift_remove("at");
                fields.shift_remove("by");
                Value::Object(fields)
            }
            other => other,
        };
        serde_json::from_str::<Value>(text).is_ok_and(|there| without(there) == without(json!(self)))
    }
}

/// A cell that kept its row out, as JSON.
pub fn refused(one: &RefusedCell, columns: &[String]) -> Value {
    json!({
        "row": one.at.row.map(|row| row + 1),
        "column": columns.get(one.at.column as usize),
        columns.first().map_or("first", String::as_str): SafeText::line(&one.first),
        "reason": one.reason,
        "remedy": one.remedy,
    })
}

fn left_out(sources: &Sources) -> Value {
    let left_out = sources.left_out();
    json!({
        "unsealed_scorecards": left_out.unsealed,
        "scorecards_not_begun": left_out.not_begun,
        "without_sealed_scorecard": left_out.candidates,
        "not_ready": sources.not_ready(),
        "not_come": sources.not_come(),
        "others_hidden": left_out.others_hidden,
    })
}

fn policy(sources: &Sources) -> Value {
    let attachment = sources.visible.attachment.as_ref();
    let hash = |digest: Option<Digest>| digest.map(|digest| format!("sha256:{digest}"));
    json!({
        "rubric": sources.rubric.id,
        "version": sources.rubric.version,
        "scoring_hash": hash(attachment.map(|attachment| attachment.rubric_hash)),
        "text_hash": hash(attachment.map(|attachment| attachment.text_hash)),
        "preset": sources.rules.protocol.preset,
        "settings": settings(sources.rules),
    })
}
