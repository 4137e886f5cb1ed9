//! `batch.csv`, one row for each answer, as the tree of the same document.

use std::borrow::Cow;

use csv::ByteRecord;
use indexmap::IndexMap;

use super::json::{Node, Remark, Value};
use super::report::{Path, Report};
use crate::text::nearest;

/// Which part of the document a column fills.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Batch,
    Requisition,
    Question,
    Submission,
    Candidate,
    Consent,
    Application,
    Answer,
}

/// A column: the names it may have, the field it fills, and whether it holds a number or true and false.
struct Column {
    names: &'static [&'static str],
    part: Part,
    field: &'static str,
    bare: bool,
}

const fn text(names: &'static [&'static str], part: Part, field: &'static str) -> Column {
    Column { names, part, field, bare: false }
}

const fn bare(names: &'static [&'static str], part: Part, field: &'static str) -> Column {
    Column { names, part, field, bare: true }
}

/// Every column that is understood; a new one is a new row.
const COLUMNS: &[Column] = &[
    text(&["candidate_id"], Part::Candidate, "id"),
    text(&["candidate_name", "name"], Part::Candidate, "name"),
    text(&["email", "candidate_email"], Part::Candidate, "email"),
    text(&["phone", "candidate_phone"], Part::Candidate, "phone"),
    text(&["question_id"], Part::Question, "id"),
    text(&["question", "prompt", "question_text"], Part::Question, "prompt"),
    text(&["category", "question_category"], Part::Question, "category"),
    bare(&["think_seconds"], Part::Question, "think_seconds"),
    bare(&["answer_seconds", "max_seconds"], Part::Question, "answer_seconds"),
    bare(&["retakes"], Part::Question, "retakes"),
    text(&["answer_file", "file"], Part::Answer, "file"),
    text(&["mime_type", "mime"], Part::Answer, "mime"),
    text(&["kind"], Part::Answer, "kind"),
    text(&["text", "answer_text"], Part::Answer, "text"),
    text(&["transcript_file", "transcript"], Part::Answer, "transcript"),
    bare(&["duration_ms"], Part::Answer, "duration_ms"),
    text(&["sha256"], Part::Answer, "sha256"),
    text(&["recorded_at"], Part::Answer, "recorded_at"),
    bare(&["retakes_used"], Part::Answer, "retakes_used"),
    bare(&["think_used_ms"], Part::Answer, "think_used_ms"),
    text(&["status"], Part::Submission, "status"),
    text(&["submitted_at", "completed_at"], Part::Submission, "completed_at"),
    text(&["invited_at"], Part::Submission, "invited_at"),
    text(&["started_at"], Part::Submission, "started_at"),
    text(&["deadline"], Part::Submission, "deadline"),
    text(&["language"], Part::Submission, "language"),
    text(&["region"], Part::Submission, "region"),
    text(&["retain_until"], Part::Submission, "retain_until"),
    bare(&["consent", "consent_given"], Part::Consent, "given"),
    text(&["consent_at"], Part::Consent, "at"),
    text(&["application_id"], Part::Application, "id"),
    text(&["application_system"], Part::Application, "system"),
    text(&["batch_id"], Part::Batch, "id"),
    text(&["batch_title"], Part::Batch, "title"),
    text(&["source"], Part::Batch, "source"),
    text(&["requisition_id"], Part::Requisition, "id"),
    text(&["requisition_title"], Part::Requisition, "title"),
];

type Fields = IndexMap<&'static str, Node<'static>>;

/// The document that the table's rows make; none, which has been said, where it is no such table.
pub(super) fn tree(report: &mut Report<'_>, bytes: &[u8]) -> Option<Node<'static>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter(bytes)).from_reader(bytes);
    let mut rows = reader.byte_records().filter_map(Result::ok);
    let header = rows.next().unwrap_or_default();
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let columns = understood(report, &names)?;
    report.in_table(names);
    let mut table =
        Table { report, columns, width: header.len(), root: IndexMap::new(), questions: IndexMap::new(), people: IndexMap::new() };
    rows.for_each(|row| table.row(&row));
    Some(table.document())
}

/// Spreadsheets write the separator of their country.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

