//! What a profile says of requests: where they go, what is in them, and how one knows that they arrived.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::pointer::Pointer;
use super::pull::Next;
use super::template::{Lookup, Reference, Template};

/// Where requests go, and how they are allowed.
#[derive(Clone, PartialEq, Debug)]
pub struct Http {
    /// The address that paths are put behind; `env:` allowed.
    pub base: String,
    /// How requests are allowed.
    pub auth: Auth,
    /// Further headers of each request.
    pub headers: IndexMap<String, String>,
    /// The customer's own values, such as the ids of fields: `{value.NAME}`. Values may be `env:`.
    pub values: IndexMap<String, String>,
    /// Requests at the same time.
    pub at_once: usize,
    /// Requests in a second, on average.
    pub per_second: f64,
}

/// How requests are allowed; each secret is a reference, never the secret itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Auth {
    /// Not at all.
    None,
    /// `Authorization: Basic` of user and password.
    Basic {
        /// The user's name; it may be a reference.
        user: String,
        /// A reference; none where the password is empty.
        password: Option<String>,
    },
    /// `Authorization: Bearer` of a token.
    Bearer {
        /// A reference.
        token: String,
    },
    /// A header of its own.
    Header {
        /// Its name.
        name: String,
        /// A reference.
        value: String,
    },
    /// OAuth 2.0 client credentials (RFC 6749, section 4.4), the client named by HTTP Basic.
    ClientCredentials {
        /// Where tokens are given out.
        token_url: String,
        /// A reference.
        client_id: String,
        /// A reference.
        client_secret: String,
        /// Further form fields; values may be references.
        extra: IndexMap<String, String>,
    },
    /// WS-Security's UsernameToken in a SOAP envelope.
    UsernameToken {
        /// The user's name; it may be a reference.
        user: String,
        /// A reference.
        password: String,
    },
}

/// A request's method, path and body with fields in them.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// `GET`, `POST`, `PUT`, `PATCH`.
    pub verb: String,
    /// Behind the base; values are escaped.
    pub path: Template,
    /// JSON or XML; none for a GET.
    pub body: Body,
}

/// A request's body.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Tree),
    /// XML; values are escaped.
    Xml(Template),
}

/// JSON with fields in it.
#[derive(Clone, PartialEq, Debug)]
pub enum Tree {
    /// As it is.
    Plain(Value),
    /// A text with fields.
    Text(Template),
    /// A field's value with its own kind.
    Field(Reference),
    /// A list.
    List(Vec<Tree>),
    /// An object; `only_if` names a field without which it is left out.
    Object {
        /// The field.
        only_if: Option<String>,
        /// Its keys.
        entries: Vec<(String, Tree)>,
    },
}

/// One thing that is sent for each row.
#[derive(Clone, PartialEq, Debug)]
pub struct Push {
    /// What it is called in plans and in the ledger.
    pub name: String,
    /// The request.
    pub call: Call,
    /// Rows that go into one request, as a list; 1 where each has its own.
    pub group: usize,
    /// Only for rows in which this field has a value.
    pub only_if: Option<String>,
    /// What happens when it is sent twice.
    pub safe: Safe,
    /// How the ATS says that it took it.
    pub success: Success,
    /// How one sees what is there.
    pub look: Option<Look>,
    /// The request that changes what is there already, where that is another.
    pub correct: Option<Call>,
}

/// What the look kept of the entry that is ours: `{there.NAME}` in the path of a correction.
pub const THERE: &str = "there.";

/// What happens when a request is sent twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safe {
    /// The same as when it is sent once.
    Idempotent,
    /// It would be there twice; whether it is there can be seen.
    Readback,
    /// It would be there twice, and nobody can see whether it is there.
    Once,
}

/// How the ATS says that it took a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Success {
    /// HTTP statuses.
    pub status: Vec<u16>,
    /// What stands in the JSON of the answer.
    pub json: Vec<(Pointer, Value)>,
    /// What must stand in the JSON of the answer, whatever it is.
    pub has: Vec<Pointer>,
    /// What a grouped answer says of each row: the list, and in each entry what must stand there.
    pub each: Option<(Pointer, Vec<(Pointer, Value)>)>,
    /// Where the answer says why it did not.
    pub reason: Option<Pointer>,
    /// A text that an XML answer must hold.
    pub contains: Option<String>,
}

impl Success {
    /// Whether an answer without a JSON says nothing.
    pub fn wants_json(&self) -> bool {
        !self.json.is_empty() || !self.has.is_empty() || self.each.is_some()
    }
}

