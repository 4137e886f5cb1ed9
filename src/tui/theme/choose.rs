//! Which theme a start begins with, before any terminal has answered; and which one the terminal's answer asks for.

use ratatui::style::Color;

use super::colour::{Depth, TrueColour, contrast};

/// The name of the theme: what was asked for on the command line, then in the settings, then `NO_COLOR`, then the
/// terminal's own colours where it has only sixteen, then the background that `COLORFGBG` tells, then dark.
pub fn choose(flag: Option<&str>, setting: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> String {
    let asked = flag.or(setting.filter(|name| *name != "auto"));
    if let Some(name) = asked {
        return name.to_owned();
    }
    let no_colour = env("NO_COLOR").is_some_and(|value| !value.is_empty());
    let no_terminal_colours = env("TERM").is_some_and(|term| term == "dumb" || term.starts_with("vt1") || term.starts_with("vt2"));
    if no_colour || no_terminal_colours {
        return "mono".to_owned();
    }
    // The terminal's own colours are known to be read on the terminal's own ground.
    if Depth::detect(TrueColour::Auto, env) == Depth::Ansi16 {
        return "sixteen".to_owned();
    }
    match env("COLORFGBG").as_deref().map(is_light) {
        Some(true) => "light".to_owned(),
        _ => "dark".to_owned(),
    }
}

/// Whether the terminal's own background decides, once it is known: nobody has asked for a theme, and there are colours to choose.
pub fn follows_ground(setting: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> bool {
    let nobody_asked = setting.is_none_or(|name| name == "auto");
    nobody_asked && ["dark", "light"].contains(&choose(None, setting, env).as_str())
}

/// The theme for a background of this colour.
pub fn for_ground([r, g, b]: [u8; 3]) -> &'static str {
    // What stands out more from it: black words or white ones.
    let on = |ink| contrast(Color::Rgb(r, g, b), ink).unwrap_or(1.0);
    if on(Color::Rgb(0, 0, 0)) > on(Color::Rgb(255, 255, 255)) { "light" } else { "dark" }
}

/// Whether the last field, the number of the background among the sixteen, is a light one.
fn is_light(colorfgbg: &str) -> bool {
    let background = colorfgbg.rsplit(';').next().and_then(|last| last.trim().parse::<u8>().ok());
    matches!(background, Some(7 | 9..=15))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(flag: Option<&str>, setting: Option<&str>, env: &[(&str, &str)], name: &str) {
        let rich = [("TERM", "xterm-256color")];
        let look_up = |wanted: &str| env.iter().chain(&rich).find(|(key, _)| *key == wanted).map(|(_, value)| (*value).to_owned());
        assert_eq!(choose(flag, setting, &look_up), name, "{flag:?} {setting:?} {env:?}");
    }

    #[test]
    fn the_order_is_flag_setting_no_color_background_dark() {
        let all = &[("NO_COLOR", "1"), ("COLORFGBG", "0;15")];
        check(Some("light"), Some("dark"), all, "light");
        check(None, Some("dark"), all, "dark");
        check(None, Some("auto"), all, "mono");
        check(None, None, &all[1..], "light");
        check(None, None, &[("NO_COLOR", ""), ("COLORFGBG", "15;default;0")], "dark");
        check(None, None, &[], "dark");
        check(None, None, &[("COLORFGBG", "nonsense")], "dark");
        check(None, None, &[("TERM", "dumb")], "mono");
        check(None, None, &[("TERM", "linux"), ("COLORFGBG", "0;15")], "sixteen");
        check(None, None, &[("TERM", "xterm"), ("COLORTERM", "truecolor")], "dark");
    }

    #[test]
    fn a_ground_on_which_black_is_read_better_is_light() {
        assert_eq!(for_ground([0, 0, 0]), "dark");
        assert_eq!(for_ground([0x00, 0x2b, 0x36]), "dark");
        assert_eq!(for_ground([0xfd, 0xf6, 0xe3]), "light");
        assert_eq!(for_ground([255, 255, 255]), "light");
    }

    #[test]
    fn the_ground_decides_only_where_nobody_else_did() {
        let env = |name: &str| (name == "TERM").then(|| "xterm-256color".to_owned());
        assert!(follows_ground(None, &env) && follows_ground(Some("auto"), &env));
        assert!(!follows_ground(Some("dark"), &env));
        assert!(!follows_ground(None, &|name| (name == "NO_COLOR").then(|| "1".to_owned())));
    }
}
