//! Someone who was handed a shortlist: hears what reviewers marked, decides, and scores nothing.

use earmark::app::{Command, Effect, Line, Screen};
use earmark::interview::{EventId, Moment, Span};
use earmark::journal::{Act, Decision};
use earmark::text::SafeText;
use serde_json::Value;

use super::linear::Talk;
use crate::station::{Shelf, Station, batch, reviewer};

/// Mara, to whom the batch was handed over after Ivo had sealed it: she is not on the panel.
fn handed() -> Station {
    handed_after(|_| {})
}

/// The same after somebody did something before Ivo sealed.
fn handed_after(before: impl FnOnce(&mut Shelf)) -> Station {
    let mut shelf = Shelf::new();
    before(&mut shelf);
    shelf.colleague("Ivo", 4);
    let (handoff, by) = (EventId(uuid::Uuid::from_u128(7)), Value::Null);
    shelf.act(reviewer("Mara"), Act::Received { handoff, from: by.clone(), by, until: None, names: false, covers: Vec::new() });
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter");
    station
}

#[test]
fn who_hears_a_value_and_goes_back_finds_the_table_and_what_it_rests_on_as_it_was() {
    let mut panel = Station::of(
        "Mara",
        {
            let mut shelf = Shelf::new();
            shelf.colleague("Ivo", 4);
            shelf
        },
        |_| {},
    );
    panel.press("enter o enter").rates_everything(2).seals_everything().press("g M");
    for (station, back) in [(&mut handed(), "esc"), (&mut handed(), "q"), (&mut panel, "esc")] {
        station.press("down tab");
        let rows = |screen: String| screen.lines().skip(1).take(35).map(str::to_owned).collect::<Vec<_>>();
        let before = rows(station.screen(120, 40));
        station.press("enter").waits(8_000).press(back);
        let after = rows(station.screen(120, 40));
        assert_eq!(before.join("\n"), after.join("\n"), "{back}");
    }
}

#[test]
fn who_was_handed_a_shortlist_decides_and_remarks_side_by_side_and_no_key_makes_her_a_reviewer() {
    let mut station = handed();
    let screen = station.screen(120, 40);
    assert!(matches!(station.app.screen(), Screen::Compare(compare) if compare.overall.is_some()), "{screen}");
    assert!(screen.contains("Ivo") || screen.contains('4'), "{screen}");
    let written = station.kinds().len();
    // Where an answer is heard no key rates, marks or seals.
    station.press("enter").waits(3_000);
    let screen = station.screen(120, 40);
    let foot = screen.lines().last().unwrap_or_default();
    assert!(matches!(station.app.screen(), Screen::Review(_)), "{screen}");
    assert!(!foot.contains("rate") && !foot.contains("seal") && !foot.contains("evidence"), "{foot}");
    for key in ["3", "e", "m", "p", "x", "S", "O", "ctrl-w"] {
        station.press(key);
        assert!(station.says().starts_with("You were handed these to decide on"), "{key}: {}", station.says());
    }
    let judged = |station: &Station| station.acts().iter().any(|act| act.judges());
    assert!(!judged(&station), "{:?}", station.kinds());
    station.press("v 3 i t");
    assert!(!judged(&station), "{:?}", station.kinds());
    assert!(station.kinds().len() >= written);
    // Side by side over all questions she decides on the selected column, and remarks on it.
    let mut station = handed();
    station.press("3");
    assert!(station.says().starts_with("You were handed these to decide on"), "{}", station.says());
    let second = match station.app.screen() {
        Screen::Compare(compare) => compare.overall.as_ref().expect("all questions").laid.columns[1],
        _ => panic!("not comparing"),
    };
    station.press("tab D enter enter enter");
    if station.screen(120, 40).contains("Why decide before everyone was heard?") {
        station.press("down enter");
    }
    let decided = |act: &&Act| matches!(act, Act::Decided { submission, .. } if *submission == second);
    assert_eq!(station.acts().into_iter().filter(decided).count(), 1, "{:?}", station.kinds());
    station.press("&").type_text("Ask about the rota").press("enter");
    let remarked = |act: &&Act| matches!(act, Act::Commented { submission, .. } if *submission == second);
    assert_eq!(station.acts().into_iter().filter(remarked).count(), 1, "{:?}", station.kinds());
    let screen = station.screen(120, 40);
    assert!(screen.contains("remark: Ask about the rota (you)") && screen.contains("decided: advance"), "{screen}");
}

