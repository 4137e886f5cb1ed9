//! Queries against schemas that have less, or something else.

use serde_json::{Value, json};

use super::*;

fn of(text: &str) -> Value {
    match text.strip_suffix('!') {
        Some(inner) => json!({"kind": "NON_NULL", "name": null, "ofType": of(inner)}),
        None => match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(inner) => json!({"kind": "LIST", "name": null, "ofType": of(inner)}),
            None => json!({"kind": "OBJECT", "name": text, "ofType": null}),
        },
    }
}

/// A schema of rows such as `Query.position(id: ID!): Position`.
fn schema(rows: &[&str], more: Value) -> Schema {
    let mut types: Vec<Value> = more.as_array().cloned().unwrap_or_default();
    for row in rows {
        let (head, kind) = row.rsplit_once(": ").expect("a type");
        let (head, arguments) = head.split_once('(').unwrap_or((head, ")"));
        let (name, field) = head.split_once('.').expect("a field");
        let arguments = arguments.trim_end_matches(')').split(", ").filter(|one| !one.is_empty());
        let arguments: Vec<Value> = arguments
            .filter_map(|one| one.split_once(": "))
            .map(|(name, kind)| json!({"name": name, "type": of(kind), "defaultValue": null}))
            .collect();
        let field = json!({"name": field, "args": arguments, "type": of(kind)});
        match types.iter_mut().find(|one| one["name"] == *name) {
            Some(one) => one["fields"].as_array_mut().expect("a list").push(field),
            None => types.push(json!({"kind": "OBJECT", "name": name, "fields": [field]})),
        }
    }
    let answer = json!({"data": {"__schema": {"queryType": {"name": "Query"}, "types": types}}});
    Schema::read(&answer).expect("a schema")
}

fn composed(schema: &Schema, query: &str) -> Result<Composed, String> {
    schema.compose(&Query::parse(query).expect("a query"))
}

#[test]
fn what_the_schema_lacks_is_left_out_and_named() {
    let schema = schema(
        &["Query.interview(id: String!): Interview", "Interview.id: ID!", "Interview.answer: Answer", "Answer.url: String"],
        json!([]),
    );
    let asked = "{ interview!(id: $candidate, deep: true) { id! deadline answer { url words { text } } candidate { name } } }";
    let composed = composed(&schema, asked).expect("it can be asked");
    // The schema says of which type the variable is: some say ID!, some String!.
    assert_eq!(composed.text, "query($candidate: String!) { interview(id: $candidate) { id answer { url } } }");
    let missing: Vec<&str> = composed.missing.iter().map(String::as_str).collect();
    assert_eq!(missing, ["Answer.words", "Interview.candidate", "Interview.deadline"]);
}

#[test]
fn a_query_without_what_it_needs_is_refused_with_the_name_of_it() {
    let schema = schema(&["Query.positions: [Position!]!", "Position.id: ID!"], json!([]));
    assert_eq!(composed(&schema, "{ position!(id: $x) { id } }"), Err("there is no Query.position".to_owned()));
    assert_eq!(composed(&schema, "{ positions! { id! people! } }"), Err("there is no Position.people".to_owned()));
    let schema = self::schema(&["Query.list(sort: Sort!): Position", "Position.id: ID!"], json!([]));
    assert_eq!(composed(&schema, "{ list! { id! } }"), Err("Query.list asks for `sort`".to_owned()));
}

#[test]
fn records_and_words_that_are_given_are_cut_to_what_the_schema_takes() {
    let input = |name: &str, fields: &[(&str, &str)]| {
        let fields: Vec<Value> = fields.iter().map(|(name, kind)| json!({"name": name, "type": of(kind)})).collect();
        json!({"kind": "INPUT_OBJECT", "name": name, "inputFields": fields})
    };
    let words = json!({"kind": "ENUM", "name": "By", "enumValues": [{"name": "CREATED"}]});
    let schema = schema(
        &["Query.list(pagination: Paging, orderBy: Order): Position", "Position.id: ID!"],
        json!([input("Paging", &[("limit", "Int"), ("skip", "Int")]), input("Order", &[("field", "By")]), words]),
    );
    let asked = "{ list!(pagination: {limit: 50, offset: $offset, skip: $offset}, orderBy: {field: UPDATED}) { id! } }";
    let composed = composed(&schema, asked).expect("it can be asked");
    assert_eq!(composed.text, "query($offset: Int) { list(pagination: {limit: 50, skip: $offset}) { id } }");
}

#[test]
fn a_type_that_is_one_of_several_is_asked_by_those_that_have_the_field_and_a_record_by_its_plain_values() {
    let union = json!([{"kind": "UNION", "name": "Answer", "possibleTypes": [{"name": "media"}, {"name": "note"}]}]);
    let rows = [
        "Query.a: Answer",
        "media.url: String",
        "media.codec: Codec",
        "Codec.name: String",
        "Codec.of: media",
        "note.text: String",
    ];
    let schema = schema(&rows, union);
    let composed = composed(&schema, "{ a! { url codec text size } }").expect("it can be asked");
    assert_eq!(composed.text, "query { a { ... on media { url codec { name } } ... on note { text } } }");
    assert!(composed.missing.contains("Answer.size"));
}

#[test]
fn a_query_that_cannot_be_read_says_where() {
    for (text, says) in [
        ("positions", "{ is missing"),
        ("{ }", "nothing is wished for"),
        ("{ a(x 1) }", ": is missing"),
        ("{ a } b", "nothing may follow"),
    ] {
        let why = Query::parse(text).expect_err(text);
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn errors_beside_data_are_texts_with_their_place() {
    let answer =
        json!({"data": {}, "errors": [{"message": "gone", "path": ["interview", 0], "extensions": {"code": "forbidden"}}]});
    assert_eq!(errors(&answer), ["gone (at interview.0)"]);
    assert!(is_refused(&answer) && !is_refused(&json!({"errors": [{"message": "no"}]})));
}
