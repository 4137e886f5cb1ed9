//! Words stand where they are drawn, light up in place, and are found again by the mouse.

use super::*;
use crate::interview::{Moment, Span};
use crate::text::SafeText;
use crate::transcript::{Cue, Timing, Word};
use crate::tui::widgets::testing::{assert_whole, drawn, hostile, marks, rows};

fn span(start: u32, end: u32) -> Span {
    Span { start: Moment(start), end: Moment(end) }
}

/// Words half a second each, one after the other; `~` before one makes it unsure, `…` is a pause of two seconds.
fn said(text: &str) -> Transcript {
    let (mut words, mut at) = (Vec::new(), 0);
    for part in text.split(' ') {
        if part == "…" {
            at += 2_000;
            continue;
        }
        let unsure = part.strip_prefix('~');
        let confidence = Some(if unsure.is_some() { 0.3 } else { 0.9 });
        words.push(Word { span: span(at, at + 500), text: SafeText::line(unsure.unwrap_or(part)), confidence, cue: 0 });
        at += 500;
    }
    Transcript {
        words,
        cues: vec![Cue { span: span(0, at), speaker: None }],
        timing: Timing::Words,
        language: None,
        automatic: None,
    }
}

fn shot(transcript: &Transcript, width: u16, height: u16, lit: Lit<'_>) -> ratatui::buffer::Buffer {
    let layout = TranscriptLayout::of(transcript, &Gap::between_words(transcript), width);
    drawn(width, height, |canvas, area| {
        TranscriptView { transcript, layout: &layout, lit, skips: false, top: 0 }.draw(canvas, area)
    })
}

#[test]
fn words_are_wrapped_with_their_marks_and_pauses() {
    let transcript = said("I first looked at ~logs … then asked");
    let shot = rows(&shot(&transcript, 14, 4, Lit::default()));
    assert_eq!(shot, ["I first looked", "at ~logs      ", "·2.0 s· then  ", "asked         "]);
}

#[test]
fn pauses_stand_where_they_were_with_their_length_and_those_that_are_shortened_are_marked() {
    let transcript = said("one two three");
    let gap = |before, ms, skippable| Gap { before, ms, skippable };
    let gaps = [gap(0, 1_040, true), gap(2, 3_249, true), gap(2, 700, false), gap(3, 12_000, true)];
    let layout = TranscriptLayout::of(&transcript, &gaps, 60);
    let shown = |skips| {
        let view = TranscriptView { transcript: &transcript, layout: &layout, lit: Lit::default(), skips, top: 0 };
        rows(&drawn(60, 1, |canvas, area| view.draw(canvas, area)))[0].trim_end().to_owned()
    };
    assert_eq!(shown(false), "·1.0 s· one two ·3.2 s· ·0.7 s· three ·12.0 s·");
    assert_eq!(shown(true), "»1.0 s» one two »3.2 s» ·0.7 s· three »12.0 s»");
    assert_eq!((layout.line_of(0), layout.word_at(0, 20)), (0, Some(1)), "a pause is no word");
}

#[test]
fn the_spoken_word_is_lit_and_evidence_is_lit_through_its_spaces() {
    let transcript = said("one two three four");
    let evidence = vec![1..3, 9..12];
    let buffer = shot(&transcript, 20, 1, Lit { spoken: Some(0), evidence: &evidence, ..Lit::default() });
    assert_eq!(rows(&buffer), ["one two three four  "]);
    assert_eq!(marks(&buffer, 0, Role::Spoken), "^^^");
    assert_eq!(marks(&buffer, 0, Role::Evidence), "    ^^^^^^^^^");
}

#[test]
fn only_two_words_change_from_one_word_to_the_next() {
    let transcript = said("one two three four five six seven");
    let before = shot(&transcript, 20, 3, Lit { spoken: Some(1), ..Lit::default() });
    let after = shot(&transcript, 20, 3, Lit { spoken: Some(2), ..Lit::default() });
    assert_eq!(before.diff_iter(&after).count(), "two".len() + "three".len());
}

