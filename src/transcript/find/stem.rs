//! Inflection: which forms of a word are one word, by the language's own rules.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::fold::{Token, fold};

/// A language whose inflection is known, or one in which words are only compared as they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Language(Option<Algorithm>);

impl Language {
    /// The language of a BCP 47 tag: its first part decides. English where there is no tag at all.
    pub fn of(tag: Option<&str>) -> Self {
        let Some(tag) = tag else { return Language(Some(Algorithm::English)) };
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Language(match primary.as_str() {
            // The names of people's languages, not of every algorithm that has a name.
            "nb" | "nn" => Some(Algorithm::Norwegian),
            short if short.len() <= 3 => Algorithm::from_name(short).ok(),
            _ => None,
        })
    }

    /// Whether it is English.
    pub(super) fn is_english(self) -> bool {
        self.0 == Some(Algorithm::English)
    }

    /// Whether it is German.
    pub(super) fn is_german(self) -> bool {
        self.0 == Some(Algorithm::German)
    }

    /// What a word's forms have in common, folded; the word itself where the language's rules are not known.
    pub(super) fn stem(self, token: &Token) -> String {
        let Some(algorithm) = self.0 else { return token.folded.clone() };
        // A number has no forms, and one letter is none of a word.
        if token.spelt.chars().count() < 3 || token.spelt.chars().any(char::is_numeric) {
            return token.folded.clone();
        }
        let spelt = singular(algorithm, &token.spelt);
        let stem = Stemmer::new(algorithm).stem(&spelt);
        if stem.is_ascii() {
            return stem.into_owned();
        }
        fold(&stem).into_iter().next().map_or_else(|| token.folded.clone(), |stem| stem.folded)
    }
}

/// A word as the rules take it: English has words from Greek (`hypothesis`, `analysis`) whose plural in -ses they do not know. Both are
/// taken for that.
fn singular(algorithm: Algorithm, spelt: &str) -> Cow<'_, str> {
    match spelt.strip_suffix("sis") {
        Some(begins) if algorithm == Algorithm::English && begins.chars().count() > 2 => Cow::Owned(format!("{begins}ses")),
        _ => Cow::Borrowed(spelt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: &str, forms: &[&str]) {
        let stem = |word: &&str| Language::of(Some(tag)).stem(&fold(word)[0]);
        let stems: Vec<String> = forms.iter().map(stem).collect();
        assert!(stems.iter().all(|stem| *stem == stems[0]), "{tag} {forms:?}: {stems:?}");
    }

    #[test]
    fn the_forms_of_a_word_share_a_stem_in_its_own_language() {
        check("en", &["deploy", "deployed", "deploying", "deploys"]);
        check("en", &["hypothesis", "hypotheses"]);
        check("en", &["diagnosis", "diagnoses"]);
        check("en", &["crisis", "crises"]);
        check("en-GB", &["try", "tries", "tried"]);
        check("de-AT", &["Fehler", "Fehlern", "Fehlers"]);
        check("es", &["aplicación", "aplicaciones"]);
        check("fr", &["équipe", "équipes"]);
        check("nb-NO", &["bilene", "biler", "bilen"]);
        check("ru", &["ошибка", "ошибки", "ошибкой"]);
    }

    #[test]
    fn without_rules_a_word_is_only_itself() {
        for tag in ["zh-Hant", "ja", "tlh", "", "lovins", "porter"] {
            assert_eq!(Language::of(Some(tag)).stem(&fold("Running")[0]), "running", "{tag}");
        }
        assert_eq!(Language::of(Some("en")).stem(&fold("1980s")[0]), "1980s");
    }
}