#[test]
fn what_reviewers_recommend_stands_whole_in_words_where_there_is_room_and_else_in_signs() {
    let mut station = handed_after(|shelf| ["Zoe", "Kim"].iter().for_each(|who| _ = shelf.colleague(who, 3)));
    let mut row = |width| {
        let screen = station.screen(width, 40);
        screen.lines().find(|line| line.contains("Recommend")).unwrap_or_else(|| panic!("{screen}")).to_owned()
    };
    let (wide, narrow) = (row(200), row(80));
    assert!(wide.contains("Strong yes · Strong yes"), "{wide}");
    assert!(narrow.contains("Recommended -- to ++") && narrow.contains("++  ++") && !narrow.contains('…'), "{narrow}");
}

#[test]
fn five_stand_side_by_side_by_rank_with_their_names_whole() {
    let mut station = handed();
    station.press("g a M");
    let screen = station.screen(120, 40);
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    let side = compare.overall.as_ref().expect("all questions");
    assert_eq!(side.laid.columns.len(), 5, "{screen}");
    for id in &side.laid.columns {
        let called = station.desk().called(*id);
        assert!(screen.contains(called.as_str()), "{called}: {screen}");
    }
    let ranks: Vec<Option<u32>> = side.stands.iter().map(|one| one.as_ref().and_then(|one| one.rank)).collect();
    assert!(ranks.is_sorted_by_key(|rank| rank.unwrap_or(u32::MAX)), "{ranks:?}");
    assert!(screen.contains("Total, ± of these") && screen.contains("Rank, of these"), "{screen}");
}

/// Ivo marked, besides what a colleague marks of each answer, twelve to fourteen seconds of Bram's first for its second criterion,
/// and did so first.
fn marks_of_bram(shelf: &mut Shelf) {
    let answer = shelf.answer(2, 1);
    let revision = shelf.batch.answer(answer).and_then(|(_, given)| given.revision);
    let criteria = vec![batch::slug("calm")];
    let (span, quote) = (Span { start: Moment(12_000), end: Moment(14_000) }, SafeText::block("AMBER-QUOTE"));
    shelf.act(reviewer("Ivo"), Act::Evidenced { answer, revision, criteria, span, quote });
}

/// Goes to the cell of a criterion and a candidate, in Compare over all questions.
fn at_cell(station: &mut Station, candidate: usize, criterion: &str) {
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    let side = compare.overall.as_ref().expect("all questions");
    let submission = station.shelf.submission(candidate);
    let column = side.laid.columns.iter().position(|id| *id == submission).expect("a column");
    let is_row =
        |row: &earmark::app::Row| matches!(&row.line, Line::Criterion { number: 1, criterion: id, .. } if id.as_str() == criterion);
    let row = side.laid.rows.iter().position(is_row).expect("a row");
    (0..row).for_each(|_| _ = station.press("down"));
    (0..column).for_each(|_| _ = station.press("tab"));
}

fn sent_to(station: &Station) -> Option<Moment> {
    station.asked.iter().rev().find_map(|effect| match effect {
        Effect::Player(Command::Seek { at, .. } | Command::Load { at, .. }) => Some(*at),
        _ => None,
    })
}

