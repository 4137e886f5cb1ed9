//! What is left of a name once case, width and composition are taken away: two that meet there are one name in two spellings.

use unicode_normalization::UnicodeNormalization;

/// A name without what tells nobody apart: compatibility forms are plain (NFKC, so `Ｃ１` is `c1`), case is folded in full (`Straße` and
/// `STRASSE` are both `strasse`), and an i has its dot or none, as Turkish capitals go either way. For comparing, never for showing.
pub fn folded(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // By way of the capitals, as ß has two of them, and ẞ only a small letter of its own.
    let plain = name.nfkc().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(name.len());
    for letter in plain.nfkc() {
        let is_second_dot = letter == '\u{307}' && folded.ends_with('i');
        if !is_second_dot {
            folded.push(letter);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn spellings_of_one_name_meet_and_other_names_stay_apart() {
        let one = |a: &str, b: &str| assert_eq!(folded(a), folded(b), "{a} {b}");
        one("Straße", "STRASSE");
        one("STRAẞE", "strasse");
        one("İst", "ist");
        one("IŞIK", "ışık");
        one("C1", "Ｃ１");
        one("ΟΔΟΣ", "οδος");
        one("Ann ", "ann");
        one("e\u{301}", "É");
        one("ﬁn", "FIN");
        for (a, b) in [("Ann", "Anna"), ("C1", "C11"), ("ö", "o"), ("ż", "z"), ("王", "玉")] {
            assert_ne!(folded(a), folded(b));
        }
    }
}
