//! What changed since it was told last, in the order in which a person wants to know it.

use std::collections::BTreeMap;

use super::reading::{self, at_hand};
use super::{Kind, Line, asking, telling};
use crate::app::action::{Action, Place};
use crate::app::{App, Loaded, Notice, Overlay, Screen, Tone};
use crate::interview::{AnswerId, CriterionId, QuestionId};
use crate::rubric::Observed;
use crate::text::SafeText;

/// What was told already.
#[derive(Default)]
pub(super) struct Told {
    place: Option<Place>,
    answer: Option<AnswerId>,
    question: Option<QuestionId>,
    listed: Option<usize>,
    /// The list of the Deliver screen.
    sheet: Option<(crate::app::DeliverView, SafeText)>,
    ratings: BTreeMap<CriterionId, Observed>,
    criterion: Option<usize>,
    written: usize,
    playing: bool,
    tempo: String,
    notice: Option<Notice>,
    over: Option<(usize, SafeText, usize)>,
    /// The document beside the table.
    paper: Option<Vec<SafeText>>,
    unsaved: bool,
    sentence: Option<usize>,
    /// The ear was sent elsewhere: where it is now is told.
    moved: bool,
    tour: Option<&'static str>,
    /// Rows of which it was told what a machine proposed.
    machines: usize,
    /// Of which answer it was told what to know before judging.
    warned: Option<AnswerId>,
}

impl Told {
    /// An action is on its way to the application.
    pub(super) fn is_done(&mut self, action: Action) {
        use Action::*;
        // It takes away the message before; the same one may come again.
        self.notice = None;
        self.moved |= matches!(
            action,
            Back1
                | Back5
                | Back15
                | Forward1
                | Forward5
                | Forward15
                | PreviousSentence
                | NextSentence
                | Skim
                | SkimBack
                | NextHit
                | PreviousHit
        );
    }

    pub(super) fn is_moved(&mut self) {
        self.moved = true;
    }

    pub(super) fn knows_notice(&mut self, app: &App) {
        self.notice = app.notice.clone();
    }

    pub(super) fn news(&mut self, app: &App, captions: bool) -> Vec<Line> {
        let mut lines = Vec::new();
        let arrived = self.arrival(app, &mut lines);
        self.recording(app, &mut lines);
        self.machines(app, arrived, &mut lines);
        if !arrived {
            self.judging(app, &mut lines);
        }
        self.notice(app, &mut lines);
        self.transport(app, &mut lines);
        self.over(app, &mut lines);
        self.tour(app, &mut lines);
        self.saving(app, &mut lines);
        if captions {
            self.caption(app, &mut lines);
        }
        lines
    }

    /// Another screen, another answer.
    fn arrival(&mut self, app: &App, lines: &mut Vec<Line>) -> bool {
        let (place, answer) = (app.screen().place(), at_hand(app));
        let listed = app.shelf.rows.as_ref().filter(|_| place == Place::Batches).map(Vec::len);
        let sheet = match app.screen() {
            Screen::Deliver(open) => open.sheet(open.view).map(|sheet| (open.view, sheet.sum.clone())),
            _ => None,
        };
        let is_new_sheet = sheet.is_some() && self.sheet != sheet;
        self.sheet = sheet;
        if self.place == Some(place) && self.answer == answer && self.listed == listed && !is_new_sheet {
            return false;
        }
        (self.place, self.answer, self.listed) = (Some(place), answer, listed);
        self.ratings = ratings(app);
        self.criterion = telling::cursor(app);
        self.written = written(app);
        self.tempo = reading::tempo(app);
        self.sentence = None;
        self.moved = false;
        if listed.is_none() && place == Place::Batches {
            return true;
        }
        match app.screen() {
            Screen::Review(_) | Screen::Compare(_) => self.answer(app, lines),
            _ => lines.extend(telling::place(app)),
        }
        true
    }

    /// A second reader's points, where they come later than what they stand beside.
    fn machines(&mut self, app: &App, arrived: bool, lines: &mut Vec<Line>) {
        let machines = telling::machines(app);
        let before = std::mem::replace(&mut self.machines, machines.len());
        if !arrived && machines.len() > before {
            lines.extend(machines);
        }
    }

