//! Panel: the ranking with its spread, at once; all further figures as soon as they are computed.

mod figures;

pub use figures::habits as my_prompts;

use std::sync::Arc;

use super::action::Action;
use super::overlay::{Overlay, Page, Purpose, Reader};
use super::{App, Desk, Effect, NotRanked, Screen, Sealed};
use crate::panel::{self, Measures};
use crate::text::SafeText;

/// What the Panel screen remembers.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The analysis of what may be seen.
    pub analysis: panel::Panel,
    /// What it is made of.
    sealed: Arc<Sealed>,
    /// All further figures; none while they are computed.
    pub measures: Option<Box<Measures>>,
    /// What is not in it, as far as one may know of it.
    pub left_out: panel::LeftOut,
    /// Who is not ranked, and why.
    pub not_ranked: Vec<NotRanked>,
    /// Which candidate is selected.
    pub selected: usize,
    /// Which figures stand below the ranking.
    pub detail: Detail,
    /// How many can be met.
    pub places: Option<usize>,
    /// The last asking for figures; those of an earlier one are no news.
    asked: u32,
}

/// The figures below the ranking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// What the selected candidate's total rests on.
    #[default]
    Candidate,
    /// The selected candidate against the next ones.
    Pairs,
    /// Whether reviewers agree.
    Agreement,
    /// Who is severe or lenient.
    Reviewers,
    /// How each criterion works.
    Criteria,
}

impl Detail {
    /// All, in the order of the key.
    pub const ALL: [Detail; 5] = [Detail::Candidate, Detail::Pairs, Detail::Agreement, Detail::Reviewers, Detail::Criteria];

    fn turn(self, by: usize) -> Self {
        Detail::ALL[(self as usize + by) % Detail::ALL.len()]
    }
}

impl Panel {
    /// The ranking of what may be seen; none while no rubric is attached.
    fn of(desk: &Desk) -> Option<Self> {
        let (sealed, left_out) = desk.sealed()?;
        let analysis = panel::Panel::analyse(&sealed.ratings, &sealed.scheme);
        let (not_ranked, sealed) = (desk.not_ranked(&analysis), Arc::new(sealed));
        let detail = Detail::default();
        Some(Panel { analysis, sealed, measures: None, left_out, not_ranked, selected: 0, detail, places: None, asked: 0 })
    }

    /// What stands below the ranking, where that is not the selected candidate's own; `called` says what a candidate is called.
    pub fn lines(&self, called: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
        match &self.measures {
            Some(measures) => figures::view(self, measures, called),
            None => vec!["These figures are being computed.".to_owned()],
        }
    }

    /// Where a candidate stands to the cut line: surely within, not to be told apart from it, or below; none where there is no
    /// line, or it cannot be said.
    pub fn to_the_line(&self, ranked: &panel::Ranked) -> Option<&'static str> {
        Some(match ranked.range.to_the_line(self.places?)? {
            panel::Side::Within => "within",
            panel::Side::Open => "may be",
            panel::Side::Below => "below",
        })
    }

    /// A candidate's adjusted score.
    pub fn adjusted(&self, ranked: &panel::Ranked) -> Option<&panel::AdjustedScore> {
        let all = self.measures.as_ref()?.adjusted.standing();
        all.iter().find(|score| score.candidate == ranked.candidate)
    }
}

impl App {
    pub(super) fn show_panel(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(panel) = Panel::of(desk) else {
            return self.tell(super::Tone::Hint, "There is no ranking without a rubric: attach one from the grid.");
        };
        let mut effects = self.paused();
        self.show(Screen::Panel(panel));
        effects.extend(self.measure());
        effects
    }

    /// Others' work came in: what the open ranking rests on may have changed.
    pub(super) fn rank_again(&mut self) -> Vec<Effect> {
        let Some(fresh) = self.desk.as_ref().and_then(Panel::of) else { return Vec::new() };
        for screen in &mut self.screens {
            let Screen::Panel(panel) = screen else { continue };
            let last = fresh.analysis.ranking.len().saturating_sub(1);
            let (selected, detail, places, asked) = (panel.selected.min(last), panel.detail, panel.places, panel.asked);
            *panel = Panel { selected, detail, places, asked, ..fresh.clone() };
        }
        self.measure()
    }

    /// Asks for the figures beyond the ranking, where a ranking is open.
    fn measure(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let open = self.screens.iter_mut().find_map(|screen| if let Screen::Panel(panel) = screen { Some(panel) } else { None });
        let Some(panel) = open else { return Vec::new() };
        panel.asked += 1;
        let asked = panel.asked;
        let from = Arc::new(desk.to_measure_of(panel.sealed.clone(), panel.places));
        vec![Effect::Measure { asked, from }]
    }

    /// The figures are there; those of an earlier asking are let go.
    pub(super) fn panel_is_measured(&mut self, asked: u32, measures: Measures) -> Vec<Effect> {
        for screen in &mut self.screens {
            if let Screen::Panel(panel) = screen
                && panel.asked == asked
            {
                panel.measures = Some(Box::new(measures.clone()));
            }
        }
        Vec::new()
    }

