//! A list to choose from, narrowed while one types: the palette, the help, a list of reasons.

use nucleo_matcher::{Config, Matcher};
use ratatui::layout::Rect;

use super::find::{find, lit};
use super::prompt::{Prompt, PromptDid};
use crate::text::SafeText;
use crate::tui::draw::Canvas;
use crate::tui::keymap::Key;
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// One thing to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is shown.
    pub words: Words<'static>,
    /// What is shown at the right: its keys, a number.
    pub detail: Words<'static>,
    /// Other words by which it is found.
    pub synonyms: String,
}

/// A list with a cursor, and a field that narrows it where it has one.
pub struct Picker {
    choices: Vec<Choice>,
    query: Option<Prompt>,
    matcher: Matcher,
    /// The choices that match, the best first.
    found: Vec<usize>,
    at: usize,
    top: usize,
    height: usize,
    lead: Lead,
    /// What stands above some of the choices, while nothing is typed; empty above the others.
    headings: Vec<&'static str>,
}

/// What part of the lines above a list is shown, where they do not all fit.
#[derive(Clone, Copy, Default)]
struct Lead {
    at: usize,
    shown: usize,
    last: usize,
}

impl Picker {
    /// A list that is narrowed by typing.
    pub fn filtering(choices: Vec<Choice>) -> Self {
        Picker::with(choices, Some(Prompt::line(&SafeText::default())))
    }

    /// A list whose keys are those of an overlay.
    pub fn plain(choices: Vec<Choice>) -> Self {
        Picker::with(choices, None)
    }

    fn with(choices: Vec<Choice>, query: Option<Prompt>) -> Self {
        let found = (0..choices.len()).collect();
        Picker {
            choices,
            query,
            matcher: Matcher::new(Config::DEFAULT),
            found,
            at: 0,
            top: 0,
            height: 1,
            lead: Lead::default(),
            headings: Vec::new(),
        }
    }

    /// The same list with a heading above the first of each group; an empty one has none.
    pub fn headed(mut self, groups: impl IntoIterator<Item = &'static str>) -> Self {
        let mut last = "";
        self.headings =
            groups.into_iter().map(|group| if std::mem::replace(&mut last, group) == group { "" } else { group }).collect();
        self
    }

    /// Which choice is under the cursor, by its place in the list that was given.
    pub fn chosen(&self) -> Option<usize> {
        self.found.get(self.at).copied()
    }

