//! Tests of finding: what is found by what is typed, and that the index finds what each transcript finds.

use std::ops::Range;

use proptest::prelude::*;

use super::fold::fold;
use super::*;
use crate::interview::{AnswerId, Moment};
use crate::transcript::{Transcript, read};

fn said(text: &str) -> Transcript {
    read(text.as_bytes(), "t.txt", None).expect("text").transcript
}

fn check(text: &str, phrase: &str, found: &[Range<usize>]) {
    assert_eq!(said(text).find(&Phrase::literal(phrase), None), found, "{phrase:?} in {text:?}");
}

#[test]
fn case_accents_and_punctuation_do_not_matter() {
    check("Well, my GUESS was: the disk.", "guess was", &one(2..4));
    check("El camión; así, sí.", "camion asi SÍ", &one(1..4));
    check("Straße und Øl", "strasse", &one(0..1));
    check("I don’t know, I don't", "dont", &[1..2, 4..5]);
    check("ΟΔΟΣ", "οδος", &one(0..1));
    check("Ёлка и йод", "елка", &one(0..1));
    check("by e-mail today", "e mail", &one(1..2));
    check("toute l’équipe", "equipe", &one(1..2));
    check("a ½ and ﬁne", "fine", &one(3..4));
}

fn one(range: Range<usize>) -> Vec<Range<usize>> {
    vec![range]
}

#[test]
fn only_whole_words_in_their_order_are_the_phrase() {
    check("rule out rules", "rule", &one(0..1));
    check("out rule", "rule out", &[]);
    check("no no no", "no no", &[0..2, 1..3]);
    check("anything", " ?! ", &[]);
}

#[test]
fn other_forms_of_its_words_are_the_phrase_too_unless_it_is_quoted() {
    let text = said("we deployed twice, and deploying is what broke it");
    assert_eq!(text.find(&Phrase::whole("deploy"), None), [1..2, 4..5]);
    assert_eq!(text.find(&Phrase::whole("deploys"), None), [1..2, 4..5]);
    assert_eq!(text.find(&Phrase::whole("\"deploying\""), None), one(4..5));
    assert_eq!(text.find(&Phrase::whole("deploy twice"), None), one(1..3));
    assert!(text.find(&Phrase::whole("deploy"), Some("ja")).is_empty());
    let aplicacion = said("la aplicación y las aplicaciones");
    assert_eq!(aplicacion.find(&Phrase::whole("aplicacion"), Some("es")), [1..2, 4..5], "typed without its accent");
}

#[test]
fn the_last_word_of_a_typed_phrase_may_be_unfinished() {
    let text = said("a hypothesis about hyphens");
    assert_eq!(text.find(&Phrase::typed("hyp"), None), [1..2, 3..4]);
    assert_eq!(text.find(&Phrase::typed("a hypo"), None), one(0..2));
    assert!(text.find(&Phrase::typed("hyp "), None).is_empty());
}

#[test]
fn writing_without_spaces_is_found_within_its_words() {
    check("宇宙守护神 保护我们", "守护", &one(0..1));
    check("神保护", "保护我", &[]);
    check("की का", "का", &one(1..2));
}

#[test]
fn what_stands_in_brackets_was_not_said_and_no_phrase_goes_on_over_it() {
    check("my name is [name], yes", "name", &one(1..2));
    check("my name is [name], yes", "is yes", &[]);
    check("my name is [name], yes", "[name]", &[]);
    check("call [phone] now", "call now", &[]);
}

#[test]
fn a_written_text_is_found_by_its_bytes() {
    let text = "First, über-\nall: we *tested* it; then test again";
    let found: Vec<&str> = find_in(text, &Phrase::whole("test"), None).into_iter().map(|bytes| &text[bytes]).collect();
    assert_eq!(found, ["*tested*", "test"]);
    assert_eq!(&text[find_in(text, &Phrase::whole("überall"), None).first().cloned().unwrap_or(0..0)], "");
}

fn answer(number: u32) -> AnswerId {
    AnswerId::derive(&[&number.to_string()])
}

/// The answer with this number, which is its rank too; ten answers to a question.
fn entry(number: u32) -> Entry {
    Entry { answer: answer(number), question: (number / 10) as u16, rank: number, covered: false }
}

fn volume(answers: &[(u32, &str)]) -> Volume {
    let mut binder = Binder::new(Language::of(Some("en")));
    for (number, text) in answers {
        binder.add_said(entry(*number), &said(text));
    }
    binder.bind()
}

fn places(index: &Index, phrase: &str) -> Vec<(u32, Range<u32>)> {
    let found = index.find(&Phrase::whole(phrase), 100, usize::MAX, |_| true);
    found.hits.into_iter().map(|hit| (hit.entry.rank, hit.words)).collect()
}

