//! The Deliver screen: plan, apply, what arrived and why not, and applications that a person confirms.

use std::sync::Arc;

use earmark::app::{DeliverWish, Delivery, Effect, Event, Listing, Proposal, Says, Screen, Sheet, SheetRow, Stand, Way, Word};
use earmark::interview::Headway;
use earmark::journal::Act;
use earmark::text::SafeText;

use crate::station::{Shelf, Station};

/// The last thing that was asked of the edges about a delivery, and which asking it was.
pub(super) fn asked(station: &Station) -> (u32, DeliverWish) {
    let last = station.asked.iter().rev().find_map(|effect| match effect {
        Effect::Deliver { asked, wish, .. } => Some((*asked, wish.clone())),
        _ => None,
    });
    last.expect("something was asked")
}

/// What was asked last came to this end.
pub(super) fn ends(station: &mut Station, did: Delivery) {
    let (batch, (asked, _)) = (station.desk().batch.id, asked(station));
    station.happens(Event::Delivery { batch, asked, did: Box::new(did) });
}

fn candidate(station: &Station, nth: usize) -> SafeText {
    station.desk().batch.submissions[nth].candidate.source_id.clone()
}

fn row(station: &Station, object: &str, nth: usize, stand: Stand) -> SheetRow {
    SheetRow { object: object.into(), candidate: candidate(station, nth), push: "fields".into(), stand, ..SheetRow::default() }
}

fn sheet(sum: &str, rows: Vec<SheetRow>) -> Arc<Sheet> {
    Arc::new(Sheet { sum: SafeText::line(sum), rows, notes: Vec::new() })
}

fn way() -> Way {
    Way { profile: "ashby".into(), to: String::new() }
}

/// Mara at the Deliver screen, where this batch was planned by the profile for Ashby before.
pub(super) fn open() -> Station {
    let mut station = Station::at_batch();
    station.press("L");
    let ledger = sheet("Nothing was delivered of this batch.", Vec::new());
    ends(&mut station, Delivery::Known { way: Some(way()), ledger });
    station
}

/// The same with a plan.
pub(super) fn planned() -> Station {
    let mut station = open();
    station.press("p");
    let pair = |column: &str, old: &str, new: &str| (column.into(), old.into(), new.into());
    let mut rows = vec![
        row(&station, "a-101", 0, Stand::Create),
        row(&station, "a-102", 1, Stand::Update),
        row(&station, "a-103", 2, Stand::Unchanged),
        row(&station, "", 3, Stand::Quarantined),
    ];
    rows[0].values = vec![pair("score", "", "68.75"), pair("decision", "", "advance")];
    rows[1].values = vec![pair("score", "41", "52.5")];
    rows[3].why = Some("application_id is not known".into());
    rows[3].remedy = Some("tie it with match".into());
    let mut plan = Sheet { sum: "4 selected: 1 create, 1 update, 1 unchanged, 1 quarantined".into(), rows, notes: Vec::new() };
    plan.notes.push("1 begun and not sealed: left out.".into());
    ends(&mut station, Delivery::Planned { plan: Arc::new(plan), brake: None });
    station
}

/// The same after it was applied.
pub(super) fn applied() -> Station {
    let mut station = planned();
    station.press("a enter");
    let mut rows = vec![
        row(&station, "a-102", 1, Stand::Failed),
        row(&station, "", 3, Stand::Quarantined),
        row(&station, "a-101", 0, Stand::Delivered),
        row(&station, "a-103", 2, Stand::Unchanged),
    ];
    rows[0].why = Some("it answers 422: the field is locked".into());
    rows[1].why = Some("application_id is not known".into());
    let ledger = vec![row(&station, "a-102", 1, Stand::Failed), row(&station, "a-101", 0, Stand::Verified)];
    let sum = "4 selected = 1 delivered + 1 unchanged + 0 moved + 1 quarantined + 1 failed + 0 unknown";
    ends(
        &mut station,
        Delivery::Sent { outcome: sheet(sum, rows), ledger: sheet("2 sent or to be sent; 1 open", ledger), whole: false },
    );
    station
}

