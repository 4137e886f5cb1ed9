//! Writes HTML: what is not a constant of this program is text or an attribute, and both are escaped here.

use std::fmt::Display;

/// A page that is being written.
pub(super) struct Html {
    out: String,
    open: Vec<&'static str>,
}

/// The attributes of an element: constant names, any values.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    pub(super) fn new() -> Self {
        Html { out: String::from("<!DOCTYPE html>\n"), open: Vec::new() }
    }

    /// An element that [`Html::close`] closes.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes) {
        self.tag(tag, attributes);
        self.open.push(tag);
    }

    pub(super) fn close(&mut self) {
        let tag = self.open.pop().expect("what is closed was opened");
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
        // Lines keep the page readable; inline elements stay where they are.
        if !matches!(tag, "bdi" | "span" | "em" | "strong" | "td" | "th" | "a" | "button" | "text" | "title" | "path" | "svg" | "p")
        {
            self.out.push('\n');
        }
    }

    /// An element around what `inner` writes.
    pub(super) fn within(&mut self, tag: &'static str, attributes: Attributes, inner: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        inner(self);
        self.close();
    }

    /// An element with text in it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes, text: impl Display) {
        self.open(tag, attributes);
        self.text(text);
        self.close();
    }

    /// An element that has no content.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes) {
        self.tag(tag, attributes);
    }

    pub(super) fn text(&mut self, text: impl Display) {
        escape(&text.to_string(), &mut self.out);
    }

    /// Text from outside, whose direction stays its own.
    pub(super) fn outside(&mut self, text: impl Display) {
        self.element("bdi", &[], text);
    }

    /// Style or script: a constant of this program, which is not escaped.
    pub(super) fn constant(&mut self, tag: &'static str, code: &'static str) {
        self.tag(tag, &[]);
        self.out.push_str(code);
        self.open.push(tag);
        self.close();
    }

    fn tag(&mut self, tag: &'static str, attributes: Attributes) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }

    pub(super) fn finish(self) -> String {
        assert!(self.open.is_empty(), "what was opened is closed");
        self.out
    }
}

/// A heading, then a table that can be scrolled by key where it is wider than the screen.
pub(super) fn wide(html: &mut Html, label: &str, table: impl FnOnce(&mut Html)) {
    html.within("div", &[("class", "wide"), ("role", "region"), ("aria-label", label), ("tabindex", "0")], |html| {
        html.within("table", &[], table);
    });
}

/// The header of a table: a cell for each column.
pub(super) fn head(html: &mut Html, columns: &[&str]) {
    html.within("thead", &[], |html| {
        html.within("tr", &[], |html| columns.iter().for_each(|column| html.element("th", &[("scope", "col")], column)));
    });
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_text_nor_attributes_end_what_they_stand_in() {
        let mut html = Html::new();
        html.open("p", &[("title", "\" onload=x '")]);
        html.outside("</bdi><script>1 & 2</script>");
        html.close();
        assert_eq!(
            html.finish(),
            "<!DOCTYPE html>\n<p title=\"&quot; onload=x &#39;\"><bdi>&lt;/bdi&gt;&lt;script&gt;1 &amp; 2&lt;/script&gt;</bdi></p>"
        );
    }
}
