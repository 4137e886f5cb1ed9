//! What is found alike, and what is not.

use super::*;
use crate::scorer::said::testing::spoken;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    /// Words of which few are frequent and most are rare, as in speech.
    fn word(&mut self) -> String {
        let most = 1 << (1 + self.below(12));
        format!("w{}", self.below(most))
    }

    fn words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.word()).collect()
    }
}

fn text(words: &[String], owner: u64) -> Text {
    Text::of(&spoken(&words.join(" ")), owner, &Asked::default())
}

#[test]
fn answers_with_one_word_in_ten_changed_are_found_and_others_are_not() {
    let mut dice = Dice(7);
    let originals: Vec<Vec<String>> = (0..400).map(|_| dice.words(150)).collect();
    let changed = |words: &Vec<String>, dice: &mut Dice| -> Vec<String> {
        words.iter().map(|word| if dice.below(10) == 0 { dice.word() } else { word.clone() }).collect()
    };
    let mut texts: Vec<Text> = originals.iter().enumerate().map(|(nth, words)| text(words, nth as u64)).collect();
    for (nth, original) in originals.iter().take(200).enumerate() {
        texts.push(text(&changed(original, &mut dice), 1_000 + nth as u64));
    }
    let found: HashSet<(usize, usize)> = pairs(&texts).iter().map(|pair| (pair.a, pair.b)).collect();
    let planted = (0..200).filter(|nth| found.contains(&(*nth, 400 + nth))).count();
    assert!(planted >= 199, "{planted} of 200 found");
    assert!(found.len() <= planted + planted / 20, "{} found, {planted} planted", found.len());
}

#[test]
fn a_passage_that_two_read_from_one_script_is_shown_side_by_side() {
    let mut dice = Dice(3);
    let script = dice.words(30);
    let with = |before: usize, after: usize, dice: &mut Dice| [dice.words(before), script.clone(), dice.words(after)].concat();
    let (a, b) = (with(80, 90, &mut dice), with(20, 100, &mut dice));
    let found = pairs(&[text(&a, 1), text(&b, 2), text(&dice.words(150), 3)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].is_whole());
    let passage = &found[0].passages[0];
    assert!(passage.a.start <= 80 && passage.a.end >= 110, "{passage:?}");
    assert_eq!(passage.a.start + 20, passage.b.start + 80);
}

#[test]
fn what_differs_within_a_passage_does_not_cut_it() {
    let mut dice = Dice(5);
    let words = dice.words(60);
    let mut other = words.clone();
    other[30] = "otherwise".to_owned();
    let found = pairs(&[text(&words, 1), text(&other, 2)]);
    assert_eq!(found[0].passages, [Passage { a: 0..60, b: 0..60 }]);
}

#[test]
fn a_person_is_not_compared_with_himself_and_short_answers_with_no_one() {
    let mut dice = Dice(9);
    let words = dice.words(100);
    assert_eq!(pairs(&[text(&words, 1), text(&words, 1)]), []);
    assert_eq!(pairs(&[text(&words[..15], 1), text(&words[..15], 2)]), []);
}

#[test]
fn repeating_the_question_makes_nobody_alike() {
    let mut dice = Dice(11);
    let question = dice.words(24);
    let asked = Asked::of([question.join(" ").as_str()]);
    let answer = |owner: u64, dice: &mut Dice| {
        let words = [question.clone(), dice.words(25)].concat();
        Text::of(&spoken(&words.join(" ")), owner, &asked)
    };
    let texts = [answer(1, &mut dice), answer(2, &mut dice)];
    assert!(pairs(&texts).iter().all(|pair| !pair.is_whole()), "{:?}", pairs(&texts));
}

#[test]
fn a_script_that_a_crowd_reads_comes_out_as_a_chain_without_a_gap() {
    let mut dice = Dice(13);
    let script = dice.words(120);
    let texts: Vec<Text> = (0..100).map(|owner| text(&script, owner)).collect();
    let found = pairs(&texts);
    for nth in 0..99 {
        assert!(found.iter().any(|pair| (pair.a, pair.b) == (nth, nth + 1)), "{nth} is not linked");
    }
    assert!(found.len() < 400, "{}", found.len());
}

#[test]
fn one_script_is_one_finding_with_its_people_and_an_independent_pair_is_another() {
    let mut dice = Dice(17);
    let (script, other) = (dice.words(120), dice.words(90));
    let changed = |dice: &mut Dice| -> Vec<String> {
        script.iter().map(|word| if dice.below(12) == 0 { dice.word() } else { word.clone() }).collect()
    };
    let mut texts: Vec<Text> = (0..9).map(|owner| text(&changed(&mut dice), owner)).collect();
    texts.extend([text(&other, 20), text(&other, 21)]);
    // Who shares one passage with the script's readers and another with somebody else joins neither to the other.
    let (bridge, alone) = (dice.words(40), dice.words(100));
    texts.push(text(&[&script[..30], &bridge[..]].concat(), 22));
    texts.push(text(&[&alone[..], &bridge[..]].concat(), 23));
    let found = pairs(&texts);
    let groups = groups(&found);
    let answers: Vec<&[usize]> = groups.iter().map(|group| &group.answers[..]).collect();
    assert_eq!(groups.len(), 3, "{answers:?}");
    assert!(answers.contains(&&[9, 10][..]) && answers.contains(&&[11, 12][..]), "{answers:?}");
    let script = groups.iter().find(|group| group.answers.starts_with(&[0, 1, 2, 3, 4, 5, 6, 7, 8])).expect("nine and one");
    assert!(script.pairs.len() >= 36 && script.likeness.0 <= script.likeness.1, "{script:?}");
    assert_eq!(groups.iter().map(|group| group.pairs.len()).sum::<usize>(), found.len(), "each pair is in one");
}

#[test]
fn every_difference_of_two_passages_is_found_where_it_is() {
    let (a, b) = (
        spoken("we met at noon and then I called the old customer twice"),
        spoken("we met at one and then I called the customer, twice again"),
    );
    let found = differences(&a, &b, &Passage { a: 0..12, b: 0..12 });
    assert_eq!(found, [(3..4, 3..4), (9..10, 9..9), (12..12, 11..12)]);
    assert_eq!(differences(&a, &a, &Passage { a: 0..12, b: 0..12 }), []);
}

#[test]
fn what_is_written_down_of_a_pair_does_not_depend_on_the_order_of_the_answers() {
    let mut dice = Dice(19);
    let words = dice.words(80);
    let found = pairs(&[text(&words, 1), text(&words, 2)]);
    let turned: Vec<Pair> = found.iter().map(|pair| Pair { a: pair.b, b: pair.a, ..pair.clone() }).collect();
    let id = |nth: usize| format!("answer {nth}");
    assert_eq!(statement(&found, 0, id), statement(&turned, 0, id));
    assert_ne!(statement(&found, 0, id), statement(&found, 1, id));
}
