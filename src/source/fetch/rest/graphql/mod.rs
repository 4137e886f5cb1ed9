//! Queries of a GraphQL platform: written once with everything that is wished for, asked for what its schema has.

mod compose;
mod parse;
mod schema;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(super) use compose::Composed;
pub(super) use schema::{INTROSPECTION, Schema};

/// A query as a description writes it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Query {
    fields: Vec<Field>,
}

/// A field that is wished for, and what is wished for within it.
#[derive(Clone, PartialEq, Debug)]
struct Field {
    name: String,
    /// Whether the query is of no use without it.
    is_needed: bool,
    arguments: Vec<(String, Input)>,
    within: Vec<Field>,
}

/// What an argument is given.
#[derive(Clone, PartialEq, Debug)]
enum Input {
    Variable(String),
    Literal(String),
    Record(Vec<(String, Input)>),
}

/// The errors of an answer, as texts; GraphQL tells them beside what it found, with status 200.
pub(super) fn errors(answer: &Value) -> Vec<String> {
    let said = |error: &Value| {
        let text = error["message"].as_str().unwrap_or("an error without words").to_owned();
        let path: Vec<String> = error["path"].as_array().into_iter().flatten().map(step).collect();
        if path.is_empty() { text } else { format!("{text} (at {})", path.join(".")) }
    };
    answer["errors"].as_array().into_iter().flatten().map(said).collect()
}

fn step(step: &Value) -> String {
    step.as_str().map_or_else(|| step.to_string(), str::to_owned)
}

/// Whether the errors say that the key is not good for this.
pub(super) fn is_refused(answer: &Value) -> bool {
    let codes = answer["errors"].as_array().into_iter().flatten().filter_map(|error| error["extensions"]["code"].as_str());
    codes.map(str::to_uppercase).any(|code| ["UNAUTHENTICATED", "UNAUTHORIZED", "FORBIDDEN"].contains(&code.as_str()))
}
