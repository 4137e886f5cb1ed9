//! What plays, what counts as heard, and reports that come late.

use earmark::app::action::Place;
use earmark::app::{Command, Device, Effect, Event, Report, Slot};
use earmark::interview::{Moment, Span};
use earmark::journal::Act;

use crate::station::{Station, batch};

fn heard(station: &Station) -> usize {
    station.acts().iter().filter(|act| matches!(act, Act::Heard { .. })).count()
}

fn told(station: &Station) -> Vec<&Command> {
    let commands = station.asked.iter().filter_map(|effect| match effect {
        Effect::Player(command) => Some(command),
        _ => None,
    });
    commands.collect()
}

#[test]
fn the_rubric_is_read_before_the_first_answer_plays_and_only_once() {
    let mut station = Station::at_batch();
    station.press("o");
    assert!(!station.app.deck.playing);
    assert!(!told(&station).contains(&&Command::Play));
    assert!(station.screen(80, 24).contains("Lighthouse keeper"));
    station.press("j j enter");
    assert!(station.app.deck.playing);
    assert_eq!(station.kinds(), ["acknowledged"]);
    assert_eq!(station.acts().iter().filter(|act| matches!(act, Act::Shuffled { .. })).count(), 1, "the seed of the order");
    station.press("n");
    assert!(station.app.overlays.is_empty() && station.app.deck.playing);

    let mut again = station.again();
    again.press("enter o");
    assert!(again.app.overlays.is_empty(), "it was read before the restart");
}

#[test]
fn before_the_first_answer_other_keys_say_that_the_rubric_is_read_first() {
    for key in ["4", "0", "e", "?", ":", "S"] {
        let mut station = Station::at_batch();
        station.press("o").press(key);
        assert_eq!(station.says(), "First the rubric, to its end: Enter turns the page. Digits rate after that.", "{key}");
        assert_eq!(station.app.overlays.len(), 1);
        assert_eq!(station.kinds(), [""; 0]);
    }
}

#[test]
fn who_leaves_the_rubric_unread_leaves_the_answer_and_has_not_read_it() {
    let mut station = Station::at_batch();
    station.press("o");
    assert!(station.screen(80, 24).contains("Enter turns the page, Esc goes back"), "{}", station.screen(80, 24));
    station.press("esc");
    assert_eq!(station.app.place(), Place::Batch);
    assert_eq!(station.kinds(), [""; 0]);
    assert!(!station.app.deck.playing);
    station.press("o enter");
    assert_eq!(station.kinds(), ["acknowledged"]);
}

#[test]
fn nothing_plays_on_behind_what_lies_over_the_transcript() {
    for keys in ["?", ":", "r", "S", "O", "M", "I", "m", "p"] {
        let mut station = Station::reviewing();
        station.hears(3).press(keys);
        assert_eq!(station.app.overlays.len(), 1, "{keys}");
        assert!(!station.app.deck.playing, "{keys}");
        assert_eq!(told(&station).last(), Some(&&Command::Pause), "{keys}");
    }
}

#[test]
fn what_is_done_from_the_palette_is_done_to_what_plays() {
    let mut station = Station::reviewing();
    station.press(":").type_text("play or pause").press("enter");
    assert!(!station.app.deck.playing, "from the palette it pauses what played");
    station.press(":").type_text("play or pause").press("enter");
    assert!(station.app.deck.playing);
    station.press(":").type_text("write a note").press("enter");
    assert!(!station.app.deck.playing && station.app.overlays.len() == 1);
    station.press("esc space ? esc");
    assert!(!station.app.deck.playing, "what waited before help waits after it");
}

#[test]
fn from_the_start_plays_also_when_it_was_paused() {
    let mut station = Station::reviewing();
    station.hears(5).press("space B");
    assert!(station.app.deck.playing);
    assert_eq!(station.app.deck.at(Slot(0)), Moment::START);
    assert!(matches!(told(&station)[..], [.., Command::Seek { at: Moment::START, .. }, Command::Play]));
}

#[test]
fn a_loop_is_the_players_from_its_second_key_until_its_third_or_another_answer() {
    let slot = Slot(0);
    let lifted = Command::Repeat { slot, span: None };
    let mut station = Station::reviewing();
    let start = station.app.deck.at(slot);
    station.hears(2).press("\\").hears(3).press("\\");
    let span = station.app.deck.repeat.span().expect("a loop");
    assert!(span.start > start && span.length() >= 2_900, "{span:?}");
    let looped = Command::Repeat { slot, span: Some(span) };
    let at = told(&station).iter().position(|command| **command == looped).expect("the player is told");
    assert!(matches!(told(&station)[at + 1], Command::Seek { at, .. } if *at == span.start));
    station.press("\\");
    assert_eq!(told(&station).iter().filter(|command| ***command == lifted).count(), 1);
    station.press("\\").hears(2).press("\\ n");
    assert_eq!(told(&station).iter().filter(|command| ***command == lifted).count(), 2, "the next answer is none of it");
    assert!(station.app.deck.repeat.span().is_none());
}

