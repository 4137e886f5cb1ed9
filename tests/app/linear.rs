//! The review line by line: the same application, driven by words and told in lines.

use earmark::app::{Here, Screen, Slot};
use earmark::interview::Moment;
use earmark::journal::Act;
use earmark::tui::keymap::Keymap;
use earmark::tui::plain::{Did, Plain};

use crate::station::{Shelf, Station, Writing, batch};

/// A person who reads lines and types them.
pub(super) struct Talk {
    pub(super) station: Station,
    plain: Plain,
    /// How many lines meant nothing.
    unknown: usize,
}

impl Talk {
    pub(super) fn begin(station: Station) -> Self {
        let mut plain = Plain::new(Keymap::new());
        plain.news(&station.app);
        Talk { station, plain, unknown: 0 }
    }

    /// At the first answer of the order, the rubric read.
    fn reviewing() -> Self {
        let mut talk = Talk::begin(Station::at_batch());
        talk.types("review");
        talk.types("");
        talk
    }

    /// Types a line; returns what is told then.
    pub(super) fn types(&mut self, line: &str) -> Vec<String> {
        let mut told = Vec::new();
        self.plain.line(&self.station.app, line);
        while let Some(did) = self.plain.next(&self.station.app) {
            match did {
                Did::Event(event) => drop(self.station.happens(event)),
                Did::Say(lines) => told.extend(lines.into_iter().map(|line| line.text.to_string())),
                Did::Unknown(line) => {
                    self.unknown += 1;
                    told.push(line.text.to_string());
                }
                Did::Wait(_) => {}
            }
            told.extend(self.news());
        }
        told
    }

    fn news(&mut self) -> Vec<String> {
        if let Some(event) = self.plain.read(&self.station.app) {
            self.station.happens(event);
        }
        self.plain.news(&self.station.app).into_iter().map(|line| line.text.to_string()).collect()
    }

    /// Time passes, without anything to draw.
    fn waits(&mut self, ms: i64) -> &mut Self {
        self.station.now += jiff::SignedDuration::from_millis(ms);
        self
    }
}

#[track_caller]
fn has(told: &[String], words: &str) {
    assert!(told.iter().any(|line| line.contains(words)), "{words:?} in {told:#?}");
}

#[test]
fn what_was_hidden_in_a_word_is_told_with_a_mark() {
    let mut shelf = Shelf::new();
    let said = std::sync::Arc::new(batch::spoken("so Ma\u{200b}ria \u{202e}went\u{202c} home."));
    let answers = shelf.batch.submissions.iter().flat_map(|submission| &submission.answers);
    let here = || Here { transcript: Some(said.clone()), peaks: vec![90; 200].into(), ..Here::default() };
    shelf.said = answers.map(|answer| (answer.id, here())).collect();
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter");
    let mut talk = Talk::begin(station);
    talk.types("review");
    talk.types("");
    has(&talk.types("transcript"), "so Maria␦ went␦ home.");
}

#[test]
fn the_rubric_is_told_before_the_first_answer_plays_and_an_empty_line_says_that_it_was_read() {
    let mut talk = Talk::begin(Station::at_batch());
    let told = talk.types("review");
    has(&told, "answer 1 of");
    has(&told, "Puts the light first, and says so.");
    has(&told, "An empty line says that you have read it");
    assert!(!talk.station.app.deck.playing);
    let told = talk.types("");
    has(&told, "Playing from 0:00 at 1.5x");
    assert!(talk.station.kinds().contains(&"acknowledged".to_owned()));
}

#[test]
fn digits_rate_as_keys_do_and_are_not_taken_in_the_first_two_seconds() {
    let mut talk = Talk::reviewing();
    let told = talk.types("4");
    has(&told, "4 was not taken: this answer has just begun");
    talk.waits(3_000);
    let told = talk.types("4");
    has(&told, "Stays calm and orders the work: 4.");
    has(&told, "Next: Finds the cause.");
    let told = talk.types("35");
    has(&told, "Finds the cause: 3.");
    has(&told, "Leaves a record for the next watch: 5.");
    has(&told, "needs evidence");
}

#[test]
fn what_is_on_disk_is_called_saved_and_not_before() {
    let mut talk = Talk::reviewing();
    talk.waits(3_000).station.writing = Writing::OnDemand;
    let told = talk.types("4");
    assert!(!told.iter().any(|line| line == "Saved."), "{told:#?}");
    talk.station.saves();
    assert_eq!(talk.news(), ["Saved."]);
}

