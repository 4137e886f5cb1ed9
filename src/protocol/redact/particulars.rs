//! What tells who a person is, made ready to be found: the parts of the name, the name in one word, and how other scripts write it.

use super::contact::digits;
use super::letters::{self, Script};
use super::signs::{self, Sign};
use super::spelling::{spellings, words};
use crate::interview::Candidate;
use crate::text::SafeText;

/// What tells who a person is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Particulars {
    /// The parts of the names as they are compared, in order.
    pub(super) parts: Vec<Part>,
    /// Names written in one word, in either order.
    pub(super) joined: Vec<String>,
    /// What people make of a name where they sign in: an initial and the other part.
    pub(super) handles: Vec<String>,
    /// Stems of parts, to which cases add their endings.
    pub(super) stems: Vec<Part>,
    /// Parts by their sound in Latin letters, for a text in another script.
    pub(super) sounds: Vec<Part>,
    /// Whether a name is in Cyrillic or Greek letters.
    has_other_scripts: bool,
    /// Names in scripts that put no spaces, and in Hangul, whose particles stick to the name; in order.
    pub(super) signs: Vec<Sign>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
}

/// A part of somebody's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Part {
    /// As it is compared.
    pub(super) spelt: String,
    /// Which of the people, and which of the parts of the name.
    pub(super) whose: (u32, u32),
    /// Whether it names somebody alone; a particle does so only beside another part.
    pub(super) alone: bool,
    /// The script of the name that it stands for.
    pub(super) script: Script,
}

/// Parts of names that are not a name.
const PARTICLES: [&str; 22] = [
    "al", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "la", "las", "le", "los", "of", "san",
    "van", "von", "the",
];

impl Particulars {
    /// What tells who a candidate is.
    pub fn of(candidate: &Candidate) -> Self {
        let mut particulars = Particulars::default();
        particulars.add(candidate, 0);
        let text = |text: &Option<SafeText>| text.as_ref().map(|text| text.as_str().trim().to_lowercase());
        particulars.email = text(&candidate.email).filter(|email| !email.is_empty());
        particulars.phone = candidate.phone.as_ref().map(|phone| digits(phone.as_str())).filter(|digits| digits.len() >= 5);
        particulars.sorted()
    }