    pub(super) fn on_panel(&mut self, action: Action) -> Vec<Effect> {
        let Some(Screen::Panel(panel)) = self.screens.last_mut() else { return Vec::new() };
        let last = panel.analysis.ranking.len().saturating_sub(1);
        let step = |by: isize| panel.selected.saturating_add_signed(by).min(last);
        panel.selected = match action {
            Action::Open => return self.open_ranked(),
            Action::AboutFigure => return self.about_figures(),
            Action::CutLine => return self.ask_places(),
            Action::MyHabits => return self.show_my_habits(),
            Action::NextFigures | Action::PreviousFigures => {
                panel.detail = panel.detail.turn(if action == Action::NextFigures { 1 } else { Detail::ALL.len() - 1 });
                return Vec::new();
            }
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
        let Screen::Panel(panel) = self.screen() else { return Vec::new() };
        let figures = panel.measures.as_deref().map(|measures| figures::lines(panel, measures)).unwrap_or_default();
        let lines = figures.into_iter().chain(METHOD.iter().map(|line| SafeText::line(line)));
        let page = Page::Text(lines.collect());
        self.overlays.push(Overlay::Reader(Reader::new("How these figures are made".into(), page)));
        Vec::new()
    }

    /// Asks how many can be met.
    fn ask_places(&mut self) -> Vec<Effect> {
        let Screen::Panel(panel) = self.screen() else { return Vec::new() };
        let initial = panel.places.map_or_else(String::new, |places| places.to_string());
        self.ask_line("How many can you meet?", "Enter draws the line · 0 takes it away", Purpose::Meet, &initial)
    }

    /// Draws the cut line, or takes it away.
    pub(super) fn meet(&mut self, text: &str) -> Vec<Effect> {
        let Ok(places) = text.parse::<usize>() else {
            return self.tell(super::Tone::Hint, "That is no number: 6 says that you can meet six.");
        };
        if let Some(Screen::Panel(panel)) = self.screens.last_mut() {
            panel.places = (places > 0).then_some(places);
        }
        if let Some(words) = self.line_in_words(places) {
            self.tell(super::Tone::Done, words.as_str());
        }
        self.measure()
    }

    /// What the cut line says, as `earmark panel --meet` does, or why nothing can be said.
    fn line_in_words(&self, places: usize) -> Option<SafeText> {
        let (Screen::Panel(panel), Some(desk)) = (self.screen(), &self.desk) else { return None };
        if places == 0 {
            return Some("There is no cut line now.".into());
        }
        let called = |id: &SafeText| {
            let of = desk.batch.submissions.iter().find(|one| one.candidate.source_id == *id);
            of.map_or_else(|| id.clone(), |one| desk.called(one.id))
        };
        let mut lines = panel::words::cut(&panel.analysis, places, called);
        lines.extend(panel::words::no_range(&panel.analysis));
        Some(SafeText::line(&lines.join(" ")))
    }

    /// What one's own figures suggest, once all of one's own is sealed.
    fn show_my_habits(&mut self) -> Vec<Effect> {
        let (Screen::Panel(panel), Some(desk)) = (self.screen(), &self.desk) else { return Vec::new() };
        let Some(measures) = panel.measures.as_deref() else {
            return self.tell(super::Tone::Hint, "The figures are still being computed.");
        };
        let Some(prompts) = desk.my_prompts(measures) else {
            return self.tell(super::Tone::Hint, "This shows once all of your batch is sealed.");
        };
        let lines = figures::habits(&prompts, desk.calibration().as_ref());
        let page = Page::Text(lines);
        self.overlays.push(Overlay::Reader(Reader::new("How you used the scale".into(), page)));
        Vec::new()
    }
}

/// How the figures are made, for the key that asks.
const METHOD: [&str; 17] = [
    "A total is the weighted mean of the criteria, each the mean of its reviewers' points, from 0 (every criterion at the scale's lowest point) to 100 (every one at its highest).",
    "",
    "Seen is the share of the weight that was observed. Below the rubric's minimum a total is provisional: it is shown and not ranked. A technical fault blocks a total where the rubric says so.",
    "",
    "Totals equal to nine digits have the same rank. They are shown with as many digits as it takes to tell different ranks apart, three at the most; what looks equal and has another rank differs further behind. The range holds the true rank nine times in ten: levels are drawn from a mixed model of the reviewers' weighted means, in which candidates and reviewers are draws and variances come from restricted likelihood, and are ranked each time. A total's ± is nine in ten too, by the same variances.",
    "",
    "With fewer than five reviewers such a range is rough, marked ~: how much reviewers differ is hardly known then. With one reviewer there is none, and where reviewers and candidates fall into groups that share nobody there is no common ranking.",
    "",
    "Agreement between reviewers says that they see alike, not that they are right. Beside each share stands what chance alone would give, from how often each reviewer gives each point; Krippendorff's alpha is corrected for that: from .800 on it can be relied on, from .667 on it allows tentative conclusions.",
    "",
    "The probability of A above B is by the same model. Who cannot be told apart from the first of a band, nine in ten or surer, has its letter. The rank itself goes by the total as it is: one who was seen by lenient reviewers, or by few, can stand above others who are in a better band. Comparisons side by side stand beside it, by Bradley and Terry with Davidson's ties.",
    "",
    "Whether reviewers differ in severity is tested before any score is adjusted (p < .05, declared beforehand); the points beside a reviewer are that reviewer less the panel on the same candidates, with the 95% interval. It is no grade: severity cancels where everyone is seen by the same.",
    "",
    "The cut line is held against the range: who is within it with all of the range, and who cannot be told apart from it.",
    "",
    "Fit and severity by the many-facet Rasch model, components of variance, and every figure with its interval, n and method are in `earmark panel --json`.",
];