#[test]
fn a_cell_is_heard_at_its_first_moment_with_its_criterion_and_z_goes_to_the_others() {
    let mut station = handed_after(marks_of_bram);
    station.press("g a M");
    at_cell(&mut station, 2, "calm");
    let rests = station.screen(120, 40);
    let first = |screen: &str, quote: &str| screen.find(quote).unwrap_or_else(|| panic!("{quote}: {screen}"));
    // As they lie in time, whoever marked first: what is listed first is heard first, and the next key goes to the next.
    assert!(first(&rests, "ZEPHYR-QUOTE") < first(&rests, "AMBER-QUOTE"), "{rests}");
    station.press("enter");
    let Screen::Review(review) = station.app.screen() else { panic!("not hearing") };
    let heard = station.desk().criteria(review.answer)[review.cursor.criterion].id.to_string();
    assert_eq!((heard.as_str(), sent_to(&station), station.app.deck.playing), ("calm", Some(Moment(1_000)), true));
    assert!(station.says().starts_with("The first of 2 moments"), "{}", station.says());
    // What both reviewers' moments are is on screen, with who, and the words that they are about are lit.
    let screen = station.screen(120, 40);
    assert!(screen.contains("AMBER-QUOTE") && screen.contains("ZEPHYR-QUOTE") && screen.contains("ZEPHYR-NOTE"), "{screen}");
    assert!(screen.contains("What reviewers gave") && !screen.contains("e marks evidence"), "{screen}");
    // The other one begins later and overlaps: on, back, and on again.
    station.press("z");
    assert_eq!((sent_to(&station), station.app.deck.playing), (Some(Moment(12_000)), true), "{}", station.says());
    station.press("Z");
    assert_eq!((sent_to(&station), station.app.deck.playing), (Some(Moment(1_000)), true), "{}", station.says());
    station.press("z");
    assert_eq!((sent_to(&station), station.app.deck.playing), (Some(Moment(12_000)), true), "{}", station.says());
    station.press("z");
    assert!(station.says().contains("no more evidence"), "{}", station.says());
    // Enter goes round among those of the selected criterion.
    station.press("enter");
    assert_eq!(sent_to(&station), Some(Moment(1_000)));
    station.press("enter");
    assert_eq!(sent_to(&station), Some(Moment(12_000)));
    assert!(!station.acts().iter().any(|act| act.judges()), "{:?}", station.kinds());
}

#[test]
fn every_key_that_the_foot_and_the_help_name_does_something_for_who_only_decides() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut station = handed();
        station.press("enter").waits(3_000).press("j");
        let screen = station.screen(width, height);
        let foot = screen.lines().last().unwrap_or_default();
        assert!(foot.contains("z next moment") && foot.contains("& remark"), "{foot}");
        for words in ["rate", "seal", "evidence", "missing", "note", "undo"] {
            assert!(!foot.contains(words), "{words}: {foot}");
        }
        station.press("?");
        let help = station.screen(width, 300);
        assert!(help.contains("Forward to the next evidence"), "{help}");
        for words in ["Rate the criterion", "Mark the last spoken", "Write a note", "Seal: lock", "Step aside", "Choose the rubric"]
        {
            assert!(!help.contains(words), "{words}: {help}");
        }
    }
}

#[test]
fn one_question_side_by_side_shows_who_only_decides_the_panels_points_and_asks_for_none() {
    let mut station = handed_after(marks_of_bram);
    station.press("g a M M");
    let screen = station.screen(120, 40);
    let title = screen.lines().find(|line| line.contains("Ratings of the panel")).unwrap_or_else(|| panic!("{screen}"));
    assert!(!title.contains("over B") && !screen.contains("Your ratings"), "{screen}");
    let row = screen.lines().find(|line| line.contains("A 4")).unwrap_or_else(|| panic!("{screen}"));
    assert!(!row.contains("A ."), "no place is kept for points that are never given: {row}");
    let before = screen.lines().next().map(str::to_owned);
    station.press("enter");
    let after = station.screen(120, 40);
    assert!(!after.contains("not rated yet") && after.lines().next().map(str::to_owned) != before, "{after}");
}

#[test]
fn the_grid_of_who_only_decides_counts_what_was_heard_and_decided_and_nothing_to_rate() {
    let mut station = handed();
    station.press("g");
    let screen = station.screen(120, 40);
    assert!(screen.contains("0 of 5 decided") && screen.contains("answers heard by you"), "{screen}");
    for words in ["rated", "sealed", "min left", "evidence asked"] {
        assert!(!screen.contains(words), "{words}: {screen}");
    }
    assert!(screen.contains("not heard"), "{screen}");
}

