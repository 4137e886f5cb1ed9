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
    assert!(["dark", "light", "mono"].iter().all(|name| names.contains(name)), "{names:?}");
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
    // The monochrome one has no colours to compare.
    for name in Theme::shipped_names().into_iter().filter(|name| *name != "mono") {
        let theme = Theme::shipped(name).expect("it is shipped");
        let grounds = [Role::Base, Role::Popup, Role::Selected, Role::SelectedIdle];
        for role in Role::ALL {
            let least = match role.weight() {
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