/// The same where one row may have arrived, and a file lies in the way of another.
pub(super) fn in_doubt() -> Station {
    let mut station = planned();
    station.press("a enter");
    let mut rows = vec![row(&station, "a-101", 0, Stand::Unknown), row(&station, "a-102", 1, Stand::Failed)];
    rows[0].why = Some("nobody can see whether it arrived".into());
    rows[1].why = Some("another file lies there as scores.csv (12 bytes); --replace writes over it".into());
    (rows[1].push, rows[1].is_in_the_way) = ("file".into(), true);
    let ledger = sheet("2 sent or to be sent; 2 open", vec![row(&station, "a-101", 0, Stand::Sent)]);
    let outcome = sheet("2 selected = 0 delivered + 0 unchanged + 0 moved + 0 quarantined + 1 failed + 1 unknown", rows);
    ends(&mut station, Delivery::Sent { outcome, ledger, whole: false });
    station
}

/// The same while the plan is applied.
pub(super) fn under_way() -> Station {
    let mut station = planned();
    station.press("a enter");
    let (batch, (asked, _)) = (station.desk().batch.id, asked(&station));
    let headway = Headway { doing: "Sending", done: 12, of: 400, rate: 120 };
    station.happens(Event::Delivering { batch, asked, headway });
    station
}

fn proposal(station: &Station, application: &str, nth: usize, stand: Stand) -> Proposal {
    let submission = station.desk().batch.submissions[nth].id;
    Proposal {
        application: application.into(),
        submission: Some(submission),
        candidate: candidate(station, nth),
        stand,
        requisition: None,
        why: if stand == Stand::Tied { "An id that both have.".into() } else { "The same e-mail address.".into() },
    }
}

/// The same with a list of applications, of which ids tie one and addresses propose two.
pub(super) fn listed() -> Station {
    let mut station = open();
    station.press("m end enter").type_text("list.csv").press("enter");
    let mut all = vec![
        proposal(&station, "a-201", 1, Stand::Proposed),
        proposal(&station, "a-202", 2, Stand::Proposed),
        proposal(&station, "a-203", 0, Stand::Tied),
    ];
    let unclear = Proposal {
        application: "a-204".into(),
        submission: None,
        candidate: SafeText::default(),
        stand: Stand::Unclear,
        requisition: None,
        why: "2 submissions have its e-mail address".into(),
    };
    all.insert(2, unclear);
    ends(&mut station, Delivery::Listed(all));
    station
}

fn matched(station: &Station) -> Vec<String> {
    let of = |act: &&Act| match act {
        Act::Matched { application, .. } => Some(application.to_string()),
        _ => None,
    };
    station.acts().iter().filter_map(of).collect()
}

#[test]
fn profile_and_place_are_asked_once_and_known_the_next_time() {
    let mut station = Station::at_batch();
    station.press("L");
    ends(&mut station, Delivery::Known { way: None, ledger: sheet("Nothing was delivered of this batch.", Vec::new()) });
    let screen = station.screen(100, 30);
    assert!(screen.contains("c chooses a profile and where to"), "{screen}");
    assert_eq!(screen.matches("Nothing was delivered").count(), 1, "{screen}");
    station.press("p").type_text("generic").press("enter").type_text("/drop").press("enter");
    let wanted = Way { profile: "generic-csv".into(), to: "/drop".into() };
    assert_eq!(asked(&station).1, DeliverWish::Plan(wanted.clone()));
    ends(&mut station, Delivery::Planned { plan: sheet("0 selected", Vec::new()), brake: None });
    station.press("p");
    assert_eq!(asked(&station).1, DeliverWish::Plan(wanted), "it is not asked again");
    let mut station = open();
    station.press("p");
    assert_eq!(asked(&station).1, DeliverWish::Plan(way()), "what was used the last time is known");
}

