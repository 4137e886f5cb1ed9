//! What a hub and its clients say to each other: the bodies of the HTTP protocol, version 1.
//!
//! A batch itself is the document `batch.json`, with locators where a bundle has paths. The hub makes its OpenAPI document
//! from these types.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Files that may be asked for at once.
pub const MOST_FILES: usize = 200;

/// The batches that changed since a cursor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// In the order in which they changed last; each of them once.
    pub batches: Vec<Changed>,
    /// What is passed as `since` next time. It says nothing to anyone but the hub that gave it.
    pub next: String,
    /// Whether more changed than this answer holds: ask again with `next`.
    pub more: bool,
}

/// A batch that is new or changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// By which its document is asked for.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Where its data may lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// Files of one batch whose addresses are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AskLocators {
    /// As the batch's document names them.
    #[schemars(length(max = 200))]
    pub files: Vec<String>,
}

/// Addresses of files, in the order in which they were asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Locators {
    /// One for each file.
    pub locators: Vec<Locator>,
}

/// Where a file can be had for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Locator {
    /// As it was asked for.
    pub file: String,
    /// An address that needs no token; relative to this answer's own, or whole. None where there is no such file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Until when it holds; later it answers 403, and a new one is to be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub expires_at: Option<Timestamp>,
}

/// Why something was not done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// For a person.
    pub error: String,
}
