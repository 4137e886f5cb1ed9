//! Effects about recordings: showing an original, keeping what was measured of one.

use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::Edges;
use crate::app::Event;
use crate::interview::{AnswerId, Moment, SubmissionId};
use crate::journal::Through;
use crate::runtime::contents;
use crate::runtime::original::{self, InMemory, Original, Showing, Wish};
use crate::runtime::saving::told;
use crate::runtime::ui::Tell;
use crate::sound::Prepared;
use crate::source;
use crate::text::{self, SafeText};

impl Edges {
    /// Gives an original to the reviewer's player, and tells when that has it.
    pub(super) fn show_original(&self, id: AnswerId, title: SafeText, at: Moment, speed: u16) {
        let (library, batch, hands) = (self.library.clone(), self.batch(), self.hands());
        self.spawn("The original cannot be shown", async move {
            let Some((submission, answer)) = batch.as_deref().and_then(|batch| batch.answer(id)) else { return Ok(Vec::new()) };
            let document = !answer.kind.is_recording();
            let found = contents::original(&library, submission, answer).await.map_err(told)?;
            let found = found.ok_or("there is no recording")?;
            let (player, through) = hands.give(found, How { title, at, speed, document }).await?;
            Ok(vec![Event::OriginalShown { answer: id, player, through }])
        });
    }

    /// Gives a document to what the desktop opens such files with, and tells when that has it.
    pub(super) fn show_document(&self, id: SubmissionId, nth: usize, title: SafeText) {
        let (library, batch, hands) = (self.library.clone(), self.batch(), self.hands());
        self.spawn("The document cannot be shown", async move {
            let Some(submission) = batch.as_deref().and_then(|batch| batch.submission(id)) else { return Ok(Vec::new()) };
            let found = contents::document(&library, submission, nth).await.map_err(told)?;
            let found = found.ok_or("it is not here")?;
            let (player, through) = hands.give(found, How { title, at: Moment::START, speed: 100, document: true }).await?;
            Ok(vec![Event::DocumentShown { submission: id, nth, player, through }])
        });
    }

    /// Reads a document that is text, and tells what it says.
    pub(super) fn read_document(&self, id: SubmissionId, nth: usize) {
        let (library, batch) = (self.library.clone(), self.batch());
        self.spawn("The document cannot be shown", async move {
            let Some(submission) = batch.as_deref().and_then(|batch| batch.submission(id)) else { return Ok(Vec::new()) };
            let (bytes, _) = contents::document(&library, submission, nth).await.map_err(told)?.ok_or("it is not here")?;
            let text = text::decoded(&bytes).ok_or("it is no text, though it is named as one")?;
            Ok(vec![Event::DocumentRead { submission: id, nth, text: SafeText::block(&text) }])
        });
    }

    fn hands(&self) -> Hands {
        Hands { wish: self.players.clone(), tell: self.tell.clone(), last: self.shown.clone() }
    }

    /// Keeps what was measured of a recording that came unprepared.
    pub(super) fn keep_measured(&self, answer: AnswerId, prepared: Arc<Prepared>) {
        let (library, batch) = (self.library.clone(), self.batch());
        tokio::spawn(async move {
            let found = batch.as_deref().and_then(|batch| batch.answer(answer));
            let Some((submission, digest)) =
                found.and_then(|(submission, answer)| Some((submission, answer.media.as_ref()?.digest?)))
            else {
                return;
            };
            if let Err(error) = source::keep_measured(&library, submission.candidate.id, digest, &prepared).await {
                // Then it is measured again the next time.
                tracing::info!(%error, "what was measured is not kept");
            }
        });
    }
}

/// How a file is to be shown.
struct How {
    title: SafeText,
    at: Moment,
    speed: u16,
    document: bool,
}

/// What gives a file to another program.
struct Hands {
    wish: Wish,
    tell: Tell,
    last: Arc<Mutex<Option<InMemory>>>,
}

