//! The bytes that go to a terminal, read back by a terminal emulator.

use std::sync::{Arc, Mutex};

use super::*;
use crate::text::SafeText;
use crate::tui::theme::{Role, Theme};
use crate::tui::{Glyphs, Words};

/// A writer whose bytes can be read while a terminal owns it.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().expect("one thread"));
        String::from_utf8(bytes).expect("only text is written")
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn look(theme: &str) -> Look {
    Look { theme: Theme::shipped(theme).expect("it is shipped"), glyphs: Glyphs::Unicode }
}

fn open(options: Options) -> (Sink, Terminal<Sink>) {
    let sink = Sink::default();
    let terminal = Terminal::on(sink.clone(), 20, 3, options).expect("a sink takes all");
    (sink, terminal)
}

fn emulator(rows: u16, columns: u16) -> vt100::Parser {
    let size = |n| std::num::NonZero::new(n).expect("a terminal has cells");
    vt100::Parser::new(size(rows), size(columns), 0)
}

fn shown(emulator: &vt100::Parser) -> Vec<String> {
    let (_, columns) = emulator.screen().size();
    emulator.screen().rows(0, columns.into()).map(|row| row.trim_end().to_owned()).collect()
}

fn hello(canvas: &mut Canvas<'_>) {
    canvas.text(2, 1, 18, "hello", Role::Title);
}

#[test]
fn everything_that_is_switched_on_is_switched_off_again() {
    for options in [Options::default(), Options { mouse: false, synchronised: false, keyboard: true }] {
        let (sink, terminal) = open(options);
        let on = sink.take();
        drop(terminal);
        let off = sink.take();
        for mode in on.split("\x1b[?").filter_map(|part| part.split_once('h')).map(|(mode, _)| mode) {
            assert!(off.contains(&format!("\x1b[?{mode}l")), "{mode} stays on");
        }
        assert_eq!(on.contains("\x1b[>1u"), options.keyboard);
        assert_eq!(off.contains("\x1b[<1u"), options.keyboard, "popped only if pushed");
        assert!(off.contains(modes::SHOW_CURSOR) && off.ends_with("\x1b[?1049l"));
    }
}

#[test]
fn a_frame_is_shown_whole_and_only_what_changes_is_written() {
    let (sink, mut terminal) = open(Options::default());
    let look = look("dark");
    terminal.draw(&look, hello).expect("drawn");
    let mut emulator = emulator(3, 20);
    emulator.process(sink.take().as_bytes());
    assert_eq!(shown(&emulator), ["", "  hello", ""]);
    assert_eq!(terminal.draw(&look, hello).expect("drawn"), 0, "nothing changed");
    assert_eq!(sink.take(), "");
    let bytes = terminal.draw(&look, |canvas| {
        hello(canvas);
        canvas.text(7, 1, 1, "!", Role::Title);
    });
    assert!(bytes.expect("drawn") < 70, "one cell");
    let frame = sink.take();
    emulator.process(frame.as_bytes());
    assert_eq!(shown(&emulator), ["", "  hello!", ""]);
}

#[test]
fn a_large_frame_is_synchronised_and_the_switch_turns_that_off() {
    for synchronised in [true, false] {
        let (sink, mut terminal) = open(Options { synchronised, ..Options::default() });
        sink.take();
        terminal.resize(80, 24);
        terminal.draw(&look("dark"), hello).expect("drawn");
        let frame = sink.take();
        assert_eq!(frame.starts_with(modes::BEGIN_FRAME) && frame.ends_with(modes::END_FRAME), synchronised);
        assert_eq!(frame.contains("2026"), synchronised);
    }
}

#[test]
fn the_cursor_is_hidden_unless_a_frame_sets_it() {
    let (sink, mut terminal) = open(Options::default());
    let look = look("mono");
    let mut emulator = emulator(3, 20);
    terminal.draw(&look, |canvas| canvas.set_cursor(4, 2)).expect("drawn");
    emulator.process(sink.take().as_bytes());
    assert_eq!((emulator.screen().hide_cursor(), emulator.screen().cursor_position()), (false, (2, 4)));
    terminal.draw(&look, |canvas| canvas.set_cursor(5, 2)).expect("drawn");
    emulator.process(sink.take().as_bytes());
    assert_eq!((emulator.screen().hide_cursor(), emulator.screen().cursor_position()), (false, (2, 5)));
    terminal.draw(&look, |canvas| canvas.set_cursor(90, 90)).expect("drawn");
    emulator.process(sink.take().as_bytes());
    assert!(emulator.screen().hide_cursor());
}

