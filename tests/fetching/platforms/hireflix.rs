//! Hireflix: its schema is asked for first, and only what it has; two shapes of paging, errors beside data, links that expire.

use serde_json::{Value, json};

use super::server::{Reply, Server, ok, status};
use super::{Fault, fetch, has_told, home, kept, lines, recordings};

fn of(text: &str) -> Value {
    match text.strip_suffix('!') {
        Some(inner) => json!({"kind": "NON_NULL", "name": null, "ofType": of(inner)}),
        None => match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(inner) => json!({"kind": "LIST", "name": null, "ofType": of(inner)}),
            None => json!({"kind": "SCALAR", "name": text, "ofType": null}),
        },
    }
}

fn member(row: &str) -> (String, Value) {
    let (head, kind) = row.rsplit_once(": ").expect("a type");
    let (head, arguments) = head.split_once('(').unwrap_or((head, ")"));
    let (name, field) = head.split_once('.').expect("a field");
    let arguments = arguments.trim_end_matches(')').split(", ").filter_map(|one| one.split_once(": "));
    let arguments: Vec<Value> =
        arguments.map(|(name, kind)| json!({"name": name, "type": of(kind), "defaultValue": null})).collect();
    (name.to_owned(), json!({"name": field, "args": arguments, "type": of(kind)}))
}

/// What introspection answers for these rows; those of types called `…Input` are records that are given.
fn schema(rows: &[&str]) -> Value {
    let mut types: Vec<Value> = Vec::new();
    for (name, field) in rows.iter().map(|row| member(row)) {
        let list = if name.ends_with("Input") { "inputFields" } else { "fields" };
        match types.iter_mut().find(|one| one["name"] == *name) {
            Some(one) => one[list].as_array_mut().expect("a list").push(field),
            None => types.push(json!({"kind": "OBJECT", "name": name, list: [field]})),
        }
    }
    json!({"data": {"__schema": {"queryType": {"name": "Query"}, "types": types}}})
}

const COMMON: [&str; 17] = [
    "Query.positions: [Position!]!",
    "Position.id: ID!",
    "Position.name: String",
    "Interview.id: ID!",
    "Interview.status: String",
    "Interview.candidate: Candidate",
    "Interview.questions: [Question]",
    "Candidate.formattedName: String",
    "Candidate.email: String",
    "Question.id: ID",
    "Question.title: String",
    "Question.answered: Float",
    "Question.answer: Answer",
    "Answer.url: String",
    "Answer.encoded: Boolean",
    "Answer.createdAt: Float",
    "Answer.transcription: MediaTranscription",
];
const WORDS: [&str; 4] =
    ["MediaTranscription.languageCode: String", "MediaTranscription.words: [Word]", "Word.text: String", "Word.start: Float"];

const POSITIONS: &str = "query { positions { id name } }";
const BY_EDGES: &str = "query($batch: ID!, $cursor: String) { position(id: $batch) { interviews(first: 50, after: $cursor) \
    { pageInfo { hasNextPage endCursor } edges { node { id status } } } } }";
const BY_OFFSET: &str = "query($offset: Int) { positions { id paginatedInterviews(pagination: {limit: 50, skip: $offset}) { results { id status } } } }";

fn interview_query(of: &str) -> String {
    format!(
        "query($candidate: {of}) {{ interview(id: $candidate) {{ id status candidate {{ formattedName email }} questions {{ id title \
         answered answer {{ url encoded createdAt transcription {{ languageCode words {{ text start }} }} }} }} }} }}"
    )
}

fn interview(id: &str, media: &str, signature: usize, encoded: bool) -> Value {
    let answer = |nth: usize, ms: u64| {
        let words = json!([{"text": "I", "start": 0.1}, {"text": "looked", "start": 0.4}]);
        json!({"url": format!("{media}/{id}/answer/{nth}/hf-video_encoded_{ms}.wav?Policy=x&Signature={signature}"), "encoded": encoded || nth == 1,
            "createdAt": ms, "transcription": {"languageCode": "en", "words": words}})
    };
    let question = |nth: usize, title: &str| json!({"id": format!("{id}-{nth}"), "title": title, "answered": 1_721_800_000_000_u64 + nth as u64, "answer": answer(nth, 1_721_800_000_000)});
    json!({"id": id, "status": if id == "iv-1" { "completed" } else { "COMPLETED" },
        "candidate": {"formattedName": format!("Person {id}"), "email": format!("{id}@person.example")},
        "questions": [question(1, "What did you do?"), question(2, "Why this job?")]})
}

