//! What a platform says by itself of a person or an answer.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{self, SafeText};

/// Something that the platform says by itself, such as a score of its own, a summary, or that the person left the page. It is kept word
/// for word as the platform's, is no reviewer's judgement and no verdict, and is shown to reviewers only after the reveal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Statement")]
pub struct PlatformStatement {
    /// What it is about: `score`, `summary`, `sentiment`, `left-page`, `pasted`, `second-face`, or the platform's own word.
    #[schemars(length(min = 1, max = 200))]
    pub kind: SafeText,
    /// What is said, word for word; a number as the platform writes it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::optional_block")]
    #[schemars(length(max = 20_000))]
    pub says: Option<SafeText>,
    /// Where in the recording it begins, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 14_400_000))]
    pub from_ms: Option<u32>,
    /// Where in the recording it ends, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 14_400_000))]
    pub to_ms: Option<u32>,
    /// When it happened, with an offset or Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub at: Option<Timestamp>,
    /// Who or what of the platform says it, such as a model and its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub by: Option<SafeText>,
}
