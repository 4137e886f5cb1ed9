//! Which known word a mistyped one was meant to be.

/// So many letters of a word are compared.
const LETTERS: usize = 64;

/// The known word that `word` was probably meant to be: as few letters away as a slip is, whatever is between the letters.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(LETTERS).collect::<String>();
    let wanted = plain(word);
    let slips = 1 + wanted.chars().count() / 4;
    let scored = known.into_iter().map(|known| (strsim::osa_distance(&wanted, &plain(known)), known));
    scored.filter(|(distance, _)| *distance <= slips).min().map(|(_, known)| known)
}

/// How many names a remedy lists.
const LISTED: usize = 12;

/// The remedy for a name that is not known: those that are.
pub fn known<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    let listed = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(LISTED) {
        _ if names.is_empty() => "there is none to name; leave it out".to_owned(),
        None | Some(0) => format!("known: {listed}"),
        Some(more) => format!("known: {listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_that_was_meant_and_a_stranger_finds_none() {
        let known = ["duration_ms", "transcript", "question", "file", "weight", "anchors", "look_for"];
        let check = |word, expected| assert_eq!(nearest(word, known), expected, "{word}");
        check("durationMs", Some("duration_ms"));
        check("transcirpt", Some("transcript"));
        check("Question", Some("question"));
        check("wieght", Some("weight"));
        check("lookfor", Some("look_for"));
        check("score", None);
        check("colour", None);
    }

    #[test]
    fn what_is_known_is_listed_up_to_a_dozen_and_never_as_nothing() {
        assert_eq!(known([]), "there is none to name; leave it out");
        assert_eq!(known(["a", "b", "a"]), "known: a, b");
        assert!(known("abcdefghijklmn".split("").filter(|one| !one.is_empty())).ends_with("k, l and 2 more"));
    }
}
