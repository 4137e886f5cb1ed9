//! Takes one recording: reads it, checks it, measures it.

use std::sync::Arc;

use super::Found;
use super::shelf::Opened;
use crate::interview::bundle::{NamedFile, Purpose};
use crate::interview::{Answer, AnswerState, Digest, Kind, Moment, Problem, Revision};
use crate::sound::has_picture;
use crate::text::SafeText;

/// What measuring a recording found out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measured {
    /// Its length by decoding it, in milliseconds.
    pub length_ms: u32,
    /// What is wrong with its file, where something is.
    pub flaw: Option<Flaw>,
    /// What is kept, so that it plays at once.
    pub value: Vec<u8>,
    /// It was kept before.
    pub known: bool,
    /// What is played in its place, where the recording itself can only be decoded by another program.
    pub playable: Option<Arc<[u8]>>,
}

/// What is wrong with the file of a recording that plays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// What it is.
    pub reason: String,
    /// What to do about it.
    pub remedy: &'static str,
    /// Whether sound that was said is not heard.
    pub loses: bool,
}

/// Why a recording cannot be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unplayable {
    /// What is wrong with it.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a recording is that is called one or the other: its tracks tell, where its container says what they are.
pub(super) fn kind_of_recording(bytes: &[u8], said: Kind) -> Kind {
    match has_picture(bytes) {
        Some(true) => Kind::Video,
        Some(false) => Kind::Audio,
        None => said,
    }
}

impl Flaw {
    /// What is said of it, beside how much can be heard.
    pub(super) fn told(&self, length: Moment) -> String {
        let Flaw { reason, .. } = self;
        match self.loses {
            true => format!("part of the recording is missing or damaged: {reason}; {} can be heard", length.with_unit()),
            false => format!("{reason}, {} in all", length.with_unit()),
        }
    }
}

/// One answer as it was taken.
pub struct Taken {
    /// With its state, its revision, and the size and digest of its file.
    pub answer: Answer,
    /// The file, to be kept; none where it cannot be used.
    pub content: Option<Arc<[u8]>>,
    /// What was measured; none for what is not heard.
    pub measured: Option<Measured>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Whether its recording was here, and was removed because its date had passed: it is not kept again.
    pub was_removed: bool,
}

/// Reads and measures the file of an answer; an answer without one stays as it is.
///
/// `measure` takes the recording and its file's extension.
pub fn take(
    found: &Found,
    answer: &Answer,
    measure: impl FnOnce(&Digest, Arc<[u8]>, Option<&str>) -> Result<Measured, Unplayable>,
) -> Taken {
    let mut taken = Taken { answer: answer.clone(), content: None, measured: None, problems: Vec::new(), was_removed: false };
    let Some(named) = found.named(Purpose::Recording(answer.id)) else { return taken };
    let opened = match found.open_media(answer.id) {
        Ok(opened) => opened,
        Err(problem) => {
            taken.fail(problem);
            return taken;
        }
    };
    match content(opened, named) {
        Ok((bytes, digest)) => taken.keep(found, named, bytes, digest, measure),
        Err(fault) => taken.fail(found.problem(named, &fault.reason, &fault.remedy)),
    }
    taken
}

/// The bytes and their digest, when they are what the batch says.
fn content(opened: Opened, named: &NamedFile) -> Result<(Arc<[u8]>, Digest), Unplayable> {
    let again = "fetch the file again and import again".to_owned();
    let bytes = opened.bytes().map_err(|fault| Unplayable { reason: fault.to_string(), remedy: fault.remedy() })?;
    if bytes.is_empty() {
        return Err(Unplayable { reason: "the file is empty".to_owned(), remedy: again });
    }
    if let Some(expected) = named.bytes.filter(|expected| *expected != bytes.len() as u64) {
        let reason = format!("it has {} bytes, and the batch says {expected}", bytes.len());
        return Err(Unplayable { reason, remedy: again });
    }
    let digest = Digest::of(&bytes);
    match named.sha256 {
        Some(expected) if expected != digest => {
            let reason = format!("its content is not what the batch says (SHA-256 {}…, not {}…)", digest.short(), expected.short());
            Err(Unplayable { reason, remedy: again })
        }
        _ => Ok((bytes, digest)),
    }
}

impl Taken {
    /// An answer over which its reader broke down.
    pub(super) fn broken(found: &Found, answer: &Answer) -> Self {
        let mut taken = Taken { answer: answer.clone(), content: None, measured: None, problems: Vec::new(), was_removed: false };
        if let Some(named) = found.named(Purpose::Recording(answer.id)) {
            let reason = "the recording cannot be decoded: the decoder broke down over it";
            taken.fail(found.problem(named, reason, "fetch or record it again, or convert it with another program"));
        }
        taken
    }

    fn fail(&mut self, problem: Problem) {
        self.answer.state = AnswerState::Faulty { reason: problem.reason.clone() };
        self.problems.push(problem);
    }

    fn keep(
        &mut self,
        found: &Found,
        named: &NamedFile,
        bytes: Arc<[u8]>,
        digest: Digest,
        measure: impl FnOnce(&Digest, Arc<[u8]>, Option<&str>) -> Result<Measured, Unplayable>,
    ) {
        self.answer.revision = Some(Revision::of(&digest));
        if let Some(media) = &mut self.answer.media {
            media.digest = Some(digest);
            media.bytes = Some(bytes.len() as u64);
        }
        self.answer.state = AnswerState::Ready;
        self.content = Some(bytes.clone());
        if !self.answer.kind.is_recording() {
            return self.text(found, named, &bytes);
        }
        self.answer.kind = kind_of_recording(&bytes, self.answer.kind);
        let extension = named.path.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
        match measure(&digest, bytes, extension.as_deref()) {
            Ok(measured) => self.measured(found, named, measured),
            Err(fault) => {
                // What cannot be heard is not kept.
                self.content = None;
                self.fail(found.problem(named, &fault.reason, &fault.remedy));
            }
        }
    }

    fn measured(&mut self, found: &Found, named: &NamedFile, measured: Measured) {
        let length = Moment(measured.length_ms);
        if let Some(flaw) = &measured.flaw {
            let reason = flaw.told(length);
            self.problems.push(match flaw.loses {
                true => found.problem(named, &reason, flaw.remedy),
                false => found.note(named, &reason, flaw.remedy),
            });
            self.answer.state = if flaw.loses { AnswerState::Truncated } else { AnswerState::Ready };
        } else if let Some(declared) =
            self.answer.media.as_ref().and_then(|media| media.declared_ms).filter(|d| differs(*d, length))
        {
            let declared = Moment(u32::try_from(declared).unwrap_or(u32::MAX));
            let reason = format!("the batch says that it lasts {}; it lasts {}", declared.with_unit(), length.with_unit());
            self.problems.push(found.note(named, &reason, "check that this is the right recording"));
        }
        self.measured = Some(measured);
    }

    /// A written answer that came as a file.
    fn text(&mut self, found: &Found, named: &NamedFile, bytes: &[u8]) {
        if self.answer.kind != Kind::Text || self.answer.text.is_some() {
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.problems.push(found.note(named, "the text is not UTF-8", "save the file as UTF-8 and import again"));
        }
        self.answer.text = Some(SafeText::block(&text));
    }
}

/// Over three seconds and over a twentieth.
fn differs(declared_ms: u64, length: Moment) -> bool {
    let gap = declared_ms.abs_diff(u64::from(length.0));
    gap > 3_000 && gap * 20 > declared_ms
}