    /// What to know of a recording before judging, once it is here.
    fn recording(&mut self, app: &App, lines: &mut Vec<Line>) {
        let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return };
        let is_open = matches!(app.screen(), Screen::Review(_) | Screen::Compare(_));
        if is_open && self.warned != Some(answer) && desk.recorded(answer).is_some() {
            self.warned = Some(answer);
            lines.extend(telling::to_know(desk, answer));
        }
    }

    fn answer(&mut self, app: &App, lines: &mut Vec<Line>) {
        let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return };
        lines.push(Line::told(telling::whose(app, desk, answer)));
        let question = desk.batch.answer(answer).map(|(_, given)| given.question.clone());
        // Question by question it is the same for many answers.
        if question != self.question {
            lines.extend(telling::question(app));
            self.question = question;
        }
        lines.extend(reading::paragraphs(app));
    }

    /// Ratings, the criterion that is next, notes.
    fn judging(&mut self, app: &App, lines: &mut Vec<Line>) {
        let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return };
        let (ratings, criterion) = (ratings(app), telling::cursor(app));
        let mut changed = false;
        for known in desk.criteria(answer) {
            let (before, now) = (self.ratings.get(&known.id), ratings.get(&known.id));
            if before != now {
                lines.push(Line::new(Kind::Done, format!("{}: {}.", known.name, telling::value(now.copied()))));
                changed = true;
            }
        }
        if criterion != self.criterion
            && let Some(next) = criterion.and_then(|at| desk.criteria(answer).get(at))
        {
            let rated = ratings.get(&next.id).copied();
            let rated = if changed && rated.is_none() { String::new() } else { format!(": {}", telling::value(rated)) };
            lines.push(Line::told(format!("{}{}{rated}.", if changed { "Next: " } else { "" }, next.name)));
        }
        let written = written(app);
        match written.cmp(&self.written) {
            std::cmp::Ordering::Greater => lines.push(Line::new(Kind::Done, "It is written down.")),
            std::cmp::Ordering::Less => lines.push(Line::new(Kind::Done, "It is taken back.")),
            std::cmp::Ordering::Equal => {}
        }
        (self.ratings, self.criterion, self.written) = (ratings, criterion, written);
    }

    fn notice(&mut self, app: &App, lines: &mut Vec<Line>) {
        if let Some(notice) = app.notice.as_ref().filter(|notice| self.notice.as_ref() != Some(notice)) {
            let kind = match notice.tone {
                Tone::Done => Kind::Done,
                Tone::Hint => Kind::Hint,
                Tone::Trouble => Kind::Trouble,
            };
            lines.push(Line { kind, text: notice.text.clone() });
        }
        self.notice = app.notice.clone();
    }

    fn transport(&mut self, app: &App, lines: &mut Vec<Line>) {
        let deck = &app.deck;
        let at = deck.at(deck.active);
        let length = match deck.loaded(deck.active) {
            Loaded::Ready { length, .. } => *length,
            _ => None,
        };
        if deck.playing != self.playing {
            let ended = length.is_some_and(|end| at.shifted(50) >= end);
            lines.push(Line::told(match (deck.playing, ended) {
                (true, _) => format!("Playing from {at} at {}.", reading::tempo(app)),
                (false, true) => format!("The end, {at}."),
                (false, false) => format!("Paused at {at}."),
            }));
        } else if self.moved {
            lines.push(Line::told(format!("At {at}.")));
        } else if reading::tempo(app) != self.tempo && matches!(app.screen(), Screen::Review(_) | Screen::Compare(_)) {
            lines.push(Line::told(format!("Now {}.", reading::tempo(app))));
        }
        (self.playing, self.tempo, self.moved) = (deck.playing, reading::tempo(app), false);
    }

    /// Something is asked, or to be read.
    fn over(&mut self, app: &App, lines: &mut Vec<Line>) {
        let over = app.overlays.last().map(|over| {
            let (title, more) = match over {
                Overlay::Picker(picker) => (picker.title.clone(), picker.items.len()),
                Overlay::Field(field) => (field.title.clone(), 0),
                Overlay::Reader(reader) => (reader.title.clone(), 0),
                Overlay::Concordance(open) => (SafeText::line(&open.field.now), open.found.hits.len()),
            };
            (app.overlays.len(), title, more)
        });
        if over != self.over {
            lines.extend(asking::asked(app).unwrap_or_default());
        }
        self.over = over;
        let paper = telling::paper(app);
        if paper != self.paper {
            lines.extend(paper.iter().flatten().map(|line| Line::told(line.as_str())));
        }
        self.paper = paper;
    }

    fn tour(&mut self, app: &App, lines: &mut Vec<Line>) {
        let step = app.tour();
        if let Some(step) = step.filter(|_| step != self.tour) {
            lines.push(Line::new(Kind::Hint, format!("{step} end-tour ends these hints.")));
        }
        self.tour = step.or(self.tour);
    }

    fn saving(&mut self, app: &App, lines: &mut Vec<Line>) {
        let unsaved = app.desk.as_ref().is_some_and(|desk| desk.has_unsaved_judgements());
        if self.unsaved && !unsaved {
            lines.push(Line::new(Kind::Done, "Saved."));
        }
        self.unsaved = unsaved;
    }

    fn caption(&mut self, app: &App, lines: &mut Vec<Line>) {
        if !app.deck.playing {
            return;
        }
        if let Some((first, line)) = reading::sentence_at(app, app.deck.at(app.deck.active))
            && self.sentence.replace(first) != Some(first)
        {
            lines.push(line);
        }
    }
}

fn ratings(app: &App) -> BTreeMap<CriterionId, Observed> {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return BTreeMap::new() };
    desk.mine().ratings_of(answer).map(|(criterion, rating)| (criterion.clone(), rating.observed)).collect()
}

/// How many notes and follow-ups stand on the answer at hand.
fn written(app: &App) -> usize {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return 0 };
    desk.mine().notes_on(answer).count() + desk.mine().probes_on(answer).count()
}