    /// How many choices match.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Moves the cursor by some choices, as far as there are any.
    pub fn move_by(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.found.len().saturating_sub(1));
    }

    /// Moves the cursor by some pages; where the lines above the list do not all fit, those are turned instead.
    pub fn page(&mut self, by: isize) {
        if self.lead.last > 0 {
            let turned = self.lead.at.saturating_add_signed(by.saturating_mul(self.lead.shown.max(1) as isize));
            self.lead.at = turned.min(self.lead.last);
            return;
        }
        self.move_by(by.saturating_mul(self.height.max(1) as isize));
    }

    /// Of `rows` lines above the list, which are shown in a room for `room` of them.
    pub fn lead(&mut self, rows: usize, room: usize) -> std::ops::Range<usize> {
        let shown = rows.min(room);
        let last = rows - shown;
        self.lead = Lead { at: self.lead.at.min(last), shown, last };
        self.lead.at..self.lead.at + shown
    }

    /// The rows that it takes at that width: of a list that is not narrowed, long choices are broken into lines.
    pub fn rows(&self, width: u16) -> usize {
        let query = usize::from(self.query.is_some());
        query + (0..self.choices.len()).map(|choice| self.lines(choice, width).len()).sum::<usize>()
    }

    /// Puts the cursor on a choice of the list that was given, if it is shown.
    pub fn choose(&mut self, choice: usize) {
        if let Some(at) = self.found.iter().position(|found| *found == choice) {
            self.at = at;
        }
    }

    /// Takes a key into the field; [`PromptDid::Nothing`] where there is none, and for the keys that move the cursor.
    pub fn press(&mut self, key: Key) -> PromptDid {
        let Some(query) = &mut self.query else { return PromptDid::Nothing };
        let did = query.press(key);
        if did == PromptDid::Changed {
            self.narrow();
        }
        did
    }

    /// Takes pasted text into the field, where there is one.
    pub fn paste(&mut self, text: &SafeText) {
        if let Some(query) = &mut self.query {
            query.paste(text);
            self.narrow();
        }
    }

    fn narrow(&mut self) {
        let typed = self.query.as_ref().map(Prompt::text).unwrap_or_default();
        let choices = self.choices.iter().map(|choice| (choice.words.as_str(), choice.synonyms.as_str()));
        self.found = find(&mut self.matcher, &typed, choices);
        (self.at, self.top) = (0, 0);
    }

    /// Draws it over `area`.
    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect) {
        let mut list = area;
        if let Some(query) = &self.query
            && area.height > 0
        {
            canvas.text(area.x, area.y, area.width.min(2), "> ", Role::Key);
            let field = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), height: 1, ..area };
            query.draw(canvas, field);
            list = Rect { y: area.y + 1, height: area.height - 1, ..area };
        }
        self.height = usize::from(list.height);
        self.keep_in_view(list.width);
        if self.found.is_empty() {
            canvas.text(list.x, list.y, list.width.min(list.height * list.width), "Nothing matches", Role::Muted);
        }
        let typed = self.query.as_ref().map(Prompt::text).unwrap_or_default();
        let mut y = list.y;
        for (nth, found) in self.found.clone().into_iter().enumerate().skip(self.top) {
            let rows = (self.lines(found, list.width).len() as u16).min(list.bottom().saturating_sub(y));
            if rows == 0 {
                break;
            }
            self.choice(canvas, Rect { y, height: rows, ..list }, found, nth == self.at, &typed);
            y += rows;
        }
    }

    fn keep_in_view(&mut self, width: u16) {
        self.top = self.top.min(self.at);
        let rows = |from: usize| self.found[from..].iter().take(self.at + 1 - from).map(|at| self.lines(*at, width).len());
        let mut top = self.top;
        while top < self.at && rows(top).sum::<usize>() > self.height {
            top += 1;
        }
        self.top = top;
    }

    /// A choice as it is drawn: on one line, and in a list that is not narrowed on as many as it needs.
    fn lines(&self, choice: usize, width: u16) -> Vec<Line> {
        let Choice { words, detail, .. } = &self.choices[choice];
        let whole = words.width() + if detail.is_empty() { 2 } else { detail.width() + 3 };
        let heading = self.headings.get(choice).filter(|heading| !heading.is_empty() && self.is_all());
        let heading = heading.map(|heading| Line::Heading(heading));
        if self.query.is_some() || whole <= width {
            return heading.into_iter().chain([Line::Whole]).collect();
        }
        let room = width.saturating_sub(2);
        let mut lines: Vec<Line> = words.wrapped(room).into_iter().map(|line| Line::Words(line.into_owned())).collect();
        if !detail.is_empty() {
            lines.extend(detail.wrapped(room.saturating_sub(2)).into_iter().map(|line| Line::Detail(line.into_owned())));
        }
        lines
    }

    /// Whether nothing was typed that narrows it.
    fn is_all(&self) -> bool {
        self.query.as_ref().is_none_or(|query| query.text().is_empty())
    }

    /// The choice at a column and row of the terminal when it is drawn over `area`.
    pub fn hit(&self, area: Rect, x: u16, y: u16) -> Option<usize> {
        let first = area.y + u16::from(self.query.is_some());
        let inside = area.contains((x, y).into()) && y >= first;
        let mut row = usize::from(y.saturating_sub(first));
        let mut shown = self.found.iter().skip(self.top).copied();
        inside.then(|| {
            shown.find(|choice| {
                let rows = self.lines(*choice, area.width).len();
                let here = row < rows;
                row = row.saturating_sub(rows);
                here
            })
        })?
    }

    fn choice(&mut self, canvas: &mut Canvas<'_>, area: Rect, choice: usize, here: bool, typed: &str) {
        let mut lines = self.lines(choice, area.width);
        let mut area = area;
        if let Some(Line::Heading(heading)) = lines.first() {
            canvas.text(area.x, area.y, area.width, *heading, Role::Title);
            area = Rect { y: area.y + 1, height: area.height - 1, ..area };
            lines.remove(0);
        }
        if here {
            canvas.paint(area, Role::Selected);
            canvas.text(area.x, area.y, area.width, canvas.glyphs().pick("▶", ">"), Role::Accent);
        }
        let x = area.x + 2.min(area.width);
        let room = area.width.saturating_sub(2);
        for (y, line) in (area.y..area.bottom()).zip(lines) {
            match line {
                // It stood above.
                Line::Heading(_) => {}
                Line::Whole => self.whole(canvas, Rect { y, height: 1, ..area }, choice, typed),
                Line::Words(words) => _ = canvas.text(x, y, room, words, Role::Text),
                Line::Detail(words) => _ = canvas.text(x + 2.min(room), y, room.saturating_sub(2), words, Role::Muted),
            }
        }
    }

    /// The column from which details stand one below the other, where there is room for that; keys stand at the right end.
    fn details_from(&self, width: u16) -> Option<u16> {
        if self.query.is_some() {
            return None;
        }
        let one_line = |choice: &&Choice| choice.words.width() + choice.detail.width() + 3 <= width;
        let whole = self.choices.iter().filter(one_line).filter(|choice| !choice.detail.is_empty());
        let widest = |of: fn(&Choice) -> u16| whole.clone().map(of).max();
        let from = widest(|choice| choice.words.width())? + 5;
        (from + widest(|choice| choice.detail.width())? <= width).then_some(from)
    }

    /// A choice on one line: its detail keeps its room at the right.
    fn whole(&mut self, canvas: &mut Canvas<'_>, area: Rect, choice: usize, typed: &str) {
        let Choice { words, detail, .. } = &self.choices[choice];
        let detail_width = detail.width().min(area.width / 2);
        let (x, room) = (area.x + 2.min(area.width), area.width.saturating_sub(detail_width + 3));
        let used = canvas.text(x, area.y, room, words, Role::Text);
        // In a list that is narrowed the details are keys.
        let role = if self.query.is_some() { Role::Key } else { Role::Muted };
        match self.details_from(area.width) {
            Some(from) => canvas.text(area.x + from, area.y, area.width - from, detail, role),
            None => canvas.text_right(area.x, area.y, area.width, detail, role),
        };
        for column in lit(&mut self.matcher, typed, words.as_str()).into_iter().filter(|column| *column < used) {
            canvas.paint(Rect { x: x + column, y: area.y, width: 1, height: 1 }, Role::Marked);
        }
    }
}

