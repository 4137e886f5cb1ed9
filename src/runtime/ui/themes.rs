//! Colours that change while the screen is on: one after the other, chosen from a list, or as the terminal's background asks for.

use std::io;

use super::Ui;
use crate::app::{Event, ThemeRow};
use crate::tui::Theme;
use crate::tui::theme;

impl Ui {
    pub(super) fn next_theme(&mut self) {
        let all = self.themes();
        let at = all.iter().position(|theme| theme.name() == self.look.theme.name()).unwrap_or(0);
        let next = all[(at + 1) % all.len()].name().as_str().to_owned();
        self.show_theme(&next);
    }

    /// The shipped themes, and the person's own first where it is none of them.
    fn themes(&self) -> Vec<Theme> {
        let shipped: Vec<Theme> = Theme::shipped_names().into_iter().filter_map(Theme::shipped).collect();
        let own = Some(self.own.clone()).filter(|own| shipped.iter().all(|theme| theme.name() != own.name()));
        own.into_iter().chain(shipped).collect()
    }

    pub(super) fn list_themes(&mut self) -> io::Result<()> {
        let row = |theme: &Theme| ThemeRow { name: theme.name().as_str().to_owned(), about: theme.about().clone() };
        let (rows, shown) = (self.themes().iter().map(row).collect(), self.look.theme.name().as_str().to_owned());
        self.take(Event::Themes { rows, shown })
    }

    pub(super) fn show_theme(&mut self, name: &str) {
        let named = self.themes().into_iter().find(|theme| theme.name().as_str() == name);
        if let Some(theme) = named.filter(|_| self.look.theme.name().as_str() != name) {
            self.look.theme = theme.at(self.depth);
            self.terminal.redraw();
        }
        // Whoever has looked for colours keeps them, whatever the terminal answers later.
        self.follows_ground = false;
    }

    /// The terminal told its background: one repaint where the other colours are read better on it.
    pub(super) fn ground_is(&mut self, rgb: [u8; 3]) -> io::Result<()> {
        if std::mem::take(&mut self.follows_ground) {
            self.show_theme(theme::for_ground(rgb));
        }
        Ok(())
    }
}