#[test]
fn a_rating_by_name_is_the_same_act_as_by_key() {
    let mut talk = Talk::reviewing();
    let told = talk.types("rate finds 4");
    has(&told, "Finds the cause: 4.");
    has(&talk.types("rate 2 3.5"), "Finds the cause: 3.5.");
    has(&talk.types("rate 2 2,5"), "Finds the cause: 2.5.");
    has(&talk.types("rate calm no"), "not observed");
    has(&talk.types("rate nothing 4"), "There is no criterion “nothing”");
    has(&talk.types("rate finds 9"), "9 is not on the scale of 1 to 5.");
    let rated = talk.station.acts().into_iter().filter(|act| matches!(act, Act::Rated { .. })).count();
    assert_eq!((rated, talk.unknown), (4, 1));
}

#[test]
fn a_transcript_asked_for_before_an_answer_is_open_says_how_one_is_opened() {
    let mut talk = Talk::begin(Station::at_batch());
    has(&talk.types("transcript"), "No answer is open: go opens one, as in go 2 1.");
    talk.types("review");
    talk.types("");
    assert!(!talk.types("transcript").iter().any(|line| line.contains("No answer is open")));
}

#[test]
fn keys_do_what_they_do_on_the_screen_one_or_several_in_a_line() {
    let mut talk = Talk::reviewing();
    talk.waits(3_000);
    has(&talk.types("space"), "Paused at 0:00.");
    has(&talk.types("l l"), "At 0:10.");
    has(&talk.types("seek 0:04.5"), "At 0:04.");
    let told = talk.types("speed 1.8");
    assert_eq!(told.iter().filter(|line| line.starts_with("Now ")).count(), 1, "{told:?}");
    has(&talk.types("speed 9"), "9.0x is no speed: 0.5x to 3.0x.");
    has(&talk.types("j"), "Finds the cause: not rated.");
    has(&talk.types("k 4 4"), "Finds the cause: 4.");
    has(&talk.types("a"), "a works in Batch: Select everyone who is shown; in Compare: Hear A");
    has(&talk.types("ctrl-x"), "ctrl-x works in Compare: Take back how the two columns compare on this criterion");
    assert_eq!(talk.station.app.deck.at(Slot(0)), Moment(4_500));
}

#[test]
fn what_was_said_and_where_one_is_are_told_on_request_and_not_otherwise() {
    let mut talk = Talk::reviewing();
    talk.station.hears(8);
    assert!(talk.news().is_empty(), "nothing talks over the answer");
    let told = talk.types("where");
    has(&told, "At 0:08 of 0:20, playing, 1.5x, silences heard.");
    has(&told, "Rated 0 of 3.");
    let said = talk.types("said");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(talk.types("transcript").len() > 1);
    assert!(talk.types("transcript 0:00 0:02").len() < talk.types("transcript").len());
    has(&talk.types("question"), "Conditions: think 30 s, answer 90 s, retakes 1.");
    has(&talk.types("anchors"), "3: Puts the light first, and says so.");
    has(&talk.types("criteria"), "1. Stays calm and orders the work, weight 2: not rated. The next digit rates this.");
    has(&talk.types("captions on"), "Each sentence is told as it begins.");
    talk.station.hears(4);
    assert_eq!(talk.news().len(), 1, "the sentence that is being spoken");
}

#[test]
fn notes_evidence_and_follow_ups_are_one_line_or_answer_a_question() {
    let mut talk = Talk::reviewing();
    talk.waits(3_000).station.hears(6);
    has(&talk.types("evidence finds"), "Evidence for Finds the cause");
    has(&talk.types("note asks who else was at sea"), "It is written down.");
    has(&talk.types("m"), "Note at 0:06: type a line");
    talk.types("two lines, \\");
    has(&talk.types("of which this is the second"), "It is written down.");
    has(&talk.types("p what would you do today?"), "It is written down.");
    talk.types("note");
    talk.types(".");
    let told = talk.types("notes");
    has(&told, "Evidence for Finds the cause: “");
    has(&told, "Note: two lines,");
    has(&told, "To ask: what would you do today?");
    let noted: Vec<&Act> = talk.station.acts().into_iter().filter(|act| matches!(act, Act::Noted { .. })).collect();
    assert!(matches!(noted.as_slice(), [_, Act::Noted { text, .. }] if text.as_str() == "two lines,\nof which this is the second"));
    let evidence = talk.station.acts().iter().filter(|act| matches!(act, Act::Evidenced { .. })).count();
    assert_eq!(evidence, 1);
}

