//! What Review and Compare share: the waveform, the transcript that follows, the notes.

mod remarks;
mod written;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Rect;

use crate::app::action::Action;
use crate::app::{App, Desk, Loaded, Outline, Scrollable, Slot};
use crate::interview::{AnswerId, AnswerState, Moment, Span, Spans};
use crate::sound::speech;
use crate::transcript::Transcript;
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Gap, Lit, TranscriptLayout, TranscriptView, WaveColumns, Waveform, follow, shorter_by};
use crate::tui::words::Words;

pub(super) use remarks::{remarks, remarks_in_short};

/// What is laid out once per answer and width, for as many answers as stand side by side.
#[derive(Default)]
pub(in crate::tui) struct Columns(BTreeMap<AnswerId, Laid>);

#[derive(Default)]
struct Laid {
    /// What is left out when silence is skipped.
    skipped: Option<Spans>,
    wave: Option<WaveColumns>,
    /// The transcript in this width, and which: revealing a name changes its words.
    lines: Option<(Arc<Transcript>, TranscriptLayout)>,
    top: usize,
}

impl Columns {
    /// More than stand side by side: the answer before and the one after.
    const KEPT: usize = 12;

    fn of(&mut self, answer: AnswerId) -> &mut Laid {
        if self.0.len() >= Self::KEPT && !self.0.contains_key(&answer) {
            self.0.clear();
        }
        self.0.entry(answer).or_default()
    }

    /// The word of an answer's transcript at a line and a column of its window's width; none before it was laid out.
    pub(in crate::tui) fn word_at(&self, answer: AnswerId, line: usize, x: u16) -> Option<usize> {
        self.0.get(&answer)?.lines.as_ref()?.1.word_at(line, x)
    }
}

/// Draws an answer's waveform with what was heard of it.
pub(super) fn waveform(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, answer: AnswerId) {
    let unplayable = app.deck.slot_of(answer).is_some_and(|slot| matches!(app.deck.loaded(slot), Loaded::Unplayable { .. }));
    let (Some(here), Some(outline), false) = (desk.here(answer), desk.outlines.get(&answer), unplayable) else {
        return why_no_wave(canvas, area, app, desk, answer);
    };
    if here.peaks.is_empty() || area.width == 0 {
        return;
    }
    let laid = view.columns.of(answer);
    let skipped = laid.skipped.get_or_insert_with(|| speech::skipped(&outline.speech, outline.length));
    let area = beside_saved(canvas, area, app.deck.skip_silence, skipped.length());
    let wave = match laid.wave.take() {
        Some(wave) if wave.width() == area.width => wave,
        _ => {
            let whole = Span { start: Moment::START, end: outline.length };
            WaveColumns::of(&here.peaks, &outline.speech.complement(whole), skipped, outline.length, area.width)
        }
    };
    let (nothing, mine) = (Spans::default(), desk.mine());
    let heard = mine.heard.get(&answer).and_then(|heard| heard.of(desk.revision(answer))).unwrap_or(&nothing);
    let evidence: Vec<Span> = desk.moments(answer).into_iter().map(|(_, evidence)| evidence.span).collect();
    let playhead = app.deck.slot_of(answer).map(|slot| app.deck.at(slot));
    let skips = app.deck.skip_silence;
    let shown = Waveform {
        columns: &wave,
        playhead,
        moves: app.deck.playing,
        heard,
        pending: &nothing,
        evidence: &evidence,
        repeat: app.deck.repeat.span(),
        skips,
    };
    shown.draw(canvas, area);
    laid.wave = Some(wave);
    view.targets.put(area, Target::Wave(answer, outline.length));
}

/// Says beside the waveform how much is skipped; returns the room that is left for it.
fn beside_saved(canvas: &mut Canvas<'_>, area: Rect, skips: bool, ms: u32) -> Rect {
    const LEAST: u16 = 20;
    let words = Words::from(canvas.glyphs().pick(shorter_by(ms), shorter_by(ms).replace('−', "-")));
    let room = words.width() + 1;
    // Less than what the words round to is nothing.
    if !skips || ms < 50 || area.width < LEAST + room {
        return area;
    }
    canvas.text_right(area.x, area.y + area.height.saturating_sub(2), area.width, words, Role::Pause);
    Rect { width: area.width - room, ..area }
}

fn why_no_wave(canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, answer: AnswerId) {
    let text = desk.batch.answer(answer).is_some_and(|(_, answer)| !answer.kind.is_recording());
    let words = match app.deck.slot_of(answer).map(|slot| app.deck.loaded(slot)) {
        Some(Loaded::Unplayable { reason, .. }) => {
            canvas.paragraph(area, format!("This recording cannot be played: {reason}"), Role::Fault);
            return;
        }
        _ if desk.file_in_words(answer).is_some() => "An answer that is a file.",
        _ if text => "A written answer: what is on screen counts as read.",
        _ if desk.is_provisional(answer) => "Not measured yet: it plays at once, and its loudness is provisional.",
        Some(Loaded::Coming(_)) => "Loading…",
        _ => "",
    };
    canvas.paragraph(area, words, Role::Muted);
}

