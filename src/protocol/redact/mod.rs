//! Takes out of a text what tells who speaks: the person's own name, e-mail and phone, and whatever looks like one.

mod contact;
mod covered;
mod letters;
mod name;
mod particulars;
mod said;
mod signs;
mod spelling;

use std::borrow::Cow;
use std::ops::Range;

pub use covered::Covered;
pub use particulars::Particulars;

use crate::interview::Candidate;

/// What a place in a text gives away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The person's name, or a part of it.
    Name,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

impl What {
    /// What stands in its place.
    pub fn word(self) -> &'static str {
        match self {
            What::Name => "[name]",
            What::Email => "[e-mail]",
            What::Phone => "[phone]",
        }
    }
}

/// A place in a text that gives someone away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redacted {
    /// Which bytes.
    pub range: Range<usize>,
    /// What they give away.
    pub what: What,
}

/// The places of a text that give a person away, in order and without overlap.
pub fn places(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let mut found = contact::emails(text, particulars);
    found.extend(contact::phones(text, particulars));
    let tokens = name::tokens(text, particulars);
    found.extend(contact::spoken_phones(&tokens, text, particulars));
    found.extend(name::names(&tokens, text, particulars));
    found.extend(signs::names(text, particulars));
    // Where two overlap the one that starts first and is longer wins: an e-mail address over the name in it.
    found.sort_by_key(|place| (place.range.start, std::cmp::Reverse(place.range.end)));
    let mut end = 0;
    found.retain(|place| {
        let free = place.range.start >= end;
        end = if free { place.range.end } else { end };
        free
    });
    found
}

/// The text with `[name]`, `[e-mail]` and `[phone]` in place of what gives a person away.
pub fn redact<'a>(text: &'a str, particulars: &Particulars) -> Cow<'a, str> {
    let places = places(text, particulars);
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for place in places {
        out.push_str(&text[at..place.range.start]);
        out.push_str(place.what.word());
        at = place.range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// What names candidates in what was written about one of them: that one's particulars, and the names of all whose names are hidden.
#[derive(Clone, Debug)]
pub struct Hides<'a> {
    own: Particulars,
    everyone: &'a Particulars,
}

impl<'a> Hides<'a> {
    /// For what was written about this one.
    pub fn of(candidate: &Candidate, everyone: &'a Particulars) -> Self {
        Hides { own: Particulars::of(candidate), everyone }
    }

    /// The text without what gives any of them away.
    pub fn cover(&self, text: &str) -> String {
        redact(&redact(text, &self.own), self.everyone).into_owned()
    }
}

/// A transcript's words likewise, one for one, so that times stay with their words: also what is spread over several
/// words, such as a phone number, is found.
pub fn redact_words(words: &[&str], particulars: &Particulars) -> Vec<String> {
    let mut starts = Vec::with_capacity(words.len());
    let mut text = String::new();
    for word in words {
        starts.push(text.len());
        text.push_str(word);
        text.push(' ');
    }
    let mut out: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    for place in places(&text, particulars).into_iter().rev() {
        let first = starts.partition_point(|&start| start <= place.range.start).saturating_sub(1);
        let last = starts.partition_point(|&start| start < place.range.end).saturating_sub(1);
        for at in (first..=last).rev() {
            let from = place.range.start.saturating_sub(starts[at]).min(words[at].len());
            let to = (place.range.end - starts[at]).min(words[at].len());
            out[at].replace_range(from..to, place.what.word());
        }
    }
    out
}