#[test]
fn what_is_missing_is_told_and_a_seal_is_asked_for_as_on_the_screen() {
    let mut talk = Talk::reviewing();
    has(&talk.types("missing"), "missing:");
    let told = talk.types("seal");
    has(&told, "Not yet. What is missing");
    has(&told, "A number chooses; back leaves.");
    has(&talk.types("nonsense"), "is none of these");
    talk.types("back");
    assert!(talk.station.app.overlays.is_empty());
    let mut station = Station::reviewing();
    station.rates_everything(3);
    let mut talk = Talk::begin(station);
    let told = talk.types("seal");
    has(&told, "1. Not yet");
    has(&talk.types("seal"), "Sealed your ratings of question 1");
}

#[test]
fn a_recommendation_and_must_haves_take_their_answer_in_the_same_line() {
    let mut talk = Talk::reviewing();
    has(&talk.types("recommend strong yes"), "Recommendation: Strong yes.");
    has(&talk.types("O no"), "Recommendation: No.");
}

#[test]
fn one_goes_to_a_candidate_by_number_or_pseudonym() {
    let mut talk = Talk::reviewing();
    let list = talk.types("list");
    assert_eq!(list.len(), batch::NAMES.len(), "{list:#?}");
    let whole = talk.station.shelf.submission(1);
    let row = talk.station.desk().rows.iter().position(|row| *row == whole).expect("a row");
    has(&talk.types(&format!("go {} 3", row + 1)), "question 3");
    let desk = talk.station.desk();
    let name = desk.called(whole).to_string();
    has(&talk.types(&format!("go {name} 2")), &format!("{name}, question 2"));
    has(&talk.types("go nobody"), "There is no candidate “nobody”");
    has(&talk.types("go 1 9"), "There is no question 9");
}

#[test]
fn places_in_all_answers_are_listed_and_a_number_hears_one() {
    let mut talk = Talk::reviewing();
    has(&talk.types("search windows"), "“windows”: 1 place");
    talk.types("1");
    assert!(matches!(talk.station.app.screen(), Screen::Review(_)));
    has(&talk.types("where"), "question 3");
}

#[test]
fn a_written_answer_is_told_whole_counts_as_read_and_a_sentence_of_it_is_evidence() {
    let mut talk = Talk::reviewing();
    let written = talk.station.shelf.answer(3, 3);
    let row = talk.station.desk().rows.iter().position(|row| *row == talk.station.shelf.batch.submissions[2].id).expect("a row");
    let told = talk.types(&format!("go {} 3", row + 1));
    has(&told, "A lens is many small windows.");
    talk.waits(20_000);
    has(&talk.types("where"), "100% read");
    has(&talk.types("evidence"), "/ finds words in it");
    talk.types("find turns");
    has(&talk.types("evidence"), "Evidence for Speaks plainly");
    let mine = talk.station.desk().mine();
    let evidence: Vec<_> = mine.evidence_of(written).collect();
    assert_eq!(evidence[0].quote.as_str(), "Each one turns the light a little, until all of it goes one way.");
    assert_eq!(evidence[0].span.start, Moment(31), "characters of the text");
}

#[test]
fn what_means_nothing_is_said_with_the_word_that_was_meant() {
    let mut talk = Talk::reviewing();
    has(&talk.types("sael"), "Did you mean seal?");
    has(&talk.types("help evidence"), "evidence or e: Mark the last spoken sentence");
    assert!(talk.types("help").len() > 60);
    assert_eq!(talk.unknown, 1);
}

#[test]
fn every_action_of_review_has_its_word_and_the_key_of_the_screen() {
    use earmark::app::action::{Action, Place};
    let keymap = Keymap::new();
    for action in Action::ALL.iter().filter(|action| action.places().contains(&Place::Review)) {
        assert!(keymap.key(Place::Review, *action).is_some(), "{action} has no key");
        let mut talk = Talk::reviewing();
        talk.waits(3_000);
        talk.types(action.name());
        assert_eq!(talk.unknown, 0, "{action} is no word");
    }
}

#[test]
fn nothing_told_can_move_a_cursor_and_nothing_names_a_person() {
    let mut talk = Talk::begin(Station::of("Mara", Shelf::new(), |_| {}));
    let mut told = talk.types("list");
    for line in ["1", "list", "where", "review", "", "transcript", "criteria", "next", "compare", "where", "grid", "panel", "where"]
    {
        told.extend(talk.types(line));
    }
    for line in &told {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(!batch::NAMES.iter().any(|name| line.contains(name)), "{line}");
        assert!(!line.chars().any(|c| ('\u{2500}'..='\u{28ff}').contains(&c)), "boxes and braille: {line}");
    }
}

#[test]
fn what_is_typed_where_it_means_nothing_is_answered() {
    let mut talk = Talk::begin(Station::at_batch());
    has(&talk.types("speed 2"), "Nothing is heard here");
    has(&talk.types("next"), "works in Review");
}
