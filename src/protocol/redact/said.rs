//! What is said before a name: after it even a short or an everyday word is one.

use super::name::Token;

/// What the words before a word say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// A name comes: `my name is`, `call me`, `Ms`.
    Name,
    /// Somebody comes, or what they are: `I am`, `this is`.
    Person,
}

/// English, German, Dutch, French, Spanish, Italian, Portuguese, Polish, the Nordic languages, Russian and Ukrainian; folded.
const NAME: [&str; 56] = [
    "name is",
    "name s",
    "names",
    "call me",
    "called me",
    "calls me",
    "i m called",
    "i am called",
    "named",
    "i go by",
    "known as",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mister",
    "name ist",
    "ich heisse",
    "ich heiße",
    "nennt mich",
    "nennen sie mich",
    "herr",
    "frau",
    "naam is",
    "ik heet",
    "noem me",
    "meneer",
    "mevrouw",
    "m appelle",
    "appelez moi",
    "nom est",
    "prenom est",
    "monsieur",
    "madame",
    "me llamo",
    "nombre es",
    "llamame",
    "senor",
    "senora",
    "mi chiamo",
    "nome e",
    "signor",
    "signora",
    "me chamo",
    "chamo me",
    "senhor",
    "senhora",
    "nazywam sie",
    "na imie",
    "imie to",
    "jag heter",
    "jeg heter",
    "jeg hedder",
    "меня зовут",
    "мене звати",
    "зовут",
];

/// Likewise.
const PERSON: [&str; 17] = [
    "i am", "i m", "this is", "hi", "hello", "dear", "ich bin", "hier ist", "ik ben", "je suis", "soy", "sono", "eu sou", "jestem",
    "jag ar", "jeg er", "это",
];

/// What the last of some words say of the word behind them.
pub(super) fn said_before(tokens: &[Token]) -> Option<Said> {
    let ends_in = |phrase: &&str| {
        let mut before = tokens.iter().rev();
        phrase.split(' ').rev().all(|word| before.next().is_some_and(|token| token.is_spelt(word)))
    };
    if NAME.iter().any(&ends_in) {
        return Some(Said::Name);
    }
    PERSON.iter().any(ends_in).then_some(Said::Person)
}
