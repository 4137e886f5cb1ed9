//! E-mail addresses and phone numbers in a text: a person's own, and whatever looks like one.

use std::ops::Range;

use super::name::Token;
use super::{Particulars, Redacted, What};

/// Something@something.something, and the person's own address in any case.
pub(super) fn emails(text: &str, particulars: &Particulars) -> Vec<Redacted> {
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
pub(super) fn phones(text: &str, particulars: &Particulars) -> Vec<Redacted> {
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

/// Runs of digits that were written down as words, as speech recognition does: `oh one seven one …`.
pub(super) fn spoken_phones(tokens: &[Token], text: &str, particulars: &Particulars) -> Vec<Redacted> {
    let is_between = |text: &str| text.len() <= 3 && text.chars().all(|c| " ,-–/".contains(c));
    let (mut found, mut run) = (Vec::new(), Spoken::default());
    let numbers = tokens.iter().flat_map(|token| token.numbers().map(|(range, number)| (token.within(range), number)));
    for (range, number) in numbers {
        if !text.get(run.end..range.start).is_some_and(is_between) {
            found.extend(std::mem::take(&mut run).phone(particulars));
        }
        run.end = range.end;
        match number {
            Number::Digits(digits) => run.take(digits, range),
            Number::Times(times) => run.times = *times,
        }
    }
    found.extend(run.phone(particulars));
    found
}

/// What a word says in a number that is read out.
#[derive(Debug)]
pub(super) enum Number {
    /// Digits.
    Digits(String),
    /// How often the next is meant.
    Times(usize),
}

/// The digits in a word as it is compared, and where in the word: all of it, or the Chinese and Korean ones, which stand in a sentence
/// without a space.
pub(super) fn numbers(word: &str, spelt: &str) -> Vec<(Range<usize>, Number)> {
    let whole = |number: Number| vec![(0..word.len(), number)];
    match spelt {
        "double" | "doppel" | "doble" => return whole(Number::Times(2)),
        "triple" => return whole(Number::Times(3)),
        _ => {}
    }
    if spelt.bytes().all(|c| c.is_ascii_digit()) {
        return whole(Number::Digits(spelt.to_owned()));
    }
    if let Some(digit) = called(spelt) {
        return whole(Number::Digits(digit.to_string()));
    }
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let signs = if word.is_ascii() { "" } else { word };
    for (at, c) in signs.char_indices() {
        let Some(digit) = SIGNS.iter().position(|signs| signs.contains(c)) else { continue };
        let range = at..at + c.len_utf8();
        match found.last_mut().filter(|(before, _)| before.end == at) {
            Some((before, digits)) => {
                before.end = range.end;
                digits.push_str(&digit.to_string());
            }
            None => found.push((range, digit.to_string())),
        }
    }
    found.into_iter().map(|(range, digits)| (range, Number::Digits(digits))).collect()
}

/// Digits that follow each other.
#[derive(Default)]
struct Spoken {
    digits: String,
    range: Range<usize>,
    /// Where the last word ends.
    end: usize,
    /// How often the next is meant; 0 is once.
    times: usize,
    /// Whether one of them is a word.
    words: bool,
}

impl Spoken {
    fn take(&mut self, digits: &str, word: Range<usize>) {
        let start = if self.range.is_empty() { word.start } else { self.range.start };
        self.words |= word.len() > digits.len();
        self.digits.push_str(&digits.repeat(std::mem::take(&mut self.times).max(1)));
        self.range = start..word.end;
    }

    /// A phone number has seven digits; who counts says one after the other, and may begin again.
    fn phone(self, particulars: &Particulars) -> Option<Redacted> {
        let pairs = || self.digits.as_bytes().windows(2).map(|pair| (pair[0], pair[1]));
        let counts = pairs().all(|(one, next)| next == one + 1 || next <= b'1') || pairs().all(|(one, next)| one == next + 1);
        let is_own = particulars.phone.as_ref().is_some_and(|own| self.digits.len() >= 5 && own.ends_with(&self.digits));
        let is_phone = self.words && (is_own || self.digits.len() >= 7 && !counts);
        is_phone.then_some(Redacted { range: self.range, what: What::Phone })
    }
}

/// The digit that a word is called: English, German, Dutch, French, Spanish, Italian, Portuguese, Polish and Russian; folded.
fn called(spelt: &str) -> Option<u32> {
    Some(match spelt {
        "zero" | "oh" | "o" | "nought" | "null" | "nul" | "cero" | "ноль" | "нуль" => 0,
        "one" | "eins" | "een" | "un" | "uno" | "um" | "jeden" | "один" => 1,
        "two" | "zwei" | "zwo" | "twee" | "deux" | "dos" | "due" | "dois" | "dwa" | "два" => 2,
        "three" | "drei" | "drie" | "trois" | "tres" | "tre" | "trzy" | "три" => 3,
        "four" | "vier" | "quatre" | "cuatro" | "quattro" | "quatro" | "cztery" | "четыре" => 4,
        "five" | "funf" | "fuenf" | "vijf" | "cinq" | "cinco" | "cinque" | "piec" | "пять" => 5,
        "six" | "sechs" | "zes" | "seis" | "sei" | "szesc" | "шесть" => 6,
        "seven" | "sieben" | "zeven" | "sept" | "siete" | "sette" | "sete" | "siedem" | "семь" => 7,
        "eight" | "acht" | "huit" | "ocho" | "otto" | "oito" | "osiem" | "восемь" => 8,
        "nine" | "neun" | "negen" | "neuf" | "nueve" | "nove" | "dziewiec" | "девять" => 9,
        _ => return None,
    })
}

/// What Chinese, Japanese and Korean call them; 幺 is one on the phone.
const SIGNS: [&str; 10] = ["零〇공영", "一幺일", "二이", "三삼", "四사", "五오", "六육", "七칠", "八팔", "九구"];

/// The digits of a number, without what people write between them.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