/// One row of a choice.
enum Line {
    /// What this and those below it are for.
    Heading(&'static str),
    /// All of it.
    Whole,
    /// A part of what it is.
    Words(Words<'static>),
    /// A part of what there is to know about it.
    Detail(Words<'static>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::action::{Action, Place};
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    fn palette() -> Picker {
        let choice = |action: &Action| Choice {
            words: action.help().into(),
            detail: "k".into(),
            synonyms: format!("{} {}", action.name(), action.synonyms()),
        };
        Picker::filtering(Action::ALL.iter().map(choice).collect())
    }

    fn find(typed: &str) -> Option<Action> {
        let mut palette = palette();
        typed.chars().for_each(|c| _ = palette.press(Key::char(c)));
        palette.chosen().map(|at| Action::ALL[at])
    }

    #[test]
    fn details_stand_one_below_the_other_where_they_fit_and_at_the_right_end_where_they_do_not() {
        let choice = |words: &'static str, detail: &'static str| Choice {
            words: words.into(),
            detail: detail.into(),
            synonyms: String::new(),
        };
        let mut list = Picker::plain(vec![choice("late", "came in late"), choice("no-show", "nothing came"), choice("all", "")]);
        let shot = rows(&drawn(28, 3, |canvas, area| list.draw(canvas, area)));
        assert_eq!(shot, ["▶ late      came in late    ", "  no-show   nothing came    ", "  all                       "]);
        let shot = rows(&drawn(22, 3, |canvas, area| list.draw(canvas, area)));
        assert_eq!(shot[0], "▶ late    came in late");
    }

    #[test]
    fn actions_are_found_by_their_words_and_by_what_others_call_them() {
        assert_eq!(find("normal speed"), Some(Action::Speed10));
        assert_eq!(find("pre-recorded"), Some(Action::Open));
        for place in [Place::Batches, Place::Batch, Place::Review, Place::Compare, Place::Panel] {
            let known = |action: &&Action| action.places().contains(&place) && action.synonyms().contains("one-way");
            assert!(Action::ALL.iter().any(|action| known(&action)), "whatever people call such interviews, {place:?} knows it");
        }
        assert_eq!(find("ranking"), Some(Action::ToPanel));
        assert_eq!(find("to-panel"), Some(Action::ToPanel), "by the name that keys.toml calls it");
        assert_eq!(find("zzzz"), None);
        assert_eq!(find(""), Some(Action::ALL[0]));
    }

    #[test]
    fn beginnings_come_first_and_letters_strewn_over_a_sentence_find_nothing() {
        let found = |typed: &str| {
            let mut palette = palette();
            typed.chars().for_each(|c| _ = palette.press(Key::char(c)));
            palette.found.iter().map(|at| Action::ALL[*at]).collect::<Vec<_>>()
        };
        assert_eq!(found("seal"), [Action::Seal, Action::Reopen], "the one that begins with it, then the one that has the word");
        assert_eq!(found("csv"), [Action::Export]);
        assert_eq!(found("colou"), [Action::NextTheme, Action::ChooseTheme]);
        assert!(found("rate").iter().take(9).all(|action| action.digit().is_some()), "{:?}", found("rate"));
        assert!(found("ea").len() < 8, "two letters are no fishing net: {:?}", found("ea"));
    }

    #[test]
    fn the_cursor_stays_in_the_list_and_in_view() {
        let mut picker = Picker::plain(
            ["one", "two", "three", "four"]
                .map(|words| Choice { words: words.into(), detail: "".into(), synonyms: String::new() })
                .into(),
        );
        picker.move_by(-3);
        assert_eq!(picker.chosen(), Some(0));
        picker.move_by(9);
        let shot = rows(&drawn(9, 2, |canvas, area| picker.draw(canvas, area)));
        assert_eq!(shot, ["  three  ", "▶ four   "]);
        assert_eq!(picker.hit(Rect::new(0, 0, 9, 2), 3, 0), Some(2));
        assert_eq!(picker.press(Key::char('o')), PromptDid::Nothing);
    }

    #[test]
    fn a_long_choice_is_broken_into_lines_and_no_word_of_it_is_lost() {
        let choice = |words: &'static str, detail: &'static str| Choice {
            words: words.into(),
            detail: detail.into(),
            synonyms: String::new(),
        };
        let mut picker =
            Picker::plain(vec![choice("Not yet", ""), choice("Seal all the same", "the seal names what I did not hear")]);
        let shot = rows(&drawn(20, 5, |canvas, area| picker.draw(canvas, area)));
        assert_eq!(
            shot.iter().map(|row| row.trim_end()).collect::<Vec<_>>(),
            ["▶ Not yet", "  Seal all the same", "    the seal names", "    what I did not", "    hear"]
        );
        assert_eq!(picker.rows(20), 5);
        let area = Rect::new(0, 0, 20, 5);
        assert_eq!([0, 1, 4, 5].map(|y| picker.hit(area, 3, y)), [Some(0), Some(1), Some(1), None]);
        picker.move_by(1);
        let shot = rows(&drawn(20, 4, |canvas, area| picker.draw(canvas, area)));
        assert!(shot[0].starts_with("▶ Seal all the same"), "it scrolls by choices: {shot:?}");
    }

    #[test]
    fn groups_have_headings_until_something_is_typed_and_a_heading_is_no_choice() {
        let choice = |words: &'static str| Choice { words: words.into(), detail: "k".into(), synonyms: String::new() };
        let list = Picker::filtering(["play", "pause", "rate"].map(choice).into());
        let mut list = list.headed(["Hearing", "Hearing", "Rating"]);
        let shot = rows(&drawn(12, 6, |canvas, area| list.draw(canvas, area)));
        assert_eq!(shot, [">           ", "Hearing     ", "▶ play     k", "  pause    k", "Rating      ", "  rate     k"]);
        let area = Rect::new(0, 0, 12, 6);
        assert_eq!([2, 3, 5].map(|y| list.hit(area, 3, y)), [Some(0), Some(1), Some(2)]);
        assert_eq!(list.rows(12), 6);
        list.move_by(2);
        let shot = rows(&drawn(12, 4, |canvas, area| list.draw(canvas, area)));
        assert_eq!(shot[2..], ["Rating      ", "▶ rate     k"]);
        list.paste(&SafeText::block("p\n"));
        let shot = rows(&drawn(12, 3, |canvas, area| list.draw(canvas, area)));
        assert_eq!(shot[1..], ["▶ play     k", "  pause    k"]);
    }

    #[test]
    fn pages_turn_the_lines_above_where_they_do_not_fit() {
        let mut picker = Picker::plain(vec![Choice { words: "one".into(), detail: "".into(), synonyms: String::new() }; 9]);
        assert_eq!(picker.lead(10, 4), 0..4);
        picker.page(1);
        assert_eq!((picker.lead(10, 4), picker.chosen()), (4..8, Some(0)));
        picker.page(9);
        assert_eq!(picker.lead(10, 4), 6..10);
        assert_eq!(picker.lead(10, 20), 0..10, "a larger window shows all");
        picker.page(1);
        assert_ne!(picker.chosen(), Some(0));
    }

    #[test]
    fn typing_narrows_and_the_field_is_shown() {
        let mut palette = palette();
        "spd".chars().for_each(|c| _ = palette.press(Key::char(c)));
        let shot = rows(&drawn(30, 3, |canvas, area| palette.draw(canvas, area)));
        assert!(shot[0].starts_with("> spd"), "{shot:?}");
        assert!(shot[1].starts_with("▶ Speed"), "{shot:?}");
        assert!(palette.len() < Action::ALL.len());
    }

    #[test]
    fn hostile_choices_keep_their_rows() {
        for raw in hostile() {
            let words = Words::from(&SafeText::line(&raw)).into_owned();
            let choices = vec![Choice { words: words.clone(), detail: words, synonyms: String::new() }; 3];
            let mut picker = Picker::filtering(choices);
            picker.press(Key::char('e'));
            for (width, height) in [(0, 0), (1, 1), (2, 3), (20, 3)] {
                assert_whole(&drawn(width, height, |canvas, area| picker.draw(canvas, area)), &raw);
            }
        }
    }
}