#[test]
fn nothing_is_sent_before_the_plan_is_shown_and_confirmed() {
    let mut station = open();
    station.press("a");
    assert!(station.says().contains("no plan"), "{}", station.says());
    let mut station = planned();
    let (made, _) = asked(&station);
    let screen = station.screen(120, 40);
    for shown in ["a-101", "score 68.75", "score 41 to 52.5", "application_id is not known", "1 begun and not sealed"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    station.press("a esc");
    assert_eq!(asked(&station).0, made, "who leaves sends nothing");
    station.press("a enter");
    assert_eq!(asked(&station).1, DeliverWish::Apply { planned: made, any_change: false });
    let before = station.asked.len();
    station.press("a R p");
    assert!(station.asked.len() == before && station.says().contains("One thing at a time"), "{}", station.says());
}

#[test]
fn a_plan_with_nothing_to_send_says_why_when_it_is_to_be_applied() {
    for (stands, says) in [
        (&[Stand::Unchanged][..], "changes nothing there"),
        (&[Stand::Unchanged, Stand::Quarantined], "Of 2 rows 1 cannot be"),
        (&[], "nobody is ready"),
    ] {
        let mut station = open();
        station.press("p");
        let rows = stands.iter().map(|stand| row(&station, "a-101", 0, *stand)).collect();
        ends(&mut station, Delivery::Planned { plan: sheet("so many selected", rows), brake: None });
        let (made, _) = asked(&station);
        station.press("a");
        assert!(station.says().contains(says), "{says}: {}", station.says());
        assert!(asked(&station).0 == made && station.app.overlays.is_empty(), "{says}");
    }
}

#[test]
fn where_much_would_change_enter_alone_sends_nothing() {
    let mut station = open();
    station.press("p");
    let (made, _) = asked(&station);
    let rows = vec![row(&station, "a-101", 0, Stand::Update)];
    let brake = Some("100% of the rows that were there before would change (9 of 9), and 50% may".into());
    ends(&mut station, Delivery::Planned { plan: sheet("1 selected: 1 update", rows), brake });
    assert!(station.screen(120, 40).contains("Much would change: 100%"));
    station.press("a enter");
    assert_eq!(asked(&station).0, made);
    station.press("a j enter");
    assert_eq!(asked(&station).1, DeliverWish::Apply { planned: made, any_change: true });
}

#[test]
fn while_a_plan_is_applied_one_sees_how_far_it_is() {
    let mut station = under_way();
    for size in [(120, 40), (80, 24)] {
        let screen = station.screen(size.0, size.1);
        assert!(screen.contains("Sending: 12 of 400 rows, 120 a minute, about 4 min left"), "{screen}");
    }
    let before = station.asked.len();
    station.press("a");
    assert!(station.asked.len() == before && station.says().contains("One thing at a time"), "{}", station.says());
    let outcome = sheet("400 selected = 400 delivered", Vec::new());
    ends(&mut station, Delivery::Sent { ledger: outcome.clone(), outcome, whole: true });
    assert!(!station.screen(120, 40).contains("12 of 400"), "{}", station.screen(120, 40));
}

/// An asking came to this end, whichever was the last.
fn one_ends(station: &mut Station, asked: u32, did: Delivery) {
    let batch = station.desk().batch.id;
    station.happens(Event::Delivery { batch, asked, did: Box::new(did) });
}

#[test]
fn who_leaves_the_screen_and_comes_back_sees_how_far_it_is_and_how_it_ends() {
    let mut station = under_way();
    let (batch, (sending, _)) = (station.desk().batch.id, asked(&station));
    station.press("g");
    let headway = Headway { doing: "Sending", done: 30, of: 400, rate: 120 };
    station.happens(Event::Delivering { batch, asked: sending, headway });
    station.press("L");
    let so_far = "Sending: 30 of 400 rows, 120 a minute";
    assert!(station.screen(120, 40).contains(so_far), "{}", station.screen(120, 40));
    let (looks, _) = asked(&station);
    let ledger = sheet("400 sent or to be sent; 370 open", vec![row(&station, "a-102", 1, Stand::Planned)]);
    one_ends(&mut station, looks, Delivery::Known { way: None, ledger });
    let screen = station.screen(120, 40);
    for shown in [so_far, "370 open", "a-102", "ashby"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    let before = station.asked.len();
    station.press("p a R");
    assert!(station.asked.len() == before && station.says().contains("One thing at a time"), "{}", station.says());
    let headway = Headway { doing: "Sending", done: 31, of: 400, rate: 120 };
    station.happens(Event::Delivering { batch, asked: sending, headway });
    assert!(station.screen(120, 40).contains("31 of 400"), "{}", station.screen(120, 40));
    let outcome = sheet("400 selected = 400 delivered", Vec::new());
    one_ends(&mut station, sending, Delivery::Sent { ledger: outcome.clone(), outcome, whole: true });
    let screen = station.screen(120, 40);
    assert!(
        screen.contains("[What became of it]") && screen.contains("400 delivered") && !screen.contains("of 400 rows"),
        "{screen}"
    );
    // It is over: who comes back now waits for nothing.
    station.press("g L");
    assert!(!station.screen(120, 40).contains("of 400 rows"), "{}", station.screen(120, 40));
}

#[test]
fn what_was_delivered_so_far_is_no_news_once_something_was_sent() {
    let mut station = under_way();
    let (sending, _) = asked(&station);
    station.press("g L");
    let (looks, _) = asked(&station);
    let outcome = sheet("400 selected = 400 delivered", Vec::new());
    one_ends(&mut station, sending, Delivery::Sent { ledger: sheet("400 sent", Vec::new()), outcome, whole: true });
    one_ends(
        &mut station,
        looks,
        Delivery::Known { way: Some(way()), ledger: sheet("400 sent or to be sent; 370 open", Vec::new()) },
    );
    station.press("tab");
    let screen = station.screen(120, 40);
    assert!(screen.contains("400 sent") && !screen.contains("370 open"), "{screen}");
}

#[test]
fn what_became_of_each_row_is_shown_and_retry_goes_the_same_way() {
    let mut station = applied();
    let screen = station.screen(120, 40);
    for shown in ["= 1 delivered", "failed", "the field is locked", "[What became of it]"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    station.press("enter");
    assert!(station.screen(120, 40).contains("Why: it answers 422"), "{}", station.screen(120, 40));
    station.press("esc a");
    assert!(station.says().contains("no plan"), "a plan is applied once: {}", station.says());
    station.press("R");
    assert_eq!(asked(&station).1, DeliverWish::Retry { way: way(), word: None });
    station.press("tab");
    assert!(station.screen(80, 24).contains("[Ledger]"));
}

fn retry_with(object: &str, push: &str, says: Says) -> DeliverWish {
    let word = Some(Word { object: object.into(), push: push.into(), says });
    DeliverWish::Retry { way: way(), word }
}

#[test]
fn of_a_row_that_may_have_arrived_a_person_says_what_was_found_there() {
    let mut station = in_doubt();
    let (before, _) = asked(&station);
    station.press("enter");
    let screen = station.screen(120, 40);
    for shown in ["Is it there?", "nobody can see whether it arrived", "It is not there: send it again", "twice"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    station.press("enter");
    assert_eq!(asked(&station).0, before, "the first choice leaves it");
    station.press("enter j enter");
    assert_eq!(asked(&station).1, retry_with("a-101", "fields", Says::Arrived));
    let mut station = in_doubt();
    // The ledger tells of it too.
    station.press("tab enter end enter");
    assert_eq!(asked(&station).1, retry_with("a-101", "fields", Says::Again));
    station.press("enter");
    assert!(station.screen(120, 40).contains("a-101: sent"), "meanwhile the row is read: {}", station.screen(120, 40));
}

#[test]
fn a_file_in_the_way_is_written_over_where_a_person_says_so() {
    let mut station = in_doubt();
    let (before, _) = asked(&station);
    station.press("j enter");
    assert!(station.screen(120, 40).contains("Write over the file that lies there?"), "{}", station.screen(120, 40));
    station.press("enter");
    assert_eq!(asked(&station).0, before, "the first choice leaves it");
    station.press("enter j enter");
    assert_eq!(asked(&station).1, retry_with("a-102", "file", Says::WriteOver));
}

#[test]
fn what_ids_say_is_tied_at_once_and_what_an_address_proposes_a_person_confirms() {
    let mut station = listed();
    assert_eq!(matched(&station), ["a-203"], "and nothing else");
    station.press("enter");
    assert!(station.screen(80, 24).contains("Does application a-201 belong to"), "{}", station.screen(80, 24));
    station.press("enter");
    assert_eq!(matched(&station), ["a-203"], "the first choice leaves it");
    station.press("enter j enter");
    assert_eq!(matched(&station), ["a-203", "a-201"]);
    station.press("enter");
    assert!(station.says().contains("You confirmed it"), "{}", station.says());
    station.press("j j enter");
    assert!(station.says().contains("2 submissions have its e-mail address"), "{}", station.says());
    let submission = station.desk().batch.submissions[1].id;
    assert!(station.desk().sight.matched[&submission].iter().any(|link| link.application.as_str() == "a-201"));
}

#[test]
fn all_that_is_proposed_can_be_confirmed_in_one_go() {
    let mut station = listed();
    station.press("enter end enter");
    assert_eq!(matched(&station), ["a-203", "a-201", "a-202"]);
}

#[test]
fn the_ats_is_asked_for_its_applications_by_the_profile_that_is_chosen() {
    let mut station = open();
    station.press("m enter");
    assert_eq!(asked(&station).1, DeliverWish::Match(Listing::Pull(way())));
    ends(&mut station, Delivery::Undone { what: "Could not ask the ATS".into(), why: "nobody answers".into() });
    assert!(station.says().contains("nobody answers"), "{}", station.says());
}

#[test]
fn what_an_earlier_asking_brings_is_no_news_but_what_was_sent_is_told() {
    let mut station = planned();
    let (batch, (early, _)) = (station.desk().batch.id, asked(&station));
    station.press("p");
    let stale = Delivery::Planned { plan: sheet("9 selected", Vec::new()), brake: None };
    station.happens(Event::Delivery { batch, asked: early, did: Box::new(stale) });
    assert!(!station.screen(80, 24).contains("9 selected"));
    // The screen is left while something is sent.
    let mut station = planned();
    station.press("a enter");
    let (sent, _) = asked(&station);
    station.press("g");
    let outcome = sheet("2 selected = 2 delivered", Vec::new());
    let did = Delivery::Sent { ledger: outcome.clone(), outcome, whole: true };
    station.happens(Event::Delivery { batch, asked: sent, did: Box::new(did) });
    assert!(station.says().contains("2 delivered"), "{}", station.says());
    assert!(matches!(station.app.screen(), Screen::Batch(_)));
}

#[test]
fn what_another_program_delivers_shows_as_it_is_written() {
    let mut station = open();
    let looks = |station: &Station| {
        let is_look = |effect: &&Effect| matches!(effect, Effect::Deliver { wish: DeliverWish::Look, .. });
        station.asked.iter().filter(is_look).count()
    };
    station.happens(Event::Others(Vec::new())).happens(Event::Others(Vec::new()));
    assert_eq!(looks(&station), 2, "once at the beginning, and once however much is written meanwhile");
    let (one, two) = (row(&station, "a-101", 0, Stand::Verified), row(&station, "a-102", 1, Stand::Planned));
    let ledger = sheet("2 sent or to be sent; 1 open", vec![two.clone(), one.clone()]);
    ends(&mut station, Delivery::Known { way: Some(way()), ledger });
    assert!(station.screen(80, 24).contains("2 sent or to be sent; 1 open"), "{}", station.screen(80, 24));
    assert_eq!(looks(&station), 3, "what was written while it was read");
    station.press("j");
    let three = row(&station, "a-103", 2, Stand::Planned);
    ends(&mut station, Delivery::Known { way: Some(way()), ledger: sheet("3 sent", vec![three, two, one]) });
    let Screen::Deliver(deliver) = station.app.screen() else { panic!("it is left") };
    assert_eq!(deliver.rows()[deliver.selected].object.as_str(), "a-101", "the cursor stays with its row");
    assert_eq!(looks(&station), 3, "while nobody writes, nothing is read");
    // What is under way is not disturbed; it is looked at after that.
    station.press("p");
    station.happens(Event::Others(Vec::new()));
    assert_eq!(looks(&station), 3);
    ends(&mut station, Delivery::Planned { plan: sheet("3 selected", Vec::new()), brake: None });
    assert_eq!(looks(&station), 4);
    assert!(station.screen(80, 24).contains("3 selected"), "the plan stays on screen");
}

#[test]
fn who_only_reads_sends_nothing() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    station.press("enter L");
    ends(&mut station, Delivery::Known { way: Some(way()), ledger: sheet("1 sent", Vec::new()) });
    let before = station.asked.len();
    station.press("p R m c");
    assert_eq!(station.asked.len(), before, "{:?}", station.asked);
    assert!(station.app.overlays.is_empty());
}
