//! Covering: while a name is hidden, what a candidate said and wrote is shown without what names them.

use std::sync::{Arc, OnceLock};

use super::Desk;
use crate::app::Here;
use crate::interview::{Answer, AnswerId, Batch, SubmissionId};
use crate::protocol::{Covered, Names, Particulars, Rules, Visible, redact, redact_words};
use crate::sound::Prepared;
use crate::text::SafeText;
use crate::transcript::Transcript;

/// What was fetched about an answer: as it is, for when the name is revealed, and as it may be shown.
pub(super) struct Fetched {
    whole: Here,
    pub(super) shown: Here,
}

impl Fetched {
    pub(super) fn see(&mut self, prepared: &Arc<Prepared>) {
        let peaks: Arc<[u8]> = prepared.peaks.as_slice().into();
        for here in [&mut self.whole, &mut self.shown] {
            (here.peaks, here.measured) = (peaks.clone(), Some(prepared.clone()));
        }
    }
}

impl Desk {
    /// A written answer as it may be shown now; none where there is no text.
    pub fn written(&self, answer: &Answer) -> Option<Covered> {
        let text = answer.text.as_ref()?;
        Some(Covered::of(text, self.particulars(answer.id).as_ref()))
    }

    /// Words about an answer as they may be shown now.
    pub fn quoted(&self, answer: AnswerId, words: &SafeText) -> SafeText {
        self.without_others(&Covered::of(words, self.particulars(answer).as_ref()).text)
    }

    /// Words about a submission as they may be shown now.
    pub fn quoted_of(&self, submission: SubmissionId, words: &SafeText) -> SafeText {
        let hidden = self.batch.submission(submission).filter(|_| self.names.is_hidden(submission));
        self.without_others(&Covered::of(words, hidden.map(|submission| Particulars::of(&submission.candidate)).as_ref()).text)
    }

    /// The batch's title as it may be shown now.
    pub fn title(&self) -> SafeText {
        let hidden = || self.batch.submissions.iter().filter(|one| self.names.is_hidden(one.id)).map(|one| &one.candidate);
        self.title.get_or_init(|| Covered::title(&self.batch.title, hidden())).clone()
    }

    /// The tags of a submission as they may be shown now.
    pub fn tags_shown(&self, submission: SubmissionId) -> Vec<SafeText> {
        self.sight.tags_of(submission).map(|tag| self.quoted_of(submission, tag)).collect()
    }

    /// Words that are about nobody in particular, such as a tag, without the names that are hidden.
    pub fn without_names(&self, words: &SafeText) -> SafeText {
        self.without_others(words)
    }

    /// Words about somebody without the names of the others whose names are hidden.
    pub(in crate::app) fn without_others(&self, words: &SafeText) -> SafeText {
        let others = self.others.get_or_init(|| {
            let hidden = self.batch.submissions.iter().filter(|one| self.names.is_hidden(one.id));
            Particulars::names_of(hidden.map(|one| &one.candidate), [])
        });
        match *others == Particulars::default() {
            true => words.clone(),
            false => Covered::of(words, Some(others)).text,
        }
    }

    /// A transcript as it may be shown now: the words stay as many, and keep their times.
    pub fn said(&self, answer: AnswerId, transcript: Arc<Transcript>) -> Arc<Transcript> {
        match self.particulars(answer) {
            Some(particulars) => Arc::new(cover_said(&transcript, &particulars)),
            None => transcript,
        }
    }

    pub(super) fn cover_here(&self, answer: AnswerId, whole: Here) -> Fetched {
        let transcript = whole.transcript.clone().map(|transcript| self.said(answer, transcript));
        Fetched { shown: Here { transcript, ..whole.clone() }, whole }
    }

    /// A name was revealed, or is hidden again.
    pub(super) fn cover_again(&mut self) {
        (self.others, self.title) = (OnceLock::new(), OnceLock::new());
        self.finding.recovered = true;
        for (answer, fetched) in std::mem::take(&mut self.here) {
            let fetched = self.cover_here(answer, fetched.whole);
            self.here.insert(answer, fetched);
        }
    }

    /// What tells whose answer it is, while that is hidden.
    fn particulars(&self, answer: AnswerId) -> Option<Particulars> {
        let (submission, _) = self.batch.answer(answer)?;
        self.names.is_hidden(submission.id).then(|| Particulars::of(&submission.candidate))
    }
}

/// The names as they may be seen: also all of those that came with a shortlist that was handed over with them.
pub(super) fn names_of(batch: &Batch, rules: &Rules, sight: &Visible) -> Names {
    let mut names = Names::of(batch, rules, sight.mine());
    if sight.only_decides() {
        batch.submissions.iter().for_each(|submission| names.as_handed(submission));
    }
    names
}

/// A transcript without what tells who a person is: the words stay as many, and keep their times.
pub fn cover_said(transcript: &Transcript, particulars: &Particulars) -> Transcript {
    let mut covered = transcript.clone();
    let words: Vec<&str> = transcript.words.iter().map(|word| word.text.as_str()).collect();
    for (word, text) in covered.words.iter_mut().zip(redact_words(&words, particulars)) {
        // What stays is shown as it came, with the mark of what was hidden in it.
        if text != word.text.as_str() {
            word.text = SafeText::line(&text);
        }
    }
    for speaker in covered.cues.iter_mut().filter_map(|cue| cue.speaker.as_mut()) {
        *speaker = SafeText::line(&redact(speaker.as_str(), particulars)).marked_as(speaker);
    }
    covered
}