#[test]
fn a_click_finds_the_word_under_it_or_the_nearest_on_its_line() {
    let transcript = said("one two three four");
    let layout = TranscriptLayout::of(&transcript, &[], 9);
    let at = |line, x| layout.word_at(line, x);
    assert_eq!([at(0, 0), at(0, 2), at(0, 5), at(0, 8)], [Some(0), Some(0), Some(1), Some(1)]);
    assert_eq!([at(1, 0), at(2, 80), at(3, 0)], [Some(2), Some(3), None]);
}

#[test]
fn speakers_begin_a_line_of_their_own() {
    let mut transcript = said("hello there yes");
    transcript.cues = vec![
        Cue { span: span(0, 1_000), speaker: Some(SafeText::name("Ann")) },
        Cue { span: span(1_000, 1_500), speaker: Some(SafeText::name("Interviewer with a long name")) },
    ];
    transcript.words[2].cue = 1;
    let shot = rows(&shot(&transcript, 16, 2, Lit::default()));
    assert_eq!(shot, ["Ann: hello there", "Intervi…: yes   "]);
}

#[test]
fn wide_and_right_to_left_scripts_stand_in_the_columns_that_hit_testing_expects() {
    let transcript = said("我們 先看 logs آرمان رضایی שלום");
    let layout = TranscriptLayout::of(&transcript, &[], 40);
    let buffer = shot(&transcript, 40, 1, Lit { spoken: Some(3), ..Lit::default() });
    assert!(rows(&buffer)[0].starts_with("我們先看 logs آرمان"), "{:?}", rows(&buffer));
    let lit: Vec<usize> = marks(&buffer, 0, Role::Spoken).match_indices('^').map(|(x, _)| x).collect();
    assert!(!lit.is_empty());
    for x in lit {
        assert_eq!(layout.word_at(0, x as u16), Some(3), "column {x}");
    }
}

#[test]
fn following_moves_rarely_and_keeps_the_word_in_view() {
    let transcript = said(&"word ".repeat(1_000));
    let layout = TranscriptLayout::of(&transcript, &[], 40);
    let (mut top, mut moves) = (0, 0);
    for word in 0..transcript.words.len() {
        let next = follow(&layout, top, 12, word);
        moves += usize::from(next != top);
        top = next;
        let line = layout.line_of(word);
        assert!((top..top + 12).contains(&line), "word {word}");
    }
    assert!(moves <= layout.lines() / 5, "{moves} moves for {} lines", layout.lines());
    assert_eq!(follow(&layout, 90, 12, 0), 0, "back to the start");
}

#[test]
fn a_window_of_any_size_takes_any_text() {
    for raw in hostile() {
        let mut transcript = said("before");
        let nasty = Word { text: SafeText::line(&raw), confidence: Some(0.1), ..Word::default() };
        transcript.words.push(nasty);
        transcript.cues[0].speaker = Some(SafeText::name(&raw));
        for width in [1, 2, 3, 20] {
            let buffer = shot(&transcript, width, 6, Lit { spoken: Some(1), selection: Some(0..2), ..Lit::default() });
            assert_whole(&buffer, &raw);
        }
    }
    let nothing = Transcript::default();
    let layout = TranscriptLayout::of(&nothing, &[], 10);
    assert_eq!((layout.lines(), layout.word_at(0, 0), follow(&layout, 3, 5, 9)), (0, None, 0));
}

#[test]
fn times_that_are_missing_or_run_backwards_are_no_pauses() {
    let mut transcript = said("one … two");
    transcript.timing = Timing::None;
    assert_eq!(rows(&shot(&transcript, 10, 1, Lit::default())), ["one two   "]);
    let mut transcript = said("one … two");
    transcript.words[1].span = span(0, 10);
    assert_eq!(rows(&shot(&transcript, 10, 1, Lit::default())), ["one two   "]);
}