#[test]
fn stretches_that_were_played_become_acts_about_their_recording() {
    let mut station = Station::reviewing();
    station.hears(6);
    let Some(Act::Heard { answer, revision, spans, speed }) = station.acts().last().copied() else { panic!("not heard") };
    assert_eq!((*answer, *revision, *speed), (station.answer(), station.desk().revision(station.answer()), 150));
    assert_eq!(spans.iter().copied().collect::<Vec<_>>(), [Span { start: Moment(0), end: Moment(6_000) }]);
    assert_eq!(station.desk().heard_share(station.answer()).fraction(), Some(5.0 / 17.0), "of the speech");
}

#[test]
fn nothing_counts_as_heard_without_a_device_and_the_transcript_is_there() {
    let mut station = Station::at_batch();
    station.sound = false;
    station.press("o enter").waits(3_000).hears(20).press("space").hears(20);
    assert_eq!(heard(&station), 0);
    assert!(matches!(station.app.deck.device, Device::Missing(_)));
    assert!(station.says().contains("nothing counts as heard"), "{}", station.says());
    assert!(station.screen(80, 24).contains("The lamp went dark"));
}

#[test]
fn late_audio_is_let_go() {
    let mut station = Station::at_batch();
    station.quick = false;
    station.press("o enter");
    let first = station.answer();
    station.press("n");
    let before = station.app.deck.clone();
    let slot = Slot(0);
    station.happens(Event::Player(Report::Ready { slot, answer: first, length: Some(Moment(9_000)) }));
    assert_eq!(station.app.deck, before);
    station.happens(Event::Player(Report::Unplayable { slot, answer: first, reason: "broken".into() }));
    assert_eq!(station.app.deck, before);
    let second = station.answer();
    station.happens(Event::Player(Report::Ready { slot, answer: second, length: Some(Moment(9_000)) }));
    assert_ne!(station.app.deck, before);
}

#[test]
fn what_was_heard_of_an_answer_counts_though_the_reviewer_has_moved_on() {
    let mut station = Station::reviewing();
    let first = station.answer();
    station.press("n");
    let spans = [Span { start: Moment(1_000), end: Moment(9_000) }].into_iter().collect();
    station.happens(Event::Player(Report::Heard { answer: first, spans, speed: 100 }));
    assert_eq!(station.desk().heard_share(first).fraction(), Some(8.0 / 17.0));
}

#[test]
fn seeking_stays_within_the_answer_and_plays_on() {
    let mut station = Station::reviewing();
    station.press("h h l l .");
    assert_eq!(station.app.deck.at(Slot(0)), Moment(batch::LENGTH));
    station.press("B )");
    assert_eq!(station.app.deck.at(Slot(0)), Moment(1_000), "the first sentence");
    station.press(") (");
    assert_eq!(station.app.deck.at(Slot(0)), Moment(1_000));
    assert!(station.app.deck.playing);
}

#[test]
fn an_answer_that_ended_plays_again_from_its_start() {
    let mut station = Station::reviewing();
    station.hears(20);
    assert!(!station.app.deck.playing);
    station.press("space");
    assert_eq!((station.app.deck.at(Slot(0)), station.app.deck.playing), (Moment::START, true));
}

#[test]
fn speeds_go_by_tenths_between_half_and_three_and_stay_from_answer_to_answer() {
    let mut station = Station::reviewing();
    station.press("}");
    assert_eq!(station.app.deck.speed, 200);
    (0..20).for_each(|_| _ = station.press("]"));
    assert_eq!(station.app.deck.speed, 300);
    (0..40).for_each(|_| _ = station.press("["));
    assert_eq!(station.app.deck.speed, 50);
    station.press("{ n");
    assert_eq!(station.app.deck.speed, 150);
    assert!(station.screen(80, 24).contains("1.5x"));
}

#[test]
fn a_recording_that_cannot_be_played_says_why_and_can_be_rated_as_a_fault() {
    let mut station = Station::at_batch();
    station.quick = false;
    station.press("o enter").waits(3_000);
    let answer = station.answer();
    station.happens(Event::Player(Report::Unplayable { slot: Slot(0), answer, reason: "no sound in it".into() }));
    assert!(!station.app.deck.playing);
    station.press("space");
    assert!(station.screen(80, 24).contains("This recording cannot be played: no sound in it"));
    station.press("F");
    assert_eq!(station.kinds(), ["acknowledged", "rated"]);
}

