//! A query of which only that is left which the schema has; what it lacks is named.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Of, Schema, Type};
use super::{Field, Input, Query};

/// A query that can be asked.
#[derive(Clone, PartialEq, Debug)]
pub(in super::super) struct Composed {
    /// The query.
    pub(in super::super) text: String,
    /// The variables in it.
    pub(in super::super) variables: BTreeSet<String>,
    /// What is wished for and not there, as `Interview.deadline`.
    pub(in super::super) missing: BTreeSet<String>,
}

#[derive(Default)]
struct Composer {
    variables: BTreeMap<String, String>,
    missing: BTreeSet<String>,
}

impl Query {
    /// The query with everything in it; its variables are taken for ids and numbers, as nobody says what they are.
    pub(in super::super) fn as_written(&self) -> Composed {
        let mut variables = BTreeMap::new();
        let text = written(&self.fields, &mut variables);
        finished(text, variables, BTreeSet::new())
    }
}

impl Schema {
    /// The query with what the schema has.
    ///
    /// # Errors
    /// Names what is not there and the query is of no use without.
    pub(in super::super) fn compose(&self, query: &Query) -> Result<Composed, String> {
        let mut composer = Composer::default();
        let text = composer.fields(self, &self.root, &query.fields)?.ok_or_else(|| format!("{} has nothing of it", self.root))?;
        Ok(finished(text, composer.variables, composer.missing))
    }
}

fn finished(text: String, variables: BTreeMap<String, String>, missing: BTreeSet<String>) -> Composed {
    let declared: Vec<String> = variables.iter().map(|(name, of)| format!("${name}: {of}")).collect();
    let head = if declared.is_empty() { "query".to_owned() } else { format!("query({})", declared.join(", ")) };
    Composed { text: format!("{head} {text}"), variables: variables.into_keys().collect(), missing }
}

impl Composer {
    /// What of these fields a type has; none where it has none of them.
    fn fields(&mut self, schema: &Schema, name: &str, wished: &[Field]) -> Result<Option<String>, String> {
        let Some(of) = schema.types.get(name) else { return Ok(None) };
        let mut parts = Vec::new();
        // What a type that is one of several does not have itself is asked of those that have it.
        let mut beside: BTreeMap<&str, Vec<Field>> = BTreeMap::new();
        for field in wished {
            if of.fields.contains_key(&field.name) {
                parts.extend(self.field(schema, of, name, field)?);
                continue;
            }
            let having = |one: &&String| schema.types.get(*one).is_some_and(|of| of.fields.contains_key(&field.name));
            let some: Vec<&String> = of.possible.iter().filter(having).collect();
            if some.is_empty() {
                self.lacks(name, field)?;
            }
            some.into_iter().for_each(|one| beside.entry(one).or_default().push(field.clone()));
        }
        for (one, fields) in beside {
            let within = self.fields(schema, one, &fields)?;
            parts.extend(within.map(|within| format!("... on {one} {within}")));
        }
        Ok((!parts.is_empty()).then(|| format!("{{ {} }}", parts.join(" "))))
    }

    fn field(&mut self, schema: &Schema, of: &Type, name: &str, field: &Field) -> Result<Option<String>, String> {
        let member = &of.fields[&field.name];
        let given = |argument: &str| field.arguments.iter().find(|(name, _)| name == argument);
        let mut arguments = Vec::new();
        for (argument, of, must) in &member.arguments {
            let value = given(argument).and_then(|(_, input)| self.input(schema, of, input));
            if value.is_none() && *must {
                self.missing.insert(format!("a value for {name}.{}({argument})", field.name));
                return if field.is_needed { Err(format!("{name}.{} asks for `{argument}`", field.name)) } else { Ok(None) };
            }
            arguments.extend(value.map(|value| format!("{argument}: {value}")));
        }
        let shown = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let inner = schema.types.get(&member.of.name);
        let is_record = inner.is_some_and(|inner| !inner.fields.is_empty() || !inner.possible.is_empty());
        if !is_record {
            return Ok(Some(format!("{}{shown}", field.name)));
        }
        // What is a record here was taken for a plain value: its plain values are asked for.
        let plain = || -> Vec<Field> {
            let all = inner.into_iter().flat_map(|inner| &inner.fields);
            let is_plain = |of: &Of| schema.types.get(&of.name).is_none_or(|of| of.fields.is_empty() && of.possible.is_empty());
            let plain = all.filter(|(_, member)| is_plain(&member.of) && member.arguments.iter().all(|(.., must)| !must));
            let mut names: Vec<&String> = plain.map(|(name, _)| name).collect();
            names.sort();
            let field = |name: &String| Field { name: name.clone(), is_needed: false, arguments: Vec::new(), within: Vec::new() };
            names.into_iter().map(field).collect()
        };
        let within = if field.within.is_empty() { plain() } else { field.within.clone() };
        match self.fields(schema, &member.of.name, &within)? {
            Some(within) => Ok(Some(format!("{}{shown} {within}", field.name))),
            None => self.lacks(name, field).map(|()| None),
        }
    }

    fn lacks(&mut self, name: &str, field: &Field) -> Result<(), String> {
        let what = format!("{name}.{}", field.name);
        if field.is_needed {
            return Err(format!("there is no {what}"));
        }
        self.missing.insert(what);
        Ok(())
    }

    /// What is given, as far as the schema takes it.
    fn input(&mut self, schema: &Schema, of: &Of, input: &Input) -> Option<String> {
        let inner = schema.types.get(&of.name);
        match input {
            Input::Variable(name) => {
                self.variables.entry(name.clone()).or_insert_with(|| of.text.clone());
                Some(format!("${name}"))
            }
            Input::Literal(text) => {
                let words = inner.map(|inner| inner.words.as_slice()).unwrap_or_default();
                (words.is_empty() || words.contains(text)).then(|| text.clone())
            }
            Input::Record(pairs) => {
                let known = &inner?.inputs;
                let taken = pairs.iter().filter_map(|(name, input)| Some((name, self.input(schema, known.get(name)?, input)?)));
                let taken: Vec<String> = taken.map(|(name, value)| format!("{name}: {value}")).collect();
                (!taken.is_empty()).then(|| format!("{{{}}}", taken.join(", ")))
            }
        }
    }
}

fn written(fields: &[Field], variables: &mut BTreeMap<String, String>) -> String {
    let one = |field: &Field, variables: &mut BTreeMap<String, String>| {
        let arguments: Vec<String> =
            field.arguments.iter().map(|(name, input)| format!("{name}: {}", plainly(input, variables))).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let within = if field.within.is_empty() { String::new() } else { format!(" {}", written(&field.within, variables)) };
        format!("{}{arguments}{within}", field.name)
    };
    let all: Vec<String> = fields.iter().map(|field| one(field, variables)).collect();
    format!("{{ {} }}", all.join(" "))
}

fn plainly(input: &Input, variables: &mut BTreeMap<String, String>) -> String {
    match input {
        Input::Literal(text) => text.clone(),
        Input::Variable(name) => {
            let of = match name.as_str() {
                "offset" | "page" => "Int",
                "cursor" => "String",
                _ => "ID!",
            };
            variables.insert(name.clone(), of.to_owned());
            format!("${name}")
        }
        Input::Record(pairs) => {
            let pairs: Vec<String> = pairs.iter().map(|(name, input)| format!("{name}: {}", plainly(input, variables))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}
