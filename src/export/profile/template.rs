//! Texts with fields in them: `earmark-{application_id}.csv`, and references: `@total|round:2`.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::export::mapping::Datum;
use crate::export::scorecard::listed;
use crate::text::nearest;

/// A text in which `{field}` stands for a field's value; `{{` and `}}` are braces.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    Field(Reference),
}

/// A field by its name, and what is done to its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// A column of the profile, a field of the table, or one of `id.…`, `value.…`, `digest`.
    pub name: String,
    filters: Vec<Filter>,
}

/// What is done to a value, after a bar: `@total|round:2`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Filter {
    /// To so many decimals.
    Round(u32),
    /// As text, whatever it was.
    Text,
    /// Its bytes in base64.
    Base64,
    /// A text of `name: value` lines as a page of PDF, in base64.
    Pdf,
    /// At most so many characters.
    Max(usize),
    /// The key is left out where there is no value.
    Omit,
}

const FILTERS: [&str; 6] = ["round:2", "text", "base64", "pdf", "max:100", "omit"];

/// A value of a field by its name; none where there is no such field in this row.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<Datum>;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Says what is wrong with it, and how to mend that.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(("a } closes nothing".into(), "write }} where a brace is meant".into()));
            } else {
                let Some((inner, after)) = rest.split_once('}') else {
                    return Err(("a { is not closed".into(), "write {field}, or {{ where a brace is meant".into()));
                };
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Field(Reference::parse(inner)?));
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Template { pieces })
    }

    /// A template without fields.
    pub fn plain(text: &str) -> Self {
        Template { pieces: vec![Piece::Text(text.to_owned())] }
    }

    /// The names of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(reference) => Some(reference.name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with its fields' values, each passed through `escape`.
    ///
    /// # Errors
    /// Names the first field without a value.
    pub fn render(&self, look: Lookup, escape: fn(&str) -> String) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Field(reference) => match reference.value(look) {
                    None | Some(Value::Null) => return Err(reference.name.clone()),
                    Some(Value::String(value)) => text.push_str(&escape(&value)),
                    Some(value) => text.push_str(&escape(&value.to_string())),
                },
            }
        }
        Ok(text)
    }
}

impl Reference {
    /// Reads a reference without its `@` or braces.
    ///
    /// # Errors
    /// Says what is wrong with it, and how to mend that.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        let mut parts = text.split('|').map(str::trim);
        let name = parts.next().unwrap_or_default().to_owned();
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || matches!(c, '{' | '@')) {
            return Err((format!("\"{text}\" names no field"), "write a field's name, such as {application_id}".into()));
        }
        let filters = parts.map(Filter::parse).collect::<Result<_, _>>()?;
        Ok(Reference { name, filters })
    }

    /// Whether the key is left out where there is no value.
    pub fn is_omitted_when_empty(&self) -> bool {
        self.filters.contains(&Filter::Omit)
    }

    /// The value as JSON; none where there is no such field, null where it is empty.
    pub fn value(&self, look: Lookup) -> Option<Value> {
        let found = look(&self.name)?.to_json();
        Some(self.filters.iter().fold(found, |value, filter| filter.apply(value)))
    }
}

impl Filter {
    fn parse(text: &str) -> Result<Self, (String, String)> {
        let (name, argument) = text.split_once(':').map_or((text, None), |(name, argument)| (name, Some(argument)));
        let number = argument.and_then(|argument| argument.parse::<u32>().ok());
        match (name, argument, number) {
            ("round", _, Some(places @ 0..=6)) => Ok(Filter::Round(places)),
            ("max", _, Some(most @ 1..)) => Ok(Filter::Max(most as usize)),
            ("text", None, _) => Ok(Filter::Text),
            ("base64", None, _) => Ok(Filter::Base64),
            ("pdf", None, _) => Ok(Filter::Pdf),
            ("omit", None, _) => Ok(Filter::Omit),
            _ => {
                let meant = nearest(name, FILTERS.map(|filter| filter.split(':').next().unwrap_or(filter)));
                let remedy = match meant {
                    Some(meant) if meant != name => format!("did you mean {meant}?"),
                    _ => format!("there are {}", FILTERS.join(", ")),
                };
                Err((format!("no filter is written \"{text}\""), remedy))
            }
        }
    }