#[test]
fn leaving_a_screen_pauses() {
    for keys in ["g", "v", "q", "P", "m", "ctrl-z"] {
        let mut station = Station::reviewing();
        assert!(station.app.deck.playing);
        station.press(keys);
        assert!(!station.app.deck.playing, "{keys}");
        assert_eq!(told(&station).iter().rfind(|c| matches!(c, Command::Play | Command::Pause)), Some(&&Command::Pause), "{keys}");
    }
}

#[test]
fn while_paused_nothing_wakes_and_while_playing_the_next_word_does() {
    let mut station = Station::reviewing();
    station.stands_at(Moment(1_100));
    assert_eq!(station.app.next_change(), Some(300 * 100 / 150 + 1));
    station.press("space");
    assert_eq!(station.app.next_change(), None);
}

#[test]
fn who_wakes_for_the_next_word_finds_it_there_at_any_speed() {
    let mut station = Station::reviewing();
    station.press("[ [ [ [ [");
    for speed in (100..=200).step_by(5) {
        assert_eq!(station.app.deck.speed, speed);
        for at in 1_001..1_400 {
            station.stands_at(Moment(at));
            let ms = station.app.next_change().expect("it plays");
            let there = f64::from(at) + f64::from(ms) * f64::from(speed) / 100.0;
            assert!(there >= 1_400.0, "{speed}: from {at} for {ms} ms to {there}");
        }
        station.press("=");
    }
}

#[test]
fn the_rubric_is_read_to_its_end_before_the_first_answer_plays() {
    let mut station = Station::at_batch();
    station.reads_page_by_page = true;
    station.press("o");
    let shot = station.screen(80, 14);
    assert!(shot.contains("more lines below: Enter turns the page"), "{shot}");
    let mut pages = 0;
    while station.app.reads_first() {
        assert!(station.kinds().is_empty() && !station.app.deck.playing, "after {pages} pages");
        station.press("enter");
        pages += 1;
        station.screen(80, 14);
        // Who types ahead of what is drawn turns no page unseen.
        assert!(pages < 20, "it comes to no end");
    }
    assert!(pages > 2 && station.kinds() == ["acknowledged"] && station.app.deck.playing, "{pages} pages");

    let mut station = Station::at_batch();
    station.reads_page_by_page = true;
    station.press("o enter enter enter enter enter enter enter enter");
    assert!(station.app.reads_first() && station.kinds().is_empty(), "nothing of it was on screen yet");
    station.screen(80, 200);
    assert!(station.screen(80, 200).contains("that is all of it: Enter says that you have read it"));
    station.press("home enter");
    assert_eq!(station.kinds(), ["acknowledged"], "once its end was on screen, it was read");
}

#[test]
fn where_the_system_moves_the_sound_is_said_and_it_plays_on() {
    let mut station = Station::reviewing();
    station.happens(Event::Player(Report::Moved { name: "Headset".into() }));
    assert_eq!(station.says(), "The sound goes on, now on: Headset.");
    assert!(station.app.deck.playing);
}

#[test]
fn the_written_answer_is_on_screen_and_nothing_is_loaded_for_it() {
    let mut station = Station::reviewing();
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    assert!(station.screen(80, 24).contains("A lens is many small windows."));
    assert!(!told(&station).iter().any(|c| matches!(c, Command::Load { answer, .. } if *answer == written)));
    station.press("space");
    assert_eq!(station.says(), "There is nothing to hear here.");
}