/// Where a transcript's window stands.
pub(super) struct Window {
    /// Whether the spoken word is kept in view.
    pub follow: bool,
    /// Lines it is scrolled by, where it does not follow.
    pub scroll: usize,
    /// What scrolls it.
    pub of: Scrollable,
}

/// Draws an answer's transcript with the spoken word lit, what it wrote, or says why there is neither.
pub(super) fn transcript(
    view: &mut View,
    canvas: &mut Canvas<'_>,
    area: Rect,
    app: &App,
    desk: &Desk,
    answer: AnswerId,
    window: Window,
) {
    let Some((_, given)) = desk.batch.answer(answer) else { return };
    if desk.written(given).is_some() && !given.kind.is_recording() {
        return written::draw(view, canvas, area, app, desk, given, window);
    }
    if let Some(file) = desk.file_in_words(answer) {
        let key = view.keymap.key(app.screen().place(), Action::Original).unwrap_or_default();
        let rows = canvas.paragraph(area, &file, Role::Accent);
        let rest = Rect { y: area.y + rows, height: area.height.saturating_sub(rows), ..area };
        canvas.paragraph(rest, format!("{key} opens it in your own program; that is in the journal."), Role::Muted);
        return;
    }
    let Some(here) = desk.here(answer) else { return };
    match &here.transcript {
        Some(said) => {
            let area = made_by(canvas, area, said);
            spoken_words(view, canvas, area, app, desk, (answer, said), window);
        }
        None => {
            let words = match given.state {
                AnswerState::Truncated => "Part of the recording is missing or damaged, and there is no transcript.",
                _ => "There is no transcript for this answer. It can be heard and rated all the same.",
            };
            canvas.paragraph(area, words, Role::Muted);
        }
    }
}

/// Says of a transcript that an engine made it, and by what; what is left of the area.
fn made_by(canvas: &mut Canvas<'_>, area: Rect, said: &Transcript) -> Rect {
    let Some(by) = said.automatic.as_ref().filter(|_| area.height > 1) else { return area };
    let line = Rect { height: 1, ..area };
    canvas.paragraph(line, format!("Automatic, by {by}: it has mistakes."), Role::Muted);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// The words of a transcript, laid out once per answer and width.
fn spoken_words(
    view: &mut View,
    canvas: &mut Canvas<'_>,
    area: Rect,
    app: &App,
    desk: &Desk,
    (answer, said): (AnswerId, &Arc<Transcript>),
    window: Window,
) {
    let laid = view.columns.of(answer);
    let lines = match laid.lines.take() {
        Some((of, lines)) if lines.width() == area.width && Arc::ptr_eq(&of, said) => lines,
        _ => TranscriptLayout::of(said, &gaps(said, desk.outlines.get(&answer)), area.width),
    };
    let spoken = app.deck.slot_of(answer).and_then(|slot| spoken(app, slot, said));
    let sought = app.lit_at(answer).map(|hit| hit.start).filter(|_| !app.deck.playing);
    laid.top = match (window.follow, sought.or(spoken)) {
        (true, Some(word)) => follow(&lines, laid.top, usize::from(area.height), word),
        (true, None) => laid.top,
        (false, _) => window.scroll.min(lines.lines().saturating_sub(usize::from(area.height))),
    };
    if laid.top != window.scroll {
        view.begins.push((window.of, laid.top));
    }
    let drawn = view.drag.filter(|drag| drag.answer == answer && drag.from != drag.to).map(|drag| drag.words());
    let selection = drawn.or_else(|| app.picked(answer).map(|span| said.words_within(span)));
    let evidence: Vec<_> = desk.moments(answer).into_iter().map(|(_, evidence)| said.words_within(evidence.span)).collect();
    let looked_for = looked_for(app, desk, answer);
    let lit = Lit { spoken, evidence: &evidence, found: app.lit(answer), looked_for: &looked_for, selection, ..Lit::default() };
    let skips = app.deck.skip_silence;
    TranscriptView { transcript: said, layout: &lines, lit, skips, top: laid.top }.draw(canvas, area);
    view.targets.put(area, Target::Transcript(answer, laid.top));
    laid.lines = Some((said.clone(), lines));
}

/// The silences that stand between the words: those that are shortened where silence is skipped, whether it is or not.
fn gaps(said: &Transcript, outline: Option<&Outline>) -> Vec<Gap> {
    let Some(outline) = outline else { return Gap::between_words(said) };
    let pauses = speech::pauses(&outline.speech, outline.length);
    let gap = |pause: &speech::Pause| Some(Gap { before: said.word_after(pause.span)?, ms: pause.span.length(), skippable: true });
    pauses.iter().filter_map(gap).collect()
}

/// Where the rubric's words stand, while they are lit.
fn looked_for(app: &App, desk: &Desk, answer: AnswerId) -> Arc<[Range<usize>]> {
    if app.lights { desk.looked_for(answer) } else { Arc::from([]) }
}

/// The word in the ear; none before anything was played.
fn spoken(app: &App, slot: Slot, said: &Transcript) -> Option<usize> {
    let at = app.deck.at(slot);
    if at == Moment::START && !app.deck.playing {
        return None;
    }
    said.word_at(at)
}
