//! What must not be seen: others' work before the reveal, and candidates' names.

use std::sync::Arc;

use earmark::app::{Here, Start};
use earmark::interview::{Answer, AnswerId, Moment};
use earmark::journal::{Act, Subject};
use earmark::text::SafeText;
use ratatui::buffer::Buffer;

use crate::station::{Shelf, Station, batch, paper, reviewer};

/// A walk over every screen; a frame after each step.
const WALK: [&str; 16] = ["", "enter", "j l", "P", "g", "o", "enter", "tab", "tab", "v", "b", "2", "g", "P", "i", "esc"];

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

fn frames(station: &mut Station, walk: &[&str]) -> Vec<(String, Buffer)> {
    let mut frames = Vec::new();
    for keys in walk {
        station.waits(3_000).press(keys);
        for (width, height) in SIZES {
            frames.push((format!("after {keys:?} at {width}x{height}"), station.buffer(width, height)));
        }
    }
    frames
}

#[test]
fn before_the_reveal_no_screen_shows_one_byte_of_others_work() {
    let mut alone = Station::of("Mara", Shelf::new(), |_| {});
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 5);
    shelf.colleague("Tilda", 1);
    let mut among = Station::of("Mara", shelf, |_| {});
    for ((what, alone), (_, among)) in frames(&mut alone, &WALK).into_iter().zip(frames(&mut among, &WALK)) {
        assert_eq!(alone, among, "{what}");
    }
}

#[test]
fn while_one_question_is_open_others_stay_hidden_in_compare_too() {
    let mut shelf = Shelf::new();
    let mut alone = Station::of("Mara", shelf.clone(), |_| {});
    shelf.colleague("Ivo", 5);
    let mut among = Station::of("Mara", shelf, |_| {});
    for station in [&mut alone, &mut among] {
        station.press("enter o enter").waits(3_000).rates_everything(3).press("g home S j enter right S j enter");
    }
    for ((what, alone), (_, among)) in
        frames(&mut alone, &["P", "g", "o", "v"]).into_iter().zip(frames(&mut among, &["P", "g", "o", "v"]))
    {
        assert_eq!(alone, among, "{what}");
    }
    // After the last seal both differ.
    for station in [&mut alone, &mut among] {
        station.press("g home right right S j enter esc");
    }
    let last = |station: &mut Station, keys: &str| frames(station, &[keys]).pop().expect("a frame").1;
    assert_ne!(last(&mut alone, "P"), last(&mut among, "P"));
    let [alone, among] = [&mut alone, &mut among].map(|station| paper::rows(&last(station, "v")).join("\n"));
    // Four candidates and three criteria: my 3 and in brackets Ivo's 5, and nothing else that is another's.
    assert!(among.contains("A 3 (5)") && among.contains("B 3 (5)"), "{among}");
    assert!(!alone.contains('('), "{alone}");
    assert!(!among.contains("ZEPHYR"), "notes and quotes of others are not drawn here: {among}");
}

#[test]
fn no_candidates_name_is_on_any_screen_before_it_is_revealed() {
    let mut station = Station::demo();
    let mut walk = WALK.to_vec();
    walk.extend(["g", "I", "esc", "O", "esc", "S", "esc", "o", "m", "esc", "M", "esc", "?", "esc", ":", "esc"]);
    for keys in walk {
        station.waits(3_000).press(keys);
        for (width, height) in SIZES {
            let screen = station.screen(width, height);
            for part in batch::NAMES.iter().flat_map(|name| name.split(' ')).chain(["keeper@", "7946"]) {
                assert!(!screen.contains(part), "{part} after {keys:?}:\n{screen}");
            }
        }
    }
}

