//! How roles look: themes as files, embedded ones first, and what they become on poorer terminals.

mod choose;
mod colour;
mod parse;
mod role;
#[cfg(test)]
mod tests;

use include_dir::{Dir, include_dir};
use ratatui::style::Style;

use crate::interview::Problem;
use crate::text::SafeText;

pub use choose::{choose, follows_ground, for_ground};
pub use colour::{Depth, TrueColour, contrast};
pub use role::{Role, Weight};

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// A look for every role.
#[derive(Clone, Debug)]
pub struct Theme {
    name: SafeText,
    about: SafeText,
    styles: Vec<Style>,
}

impl Theme {
    /// Reads a theme file; `file` names it in what is said about it. Every mistake at once, each with its line.
    pub fn read(name: &str, file: &str, text: &str) -> Result<Theme, Vec<Problem>> {
        let written = parse::read(file, text)?;
        let styles = Role::ALL.iter().map(|role| look(&written.roles, *role)).collect();
        Ok(Theme { name: SafeText::name(name), about: written.about, styles })
    }

    /// The shipped theme of this name.
    pub fn shipped(name: &str) -> Option<Theme> {
        let file = format!("{name}.toml");
        let text = SHIPPED.get_file(&file)?.contents_utf8()?;
        Theme::read(name, &format!("themes/{file}"), text).ok()
    }

    /// The names of the shipped themes, in order.
    pub fn shipped_names() -> Vec<&'static str> {
        let mut names: Vec<_> = SHIPPED.files().filter_map(|file| file.path().file_stem()?.to_str()).collect();
        names.sort_unstable();
        names
    }

    /// The theme without a single colour: bold, underline and reverse alone. It is there when nothing else is.
    pub fn mono() -> Theme {
        Theme::shipped("mono").unwrap_or_else(|| Theme {
            name: SafeText::name("plain"),
            about: SafeText::default(),
            styles: vec![Style::new(); Role::ALL.len()],
        })
    }

    /// Its name.
    pub fn name(&self) -> &SafeText {
        &self.name
    }

    /// What it is for, in one line.
    pub fn about(&self) -> &SafeText {
        &self.about
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The same with the nearest colours that a terminal of `depth` shows.
    pub fn at(mut self, depth: Depth) -> Theme {
        for style in &mut self.styles {
            style.fg = style.fg.map(|colour| depth.nearest(colour));
            style.bg = style.bg.map(|colour| depth.nearest(colour));
        }
        self
    }
}

/// The written look of a role, else that of the nearest parent that has one. What is inherited leaves the base's ground.
fn look(written: &[(Role, Style)], role: Role) -> Style {
    let find = |wanted: Role| written.iter().find(|(role, _)| *role == wanted).map(|(_, style)| *style);
    let mut from = role;
    loop {
        if let Some(style) = find(from) {
            let only_the_base_has_its_ground = from == Role::Base && role != Role::Base;
            return Style { bg: style.bg.filter(|_| !only_the_base_has_its_ground), ..style };
        }
        if from == from.parent() {
            return Style::new();
        }
        from = from.parent();
    }
}