fn allowed(asked: &super::server::Asked) -> Result<(String, Value), Reply> {
    if asked.what() != ("POST", "/me") || asked.header("content-type") != "application/json" {
        return Err(status(404, ""));
    }
    if asked.header("x-api-key") != "kanarie-key" || !asked.header("authorization").is_empty() {
        let error = json!({"message": "who are you?", "extensions": {"code": "UNAUTHENTICATED"}});
        return Err(ok(&json!({"data": null, "errors": [error]})));
    }
    let body = asked.json();
    Ok((body["query"].as_str().unwrap_or_default().to_owned(), body["variables"].clone()))
}

/// Pages by edges and cursors; the id is an ID; the second interview's last recording is not encoded yet.
fn by_edges(media: String) -> Server {
    let more = ["Query.position(id: ID!): Position", "Query.interview(id: ID!): Interview"];
    let paging = [
        "Position.interviews(first: Int, after: String): Connection",
        "Connection.pageInfo: PageInfo",
        "PageInfo.hasNextPage: Boolean!",
        "PageInfo.endCursor: String",
        "Connection.edges: [Edge]",
        "Edge.node: Interview",
    ];
    let rows: Vec<&str> = COMMON.iter().chain(&WORDS).chain(&more).chain(&paging).copied().collect();
    let schema = schema(&rows);
    Server::start(move |asked, nth| {
        let (query, variables) = match allowed(asked) {
            Ok(asked) => asked,
            Err(reply) => return Ok(reply),
        };
        if query.contains("__schema") {
            return Ok(ok(&schema));
        }
        if query == POSITIONS {
            return Ok(ok(&json!({"data": {"positions": [{"id": 7, "name": "Night shift"}, {"id": "8", "name": "Nobody yet"}]}})));
        }
        if query == BY_EDGES {
            let page = |ids: &[&str], next: Option<&str>| {
                let edges: Vec<Value> = ids.iter().map(|id| json!({"node": {"id": id, "status": "completed"}})).collect();
                let info = json!({"hasNextPage": next.is_some(), "endCursor": next.unwrap_or("end")});
                ok(&json!({"data": {"position": {"interviews": {"pageInfo": info, "edges": edges}}}}))
            };
            return match (variables["batch"].as_str(), variables["cursor"].as_str()) {
                (Some("7"), None) => Ok(page(&["iv-1"], Some("c1"))),
                (Some("7"), Some("c1")) => Ok(page(&["iv-2"], None)),
                (Some("8"), None) => Ok(page(&[], None)),
                other => Err(format!("no such page: {other:?}")),
            };
        }
        if query == interview_query("ID!") {
            let id = variables["candidate"].as_str().ok_or("no id")?;
            let error = json!({"message": "thumbnail service is down", "path": ["interview", "thumbnail"]});
            let data = json!({"interview": interview(id, &media, nth + 1, id == "iv-1")});
            return Ok(ok(&json!({"data": data, "errors": if id == "iv-2" { vec![error] } else { vec![] }})));
        }
        Err("it asks for what the schema does not have".to_owned())
    })
}

#[test]
fn only_what_the_schema_has_is_asked_for_and_words_with_times_come_along() {
    let paths: Vec<String> = ["iv-1", "iv-2"]
        .iter()
        .flat_map(|id| [1, 2].map(|nth| format!("/{id}/answer/{nth}/hf-video_encoded_1721800000000.wav")))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    // The addresses of the first reading have run out when they are used.
    let media = recordings(&paths, |path, _| if path.ends_with("Signature=1") { Fault::Status(403, "") } else { Fault::None });
    let server = by_edges(media.address.clone());
    let home = home(&format!("kind = \"hireflix\"\nurl = \"{}\"\nauth = \"env:PLATFORM_KEY\"\n", server.address));
    let ran = fetch(&home, &[]);
    // One recording is not encoded yet, and errors beside data are told.
    let end = super::super::done(&ran, 4);
    assert_eq!((&end["answers"], &end["missing"]), (&json!(3), &json!(1)), "{ran:#?}");
    assert!(
        lines(&ran).iter().any(|line| line["event"] == "failed" && line["reason"] == "the source is still preparing it"),
        "{ran:#?}"
    );
    assert!(has_told(&ran, "graphql", "thumbnail service is down"), "{ran:#?}");
    assert!(has_told(&ran, "schema", "Interview.externalId") && has_told(&ran, "schema", "MediaTranscription.text"), "{ran:#?}");
    assert!(ran.out.contains("an id of their own for each person"), "{}", ran.out);
    assert_eq!(kept(&home)["title"], "Night shift", "the position without people is no batch yet");
    let found = home.run(&["search", "Night shift", "looked", "--json"]);
    assert!(found.code == Some(0) && found.out.contains("looked"), "{found:#?}");
    let media = media.asked();
    assert!(media.iter().all(|one| !one.headers.contains("x-api-key") && !one.headers.contains("kanarie")), "{media:#?}");
    server.asked();
}

