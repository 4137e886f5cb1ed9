//! Reading a theme file.
//!
//! ```toml
//! about = "What it is for"
//! [palette]
//! ink = "#d7dce3"
//! [roles]
//! base   = { fg = "ink", bg = "#14171c" }
//! spoken = { fg = "black", bg = "bright-yellow", bold = true, underline = true }
//! ```

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::colour;
use super::role::Role;
use crate::interview::Problem;
use crate::text::SafeText;
use crate::tui::lines::{Complaints, entries};

/// What a file says: the roles that it names, the others are inherited.
pub(super) struct Written {
    pub(super) about: SafeText,
    pub(super) roles: Vec<(Role, Style)>,
}

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Reads `text`, called `file` in what is said about it; every mistake at once, with its line.
pub(super) fn read(file: &str, text: &str) -> Result<Written, Vec<Problem>> {
    let mut reader = Reader { complaints: Complaints::of(file, text), palette: Vec::new() };
    let mut written = Written { about: SafeText::default(), roles: Vec::new() };
    let table = reader.complaints.table();
    // The palette may stand anywhere in the file.
    if let Some(palette) = table.get("palette") {
        reader.palette(palette);
    }
    for (key, value) in entries(&table) {
        match &**key.get_ref() {
            "palette" => {}
            "roles" => written.roles = reader.roles(value),
            "about" => written.about = SafeText::line(value.get_ref().as_str().unwrap_or_default()),
            other => {
                let reason = format!("{other:?} is no part of a theme");
                reader.complaints.at(key.span().start, &reason, "a theme has about, [palette] and [roles]");
            }
        }
    }
    let problems = reader.complaints.into_problems();
    if problems.is_empty() { Ok(written) } else { Err(problems) }
}

struct Reader<'t> {
    complaints: Complaints<'t>,
    palette: Vec<(String, Color)>,
}

impl<'t> Reader<'t> {
    fn palette(&mut self, value: &Spanned<DeValue<'t>>) {
        let Some(table) = self.complaints.inner(value, "palette") else { return };
        for (name, value) in entries(table) {
            match value.get_ref().as_str().and_then(colour::parse) {
                Some(colour) => self.palette.push((name.get_ref().to_string(), colour)),
                None => self.complaints.at(
                    value.span().start,
                    &format!("palette colour {:?} is no colour", name.get_ref()),
                    r##"write "#rrggbb", or a terminal colour such as "bright-blue" or "default""##,
                ),
            }
        }
    }

    fn roles(&mut self, value: &Spanned<DeValue<'t>>) -> Vec<(Role, Style)> {
        let Some(table) = self.complaints.inner(value, "roles") else { return Vec::new() };
        let mut roles = Vec::new();
        for (name, value) in entries(table) {
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name.get_ref()) else {
                let reason = format!("there is no role {:?}", name.get_ref());
                self.complaints.at(name.span().start, &reason, "take a role's name from themes/dark.toml");
                continue;
            };
            if let Some(look) = self.complaints.inner(value, role.name()) {
                roles.push((*role, self.style(*role, look)));
            }
        }
        roles
    }

    fn style(&mut self, role: Role, look: &DeTable<'t>) -> Style {
        let mut style = Style::new();
        for (key, value) in entries(look) {
            let key_name: &str = key.get_ref();
            match key_name {
                "fg" => style.fg = self.colour(role, value),
                "bg" => style.bg = self.colour(role, value),
                _ => match (MODIFIERS.iter().find(|(name, _)| *name == key_name), value.get_ref().as_bool()) {
                    (Some((_, modifier)), Some(true)) => style = style.add_modifier(*modifier),
                    (Some((_, modifier)), Some(false)) => style = style.remove_modifier(*modifier),
                    (Some(_), None) => {
                        let reason = format!("{} of {} is neither true nor false", key_name, role.name());
                        self.complaints.at(value.span().start, &reason, "write true or false");
                    }
                    (None, _) => {
                        let reason = format!("{} has no {key_name:?}", role.name());
                        let remedy = "a role has fg, bg, bold, dim, italic, underline, reverse, strike";
                        self.complaints.at(key.span().start, &reason, remedy);
                    }
                },
            }
        }
        style
    }

    fn colour(&mut self, role: Role, value: &Spanned<DeValue<'t>>) -> Option<Color> {
        let name = value.get_ref().as_str().unwrap_or_default();
        let known = self.palette.iter().find(|(own, _)| own == name).map(|(_, colour)| *colour);
        let colour = known.or_else(|| colour::parse(name));
        if colour.is_none() {
            let reason = format!("{} names the colour {name:?}, which is neither in the palette nor a terminal's", role.name());
            self.complaints.at(value.span().start, &reason, r##"add it under [palette], or write "#rrggbb""##);
        }
        colour
    }
}
