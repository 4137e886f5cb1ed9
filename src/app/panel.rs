//! Panel: the ranking with its spread.

use super::action::Action;
use super::overlay::{Overlay, Page, Reader};
use super::{App, Desk, Effect, NotRanked, Screen};
use crate::panel;
use crate::text::SafeText;

/// What the Panel screen remembers.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The analysis of what may be seen.
    pub analysis: panel::Panel,
    /// Begun scorecards that are not sealed, as far as one may know of them.
    pub unsealed: usize,
    /// Who is not ranked, and why.
    pub not_ranked: Vec<NotRanked>,
    /// Which candidate is selected.
    pub selected: usize,
}

impl Panel {
    /// The ranking of what may be seen; none while no rubric is attached.
    fn of(desk: &Desk) -> Option<Self> {
        let (analysis, unsealed) = desk.analysis()?;
        let not_ranked = desk.not_ranked(&analysis);
        Some(Panel { analysis, unsealed, not_ranked, selected: 0 })
    }
}

impl App {
    pub(super) fn show_panel(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(panel) = Panel::of(desk) else {
            return self.tell(super::Tone::Hint, "There is no ranking without a rubric: attach one from the grid.");
        };
        let effects = self.paused();
        self.show(Screen::Panel(panel));
        effects
    }

    /// Others' work came in: what the open ranking rests on may have changed.
    pub(super) fn rank_again(&mut self) {
        let Some(fresh) = self.desk.as_ref().and_then(Panel::of) else { return };
        for screen in &mut self.screens {
            let Screen::Panel(panel) = screen else { continue };
            let last = fresh.analysis.ranking.len().saturating_sub(1);
            *panel = Panel { selected: panel.selected.min(last), ..fresh.clone() };
        }
    }

    pub(super) fn on_panel(&mut self, action: Action) -> Vec<Effect> {
        let Some(Screen::Panel(panel)) = self.screens.last_mut() else { return Vec::new() };
        let last = panel.analysis.ranking.len().saturating_sub(1);
        let step = |by: isize| panel.selected.saturating_add_signed(by).min(last);
        panel.selected = match action {
            Action::Open => return self.open_ranked(),
            Action::AboutFigure => return self.about_figures(),
            _ => match action.rows() {
                Some(by) => step(by),
                None => return Vec::new(),
            },
        };
        Vec::new()
    }

    /// Goes to the selected candidate in the grid.
    fn open_ranked(&mut self) -> Vec<Effect> {
        let (Screen::Panel(panel), Some(desk)) = (self.screen(), &self.desk) else { return Vec::new() };
        let ranked = panel.analysis.ranking.get(panel.selected);
        let submission = ranked.and_then(|ranked| {
            let mut all = desk.batch.submissions.iter();
            all.find(|submission| submission.candidate.source_id == ranked.candidate).map(|submission| submission.id)
        });
        let Some(submission) = submission else { return self.tell(super::Tone::Hint, "There is nobody to open in this ranking.") };
        let effects = self.show_batch();
        let at = |app: &App| app.desk.as_ref().and_then(|desk| desk.shown.iter().position(|row| *row == submission));
        if at(self).is_none() {
            // A filter hides whom one asks for.
            self.clear_filter();
        }
        if let (Some(row), Some(Screen::Batch(grid))) = (at(self), self.screens.last_mut()) {
            grid.row = row;
        }
        effects
    }

    fn about_figures(&mut self) -> Vec<Effect> {
        let page = Page::Text(METHOD.iter().map(|line| SafeText::line(line)).collect());
        self.overlays.push(Overlay::Reader(Reader { title: "How these figures are made".into(), page, scroll: 0 }));
        Vec::new()
    }
}

/// How the figures are made, for the key that asks.
const METHOD: [&str; 9] = [
    "A total is the weighted mean of the criteria, each the mean of its reviewers' points, from 0 (every criterion at the scale's lowest point) to 100 (every one at its highest).",
    "",
    "Seen is the share of the weight that was observed. Below the rubric's minimum a total is provisional: it is shown and not ranked. A technical fault blocks a total where the rubric says so.",
    "",
    "Totals equal to nine digits have the same rank. They are shown with as many digits as it takes to tell different ranks apart, three at the most; what looks equal and has another rank differs further behind. The range is what the rank would be with other reviewers like these: the reviewers are drawn anew, with replacement, in every possible way (or in many random ways when there are more than five), and the range holds nine draws of ten.",
    "",
    "With fewer than five reviewers such a range is rough, marked ~, and rather too narrow. With one reviewer there is none.",
    "",
    "Agreement between reviewers says that they see alike, not that they are right.",
];
