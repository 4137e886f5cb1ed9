//! What an action does, wherever it is asked for: going between screens, and handing the rest to the screen on top.

use super::action::Action;
use super::judging::ONLY_DECIDES;
use super::{App, Command, Deck, Effect, Notice, Screen, Slot, Tone};
use crate::text::SafeText;

impl App {
    pub(in crate::app) fn act_on(&mut self, action: Action) -> Vec<Effect> {
        self.notice = None;
        if action != Action::Undo {
            self.undo_asked = None;
        }
        if !self.overlays.is_empty() {
            return self.act_on_overlay(action);
        }
        if let Some(effects) = self.while_searching(action) {
            return effects;
        }
        let leaves = matches!(action, Action::Back | Action::Close);
        if let Some(effects) = self.picked.filter(|_| leaves).and_then(|_| self.let_go()) {
            return effects;
        }
        if leaves && self.put_paper_away() {
            return Vec::new();
        }
        if action.reviews() && self.only_decides() {
            return self.tell(Tone::Hint, ONLY_DECIDES);
        }
        match action {
            Action::Back | Action::Close if matches!(self.screen(), Screen::Calibrate(_)) => self.leave_clip(),
            Action::Close if self.screens.len() == 1 => self.leave(),
            Action::Back | Action::Close => self.back(),
            Action::Quit => self.leave(),
            Action::Help => self.open_help(),
            Action::Palette => self.open_palette(),
            Action::Redraw => vec![Effect::Redraw],
            Action::Suspend => self.paused().into_iter().chain([Effect::Suspend]).collect(),
            Action::OutputDevice => vec![Effect::ListOutputs],
            Action::NextTheme => vec![Effect::NextTheme],
            Action::ChooseTheme => vec![Effect::ListThemes],
            Action::ReadRubric => self.read_rubric(),
            Action::ReadProtocol => self.read_protocol(),
            Action::ReadAnalytics => self.read_analytics(),
            _ if matches!(self.screen(), Screen::Calibrate(_)) => self.on_calibrate(action),
            Action::Calibrate => self.calibrate(),
            Action::AttachRubric => self.choose_rubric(),
            Action::ToBatch => self.show_batch(),
            Action::ToReview => self.show_review(),
            Action::ToCompare => self.show_compare(),
            Action::Overall => self.turn_overall(),
            Action::Reconcile => self.ask_reconcile(),
            Action::ToPanel => self.show_panel(),
            Action::ToDeliver => self.show_deliver(),
            Action::Concordance => self.open_concordance(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Export => self.ask_export(),
            Action::Exchange => self.ask_exchange(),
            Action::FetchNew => self.ask_fetch(),
            Action::PauseFetch => self.pause_fetch(),
            Action::Sitting => self.ask_minutes(),
            Action::EndTour => self.end_tour(),
            _ => match self.screen() {
                Screen::Batches => self.on_batches(action),
                Screen::Batch(_) => self.on_batch(action),
                Screen::Review(_) => self.on_review(action),
                Screen::Compare(_) => self.on_compare(action),
                Screen::Panel(_) => self.on_panel(action),
                Screen::Deliver(_) => self.on_deliver(action),
                Screen::Calibrate(_) => self.on_calibrate(action),
            },
        }
    }

    pub(in crate::app) fn back(&mut self) -> Vec<Effect> {
        if self.screens.len() == 1 {
            // To go back once too often must not end the program.
            return self.tell(Tone::Hint, "This is the first screen: q leaves earmark.");
        }
        self.screens.pop();
        self.search = None;
        let effects = self.paused();
        if self.screens.len() == 1 {
            self.left = self.desk.take().map(Box::new);
            self.deck = Deck::new(self.deck.chosen);
            let unload = (0..Slot::COUNT as u8).map(|slot| Effect::Player(Command::Unload(Slot(slot))));
            return effects.into_iter().chain(unload).chain([Effect::ListBatches]).collect();
        }
        effects
    }

    /// Puts a screen of its kind on top, going back to one that is already open.
    pub(in crate::app) fn show(&mut self, screen: Screen) {
        let place = screen.place();
        if let Some(open) = self.screens.iter().position(|open| open.place() == place) {
            self.screens.truncate(open);
        }
        self.screens.push(screen);
    }

    pub(crate) fn tell(&mut self, tone: Tone, text: impl AsRef<str>) -> Vec<Effect> {
        self.notice = Some(Notice { tone, text: SafeText::line(text.as_ref()) });
        Vec::new()
    }

    pub(in crate::app) fn exchanged(&mut self, told: &SafeText, whole: bool) -> Vec<Effect> {
        let mut effects = self.tell(if whole { Tone::Done } else { Tone::Trouble }, told.to_string());
        // What came may be of any batch.
        if matches!(self.screen(), Screen::Batches) {
            effects.push(Effect::ListBatches);
        }
        effects
    }

    pub(in crate::app) fn exported(
        &mut self,
        path: &SafeText,
        rows: usize,
        [unsealed, not_ready, kept_out]: [usize; 3],
    ) -> Vec<Effect> {
        let mut left_out = String::new();
        let mut say = |count: usize, one: &str, many: &str| match count {
            0 => {}
            1 => left_out.push_str(&format!("; 1 {one}")),
            n => left_out.push_str(&format!("; {n} {many}")),
        };
        say(unsealed, "scorecard is not sealed and left out", "scorecards are not sealed and left out");
        say(not_ready, "candidate is not ready and left out", "candidates are not ready and left out");
        say(kept_out, "row is wrong and kept out, see the manifest", "rows are wrong and kept out, see the manifest");
        self.tell(Tone::Done, format!("Wrote {rows} rows to {path}{left_out}"))
    }
}
