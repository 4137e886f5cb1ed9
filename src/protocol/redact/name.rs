//! A person's name in a text: each part alone where it can only be the name, and whatever stands beside another part of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::contact::{Number, numbers};
use super::letters::{self, Script};
use super::particulars::{Part, spelt_so};
use super::said::{Said, said_before};
use super::spelling::{self, is_doubtful, is_everyday, is_grammar, is_of_word, is_said_of_oneself, spellings, words};
use super::{Particulars, Redacted, What};

/// Letters of a name in one word from which on no word is taken for it by chance.
const LONG: usize = 6;

/// A word of a text.
pub(super) struct Token<'a> {
    text: &'a str,
    range: Range<usize>,
    known: Rc<Known>,
}

/// What there is to know of a word wherever it stands: whose name it may be.
struct Known {
    /// As it is compared; a second time where letters can be written as two.
    spelt: Vec<String>,
    matches: Vec<Match>,
    numbers: Vec<(Range<usize>, Number)>,
    /// Whether it is, in one word, a name, and is sure to be one; or one where it stands as people sign in.
    whole: [bool; 2],
}

/// A part of a name that a word is.
struct Match {
    whose: (u32, u32),
    /// Whether it names somebody without anything beside it.
    alone: bool,
}

/// The words of a text in order. Each is looked at once, however often it is said.
pub(super) fn tokens<'a>(text: &'a str, particulars: &Particulars) -> Vec<Token<'a>> {
    let mut all: HashMap<&str, Rc<Known>> = HashMap::new();
    let token = |range: Range<usize>| {
        let word = &text[range.clone()];
        let known = all.entry(word).or_insert_with(|| Rc::new(Known::of(word, particulars))).clone();
        Token { text, range, known }
    };
    words(text).map(token).collect()
}

impl Known {
    fn of(word: &str, particulars: &Particulars) -> Self {
        let spelt: Vec<String> = spellings(word).collect();
        let is_capital = word.starts_with(char::is_uppercase);
        let mut matches = Vec::new();
        for spelt in &spelt {
            parts_of(spelt, is_capital, particulars, &mut matches);
        }
        let (mut is_sure, mut signs_in) = (false, false);
        for whole in &spelt {
            // `joli92` is `joli`.
            let spelt = whole.trim_end_matches(|c: char| c.is_ascii_digit());
            let is_among = |names: &[String]| names.binary_search_by(|name| name.as_str().cmp(spelt)).is_ok();
            let is_name = is_among(&particulars.joined);
            is_sure |= is_name && (spelt.chars().count() >= LONG || is_capital || spelt != whole);
            signs_in |= is_name || is_among(&particulars.handles);
        }
        Known { numbers: numbers(word, &spelt[0]), spelt, matches, whole: [is_sure, signs_in] }
    }
}

impl Token<'_> {
    fn word(&self) -> &str {
        &self.text[self.range.clone()]
    }

    /// Whether it is compared as this is.
    pub(super) fn is_spelt(&self, so: &str) -> bool {
        self.known.spelt.iter().any(|spelt| spelt == so)
    }

    /// As it is compared.
    fn spelt(&self) -> &str {
        &self.known.spelt[0]
    }

    /// The digits in it, and where in the word.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &(Range<usize>, Number)> {
        self.known.numbers.iter()
    }

    /// A part of it as a place in the text.
    pub(super) fn within(&self, part: &Range<usize>) -> Range<usize> {
        self.range.start + part.start..self.range.start + part.end
    }

    fn is_capital(&self) -> bool {
        self.word().starts_with(char::is_uppercase)
    }

    /// Whether it is a single letter, as in a name that is spelt out.
    fn is_letter(&self) -> bool {
        self.spelt().chars().nth(1).is_none()
    }

    /// Whether it is the whole name in one, or what somebody makes of it to sign in.
    fn is_whole(&self) -> bool {
        let [is_sure, signs_in] = self.known.whole;
        is_sure || signs_in && self.is_handle()
    }

    /// Whether it is written as a name on some page: `@li`, `in/jo-li`, `jo_li`.
    fn is_handle(&self) -> bool {
        let before = self.text[..self.range.start].chars().next_back();
        let mut after = self.text[self.range.end..].chars();
        let is_file = matches!((after.next(), after.next()), (Some('.'), Some(c)) if c.is_alphanumeric());
        matches!(before, Some('@' | '/' | '\\' | '_')) || is_file || self.text[self.range.end..].starts_with('_')
    }
}

/// The places at which a name stands.
pub(super) fn names(tokens: &[Token], text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_whole() || names_somebody(tokens, at) || stands_beside(tokens, at) {
            found.push(with_prefix(text, token.range.clone()));
        }
        let together = put_together(&tokens[at..], particulars);
        match together {
            // A name that is spelt out is one place: its letters are not to be counted.
            [first, .., last] if together.iter().all(Token::is_letter) => found.push(first.range.start..last.range.end),
            _ => found.extend(together.iter().map(|token| token.range.clone())),
        }
    }
    found.into_iter().map(|range| Redacted { range, what: What::Name }).collect()
}

