//! Reads a query: names, arguments and what is wished for within; `!` behind what it is of no use without.

use super::{Field, Input, Query};

/// How deep a query may go.
const DEEPEST: usize = 16;

impl Query {
    /// Reads `{ positions! { id! name } }`.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub(in super::super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let fields = reader.fields(0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.wrong("nothing may follow the query"));
        }
        Ok(Query { fields })
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn wrong(&self, what: &str) -> String {
        let here: String = self.rest().chars().take(20).collect();
        format!("the query cannot be read at \"{here}\": {what}")
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
    }

    fn takes(&mut self, sign: char) -> bool {
        self.space();
        let is = self.rest().starts_with(sign);
        self.at += if is { sign.len_utf8() } else { 0 };
        is
    }

    fn needs(&mut self, sign: char) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(self.wrong(&format!("{sign} is missing"))) }
    }

    fn name(&mut self) -> Result<String, String> {
        self.space();
        let end = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest().len());
        let name = self.rest()[..end].to_owned();
        if name.is_empty() {
            return Err(self.wrong("a name is missing"));
        }
        self.at += end;
        Ok(name)
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<Field>, String> {
        if depth > DEEPEST {
            return Err(self.wrong("it goes too deep"));
        }
        self.needs('{')?;
        let mut fields = Vec::new();
        while !self.takes('}') {
            let (name, is_needed) = (self.name()?, self.takes('!'));
            let arguments = if self.takes('(') { self.pairs(')')? } else { Vec::new() };
            self.space();
            let within = if self.rest().starts_with('{') { self.fields(depth + 1)? } else { Vec::new() };
            fields.push(Field { name, is_needed, arguments, within });
        }
        if fields.is_empty() { Err(self.wrong("nothing is wished for between { and }")) } else { Ok(fields) }
    }

    fn pairs(&mut self, end: char) -> Result<Vec<(String, Input)>, String> {
        let mut pairs = Vec::new();
        while !self.takes(end) {
            let name = self.name()?;
            self.needs(':')?;
            pairs.push((name, self.input()?));
        }
        Ok(pairs)
    }

    fn input(&mut self) -> Result<Input, String> {
        if self.takes('$') {
            return self.name().map(Input::Variable);
        }
        if self.takes('{') {
            return self.pairs('}').map(Input::Record);
        }
        if self.takes('"') {
            let end = self.rest().find('"').ok_or_else(|| self.wrong("the text does not end"))?;
            let text = format!("\"{}\"", &self.rest()[..end]);
            self.at += end + 1;
            return Ok(Input::Literal(text));
        }
        self.name().map(Input::Literal)
    }
}