#[test]
fn what_the_player_tells_after_the_batch_was_closed_is_heard_all_the_same() {
    let mut station = Station::reviewing();
    let answer = station.answer();
    station.press("q q");
    assert!(station.app.desk.is_none(), "the batches are on screen");
    let spans = [Span { start: Moment(0), end: Moment(900) }].into_iter().collect();
    let effects = station.app.update(Event::Player(Report::Heard { answer, spans, speed: 150 }), station.app.now());
    let [Effect::Append(drafts)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(matches!(drafts[0].act, Act::Heard { answer: of, .. } if of == answer));
    assert!(drafts[0].subject.is_some() && drafts[0].batch.is_some());
}

#[test]
fn a_recording_that_cannot_be_played_stops_the_player() {
    let mut station = Station::reviewing();
    assert!(station.app.deck.playing);
    let unplayable = Report::Unplayable { slot: Slot(0), answer: station.answer(), reason: "damaged".into() };
    let effects = station.app.update(Event::Player(unplayable), station.app.now());
    assert_eq!(effects, [Effect::Player(Command::Pause)]);
}

#[test]
fn leaving_keeps_what_stands_in_an_open_note() {
    let mut station = Station::reviewing();
    station.press("m").type_text("Warm with the");
    station.happens(Event::Do(earmark::app::action::Action::Quit));
    assert!(station.kinds().contains(&"drafted".to_owned()), "{:?}", station.kinds());
}

#[test]
fn a_missing_device_is_said_in_one_short_sentence_and_stays_in_the_title() {
    let mut station = Station::reviewing();
    let reason = "pulse: backend-specific error: failed to connect to /run/user/1000/pulse/native; alsa: ALSA function failed";
    station.happens(Event::Player(Report::NoDevice { reason: reason.into() }));
    assert!(station.says().chars().count() <= 80 && station.says().contains("earmark doctor"), "{}", station.says());
    assert!(!station.screen(200, 50).contains("ALSA"));
    station.press("j");
    let screen = station.screen(80, 24);
    assert!(screen.lines().next().is_some_and(|title| title.contains("no sound")), "{screen}");
    station.happens(Event::Player(Report::DeviceBack)).press("j");
    assert!(!station.screen(80, 24).contains("no sound"));
}

#[test]
fn another_output_is_chosen_while_it_plays() {
    let mut station = Station::reviewing();
    assert!(station.app.deck.playing);
    station.press(":").type_text("headphones").press("enter");
    assert!(station.screen(80, 24).contains("Headset"), "{}", station.screen(80, 24));
    station.press("j enter");
    let headset = Command::Output(Some("pulseaudio:headset".to_owned()));
    assert_eq!(told(&station).iter().rev().take(2).rev().collect::<Vec<_>>(), [&&headset, &&Command::Play]);
    assert_eq!(station.says(), "Sound: Headset. The setting audio.device keeps it.");
    station.press(":").type_text("headphones").press("enter enter");
    assert!(station.app.deck.playing && told(&station).contains(&&Command::Output(None)));
}

#[test]
fn the_answers_that_the_keys_go_on_to_are_decoded_ahead() {
    let mut station = Station::reviewing();
    let last = |station: &Station| {
        let ahead = station.asked.iter().rev().find_map(|effect| match effect {
            Effect::Player(Command::Prefetch(answers)) => Some(answers.clone()),
            _ => None,
        });
        ahead.expect("something is decoded ahead")
    };
    let ahead = last(&station);
    station.press("n");
    assert!(ahead.contains(&station.answer()));
    assert!(!last(&station).contains(&station.answer()), "it is here already");
}

#[test]
fn what_hearing_begins_with_is_decoded_while_the_grid_is_shown() {
    let ahead = |station: &Station| {
        let of = |effect: &Effect| match effect {
            Effect::Player(Command::Prefetch(answers)) => Some(answers.clone()),
            _ => None,
        };
        station.asked.iter().filter_map(of).collect::<Vec<_>>()
    };
    let mut station = Station::at_batch();
    let at_first = ahead(&station);
    assert_eq!(at_first.len(), 1, "{at_first:?}");
    station.press("o enter");
    assert_eq!(at_first[0], [station.answer()]);
    // Back in the grid it is what comes on from there.
    let so_far = ahead(&station).len();
    station.press("g");
    let again = ahead(&station);
    station.press("o");
    assert_eq!(again[so_far..], [vec![station.answer()]]);
}

#[test]
fn what_played_before_something_was_written_asked_or_read_plays_on_behind_it() {
    let mut station = Station::reviewing();
    station.hears(5);
    for keys in ["m a enter", "p a enter", "m esc", "I esc", "S esc", "O esc", "W esc", "r esc", "& a enter", "? esc", ": esc"] {
        assert!(station.app.deck.playing, "before {keys}");
        let (open, rest) = keys.split_once(' ').expect("two keys");
        station.press(open);
        assert!(!station.app.deck.playing && !station.app.overlays.is_empty(), "under {open}");
        station.press(rest);
        assert!(station.app.deck.playing && station.app.overlays.is_empty(), "behind {keys}");
    }
    station.press("space m a enter");
    assert!(!station.app.deck.playing, "what was paused stays so");
}

#[test]
fn what_is_told_of_an_answer_that_lay_there_before_is_no_news() {
    let mut station = Station::reviewing();
    let before = station.hears(5).answer();
    station.press("n");
    assert_ne!(station.answer(), before);
    station.happens(Event::Player(Report::At { slot: Slot(0), answer: before, at: Moment(5_200) }));
    station.happens(Event::Player(Report::Ended { slot: Slot(0), answer: before }));
    assert_eq!((station.app.deck.at(Slot(0)), station.app.deck.playing), (Moment::START, true));
    station.press("m").type_text("here").press("enter");
    assert!(matches!(station.acts().last(), Some(Act::Noted { at: Some(Moment::START), .. })), "{:?}", station.acts().last());
}