#[test]
fn where_the_rules_ask_to_hear_nothing_nothing_was_heard_by_that() {
    let settings = serde_json::json!({ "heard_min": 0 });
    let rules = Act::Protocol { hash: earmark::protocol::hash(&settings), settings, reason: None };
    let mut station = handed_after(|shelf| _ = shelf.act(reviewer("Ivo"), rules));
    assert_eq!(station.desk().rules.protocol.heard_min, 0.0);
    station.press("g");
    let screen = station.screen(120, 40);
    assert!(screen.contains(" 0 of ") && screen.contains("answers heard by you"), "{screen}");
    let rows = |screen: &str| screen.lines().filter(|row| row.contains("0%")).map(str::to_owned).collect::<Vec<_>>();
    assert!(!rows(&screen).is_empty() && rows(&screen).iter().all(|row| !row.contains('●')), "{screen}");
    // What was heard is.
    station.press("home enter").hears(batch::LENGTH / 1_000).press("g");
    let screen = station.screen(120, 40);
    assert!(screen.contains(" 1 of ") && screen.contains("● "), "{screen}");
}

/// The same with those of the batch on the shortlist.
fn listed(those: std::ops::RangeInclusive<usize>) -> Station {
    handed_after(|shelf| {
        for candidate in those {
            let act = Act::Shortlisted { submission: shelf.submission(candidate), on: true };
            shelf.act(reviewer("Mara"), act);
        }
    })
}