#[test]
fn after_a_resize_everything_is_drawn_anew_within_the_new_size() {
    let (sink, mut terminal) = open(Options::default());
    let look = look("light");
    terminal.draw(&look, hello).expect("drawn");
    sink.take();
    for (columns, rows) in [(5, 2), (1, 1), (40, 9)] {
        terminal.resize(columns, rows);
        terminal.draw(&look, hello).expect("drawn");
        let mut emulator = emulator(rows, columns);
        let frame = sink.take();
        assert!(frame.contains(modes::ERASE));
        emulator.process(frame.as_bytes());
        let second = shown(&emulator).get(1).cloned().unwrap_or_default();
        assert!(
            second.is_empty() == (rows < 2) && "  hello".starts_with(second.trim_end_matches('…')),
            "{columns}x{rows}: {second:?}"
        );
    }
}

#[test]
fn colours_and_attributes_arrive_and_end_with_their_cells() {
    let (sink, mut terminal) = open(Options::default());
    terminal
        .draw(&look("dark"), |canvas| {
            canvas.text(0, 0, 9, "lit", Role::Spoken);
            canvas.text(3, 0, 9, "not", Role::Text);
        })
        .expect("drawn");
    let mut emulator = emulator(3, 20);
    emulator.process(sink.take().as_bytes());
    let cell = |column| emulator.screen().cell(0, column).expect("inside").clone();
    assert!(cell(0).bold() && cell(0).underline());
    assert_eq!(cell(0).bgcolor(), vt100::Color::Rgb(0xf2, 0xc5, 0x72));
    assert!(!cell(3).bold() && !cell(3).underline());
    assert_eq!(cell(3).bgcolor(), vt100::Color::Rgb(0x14, 0x17, 0x1c));
}

#[test]
fn text_after_signs_of_doubtful_width_stands_where_it_should() {
    let (sink, mut terminal) = open(Options::default());
    let name = SafeText::name("陳👩\u{200d}💻é");
    terminal
        .draw(&look("mono"), |canvas| {
            canvas.text(0, 0, 12, Words::from(&name), Role::Text);
            canvas.text(12, 0, 8, "|", Role::Text);
        })
        .expect("drawn");
    let bytes = sink.take();
    assert!(bytes.contains("\x1b[13G|"), "{bytes:?}");
}

#[test]
fn a_word_lit_costs_at_most_130_bytes() {
    let (_, mut terminal) = open(Options::default());
    let look = look("dark");
    let words = ["these", "words", "follow"];
    let mut frame = |spoken: usize| {
        terminal.draw(&look, |canvas| {
            let mut x = 0;
            for (i, word) in words.iter().enumerate() {
                let role = if i == spoken { Role::Spoken } else { Role::Text };
                x += canvas.text(x, 0, 20, *word, role) + 1;
            }
        })
    };
    frame(0).expect("drawn");
    let bytes = frame(1).expect("drawn");
    assert!(bytes <= 130, "{bytes}");
}

/// A column of marks that wanders over rows of words: each step is shown right, and costs little.
#[test]
fn a_mark_over_several_rows_that_takes_a_step_is_shown_right_and_costs_few_bytes() {
    let (sink, mut terminal) = open(Options::default());
    let (look, mut emulator) = (look("dark"), emulator(3, 20));
    let mut most = 0;
    for x in (0..20).chain((0..20).rev()) {
        let drawn = terminal.draw(&look, |canvas| {
            for y in 0..3 {
                canvas.text(0, y, 20, "abcdefghijklmnopqrst", Role::WaveSpeech);
                canvas.glyph(x, y, "┃", Role::Playhead);
            }
        });
        let bytes = drawn.expect("drawn");
        emulator.process(sink.take().as_bytes());
        let expected: String = ('a'..='t').enumerate().map(|(at, c)| if at == usize::from(x) { '┃' } else { c }).collect();
        assert_eq!(shown(&emulator), [expected.as_str(); 3], "at {x}");
        let lit = |column| emulator.screen().cell(1, column).expect("inside").fgcolor();
        assert_ne!(lit(x), lit((x + 3) % 20), "its own colour at {x}");
        assert_eq!(lit((x + 3) % 20), lit((x + 4) % 20), "and no other at {x}");
        most = if x == 0 { 0 } else { most.max(bytes) };
    }
    assert!(most <= 110, "{most}");
}

#[test]
fn what_changes_under_wide_signs_is_written_from_left_to_right() {
    let (sink, mut terminal) = open(Options::default());
    let (look, mut emulator) = (look("dark"), emulator(3, 20));
    for words in ["陳怡君 ab", "ab 陳怡君", "a陳b怡c君", "abcdefghi"] {
        let drawn = terminal.draw(&look, |canvas| {
            for (y, role) in [(0, Role::Text), (1, Role::Spoken), (2, Role::Text)] {
                canvas.text(1, y, 19, &SafeText::line(words), role);
            }
        });
        drawn.expect("drawn");
        emulator.process(sink.take().as_bytes());
        assert_eq!(shown(&emulator), [format!(" {words}").as_str(); 3]);
    }
}