impl Hands {
    /// Gives the bytes to the program that shows such files; returns its name, and how it got them.
    async fn give(self, found: (Zeroizing<Vec<u8>>, Option<String>), how: How) -> Result<(SafeText, Through), String> {
        let Hands { wish, tell, last } = self;
        let showing = tokio::task::spawn_blocking(move || {
            let How { title, at, speed, document } = how;
            let (bytes, extension) = (&found.0[..], found.1.as_deref());
            original::show(&Original { bytes, extension, title: title.as_str(), at, speed, document }, &wish)
        });
        let showing = showing.await.map_err(told)?.map_err(|error| format!("{error}; {}", error.remedy()))?;
        let (player, through) = (SafeText::line(&showing.player), showing.through());
        let Showing { mut child, file, .. } = showing;
        *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = file;
        // A thread of its own: the player may outlive this program, and nothing here waits for it.
        std::thread::spawn(move || match child.wait() {
            Ok(status) if !status.success() => {
                let what = SafeText::line("The player could not show the original");
                let why = SafeText::line(&format!("it ended with {status}; is there a screen for pictures?"));
                let _ = tell.send(Event::Failed { what, why });
            }
            _ => {}
        });
        Ok((player, through))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::app::Effect;
    use crate::interview::Media;
    use crate::library::Content;
    use crate::runtime::testing;
    use crate::scorecard::sample::reviewer;

    #[tokio::test]
    async fn the_original_goes_from_the_vault_to_the_player_and_a_player_that_fails_is_told() {
        let (folder, library, sample) = testing::library().await;
        let recording: Vec<u8> = (0..70_000u32).map(|n| (n % 253) as u8).collect();
        let mut batch = sample.batch.clone();
        let candidate = batch.submissions[0].candidate.id;
        let digest = library.put(candidate, Content::Recording, recording.clone()).await.expect("it is kept");
        let answer = &mut batch.submissions[0].answers[0];
        let locator = SafeText::line("answers/one.webm");
        answer.media = Some(Media { locator, digest: Some(digest), bytes: None, mime: None, declared_ms: None });
        let answer = answer.id;
        library.keep_batch(&batch).await.expect("it is kept");
        let program = folder.path().join("mpv");
        let seen = folder.path().join("seen");
        fs::write(&program, format!("#!/bin/sh\nfor last; do :; done\ncat \"$last\" > {}\nexit 3\n", seen.display()))
            .expect("a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it can be run");

        let (tell, mut happened) = unbounded_channel();
        let mut edges = Edges::start(library, reviewer("mara"), tell);
        edges.players = Wish { player: Some(program.display().to_string()), files: false };
        edges.perform(Effect::OpenBatch(batch.id));
        let next = async |happened: &mut tokio::sync::mpsc::UnboundedReceiver<Event>| {
            tokio::time::timeout(Duration::from_secs(20), happened.recv()).await.expect("it is told").expect("it is told")
        };
        assert!(matches!(next(&mut happened).await, Event::Opened(_)));
        edges.perform(Effect::ShowOriginal { answer, title: "Amber Lark, question 1".into(), at: Moment(500), speed: 100 });
        // The player may be done before the news of it is.
        let (mut shown, mut failed) = (false, false);
        while !(shown && failed) {
            match next(&mut happened).await {
                Event::OriginalShown { answer: of, player, through } => {
                    assert_eq!((of, player.as_str(), through), (answer, "mpv", Through::Memory));
                    shown = true;
                }
                Event::Failed { why, .. } => {
                    assert!(why.as_str().contains("exit status: 3"), "{why}");
                    failed = true;
                }
                _ => {}
            }
        }
        assert!(fs::read(&seen).is_ok_and(|seen| seen == recording), "every byte of it");
        edges.end().await;
    }

    #[tokio::test]
    async fn a_document_that_is_not_here_is_told_and_nothing_is_opened() {
        let (_folder, library, sample) = testing::library().await;
        let mut batch = sample.batch.clone();
        let submission = batch.submissions[0].id;
        let media = Media { locator: SafeText::line("cv.pdf"), digest: None, bytes: None, mime: None, declared_ms: None };
        batch.submissions[0].documents =
            vec![crate::interview::Document { kind: "resume".into(), name: SafeText::line("cv.pdf"), media: Some(media) }];
        library.keep_batch(&batch).await.expect("it is kept");
        let why = shown(library, batch.id, submission, 0).await.expect_err("it is not here");
        assert_eq!(why, "it is not here");
    }

    #[tokio::test]
    async fn a_document_comes_from_the_vault_and_needs_the_settings_leave_to_lie_in_a_file() {
        let (_folder, library, sample) = testing::library().await;
        let mut batch = sample.batch.clone();
        let (submission, candidate) = (batch.submissions[0].id, batch.submissions[0].candidate.id);
        let digest = library.put(candidate, Content::Document, b"%PDF".to_vec()).await.expect("it is kept");
        let media = Media { locator: SafeText::line("d/cv.pdf"), digest: Some(digest), bytes: None, mime: None, declared_ms: None };
        batch.submissions[0].documents =
            vec![crate::interview::Document { kind: "resume".into(), name: SafeText::line("cv"), media: Some(media) }];
        library.keep_batch(&batch).await.expect("it is kept");
        let found = contents::document(&library, &batch.submissions[0], 0).await.expect("it is read").expect("it is here");
        assert_eq!((&found.0[..], found.1.as_deref()), (&b"%PDF"[..], Some("pdf")));
        assert!(contents::document(&library, &batch.submissions[0], 1).await.expect("it is read").is_none());
        // Where no program opens files, that is told; where one does, it takes only files, which nobody has allowed here.
        let why = shown(library, batch.id, submission, 0).await.expect_err("no file may lie about");
        assert!(why.contains("takes only files") || why.contains("no program was found that opens files"), "{why}");
    }

    /// Shows a document through the edges; what came of it.
    async fn shown(
        library: crate::library::Library,
        batch: crate::interview::BatchId,
        of: SubmissionId,
        nth: usize,
    ) -> Result<(), String> {
        let (tell, mut happened) = unbounded_channel();
        let mut edges = Edges::start(library, reviewer("mara"), tell);
        edges.perform(Effect::OpenBatch(batch));
        let next = async |happened: &mut tokio::sync::mpsc::UnboundedReceiver<Event>| {
            tokio::time::timeout(Duration::from_secs(20), happened.recv()).await.expect("it is told").expect("it is told")
        };
        while !matches!(next(&mut happened).await, Event::Opened(_)) {}
        edges.perform(Effect::ShowDocument { submission: of, nth, title: "Amber Lark, document 1".into() });
        let result = loop {
            match next(&mut happened).await {
                Event::DocumentShown { .. } => break Ok(()),
                Event::Failed { why, .. } => break Err(why.to_string()),
                _ => {}
            }
        };
        edges.end().await;
        result
    }
}