/// Pages by an offset under all positions; the id is a String.
fn by_offset(people: usize, media: String, knows_skip: bool) -> Server {
    let more = [
        "Query.interview(id: String!): Interview",
        "Position.paginatedInterviews(pagination: PagingInput): Page",
        "Page.results: [Interview]",
        "PagingInput.limit: Int",
    ];
    let skip = knows_skip.then_some("PagingInput.skip: Int");
    let rows: Vec<&str> = COMMON.iter().chain(&WORDS).chain(&more).copied().chain(skip).collect();
    let schema = schema(&rows);
    Server::start(move |asked, _| {
        let (query, variables) = match allowed(asked) {
            Ok(asked) => asked,
            Err(reply) => return Ok(reply),
        };
        if query.contains("__schema") {
            return Ok(ok(&schema));
        }
        let without_skip = BY_OFFSET.replace("($offset: Int)", "").replace(", skip: $offset", "");
        if query == BY_OFFSET || (query == without_skip && !knows_skip) {
            let from = variables["offset"].as_u64().unwrap_or(0) as usize;
            let ids = (from..people.min(from + 50)).map(|nth| json!({"id": nth, "status": "completed"}));
            let page = json!({"results": ids.collect::<Vec<_>>()});
            return Ok(ok(&json!({"data": {"positions": [{"id": "other"}, {"id": "7", "paginatedInterviews": page}]}})));
        }
        if query == POSITIONS {
            return Ok(ok(&json!({"data": {"positions": [{"id": "7", "name": "Night shift"}]}})));
        }
        if query == interview_query("String!") {
            let id = variables["candidate"].as_str().ok_or("no id")?;
            return Ok(ok(&json!({"data": {"interview": interview(id, &media, 1, true)}})));
        }
        Err("it asks for what the schema does not have".to_owned())
    })
}

#[test]
fn the_other_way_of_paging_is_found_and_where_nobody_can_ask_on_that_is_told() {
    let ask = |knows_skip: bool| {
        let server = by_offset(53, "http://127.0.0.1:9".into(), knows_skip);
        let home = home(&format!("kind = \"hireflix\"\nurl = \"{}\"\nauth = \"env:PLATFORM_KEY\"\n", server.address));
        let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
        let own = home.run(&["schema", "hireflix"]).out.replace("per_second = 4", "per_second = 400");
        std::fs::write(home.path().join(".config/earmark/fast.toml"), own).expect("written");
        home.settings(&format!("{settings}description = \"fast.toml\"\n"));
        let ran = fetch(&home, &["--dry-run"]);
        server.asked();
        ran
    };
    let people = |ran: &crate::home::Ran| {
        let batch = lines(ran).into_iter().find(|line| line["event"] == "batch").expect("a batch");
        batch["submissions"].clone()
    };
    let all = ask(true);
    assert_eq!((all.code, people(&all)), (Some(0), json!(53)), "{all:#?}");
    let some = ask(false);
    assert_eq!((some.code, people(&some)), (Some(4), json!(50)), "{some:#?}");
    assert!(has_told(&some, "pages", "there may be more"), "{some:#?}");
}

#[test]
fn a_key_that_is_refused_beside_status_200_ends_with_three() {
    let server = by_edges(String::new());
    let home = home(&format!("kind = \"hireflix\"\nurl = \"{}\"\nauth = \"env:CLIENT\"\n", server.address));
    let ran = fetch(&home, &[]);
    assert!(ran.code == Some(3) && ran.err.contains("who are you?") && !ran.err.contains("the-client"), "{ran:#?}");
}

#[test]
fn an_address_under_which_nothing_answers_queries_is_told_with_its_path() {
    let server = Server::start(|_, _| Ok(status(404, "")));
    let home = home(&format!("kind = \"hireflix\"\nurl = \"{}\"\nauth = \"env:PLATFORM_KEY\"\n", server.address));
    let ran = fetch(&home, &[]);
    assert!(ran.code == Some(1) && ran.err.contains("answered 404 to /me: nothing is there"), "{ran:#?}");
}
