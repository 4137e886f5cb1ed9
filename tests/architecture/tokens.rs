//! Just enough of Rust's grammar to see which paths a file uses: no comments, no strings, test code marked.

/// A word or a sign of the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) text: String,
    /// 1-based.
    pub(super) line: usize,
    /// Whether it lies under `#[cfg(test)]`.
    pub(super) test: bool,
}

/// Splits source into words, `::` and single signs. Comments, strings and characters are left out.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { rest: source, line: 1 };
    let mut found = Vec::new();
    while let Some(c) = reader.rest.chars().next() {
        let line = reader.line;
        let length = if matches!(c, '/' | '"' | '\'' | 'b' | 'c' | 'r') { reader.dull().unwrap_or(0) } else { 0 };
        if length > 0 {
            reader.skip(length);
            continue;
        }
        let word = reader.rest.find(|c: char| !is_word(c)).unwrap_or(reader.rest.len());
        let length = match word {
            0 if reader.rest.starts_with("::") => 2,
            0 => c.len_utf8(),
            _ => word,
        };
        let text = &reader.rest[..length];
        if !c.is_whitespace() {
            found.push(Token { text: text.to_owned(), line, test: false });
        }
        reader.skip(length);
    }
    mark_tests(&mut found);
    found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn skip(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }

    /// The length of the comment, string or character that begins here.
    fn dull(&self) -> Option<usize> {
        let rest = self.rest;
        if rest.starts_with("//") {
            return Some(rest.find('\n').unwrap_or(rest.len()));
        }
        if rest.starts_with("/*") {
            return Some(block_comment(rest));
        }
        for prefix in ["", "b", "c", "r", "br", "cr"] {
            let Some(after) = rest.strip_prefix(prefix) else { continue };
            let hashes = if prefix.ends_with('r') { after.len() - after.trim_start_matches('#').len() } else { 0 };
            if let Some(body) = after[hashes..].strip_prefix('"') {
                let length = if prefix.ends_with('r') { raw_string(body, hashes) } else { string(body) };
                return Some(prefix.len() + hashes + 1 + length);
            }
        }
        let body = rest.strip_prefix('\'')?;
        let mut chars = body.chars();
        match (chars.next()?, chars.next()) {
            ('\\', _) => Some(2 + body.get(2..)?.find('\'')? + 2),
            (c, Some('\'')) => Some(2 + c.len_utf8()),
            _ => None, // a lifetime
        }
    }
}

/// The length of a comment that may hold others.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let (open, close) = (rest[at..].find("/*"), rest[at..].find("*/"));
        match (open, close) {
            (Some(open), Some(close)) if open < close => (depth, at) = (depth + 1, at + open + 2),
            (_, Some(close)) => (depth, at) = (depth - 1, at + close + 2),
            (_, None) => return rest.len(),
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The length of a string's body with its closing quote.
fn string(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    body.len()
}

fn raw_string(body: &str, hashes: usize) -> usize {
    let close = format!("\"{}", "#".repeat(hashes));
    body.find(&close).map_or(body.len(), |at| at + close.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Marks the item after each `#[cfg(test)]`: up to its semicolon, or the end of its braces.
fn mark_tests(tokens: &mut [Token]) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut at = 0;
    while at + MARK.len() <= tokens.len() {
        let marked = MARK.iter().zip(&tokens[at..]).all(|(mark, token)| token.text == *mark);
        if !marked {
            at += 1;
            continue;
        }
        let mut depth = 0;
        for (place, token) in tokens[at..].iter_mut().enumerate() {
            token.test = true;
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            let ended = depth == 0 && matches!(token.text.as_str(), "}" | ";");
            if ended {
                at += place;
                break;
            }
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, words: &str) {
        let found: Vec<_> = tokens(source).into_iter().map(|token| token.text).collect();
        assert_eq!(found.join(" "), words, "{source}");
    }

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        check("a // std::fs\nb", "a b");
        check("a /* x /* y */ z */ b", "a b");
        check(r#"f("std::fs \" still")+1"#, "f ( ) + 1");
        check("r#\"a \" b\"# c", "c");
        check("'x' '\\'' '\\u{41}' 'a: loop", "' a : loop");
        check("&'static str", "& ' static str");
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let found = tokens("/*\n\n*/ a \"\n\" b");
        assert_eq!(found.iter().map(|token| token.line).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn what_lies_under_cfg_test_is_marked_and_what_follows_is_not() {
        let found = tokens("#[cfg(test)] mod tests { fn a() { {} } } fn b() {} #[cfg(test)] use x::y; z");
        let plain: Vec<_> = found.iter().filter(|token| !token.test).map(|token| token.text.as_str()).collect();
        assert_eq!(plain.join(" "), "fn b ( ) { } z");
    }
}
