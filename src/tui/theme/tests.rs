//! The shipped themes keep their promises, and mistakes in a file are all told.

use ratatui::style::{Color, Modifier};

use super::*;

fn problems(text: &str) -> Vec<String> {
    let problems = Theme::read("mine", "mine.toml", text).err().unwrap_or_default();
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
}

#[test]
fn shipped_themes_are_read_without_complaint_and_name_every_role() {
    let names = Theme::shipped_names();
    assert_eq!(names, ["colour-blind", "dark", "high-contrast", "light", "mono", "sixteen"]);
    for file in SHIPPED.files() {
        let text = file.contents_utf8().expect("themes are text");
        assert_eq!(problems(text), Vec::<String>::new(), "{:?}", file.path());
        let written = parse::read("", text).expect("read just now").roles;
        for role in Role::ALL {
            assert!(written.iter().any(|(named, _)| named == role), "{:?} has no {}", file.path(), role.name());
        }
    }
}

#[test]
fn every_role_stands_out_from_every_ground_it_may_lie_on() {
    // The monochrome one has no colours to compare, and the terminal's own are the terminal's.
    for name in Theme::shipped_names().into_iter().filter(|name| !["mono", "sixteen"].contains(name)) {
        let theme = Theme::shipped(name).expect("it is shipped");
        let grounds = [Role::Base, Role::Popup, Role::Selected, Role::SelectedIdle];
        for role in Role::ALL {
            let least = match role.weight() {
                Weight::Text if name == "high-contrast" => 7.0,
                Weight::Text => 4.5,
                Weight::Mark => 3.0,
                Weight::Ground => continue,
            };
            let style = theme.style(*role);
            let own = style.bg.map(|bg| vec![bg]);
            let behind = own.unwrap_or_else(|| grounds.iter().filter_map(|ground| theme.style(*ground).bg).collect());
            let fg = style.fg.or(theme.style(Role::Base).fg).expect("the base has a colour");
            for bg in behind {
                let contrast = contrast(fg, bg).expect("both are written out");
                assert!(contrast >= least, "{name}: {} has a contrast of {contrast:.2} on {bg:?}", role.name());
            }
        }
    }
}

#[test]
fn the_spoken_word_and_evidence_show_without_colour() {
    for name in Theme::shipped_names() {
        let theme = Theme::shipped(name).expect("it is shipped");
        let spoken = theme.style(Role::Spoken).add_modifier;
        let lit = spoken.contains(Modifier::REVERSED) || spoken.contains(Modifier::UNDERLINED | Modifier::BOLD);
        assert!(lit, "{name}");
        assert!(theme.style(Role::Evidence).add_modifier.contains(Modifier::UNDERLINED), "{name}");
        assert_ne!(theme.style(Role::Spoken), theme.style(Role::Cursor), "{name}");
    }
}

/// The roles whose words stand side by side in a transcript, with no sign to tell them apart.
const IN_A_TRANSCRIPT: [Role; 7] =
    [Role::Text, Role::Spoken, Role::Cursor, Role::Selection, Role::Evidence, Role::Search, Role::LookFor];

#[test]
fn what_words_of_a_transcript_mean_is_never_told_by_colour_alone() {
    for name in Theme::shipped_names() {
        let theme = Theme::shipped(name).expect("it is shipped");
        for (nth, one) in IN_A_TRANSCRIPT.iter().enumerate() {
            for other in &IN_A_TRANSCRIPT[nth + 1..] {
                let [a, b] = [one, other].map(|role| theme.style(*role).add_modifier);
                assert_ne!(a, b, "{name}: {} and {} differ by colour alone", one.name(), other.name());
            }
        }
    }
}

#[test]
fn the_cursors_row_and_what_failed_are_seen_in_the_themes_without_colours_of_their_own() {
    for name in ["mono", "sixteen"] {
        let theme = Theme::shipped(name).expect("it is shipped");
        let plain = theme.style(Role::Text).add_modifier;
        for role in [Role::Selected, Role::SelectedIdle, Role::TitleBar, Role::Error, Role::Warning, Role::Late, Role::Header] {
            assert_ne!(theme.style(role).add_modifier, plain, "{name}: {}", role.name());
        }
    }
}