/// The meaning of each column by its name, without case.
fn understood(report: &mut Report<'_>, names: &[String]) -> Option<Vec<Option<&'static Column>>> {
    let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
    let mut columns: Vec<Option<&'static Column>> = Vec::new();
    for name in names {
        let known = COLUMNS.iter().find(|column| column.names.contains(&plain(name).as_str()));
        let twice = known.is_some_and(|known| columns.iter().flatten().any(|column| std::ptr::eq(*column, known)));
        let at = |column| Node { line: 1, column, value: Value::Null };
        match known {
            Some(_) if twice => {
                report.warn(&at(0), &Path::ROOT, &format!("the column {name:.60} stands twice; the first is used"), "remove one");
            }
            None if !name.is_empty() && !name.starts_with("x-") => {
                let near = nearest(name, COLUMNS.iter().flat_map(|column| column.names.iter().copied()));
                let remedy = near.map_or("remove it, or begin its name with x-".to_owned(), |near| format!("did you mean {near}?"));
                report.warn(&at(0), &Path::ROOT, &format!("the column {name:.60} is not known and was left out"), &remedy);
            }
            _ => {}
        }
        columns.push(known.filter(|_| !twice));
    }
    let has = |part, field| columns.iter().flatten().any(|column| column.part == part && column.field == field);
    let missing = [(Part::Candidate, "candidate_id"), (Part::Question, "question_id")];
    let missing: Vec<&str> = missing.into_iter().filter(|(part, _)| !has(*part, "id")).map(|(_, name)| name).collect();
    if missing.is_empty() {
        return Some(columns);
    }
    let reason = format!("the table has no column {}", missing.join(" and no column "));
    report.give_up(
        "line 1",
        &reason,
        "begin it with the names of its columns: candidate_id,candidate_name,question_id,question,answer_file,…",
    );
    None
}

/// One person's rows.
struct Person {
    line: u32,
    parts: IndexMap<Part, Fields>,
    answers: Vec<Node<'static>>,
    /// A row without an answer: what the person handed in has gaps.
    gaps: bool,
}

struct Table<'r, 'f> {
    report: &'r mut Report<'f>,
    columns: Vec<Option<&'static Column>>,
    width: usize,
    root: IndexMap<Part, Fields>,
    questions: IndexMap<String, Fields>,
    people: IndexMap<String, Person>,
}

impl Table<'_, '_> {
    fn row(&mut self, row: &ByteRecord) {
        let line = row.position().map_or(0, |position| position.line() as u32);
        if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return;
        }
        let here = Node::new(line, Value::Null);
        if row.len() != self.width {
            let reason = format!("the row has {} cells; the header has {}", row.len(), self.width);
            self.report.warn(&here, &Path::ROOT, &reason, "check the quotes and separators of this line");
        }
        let mut parts = self.cells(row, line);
        let id = |parts: &IndexMap<Part, Fields>, part| match parts.get(&part)?.get("id").map(|node| &node.value) {
            Some(Value::Text(text)) => Some(text.clone().into_owned()),
            _ => None,
        };
        let (Some(person), Some(question)) = (id(&parts, Part::Candidate), id(&parts, Part::Question)) else {
            let reason = "the row has no candidate_id or no question_id; it was left out";
            return self.report.damage(&here, &Path::ROOT, reason, "fill in both");
        };
        for part in [Part::Batch, Part::Requisition] {
            let told = parts.swap_remove(&part).unwrap_or_default();
            merge(self.report, self.root.entry(part).or_default(), told);
        }
        let mut answer = parts.swap_remove(&Part::Answer).unwrap_or_default();
        self.asked(&question, parts.swap_remove(&Part::Question).unwrap_or_default(), &mut answer);
        self.answered(person, line, parts, answer);
    }

    /// The cells of a row that are not empty, by what they fill.
    fn cells(&mut self, row: &ByteRecord, line: u32) -> IndexMap<Part, Fields> {
        let start = row.position().map_or(0, csv::Position::byte);
        let mut parts: IndexMap<Part, Fields> = IndexMap::new();
        for (index, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
            let Some(column) = column.filter(|_| !cell.trim_ascii().is_empty()) else { continue };
            let text = String::from_utf8_lossy(cell);
            if matches!(text, Cow::Owned(_)) {
                let place = format!("line {line}, column {}", column.names[0]);
                let reason = format!("text that is not UTF-8, in the row that begins at byte {start} of the file");
                self.report.remark(&Remark { place, reason, remedy: "save the file as UTF-8" });
            }
            let text = text.trim().to_owned();
            let value = if column.bare { bare_value(text) } else { Value::Text(Cow::Owned(text)) };
            let node = Node { line, column: u16::try_from(index + 1).unwrap_or(0), value };
            parts.entry(column.part).or_default().insert(column.field, node);
        }
        parts
    }

    /// Remembers the question; where this person's wording or limit differs, that is said of the answer.
    fn asked(&mut self, id: &str, told: Fields, answer: &mut Fields) {
        let known = self.questions.entry(id.to_owned()).or_default();
        if let Some(node) = told.get("id") {
            answer.insert("question", copy(node));
        }
        let mut rest = Fields::new();
        for (field, node) in told {
            let differs = known.get(field).is_some_and(|known| !same(known, &node));
            match (field, differs) {
                ("prompt", true) => drop(answer.insert("asked", node)),
                ("answer_seconds", true) => drop(answer.insert("answer_seconds", node)),
                _ => drop(rest.insert(field, node)),
            }
        }
        merge(self.report, known, rest);
    }

    fn answered(&mut self, id: String, line: u32, parts: IndexMap<Part, Fields>, mut answer: Fields) {
        let given = answer.contains_key("file") || answer.contains_key("text");
        if !given {
            answer.insert("state", Node::new(line, Value::Text(Cow::Borrowed("not_given"))));
        }
        let person =
            self.people.entry(id).or_insert_with(|| Person { line, parts: IndexMap::new(), answers: Vec::new(), gaps: false });
        person.gaps |= !given;
        person.answers.push(record(line, answer));
        for (part, mut told) in parts {
            let known = person.parts.entry(part).or_default();
            // Each row has its own time: the last one is when the whole was handed in.
            match (told.swap_remove("completed_at"), known.get("completed_at")) {
                (Some(now), Some(before)) if time(&now) <= time(before) => {}
                (Some(now), _) => drop(known.insert("completed_at", now)),
                (None, _) => {}
            }
            merge(self.report, known, told);
        }
    }

    fn document(self) -> Node<'static> {
        let number = |text| Node::new(1, Value::Bare(Cow::Borrowed(text)));
        let mut root = self.root;
        let mut document = root.swap_remove(&Part::Batch).unwrap_or_default();
        document.insert("format", number("1"));
        if let Some(requisition) = root.swap_remove(&Part::Requisition).filter(|fields| !fields.is_empty()) {
            document.insert("requisition", record(1, requisition));
        }
        let questions = self.questions.into_values().map(question).collect();
        let interview = Fields::from([("questions", Node::new(1, Value::List(questions)))]);
        document.insert("interview", record(1, interview));
        let submissions = self.people.into_values().map(submission).collect();
        document.insert("submissions", Node::new(1, Value::List(submissions)));
        record(1, document)
    }
}