#[test]
fn revealing_a_name_asks_why_writes_it_and_shows_that_one_alone() {
    let mut station = Station::at_batch();
    station.press("I esc");
    assert_eq!(station.kinds(), [""; 0], "leaving reveals nothing");
    station.press("I j enter");
    let Some(Act::Revealed { what: Subject::Name(submission), reason }) = station.acts().last().copied() else { panic!("nothing") };
    assert_eq!(reason.as_ref().map(|reason| reason.as_str()), Some("I think I know this person"));
    let name = station.shelf.batch.submission(*submission).and_then(|s| s.candidate.name.clone()).expect("a name");
    assert!(station.screen(80, 24).contains("Step aside from"), "who knows the person is offered to step aside");
    station.press("esc");
    let screen = station.screen(80, 24);
    let seen: Vec<&str> = batch::NAMES.into_iter().filter(|other| screen.contains(other)).collect();
    assert_eq!(seen, [name.as_str()]);
    assert!(station.screen(120, 40).contains("names hidden"), "the others' names are");
    station.press("enter").waits(3_000);
    let title = station.screen(120, 40).lines().next().unwrap_or_default().to_owned();
    assert!(title.contains(name.as_str()) && !title.contains("names hidden"), "{title}");
    let mut again = station.again();
    assert!(again.press("enter").screen(80, 24).contains(name.as_str()), "it stays shown");
}

#[test]
fn a_window_that_only_reads_says_so_and_writes_nothing() {
    let mut shelf = Shelf::new();
    shelf.colleague("Mara", 3);
    shelf.colleague("Ivo", 3);
    for shelf in [Shelf::new(), Shelf::without_rubric(), shelf] {
        let mut station = Station::of("Mara", shelf, |start: &mut Start| start.read_only = true);
        assert!(station.screen(80, 24).contains("only reads"));
        station.press("enter");
        assert!(station.screen(80, 24).contains("only reading"));
        for keys in ["o", "enter", "4 e 0 F x +", "O enter", "M enter", "I enter", "S j enter", "R", "m", "p"] {
            station.waits(3_000).press(keys);
            if !station.app.overlays.is_empty() {
                station.type_text("text").happens(earmark::app::Event::Rested).press("enter");
            }
        }
        station.press("space").hears(9).press("u ctrl-r g A S j enter R");
        assert_eq!(station.acts(), [] as [&Act; 0]);
        assert_eq!(station.says(), "Another earmark is open on this library: this one only reads.");
    }
}

#[test]
fn a_note_on_one_candidate_names_no_other_on_any_screen_until_that_name_is_revealed() {
    let mut shelf = Shelf::new();
    shelf.colleague("Mara", 3);
    for candidate in 1..=5 {
        let (answer, submission) = (shelf.answer(candidate, 1), shelf.submission(candidate));
        let text = SafeText::block("OPAL-NOTE like Bram Quillfeather and Sunniva");
        let (who, revision) = (reviewer("Ivo"), shelf.batch.answer(answer).and_then(|(_, given)| given.revision));
        shelf.act(who, Act::Noted { answer, at: None, text: text.clone(), replaces: None });
        shelf.act(who, Act::Probed { answer, at: None, text: text.clone() });
        shelf.act(who, Act::Commented { submission, text: text.clone() });
        let span = earmark::interview::Span { start: Moment(2_000), end: Moment(4_000) };
        shelf.act(who, Act::Evidenced { answer, revision, criteria: vec![batch::slug("calm")], span, quote: text });
    }
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    let mut seen = 0;
    for keys in ["enter", "o enter", "tab", "g a v", "M", "down", "pgdn", "tab", "pgdn", "P", "g"] {
        station.waits(3_000).press(keys);
        for (width, height) in SIZES {
            let screen = station.screen(width, height);
            seen += usize::from(screen.contains("OPAL-NOTE"));
            for part in ["Bram", "Quillfeather", "Sunniva"] {
                assert!(!screen.contains(part), "{part} after {keys:?}:\n{screen}");
            }
        }
    }
    assert!(seen > 4, "what was written is shown: {seen}");
}

/// What a candidate must not be known by.
const GIVEN_AWAY: [&str; 5] = ["Ottoline", "Sunniva", "Dale", "keeper@", "7946"];

/// Ottoline says who she is in her first answer, Sunniva writes it in her last.
fn telling_shelf() -> Shelf {
    let mut shelf = Shelf::new();
    let said = batch::spoken("I am Ottoline, keeper@post.example or +44 20 7946 0958. I trim the lamp.");
    shelf
        .said
        .insert(shelf.answer(1, 1), Here { transcript: Some(Arc::new(said)), peaks: Arc::from([9; 2_000]), ..Here::default() });
    let text = "Sunniva Dale here. Write to keeper@post.example or call +44 20 7946 0958. A lens bends light.";
    shelf.batch.submissions[2].answers[2].text = Some(SafeText::block(text));
    shelf
}

