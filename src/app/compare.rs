//! Compare: two to four candidates' answers to one question, side by side under one transport.

use super::action::Action;
use super::cursor::Cursor;
use super::judging::Focus;
use super::{App, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, Moment, QuestionId, SubmissionId};

/// What the Compare screen remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// Which question, as the batch names it.
    pub question: QuestionId,
    /// The columns A to D.
    pub columns: Vec<Column>,
    /// Which column is heard and rated.
    pub focus: usize,
    /// Which criterion the next digit rates.
    pub cursor: Cursor,
    /// Whether the spoken word is kept in view.
    pub follow: bool,
    /// Which column was heard before this one: what the focused one is compared with.
    pub before: Option<usize>,
    /// Where a column is heard from when one switches to it.
    pub switch: SwitchTo,
    /// All questions in place of one; none while one question is heard.
    pub overall: Option<super::Side>,
}

/// Where a column is heard from when one switches to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SwitchTo {
    /// Where that answer was left.
    #[default]
    Position,
    /// At the evidence for the criterion in focus, and no further; where there is none, where it was left.
    Evidence,
}

/// One candidate's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Whose.
    pub submission: SubmissionId,
    /// Which answer; none where the question was not answered.
    pub answer: Option<AnswerId>,
    /// Lines that its transcript is scrolled by, where it does not follow.
    pub scroll: usize,
}

impl Compare {
    /// The answer in the column that is heard and rated; none where that candidate gave none.
    pub fn focused_answer(&self) -> Option<AnswerId> {
        self.columns.get(self.focus)?.answer
    }

    /// The column that the focused one is compared with: the one heard before it, else the next; none without another answer.
    pub fn rival(&self) -> Option<usize> {
        let is_other = |nth: &usize| *nth != self.focus && self.columns.get(*nth).is_some_and(|column| column.answer.is_some());
        let count = self.columns.len();
        self.before.filter(is_other).or_else(|| (1..count).map(|step| (self.focus + step) % count).find(is_other))
    }
}

impl App {
    /// Puts the selected candidates side by side; with fewer than two, the one at hand and the next in order.
    pub(super) fn show_compare(&mut self) -> Vec<Effect> {
        self.compare_of(2)
    }