/// The parts of names that a word can be.
fn parts_of(spelt: &str, is_capital: bool, particulars: &Particulars, out: &mut Vec<Match>) {
    let mut add = |parts: &[Part], plain: bool| {
        out.extend(parts.iter().map(|part| Match { whose: part.whose, alone: part.alone && plain }));
    };
    let is_meant = || is_capital || !is_doubtful(spelt);
    let parts = spelt_so(&particulars.parts, spelt);
    if !parts.is_empty() {
        add(parts, is_meant());
    }
    // `smith1990` is `smith`. `Müllers Team`: a name may take an s without an apostrophe.
    let bare = spelt.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = bare.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
    let is_numbered = bare.len() < spelt.len();
    for stem in [Some(bare).filter(|_| is_numbered), stem].into_iter().flatten() {
        if stem.chars().count() >= 4 && (is_capital || !is_doubtful(stem)) {
            add(spelt_so(&particulars.parts, stem), true);
        }
    }
    let script = Script::of(spelt);
    // Without a capital only longer stems are a name's: `веру` is nobody's, `ивана` is.
    if is_capital || script != Script::Latin {
        for stem in script.unended(spelt).filter(|stem| is_capital || stem.chars().count() >= 4) {
            add(spelt_so(&particulars.stems, stem), true);
        }
    }
    if particulars.sounds_matter(script) {
        let sound = letters::sound(spelt);
        let is_sure = is_capital || sound.len() >= 4 && is_meant() && !is_grammar(spelt);
        let other = |sound: &str| -> Vec<Part> {
            spelt_so(&particulars.sounds, sound).iter().filter(|part| part.script != script).cloned().collect()
        };
        if sound.len() >= 3 {
            add(&other(&sound), is_sure);
        }
        for stem in letters::unended_sounds(&sound) {
            add(&other(stem), is_sure);
        }
    }
}

/// Whether a word can only be the name: by itself, or by what was said before it.
fn names_somebody(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.known.matches.is_empty() {
        return false;
    }
    let introduced = || match said_before(&tokens[..at]) {
        Some(Said::Name) => true,
        Some(Said::Person) => !token.known.spelt.iter().any(|spelt| is_said_of_oneself(spelt)),
        None => false,
    };
    token.known.matches.iter().any(|one| one.alone) || token.is_handle() || introduced()
}

/// Whether a word is a part of a name, and the word before or behind it another part of the same.
fn stands_beside(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).is_some_and(|before| is_pair(tokens, before));
    before || is_pair(tokens, at)
}

/// Whether a word and the next are parts of one name. `So young` is nobody yet, unless a name was announced.
fn is_pair(tokens: &[Token], at: usize) -> bool {
    let [one, other, ..] = &tokens[at..] else { return false };
    let is_same = |a: &Match, b: &Match| a.whose.0 == b.whose.0 && a.whose.1 != b.whose.1;
    let are_parts = || one.known.matches.iter().any(|a| other.known.matches.iter().any(|b| is_same(a, b)));
    let is_phrase = || are_a_phrase(&tokens[at..at + 2]) && said_before(&tokens[..at]) != Some(Said::Name);
    !one.known.matches.is_empty() && !other.known.matches.is_empty() && are_parts() && are_near(one, other) && !is_phrase()
}

/// Whether words are no more than a piece of some sentence.
fn are_a_phrase(tokens: &[Token]) -> bool {
    !tokens.iter().any(Token::is_capital) && spelling::are_a_phrase(tokens.iter().map(Token::spelt))
}

/// Whether two words are in one sentence, with next to nothing between them.
fn are_near(one: &Token, other: &Token) -> bool {
    let between = &one.text[one.range.end..other.range.start];
    let is_end = between.starts_with(['.', '!', '?', ';', ':']) && between.contains(char::is_whitespace);
    // `They will, may be`.
    let are_parted = || between.contains(',') && [one, other].iter().all(|token| !token.is_capital() && is_everyday(token.spelt()));
    between.chars().count() <= 3 && !between.contains('\n') && (!is_end || one.is_letter()) && !are_parted()
}

/// The words from the first on that make a name together: `Jo L I`, `J O L I`, `petr off`; none where they do not.
fn put_together<'t, 'a>(tokens: &'t [Token<'a>], particulars: &Particulars) -> &'t [Token<'a>] {
    let Some(first) = tokens.first() else { return tokens };
    let (mut all, mut letters, mut count) = (Cow::Borrowed(first.spelt()), first.is_letter(), 0);
    for (at, pair) in tokens.windows(2).enumerate() {
        let joined = particulars.joined.get(particulars.joined.partition_point(|name| **name < *all));
        let part = particulars.parts.get(particulars.parts.partition_point(|part| *part.spelt < *all)).filter(|_| letters);
        let goes_on = |name: &str| name.starts_with(&*all);
        if !(joined.is_some_and(|name| goes_on(name)) || part.is_some_and(|part| goes_on(&part.spelt)))
            || !are_near(&pair[0], &pair[1])
        {
            break;
        }
        all.to_mut().push_str(pair[1].spelt());
        letters &= pair[1].is_letter();
        let length = all.chars().count();
        let is_sure = || letters || length >= LONG && !are_a_phrase(&tokens[..at + 2]);
        let is_name = particulars.joined.binary_search_by(|name| (**name).cmp(&*all)).is_ok() && is_sure();
        if is_name || letters && length >= 3 && !spelt_so(&particulars.parts, &all).is_empty() {
            count = at + 2;
        }
    }
    &tokens[..count]
}

/// The word with what an apostrophe ties to it, as in `O'Brien` and `D'Souza`.
fn with_prefix(text: &str, word: Range<usize>) -> Range<usize> {
    let before = &text[..word.start];
    let Some(tied) = before.strip_suffix(['\'', '\u{2019}', '\u{2bc}']) else { return word };
    let letters = tied.chars().rev().take_while(|c| is_of_word(*c)).count();
    let start = tied.char_indices().rev().take(letters).last().map_or(tied.len(), |(start, _)| start);
    if (1..=2).contains(&letters) { start..word.end } else { word }
}
