//! Names in Cyrillic, Greek and Latin letters: how one script writes what the other does, and the endings that cases give a name.

/// The scripts whose names are told apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Other,
}

/// What a name's own form ends in, and what its other cases end in, as words are compared: `й` is `и` there.
struct Endings {
    own: &'static [&'static str],
    other: &'static [&'static str],
    /// Letters that a stem has at least.
    least: usize,
}

const CYRILLIC: Endings = Endings {
    own: &["ии", "ыи", "ая", "яя", "ои", "а", "я", "о", "е", "ь", "и", "і"],
    other: &[
        "", "а", "у", "ом", "ем", "е", "ы", "и", "ои", "еи", "ою", "ею", "ю", "я", "ым", "им", "ых", "их", "ому", "ему", "ого",
        "его", "ая", "яя", "ую", "юю", "ами", "ями", "ам", "ям", "ах", "ях", "ові", "еві", "ів", "і", "ь", "ыи", "ии",
    ],
    least: 3,
};

const GREEK: Endings = Endings {
    own: &["ουσ", "οσ", "ησ", "ασ", "ισ", "ου", "α", "η", "ο", "ι"],
    other: &["", "οσ", "ου", "ο", "ε", "οι", "ων", "ουσ", "ησ", "η", "ασ", "α", "εσ", "εωσ", "ισ", "ι"],
    least: 3,
};

/// Of Slavic names in Latin letters. Other languages' words end so too: only long stems with a capital count.
const LATIN: Endings = Endings {
    own: &["a", "o", "e", "y", "i"],
    other: &["a", "u", "om", "em", "iem", "owi", "ovi", "ou", "e", "ego", "iego", "emu", "iemu", "im", "ich"],
    least: 5,
};

/// What Slavic and Greek cases end in, by their sound.
const SOUNDS: [&str; 15] = ["a", "u", "om", "em", "e", "i", "oi", "os", "o", "s", "is", "as", "im", "ogo", "omu"];

impl Script {
    /// The script of a word, by its first letter.
    pub(super) fn of(word: &str) -> Self {
        match word.chars().next().map_or(0, u32::from) {
            0x41..=0x024f | 0x1e00..=0x1eff => Script::Latin,
            0x0400..=0x052f => Script::Cyrillic,
            0x0370..=0x03ff | 0x1f00..=0x1fff => Script::Greek,
            _ => Script::Other,
        }
    }

    fn endings(self) -> Option<&'static Endings> {
        match self {
            Script::Latin => Some(&LATIN),
            Script::Cyrillic => Some(&CYRILLIC),
            Script::Greek => Some(&GREEK),
            Script::Other => None,
        }
    }

    /// What stays of a name in all its cases, as far as the name tells: `павел` is `павл` in most.
    pub(super) fn stems(self, name: &str) -> Vec<String> {
        let Some(endings) = self.endings() else { return Vec::new() };
        let is_long = |stem: &str| stem.chars().count() >= endings.least;
        let own = endings.own.iter().filter_map(|ending| name.strip_suffix(ending)).find(|stem| is_long(stem));
        let stem = own.unwrap_or(name);
        let fleeting = || {
            let (at, last) = name.char_indices().next_back()?;
            let head = name[..at].strip_suffix(['е', 'о'])?;
            Some(format!("{head}{last}")).filter(|stem| stem.chars().count() >= 4)
        };
        let fleeting = if self == Script::Cyrillic && own.is_none() { fleeting() } else { None };
        std::iter::once(stem.to_owned()).chain(fleeting).filter(|stem| is_long(stem)).collect()
    }

    /// What may be the stem of an inflected word, longest first.
    pub(super) fn unended(self, word: &str) -> impl Iterator<Item = &str> {
        let endings = self.endings();
        let least = endings.map_or(0, |endings| endings.least);
        let other = endings.map_or(&[][..], |endings| endings.other);
        other.iter().filter_map(|ending| word.strip_suffix(ending)).filter(move |stem| stem.chars().count() >= least)
    }
}

/// What may be the sound of a stem behind an inflected word's sound.
pub(super) fn unended_sounds(sound: &str) -> impl Iterator<Item = &str> {
    SOUNDS.iter().filter_map(|ending| sound.strip_suffix(ending)).filter(|stem| stem.len() >= 4)
}

/// A folded word by its sound in Latin letters, in which the ways of writing it agree: Юлия, Yulia, Julija and Iuliia are `iulia`.
pub(super) fn sound(word: &str) -> String {
    let mut latin = String::with_capacity(word.len() + 4);
    let mut before = ' ';
    for c in word.chars() {
        match (before, c) {
            ('ο', 'υ') => latin.push('u'),
            ('α' | 'ε', 'υ') => latin.push('v'),
            _ => match in_latin(c) {
                Some(letters) => latin.push_str(letters),
                None => latin.push(c),
            },
        }
        before = c;
    }
    let mut sound = String::with_capacity(latin.len());
    let mut rest = latin.as_str();
    while let Some(first) = rest.chars().next() {
        let itself = &rest[..first.len_utf8()];
        let (from, to) = ALIKE.iter().copied().find(|(from, _)| rest.starts_with(from)).unwrap_or((itself, itself));
        for c in to.chars().filter(|c| *c != '\'') {
            if !sound.ends_with(c) {
                sound.push(c);
            }
        }
        rest = &rest[from.len()..];
    }
    // `Yelena` and `Elena`, `Sergei` and `Sergey`.
    sound.replace("ie", "e").replace("ei", "i")
}

/// Letters that transcriptions take one for the other; longer ones first.
const ALIKE: [(&str, &str); 20] = [
    ("shch", "s"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "h"),
    ("kh", "h"),
    ("zh", "z"),
    ("ts", "z"),
    ("tz", "z"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("ks", "x"),
    ("ou", "u"),
    ("yo", "e"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
    ("g", "h"),
];

/// A Cyrillic or Greek letter, folded, as Latin script mostly writes it.
fn in_latin(c: char) -> Option<&'static str> {
    Some(match c {
        'а' | 'α' => "a",
        'б' => "b",
        'в' | 'β' => "v",
        'г' | 'ґ' | 'γ' => "g",
        'д' | 'δ' => "d",
        'е' | 'є' | 'э' | 'ε' => "e",
        'ж' => "zh",
        'з' | 'ζ' => "z",
        'и' | 'і' | 'ы' | 'ј' | 'η' | 'ι' | 'υ' => "i",
        'к' | 'κ' => "k",
        'л' | 'λ' => "l",
        'м' | 'μ' => "m",
        'н' | 'ν' => "n",
        'о' | 'ο' | 'ω' => "o",
        'п' | 'π' => "p",
        'р' | 'ρ' => "r",
        'с' | 'σ' | 'ς' => "s",
        'т' | 'τ' | 'θ' => "t",
        'у' => "u",
        'ф' | 'φ' => "f",
        'х' | 'χ' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "yu",
        'я' => "ya",
        'ђ' | 'ћ' => "c",
        'љ' => "lj",
        'њ' => "nj",
        'џ' => "dz",
        'ξ' => "x",
        'ψ' => "ps",
        'ь' | 'ъ' => "'",
        _ => return None,
    })
}
