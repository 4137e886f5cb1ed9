//! Colours: their names in a theme file, and what they become on a terminal that shows fewer.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Depth {
    /// The terminal's own sixteen.
    Ansi16,
    /// The sixteen, a cube of 216 and 24 greys.
    Ansi256,
    /// All.
    #[default]
    True,
}

/// What the settings say about truecolor; terminals behind a multiplexer are often mistaken for poorer ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TrueColour {
    /// As `COLORTERM` and `TERM` say.
    #[default]
    Auto,
    /// It is shown, whatever they say.
    On,
    /// It is not; 256 or 16 as `TERM` says.
    Off,
}

impl Depth {
    /// The depth of the terminal that `env` describes (a look-up of environment variables).
    pub fn detect(setting: TrueColour, env: &dyn Fn(&str) -> Option<String>) -> Depth {
        let term = env("TERM").unwrap_or_default();
        let colorterm = env("COLORTERM").unwrap_or_default();
        let says_true = matches!(colorterm.as_str(), "truecolor" | "24bit") || term.ends_with("-direct");
        match setting {
            TrueColour::On => Depth::True,
            TrueColour::Auto if says_true => Depth::True,
            _ if term.contains("256") || says_true => Depth::Ansi256,
            _ => Depth::Ansi16,
        }
    }

    /// The nearest colour that this depth shows.
    pub fn nearest(self, colour: Color) -> Color {
        match (self, colour) {
            (Depth::Ansi256, Color::Rgb(r, g, b)) => Color::Indexed(nearest_of_256([r, g, b])),
            (Depth::Ansi16, Color::Rgb(r, g, b)) => SIXTEEN[nearest_of_16([r, g, b])].1,
            _ => colour,
        }
    }
}

/// The sixteen with the values that xterm gives them; a terminal's own differ.
const SIXTEEN: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("white", Color::Gray, [229, 229, 229]),
    ("bright-black", Color::DarkGray, [127, 127, 127]),
    ("bright-red", Color::LightRed, [255, 0, 0]),
    ("bright-green", Color::LightGreen, [0, 255, 0]),
    ("bright-yellow", Color::LightYellow, [255, 255, 0]),
    ("bright-blue", Color::LightBlue, [92, 92, 255]),
    ("bright-magenta", Color::LightMagenta, [255, 0, 255]),
    ("bright-cyan", Color::LightCyan, [0, 255, 255]),
    ("bright-white", Color::White, [255, 255, 255]),
];

/// A colour as a theme file writes it: `#rrggbb`, one of the terminal's sixteen by name, or `default`.
pub(super) fn parse(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some((_, colour, _)) = SIXTEEN.iter().find(|(name, ..)| *name == text) {
        return Some(*colour);
    }
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let value = u32::from_str_radix(hex, 16).ok()?;
    Some(Color::Rgb((value >> 16) as u8, (value >> 8) as u8, value as u8))
}

/// Contrast of two colours, 1 to 21, as WCAG 2.2 defines it; nothing where one of them is the terminal's own.
pub fn contrast(a: Color, b: Color) -> Option<f64> {
    let (a, b) = (luminance(a)?, luminance(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

fn luminance(colour: Color) -> Option<f64> {
    let Color::Rgb(r, g, b) = colour else { return None };
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
}

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn nearest_of_256(rgb: [u8; 3]) -> u8 {
    let step = |value: u8| (0..6).min_by_key(|i| STEPS[*i].abs_diff(value)).unwrap_or(0);
    let [r, g, b] = rgb.map(step);
    let cube = [STEPS[r], STEPS[g], STEPS[b]];
    let average = rgb.iter().map(|c| u32::from(*c)).sum::<u32>() / 3;
    let grey_step = (average.saturating_sub(3) / 10).min(23) as u8;
    let grey = [8 + 10 * grey_step; 3];
    match distance(rgb, grey) < distance(rgb, cube) {
        true => 232 + grey_step,
        false => (16 + 36 * r + 6 * g + b) as u8,
    }
}

fn nearest_of_16(rgb: [u8; 3]) -> usize {
    (0..16).min_by_key(|i| distance(rgb, SIXTEEN[*i].2)).unwrap_or(0)
}

/// Distance weighted as the eye weighs it (the "redmean" approximation without its red term).
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let square = |i: usize| u32::from(a[i].abs_diff(b[i])).pow(2);
    2 * square(0) + 4 * square(1) + 3 * square(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(setting: TrueColour, term: &str, colorterm: &str) -> Depth {
        let env = |name: &str| match name {
            "TERM" => Some(term.to_owned()),
            "COLORTERM" => Some(colorterm.to_owned()),
            _ => None,
        };
        Depth::detect(setting, &env)
    }

    #[test]
    fn the_depth_is_what_the_terminal_says_unless_the_settings_know_better() {
        use TrueColour::*;
        assert_eq!(depth(Auto, "xterm-256color", "truecolor"), Depth::True);
        assert_eq!(depth(Auto, "xterm-256color", ""), Depth::Ansi256);
        assert_eq!(depth(Auto, "linux", ""), Depth::Ansi16);
        assert_eq!(depth(Auto, "xterm-direct", ""), Depth::True);
        assert_eq!(depth(On, "linux", ""), Depth::True);
        assert_eq!(depth(Off, "xterm", "truecolor"), Depth::Ansi256);
    }

    #[test]
    fn fewer_colours_are_the_nearest_ones() {
        assert_eq!(Depth::Ansi256.nearest(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(Depth::Ansi256.nearest(Color::Rgb(20, 20, 20)), Color::Indexed(233));
        assert_eq!(Depth::Ansi16.nearest(Color::Rgb(20, 23, 28)), Color::Black);
        assert_eq!(Depth::Ansi16.nearest(Color::Rgb(250, 250, 250)), Color::White);
        assert_eq!(Depth::True.nearest(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
        assert_eq!(Depth::Ansi16.nearest(Color::Red), Color::Red);
    }

    #[test]
    fn colours_are_read_as_people_write_them() {
        assert_eq!(parse("#0a0B0c"), Some(Color::Rgb(10, 11, 12)));
        assert_eq!(parse("bright-black"), Some(Color::DarkGray));
        assert_eq!(parse("default"), Some(Color::Reset));
        for wrong in ["#abc", "#gggggg", "Red", "", "#+12345", "#é2345"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_the_published_figure() {
        let black_on_white = contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)).expect("both are known");
        assert!((black_on_white - 21.0).abs() < 1e-9);
        let grey = contrast(Color::Rgb(0x76, 0x76, 0x76), Color::Rgb(255, 255, 255)).expect("both are known");
        assert!((grey - 4.54).abs() < 0.01, "{grey}");
        assert_eq!(contrast(Color::Reset, Color::Rgb(0, 0, 0)), None);
    }
}