/// Goes to an answer from wherever the order stands.
fn goes_to(station: &mut Station, answer: AnswerId) {
    let steps = station.desk().plan.steps.len();
    for key in ["n", "N"] {
        let mut left = steps;
        while station.answer() != answer && left > 0 {
            station.press(key);
            left -= 1;
        }
    }
    assert_eq!(station.answer(), answer);
    station.waits(3_000);
}

fn given_away(station: &mut Station) -> Vec<&'static str> {
    let screen = station.screen(200, 50);
    GIVEN_AWAY.into_iter().filter(|part| screen.contains(part)).collect()
}

#[test]
fn who_says_their_own_name_is_not_named_on_screen_nor_in_evidence_until_it_is_revealed() {
    let shelf = telling_shelf();
    let answer = shelf.answer(1, 1);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter");
    goes_to(&mut station, answer);
    assert_eq!(given_away(&mut station), [""; 0]);
    assert!(station.screen(200, 50).contains("I am [name], [e-mail] or [phone]"), "{}", station.screen(200, 50));
    station.hears(5).press("e");
    let Some(Act::Evidenced { quote, .. }) = station.acts().last().copied() else { panic!("no evidence") };
    assert!(quote.as_str().starts_with("I am [name], [e-mail]"), "{quote}");
    assert_eq!(given_away(&mut station), [""; 0]);
    station.press("I j enter esc");
    assert!(station.screen(200, 50).contains("I am Ottoline, keeper@post.example"), "{}", station.screen(200, 50));
}

#[test]
fn who_writes_their_own_name_is_not_named_until_it_is_revealed_and_all_of_it_can_be_read() {
    let shelf = telling_shelf();
    let answer = shelf.answer(3, 3);
    let given: Answer = shelf.batch.submissions[2].answers[2].clone();
    let length = given.text.as_ref().map_or(0, |text| text.as_str().chars().count() as u32);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter");
    goes_to(&mut station, answer);
    assert_eq!(given_away(&mut station), [""; 0]);
    let screen = station.screen(200, 50);
    assert!(screen.contains("[name] [name] here."), "{screen}");
    station.waits(60_000).press("N n");
    let read = &station.desk().mine().read[&answer];
    assert_eq!(read.of(given.revision).and_then(|spans| spans.iter().last().map(|span| span.end)), Some(Moment(length)));
    station.press("I j enter esc");
    assert!(station.screen(200, 50).contains("Sunniva Dale here. Write to"), "{}", station.screen(200, 50));
}

#[test]
fn where_pseudonyms_change_with_the_question_the_grid_and_dialogs_say_the_one_of_the_question_in_front() {
    let policy = "preset = \"standard\"\nseal = \"question\"\npseudonyms = \"per-question\"";
    let mut shelf = Shelf::without_rubric();
    shelf.attach(batch::rubric(&batch::RUBRIC.replacen("preset = \"standard\"", policy, 1)), Vec::new());
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter");
    for nth in 0..2 {
        let desk = station.app.desk.as_ref().expect("a batch");
        let (question, submission) = (desk.batch.interview.questions[nth].id.clone(), desk.shown[0]);
        let [stable, own] = [None, Some(&question)].map(|of| desk.shown_name(submission, of).text().to_string());
        assert_ne!(stable, own);
        for keys in ["", "I", "esc O", "esc &", "esc", "enter", "I", "esc O", "esc &", "esc w", "esc"] {
            let screen = station.waits(3_000).press(keys).screen(120, 40);
            assert!(screen.contains(&own), "no {own} on question {nth} after {keys:?}:\n{screen}");
            assert!(!screen.contains(&stable), "{stable} on question {nth} after {keys:?}:\n{screen}");
        }
        station.press("g right");
    }
    station.press("home P");
    let stable = station.app.desk.as_ref().map(|desk| desk.called(desk.shown[0]) == *desk.shown_name(desk.shown[0], None).text());
    assert_eq!(stable, Some(true), "over all questions it is the stable one");
}
