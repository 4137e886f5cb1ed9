//! From the tree of a document to a [`Batch`]: ids, what belongs together, and what does not.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::answers::{self, Ask};
use super::check::{self, check};
use super::json::{Node, Value};
use super::report::{Path, Report};
use super::{
    Document, FORMAT, InterviewDocument, NamedFile, Outcome, Purpose, QuestionDocument, SubmissionDocument, UNNAMED_SOURCE, schema,
};
use crate::interview::{
    Answer, AnswerState, Batch, BatchId, Candidate, CandidateId, Digest, Document as Attached, Interview, Media, Question,
    QuestionId, Register, Status, Submission, SubmissionId,
};
use crate::text::SafeText;

/// Reads a whole document.
pub(super) fn document(mut report: Report<'_>, root: &Node<'_>) -> Outcome {
    let schema = schema::of::<Document>();
    let (mut files, mut deleted) = (Vec::new(), Vec::new());
    let batch = batch(&mut report, root, &schema, &mut files, &mut deleted);
    Outcome { batch, files, deleted, problems: report.finish() }
}

fn batch(
    report: &mut Report<'_>,
    root: &Node<'_>,
    schema: &Json,
    files: &mut Vec<NamedFile>,
    deleted: &mut Vec<CandidateId>,
) -> Option<Batch> {
    if !matches!(root.value, Value::Record(_)) {
        let reason = format!("the document is {}, not a record", root.kind());
        report.fatal(root, &Path::ROOT, &reason, "begin it with { \"format\": 1, \"interview\": …");
        return None;
    }
    is_our_format(report, root)?;
    let head = check(report, root, &Path::ROOT, schema, &["format", "interview", "submissions"])?;
    let head: Document = typed(head, json!({"format": FORMAT, "interview": {}, "submissions": []}))?;
    let (interview, lines) = interview(report, root, &schema["properties"]["interview"])?;

    let path = Path::ROOT.key("submissions");
    let Some(list) = root.get("submissions") else {
        report.fatal(root, &path, "submissions is missing", "add a list of submissions");
        return None;
    };
    let part = &schema["properties"]["submissions"];
    let items = check::items(report, list, &path, part).unwrap_or_default();
    let ids = Ids::of(&head, &interview, items);
    *deleted = ids.deleted(report, root, &head);
    let (asks, seen, left_out) = (Vec::new(), HashSet::new(), left_out(root, &interview));
    let mut reader = Reader { report, schema: &part["items"], interview: &interview, ids: &ids, files, asks, seen, left_out };
    let mut submissions: Vec<Submission> =
        items.iter().enumerate().filter_map(|(index, item)| reader.submission(item, &path.index(index))).collect();
    let asks = reader.asks;
    // Where a source says both, the deletion holds.
    submissions.retain(|submission| !deleted.contains(&submission.candidate.id));
    if submissions.is_empty() && deleted.is_empty() {
        report.fatal(list, &path, "no submission in it can be used", "add submissions, or mend the mistakes named beside this one");
        return None;
    }
    answers::differences(report, &interview, &lines, &asks);
    let title = head.title.unwrap_or_default();
    noticed(report, root, &Path::ROOT.key("title"), &title);
    Some(Batch {
        id: ids.batch,
        source: head.source.unwrap_or_else(|| SafeText::line(UNNAMED_SOURCE)),
        source_id: head.id.unwrap_or_else(|| SafeText::line(&ids.content.short())),
        title,
        requisition: head.requisition,
        interview,
        submissions,
        region: head.region,
        retain_until: head.retain_until,
        register: Register::default(),
    })
}

/// Reads what was checked; `rest` are the required fields that the caller reads itself.
///
/// None only where the schema and the type disagree, which the tests rule out.
pub(super) fn typed<T: DeserializeOwned>(mut checked: Json, rest: Json) -> Option<T> {
    if let (Json::Object(checked), Json::Object(rest)) = (&mut checked, rest) {
        checked.extend(rest);
    }
    serde_json::from_value(checked).ok()
}

