//! Letters: the fonts that are embedded, and text as placed glyphs. What no font has is written by its code point in brackets.

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

    /// The text with `[U+4F60]` in place of each sign that the font does not have.
    pub(super) fn writable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for sign in text.chars() {
            match sign {
                '\n' | '\r' | '\t' => out.push(' '),
                // No text of a PDF may say this one.
                '\u{feff}' => {}
                sign if self.has(sign) => out.push(sign),
                sign => out.push_str(&format!("[U+{:04X}]", u32::from(sign))),
            }
        }
        out
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

/// Signs that say how others are written and have no letter of their own.
fn is_silent(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_font_lacks_is_written_by_its_code_point() {
        let face = Face::get(Weight::Regular);
        assert_eq!(face.writable("Żółć Ελένη Алёна שלום سلام"), "Żółć Ελένη Алёна שלום سلام");
        assert_eq!(face.writable("王 \u{1f9ea}\n"), "[U+738B] [U+1F9EA] ");
    }

    #[test]
    fn a_text_from_the_right_is_as_wide_as_its_letters_and_joined() {
        let face = Face::get(Weight::Bold);
        let (glyphs, width) = face.shaped("سلام", true);
        assert!(width > 0.5 && glyphs.len() == 3, "lam and alef are one letter: {}", glyphs.len());
        assert_eq!(face.shaped("", false).1, 0.0);
    }
}
