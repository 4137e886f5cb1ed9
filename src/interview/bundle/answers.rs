//! The answers of one submission, and the conditions under which they were given.

use std::collections::HashMap;

use serde_json::json;

use super::check::{self, check};
use super::json::Node;
use super::read::{Reader, noticed, typed};
use super::report::{Path, Report};
use super::{AnswerDocument, GivenState, NamedFile, Purpose};
use crate::interview::{
    Answer, AnswerId, AnswerState, Candidate, Digest, Interview, Kind, Media, Question, QuestionId, Revision, SubmissionId,
};
use crate::text::{SafeText, nearest};

/// A candidate who was asked under other conditions than the interview says.
pub(super) struct Ask {
    question: usize,
    candidate: SafeText,
    otherwise: Otherwise,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    Worded,
    Limited,
}

impl<'r> Reader<'r, '_> {
    /// The answers of a submission by question; what cannot be used is named.
    pub(super) fn answers(
        &mut self,
        id: SubmissionId,
        candidate: &Candidate,
        submission: &Node<'_>,
        path: &Path<'_>,
    ) -> HashMap<QuestionId, Answer> {
        let path = path.key("answers");
        let part = &self.schema["properties"]["answers"];
        let list = submission.get("answers");
        let items = list.and_then(|list| check::items(self.report, list, &path, part)).unwrap_or_default();
        let mut given = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let path = path.index(index);
            let Some(checked) = check(self.report, item, &path, &part["items"], &[]) else { continue };
            let Some(document) = typed::<AnswerDocument>(checked, json!({})) else { continue };
            let Some((number, question)) = self.question(item, &path, &document.question) else { continue };
            if given.contains_key(&question.id) {
                let reason = format!("the question {} is answered twice; the first answer stays", question.id);
                self.report.damage(item, &path, &reason, "keep one answer for each question");
                continue;
            }
            self.condition(number, question, candidate, &document);
            let answer = self.answer(id, candidate, item, &path, document);
            given.insert(question.id.clone(), answer);
        }
        given
    }

    fn question(&mut self, item: &Node<'_>, path: &Path<'_>, id: &QuestionId) -> Option<(usize, &'r Question)> {
        let questions: &'r [Question] = &self.interview.questions;
        if let Some(number) = questions.iter().position(|question| question.id == *id) {
            return Some((number, &questions[number]));
        }
        let remedy = match nearest(id.as_str(), questions.iter().map(|question| question.id.as_str())) {
            Some(near) => format!("did you mean {near}?"),
            None => "use an id from interview.questions".to_owned(),
        };
        let (reason, remedy) = match self.left_out.contains(id.as_str()) {
            true => (
                format!("question {id} was left out, so this answer was too"),
                "mend the question, which is named above".to_owned(),
            ),
            false => (format!("the interview has no question {id}; this answer was left out"), remedy),
        };
        self.report.damage(item.get("question").unwrap_or(item), &path.key("question"), &reason, &remedy);
        None
    }

    fn condition(&mut self, number: usize, question: &Question, candidate: &Candidate, document: &AnswerDocument) {
        let words = |text: &SafeText| text.as_str().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let reworded = document.asked.as_ref().is_some_and(|asked| words(asked) != words(&question.prompt));
        let limited = document.answer_seconds.is_some() && document.answer_seconds != question.answer_seconds;
        for (differs, otherwise) in [(reworded, Otherwise::Worded), (limited, Otherwise::Limited)] {
            if differs {
                self.asks.push(Ask { question: number, candidate: candidate.source_id.clone(), otherwise });
            }
        }
    }

    fn answer(
        &mut self,
        submission: SubmissionId,
        candidate: &Candidate,
        item: &Node<'_>,
        path: &Path<'_>,
        document: AnswerDocument,
    ) -> Answer {
        let mut answer = not_given(submission, &document.question);
        answer.kind = kind(&document);
        answer.state = self.state(item, path, &document);
        if let Some(text) = document.text.as_ref().filter(|text| !text.is_empty()) {
            noticed(self.report, item.get("text").unwrap_or(item), &path.key("text"), text);
            answer.revision = document.file.is_none().then(|| Revision::of(&Digest::of(text.raw().as_bytes())));
            answer.text = Some(text.clone());
        }
        if let Some(locator) = document.file {
            let content = (document.sha256, document.bytes);
            self.name_file(&locator, Purpose::Recording(answer.id), content, candidate, path, "file");
            let (mime, declared_ms) = (document.mime, document.duration_ms);
            answer.media = Some(Media { locator, digest: None, bytes: None, mime, declared_ms });
        }
        if let Some(transcript) = &document.transcript {
            self.name_file(transcript, Purpose::Transcript(answer.id), (None, None), candidate, path, "transcript");
        }
        answer.transcript = document.transcript;
        answer.recorded_at = document.recorded_at;
        answer.retakes_used = document.retakes_used;
        answer.think_used_ms = document.think_used_ms;
        answer.asked = document.asked;
        answer.answer_seconds = document.answer_seconds;
        answer.statements = document.statements;
        answer
    }

    fn state(&mut self, item: &Node<'_>, path: &Path<'_>, document: &AnswerDocument) -> AnswerState {
        let has_text = document.text.as_ref().is_some_and(|text| !text.is_empty());
        if document.state.is_some() && (has_text || document.file.is_some()) {
            let reason = "the answer is said not to be there, and yet there is one; it is used";
            self.report.warn(item, &path.key("state"), reason, "remove the state, or the file");
        }
        match (&document.file, item.get("file")) {
            (Some(_), _) => AnswerState::NotHere,
            // The path was refused, which has been named.
            (None, Some(_)) => {
                AnswerState::Faulty { reason: SafeText::line("the batch names its file by a path that cannot be used") }
            }
            (None, None) if has_text => AnswerState::Ready,
            (None, None) if document.state.is_none() => {
                let reason = "the answer has neither file nor text; it is taken as not given";
                self.report.warn(item, path, reason, "add file or text, or \"state\": \"not_given\"");
                AnswerState::NotGiven
            }
            (None, None) if document.state == Some(GivenState::NotHandedOut) => AnswerState::NotHandedOut,
            (None, None) => AnswerState::NotGiven,
        }
    }

    fn name_file(
        &mut self,
        locator: &SafeText,
        of: Purpose,
        (sha256, bytes): (Option<Digest>, Option<u64>),
        candidate: &Candidate,
        path: &Path<'_>,
        key: &str,
    ) {
        self.files.push(NamedFile {
            path: locator.raw().to_owned(),
            of,
            sha256,
            bytes,
            candidate: candidate.source_id.clone(),
            place: SafeText::line(&path.key(key).to_string()),
        });
    }
}