fn is_our_format(report: &mut Report<'_>, root: &Node<'_>) -> Option<()> {
    let path = Path::ROOT.key("format");
    let Some(node) = root.get("format") else {
        report.warn(root, &path, "format is missing; it is taken as 1", "add \"format\": 1");
        return Some(());
    };
    match &node.value {
        Value::Bare(number) if number.parse() == Ok(FORMAT) => Some(()),
        Value::Bare(number) if number.parse::<u32>().is_ok_and(|newer| newer > FORMAT) => {
            let reason = format!("the document has format {number}; this program reads format {FORMAT}");
            report.fatal(node, &path, &reason, "update earmark, or ask the source for the older format");
            None
        }
        _ => {
            report.fatal(node, &path, "this is no format that earmark knows", "write \"format\": 1");
            None
        }
    }
}

/// The questions with ids of their own, and the place of each in the document.
fn interview<'n, 'a>(
    report: &mut Report<'_>,
    root: &'n Node<'a>,
    schema: &Json,
) -> Option<(Interview, Vec<(usize, &'n Node<'a>)>)> {
    let path = Path::ROOT.key("interview");
    let node = root.get("interview");
    let head = node.and_then(|node| check(report, node, &path, schema, &["questions"]));
    let head: InterviewDocument = head.and_then(|head| typed(head, json!({}))).unwrap_or_default();
    let path = path.key("questions");
    let part = &schema["properties"]["questions"];
    let list = node.and_then(|node| node.get("questions"));
    let items = list.and_then(|list| check::items(report, list, &path, part)).unwrap_or_default();

    let mut questions: Vec<Question> = Vec::new();
    let mut places = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let checked = check(report, item, &path, &part["items"], &[]);
        let Some(question) = checked.and_then(|checked| typed::<QuestionDocument>(checked, json!({}))) else { continue };
        if questions.iter().any(|known| known.id == question.id) {
            let reason = format!("the question id {} is used twice; the first one stays", question.id);
            report.damage(item, &path.key("id"), &reason, "give each question an id of its own");
            continue;
        }
        noticed(report, item, &path.key("prompt"), &question.prompt);
        questions.push(Question {
            id: question.id,
            prompt: question.prompt,
            category: question.category,
            think_seconds: question.think_seconds,
            answer_seconds: question.answer_seconds,
            retakes: question.retakes,
        });
        places.push((index, item));
    }
    if questions.is_empty() {
        report.fatal(
            list.or(node).unwrap_or(root),
            &path,
            "there is no usable question",
            "add interview.questions, each with id and prompt",
        );
        return None;
    }
    Some((Interview { questions, deadline: head.deadline, language: head.language }, places))
}

/// What the ids of one document are derived from.
pub(super) struct Ids {
    batch: BatchId,
    /// A source's ids of people hold in all of its batches; without a source they hold in this batch alone.
    people: String,
    content: Digest,
}

