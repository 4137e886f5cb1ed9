//! Choosing a rubric, and saying where a table goes: nothing is attached or written silently.

use earmark::app::{Effect, Event};

use crate::station::{Shelf, Station, batch};

fn attached(station: &Station) -> Vec<Vec<(String, String)>> {
    let map = |effect: &Effect| match effect {
        Effect::AttachRubric { map, .. } => Some(map.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect()),
        _ => None,
    };
    station.asked.iter().filter_map(map).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// Mara in the grid of a batch without rubric, with a file of that content named.
fn naming(toml: &str) -> Station {
    let mut station = Station::of("Mara", Shelf::without_rubric(), |_| {});
    station.files.insert("mine.toml".to_owned(), toml.to_owned());
    station.press("enter");
    assert!(station.says().contains("A chooses one"), "{}", station.says());
    station.press("A end enter").type_text("mine.toml").press("enter");
    station
}

#[test]
fn the_same_ids_are_shown_and_confirmed() {
    let mut station = naming(batch::RUBRIC);
    let screen = station.screen(80, 24);
    assert!(screen.contains("q1 is scored as q1"), "{screen}");
    assert_eq!(attached(&station).len(), 0);
    station.press("enter");
    assert_eq!(attached(&station), [pairs(&[("q1", "q1"), ("q2", "q2"), ("q3", "q3")])]);
    assert_eq!(station.desk().rubric.as_ref().map(|rubric| rubric.title.as_str()), Some("Lighthouse keeper"));
    assert!(station.says().contains("is attached"), "{}", station.says());
}

#[test]
fn other_ids_are_proposed_by_order_and_not_attached_without_a_yes() {
    let mut station = naming(batch::OTHER_IDS);
    let screen = station.screen(80, 24);
    assert!(screen.contains("look whether that is right") && screen.contains("q2 is scored as beta"), "{screen}");
    let mut no = naming(batch::OTHER_IDS);
    no.press("j enter");
    assert_eq!(attached(&no).len(), 0);
    assert!(no.desk().rubric.is_none());
    station.press("enter");
    assert_eq!(attached(&station), [pairs(&[("q1", "alpha"), ("q2", "beta"), ("q3", "gamma")])]);
    station.press("o");
    assert!(station.press("enter").screen(80, 24).contains("Stays calm"), "the rubric's criteria are rated by the map");
}

#[test]
fn a_rubric_of_another_shape_is_asked_question_by_question() {
    let two = batch::OTHER_IDS.rsplit_once("[[question]]").expect("three questions").0.to_owned();
    let mut station = naming(&two);
    assert!(station.screen(80, 24).contains("Which question of the rubric scores q1?"));
    assert!(station.screen(80, 24).contains("Tell us about a night"), "the batch's own question is shown");
    station.press("j enter");
    let screen = station.screen(80, 24);
    assert!(screen.contains("scores q2?") && !screen.contains("beta "), "what is taken is not offered again: {screen}");
    station.press("j enter j enter");
    assert!(station.screen(80, 24).contains("q1 is scored as beta"));
    assert_eq!(attached(&station).len(), 0);
    station.press("enter");
    assert_eq!(attached(&station), [pairs(&[("q1", "beta"), ("q2", "alpha")])]);
}

#[test]
fn a_wording_that_does_not_match_is_never_under_the_cursor() {
    let two = batch::OTHER_IDS.rsplit_once("[[question]]").expect("three questions").0.to_owned();
    // The second question matches no question of the batch any more.
    let two = two.replace("A ship does not answer your signal. What do you do first, and why?", "Which tools do you like?");
    let mut station = naming(&two);
    assert!(station.screen(80, 24).contains("▶ alpha"), "the same wording is proposed: {}", station.screen(80, 24));
    station.press("enter");
    let screen = station.screen(80, 24);
    assert!(screen.contains("scores q2?") && screen.contains("▶ Choose: none of these is plainly the same"), "{screen}");
    station.press("enter enter");
    assert!(station.screen(80, 24).contains("scores q2?"), "Enter alone ties nothing");
    assert!(station.says().contains("Nothing is chosen yet"), "{}", station.says());
    station.press("j enter end enter enter");
    assert_eq!(attached(&station), [pairs(&[("q1", "alpha"), ("q2", "beta")])]);
}

#[test]
fn as_many_questions_are_tied_by_their_order_only_where_the_wordings_agree() {
    let other =
        batch::OTHER_IDS.replace("A ship does not answer your signal. What do you do first, and why?", "Which tools do you like?");
    let mut station = naming(&other);
    let screen = station.screen(80, 24);
    assert!(screen.contains("Which question of the rubric scores q1?"), "{screen}");
    station.press("esc");
    assert_eq!(attached(&station).len(), 0);
}

#[test]
fn leaving_any_of_the_questions_attaches_nothing() {
    let two = batch::OTHER_IDS.rsplit_once("[[question]]").expect("three questions").0.to_owned();
    for keys in
        ["esc", "enter esc esc", "enter enter esc esc esc", "enter enter j enter esc esc esc esc", "enter enter j enter j enter"]
    {
        let mut station = naming(&two);
        station.press(keys);
        assert_eq!(attached(&station).len(), 0, "{keys}");
        assert!(station.app.overlays.is_empty(), "{keys}");
        assert_eq!(station.says(), "Nothing was attached.", "{keys}");
        assert!(station.desk().rubric.is_none());
    }
    let mut none = naming(&two);
    none.press("end enter end enter end enter");
    assert_eq!((attached(&none).len(), none.app.overlays.len()), (0, 0));
}

#[test]
fn esc_goes_one_question_back_and_forgets_what_was_said_there() {
    let two = batch::OTHER_IDS.rsplit_once("[[question]]").expect("three questions").0.to_owned();
    let mut station = naming(&two);
    station.press("j enter esc");
    let screen = station.screen(80, 24);
    assert!(screen.contains("scores q1?") && screen.contains("beta"), "what was taken is free again: {screen}");
    station.press("enter enter end enter");
    assert!(station.screen(80, 24).contains("q1 is scored as alpha"));
    station.press("esc");
    assert!(station.screen(80, 24).contains("scores q3?"), "from the last step too");
}

#[test]
fn the_rubrics_questions_are_shown_whole_at_60_columns() {
    let mut long = batch::OTHER_IDS.rsplit_once("[[question]]").expect("three questions").0.to_owned();
    let prompt =
        "Describe a time when the same thing failed twice, and say what you changed after the first failure and after the second";
    let at = long.find("prompt = \"").expect("a question has a prompt") + "prompt = \"".len();
    let end = at + long[at..].find('"').expect("it ends");
    long.replace_range(at..end, prompt);
    let mut station = naming(&long);
    let screen = station.screen(60, 24);
    let words: Vec<&str> = screen.split_whitespace().collect();
    let text = words.join(" ").replace("┃ ┃ ", "");
    assert!(text.contains(prompt), "{screen}");
}

#[test]
fn a_shipped_rubric_is_offered_and_a_file_that_is_not_there_is_said() {
    let mut station = Station::of("Mara", Shelf::without_rubric(), |_| {});
    station.press("A");
    let screen = station.screen(80, 24);
    assert!(screen.contains("support-engineer") && screen.contains("shipped with earmark"), "{screen}");
    station.press("end enter").type_text("nowhere.toml").press("enter");
    assert_eq!(station.says(), "That rubric cannot be attached: there is no such file");
}

#[test]
fn export_asks_for_a_place_and_says_what_it_wrote() {
    let exports = |station: &Station| {
        let paths = station.asked.iter().filter_map(|effect| match effect {
            Effect::Export { path, .. } => Some(path.clone()),
            _ => None,
        });
        paths.collect::<Vec<_>>()
    };
    let mut station = Station::at_batch();
    station.press("X");
    assert!(station.screen(80, 24).contains("/tables/keepers-of-the-north-light.csv"));
    station.press("esc");
    assert_eq!(exports(&station), [""; 0]);
    station.press("X ctrl-u").type_text("here.csv").press("enter");
    assert_eq!(exports(&station), ["here.csv"]);
    assert_eq!(station.says(), "Wrote 5 rows to here.csv");

    let mut reading = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    reading.press("enter X");
    assert!(reading.app.overlays.is_empty() && reading.says().contains("only reads"), "{}", reading.says());
    reading.press("enter");
    assert_eq!(exports(&reading), [""; 0]);
}

#[test]
fn a_rubric_that_someone_attaches_meanwhile_is_read_before_the_first_digit_counts() {
    let mut station = Station::of("Mara", Shelf::without_rubric(), |_| {});
    station.press("enter o").waits(3_000);
    station.shelf.attach(batch::rubric(batch::RUBRIC), Vec::new());
    let (batch, event) = (station.shelf.batch.id, station.shelf.events.last().cloned().expect("it was attached"));
    station.happens(Event::RubricIs { batch, rubric: Box::new(batch::rubric(batch::RUBRIC)) });
    station.happens(Event::Others(vec![event])).press("3");
    assert!(station.app.reads_first(), "{}", station.screen(80, 24));
    assert_eq!(station.kinds(), Vec::<String>::new());
    station.press("enter").waits(3_000).press("3");
    assert_eq!(station.kinds(), ["acknowledged", "rated"]);
}

#[test]
fn journals_are_exchanged_through_the_folder_of_the_last_time() {
    let mut station = Station::at_batch();
    station.app.exchange_folder = "/shared".to_owned();
    station.press("E enter");
    assert_eq!(station.says(), "3 events came, 2 went through /shared");
    station.press("E").type_text("/stick").press("enter");
    assert!(station.says().ends_with("/shared/stick"), "what stood there can be added to: {}", station.says());
    assert_eq!(station.app.exchange_folder, "/shared/stick");
}
