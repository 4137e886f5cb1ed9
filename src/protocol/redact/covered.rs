//! A text with what names somebody covered, which knows where its parts stand in the original.

use std::ops::Range;

use super::{Particulars, Redacted, places};
use crate::interview::{Candidate, Moment, Span};
use crate::text::SafeText;

/// A text as it may be shown, which knows where its parts stand in the original.
#[derive(Clone, PartialEq, Debug)]
pub struct Covered {
    /// What may be shown.
    pub text: SafeText,
    /// What is covered, in order: characters of `text`, and of the original.
    covers: Vec<(Range<usize>, Range<usize>)>,
}

impl Covered {
    /// A batch's title without the names of these candidates, where two words of one are in it, or a name that is written as one
    /// word outside of the Latin alphabet. One word alone stays, because a batch is often about what somebody in it is called:
    /// bakers, keepers, north.
    pub fn title<'a>(title: &SafeText, candidates: impl IntoIterator<Item = &'a Candidate>) -> SafeText {
        let said = title.as_str().to_lowercase();
        let is_in = |name: &SafeText| {
            let name = name.as_str().to_lowercase();
            let words = name.split_whitespace().filter(|word| word.chars().count() > 1 && said.contains(word));
            words.clone().nth(1).is_some() || words.clone().any(|word| word == name && !word.is_ascii())
        };
        let named = candidates.into_iter().filter(|one| one.name.as_ref().is_some_and(is_in));
        named.fold(title.clone(), |title, one| Covered::of(&title, Some(&Particulars::of(one))).text)
    }

    /// A text without what gives a person away; the whole text where nobody's particulars are given.
    pub fn of(text: &SafeText, particulars: Option<&Particulars>) -> Self {
        let original = text.as_str();
        let places = particulars.map_or_else(Vec::new, |particulars| places(original, particulars));
        if places.is_empty() {
            return Covered { text: text.clone(), covers: Vec::new() };
        }
        let (mut out, mut covers, mut at) = (String::new(), Vec::new(), 0);
        let mut ends = (0, 0);
        for Redacted { range, what } in places {
            let between = original[at..range.start].chars().count();
            let (shown, hidden) = (what.word().chars().count(), original[range.clone()].chars().count());
            let starts = (ends.0 + between, ends.1 + between);
            ends = (starts.0 + shown, starts.1 + hidden);
            covers.push((starts.0..ends.0, starts.1..ends.1));
            out.push_str(&original[at..range.start]);
            out.push_str(what.word());
            at = range.end;
        }
        out.push_str(&original[at..]);
        Covered { text: SafeText::block(&out).marked_as(text), covers }
    }

    /// The characters of the original that stand behind characters of the text; what is half within counts whole.
    pub fn original(&self, shown: Span) -> Span {
        let covers = || self.covers.iter().cloned();
        Span { start: carried(shown.start, covers(), false), end: carried(shown.end, covers(), true) }
    }

    /// What may be shown of characters of the original; what is half within counts whole.
    pub fn part(&self, original: Span) -> SafeText {
        let covers = || self.covers.iter().cloned().map(|(shown, original)| (original, shown));
        let (start, end) = (carried(original.start, covers(), false), carried(original.end, covers(), true));
        let length = end.0.saturating_sub(start.0) as usize;
        SafeText::block(&self.text.as_str().chars().skip(start.0 as usize).take(length).collect::<String>())
    }
}

/// A character's place in the other text; from within a covered place its start, or its `end`.
fn carried(at: Moment, covers: impl Iterator<Item = (Range<usize>, Range<usize>)>, end: bool) -> Moment {
    let (at, mut last) = (at.0 as usize, (0, 0));
    for (from, to) in covers {
        if at <= from.start {
            break;
        }
        if at < from.end {
            return Moment(if end { to.end } else { to.start } as u32);
        }
        last = (from.end, to.end);
    }
    Moment((last.1 + (at - last.0)) as u32)
}