/// How one sees what is there: a request, and where in its answer to look.
#[derive(Clone, PartialEq, Debug)]
pub struct Look {
    /// The request.
    pub call: Call,
    /// What must stand in each answer: one without it says nothing.
    pub json: Vec<(Pointer, Value)>,
    /// The entries among which it is; the answer itself where there is none.
    pub list: Option<Pointer>,
    /// Whether an answer without the list has no entries; else it says nothing.
    pub list_optional: bool,
    /// Whether it must be there, because what is sent changes a record that exists: where it is not, the look has failed.
    pub required: bool,
    /// What must stand in the entry that is ours.
    pub entry: Vec<(Pointer, Template)>,
    /// What else than this stands only in entries of others. `{value.…}` is filled in.
    pub among: Vec<(Pointer, String)>,
    /// Which of the profile's columns stand where in it; where none do, the entry's being there is all.
    pub values: Vec<(String, Pointer)>,
    /// What a correction needs of it, by the name that it has there.
    pub keep: Vec<(String, Pointer)>,
    /// How the listing goes on.
    pub next: Option<Next>,
}

impl Tree {
    /// The fields that the JSON holds for a row, without those that are left out of it.
    pub fn held<'t>(&'t self, look: Lookup) -> Vec<&'t str> {
        let is_empty = |name: &str| look(name).is_none_or(|datum| datum.is_empty());
        match self {
            Tree::Plain(_) => Vec::new(),
            Tree::Text(template) => template.fields().collect(),
            Tree::Field(reference) if reference.is_omitted_when_empty() && is_empty(&reference.name) => Vec::new(),
            Tree::Field(reference) => vec![&reference.name],
            Tree::List(items) => items.iter().flat_map(|item| item.held(look)).collect(),
            Tree::Object { only_if: Some(field), .. } if is_empty(field) => Vec::new(),
            Tree::Object { entries, .. } => entries.iter().flat_map(|(_, tree)| tree.held(look)).collect(),
        }
    }

    /// The JSON with the fields' values; none where all of it is left out.
    ///
    /// # Errors
    /// Names the first field that is not there, or that a text needs and that is empty.
    pub fn render(&self, look: Lookup) -> Result<Option<Value>, String> {
        Ok(match self {
            Tree::Plain(value) => Some(value.clone()),
            Tree::Text(template) => Some(json!(template.render(look, str::to_owned)?)),
            Tree::Field(reference) => match reference.value(look) {
                None => return Err(reference.name.clone()),
                Some(Value::Null) if reference.is_omitted_when_empty() => None,
                Some(value) => Some(value),
            },
            Tree::List(items) => {
                let items = items.iter().map(|item| item.render(look)).collect::<Result<Vec<_>, _>>()?;
                Some(Value::Array(items.into_iter().flatten().collect()))
            }
            Tree::Object { only_if, entries } => {
                if let Some(field) = only_if
                    && look(field).ok_or(field)?.is_empty()
                {
                    return Ok(None);
                }
                let mut object = Map::new();
                for (key, tree) in entries {
                    if let Some(value) = tree.render(look)? {
                        object.insert(named(key, look)?, value);
                    }
                }
                Some(Value::Object(object))
            }
        })
    }

    /// The names of all its fields.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Tree::Plain(_) => Vec::new(),
            Tree::Text(template) => template.fields().collect(),
            Tree::Field(reference) => vec![&reference.name],
            Tree::List(items) => items.iter().flat_map(Tree::fields).collect(),
            Tree::Object { only_if, entries } => {
                only_if.iter().map(String::as_str).chain(entries.iter().flat_map(|(_, tree)| tree.fields())).collect()
            }
        }
    }
}

/// A key of an object; it may be the customer's own: `{value.score_field}`.
fn named(key: &str, look: Lookup) -> Result<String, String> {
    match Template::parse(key) {
        Ok(template) if key.contains('{') => template.render(look, str::to_owned),
        _ => Ok(key.to_owned()),
    }
}

impl Call {
    /// The names of all its fields.
    pub fn fields(&self) -> Vec<&str> {
        let of_body = match &self.body {
            Body::Empty => Vec::new(),
            Body::Json(tree) => tree.fields(),
            Body::Xml(template) => template.fields().collect(),
        };
        self.path.fields().chain(of_body).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::mapping::Datum;

    #[test]
    fn what_has_no_value_is_left_out_where_the_profile_says_so() {
        let look = |name: &str| match name {
            "decision" => Some(Datum::Empty),
            "score" => Some(Datum::decimal(3.0, None)),
            _ => None,
        };
        let field = |text: &str| Tree::Field(Reference::parse(text).expect("a reference"));
        let object = |only_if: &str, field: Tree| Tree::Object {
            only_if: Some(only_if.into()),
            entries: vec![("id".into(), Tree::Plain(json!("f"))), ("value".into(), field)],
        };
        let list = Tree::List(vec![object("decision", field("decision")), object("score", field("score")), field("decision|omit")]);
        assert_eq!(list.render(&look), Ok(Some(json!([{ "id": "f", "value": 3 }]))));
        assert_eq!(field("decision").render(&look), Ok(Some(Value::Null)));
        assert_eq!(field("other").render(&look), Err("other".into()));
        assert_eq!(list.fields(), ["decision", "decision", "score", "score", "decision"]);
    }
}