/// What eyes without the long-wave (red) or the middle-wave (green) cones see of linear RGB: Machado, Oliveira and Fernandes,
/// "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
const EYES: [(&str, [[f64; 3]; 3]); 3] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    ("deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
];

/// CIELAB (D65) of a colour as such an eye sees it.
fn lab(colour: Color, eye: &[[f64; 3]; 3]) -> [f64; 3] {
    const XYZ: [[f64; 3]; 3] =
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]];
    const WHITE: [f64; 3] = [0.95047, 1.0, 1.08883];
    let times = |m: &[[f64; 3]; 3], v: [f64; 3]| [0, 1, 2].map(|row: usize| (0..3).map(|i| m[row][i] * v[i]).sum::<f64>());
    let Color::Rgb(r, g, b) = colour else { panic!("{colour:?} is the terminal's own") };
    let linear = [r, g, b].map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let xyz = times(&XYZ, times(eye, linear).map(|value| value.clamp(0.0, 1.0)));
    let f = |nth: usize| {
        let t = xyz[nth] / WHITE[nth];
        if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    [116.0 * f(1) - 16.0, 500.0 * (f(0) - f(1)), 200.0 * (f(1) - f(2))]
}

#[test]
fn without_red_or_green_cones_the_meanings_of_the_colour_blind_theme_stay_apart() {
    const LEAST: f64 = 20.0;
    let theme = Theme::shipped("colour-blind").expect("it is shipped");
    let meanings = [Role::Text, Role::Accent, Role::Rated, Role::Warning, Role::Error, Role::Sealed];
    for (eye, matrix) in EYES {
        let seen = meanings.map(|role| (role, lab(theme.style(role).fg.expect("it has a colour"), &matrix)));
        for (nth, (one, a)) in seen.iter().enumerate() {
            for (other, b) in &seen[nth + 1..] {
                let apart = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
                assert!(apart >= LEAST, "{eye}: {} and {} are only {apart:.1} apart", one.name(), other.name());
            }
        }
    }
}

#[test]
fn mono_has_no_colour_at_all() {
    let mono = Theme::mono();
    assert_eq!(mono.name().as_str(), "mono");
    for role in Role::ALL {
        assert_eq!((mono.style(*role).fg, mono.style(*role).bg), (None, None), "{}", role.name());
    }
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = "[palette]\nink = \"blu\"\n[roles]\nspokn = {}\nspoken = { fg = \"nowhere\", blink = true }\nheard = { bold = 3 }\n[extra]\n";
    assert_eq!(
        problems(text),
        [
            "line 2: palette colour \"ink\" is no colour",
            "line 4: there is no role \"spokn\"",
            "line 5: spoken names the colour \"nowhere\", which is neither in the palette nor a terminal's",
            "line 5: spoken has no \"blink\"",
            "line 6: bold of heard is neither true nor false",
            "line 7: \"extra\" is no part of a theme",
        ]
    );
}

#[test]
fn what_toml_does_not_accept_has_its_line_too() {
    let told = problems("about = \"x\"\n[roles]\nspoken = { fg = \n");
    assert!(told.first().is_some_and(|first| first.starts_with("line 3: ")), "{told:?}");
}

#[test]
fn a_role_that_is_left_out_takes_its_parents_look_and_not_the_ground_of_the_base() {
    let theme = Theme::read("mine", "mine.toml", "[roles]\nbase = { fg = \"white\", bg = \"black\" }\naccent = { fg = \"red\" }\n");
    let theme = theme.expect("it is right");
    assert_eq!(theme.style(Role::Playhead).fg, Some(Color::Red));
    assert_eq!(theme.style(Role::Text).fg, Some(Color::Gray));
    assert_eq!(theme.style(Role::Text).bg, None);
    assert_eq!(theme.style(Role::Base).bg, Some(Color::Black));
}

#[test]
fn a_poorer_terminal_gets_the_nearest_colours() {
    let theme = Theme::shipped("dark").expect("it is shipped").at(Depth::Ansi256);
    assert!(Role::ALL.iter().all(|role| !matches!(theme.style(*role).fg, Some(Color::Rgb(..)))));
}