impl Ids {
    fn of(head: &Document, interview: &Interview, submissions: &[Node<'_>]) -> Self {
        let content = content(interview, submissions);
        let source = head.source.as_ref().map_or(UNNAMED_SOURCE, SafeText::raw);
        let batch = match (&head.id, head.batch_id) {
            (Some(id), _) => BatchId::derive(&[source, id.raw()]),
            (None, Some(id)) => id,
            (None, None) => BatchId::derive(&[source, "by content", &content.to_string()]),
        };
        let people = head.source.as_ref().map_or_else(|| batch.to_string(), |source| source.raw().to_owned());
        Ids { batch, people, content }
    }

    fn person(&self, id: &SafeText) -> CandidateId {
        CandidateId::derive(&[&self.people, id.raw()])
    }

    /// Who was deleted. A batch without an id is known by its people: with one of them less it is another batch.
    fn deleted(&self, report: &mut Report<'_>, root: &Node<'_>, head: &Document) -> Vec<CandidateId> {
        if head.deleted.is_empty() {
            return Vec::new();
        }
        let path = Path::ROOT.key("deleted");
        let node = root.get("deleted").unwrap_or(root);
        if head.id.is_none() && head.batch_id.is_none() {
            let reason = "the batch has no id, so nobody can tell of which batch these people were deleted";
            report.damage(node, &path, reason, "add \"id\", the same as before");
            return Vec::new();
        }
        let mut all = Vec::with_capacity(head.deleted.len());
        for (index, one) in head.deleted.iter().enumerate() {
            match one.candidate_id.or_else(|| one.id.as_ref().map(|id| self.person(id))) {
                Some(candidate) => all.push(candidate),
                None => report.damage(node, &path.index(index), "it does not say who was deleted", "add \"id\""),
            }
        }
        all
    }
}

/// A digest of who was asked what: neither the folder, nor file names, nor the order of rows change it.
fn content(interview: &Interview, submissions: &[Node<'_>]) -> Digest {
    let questions = interview.questions.iter().map(|question| ["question", question.id.as_str(), question.prompt.raw(), ""]);
    let mut people: Vec<[&str; 4]> = submissions
        .iter()
        .filter_map(|submission| {
            let candidate = submission.get("candidate")?;
            let text = |key| match candidate.get(key).map(|node| &node.value) {
                Some(Value::Text(text) | Value::Bare(text)) => &**text,
                _ => "",
            };
            Some(["candidate", text("id"), text("name"), text("email")])
        })
        .collect();
    people.sort_unstable();
    let parts: Vec<&str> = questions.chain(people).flatten().collect();
    let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
    let pieces: Vec<&[u8]> = lengths.iter().zip(&parts).flat_map(|(length, part)| [&length[..], part.as_bytes()]).collect();
    Digest::of_all(&pieces)
}

/// What the submissions of one document share while they are read.
pub(super) struct Reader<'r, 'f> {
    pub(super) report: &'r mut Report<'f>,
    pub(super) schema: &'r Json,
    pub(super) interview: &'r Interview,
    ids: &'r Ids,
    pub(super) files: &'r mut Vec<NamedFile>,
    /// Under which conditions people were asked, where they differ.
    pub(super) asks: Vec<Ask>,
    seen: HashSet<CandidateId>,
    /// The ids of questions that stand in the bundle and could not be used.
    pub(super) left_out: HashSet<String>,
}

fn left_out(root: &Node<'_>, interview: &Interview) -> HashSet<String> {
    let questions = root.get("interview").and_then(|node| node.get("questions"));
    let Some(Value::List(questions)) = questions.map(|node| &node.value) else { return HashSet::new() };
    let ids = questions.iter().filter_map(|question| match &question.get("id")?.value {
        Value::Text(id) => Some(id.to_string()),
        _ => None,
    });
    ids.filter(|id| interview.questions.iter().all(|question| question.id.as_str() != id)).collect()
}

impl Reader<'_, '_> {
    fn submission(&mut self, node: &Node<'_>, path: &Path<'_>) -> Option<Submission> {
        let checked = check(self.report, node, path, self.schema, &["answers"])?;
        let document: SubmissionDocument = typed(checked, json!({"answers": []}))?;
        let candidate = self.candidate(&document, node, path)?;
        let id = SubmissionId::derive(&[&self.ids.batch.to_string(), &candidate.id.to_string()]);
        let mut given = self.answers(id, &candidate, node, path);
        let says_nothing = given.is_empty();
        let mut answers: Vec<Answer> = self.interview.questions.iter().map(|question| one_each(&mut given, id, question)).collect();
        let documents = self.documents(id, &candidate, &document, path);
        let status = document.status.unwrap_or_else(|| likely_status(&document, &answers));
        if says_nothing && status == Status::Completed {
            answers.iter_mut().for_each(|answer| answer.state = AnswerState::NotHandedOut);
        }
        Some(Submission {
            id,
            candidate,
            status,
            invited_at: document.invited_at,
            started_at: document.started_at,
            completed_at: document.completed_at,
            deadline: document.deadline,
            language: document.language,
            consent: document.consent,
            accommodations: document.accommodations,
            documents,
            applications: document.applications,
            statements: document.statements,
            retain_until: document.retain_until,
            region: document.region,
            answers,
        })
    }

    fn candidate(&mut self, document: &SubmissionDocument, node: &Node<'_>, path: &Path<'_>) -> Option<Candidate> {
        let told = &document.candidate;
        let path = path.key("candidate");
        let node = node.get("candidate").unwrap_or(node);
        let id = self.ids.person(&told.id);
        if !self.seen.insert(id) {
            let reason = format!("the candidate id {} is used twice; the first submission stays", told.id.fit(60));
            self.report.damage(node, &path.key("id"), &reason, "give each candidate an id of their own");
            return None;
        }
        let named = |text: &Option<SafeText>| text.as_ref().map(|text| SafeText::name(text.raw()));
        let candidate = Candidate {
            id,
            source_id: SafeText::name(told.id.raw()),
            name: named(&told.name),
            email: named(&told.email),
            phone: named(&told.phone),
        };
        let texts = [("id", Some(&candidate.source_id)), ("name", candidate.name.as_ref()), ("email", candidate.email.as_ref())];
        for (key, text) in texts.into_iter().chain([("phone", candidate.phone.as_ref())]) {
            text.into_iter().for_each(|text| noticed(self.report, node.get(key).unwrap_or(node), &path.key(key), text));
        }
        let tells = [&candidate.name, &candidate.email].into_iter().flatten().any(|text| text.raw() == told.id.raw());
        if tells {
            let reason = "the candidate's id is the person's name or address: hidden names would not hide it";
            self.report.warn(node, &path.key("id"), reason, "use a number or another id that does not tell who it is");
        }
        Some(candidate)
    }

    fn documents(
        &mut self,
        id: SubmissionId,
        candidate: &Candidate,
        document: &SubmissionDocument,
        path: &Path<'_>,
    ) -> Vec<Attached> {
        let entries = document.documents.iter().enumerate();
        let attached = entries.map(|(index, entry)| {
            let file = entry.file.as_ref().map(|file| file.raw());
            let last = file.and_then(|file| file.rsplit('/').next()).map(SafeText::name);
            if let Some(file) = file {
                self.files.push(NamedFile {
                    path: file.to_owned(),
                    of: Purpose::Document(id, index),
                    sha256: entry.sha256,
                    bytes: None,
                    candidate: candidate.source_id.clone(),
                    place: SafeText::line(&path.key("documents").index(index).to_string()),
                });
            }
            Attached {
                kind: entry.kind.clone(),
                name: entry.name.as_ref().map(|name| SafeText::name(name.raw())).or(last).unwrap_or_else(|| entry.kind.clone()),
                media: entry.file.clone().map(|locator| Media {
                    locator,
                    digest: None,
                    bytes: None,
                    mime: None,
                    declared_ms: None,
                }),
            }
        });
        attached.collect()
    }
}

fn one_each(given: &mut HashMap<QuestionId, Answer>, submission: SubmissionId, question: &Question) -> Answer {
    given.remove(&question.id).unwrap_or_else(|| answers::not_given(submission, &question.id))
}

fn likely_status(document: &SubmissionDocument, answers: &[Answer]) -> Status {
    let given = answers.iter().filter(|answer| !answer.state.is_absent()).count();
    match given {
        _ if document.completed_at.is_some() || given == answers.len() => Status::Completed,
        0 if document.started_at.is_none() => Status::Invited,
        _ => Status::Started,
    }
}

/// Warns of text that cannot be shown letter for letter.
pub(super) fn noticed(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, text: &SafeText) {
    let marks = text.marks();
    let what = match (marks.controls, marks.hidden, marks.cut) {
        (false, false, false) => return,
        (true, _, _) => "control characters, such as a terminal's escape sequences; they are shown as signs",
        (_, true, _) => "invisible characters, frames or direction overrides; they are not shown",
        (_, _, true) => "more than fits; it is shown cut short",
    };
    report.warn(node, path, &format!("the text contains {what}"), "ask where this text came from; the original is kept");
}
