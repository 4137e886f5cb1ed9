//! Which theme a start begins with, before any terminal has answered.

/// The name of the theme: what was asked for on the command line, then in the settings, then `NO_COLOR`, then the
/// background that `COLORFGBG` tells, then dark.
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
    match env("COLORFGBG").as_deref().map(is_light) {
        Some(true) => "light".to_owned(),
        _ => "dark".to_owned(),
    }
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
        let look_up = |wanted: &str| env.iter().find(|(key, _)| *key == wanted).map(|(_, value)| (*value).to_owned());
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
    }
}
