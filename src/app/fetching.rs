//! Fetching what is new at the sources of the settings, and seeing how far a fetch is.

use super::effect::Effect;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Screen, Tone};
use crate::interview::UnderWay;
use crate::text::SafeText;

impl App {
    /// Fetches from the only source there is, or asks from which.
    pub(super) fn ask_fetch(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if let Some(state) = &self.under_way {
            let words = format!("A fetch is under way. {}.", state.in_words());
            return self.tell(Tone::Hint, words);
        }
        match self.sources.as_slice() {
            [] => self.tell(
                Tone::Hint,
                "There is no source to fetch from: describe one as [source.NAME] in the settings; docs/fetching.md has examples.",
            ),
            [only] => {
                let only = only.clone();
                self.fetch_from(Some(only))
            }
            all => {
                let every = Item::new("All of them", "one after the other", Choice::Yes);
                let one = |(nth, name): (usize, &SafeText)| Item::new(name.clone(), "", Choice::Nth(nth));
                let items = std::iter::once(every).chain(all.iter().enumerate().map(one)).collect();
                self.overlays.push(Overlay::Picker(Picker::new("Fetch what is new from", Purpose::FetchFrom, items)));
                Vec::new()
            }
        }
    }

    pub(super) fn source_is_chosen(&mut self, choice: &Choice) -> Vec<Effect> {
        match choice {
            Choice::Nth(nth) => match self.sources.get(*nth).cloned() {
                Some(source) => self.fetch_from(Some(source)),
                None => Vec::new(),
            },
            _ => self.fetch_from(None),
        }
    }

    fn fetch_from(&mut self, source: Option<SafeText>) -> Vec<Effect> {
        let from = source.as_ref().map_or("all sources", SafeText::as_str);
        self.fetches = true;
        let mut effects = self.tell(Tone::Hint, format!("Fetching from {from}. You can go on meanwhile; what has come is kept."));
        effects.push(Effect::FetchNew(source));
        effects
    }

    /// Pauses what was begun here, or lets it go on; the line of the fetch says which.
    pub(super) fn pause_fetch(&mut self) -> Vec<Effect> {
        match (self.fetches, &self.under_way) {
            (true, Some(state)) if state.files > 0 => vec![Effect::PauseFetch],
            (true, _) => self.tell(Tone::Hint, "Nothing comes yet: the source is still being asked what is new."),
            (false, Some(_)) => {
                self.tell(Tone::Hint, "This fetch was begun elsewhere: p pauses it in the terminal where it works.")
            }
            (false, None) => self.tell(Tone::Hint, "Nothing is being fetched."),
        }
    }

    pub(super) fn is_under_way(&mut self, state: Option<UnderWay>) -> Vec<Effect> {
        self.under_way = state;
        Vec::new()
    }

    pub(super) fn fetched(&mut self, told: &SafeText, whole: bool) -> Vec<Effect> {
        self.fetches = false;
        let mut effects = self.tell(if whole { Tone::Done } else { Tone::Trouble }, told.to_string());
        if matches!(self.screen(), Screen::Batches) {
            effects.push(Effect::ListBatches);
        }
        effects
    }
}