    fn apply(self, value: Value) -> Value {
        match (self, value) {
            (_, Value::Null) => Value::Null,
            (Filter::Round(places), value) => match value.as_f64() {
                Some(number) => Datum::decimal(number, Some(places)).to_json(),
                None => value,
            },
            (Filter::Text, Value::String(text)) => json!(text),
            (Filter::Text, value) => json!(value.to_string()),
            (Filter::Base64, Value::String(text)) => json!(base64::engine::general_purpose::STANDARD.encode(text)),
            // A page that breaks a rule of PDF/UA is a fault of this program; the text goes as it is then, and is not lost.
            (Filter::Pdf, Value::String(text)) => {
                let page = listed(&text).unwrap_or_else(|_| text.into_bytes());
                json!(base64::engine::general_purpose::STANDARD.encode(page))
            }
            (Filter::Max(most), Value::String(text)) => json!(text.chars().take(most).collect::<String>()),
            (_, value) => value,
        }
    }
}

/// A value as a part of a path or a query: everything but RFC 3986's unreserved characters is escaped.
pub fn percent(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A value as a part of a file's name: what is no letter, digit, dot or hyphen becomes an underscore.
pub fn for_file(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' }).collect()
}

/// A value as text in an XML element or attribute.
pub fn for_xml(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0 has no place for other control characters, in any spelling.
            c if c.is_control() && !matches!(c, '\n' | '\r' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> Option<Datum> {
        match name {
            "id" => Some(Datum::Exact("00/7 ü".into())),
            "total" => Some(Datum::decimal(81.256, None)),
            "note" => Some(Datum::Empty),
            _ => None,
        }
    }

    fn check(template: &str, rendered: Result<&str, &str>) {
        let template = Template::parse(template).expect("a template");
        let found = template.render(&row, percent);
        assert_eq!(found.as_deref().map_err(String::as_str), rendered);
    }

    #[test]
    fn fields_are_filled_in_and_escaped() {
        check("/v3/{id}/x", Ok("/v3/00%2F7%20%C3%BC/x"));
        check("{{{total|round:1}}}", Ok("{81.3}"));
        check("{note}", Err("note"));
        check("{other}", Err("other"));
        assert_eq!(for_file("a/../b c\n"), "a_.._b_c_");
        assert_eq!(for_xml("<a>&\u{1}\""), "&lt;a&gt;&amp;\u{fffd}&quot;");
    }

    #[test]
    fn a_reference_keeps_the_kind_of_its_value() {
        let value = |text: &str| Reference::parse(text).expect("a reference").value(&row);
        assert_eq!(value("total|round:2"), Some(json!(81.26)));
        assert_eq!(value("total|round:0"), Some(json!(81)));
        assert_eq!(value("total|round:0|text"), Some(json!("81")));
        assert_eq!(value("note"), Some(Value::Null));
        assert_eq!(value("id|base64"), Some(json!("MDAvNyDDvA==")));
    }

    #[test]
    fn what_is_wrong_is_said_with_a_remedy() {
        for (template, reason, remedy) in [
            ("{a", "not closed", "{field}"),
            ("a}", "closes nothing", "}}"),
            ("{}", "names no field", "{application_id}"),
            ("{a|rond:2}", "no filter", "did you mean round?"),
            ("{a|round:x}", "no filter", "round:2"),
        ] {
            let (said, mend) = Template::parse(template).expect_err(template);
            assert!(said.contains(reason) && mend.contains(remedy), "{template}: {said}; {mend}");
        }
    }
}
