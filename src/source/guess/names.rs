//! What names of folders and files stand for.

use crate::interview::Digest;

/// The id and the name that a folder's name stands for: what looks like a name of a person is no id, since exports carry ids.
pub(super) fn called(folder: &str) -> (String, Option<String>) {
    let is_id =
        folder.chars().any(|c| c.is_ascii_digit()) && folder.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match is_id {
        true => (folder.to_owned(), None),
        false => (format!("p-{}", Digest::of(folder.as_bytes()).short()), Some(folder.replace('_', " "))),
    }
}

/// A file's name without its ending, and the ending.
pub(super) fn parts(name: &str) -> (&str, String) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending.to_lowercase()),
        _ => (name, String::new()),
    }
}

/// A short word for a question.
pub(in crate::source) fn slug(stem: &str) -> String {
    let plain: String = stem.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(40).collect();
    // What has no letter that ids know is still one question.
    if slug.is_empty() { format!("q-{}", Digest::of(stem.as_bytes()).short()) } else { slug }
}

/// Numbers within names as people count: q2 before q10.
pub(super) fn natural(name: &str) -> Vec<(String, u64)> {
    let (mut parts, mut word, mut number) = (Vec::new(), String::new(), String::new());
    for c in name.chars().chain(['\0']) {
        match c.is_ascii_digit() {
            true => number.push(c),
            false => {
                if !number.is_empty() {
                    parts.push((std::mem::take(&mut word), number.parse().unwrap_or(u64::MAX)));
                    number.clear();
                }
                word.push(c);
            }
        }
    }
    parts.push((word, 0));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_in_the_order_in_which_people_number_them() {
        let mut names = ["q10", "q2", "intro", "q1", "q1-b"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["intro", "q1", "q1-b", "q2", "q10"]);
    }

    #[test]
    fn a_persons_name_is_never_an_id() {
        assert_eq!(called("a07"), ("a07".into(), None));
        let (id, name) = called("Amalie_Testperson");
        assert_eq!(name.as_deref(), Some("Amalie Testperson"));
        assert!(id.starts_with("p-") && !id.contains("malie"), "{id}");
        assert!(called("Ann 2").1.is_some(), "a space is no part of an id");
    }

    #[test]
    fn every_stem_is_a_word_that_ids_know() {
        assert_eq!(["Q1 - Intro!", "question_02", "回答", "__"].map(slug)[..2], ["q1-intro", "question-02"]);
        assert!(slug("回答").starts_with("q-") && slug("回答") != slug("質問"));
    }
}
