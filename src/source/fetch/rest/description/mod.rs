//! The file that describes a platform: which requests, where in the answers the fields stand, what its words mean.

mod check;
mod place;
mod shipped;

use indexmap::IndexMap;
use serde::Deserialize;

use super::stating::Says;

pub(super) use place::Place;
pub use shipped::{SHIPPED, shipped};

/// A platform as a file describes it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The platform's name as a short word: with its ids it makes a batch the same on every workstation.
    pub source: String,
    /// Where it is asked, where the settings do not say.
    pub url: Option<String>,
    /// How requests are allowed; without it, by a bearer token.
    #[serde(default)]
    pub auth: AuthStyle,
    /// Further headers of each request; `{name}` is a value of the settings.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// What the settings of a source say beside its address and its secret, by name.
    #[serde(default)]
    pub values: IndexMap<String, ValueOf>,
    /// The path of a GraphQL endpoint: then each request is a query, of which what the schema does not have is left out.
    pub graphql: Option<String>,
    /// Requests in a second.
    #[serde(default = "five")]
    pub per_second: f64,
    /// Which batches there are; without it, those of `batches`, or those that people belong to, or the one of `batch.request`.
    pub list: Option<List>,
    /// The batches' ids where nothing lists them.
    #[serde(default)]
    pub batches: Vec<String>,
    /// One batch.
    #[serde(default)]
    pub batch: BatchFields,
    /// Its questions.
    pub questions: Part,
    /// Its people.
    pub submissions: Part,
    /// A person's answers; without them the platform hands out none.
    pub answers: Option<Part>,
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
    /// The secret is a client's, for which a token is given out.
    pub token: Option<TokenStyle>,
}

impl Default for AuthStyle {
    fn default() -> Self {
        AuthStyle { header: authorization(), prefix: bearer(), token: None }
    }
}

/// How a token is got for a client's name and secret (RFC 6749, section 4.4), both in the form that is sent.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenStyle {
    /// The path behind the base.
    pub request: String,
    /// Further fields of the form.
    #[serde(default)]
    pub fields: IndexMap<String, String>,
}

/// Something that the settings of a source say.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueOf {
    /// What it is, for the person who is to write it.
    pub what: String,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
    /// Whether it is a list of texts.
    #[serde(default)]
    pub list: bool,
}

/// A request: a path behind the base, or a GraphQL query; of several queries the first that the schema can answer is asked.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Request {
    /// One.
    One(String),
    /// Several ways to ask for the same.
    Ways(Vec<String>),
}

impl Request {
    /// The ways to ask.
    pub fn ways(&self) -> &[String] {
        match self {
            Request::One(one) => std::slice::from_ref(one),
            Request::Ways(ways) => ways,
        }
    }
}

/// Which batches there are.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// How they are asked for.
    pub request: Request,
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
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchFields {
    /// How it is asked for; `{batch}` is the id. Without it, its fields stand in its entry of the listing, or its first person's.
    pub request: Option<Request>,
    /// Fields of the document `batch.json`, and where they stand: `id`, `title`, `region`, `requisition.id`, `interview.deadline`.
    #[serde(default)]
    pub fields: IndexMap<String, Place>,
}

/// A list of things, and where the fields of each stand.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// A request of its own; `{batch}` and `{candidate}` are ids. Without it, the list stands in what lies around it.
    pub request: Option<Request>,
    /// The list.
    #[serde(default)]
    pub items: Place,
    /// Where the thing itself stands in an entry of the list, if there.
    pub entry: Option<Place>,
    /// Fields of the document `batch.json`, and where they stand in an entry.
    #[serde(default)]
    pub fields: IndexMap<String, Place>,
    /// Texts that are added to a field, in a line of their own.
    #[serde(default)]
    pub added: IndexMap<String, Place>,
    /// Where the status stands in an entry.
    pub status: Option<Place>,
    /// What the platform's words for the status mean, whatever their case.
    #[serde(default)]
    pub statuses: IndexMap<String, String>,
    /// What the platform says by itself, and where it stands in an entry of people or of answers.
    #[serde(default)]
    pub statements: Vec<Says>,
    /// Of answers: something that is different for a new recording, such as a time; without it, the path of its address is.
    pub version: Option<Place>,
    /// Of answers: false as long as the platform still prepares the recording.
    pub ready: Option<Place>,
    /// Of a request of its own: how one gets to further pages.
    #[serde(default)]
    pub pages: Pages,
    /// Of people: where it stands that the platform has deleted the person: when it did, or true. Who is not listed is not deleted.
    pub deleted: Option<Place>,
    /// Of people: the value of the settings that lists their ids, where nothing else does.
    pub given: Option<String>,
    /// Of people: which batch they belong to, where one list has the people of all.
    pub batch: Option<Place>,
    /// Of people: the title of that batch.
    pub batch_title: Option<Place>,
    /// Of people: what is asked for each, `{candidate}` being the id; its fields go before those of the list.
    pub detail: Option<Request>,
    /// Of people: where the person stands in that answer.
    #[serde(default)]
    pub detail_at: Place,
    /// Of people: what was arranged for them.
    pub accommodations: Option<Within>,
    /// Of people: files about them.
    pub documents: Option<Within>,
    /// Of people: the records in the applicant tracking system.
    pub applications: Option<Within>,
    /// Of questions: whether they stand in the people's entries.
    #[serde(default)]
    pub each: bool,
    /// Of questions: the text by which people's questions are the same one, where ids differ from person to person.
    pub same: Option<Place>,
    /// Of questions: whether their number in a person's list is what makes them the same one.
    #[serde(default)]
    pub numbered: bool,
    /// Of questions: the value of the settings without which `otherwise` is read in the place of this.
    pub when: Option<String>,
    /// Of questions: see `when`.
    pub otherwise: Option<Box<Part>>,
}

/// Things that stand in a person's entry.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// The list, or a single thing.
    #[serde(default)]
    pub items: Place,
    /// Fields of the document `batch.json`, and where they stand.
    pub fields: IndexMap<String, Place>,
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
    /// Where a cursor stands that is passed as `parameter`, of a query as `$cursor`.
    pub cursor: Option<Place>,
    /// Where it stands whether more follows.
    pub more: Option<Place>,
    /// The parameter of the cursor, or of the page's number.
    pub parameter: Option<String>,
    /// Entries of a whole page, of a query that can pass `$offset` or `$page`.
    pub size: Option<usize>,
}

/// How an answer's `file` becomes an address.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaStyle {
    /// A request that gives the address; `{file}` is what stands in the answer. Without it, that is the address itself, or a
    /// path behind the base.
    pub request: Option<Request>,
    /// Where the address stands in its answer.
    #[serde(default)]
    pub address: Place,
    /// Whether recordings that lie under the source's own address are asked for with its token; others never are.
    #[serde(default)]
    pub authorize: bool,
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
    /// Says everything that is wrong, the shape of the file with its line.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let read: Description = toml::from_str(text).map_err(|error| vec![error.to_string().trim().to_owned()])?;
        let mistakes = read.mistakes();
        if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
    }
}