    /// The names of several people, in what was written about one of them: candidates of a batch, reviewers by their labels.
    pub fn names_of<'a>(people: impl IntoIterator<Item = &'a Candidate>, labels: impl IntoIterator<Item = &'a SafeText>) -> Self {
        let mut particulars = Particulars::default();
        let mut next = 0..;
        for (candidate, whose) in people.into_iter().zip(&mut next) {
            particulars.add(candidate, whose);
        }
        for (label, whose) in labels.into_iter().zip(next) {
            particulars.add_name(label.as_str(), whose);
        }
        particulars.sorted()
    }

    fn add(&mut self, candidate: &Candidate, whose: u32) {
        self.add_name(candidate.name.as_ref().map_or("", |name| name.as_str()), whose);
        let email = candidate.email.as_ref().map(|email| email.as_str().trim().to_lowercase());
        // The part before the @ is often the name written in one.
        let local = email.as_deref().and_then(|email| email.split('@').next()).filter(|local| local.len() >= 5);
        for spelt in local.into_iter().flat_map(spellings) {
            self.parts.push(Part { spelt, whose: (whose, u32::MAX), alone: true, script: Script::Latin });
        }
    }

    fn add_name(&mut self, name: &str, whose: u32) {
        let plain = without_sequences(name);
        for name in if plain == name { vec![name] } else { vec![name, &plain] } {
            self.signs.extend(signs::of(name));
            let written: Vec<Vec<&str>> =
                name.split_whitespace().map(|word| words(word).map(|part| &word[part]).collect()).collect();
            // `王小明 Wang Xiaoming` is two names.
            let is_of_letters = |word: &Vec<&str>| !word.is_empty() && !word.iter().any(|part| signs::is_among(part));
            let written: Vec<Vec<&str>> = written.into_iter().filter(is_of_letters).collect();
            self.add_parts(&written, whose);
            self.add_joined(&written);
        }
    }

    /// Each part alone, and what hyphens and apostrophes join in one (`Annalena`; of `O'Brien-Kelly` also `OBrien`).
    fn add_parts(&mut self, written: &[Vec<&str>], whose: u32) {
        let mut nth = 0;
        for (at, word) in written.iter().enumerate() {
            let is_end = written.len() > 1 && (at == 0 || at + 1 == written.len()) && word.len() == 1;
            let joined = runs(word).map(|run| (run.concat(), nth));
            let each = word.iter().map(|part| (*part).to_owned()).zip(nth..);
            for (part, nth) in each.chain(joined) {
                for spelt in spellings(&part) {
                    self.add_part(spelt, (whose, nth), is_end);
                }
            }
            nth += word.len() as u32;
        }
    }

    fn add_part(&mut self, spelt: String, whose: (u32, u32), is_end: bool) {
        let alone = !PARTICLES.contains(&spelt.as_str());
        if spelt.chars().count() < 2 || !(alone || is_end) {
            return;
        }
        let script = Script::of(&spelt);
        let part = |spelt: String| Part { spelt, whose, alone, script };
        if alone {
            let stems = script.stems(&spelt);
            self.sounds.extend(stems.iter().chain([&spelt]).map(|stem| part(letters::sound(stem))));
            self.has_other_scripts |= matches!(script, Script::Cyrillic | Script::Greek);
            self.stems.extend(stems.into_iter().map(part));
        }
        self.parts.push(part(spelt));
    }

    /// The name in one word: as it is written, parts of it that follow each other (without `Dr.`), with the last part first, and the
    /// first and the last part alone.
    fn add_joined(&mut self, written: &[Vec<&str>]) {
        let [first, .., last] = written else {
            self.joined.extend(written.iter().flat_map(|word| spellings(&word.concat())).filter(|one| one.chars().count() >= 4));
            return;
        };
        let all = |words: &[Vec<&str>]| words.concat().concat();
        let rest = &written[..written.len() - 1];
        let names = [all(written), last.concat() + &all(rest), first.concat() + &last.concat(), last.concat() + &first.concat()];
        self.joined.extend(names.into_iter().chain(runs(written).map(all)).flat_map(|name| spellings(&name)));
        let initial = |word: &Vec<&str>| word.concat().chars().take(1).collect::<String>();
        let mut handles = vec![initial(first) + &last.concat(), first.concat() + &initial(last), last.concat() + &initial(first)];
        handles.extend(last.iter().map(|part| initial(first) + part));
        self.handles.extend(handles.iter().flat_map(|name| spellings(name)).filter(|one| one.chars().count() >= 3));
    }

    /// Whether a word in a script can be a name that is written in another.
    pub(super) fn sounds_matter(&self, script: Script) -> bool {
        match script {
            Script::Latin => self.has_other_scripts,
            Script::Cyrillic | Script::Greek => !self.sounds.is_empty(),
            Script::Other => false,
        }
    }

    fn sorted(mut self) -> Self {
        for parts in [&mut self.parts, &mut self.stems, &mut self.sounds] {
            parts.sort();
            parts.dedup();
        }
        for names in [&mut self.joined, &mut self.handles] {
            names.sort();
            names.dedup();
        }
        self.signs.sort();
        self.signs.dedup();
        self
    }
}

/// Two and more things of a row that follow each other. Nobody has more than eight names that matter.
fn runs<T>(row: &[T]) -> impl Iterator<Item = &[T]> {
    let row = &row[..row.len().min(8)];
    (0..row.len()).flat_map(move |from| (from + 2..=row.len()).map(move |to| &row[from..to]))
}

/// The parts that are spelt so.
pub(super) fn spelt_so<'a>(parts: &'a [Part], spelt: &str) -> &'a [Part] {
    let from = parts.partition_point(|part| part.spelt.as_str() < spelt);
    let count = parts[from..].partition_point(|part| part.spelt == spelt);
    &parts[from..from + count]
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
