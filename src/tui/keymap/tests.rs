//! The defaults reach everything and contradict nothing; the user's file is laid over them.

use std::collections::HashSet;

use super::*;

fn press(keymap: &Keymap, place: Place, keys: &str) -> Resolved {
    let keys: Vec<Key> = keys.split(' ').map(|key| key.parse().expect("a key")).collect();
    keymap.resolve(place, &keys)
}

fn with(text: &str) -> (Keymap, Vec<String>) {
    let (keymap, problems) = Keymap::with_user("mine.toml", text);
    (keymap, problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect())
}

#[test]
fn the_defaults_are_without_a_mistake() {
    let (lines, mut complaints) = parse::read("keys.toml", DEFAULTS);
    parse::tell_shadowed(&lines, &mut complaints);
    let told: Vec<_> = complaints.into_problems().iter().map(|p| format!("{}: {}", p.place, p.reason)).collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn every_action_has_a_key_in_every_place_where_it_works() {
    let keymap = Keymap::new();
    for action in Action::ALL {
        for place in Place::ALL.iter().filter(|place| action.works_in(**place)) {
            assert!(keymap.key(*place, *action).is_some(), "{action} has no key in {}", place.name());
        }
    }
}

#[test]
fn no_two_actions_share_a_key_in_a_place_and_no_place_hides_a_key_of_anywhere() {
    let (lines, _) = parse::read("keys.toml", DEFAULTS);
    for place in Place::ALL {
        let mut seen = HashSet::new();
        for line in lines.iter().filter(|line| line.place == place || line.place == Place::Anywhere) {
            let new = seen.insert(line.keys.clone());
            assert!(new || place == Place::Anywhere, "{} twice in {}", label(&line.keys), place.name());
        }
    }
}

#[test]
fn no_default_needs_alt_or_an_f_key() {
    let (lines, _) = parse::read("keys.toml", DEFAULTS);
    for key in lines.iter().flat_map(|line| &line.keys) {
        assert!(!key.alt && !matches!(key.code, Code::F(_)), "{key}");
    }
}

#[test]
fn a_note_is_the_same_key_wherever_one_rates() {
    let keymap = Keymap::new();
    for action in Action::ALL.iter().filter(|action| action.works_in(Place::Review) && action.works_in(Place::Compare)) {
        let (review, compare) = (keymap.keys(Place::Review, *action), keymap.keys(Place::Compare, *action));
        assert!(compare.iter().all(|key| review.contains(key)), "{action}: {compare:?}, but in Review {review:?}");
    }
}

#[test]
fn digits_rate_and_the_same_key_can_mean_other_things_elsewhere() {
    let keymap = Keymap::new();
    assert_eq!(press(&keymap, Place::Review, "4"), Resolved::Action(Action::Rate4));
    assert_eq!(press(&keymap, Place::Batch, "4"), Resolved::None);
    assert_eq!(press(&keymap, Place::Review, "space"), Resolved::Action(Action::PlayPause));
    assert_eq!(press(&keymap, Place::Batch, "space"), Resolved::Action(Action::Select));
    assert_eq!(press(&keymap, Place::Overlay, "?"), Resolved::Action(Action::Help));
}

#[test]
fn a_longer_binding_is_never_cut_short_by_a_shorter_one() {
    let (keymap, problems) = with("[review]\n\"z z\" = \"note\"\n\"g g\" = \"from-start\"\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(press(&keymap, Place::Review, "z"), Resolved::Prefix);
    assert_eq!(press(&keymap, Place::Review, "z z"), Resolved::Action(Action::Note));
    assert_eq!(press(&keymap, Place::Review, "z x"), Resolved::None);
    assert_eq!(press(&keymap, Place::Review, "g"), Resolved::Prefix, "the user's own comes before the default g");
    assert_eq!(keymap.continuations(Place::Review, &[Key::char('z')]), [("z".to_owned(), Action::Note)]);
}

#[test]
fn a_waiting_sequence_ends_with_the_next_key_or_esc() {
    let (keymap, _) = with("[review]\n\"z z\" = \"note\"\n");
    let mut pressed = Pressed::default();
    let z = Key::char('z');
    assert_eq!(pressed.press(&keymap, Place::Review, z), Resolved::Prefix);
    assert_eq!(pressed.waiting(), [z]);
    assert_eq!(pressed.press(&keymap, Place::Review, Key::plain(Code::Esc)), Resolved::None);
    assert_eq!(pressed.press(&keymap, Place::Review, z), Resolved::Prefix);
    assert_eq!(pressed.press(&keymap, Place::Review, z), Resolved::Action(Action::Note));
    assert_eq!(pressed.press(&keymap, Place::Review, Key::plain(Code::Esc)), Resolved::Action(Action::Back));
}

#[test]
fn the_users_file_binds_rebinds_and_unbinds() {
    let (keymap, problems) = with("[review]\n\"s\" = \"seal\"\n\"S\" = \"\"\n\"z\" = \"note\"\n[anywhere]\n\"Q\" = \"\"\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(press(&keymap, Place::Review, "s"), Resolved::Action(Action::Seal));
    assert_eq!(press(&keymap, Place::Review, "S"), Resolved::None);
    assert_eq!(press(&keymap, Place::Batch, "S"), Resolved::Action(Action::Seal));
    assert_eq!(press(&keymap, Place::Review, "Q"), Resolved::None);
    assert_eq!(keymap.keys(Place::Review, Action::Note), ["z", "m"], "one's own is shown first");
    assert_eq!(keymap.key(Place::Review, Action::Seal).as_deref(), Some("s"));
    assert_eq!(keymap.key(Place::Review, Action::SkipSilence), None);
}

#[test]
fn a_place_can_silence_a_key_of_anywhere() {
    let (keymap, _) = with("[review]\n\"q\" = \"\"\n");
    assert_eq!(press(&keymap, Place::Review, "q"), Resolved::None);
    assert_eq!(press(&keymap, Place::Batch, "q"), Resolved::Action(Action::Close));
    assert_eq!(keymap.keys(Place::Review, Action::Back), ["esc"]);
}

#[test]
fn every_mistake_is_told_with_its_line_and_the_rest_is_taken() {
    let text = "[review]\n\"spce\" = \"note\"\n\"y\" = \"nonsense\"\n\"Y\" = \"select\"\n\"z\" = 4\n\"w\" = \"note\"\n\
                \"shift-tab\" = \"note\"\n\"backtab\" = \"note\"\n\"b\" = \"note\"\n\"b b\" = \"note\"\n[rewiev]\n";
    let (keymap, problems) = with(text);
    assert_eq!(
        problems,
        [
            "line 2: there is no key \"spce\"",
            "line 3: there is no action \"nonsense\"",
            "line 4: select does nothing in review",
            "line 5: the action is integer, not a name",
            "line 8: \"backtab\" is bound twice in review",
            "line 9: \"b\" can never act: \"b b\" begins with it",
            "line 11: there is no place \"rewiev\"",
        ]
    );
    assert_eq!(press(&keymap, Place::Review, "w"), Resolved::Action(Action::Note));
}

#[test]
fn labels_read_as_people_read_keys() {
    let keymap = Keymap::new();
    assert_eq!(keymap.keys(Place::Review, Action::Back1), ["H", "shift-←"]);
    assert_eq!(keymap.key(Place::Review, Action::Redo).as_deref(), Some("ctrl-r"));
    assert_eq!(keymap.key(Place::Review, Action::PlayPause).as_deref(), Some("space"));
}

#[test]
fn what_the_page_on_keys_shows_can_be_written_so() {
    let page = include_str!("../../../docs/keys.md");
    let shown: Vec<&str> = page.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(shown.len(), 2);
    for text in shown {
        let (_, problems) = Keymap::with_user("keys.toml", text);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}
