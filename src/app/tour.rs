//! The tour: three hints for whoever sees earmark for the first time, in the demo; they take no key and no room of their own.

use super::{App, Effect, Screen, Tone};

/// The steps, in the order in which a beginner meets them.
const STEPS: [&str; 3] = [
    "Tour 1/3: rows are people, columns questions; o hears the next.",
    "Tour 2/3: space plays, digits rate, e marks what was just said.",
    "Tour 3/3: n is the next, S seals once all is rated, ? lists keys.",
];

impl App {
    /// The hint for where one is; none where there is no tour, or nothing to say here.
    pub fn tour(&self) -> Option<&'static str> {
        let desk = self.desk.as_ref().filter(|_| self.tours && self.overlays.is_empty())?;
        let has_rated = !desk.mine().ratings.is_empty();
        match self.screen() {
            Screen::Batch(_) if !has_rated => Some(STEPS[0]),
            Screen::Review(_) if !has_rated => Some(STEPS[1]),
            Screen::Batch(_) | Screen::Review(_) if desk.mine().sealed.is_empty() => Some(STEPS[2]),
            _ => None,
        }
    }

    /// No more of it, ever.
    pub(super) fn end_tour(&mut self) -> Vec<Effect> {
        if !std::mem::take(&mut self.tours) {
            return self.tell(Tone::Hint, "There is no tour here: the demo has one for beginners.");
        }
        self.tell(Tone::Done, "The tour is over, for good. ? shows the keys that work where you are.");
        vec![Effect::EndTour]
    }
}
