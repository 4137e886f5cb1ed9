//! Takes out of a text what tells who speaks: the person's own name, e-mail and phone, and whatever looks like one.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::interview::{Candidate, Moment, Span};
use crate::text::SafeText;

/// What tells who a person is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Particulars {
    names: Vec<String>,
    email: Option<String>,
    phone: Option<String>,
}

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

/// Names that are everyday words too: only written with a capital do they count as names.
const EVERYDAY: [&str; 46] = [
    "will", "may", "mark", "grace", "hope", "faith", "joy", "rose", "bill", "jack", "art", "drew", "sue", "rob", "grant", "chase",
    "dean", "frank", "guy", "jay", "june", "april", "august", "max", "miles", "pat", "ray", "rich", "sky", "summer", "victor",
    "young", "king", "long", "love", "low", "major", "page", "price", "short", "small", "wise", "wood", "white", "black", "brown",
];

/// Parts of names that are not a name.
const PARTICLES: [&str; 22] = [
    "al", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "la", "las", "le", "los", "of", "san",
    "van", "von", "the",
];

impl Particulars {
    /// What tells who a candidate is.
    pub fn of(candidate: &Candidate) -> Self {
        let name = candidate.name.as_ref().map_or("", |name| name.as_str());
        let text = |text: &Option<SafeText>| text.as_ref().map(|text| text.as_str().trim().to_lowercase());
        let mut names = names_in(name);
        let email = text(&candidate.email).filter(|email| !email.is_empty());
        // The part before the @ is often the name written in one.
        let local = email.as_deref().and_then(|email| email.split('@').next()).filter(|local| local.len() >= 5);
        names.extend(local.into_iter().flat_map(spellings));
        let phone = candidate.phone.as_ref().map(|phone| digits(phone.as_str())).filter(|digits| digits.len() >= 5);
        names.sort();
        names.dedup();
        Particulars { names, email, phone }
    }
}

impl Particulars {
    /// The names of several people, in what was written about one of them: candidates of a batch, reviewers by their labels.
    pub fn names_of<'a>(people: impl IntoIterator<Item = &'a Candidate>, labels: impl IntoIterator<Item = &'a SafeText>) -> Self {
        let labels = labels.into_iter().flat_map(|label| names_in(label.as_str()));
        let mut names: Vec<String> = people.into_iter().flat_map(|one| Particulars::of(one).names).chain(labels).collect();
        names.sort();
        names.dedup();
        Particulars { names, ..Particulars::default() }
    }
}

/// The parts of a name that tell who somebody is, as they are compared.
fn names_in(name: &str) -> Vec<String> {
    let plain = without_sequences(name);
    let mut names: Vec<String> = written(name).chain(written(&plain)).flat_map(|part| spellings(&part)).collect();
    names.extend(names.iter().flat_map(|part| given_in(part)).collect::<Vec<_>>());
    names.retain(|part| part.chars().count() >= 2 && !PARTICLES.contains(&part.as_str()));
    names
}

/// A name without what a terminal would take for a command, whose letters would stick to the word behind it.
fn without_sequences(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' | '\u{241b}' if rest.next_if_eq(&'[').is_some() => {
                // Parameters, and the letter that ends them.
                rest.by_ref().find(|c| ('\u{40}'..='\u{7e}').contains(c));
            }
            '\u{9b}' => _ = rest.by_ref().find(|c| ('\u{40}'..='\u{7e}').contains(c)),
            c => plain.push(c),
        }
    }
    plain
}

/// What somebody is called among friends whose name is written in Han without a space: the part behind the family's name.
fn given_in(part: &str) -> Vec<String> {
    let signs: Vec<char> = part.chars().collect();
    let is_han = signs.iter().all(|c| matches!(*c as u32, 0x3400..=0x9fff | 0x20000..=0x3ffff));
    let from = |at: usize| signs[at..].iter().collect();
    match signs.len() {
        3 if is_han => vec![from(1)],
        4 if is_han => vec![from(1), from(2)],
        _ => Vec::new(),
    }
}

/// The parts of a name as people write them: each alone, what a hyphen or an apostrophe joins in one (`Annalena`), and all in one.
fn written(name: &str) -> impl Iterator<Item = String> + '_ {
    let joined = |text: &str| words(text).map(|word| &text[word]).collect::<String>();
    let whole = Some(joined(name)).filter(|whole| whole.chars().count() >= 6);
    words(name).map(|word| name[word].to_owned()).chain(name.split_whitespace().map(joined)).chain(whole)
}

