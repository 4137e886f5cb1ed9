//! What Review and Compare share: the waveform, the transcript that follows, the notes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Rect;

use crate::app::action::Action;
use crate::app::{App, Desk, Loaded, Outline, Pane, Screen, Scrollable, Slot};
use crate::interview::{AnswerId, AnswerState, Moment, Span, Spans};
use crate::sound::speech;
use crate::text::SafeText;
use crate::transcript::Transcript;
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Gap, Lit, TranscriptLayout, TranscriptView, WaveColumns, Waveform, follow, shorter_by};
use crate::tui::words::Words;

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
    let (Some(here), Some(outline)) = (desk.here(answer), desk.outlines.get(&answer)) else {
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
    let evidence: Vec<Span> = mine.evidence_of(answer).map(|evidence| evidence.span).collect();
    let playhead = app.deck.slot_of(answer).map(|slot| app.deck.at(slot));
    let skips = app.deck.skip_silence;
    let shown =
        Waveform { columns: &wave, playhead, heard, pending: &nothing, evidence: &evidence, repeat: app.deck.repeat.span(), skips };
    shown.draw(canvas, area);
    laid.wave = Some(wave);
    view.targets.put(area, Target::Wave(answer, outline.length));
}

/// Says beside the waveform how much is skipped; returns the room that is left for it.
fn beside_saved(canvas: &mut Canvas<'_>, area: Rect, skips: bool, ms: u32) -> Rect {
    const LEAST: u16 = 20;
    let words = Words::from(canvas.glyphs().pick(shorter_by(ms), shorter_by(ms).replace('−', "-")));
    let room = words.width() + 1;
    if !skips || area.width < LEAST + room {
        return area;
    }
    canvas.text_right(area.x, area.y + area.height.saturating_sub(2), area.width, words, Role::Pause);
    Rect { width: area.width - room, ..area }
}

fn why_no_wave(canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, answer: AnswerId) {
    let text = desk.batch.answer(answer).is_some_and(|(_, answer)| !answer.kind.is_recording());
    let words = match app.deck.slot_of(answer).map(|slot| app.deck.loaded(slot)) {
        Some(Loaded::Unplayable { reason, .. }) => {
            canvas.line(
                area.x,
                area.y,
                area.width,
                [("This recording cannot be played: ".into(), Role::Fault), (reason.into(), Role::Fault)],
            );
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

/// Draws an answer's transcript with the spoken word lit, or says why there is none.
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
    if let Some(text) = desk.written(given).filter(|_| !given.kind.is_recording()) {
        let picked = app.picked(answer).and_then(|span| desk.bytes_of(answer, span));
        let lit = LitText {
            found: app.lit(answer),
            at: app.lit_at(answer),
            looked_for: &looked_for(app, desk, answer),
            picked: picked.as_slice(),
        };
        let scroll = Window { follow: window.follow && lit.at.is_some(), ..window };
        let (top, span) = written(canvas, area, &text.text, &scroll, &lit);
        let shown = span.map(|span| (answer, text.original(span)));
        if top != scroll.scroll {
            view.begins.push((scroll.of, top));
        }
        // Side by side, the one that has the keys is read.
        let beside = matches!(app.screen(), Screen::Compare(compare) if compare.focused_answer() != Some(answer));
        if !beside {
            view.shown = shown;
        }
        return;
    }
    if let Some(file) = desk.file_in_words(answer) {
        let key = view.keymap.key(app.screen().place(), Action::Original).unwrap_or_default();
        let rows = canvas.paragraph(area, &file, Role::Accent);
        let rest = Rect { y: area.y + rows, height: area.height.saturating_sub(rows), ..area };
        canvas.paragraph(rest, format!("{key} opens it in your own program; that is in the journal."), Role::Muted);
        return;
    }
    let columns = &mut view.columns;
    let Some(here) = desk.here(answer) else { return };
    let Some(said) = &here.transcript else {
        let words = match given.state {
            AnswerState::Truncated => "The recording ends early, and there is no transcript.",
            _ => "There is no transcript for this answer. It can be heard and rated all the same.",
        };
        canvas.paragraph(area, words, Role::Muted);
        return;
    };
    let laid = columns.of(answer);
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
    let evidence: Vec<_> = desk.mine().evidence_of(answer).map(|evidence| said.words_within(evidence.span)).collect();
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

/// What is lit in a written answer, in bytes.
struct LitText<'a> {
    found: &'a [Range<usize>],
    /// The place that one is at.
    at: Option<Range<usize>>,
    looked_for: &'a [Range<usize>],
    /// What would be marked.
    picked: &'a [Range<usize>],
}

/// Draws a written answer and returns its first line on screen, and which of its characters are.
fn written(canvas: &mut Canvas<'_>, area: Rect, text: &SafeText, window: &Window, lit: &LitText<'_>) -> (usize, Option<Span>) {
    let words = Words::from(text);
    // The lines lie in the text one after the other, and only blanks between them.
    let mut from = 0;
    let lines: Vec<Range<usize>> = words
        .wrapped(area.width)
        .iter()
        .map(|line| {
            let start = text.as_str()[from..].find(line.as_str()).map_or(from, |at| from + at);
            from = start + line.as_str().len();
            start..from
        })
        .collect();
    let height = usize::from(area.height);
    let sought = lit.at.as_ref().filter(|_| window.follow).and_then(|hit| lines.iter().position(|line| line.end > hit.start));
    let top = match sought {
        Some(line) if line >= height => line.saturating_sub(height / 3),
        Some(_) => 0,
        None => window.scroll,
    };
    let top = top.min(lines.len().saturating_sub(height));
    let shown = &lines[top..lines.len().min(top + height)];
    for (y, line) in (area.y..).zip(shown) {
        canvas.text(area.x, y, area.width, Words::part(text, line.clone()), Role::Text);
        for (hits, role) in [(lit.looked_for, Role::LookFor), (lit.found, Role::Search), (lit.picked, Role::Selection)] {
            light(canvas, Rect { y, height: 1, ..area }, text, line, hits, role);
        }
    }
    let count = |bytes: usize| Moment(text.as_str()[..bytes].chars().count() as u32);
    // The blanks that a line break swallowed count with the line before.
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return (top, None) };
    let swallowed = text.as_str()[last.end..].len() - text.as_str()[last.end..].trim_start().len();
    let start = if top == 0 { Moment::START } else { count(first.start) };
    (top, Some(Span { start, end: count(last.end + swallowed) }))
}

/// Draws what of a line was hit once more, lit.
fn light(canvas: &mut Canvas<'_>, area: Rect, text: &SafeText, line: &Range<usize>, hits: &[Range<usize>], role: Role) {
    for hit in hits {
        let part = hit.start.max(line.start)..hit.end.min(line.end);
        if part.is_empty() {
            continue;
        }
        let skip = Words::part(text, line.start..part.start).width();
        canvas.text(area.x + skip, area.y, area.width.saturating_sub(skip), Words::part(text, part), role);
    }
}

/// One line about a note, a follow-up or a piece of evidence.
struct Remark<'a> {
    at: Option<Moment>,
    sign: &'static str,
    role: Role,
    text: Words<'a>,
}

