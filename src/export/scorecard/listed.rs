//! What a profile says of a candidate, line by line, as a page: what an ATS gets attached holds the profile's fields and no more.

use std::num::NonZeroU16;

use krilla::tagging::{Tag, TagGroup};

use super::letters::Weight;
use super::sheet::{About, Look, NotMade, write};

const TITLE: Look = Look { weight: Weight::Bold, size: 17.0, grey: 0 };
const TEXT: Look = Look { weight: Weight::Regular, size: 9.0, grey: 0 };
/// What is kept free for the line that counts what has no room.
const FOOT: f32 = 16.0;
/// Lines that one value has at the most.
const EACH: usize = 12;

/// `name: value` lines as a page of PDF, a paragraph each. The same text gives the same bytes.
///
/// # Errors
/// When the page breaks a rule of PDF/UA-1, which is a fault of this program.
pub fn listed(text: &str) -> Result<Vec<u8>, NotMade> {
    const NAME: &str = "Scorecard";
    write(&About { title: NAME, at: None }, |sheet| {
        let level = Tag::Hn(NonZeroU16::MIN, Some(NAME.to_owned()));
        let mut groups = vec![TagGroup::with_children(level, sheet.text(NAME, TITLE, 1))];
        sheet.down += 6.0;
        let mut left = text.lines().count();
        for line in text.lines() {
            // A value may have several lines; what begins one has room for all of it or is counted.
            if sheet.room(FOOT) < TEXT.size * 1.32 * EACH as f32 {
                break;
            }
            left -= 1;
            groups.push(TagGroup::with_children(Tag::P, sheet.text(line, TEXT, EACH)));
            sheet.down += 2.0;
        }
        if left > 0 {
            groups.push(TagGroup::with_children(Tag::P, sheet.text(&format!("{left} more lines have no room here."), TEXT, 1)));
        }
        groups
    })
}