    /// Compares at least so many; over all questions one alone is read as well.
    pub(super) fn compare_of(&mut self, fewest: usize) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let (question, at_hand) = match self.screen() {
            Screen::Review(review) => {
                let Some((submission, answer)) = desk.batch.answer(review.answer) else { return Vec::new() };
                (answer.question.clone(), Some(submission.id))
            }
            Screen::Batch(grid) => {
                let cell = grid.cell(desk);
                let question = cell.as_ref().map(|cell| cell.question.clone()).or_else(|| desk.first_question());
                let Some(question) = question else { return Vec::new() };
                (question, cell.map(|cell| cell.submission))
            }
            _ => {
                let Some(question) = desk.first_question() else { return Vec::new() };
                (question, None)
            }
        };
        let chosen = self.to_compare_of(&question, at_hand);
        if chosen.len() < fewest {
            return self.tell(Tone::Hint, "Comparing takes two candidates with an answer to this question: x selects them.");
        }
        self.compare(question, chosen)
    }

    fn to_compare_of(&self, question: &QuestionId, at_hand: Option<SubmissionId>) -> Vec<SubmissionId> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let selected: Vec<SubmissionId> = desk.selected.iter().copied().take(Slot::COUNT).collect();
        if selected.len() >= 2 {
            return selected;
        }
        let mut chosen: Vec<SubmissionId> = selected.into_iter().chain(at_hand).collect();
        chosen.dedup();
        let order: Vec<SubmissionId> = desk.answerers(question);
        let from = chosen.first().and_then(|first| order.iter().position(|s| s == first)).map_or(0, |at| at + 1);
        let others = order[from..].iter().chain(&order[..from]);
        for other in others {
            if chosen.len() < 2 && !chosen.contains(other) {
                chosen.push(*other);
            }
        }
        chosen
    }

    /// Lays the same candidates side by side anew.
    pub(super) fn compare_again(&mut self) -> Vec<Effect> {
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let submissions = compare.columns.iter().map(|column| column.submission).collect();
        self.compare(compare.question.clone(), submissions)
    }

    fn compare(&mut self, question: QuestionId, submissions: Vec<SubmissionId>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let columns: Vec<Column> = submissions
            .into_iter()
            .map(|submission| {
                let answer = desk.batch.submission(submission).and_then(|s| s.answer_to(&question));
                let answer = answer.filter(|answer| answer.state.is_reviewable()).map(|answer| answer.id);
                Column { submission, answer, scroll: 0 }
            })
            .collect();
        let answers: Vec<Option<AnswerId>> = columns.iter().map(|column| column.answer).collect();
        let focus = answers.iter().position(Option::is_some).unwrap_or(0);
        let unrated = answers.get(focus).copied().flatten().and_then(|answer| desk.first_unrated(answer));
        let cursor = Cursor::new(unrated.unwrap_or(0), self.now);
        self.search = None;
        let switch = if let Screen::Compare(compare) = self.screen() { compare.switch } else { SwitchTo::default() };
        let mut effects = self.paused();
        self.show(Screen::Compare(Compare { question, columns, focus, cursor, follow: true, before: None, switch, overall: None }));
        for (slot, answer) in (0..).map(Slot).zip(answers) {
            if let Some(answer) = answer {
                effects.extend(self.load(slot, answer, Moment::START));
            }
        }
        effects.extend(self.hear(Slot(focus as u8)));
        let answers: Vec<AnswerId> = self.compared();
        self.tell_left_out(&answers);
        effects.extend(self.acknowledge_first());
        effects
    }

    pub(super) fn on_compare(&mut self, action: Action) -> Vec<Effect> {
        if let Some(effects) = self.on_overall(action) {
            return effects;
        }
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let (criterion, slot) = (compare.cursor.criterion, Slot(compare.focus as u8));
        let answer = compare.focused_answer();
        let question = compare.question.clone();
        if let Some(effects) = self.transport(action).or_else(|| self.seek_words(action)) {
            return effects;
        }
        if let Some(answer) = answer
            && let Some(effects) = self.judge(action, Focus { answer, criterion, slot })
        {
            return effects;
        }
        match action {
            Action::ColumnA => self.column(0),
            Action::ColumnB => self.column(1),
            Action::ColumnC => self.column(2),
            Action::ColumnD => self.column(3),
            Action::NextColumn | Action::NextPane => self.turn_column(1),
            Action::PreviousColumn | Action::PreviousPane => self.turn_column(-1),
            Action::Last => {
                let answered = |compare: &Compare| compare.columns.iter().rposition(|column| column.answer.is_some());
                let Screen::Compare(compare) = self.screen() else { return Vec::new() };
                answered(compare).map(|nth| self.column(nth)).unwrap_or_default()
            }
            Action::Up | Action::PreviousCriterion => self.step_compared(-1),
            Action::Down | Action::NextCriterion => self.step_compared(1),
            Action::PageDown => self.scroll_column(8),
            Action::PageUp => self.scroll_column(-8),
            Action::Follow => {
                self.with_compare(|compare| compare.follow = !compare.follow);
                self.tell_following()
            }
            Action::GoOn => self.go_on_comparing(&question),
            Action::SwitchTo => self.turn_switch(),
            Action::TurnOrder => {
                self.tell(Tone::Hint, "One question is shown: M lays all of them side by side, and this turns their order.")
            }
            Action::Decide | Action::Comment | Action::Documents => match self.focused_submission() {
                Some(submission) if action == Action::Decide => self.ask_decision(vec![submission]),
                Some(submission) if action == Action::Documents => self.ask_documents(submission),
                Some(submission) => self.ask_comment(submission),
                None => Vec::new(),
            },
            Action::Prefer => self.prefer(),
            Action::Same => self.find_same(),
            Action::ClearComparison => self.clear_comparison(),
            Action::NextQuestion => self.compare_question(&question, 1),
            Action::PreviousQuestion => self.compare_question(&question, -1),
            _ => Vec::new(),
        }
    }

    /// Whose column is heard, or is selected while all questions are shown.
    fn focused_submission(&self) -> Option<SubmissionId> {
        let Screen::Compare(compare) = self.screen() else { return None };
        match &compare.overall {
            Some(side) => side.laid.columns.get(side.column).copied(),
            None => compare.columns.get(compare.focus).map(|column| column.submission),
        }
    }

    /// The answers that stand side by side.
    fn compared(&self) -> Vec<AnswerId> {
        match self.screen() {
            Screen::Compare(compare) => compare.columns.iter().filter_map(|column| column.answer).collect(),
            _ => Vec::new(),
        }
    }

    fn column(&mut self, nth: usize) -> Vec<Effect> {
        let now = self.now;
        let Some(Screen::Compare(compare)) = self.screens.last_mut() else { return Vec::new() };
        let Some(column) = compare.columns.get(nth) else {
            // A digit that follows was meant for who is not there.
            compare.cursor.enter(now);
            let words = format!("There is no column {}: x in the grid selects up to four candidates.", Slot(nth as u8).letter());
            return self.tell(Tone::Hint, words);
        };
        let Some(answer) = column.answer else {
            return self.tell(Tone::Hint, "This candidate gave no answer to this question.");
        };
        if compare.focus != nth {
            compare.before = Some(std::mem::replace(&mut compare.focus, nth));
            // A digit is for what this candidate still lacks, not for where the eye was in the other column; behind the last
            // rating, and where evidence is laid side by side, it stays with one criterion.
            let lacks = self.desk.as_ref().and_then(|desk| desk.first_unrated(answer));
            let stays = compare.switch == SwitchTo::Evidence;
            compare.cursor.place(lacks.filter(|_| !stays).unwrap_or(compare.cursor.criterion));
            let is_unheard = |desk: &Desk| desk.is_playable(answer) && desk.last_heard(answer).is_none();
            match self.deck.at(Slot(nth as u8)) == Moment::START && self.desk.as_ref().is_some_and(is_unheard) {
                true => compare.cursor.enter(now),
                false => compare.cursor.settle(),
            }
        }
        self.deck.until = None;
        let mut effects = self.hear(Slot(nth as u8));
        effects.extend(self.hear_evidence_of(nth, answer));
        if !self.deck.playing {
            effects.extend(self.begin(answer));
        }
        effects
    }

    /// Goes to the evidence for the criterion in focus, where columns are switched so.
    fn hear_evidence_of(&mut self, nth: usize, answer: AnswerId) -> Vec<Effect> {
        let (Screen::Compare(compare), Some(desk)) = (self.screen(), &self.desk) else { return Vec::new() };
        let Some(criterion) = desk.criteria(answer).get(compare.cursor.criterion).filter(|_| compare.switch == SwitchTo::Evidence)
        else {
            return Vec::new();
        };
        let Some(span) = desk.my_evidence(answer, &criterion.id).last().map(|evidence| evidence.span) else {
            let words =
                format!("{} has no evidence for {} yet: heard from where it was.", Slot(nth as u8).letter(), criterion.name);
            return self.tell(Tone::Hint, words);
        };
        let effects = self.seek(span.start);
        self.deck.until = Some(span.end);
        effects
    }

    fn turn_switch(&mut self) -> Vec<Effect> {
        let Some(Screen::Compare(compare)) = self.screens.last_mut() else { return Vec::new() };
        let (to, words) = match compare.switch {
            SwitchTo::Position => (SwitchTo::Evidence, "Columns are now heard at the evidence for the criterion in focus."),
            SwitchTo::Evidence => (SwitchTo::Position, "Columns are now heard from where they were left."),
        };
        compare.switch = to;
        self.tell(Tone::Done, words)
    }

    fn turn_column(&mut self, by: isize) -> Vec<Effect> {
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let count = compare.columns.len() as isize;
        let answered = |nth: &usize| compare.columns[*nth].answer.is_some();
        let next = (1..count).map(|step| (compare.focus as isize + by * step).rem_euclid(count) as usize).find(answered);
        next.map(|nth| self.column(nth)).unwrap_or_default()
    }

    /// Goes to the next question, once every column is rated; before that it says which is not.
    fn go_on_comparing(&mut self, question: &QuestionId) -> Vec<Effect> {
        let (Screen::Compare(compare), Some(desk)) = (self.screen(), &self.desk) else { return Vec::new() };
        let is_open = |column: &Column| {
            column.answer.is_some_and(|answer| matches!(desk.rated(answer), (rated, of) if rated < of) && !desk.is_sealed(answer))
        };
        match compare.columns.iter().position(is_open) {
            Some(nth) if !desk.sight.only_decides() => {
                let letter = Slot(nth as u8).letter();
                let words = format!("{letter} is not rated yet: {} hears it, digits rate; > goes on.", letter.to_ascii_lowercase());
                self.tell(Tone::Hint, words)
            }
            _ => self.compare_question(question, 1),
        }
    }

    fn step_compared(&mut self, by: isize) -> Vec<Effect> {
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let count = self.desk.as_ref().map_or(0, |desk| desk.criteria_of(&compare.question).len());
        self.with_compare(|compare| compare.cursor.step(by, count))
    }

    fn scroll_column(&mut self, by: isize) -> Vec<Effect> {
        if matches!(self.screen(), Screen::Compare(compare) if compare.follow) {
            self.tell(Tone::Hint, "Scrolled by hand: f follows the spoken word again.");
        }
        self.with_compare(|compare| {
            compare.follow = false;
            if let Some(column) = compare.columns.get_mut(compare.focus) {
                column.scroll = column.scroll.saturating_add_signed(by);
            }
        })
    }

    fn compare_question(&mut self, question: &QuestionId, by: isize) -> Vec<Effect> {
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let submissions = compare.columns.iter().map(|column| column.submission).collect();
        let questions = self.desk.as_ref().map(|desk| &desk.batch.interview.questions);
        let to = questions.and_then(|all| {
            let at = all.iter().position(|q| q.id == *question)?;
            all.get(at.checked_add_signed(by)?).map(|q| q.id.clone())
        });
        match to {
            Some(question) => self.compare(question, submissions),
            None => self.tell(Tone::Hint, if by > 0 { "This is the last question." } else { "This is the first question." }),
        }
    }

    fn with_compare(&mut self, change: impl FnOnce(&mut Compare)) -> Vec<Effect> {
        if let Some(Screen::Compare(compare)) = self.screens.last_mut() {
            change(compare);
        }
        Vec::new()
    }
}
