//! Filtering and sorting the grid's rows.

use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::sieve::{Keep, Sieve, SortBy};
use super::{App, Desk, Effect, Screen, Tone};
use crate::text::SafeText;

impl App {
    /// Lets through what the sieve lets through now, where anything changed; whoever was under the cursor stays there.
    pub(super) fn sift(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        if !std::mem::take(&mut desk.sift_again) {
            return;
        }
        let fresh = desk.sift(&desk.sieve);
        let before = std::mem::replace(&mut desk.shown, fresh);
        for screen in &mut self.screens {
            let Screen::Batch(grid) = screen else { continue };
            let still = before.get(grid.row).and_then(|on| desk.shown.iter().position(|row| row == on));
            grid.row = still.unwrap_or(grid.row).min(desk.shown.len().saturating_sub(1));
        }
    }

    /// Lists the filters with how many each keeps; the list stays open, so that several are put on.
    pub(super) fn ask_filter(&mut self, at: usize) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let tags = desk.known_tags().into_iter().map(Keep::Tag);
        let items = Keep::all().chain(tags).map(|keep| desk.filter_item(keep)).collect();
        let title = match desk.sieve.keeps.is_empty() {
            true => "Show only…".to_owned(),
            false => format!("Show only: {} · {} of {}", desk.sieve_in_words(), desk.shown.len(), desk.rows.len()),
        };
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Filter, items).starting_at(at)));
        Vec::new()
    }

    pub(super) fn filter_by(&mut self, keep: Keep, at: usize) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if let Some(why) = desk.refuses_filter(&keep) {
            self.ask_filter(at);
            return self.tell(Tone::Hint, format!("{keep} cannot be told yet: {why}."));
        }
        desk.sieve.turn(keep);
        desk.sift_again = true;
        self.sift();
        self.ask_filter(at)
    }

    pub(super) fn ask_sort(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let item = |by: SortBy| {
            let means = match desk.refuses_order(by) {
                Some(why) => why.to_owned(),
                None if by == desk.sieve.by && by != SortBy::Order => format!("{}: turns it round", by.help()),
                None => by.help().to_owned(),
            };
            Item::new(SafeText::line(&by.to_string()), SafeText::line(&means), Choice::SortBy(by))
        };
        let at = SortBy::all().position(|by| by == desk.sieve.by).unwrap_or(0);
        let items = SortBy::all().map(item).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Sort by", Purpose::Sort, items).starting_at(at)));
        Vec::new()
    }

    pub(super) fn sort_by(&mut self, by: SortBy) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if let Some(why) = desk.refuses_order(by) {
            return self.tell(Tone::Hint, format!("Not sorted by {by}: {why}."));
        }
        desk.sieve.sort(by);
        desk.sift_again = true;
        self.sift();
        if let Some(Screen::Batch(grid)) = self.screens.last_mut() {
            grid.row = 0;
        }
        Vec::new()
    }

    pub(super) fn clear_filter(&mut self) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        desk.sieve = Sieve::default();
        desk.sift_again = true;
        self.sift();
        self.tell(Tone::Hint, "Everyone is shown, in your order of hearing.")
    }
}

impl Desk {
    fn filter_item(&self, keep: Keep) -> Item {
        let is_on = self.sieve.keeps.contains(&keep);
        let detail = match self.refuses_filter(&keep) {
            Some(why) => why.to_owned(),
            None => {
                let count = self.sift(&Sieve { keeps: vec![keep.clone()], ..Sieve::default() }).len();
                format!("{} · {count}", keep.help())
            }
        };
        let label = SafeText::line(&format!("{} {}", if is_on { "[x]" } else { "[ ]" }, self.keep_shown(&keep)));
        Item::new(label, SafeText::line(&detail), Choice::Keep(keep))
    }

    /// The filters and the order that hold, in one line.
    pub fn sieve_in_words(&self) -> SafeText {
        let keeps = self.sieve.keeps.iter().map(|keep| self.keep_shown(keep)).collect();
        SafeText::line(&Sieve { keeps, ..self.sieve.clone() }.to_string())
    }

    /// A filter as it may be shown now: its own words as they are, and a person's tag without hidden names.
    fn keep_shown(&self, keep: &Keep) -> Keep {
        match keep {
            Keep::Tag(tag) => Keep::Tag(self.without_names(tag)),
            own => own.clone(),
        }
    }
}
