//! What is taken out of untrusted text before it may be drawn.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How much of a text's form may stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Name,
    Line,
    Block,
}

impl Policy {
    /// The most characters that are kept; eight combining marks a base bound what a grapheme can weigh.
    fn longest(self) -> usize {
        match self {
            Policy::Name => 256,
            Policy::Line => 16 * 1024,
            Policy::Block => 64 * 1024,
        }
    }
}

/// Which kinds of change cleaning made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Marks {
    /// Control characters are shown as pictures.
    pub controls: bool,
    /// Direction overrides and invisible characters were removed.
    pub hidden: bool,
    /// Combining marks or length were cut.
    pub cut: bool,
    /// Something was taken away that hides or turns letters, and a reader is to see that: a direction override, a character of no width
    /// between letters, a pile of combining marks. What only shapes letters or pictures is none of it.
    pub veiled: bool,
}

impl Marks {
    /// Whether a reader should know that this is not letter for letter what came in.
    pub fn any(self) -> bool {
        self.controls || self.hidden || self.cut
    }
}

const MOST_MARKS: usize = 8;

pub(super) fn clean(raw: &str, policy: Policy) -> (String, Marks) {
    // Printable ASCII is the common case and needs no look-up.
    if raw.len() <= policy.longest() && raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return (raw.to_owned(), Marks::default());
    }
    let mut out = String::with_capacity(raw.len());
    let mut marks = Marks::default();
    let mut combining = 0;
    let mut kept = 0;
    let mut chars = raw.nfc().peekable();
    while let Some(c) = chars.next() {
        if kept == policy.longest() {
            marks.cut = true;
            out.push('…');
            break;
        }
        combining = if is_combining_mark(c) { combining + 1 } else { 0 };
        if combining > MOST_MARKS {
            (marks.cut, marks.veiled) = (true, true);
            continue;
        }
        kept += 1;
        match c {
            '\r' if chars.peek() == Some(&'\n') => kept -= 1,
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' if policy == Policy::Block => out.push('\n'),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push(' '),
            '\t' if policy == Policy::Block => out.push_str("    "),
            '\t' => out.push(' '),
            '\0'..='\x1f' => {
                marks.controls = true;
                out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'));
            }
            '\x7f' => {
                marks.controls = true;
                out.push('\u{2421}');
            }
            '\u{80}'..='\u{9f}' => {
                marks.controls = true;
                out.push_str(&format!("\\u{{{:x}}}", c as u32));
            }
            // Joiners shape letters in these scripts; anywhere else they only hide.
            '\u{200c}' | '\u{200d}' if out.chars().next_back().is_some_and(joins) && chars.peek().copied().is_some_and(joins) => {
                out.push(c);
            }
            _ if is_hidden(c) => {
                marks.hidden = true;
                marks.veiled |= veils(c, &out);
                kept -= 1;
            }
            '\u{2500}'..='\u{259f}' if policy == Policy::Name => {
                marks.hidden = true;
                out.push('·');
            }
            // The halfwidth sound marks: those who count columns disagree about them, not about the combining ones.
            '\u{ff9e}' => out.push('\u{3099}'),
            '\u{ff9f}' => out.push('\u{309a}'),
            _ => out.push(c),
        }
    }
    (out, marks)
}

/// Whether a joiner beside this letter is part of the writing: Arabic and the Indic scripts.
fn joins(c: char) -> bool {
    matches!(c as u32, 0x0600..=0x08ff | 0x0900..=0x0dff | 0xfb50..=0xfdcf | 0xfdf0..=0xfdff | 0xfe70..=0xfefc)
}

/// Whether an invisible character hides or turns what stands around it. A byte order mark at the start, the plain marks of direction that
/// editors of Arabic and Hebrew write, a joiner within a picture and a variant of one do not.
fn veils(c: char, before: &str) -> bool {
    match c {
        '\u{feff}' => !before.is_empty(),
        '\u{200c}' | '\u{200d}' => before.chars().next_back().is_some_and(char::is_alphanumeric),
        '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => true,
        // In a flag, tags say of which country it is.
        _ => c as u32 >= 0xe0000 && !before.ends_with('🏴'),
    }
}

/// Direction controls, format characters, variation selectors, tags and noncharacters.
fn is_hidden(c: char) -> bool {
    let code = c as u32;
    matches!(code,
        0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
        | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff
        | 0xfdd0..=0xfdef)
        || code & 0xfffe == 0xfffe
}