/// The place of an answer that is not there.
pub fn not_given(submission: SubmissionId, question: &QuestionId) -> Answer {
    Answer {
        id: AnswerId::derive(&[&submission.to_string(), question.as_str()]),
        question: question.clone(),
        kind: Kind::default(),
        state: AnswerState::NotGiven,
        revision: None,
        media: None,
        text: None,
        transcript: None,
        recorded_at: None,
        retakes_used: None,
        think_used_ms: None,
        asked: None,
        answer_seconds: None,
        statements: Vec::new(),
    }
}

/// What an answer is, as said, else by its media type and its file's name.
fn kind(document: &AnswerDocument) -> Kind {
    if let Some(kind) = document.kind {
        return kind;
    }
    let Some(file) = &document.file else {
        return if document.text.is_some() { Kind::Text } else { Kind::default() };
    };
    let extension = file.raw().rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    let family = document.mime.as_ref().and_then(|mime| mime.raw().split('/').next()).map(str::to_lowercase);
    match (family.as_deref(), extension.as_str()) {
        (Some("audio"), _) => Kind::Audio,
        (Some("video"), _) => Kind::Video,
        (Some("text"), _) => Kind::Text,
        (Some("application" | "image" | "model" | "font"), extension) if !is_sound(extension) => Kind::File,
        (_, "mp4" | "mov" | "mkv" | "m4v" | "avi" | "3gp") => Kind::Video,
        (_, "txt" | "md") => Kind::Text,
        (_, "pdf" | "doc" | "docx" | "odt" | "png" | "jpg" | "jpeg" | "zip") => Kind::File,
        _ => Kind::Audio,
    }
}

/// Servers say `application/octet-stream` of recordings, too.
fn is_sound(extension: &str) -> bool {
    matches!(
        extension,
        "webm" | "ogg" | "oga" | "opus" | "mp3" | "m4a" | "aac" | "flac" | "wav" | "mka" | "caf" | "mp4" | "mov" | "mkv"
    )
}

/// Warns once a question where people were asked differently: their answers are not answers to the same thing.
pub(super) fn differences(report: &mut Report<'_>, interview: &Interview, places: &[(usize, &Node<'_>)], asks: &[Ask]) {
    let questions = Path::ROOT.key("interview");
    let questions = questions.key("questions");
    for (number, (index, node)) in places.iter().enumerate() {
        for (otherwise, what) in [(Otherwise::Worded, "asked in other words"), (Otherwise::Limited, "given another time limit")] {
            let who: Vec<&str> = asks
                .iter()
                .filter(|ask| ask.question == number && ask.otherwise == otherwise)
                .map(|ask| ask.candidate.as_str())
                .collect();
            if who.is_empty() {
                continue;
            }
            let shown = who.iter().take(5).copied().collect::<Vec<_>>().join(", ");
            let more = if who.len() > 5 { format!(" and {} more", who.len() - 5) } else { String::new() };
            let reason =
                format!("{} was {what} for {} of the candidates: {shown}{more}", interview.questions[number].id, who.len());
            report.warn(node, &questions.index(*index), &reason, "keep it in mind when you compare their answers");
        }
    }
}