#[test]
fn line_by_line_notes_are_those_of_the_cell_that_where_names_and_where_tells_what_was_decided() {
    let mut station = handed_after(|shelf| {
        marks_of_bram(shelf);
        let (submission, reason) = (shelf.submission(2), SafeText::line("no nights"));
        let decision = Decision::Decline;
        shelf
            .act(reviewer("Ivo"), Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
    });
    station.press("g a M");
    at_cell(&mut station, 2, "calm");
    let mut talk = Talk::begin(station);
    let bram = talk.station.desk().called(talk.station.shelf.submission(2)).to_string();
    let place = talk.types("where");
    assert!(place.iter().any(|line| line.starts_with("Here: ") && line.contains(&bram)), "{place:#?}");
    assert!(place.iter().any(|line| *line == format!("{bram}: decided: decline: no nights.")), "{place:#?}");
    assert!(talk.types("notes").iter().any(|line| line.contains("AMBER-QUOTE")), "of the cell: {:#?}", talk.types("notes"));
    talk.station.press("tab");
    assert!(!talk.types("notes").iter().any(|line| line.contains("AMBER-QUOTE")), "of another: {:#?}", talk.types("notes"));
}

#[test]
fn who_was_erased_is_no_column_though_nobody_is_on_the_shortlist() {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let (handoff, by) = (EventId(uuid::Uuid::from_u128(7)), Value::Null);
    shelf.act(reviewer("Mara"), Act::Received { handoff, from: by.clone(), by, until: None, names: false, covers: Vec::new() });
    let subject = shelf.batch.submissions[1].candidate.id;
    shelf.act(reviewer("Ivo"), Act::Erased { subject, tombstone: serde_json::json!({ "reason": "asked for" }) });
    let gone = shelf.submission(2);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter g a M");
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    let columns = &compare.overall.as_ref().expect("all questions").laid.columns;
    assert!(!columns.contains(&gone) && columns.len() == 4, "{columns:?}");
}

#[test]
fn a_written_answers_evidence_has_no_time_side_by_side() {
    let mut station = handed_after(|shelf| {
        let answer = shelf.answer(3, 3);
        let revision = shelf.batch.answer(answer).and_then(|(_, given)| given.revision);
        let criteria: Vec<_> = shelf.rubric.iter().flat_map(|rubric| rubric.criteria()).map(|(_, one)| one.id.clone()).collect();
        let (span, quote) = (Span { start: Moment(31), end: Moment(60) }, SafeText::block("OCHRE-QUOTE"));
        shelf.act(reviewer("Ivo"), Act::Evidenced { answer, revision, criteria, span, quote });
    });
    station.press("g a M");
    let third = station.shelf.submission(3);
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    let side = compare.overall.as_ref().expect("all questions");
    let column = side.laid.columns.iter().position(|id| *id == third).expect("a column");
    let is_row = |row: &earmark::app::Row| matches!(&row.line, Line::Criterion { number: 3, .. });
    let row = side.laid.rows.iter().position(is_row).expect("a row");
    (0..row).for_each(|_| _ = station.press("down"));
    (0..column).for_each(|_| _ = station.press("tab"));
    let screen = station.screen(120, 60);
    let line = screen.lines().find(|line| line.contains("OCHRE-QUOTE")).unwrap_or_else(|| panic!("{screen}"));
    assert!(!line.contains("0:00"), "{line}");
}

#[test]
fn who_decides_is_told_the_keys_whenever_the_table_is_laid() {
    let (mut all, mut some) = (listed(1..=5), listed(1..=3));
    assert!(some.says().starts_with("2 more were handed to you; you took them off."), "{}", some.says());
    for station in [&mut all, &mut some] {
        for keys in ["", "down down esc M", "M M", "C C"] {
            station.press(keys);
            let says = station.says().to_owned();
            assert!(keys == "C C" || says.contains("Enter hears, D decides, & remarks."), "{keys}: {says}");
            // News are read to their end, also in a low window.
            let shown: String = station.screen(80, 24).lines().map(|row| format!("{} ", row.trim())).collect();
            assert!(shown.contains(&says), "{keys}: {says}\n{shown}");
        }
        // And the foot names them where there is no news.
        station.app.notice = None;
        for width in [80, 120] {
            let foot = station.screen(width, 24).lines().last().unwrap_or_default().to_owned();
            assert!(["D decide", "& remark", "? keys"].iter().all(|hint| foot.contains(hint)), "{foot}");
        }
    }
}

#[test]
fn which_columns_are_shown_is_said_and_home_and_end_go_to_the_ends() {
    let more = |shelf: &mut Shelf| {
        let pattern = shelf.batch.submissions[0].clone();
        shelf.batch.submissions.extend((0..15).map(|nth| {
            let (mut new, called) = (pattern.clone(), nth.to_string());
            new.id = earmark::interview::SubmissionId::derive(&["more", &called]);
            new.candidate.id = earmark::interview::CandidateId::derive(&["more", &called]);
            new.candidate.source_id = SafeText::line(&format!("m-{nth}"));
            new.candidate.name = Some(SafeText::name(&format!("More Person{nth}")));
            for one in &mut new.answers {
                one.id = earmark::interview::AnswerId::derive(&["more", &called, one.question.as_str()]);
            }
            new
        }));
    };
    let mut station = handed_after(more);
    station.press("g a M");
    for (width, height) in [(120, 40), (80, 24)] {
        // Which they are is told with `columns` where there is room.
        let head = |station: &mut Station, keys: &str| {
            let screen = station.press(keys).screen(width, height);
            let head = screen.lines().nth(1).unwrap_or_default();
            let told = head.find(" of 20").unwrap_or_else(|| panic!("{screen}"));
            let told = head[..told].trim().trim_start_matches("columns ");
            let (from, to) = told.split_once('–').unwrap_or_else(|| panic!("{told}: {screen}"));
            (from.parse::<usize>().expect("a number"), to.parse::<usize>().expect("a number"))
        };
        let (first, each) = head(&mut station, "home");
        assert!(first == 1 && (2..12).contains(&each), "{each}");
        assert_eq!(head(&mut station, "end"), (21 - each, 20));
        assert_eq!(head(&mut station, "tab"), (21 - each, 20), "there is nothing behind the last");
        assert_eq!(head(&mut station, "home"), (1, each));
    }
}

#[test]
fn in_a_low_window_what_was_decided_stands_above_and_first_below_each_quote_once_and_the_rest_is_a_key_away() {
    let mut station = handed_after(|shelf| ["Zoe", "Kim"].iter().for_each(|who| _ = shelf.colleague(who, 4)));
    // What goes past the gate is not behind Enter alone.
    station.press("D enter enter enter");
    assert!(station.screen(80, 24).contains("▶ Do not"), "{}", station.screen(80, 24));
    station.press("down enter");
    station.press("&").type_text("Ask about the rota").press("enter");
    let screen = station.screen(80, 24);
    let row = screen.lines().find(|line| line.contains(" Decided ")).unwrap_or_else(|| panic!("{screen}"));
    assert!(row.contains("advance"), "{row}");
    let at = |words: &str| screen.find(words).unwrap_or_else(|| panic!("{words}: {screen}"));
    assert!(at("decided: advance") < at("remark: Ask about the rota") && screen.contains("below: PgDn"), "{screen}");
    let mut seen = screen.clone();
    for _ in 0..8 {
        station.press("pgdn");
        seen.push_str(&station.screen(80, 24));
    }
    let end = station.screen(80, 24);
    assert!(seen.contains("ZEPHYR-QUOTE") && end.contains("the end; PgUp goes back"), "{end}");
    // Three marked the same.
    let whole = station.screen(120, 60);
    assert_eq!(whole.matches("ZEPHYR-QUOTE").count(), 1, "{whole}");
    station.press("down");
    assert!(station.screen(80, 24).contains("decided: advance"), "another value is read from its beginning");
}

#[test]
fn over_all_questions_the_screen_names_its_keys_whole_and_tells_nothing_of_an_answer_that_is_not_selected() {
    let mut station = handed_after(|shelf| {
        for candidate in 1..=5 {
            let act = Act::Shortlisted { submission: shelf.submission(candidate), on: true };
            shelf.act(reviewer("Mara"), act);
        }
    });
    let low = station.screen(80, 24);
    let note = low.lines().find(|line| line.contains("D decides")).unwrap_or_else(|| panic!("{low}"));
    assert!(note.contains("& remarks") && note.contains("of those handed to you alone"), "{note}");
    assert!(station.screen(120, 40).contains("Must have: Can work"), "{}", station.screen(120, 40));
    // What was heard from a value is not what is selected now.
    let head = |station: &mut Station| station.screen(120, 40).lines().next().unwrap_or_default().to_owned();
    station.press("enter").waits(3_000);
    assert!(head(&mut station).contains("0:"), "{}", head(&mut station));
    station.press("esc");
    assert!(!head(&mut station).contains("0:"), "{}", head(&mut station));
    station.press("?");
    let help = station.screen(120, 300);
    assert!(help.contains("The next column") && !help.contains(" 5 seconds"), "{help}");
}

#[test]
fn a_name_of_which_there_is_none_any_more_is_not_called_hidden() {
    let opened = |erases: bool| {
        let mut shelf = Shelf::new();
        shelf.colleague("Ivo", 4);
        let (handoff, by) = (EventId(uuid::Uuid::from_u128(7)), Value::Null);
        shelf.act(reviewer("Mara"), Act::Received { handoff, from: by.clone(), by, until: None, names: true, covers: Vec::new() });
        let gone = &mut shelf.batch.submissions[1].candidate;
        gone.name = None;
        let subject = gone.id;
        if erases {
            shelf.act(reviewer("Ivo"), Act::Erased { subject, tombstone: serde_json::json!({ "reason": "asked for" }) });
        }
        let mut station = Station::of("Mara", shelf, |_| {});
        station.press("enter").screen(120, 40).lines().next().unwrap_or_default().to_owned()
    };
    assert!(opened(false).contains("names hidden"), "{}", opened(false));
    assert!(!opened(true).contains("names hidden"), "{}", opened(true));
}

#[test]
fn who_has_sealed_all_opens_the_table_without_being_asked_to_read_the_rubric_again() {
    let mut shelf = Shelf::new();
    shelf.colleague("Mara", 3);
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter g M");
    let screen = station.screen(120, 40);
    assert!(matches!(station.app.screen(), Screen::Compare(compare) if compare.overall.is_some()), "{screen}");
    assert!(screen.contains("Must have: Can work at night") && !screen.contains("What each point means"), "{screen}");
}