fn question(mut fields: Fields) -> Node<'static> {
    let line = fields.get("id").map_or(1, |id| id.line);
    if let (None, Some(id)) = (fields.get("prompt"), fields.get("id")) {
        let prompt = copy(id);
        fields.insert("prompt", prompt);
    }
    record(line, fields)
}

fn submission(person: Person) -> Node<'static> {
    let mut parts = person.parts;
    let mut take = |part| parts.swap_remove(&part).filter(|fields: &Fields| !fields.is_empty());
    let mut fields = take(Part::Submission).unwrap_or_default();
    // Every row may carry the time of the export; a person who left questions out has not completed.
    if person.gaps && !fields.contains_key("status") {
        fields.swap_remove("completed_at");
    }
    if let Some(candidate) = take(Part::Candidate) {
        fields.insert("candidate", record(person.line, candidate));
    }
    if let Some(consent) = take(Part::Consent) {
        fields.insert("consent", record(person.line, consent));
    }
    if let Some(application) = take(Part::Application) {
        fields.insert("applications", Node::new(person.line, Value::List(vec![record(person.line, application)])));
    }
    fields.insert("answers", Node::new(person.line, Value::List(person.answers)));
    record(person.line, fields)
}

fn record(line: u32, fields: Fields) -> Node<'static> {
    Node::new(line, Value::Record(fields.into_iter().map(|(key, node)| (Cow::Borrowed(key), node)).collect()))
}

/// Adds what is not yet known; what contradicts it is named, and the first stays.
fn merge(report: &mut Report<'_>, known: &mut Fields, told: Fields) {
    for (field, node) in told {
        match known.get(field) {
            None => drop(known.insert(field, node)),
            Some(first) if same(first, &node) => {}
            Some(first) => {
                let reason = format!("this differs from line {}, which speaks of the same; the first is used", first.line);
                report.warn(&node, &Path::ROOT, &reason, "make the rows agree");
            }
        }
    }
}

fn same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::Text(a), Value::Text(b)) | (Value::Bare(a), Value::Bare(b)) => a.split_whitespace().eq(b.split_whitespace()),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        _ => false,
    }
}

fn copy(node: &Node<'static>) -> Node<'static> {
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.clone()),
        _ => Value::Null,
    };
    Node { value, ..*node }
}

fn time(node: &Node<'_>) -> Option<jiff::Timestamp> {
    match &node.value {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn bare_value(text: String) -> Value<'static> {
    match text.to_lowercase().as_str() {
        "true" | "yes" => Value::Bool(true),
        "false" | "no" => Value::Bool(false),
        _ => Value::Bare(Cow::Owned(text)),
    }
}
