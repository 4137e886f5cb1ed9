//! The file that describes a platform: which requests, where in the answers the fields stand, what its words mean.

use indexmap::IndexMap;
use serde::Deserialize;

use super::stating::Says;
use crate::export::profile::Pointer;

/// A platform as a file describes it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The platform's name as a short word: with its ids it makes a batch the same on every workstation.
    pub source: String,
    /// How requests are allowed; without it, by a bearer token.
    #[serde(default)]
    pub auth: AuthStyle,
    /// Further headers of each request.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Requests in a second.
    #[serde(default = "five")]
    pub per_second: f64,
    /// Which batches there are; without it, those of `batches`, or the one that `batch.request` gives.
    pub list: Option<List>,
    /// The batches' ids where nothing lists them.
    #[serde(default)]
    pub batches: Vec<String>,
    /// One batch.
    pub batch: BatchFields,
    /// Its questions.
    pub questions: Part,
    /// Its people.
    pub submissions: Part,
    /// A person's answers.
    pub answers: Part,
    /// How an answer's `file` becomes an address.
    #[serde(default)]
    pub media: MediaStyle,
}

/// How requests are allowed.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthStyle {
    /// The header that carries the secret.
    #[serde(default = "authorization")]
    pub header: String,
    /// What stands before the secret in it.
    #[serde(default = "bearer")]
    pub prefix: String,
}

impl Default for AuthStyle {
    fn default() -> Self {
        AuthStyle { header: authorization(), prefix: bearer() }
    }
}

/// Which batches there are.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The path behind the base.
    pub request: String,
    /// The list in the answer.
    #[serde(default)]
    pub items: Place,
    /// A batch's id in an entry.
    pub id: Place,
    /// Its title.
    pub title: Option<Place>,
    /// Where its data may lie.
    pub region: Option<Place>,
    /// What is different when the batch has changed: a time or a number. Without it, each batch is read in each fetch.
    pub changed: Option<Place>,
    /// How one gets to further pages.
    #[serde(default)]
    pub pages: Pages,
}

/// One batch.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchFields {
    /// The path behind the base; `{batch}` is the id.
    pub request: String,
    /// Fields of the document `batch.json`, and where they stand: `id`, `title`, `region`, `requisition.id`, `interview.deadline`.
    #[serde(default)]
    pub fields: IndexMap<String, Place>,
}

/// A list of things, and where the fields of each stand.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// A request of its own; `{batch}` and `{candidate}` are ids. Without it, the list stands in what lies around it.
    pub request: Option<String>,
    /// The list.
    #[serde(default)]
    pub items: Place,
    /// Fields of the document `batch.json`, and where they stand in an entry.
    pub fields: IndexMap<String, Place>,
    /// Where the status stands in an entry.
    pub status: Option<Place>,
    /// What the platform's words for the status mean, whatever their case.
    #[serde(default)]
    pub statuses: IndexMap<String, String>,
    /// What the platform says by itself, and where it stands in an entry of people or of answers.
    #[serde(default)]
    pub statements: Vec<Says>,
    /// Something that is different for a new recording, such as a time; without it, the path of its address is.
    pub version: Option<Place>,
    /// Of a request of its own: how one gets to further pages.
    #[serde(default)]
    pub pages: Pages,
}

/// How one gets to further pages.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Whether a `Link` header says which page is next.
    #[serde(default)]
    pub link: bool,
    /// Where the next page's address stands.
    pub next: Option<Place>,
    /// Where a cursor stands that is passed as `parameter`.
    pub cursor: Option<Place>,
    /// The parameter of the cursor, or of the page's number.
    pub parameter: Option<String>,
}

/// How an answer's `file` becomes an address.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaStyle {
    /// A request that gives the address; `{file}` is what stands in the answer. Without it, that is the address itself, or a
    /// path behind the base.
    pub request: Option<String>,
    /// Where the address stands in its answer.
    #[serde(default)]
    pub address: Place,
}

/// A place in JSON, written as [`Pointer`] reads it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Place(Pointer);

impl Default for Place {
    fn default() -> Self {
        Place(Pointer::parse("").expect("the whole document"))
    }
}

impl TryFrom<String> for Place {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Pointer::parse(&text).map(Place).map_err(|(what, hint)| format!("{what}: {hint}"))
    }
}

impl Place {
    /// What stands there; nothing for null.
    pub fn find<'v>(&self, value: &'v serde_json::Value) -> Option<&'v serde_json::Value> {
        self.0.plainly(value).filter(|found| !found.is_null())
    }

    /// What stands there as text: ids come as texts and as numbers.
    pub fn text(&self, value: &serde_json::Value) -> Option<String> {
        match self.find(value)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The list that stands there.
    pub fn items<'v>(&self, value: &'v serde_json::Value) -> Option<&'v [serde_json::Value]> {
        self.find(value)?.as_array().map(Vec::as_slice)
    }
}

fn authorization() -> String {
    "authorization".to_owned()
}

fn bearer() -> String {
    "Bearer ".to_owned()
}

fn five() -> f64 {
    5.0
}

impl Description {
    /// Reads a description.
    ///
    /// # Errors
    /// Says what is wrong, with its line.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Description = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
        for (part, needs) in
            [("questions", "id"), ("questions", "prompt"), ("submissions", "candidate.id"), ("answers", "question")]
        {
            let fields = match part {
                "questions" => &read.questions.fields,
                "submissions" => &read.submissions.fields,
                _ => &read.answers.fields,
            };
            if !fields.contains_key(needs) {
                return Err(format!("[{part}.fields] lacks `{needs}`"));
            }
        }
        Ok(read)
    }
}
