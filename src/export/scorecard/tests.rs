//! Scorecards as bytes: for everyone, the same twice, whatever people are called.

use super::page::read;
use super::scorecard;
use crate::export::report::tests::report;
use crate::export::tests::reviewed;
use crate::text::SafeText;

#[test]
fn a_scorecard_is_one_accessible_page_and_the_same_bytes_twice() {
    let made = report(&reviewed(), "ann", false);
    for person in &made.people {
        let bytes = scorecard(&made, person).expect("it keeps the rules of PDF/UA-1");
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.len() < 60_000, "{} bytes", bytes.len());
        assert_eq!(bytes, scorecard(&made, person).expect("it is made"));
    }
}

#[test]
fn the_page_says_who_how_sure_what_was_given_by_whom_and_why() {
    let made = report(&reviewed(), "ann", false);
    for person in &made.people {
        let page = read(&made, person);
        assert!(page.starts_with(person.called.as_str()), "{page}");
        for heading in ["Rubric profile", "Criterion", "Who heard how much"] {
            assert!(page.contains(heading), "{heading}: {page}");
        }
        for judged in &person.questions {
            for row in &judged.criteria {
                let first = row.name.as_str().split_whitespace().next().expect("a name has a word");
                assert!(page.contains(first), "{}: {page}", row.name);
                let mean = row.spread.map(|spread| format!("{:.1}", spread.mean));
                assert!(mean.is_none_or(|mean| page.contains(&mean)), "{}: {page}", row.name);
            }
            for quote in judged.quotes.iter().filter(|quote| !quote.words.is_empty()) {
                let word = quote.words.split_whitespace().next().expect("words");
                assert!(page.contains(&format!("“{word}")) && page.contains(quote.by.as_str()), "{page}");
            }
        }
    }
}

#[test]
fn any_name_and_any_length_is_a_page() {
    let mut made = report(&reviewed(), "ann", false);
    let mut person = made.people[0].clone();
    for name in ["", "a", "王小明 \u{1f9ea}", "محمد علي", "\u{202e}abc", &"Ö".repeat(256), &"word ".repeat(60), "\u{0301}\u{200d}"]
    {
        person.called = SafeText::name(name);
        assert!(scorecard(&made, &person).is_ok(), "{name:?}");
    }
    let row = person.questions[0].criteria[0].clone();
    person.questions[0].criteria = vec![row; 200];
    let quote = person.quotes().next().expect("there is one").clone();
    person.questions[0].quotes = vec![quote; 200];
    made.title = SafeText::line(&"title ".repeat(200));
    assert!(scorecard(&made, &person).is_ok());
}
