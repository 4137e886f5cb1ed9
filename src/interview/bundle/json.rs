//! JSON as a tree that remembers its lines and forgives what can be forgiven.
//!
//! A batch may come from anyone: depth and size are bounded, text that is not UTF-8 spoils one string only, and words that
//! JSON does not know (`NaN`) stay in the tree, so that the mistake can be named where it stands.

use std::borrow::Cow;

/// Records and lists may be nested this deep.
const DEEPEST: usize = 64;
/// The most values one document may hold.
const MOST_VALUES: usize = 3_000_000;

/// One value and where it stands.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// From 1; 0 where there are no lines.
    pub(super) line: u32,
    /// In a table: the number of the column from 1; else 0.
    pub(super) column: u16,
    pub(super) value: Value<'a>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// A number as it was written, or a word that is none.
    Bare(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Record(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// A value that stands in no particular column.
    pub(super) fn new(line: u32, value: Value<'a>) -> Self {
        Node { line, column: 0, value }
    }

    /// The field of a record, unless it is null.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        let Value::Record(fields) = &self.value else { return None };
        fields.iter().find(|(name, _)| name == key).map(|(_, node)| node).filter(|node| !matches!(node.value, Value::Null))
    }

    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing (null)",
            Value::Bool(_) => "true or false",
            Value::Bare(word) if word.parse::<f64>().is_ok_and(f64::is_finite) => "a number",
            Value::Bare(_) => "a word that is no value",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Record(_) => "a record",
        }
    }
}

/// Something to say about a place in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) place: String,
    pub(super) reason: String,
    pub(super) remedy: &'static str,
}

/// Reads `bytes`; what was forgiven is in the remarks.
///
/// # Errors
/// Says where the text stops being JSON, or what bound it breaks.
pub(super) fn parse<'a>(bytes: &'a [u8], remarks: &mut Vec<Remark>) -> Result<Node<'a>, Remark> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut parser = Parser { bytes, at: 0, line: 1, line_start: 0, values: 0, remarks };
    let root = parser.value(0)?;
    parser.space();
    match parser.peek() {
        None => Ok(root),
        Some(_) => Err(parser.stop("there is more text after the end of the document", "remove what follows the last bracket")),
    }
}