impl Remark<'_> {
    fn moment(&self) -> Words<'static> {
        self.at.map_or_else(String::new, |at| format!("{at} ")).into()
    }

    /// Rows that it takes.
    fn rows(&self, width: u16) -> usize {
        let before = self.moment().width() + Words::from(self.sign).width();
        self.text.wrapped(width.saturating_sub(before)).len().max(1)
    }
}

/// The first remark from which on the rest fills the pane.
fn last_page(all: &[Remark<'_>], area: Rect) -> usize {
    let mut rows = 0;
    let fits = all.iter().rev().take_while(|remark| {
        rows += remark.rows(area.width);
        rows <= usize::from(area.height)
    });
    all.len() - fits.count().clamp(1, all.len())
}

/// Draws one's own evidence, notes and follow-ups on an answer, in its time order.
pub(super) fn remarks(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId, scroll: usize) {
    let mine = desk.mine();
    let quotes = canvas.glyphs().pick(["“", "✎ ", "? ", "”"], ["\"", "* ", "? ", "\""]);
    let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
    let evidence = mine.evidence_of(answer).map(|evidence| {
        let names = desk.criteria(answer).iter().filter(|known| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = names.map(|criterion| criterion.name.as_str()).collect();
        let (sign, said) = match evidence.quote.is_empty() {
            true => ("", format!("to {}", evidence.span.end)),
            false => (quotes[0], format!("{}{}", desk.quoted(answer, &evidence.quote), quotes[3])),
        };
        let text = format!("{said} for {}", names.join(", ")).into();
        // Of a written answer it counts characters: there is no moment.
        let at = Some(evidence.span.start).filter(|_| is_recording);
        Remark { at, sign, role: Role::Evidence, text }
    });
    let notes =
        mine.notes_on(answer).map(|note| Remark { at: note.at, sign: quotes[1], role: Role::Text, text: (&note.text).into() });
    let probes =
        mine.probes_on(answer).map(|note| Remark { at: note.at, sign: quotes[2], role: Role::Accent, text: (&note.text).into() });
    let mut all: Vec<Remark<'_>> = evidence.chain(notes).chain(probes).collect();
    all.sort_by_key(|remark| remark.at);
    if all.is_empty() {
        canvas.paragraph(area, "Nothing marked yet: e marks evidence, m writes a note, p what to ask live.", Role::Muted);
        return;
    }
    let from = scroll.min(last_page(&all, area));
    if from != scroll {
        view.begins.push((Scrollable::Pane(Pane::Notes), from));
    }
    let mut y = area.y;
    for remark in all.iter().skip(from) {
        if y >= area.bottom() {
            break;
        }
        let used = canvas.line(area.x, y, area.width, [(remark.moment(), Role::Muted), (remark.sign.into(), remark.role)]);
        let rest = Rect { x: area.x + used, y, width: area.width.saturating_sub(used), height: area.bottom() - y };
        y += canvas.paragraph(rest, &remark.text, remark.role).max(1);
    }
}

/// How much was marked and written about an answer, with the first words of the newest note; for where the notes are not on screen.
pub(super) fn remarks_in_short(canvas: &Canvas<'_>, desk: &Desk, answer: AnswerId) -> String {
    let mine = desk.mine();
    let newest = mine.notes_on(answer).chain(mine.probes_on(answer)).last().map(|note| note.text.fit(40).to_string());
    let counts = [
        (mine.evidence_of(answer).count(), canvas.glyphs().pick("❝", "\"")),
        (mine.notes_on(answer).count(), canvas.glyphs().pick("✎", "*")),
        (mine.probes_on(answer).count(), "?"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, sign)| format!("{sign}{count}"));
    counts.chain(newest).collect::<Vec<_>>().join(" ")
}