#[test]
fn hits_come_in_the_order_of_the_ranks_whichever_volume_they_are_in() {
    let mut index = Index::default();
    index.add(volume(&[(5, "my guess and my guesses"), (21, "my guess")]));
    index.add(volume(&[(3, "my guess"), (12, "nothing")]));
    assert_eq!(places(&index, "My Guess"), [(3, 0..2), (5, 0..2), (5, 3..5), (21, 0..2)]);
    assert_eq!(places(&index, "\"my guesses\""), [(5, 3..5)]);
    index.add(volume(&[(5, "another my guess")]));
    assert_eq!(places(&index, "my guess"), [(3, 0..2), (5, 1..3), (21, 0..2)], "an answer is replaced");
    index.remove(answer(5));
    assert_eq!(places(&index, "my guess"), [(3, 0..2), (21, 0..2)]);
    assert_eq!((index.len(), index.entry(answer(5))), (3, None));
}

#[test]
fn each_question_gives_its_first_hits_and_says_whether_there_are_more() {
    let mut index = Index::default();
    index.add(volume(&[(4, "yes yes"), (6, "yes"), (7, "yes")]));
    index.add(volume(&[(1, "yes"), (30, "yes yes")]));
    let found = index.find(&Phrase::whole("yes"), 2, usize::MAX, |_| true);
    let ranks: Vec<u32> = found.hits.iter().map(|hit| hit.entry.rank).collect();
    assert_eq!(ranks, [1, 4, 30, 30]);
    assert_eq!(found.cut.into_iter().collect::<Vec<_>>(), [0]);
    let allowed = index.find(&Phrase::whole("yes"), 9, usize::MAX, |entry| entry.rank > 6);
    assert_eq!(allowed.hits.len(), 3);
}

#[test]
fn a_hit_knows_its_moment_and_its_quote() {
    let vtt =
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nMy first guess\n\n00:01:05.500 --> 00:01:08.000\nwas, of course: the disk.\n";
    let mut binder = Binder::new(Language::of(None));
    binder.add_said(entry(0), &read(vtt.as_bytes(), "t.vtt", None).expect("captions").transcript);
    binder.add_written(entry(1), "The disk\nwas full.");
    let mut index = Index::default();
    index.add(binder.bind());
    let hits = index.find(&Phrase::typed("the dis"), 9, usize::MAX, |_| true).hits;
    assert_eq!(hits.iter().map(|hit| hit.at).collect::<Vec<_>>(), [Some(Moment(65_500)), None]);
    let quote = index.quote(&hits[0], 2);
    assert_eq!((quote.before.as_str(), quote.said.as_str(), quote.after.as_str()), ("… of course:", "the disk.", ""));
    let quote = index.quote(&hits[1], 1);
    assert_eq!((quote.before.as_str(), quote.said.as_str(), quote.after.as_str()), ("", "The disk", "was …"));
}

proptest! {
    #[test]
    fn the_index_finds_what_each_transcript_finds(
        texts in prop::collection::vec("([ab]{1,2}(ing|s|-b)? ){0,8}", 0..80),
        phrase in "[ab]{1,2}(ed|ing)?( [ab]{1,2}){0,2}",
        way in 0..3,
        cut in 0..80usize,
    ) {
        let phrase = match way { 0 => Phrase::literal(&phrase), 1 => Phrase::whole(&phrase), _ => Phrase::typed(&phrase) };
        let texts: Vec<(u32, String)> = (0..).zip(texts.into_iter().map(|text| format!(". {text}"))).collect();
        let borrowed: Vec<(u32, &str)> = texts.iter().map(|(number, text)| (*number, text.as_str())).collect();
        let (first, second) = borrowed.split_at(cut.min(borrowed.len()));
        let mut index = Index::default();
        index.add(volume(first));
        index.add(volume(second));
        let hits = index.find(&phrase, usize::MAX - 1, usize::MAX, |_| true).hits;
        // A little at a time finds the same.
        for each in [1, 3, usize::MAX - 1] {
            let whole = index.find(&phrase, each, usize::MAX, |_| true);
            let mut parts = index.find(&phrase, each, 1, |_| true);
            while parts.is_partial() {
                index.find_on(&mut parts, &phrase, each, 1, |_| true);
            }
            prop_assert_eq!(whole, parts);
        }
        let found: Vec<(u32, Range<u32>)> = hits.into_iter().map(|hit| (hit.entry.rank, hit.words)).collect();
        let expected: Vec<(u32, Range<u32>)> = borrowed
            .iter()
            .flat_map(|(number, text)| said(text).find(&phrase, Some("en")).into_iter().map(move |w| (*number, w)))
            .map(|(number, words)| (number, words.start as u32..words.end as u32))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_folding_panic(text in ".{0,60}") {
        for token in fold(&text) {
            prop_assert!(!token.folded.is_empty());
        }
    }
}