struct Parser<'a, 'r> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    line_start: usize,
    values: usize,
    remarks: &'r mut Vec<Remark>,
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.at += 1;
            self.passed(byte);
        }
    }

    fn passed(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
            self.line_start = self.at;
        }
    }

    fn stop(&self, reason: &str, remedy: &'static str) -> Remark {
        let place = format!("line {}, character {}", self.line, self.at + 1 - self.line_start.min(self.at));
        Remark { place, reason: reason.to_owned(), remedy }
    }

    fn forgive(&mut self, reason: String, remedy: &'static str) {
        let place = format!("line {}", self.line);
        self.remarks.push(Remark { place, reason, remedy });
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Remark> {
        self.space();
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(self.stop("the document has over 3,000,000 values", "split the batch"));
        }
        if depth > DEEPEST {
            return Err(self.stop("brackets are nested over 64 deep", "a batch needs eight levels: check what wrote this file"));
        }
        let line = self.line;
        let value = match self.peek() {
            Some(b'{') => self.record(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::Text(self.text()?),
            Some(byte) if is_bare(byte) => self.bare(),
            Some(b'\'') => return Err(self.stop("text in single quotes", "JSON wants \"double quotes\"")),
            Some(b'/') => return Err(self.stop("a comment", "JSON has no comments: remove it")),
            Some(_) => return Err(self.stop("no value begins like this", "check the quotes and commas just before")),
            None => return Err(self.stop("the file ends before the document does", "the file is cut short: fetch it again")),
        };
        Ok(Node::new(line, value))
    }

    fn bare(&mut self) -> Value<'a> {
        let start = self.at;
        while self.peek().is_some_and(is_bare) {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            word => Value::Bare(String::from_utf8_lossy(word)),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, Remark> {
        self.at += 1;
        let mut items = Vec::new();
        while self.more(b']', !items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::List(items))
    }

    fn record(&mut self, depth: usize) -> Result<Value<'a>, Remark> {
        self.at += 1;
        let mut fields: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while self.more(b'}', !fields.is_empty())? {
            if self.peek() != Some(b'"') {
                return Err(self.stop("a field's name is missing here", "write it in \"double quotes\""));
            }
            let key = self.text()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.stop("a colon is missing after the field's name", "write \"name\": value"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            if seen.insert(key.clone()) {
                fields.push((key, value));
            } else {
                self.forgive(format!("the field {key:.60} stands twice in one record"), "remove one: the first is used");
            }
        }
        Ok(Value::Record(fields))
    }

    /// Whether another item follows; steps over the comma, or over the closing bracket.
    fn more(&mut self, close: u8, after_item: bool) -> Result<bool, Remark> {
        self.space();
        if after_item && self.peek() == Some(b',') {
            self.at += 1;
            self.space();
            if self.peek() == Some(close) {
                self.forgive("a comma before a closing bracket".to_owned(), "remove the comma");
            }
        } else if after_item && self.peek().is_some_and(|byte| byte != close) {
            return Err(self.stop("a comma or a closing bracket is missing here", "check the end of the value before"));
        }
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    fn text(&mut self) -> Result<Cow<'a, str>, Remark> {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let raw = &self.bytes[start..self.at];
                    self.at += 1;
                    return Ok(self.decoded(raw, start));
                }
                b'\\' | 0..=0x1f => return self.text_with_escapes(start),
                _ => self.at += 1,
            }
        }
        Err(self.stop("text without its closing quote", "the file may be cut short: fetch it again"))
    }

    fn text_with_escapes(&mut self, start: usize) -> Result<Cow<'a, str>, Remark> {
        let mut out = self.bytes[start..self.at].to_vec();
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut out)?,
                Some(byte) => {
                    if byte < 0x20 {
                        let code = format!("an unescaped control character (U+{byte:04X}) in text");
                        self.forgive(code, "write it as \\n, \\t or \\u00..");
                    }
                    out.push(byte);
                    self.at += 1;
                    self.passed(byte);
                }
                None => return Err(self.stop("text without its closing quote", "the file may be cut short: fetch it again")),
            }
        }
        self.at += 1;
        Ok(Cow::Owned(self.decoded(&out, start).into_owned()))
    }

    fn decoded<'t>(&mut self, raw: &'t [u8], start: usize) -> Cow<'t, str> {
        if let Err(error) = std::str::from_utf8(raw) {
            let offset = start + error.valid_up_to();
            self.forgive(format!("text that is not UTF-8, near byte {offset} of the file"), "save the file as UTF-8");
        }
        String::from_utf8_lossy(raw)
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Remark> {
        let letter = self.bytes.get(self.at + 1).copied();
        let plain = match letter {
            Some(b'u') => return self.unicode(out),
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            _ => return Err(self.stop("an escape that JSON does not know", "write a backslash as \\\\")),
        };
        out.push(plain);
        self.at += 2;
        Ok(())
    }

    fn unicode(&mut self, out: &mut Vec<u8>) -> Result<(), Remark> {
        let unit = |at: usize| {
            let digits = self.bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
            let hex = digits.iter().all(u8::is_ascii_hexdigit);
            std::str::from_utf8(digits).ok().filter(|_| hex).and_then(|text| u16::from_str_radix(text, 16).ok())
        };
        let Some(first) = unit(self.at) else { return Err(self.stop("\\u without four digits", "write it as \\u00e9")) };
        let pair = if (0xd800..0xdc00).contains(&first) { unit(self.at + 6) } else { None };
        let units: Vec<u16> = std::iter::once(first).chain(pair.filter(|low| (0xdc00..0xe000).contains(low))).collect();
        self.at += 6 * units.len();
        match char::decode_utf16(units).next() {
            Some(Ok(c)) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => {
                self.forgive(
                    format!("half a character (\\u{first:04x}) in text"),
                    "check what wrote this file: a surrogate needs its pair",
                );
                out.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
        Ok(())
    }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> (Result<Node<'_>, Remark>, Vec<Remark>) {
        let mut remarks = Vec::new();
        let node = parse(text, &mut remarks);
        (node, remarks)
    }

    fn text_of(json: &[u8]) -> (String, usize) {
        let (node, remarks) = read(json);
        match node.map(|node| node.value) {
            Ok(Value::Text(text)) => (text.into_owned(), remarks.len()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn text_is_read_with_its_escapes_and_what_is_broken_in_it_is_forgiven_and_named() {
        assert_eq!(text_of(br#""a\n\u00e9\ud83d\ude00\"""#), ("a\né😀\"".to_owned(), 0));
        assert_eq!(text_of(br#""\ud83dx""#), ("\u{fffd}x".to_owned(), 1));
        assert_eq!(text_of(br#""\ud83d\u0041""#), ("\u{fffd}A".to_owned(), 1));
        assert_eq!(text_of(b"\"caf\xe9\""), ("caf\u{fffd}".to_owned(), 1));
        assert_eq!(text_of(b"\"a\nb\""), ("a\nb".to_owned(), 1));
        let (_, remarks) = read(b"\n[\"caf\xe9\"]");
        assert_eq!(remarks[0].place, "line 2");
        assert!(remarks[0].reason.contains("byte 6"), "{remarks:?}");
    }

    #[test]
    fn each_value_knows_its_line() {
        let (node, remarks) = read(b"\xef\xbb\xbf{\n \"a\": [1,\n 2,],\n \"a\": 3, \"b\": NaN}");
        let node = node.expect("it is nearly JSON");
        let Some(Value::List(items)) = node.get("a").map(|list| &list.value) else { panic!("no list") };
        assert_eq!(items[1].line, 3);
        assert_eq!(node.get("b").map(Node::kind), Some("a word that is no value"));
        assert_eq!(remarks.len(), 2, "the comma and the second a: {remarks:?}");
    }

    #[test]
    fn what_is_not_json_says_where_it_stops() {
        let place = |text: &[u8]| read(text).0.map(|_| ()).expect_err("it is not JSON").place;
        assert_eq!(place(b"{\n  'a': 1}"), "line 2, character 3");
        assert_eq!(place(b"{\"a\" 1}"), "line 1, character 6");
        assert_eq!(place(b"{\"a\": 1 \"b\": 2}"), "line 1, character 9");
        assert_eq!(place(b"[1, 2"), "line 1, character 6");
        assert_eq!(place(b"{} x"), "line 1, character 4");
        assert_eq!(place(b""), "line 1, character 1");
        assert_eq!(place("[".repeat(100_000).as_bytes()), "line 1, character 66");
    }
}
