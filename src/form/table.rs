//! One table of a TOML file, read field by field; what was never asked for is unknown.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::complaints::Complaints;
use crate::interview::Slug;
use crate::text::{SafeText, nearest};

/// A value and where it stands.
pub type Value<'t> = &'t Spanned<DeValue<'t>>;

/// One table, and the keys that were asked for so far.
pub struct Form<'t> {
    /// How complaints name it, such as `[scale]`.
    pub name: String,
    /// Where it begins.
    pub at: usize,
    /// Where its mistakes collect.
    pub out: &'t Complaints<'t>,
    entries: &'t DeTable<'t>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'t> Form<'t> {
    /// A table with what complaints call it and where it begins.
    pub fn new(name: String, at: usize, entries: &'t DeTable<'t>, out: &'t Complaints<'t>) -> Self {
        Form { name, at, out, entries, asked: RefCell::default() }
    }

    /// Complains of keys that nothing asked for. Called when all fields were read.
    pub fn finish(&self) {
        let mut asked: Vec<&str> = Vec::new();
        for key in self.asked.borrow().iter() {
            if !asked.contains(key) {
                asked.push(key);
            }
        }
        for (key, _) in self.entries.iter() {
            let word = key.get_ref().as_ref();
            if asked.contains(&word) {
                continue;
            }
            let remedy = match nearest(word, asked.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("remove it; {} knows {}", self.name, asked.join(", ")),
            };
            let reason = format!("unknown key `{word}` in {}", self.name);
            self.out.coded(key.span().start, "unknown-key", &reason, &remedy);
        }
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &'static str) -> Option<Value<'t>> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    /// Where the value of a key stands; the table's own place without it.
    pub fn place(&self, key: &str) -> usize {
        self.entries.get(key).map_or(self.at, |value| value.span().start)
    }

    /// All entries of a table whose keys are free, such as `[question.criterion.anchors]`.
    pub fn entries(&self) -> impl Iterator<Item = (&'t str, Range<usize>, Value<'t>)> {
        self.entries.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// The entries of the table under a key; none where there is no table.
    pub fn entries_of(&self, key: &str) -> impl Iterator<Item = (&'t str, Range<usize>, Value<'t>)> {
        let table = self.entries.get(key).and_then(|value| value.get_ref().as_table());
        table.into_iter().flat_map(|table| table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value)))
    }

    /// Complains when a key is not there.
    pub fn require(&self, key: &'static str, remedy: &str) {
        if !self.entries.contains_key(key) {
            self.out.missing(self.at, &format!("{} has no `{key}`", self.name), remedy);
        }
    }

    /// Complains about a key's value.
    pub fn error(&self, key: &str, reason: &str, remedy: &str) {
        self.out.error(self.place(key), reason, remedy);
    }

    fn wrong_type(&self, key: &str, value: Value<'t>, wanted: &str) {
        let is = kind(value.get_ref());
        self.out.error(value.span().start, &format!("`{key}` in {} is {is}", self.name), &format!("write {wanted}"));
    }

    /// One line of text that is not empty.
    pub fn text(&self, key: &'static str) -> Option<SafeText> {
        let value = self.get(key)?;
        self.text_of(key, value)
    }

    /// One line of text that a value is; complains where it is none.
    pub fn text_of(&self, key: &str, value: Value<'t>) -> Option<SafeText> {
        match value.get_ref().as_str() {
            None => self.wrong_type(key, value, "a text in quotes"),
            Some(text) if SafeText::line(text).as_str().trim().is_empty() => {
                self.out.error(value.span().start, &format!("`{key}` in {} is empty", self.name), "write a text");
            }
            Some(text) => return Some(SafeText::line(text.trim())),
        }
        None
    }

    /// A text as it is written, which may be empty.
    pub fn string(&self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        self.string_of(key, value)
    }

    /// The text as it is written that a value is; complains where it is none.
    pub fn string_of(&self, key: &str, value: Value<'t>) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, value, "a text in quotes");
        }
        text.map(str::to_owned)
    }

    /// An id.
    pub fn slug(&self, key: &'static str) -> Option<Slug> {
        let value = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "an id in quotes");
            return None;
        };
        let reason = match text.parse() {
            Ok(slug) => return Some(slug),
            Err(reason) => reason,
        };
        let reason = format!("`{key}` in {}: {reason}", self.name);
        self.out.error(value.span().start, &reason, "write an id such as \"q1-outage\"");
        None
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "true or false, without quotes");
        }
        flag
    }

    /// A finite number, whole or not.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key)?;
        self.number_of(key, value)
    }

    /// The finite number that a value is; complains where it is none.
    pub fn number_of(&self, key: &str, value: Value<'t>) -> Option<f64> {
        let Some(number) = number(value.get_ref()) else {
            self.wrong_type(key, value, "a number, without quotes");
            return None;
        };
        if !number.is_finite() {
            self.out.error(value.span().start, &format!("`{key}` in {} is not finite", self.name), "write a finite number");
            return None;
        }
        Some(number)
    }

    /// A number in a range.
    pub fn within(&self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let number = self.number(key)?;
        if range.contains(&number) {
            return Some(number);
        }
        let remedy = format!("write a number from {} to {}", range.start(), range.end());
        self.error(key, &format!("`{key}` in {} is {number}", self.name), &remedy);
        None
    }

    /// A whole number in a range.
    pub fn whole(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        self.whole_of(key, value, range)
    }

    /// The whole number in a range that a value is; complains where it is none.
    pub fn whole_of(&self, key: &str, value: Value<'t>, range: RangeInclusive<i64>) -> Option<i64> {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(digits) = value.get_ref() else {
            self.wrong_type(key, value, &wanted);
            return None;
        };
        let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let reason = format!("`{key}` in {} is {digits}", self.name);
            self.out.error(value.span().start, &reason, &format!("write {wanted}"));
        }
        number
    }

    /// A count of seconds, reviewers, retakes.
    pub fn count(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<u32> {
        self.whole(key, range).and_then(|number| u32::try_from(number).ok())
    }

    /// One of the words of a setting.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let value = self.get(key)?;
        self.word_of(key, value, words)
    }

    /// Which of the words of a setting a value is; complains where it is none.
    pub fn word_of<T: Copy>(&self, key: &str, value: Value<'t>, words: &[(&'static str, T)]) -> Option<T> {
        let names = words.iter().map(|(name, _)| *name);
        let allowed = names.clone().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let Some(word) = value.get_ref().as_str() else {
            self.wrong_type(key, value, &format!("one of {allowed}"));
            return None;
        };
        if let Some((_, meaning)) = words.iter().find(|(name, _)| *name == word) {
            return Some(*meaning);
        }
        let remedy = match nearest(word, names) {
            Some(meant) => format!("did you mean \"{meant}\"? Allowed: {allowed}"),
            None => format!("allowed: {allowed}"),
        };
        self.out.error(value.span().start, &format!("`{key}` in {} cannot be \"{word}\"", self.name), &remedy);
        None
    }

    /// A table under a key.
    pub fn form(&self, key: &'static str, name: String) -> Option<Form<'t>> {
        let value = self.get(key)?;
        self.form_of(key, value, name)
    }

    /// The table that a value is; complains where it is none.
    pub fn form_of(&self, key: &str, value: Value<'t>, name: String) -> Option<Form<'t>> {
        match value.get_ref().as_table() {
            Some(table) => Some(Form::new(name, value.span().start, table, self.out)),
            None => {
                self.wrong_type(key, value, &format!("a table, such as [{key}]"));
                None
            }
        }
    }

    /// The tables of an array of tables, such as `[[question]]`.
    pub fn forms(&self, key: &'static str, written: &str) -> Vec<Form<'t>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, value, &format!("[[{written}]], with two brackets"));
            return Vec::new();
        };
        list.iter().filter_map(|item| self.form_of(key, item, format!("[[{written}]]"))).collect()
    }

    /// The items of a list.
    pub fn list(&self, key: &'static str, wanted: &str) -> Option<Vec<Value<'t>>> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, value, wanted);
            return None;
        };
        Some(list.iter().collect())
    }

    /// A list of texts.
    pub fn texts(&self, key: &'static str) -> Vec<SafeText> {
        let items = self.list(key, "a list of texts, such as [\"a\", \"b\"]").unwrap_or_default();
        items.into_iter().filter_map(|item| self.text_of(key, item)).collect()
    }
}

/// The number that a value is.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok().map(|number| number as f64),
        DeValue::Float(digits) => digits.as_str().parse().ok(),
        _ => None,
    }
}

/// A value's type as people say it.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
