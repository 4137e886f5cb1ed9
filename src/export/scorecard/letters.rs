//! Letters: the fonts that are embedded, and text as placed glyphs. What no font has is a box with its code point.

use std::sync::LazyLock;

use harfrust::{Buffer, Direction, Font as Shaping, ShapeOptions, ShaperFont, shape};
use krilla::text::{Font, GlyphId, KrillaGlyph};

static REGULAR: &[u8] = include_bytes!("fonts/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("fonts/DejaVuSans-Bold.ttf");

static FACES: LazyLock<[Face; 2]> = LazyLock::new(|| [Face::of(REGULAR), Face::of(BOLD)]);

/// A font for shaping and for drawing.
pub(super) struct Face {
    shaping: Shaping,
    drawing: Font,
    em: f32,
}

/// A part of a stretch.
pub(super) enum Part {
    /// What the font has.
    Letters(String),
    /// A sign that it does not have, with those that say how it is written and have no letter of their own.
    Lacking(String),
}

/// How heavy letters are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Face {
    pub(super) fn get(weight: Weight) -> &'static Face {
        &FACES[weight as usize]
    }

    fn of(bytes: &'static [u8]) -> Face {
        let shaping = Shaping::new(bytes, 0).expect("the font is one");
        let drawing = Font::new(bytes.into(), 0).expect("the font is one");
        Face { em: f32::from(shaping.units_per_em()), shaping, drawing }
    }

    pub(super) fn drawing(&self) -> Font {
        self.drawing.clone()
    }

    /// Whether the font has a letter for a sign, or none is needed.
    fn has(&self, sign: char) -> bool {
        is_silent(sign) || self.shaping.charmap().map_unicode(sign).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    /// The text without what no PDF may say.
    pub(super) fn plain(text: &str) -> String {
        text.chars()
            .filter(|sign| *sign != '\u{feff}')
            .map(|sign| if matches!(sign, '\n' | '\r' | '\t') { ' ' } else { sign })
            .collect()
    }

    /// A stretch of one direction from left to right: what the font has, and each sign that it does not have.
    pub(super) fn parts(&self, text: &str, from_right: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        for sign in text.chars() {
            match (self.has(sign), parts.last_mut()) {
                (_, Some(Part::Lacking(lacking))) if is_silent(sign) => lacking.push(sign),
                (false, _) => parts.push(Part::Lacking(sign.to_string())),
                (true, Some(Part::Letters(letters))) => letters.push(sign),
                (true, _) => parts.push(Part::Letters(sign.to_string())),
            }
        }
        if from_right {
            parts.reverse();
        }
        parts
    }

    /// A blank about as wide as a box, which stands for a sign of so many bytes. Of all blanks it is the one that no text has, so that it
    /// is never taken for another; and it is so wide that nobody who reads the file finds a space between two of them.
    pub(super) fn blank(&self, width: f32, bytes: usize) -> KrillaGlyph {
        let blank = self.shaping.charmap().map_unicode(EM_SPACE).map_or(0, |glyph| glyph.to_u32());
        KrillaGlyph::new(GlyphId::new(blank), width, 0.0, 0.0, 0.0, 0..bytes, None)
    }

    /// A stretch of one direction as glyphs, and how wide it is at size 1.
    pub(super) fn shaped(&self, text: &str, from_right: bool) -> (Vec<KrillaGlyph>, f32) {
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.set_direction(if from_right { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        if shape(&ShaperFont::new(&self.shaping), &mut buffer, ShapeOptions::default()).is_err() {
            return (Vec::new(), 0.0);
        }
        let starts: Vec<usize> = buffer.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let end = |start: usize| starts.iter().copied().filter(|other| *other > start).min().unwrap_or(text.len());
        let (mut glyphs, mut width) = (Vec::with_capacity(starts.len()), 0.0);
        for ((info, position), start) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()).zip(&starts) {
            let [advance, x, y, up] =
                [position.x_advance, position.x_offset, position.y_offset, position.y_advance].map(|units| units as f32 / self.em);
            width += advance;
            glyphs.push(KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, x, y, up, *start..end(*start), None));
        }
        (glyphs, width)
    }
}

/// As wide as the letters are high; texts have plain spaces alone.
const EM_SPACE: char = '\u{2003}';

/// Signs that say how others are written and have no letter of their own.
fn is_silent(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_font_lacks_is_told_from_what_it_has() {
        let face = Face::get(Weight::Regular);
        assert!("Żółć Ελένη Алёна שלום سلام\u{2003}".chars().all(|sign| face.has(sign)) && !face.has('王'));
        assert_eq!(Face::plain("王 \u{feff}\u{1f9ea}\n"), "王 \u{1f9ea} ");
        let seen = |text: &str, from_right: bool| -> Vec<String> {
            let part = |part: Part| match part {
                Part::Letters(letters) => letters,
                Part::Lacking(sign) => format!("[{sign}]"),
            };
            face.parts(text, from_right).into_iter().map(part).collect()
        };
        assert_eq!(seen("Ann 王小 B", false), ["Ann ", "[王]", "[小]", " B"]);
        assert_eq!(seen("\u{1f9ea}\u{200d}\u{1f52c}", false), ["[\u{1f9ea}\u{200d}]", "[\u{1f52c}]"]);
        assert_eq!(seen("שܐל", true), ["ל", "[ܐ]", "ש"], "from the right the last stands first");
    }

    #[test]
    fn a_text_from_the_right_is_as_wide_as_its_letters_and_joined() {
        let face = Face::get(Weight::Bold);
        let (glyphs, width) = face.shaped("سلام", true);
        assert!(width > 0.5 && glyphs.len() == 3, "lam and alef are one letter: {}", glyphs.len());
        assert_eq!(face.shaped("", false).1, 0.0);
    }
}
