//! The sheet that a scorecard is drawn on: lines from top to bottom, each tagged with what it is.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, Node, SpanTag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use super::letters::{Face, Part, Weight};
use super::lines::{BOX, lines, runs};

/// A4, in points.
pub(super) const PAPER: (f32, f32) = (595.0, 842.0);
/// What stays white at each side.
pub(super) const MARGIN: f32 = 42.0;
/// How wide the lines are.
pub(super) const WIDTH: f32 = PAPER.0 - 2.0 * MARGIN;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be written as PDF: {0}")]
pub struct NotMade(String);

/// What is said of the file itself.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) at: Option<jiff::Timestamp>,
}

/// How letters look.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) weight: Weight,
    pub(super) size: f32,
    /// 0 is black, 255 white.
    pub(super) grey: u8,
}

/// A page that is being drawn.
pub(super) struct Sheet<'s, 'p> {
    surface: &'s mut Surface<'p>,
    /// How far down it is drawn.
    pub(super) down: f32,
    /// Whether a sign was drawn that the font does not have.
    pub(super) boxes: bool,
    /// The lines that were put on it, in their order.
    #[cfg(test)]
    pub(super) said: Vec<String>,
}

impl Sheet<'_, '_> {
    /// How much room there is above what is kept for the foot.
    pub(super) fn room(&self, foot: f32) -> f32 {
        PAPER.1 - MARGIN - foot - self.down
    }

    /// A text in lines at the place where the sheet is; it goes on below it.
    pub(super) fn text(&mut self, text: &str, look: Look, most: usize) -> Vec<Node> {
        let made = lines(text, look.weight, look.size, WIDTH, most);
        let nodes = self.put(&made, look, MARGIN, self.down);
        self.down += height(&made, look);
        nodes
    }

    /// Lines at a place.
    pub(super) fn put(&mut self, made: &[String], look: Look, left: f32, top: f32) -> Vec<Node> {
        let step = look.size * LEADING;
        #[cfg(test)]
        self.said.extend_from_slice(made);
        made.iter().enumerate().map(|(nth, line)| self.line(line, look, left, top + nth as f32 * step + look.size)).collect()
    }

    fn line(&mut self, line: &str, look: Look, left: f32, base: f32) -> Node {
        let face = Face::get(look.weight);
        let id = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        let mut at = left;
        for run in runs(line) {
            for part in face.parts(&run.text, run.from_right) {
                at += match part {
                    Part::Letters(letters) => {
                        self.surface.set_fill(Some(grey(look.grey)));
                        let (glyphs, width) = face.shaped(&letters, run.from_right);
                        self.surface.draw_glyphs(Point::from_xy(at, base), &glyphs, face.drawing(), &letters, look.size, false);
                        width * look.size
                    }
                    Part::Lacking(sign) => self.lacking(&sign, look, at, base),
                };
            }
        }
        self.surface.end_tagged();
        id.into()
    }

    /// A sign that the font does not have: its code point in two rows of a box, as shapes, and over it a blank that stands for the
    /// sign. Said so within the text, a reader places it where it stands; returns how wide it is.
    fn lacking(&mut self, sign: &str, look: Look, left: f32, base: f32) -> f32 {
        self.boxes = true;
        let (face, wide) = (Face::get(look.weight), BOX * look.size);
        let place = Rect::from_xywh(left + 0.03 * look.size, base - 0.86 * look.size, wide - 0.06 * look.size, 1.04 * look.size);
        let mut path = PathBuilder::new();
        place.into_iter().for_each(|place| path.push_rect(place));
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(grey(BOX_SHADE)));
            self.surface.draw_path(&path);
        }
        self.surface.set_fill(Some(grey(look.grey)));
        let code = format!("{:04X}", sign.chars().next().map_or(0, u32::from));
        let (above, below) = code.split_at(code.len().div_ceil(2));
        let size = DIGITS * look.size;
        for (digits, down) in [(above, -0.42), (below, 0.08)] {
            let (glyphs, width) = face.shaped(digits, false);
            let from = Point::from_xy(left + (wide - width * size) / 2.0, base + down * look.size);
            self.surface.draw_glyphs(from, &glyphs, face.drawing(), digits, size, true);
        }
        let blank = face.blank(BOX, sign.len());
        self.surface.draw_glyphs(Point::from_xy(left, base), &[blank], face.drawing(), sign, look.size, false);
        wide
    }

    /// A box that says nothing that is not written beside it.
    pub(super) fn rect(&mut self, (left, top): (f32, f32), (width, height): (f32, f32), shade: u8) {
        let Some(rect) = Rect::from_xywh(left, top, width.max(0.1), height.max(0.1)) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            self.surface.start_tagged(ContentTag::Artifact(krilla::tagging::Artifact::with_kind(ArtifactType::Layout)));
            self.surface.set_fill(Some(grey(shade)));
            self.surface.draw_path(&path);
            self.surface.end_tagged();
        }
    }
}

/// How large the digits of a box are, in sizes of the letters.
const DIGITS: f32 = 0.42;
/// How grey a box is.
const BOX_SHADE: u8 = 226;

/// From line to line, in sizes of the letters.
const LEADING: f32 = 1.32;

/// How much room lines take.
pub(super) fn height(made: &[String], look: Look) -> f32 {
    made.len() as f32 * look.size * LEADING
}

fn grey(shade: u8) -> Fill {
    Fill { paint: rgb::Color::new(shade, shade, shade).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

/// Draws one page and writes it.
///
/// # Errors
/// When it breaks a rule of PDF/UA-1, which is a fault of this program.
pub(super) fn write(about: &About, draw: impl FnOnce(&mut Sheet) -> Vec<TagGroup>) -> Result<Vec<u8>, NotMade> {
    let rules = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = rules.map_err(|error| NotMade(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let settings = PageSettings::from_wh(PAPER.0, PAPER.1).expect("paper has a size");
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let groups = draw(&mut Sheet {
        surface: &mut surface,
        down: MARGIN,
        boxes: false,
        #[cfg(test)]
        said: Vec::new(),
    });
    surface.finish();
    page.finish();
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    groups.into_iter().for_each(|group| tree.push(group));
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(about.title.to_owned(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    let mut metadata = Metadata::new().title(about.title.to_owned()).language("en".to_owned()).creator("earmark".to_owned());
    if let Some(at) = about.at {
        let at = at.to_zoned(jiff::tz::TimeZone::UTC);
        let date = DateTime::new(at.year().max(0) as u16).month(at.month() as u8).day(at.day() as u8);
        metadata = metadata.creation_date(date.hour(at.hour() as u8).minute(at.minute() as u8).second(at.second() as u8));
    }
    document.set_metadata(metadata);
    document.finish().map_err(|error| NotMade(format!("{error:?}")))
}
