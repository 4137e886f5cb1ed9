//! Mapped rows as requests: values that nothing was done with yet.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Datum, Mapped, MappedRow, Source};
use crate::export::profile::{Body, Call, Look, Profile, Pull, Push, THERE, for_xml, percent};
use crate::interview::Digest;
use crate::rubric::canonical_json;

/// One request that is to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedRequest {
    /// The push that it is of.
    pub push: String,
    /// `POST`, `PUT`, `PATCH` or `GET`.
    pub verb: String,
    /// Behind the base.
    pub path: String,
    /// JSON; for XML a text; null for none.
    pub body: Value,
    /// Whether the body is XML.
    pub is_xml: bool,
    /// Tells what is asked for from anything else: of verb, path and body in one spelling.
    pub digest: Digest,
}

/// Why a request could not be made from a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unrendered {
    /// The push.
    pub push: String,
    /// The field without a value.
    pub field: String,
}

/// What the requests of one row are made of.
#[derive(Clone, Copy)]
pub struct Requester<'a> {
    /// The profile, whose pushes they are of.
    pub profile: &'a Profile,
    /// The table that was mapped.
    pub source: &'a Source<'a>,
    /// All rows in the profile's columns.
    pub mapped: &'a Mapped,
    /// The row.
    pub row: &'a MappedRow,
    /// The target's own values, such as a tenant's name.
    pub values: &'a IndexMap<String, String>,
}

impl Requester<'_> {
    /// What the row asks of each push; none where it has nothing for it.
    ///
    /// # Errors
    /// Names the push, and the field that it needs and the row has not.
    pub fn all(&self) -> Result<Vec<Option<PlannedRequest>>, Unrendered> {
        self.profile.pushes.iter().map(|push| self.one(push)).collect()
    }

    fn one(&self, push: &Push) -> Result<Option<PlannedRequest>, Unrendered> {
        let look = |name: &str| self.field(name);
        if let Some(field) = &push.only_if
            && look(field).is_none_or(|datum| datum.is_empty())
        {
            return Ok(None);
        }
        rendered(&push.name, &push.call, &look).map(Some)
    }

    /// The columns without a value that a push looks at and leaves out of its request: whatever stands there in their place stays,
    /// and is compared with nothing.
    pub fn left_out_of(&self, push: &Push) -> Vec<String> {
        let find = |name: &str| self.field(name);
        let Body::Json(tree) = &push.call.body else { return Vec::new() };
        let (held, all) = (tree.held(&find), tree.fields());
        let looked = push.look.iter().flat_map(|look| &look.values).map(|(column, _)| column);
        let is_left_out = |column: &&String| all.contains(&column.as_str()) && !held.contains(&column.as_str());
        looked.filter(is_left_out).cloned().collect()
    }

    /// The request that changes what is there already; what the look keeps of it stands there as [`kept`] says, and is filled in
    /// once it is known.
    ///
    /// # Errors
    /// As [`Requester::all`].
    pub fn correction(&self, push: &Push, call: &Call) -> Result<PlannedRequest, Unrendered> {
        let find = |name: &str| match name.strip_prefix(THERE) {
            Some(name) => Some(Datum::Word(kept(name))),
            None => self.field(name),
        };
        rendered(&push.name, call, &find)
    }

    /// The request that shows what is there, with what must stand in our entry.
    ///
    /// # Errors
    /// As [`Requester::all`].
    pub fn look(&self, push: &Push, look: &Look) -> Result<(PlannedRequest, Vec<String>), Unrendered> {
        let find = |name: &str| self.field(name);
        let request = rendered(&push.name, &look.call, &find)?;
        let missing = |field| Unrendered { push: push.name.clone(), field };
        let entry = look.entry.iter().map(|(_, template)| template.render(&find, str::to_owned).map_err(missing));
        Ok((request, entry.collect::<Result<_, _>>()?))
    }

    /// A field by the name that requests use.
    fn field(&self, name: &str) -> Option<Datum> {
        let Requester { profile, source, mapped, row, values } = self;
        if let Some(datum) = mapped.datum(row, name) {
            return Some(datum.clone());
        }
        match name {
            "profile" => return Some(Datum::Word(profile.id.to_string())),
            "digest" => return Some(Datum::Word(row.digest.to_string())),
            "scorecard" => return Some(Datum::Text(scorecard(mapped, row))),
            "digest8" => return Some(Datum::Word(row.digest.to_string()[..8].to_owned())),
            _ => {}
        }
        if let Some(value) = name.strip_prefix("value.") {
            return values.get(value).map(|value| Datum::Word(value.clone()));
        }
        if !profile.privacy.allows(name) {
            return None;
        }
        source.cell(row.index, name).map(|cell| Datum::plain(&cell))
    }
}

/// What stands in a correction for something that the look keeps; no escaping changes it.
pub fn kept(name: &str) -> String {
    format!("~{THERE}{name}~")
}

/// A request of a listing, with what is `known` so far: the requisition, the page, ids of an entry.
///
/// # Errors
/// Names what the request needs and is not known.
pub fn pull_request(
    pull: &Pull,
    call: &Call,
    values: &IndexMap<String, String>,
    known: &dyn Fn(&str) -> Option<String>,
) -> Result<PlannedRequest, Unrendered> {
    let find = |name: &str| match name.strip_prefix("value.") {
        Some(name) => values.get(name).map(|value| Datum::Word(value.clone())),
        None => Some(known(name).map_or(Datum::Empty, Datum::Exact)),
    };
    rendered(&pull.name, call, &find)
}

fn rendered(push: &str, call: &Call, look: crate::export::profile::Lookup) -> Result<PlannedRequest, Unrendered> {
    let missing = |field| Unrendered { push: push.to_owned(), field };
    let path = call.path.render(look, percent).map_err(missing)?;
    let (body, is_xml) = match &call.body {
        Body::Empty => (Value::Null, false),
        Body::Json(tree) => (tree.render(look).map_err(missing)?.unwrap_or(Value::Null), false),
        Body::Xml(template) => (json!(template.render(look, for_xml).map_err(missing)?), true),
    };
    let digest = Digest::of(canonical_json(&json!([call.verb, path, body])).as_bytes());
    Ok(PlannedRequest { push: push.to_owned(), verb: call.verb.clone(), path, body, is_xml, digest })
}

/// All that the profile's columns say of a row, as a page of text: what has no value is left out.
fn scorecard(mapped: &Mapped, row: &MappedRow) -> String {
    let lines = mapped.columns.iter().zip(&row.data).filter(|(_, datum)| !datum.is_empty());
    lines.map(|(name, datum)| format!("{name}: {}\n", datum.written())).collect()
}