/// How a word is compared: without case and accents, which speech recognition and keyboards leave out; and where letters have one, in the
/// spelling that writes them as two.
fn spellings(word: &str) -> impl Iterator<Item = String> + use<> {
    let plain = folded(word, |c| match c {
        'ß' => Some("ss"),
        'ł' => Some("l"),
        'ø' => Some("o"),
        'đ' | 'ð' => Some("d"),
        'ħ' => Some("h"),
        'ı' => Some("i"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'þ' => Some("th"),
        _ => None,
    });
    let two = folded(word, |c| match c {
        'ß' => Some("ss"),
        'ä' | 'æ' => Some("ae"),
        'ö' | 'ø' | 'œ' => Some("oe"),
        'ü' => Some("ue"),
        'å' => Some("aa"),
        _ => None,
    });
    let other = Some(two).filter(|two| *two != plain);
    std::iter::once(plain).chain(other)
}

fn folded(word: &str, letter: impl Fn(char) -> Option<&'static str>) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    // Found letter by letter inside of a sentence, as it is written there.
    if word.chars().any(is_unspaced) {
        return word.to_lowercase();
    }
    // Accents, and the points of Hebrew and Arabic. In other scripts marks are letters.
    let is_accent = |c: &char| matches!(*c as u32, 0x0300..=0x036f | 0x0591..=0x05c7 | 0x064b..=0x065f | 0x0670);
    let composed = word.nfkc().flat_map(char::to_lowercase).nfc();
    let replaced: String = composed.fold(String::new(), |mut out, c| {
        match letter(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
        out
    });
    replaced.nfkd().filter(|c| !is_accent(c)).nfc().collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The places of a text that give a person away, in order and without overlap.
pub fn places(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let mut found = emails(text, particulars);
    found.extend(phones(text, particulars));
    found.extend(names(text, particulars));
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

/// A text as it may be shown, which knows where its parts stand in the original.
#[derive(Clone, PartialEq, Debug)]
pub struct Covered {
    /// What may be shown.
    pub text: SafeText,
    /// What is covered, in order: characters of `text`, and of the original.
    covers: Vec<(Range<usize>, Range<usize>)>,
}

impl Covered {
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

fn names(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let mut found = Vec::new();
    for word in words(text) {
        let is_one = |spelt: &str| particulars.names.binary_search_by(|name| name.as_str().cmp(spelt)).is_ok();
        let is_capital = text[word.clone()].starts_with(char::is_uppercase);
        // `Müllers Team`: a name may take an s without an apostrophe.
        let owned =
            |spelt: &String| spelt.strip_suffix('s').is_some_and(|stem| is_capital && stem.chars().count() >= 4 && is_one(stem));
        let is_name = |spelt: &String| is_one(spelt) && is_meant(&text[word.clone()], spelt) || owned(spelt);
        if spellings(&text[word.clone()]).any(|spelt| is_name(&spelt)) {
            found.push(Redacted { range: with_prefix(text, word), what: What::Name });
        }
    }
    for name in particulars.names.iter().filter(|name| name.chars().any(is_unspaced)) {
        let matches = text.match_indices(name.as_str());
        found.extend(matches.map(|(at, part)| Redacted { range: at..at + part.len(), what: What::Name }));
    }
    found
}

/// The word with what an apostrophe ties to it, as in `O'Brien` and `D'Souza`.
fn with_prefix(text: &str, word: Range<usize>) -> Range<usize> {
    let before = &text[..word.start];
    let Some(tied) = before.strip_suffix(['\'', '\u{2019}', '\u{2bc}']) else { return word };
    let letters = tied.chars().rev().take_while(|c| is_of_word(*c)).count();
    let start = tied.char_indices().rev().take(letters).last().map_or(tied.len(), |(start, _)| start);
    if (1..=2).contains(&letters) { start..word.end } else { word }
}

/// Whether a word that is also an everyday one, or very short, is written as a name.
fn is_meant(word: &str, lower: &str) -> bool {
    let doubtful = lower.chars().count() < 3 || EVERYDAY.contains(&lower);
    !doubtful || word.starts_with(char::is_uppercase) || lower.chars().any(is_unspaced)
}

/// Scripts that put no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0x20000..=0x3ffff)
}

/// Letters and digits, and the marks that belong to them: vowels, in many scripts.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// Runs of letters and digits with their marks, as byte ranges.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|(_, c)| !is_of_word(*c)).is_some() {}
        let (start, first) = rest.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| is_of_word(*c)) {
            end = at + c.len_utf8();
        }
        Some(start..end)
    })
}

/// Something@something.something, and the person's own address in any case.
fn emails(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    let host = |c: char| c.is_alphanumeric() || ".-".contains(c);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let start = text[..at].char_indices().rev().take_while(|(_, c)| local(*c)).last().map_or(at, |(start, _)| start);
        let tail: usize = text[at + 1..].chars().take_while(|c| host(*c)).map(char::len_utf8).sum();
        let domain = text[at + 1..at + 1 + tail].trim_end_matches(['.', '-']);
        if start < at && domain.contains('.') {
            found.push(Redacted { range: start..at + 1 + domain.len(), what: What::Email });
        }
    }
    let lower = text.to_ascii_lowercase();
    for email in particulars.email.iter().filter(|email| email.is_ascii()) {
        let matches = lower.match_indices(email.as_str());
        found.extend(matches.map(|(at, part)| Redacted { range: at..at + part.len(), what: What::Email }));
    }
    found
}

/// Runs of seven digits and more, with what people write between them, and the person's own number in any spacing.
fn phones(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let between = |c: char| " ()-./\u{a0}".contains(c);
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !(c.is_ascii_digit() || c == '+' || c == '(') {
            continue;
        }
        let mut end = start + 1;
        let mut run: String = c.is_ascii_digit().then_some(c).into_iter().collect();
        while let Some((at, c)) = chars.next_if(|(_, c)| c.is_ascii_digit() || between(*c)) {
            if c.is_ascii_digit() {
                run.push(c);
                end = at + 1;
            }
        }
        if is_phone(&run, &text[start..end], particulars) {
            found.push(Redacted { range: start..end, what: What::Phone });
        }
    }
    found
}

/// Years, sums and percentages have fewer than seven digits; 2019-2023 is two years, 2023-05-14 a date.
fn is_phone(run: &str, written: &str, particulars: &Particulars) -> bool {
    let is_own = |phone: &String| run.len() >= 5 && (phone.ends_with(run) || run.ends_with(phone.as_str()));
    let groups: Vec<&str> = written.split(['-', '/', '.']).collect();
    let dated = match groups[..] {
        [from, to] => is_year(from) && is_year(to),
        [a, b, c] => b.len() <= 2 && ((is_year(a) && c.len() <= 2) || (is_year(c) && a.len() <= 2)),
        _ => false,
    };
    particulars.phone.as_ref().is_some_and(is_own) || (run.len() >= 7 && !dated)
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}
