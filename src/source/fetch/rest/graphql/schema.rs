//! What a platform's schema has, as it says itself when it is asked (GraphQL, section 4: introspection).

use std::collections::HashMap;

use serde_json::Value;

/// The question that every GraphQL platform answers, unless that was switched off.
pub(in super::super) const INTROSPECTION: &str = "query { __schema { queryType { name } types { kind name \
    fields(includeDeprecated: true) { name args { name defaultValue type { ...T } } type { ...T } } \
    inputFields { name type { ...T } } enumValues { name } possibleTypes { name } } } } \
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// What there is.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in super::super) struct Schema {
    /// The type of what is asked first.
    pub(super) root: String,
    pub(super) types: HashMap<String, Type>,
}

/// A type.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Type {
    pub(super) fields: HashMap<String, Member>,
    /// Of a record that is given.
    pub(super) inputs: HashMap<String, Of>,
    /// Of a list of words.
    pub(super) words: Vec<String>,
    /// Of a type that is one of several: which.
    pub(super) possible: Vec<String>,
}

/// A field of a type.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Member {
    pub(super) of: Of,
    /// Each with its type, and whether it must be given.
    pub(super) arguments: Vec<(String, Of, bool)>,
}

/// Which type something has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Of {
    /// The type's name without lists around it.
    pub(super) name: String,
    /// As it is written in a query: `[ID!]!`.
    pub(super) text: String,
}

impl Schema {
    /// Reads the answer to [`INTROSPECTION`].
    ///
    /// # Errors
    /// Where it holds no schema.
    pub(in super::super) fn read(answer: &Value) -> Result<Self, &'static str> {
        let schema = &answer["data"]["__schema"];
        let root = schema["queryType"]["name"].as_str().ok_or("it says of no type that it can be asked")?.to_owned();
        let types: HashMap<String, Type> = schema["types"]
            .as_array()
            .ok_or("it lists no types")?
            .iter()
            .filter_map(|one| Some((one["name"].as_str()?.to_owned(), Type::read(one))))
            .collect();
        if types.contains_key(&root) { Ok(Schema { root, types }) } else { Err("its first type is not among its types") }
    }
}

impl Type {
    fn read(value: &Value) -> Self {
        let list = |key: &str| value[key].as_array().cloned().unwrap_or_default();
        let name = |one: &Value| one["name"].as_str().map(str::to_owned);
        let member = |one: &Value| {
            let argument = |argument: &Value| {
                let of = Of::read(&argument["type"])?;
                let must = of.text.ends_with('!') && argument["defaultValue"].is_null();
                Some((name(argument)?, of, must))
            };
            let arguments = one["args"].as_array().into_iter().flatten().filter_map(argument).collect();
            Some((name(one)?, Member { of: Of::read(&one["type"])?, arguments }))
        };
        Type {
            fields: list("fields").iter().filter_map(member).collect(),
            inputs: list("inputFields").iter().filter_map(|one| Some((name(one)?, Of::read(&one["type"])?))).collect(),
            words: list("enumValues").iter().filter_map(name).collect(),
            possible: list("possibleTypes").iter().filter_map(name).collect(),
        }
    }
}

impl Of {
    fn read(value: &Value) -> Option<Self> {
        let inner = || Of::read(&value["ofType"]);
        match value["kind"].as_str()? {
            "NON_NULL" => inner().map(|of| Of { text: format!("{}!", of.text), ..of }),
            "LIST" => inner().map(|of| Of { text: format!("[{}]", of.text), ..of }),
            _ => {
                let name = value["name"].as_str()?.to_owned();
                Some(Of { text: name.clone(), name })
            }
        }
    }
}
