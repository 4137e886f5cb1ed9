//! The paths that a file uses, each from its root: `crate::text::SafeText`, `std::fs::read`.

use super::tokens::{Token, tokens};

/// One use of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Path {
    /// From the root; `super` and `self` are resolved to `crate::…`.
    pub(super) segments: Vec<String>,
    /// 1-based.
    pub(super) line: usize,
    /// Whether it lies under `#[cfg(test)]`.
    pub(super) test: bool,
    /// Whether an exclamation mark follows.
    pub(super) is_macro: bool,
}

/// Every path in `source`, which is the module `module` of the crate, such as `["app", "review"]`.
pub(super) fn paths(source: &str, module: &[&str]) -> Vec<Path> {
    let tokens = tokens(source);
    let mut walk =
        Walk { tokens: &tokens, at: 0, module: module.iter().map(|m| (*m).to_owned()).collect(), depths: vec![], found: vec![] };
    let mut depth = 0;
    while let Some(token) = walk.peek(0) {
        match token {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if walk.depths.last() == Some(&depth) {
                    walk.depths.pop();
                    walk.module.pop();
                }
            }
            "mod" if walk.peek(2) == Some("{") => {
                walk.module.push(walk.tokens[walk.at + 1].text.clone());
                walk.depths.push(depth);
                walk.at += 2;
                continue;
            }
            _ if is_name(token) || token == "::" => {
                walk.tree(&[]);
                continue;
            }
            _ => {}
        }
        walk.at += 1;
    }
    walk.found
}

struct Walk<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Where we are, inline modules included.
    module: Vec<String>,
    /// The brace depth at which each inline module began.
    depths: Vec<i32>,
    found: Vec<Path>,
}

impl Walk<'_> {
    fn peek(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.at + ahead).map(|token| token.text.as_str())
    }

    /// Reads one path, or the tree of paths that `{…}` after `::` makes of it.
    fn tree(&mut self, stem: &[String]) {
        let mut segments = stem.to_vec();
        let start = self.at;
        while let Some(token) = self.peek(0) {
            if token == "::" && self.peek(1) == Some("{") {
                self.at += 2;
                return self.branches(&segments);
            } else if token == "::" && self.peek(1).is_some_and(|next| is_name(next) || next == "*") {
                self.at += 1;
            } else if (is_name(token) || token == "*") && (self.at == start || self.tokens[self.at - 1].text == "::") {
                segments.push(token.to_owned());
                self.at += 1;
            } else {
                break;
            }
        }
        self.at = self.at.max(start + 1);
        let token = &self.tokens[start];
        let is_macro = self.peek(0) == Some("!");
        let segments = self.resolve(segments);
        self.found.push(Path { segments, line: token.line, test: token.test, is_macro });
    }

    fn branches(&mut self, stem: &[String]) {
        while let Some(token) = self.peek(0) {
            match token {
                "}" => {
                    self.at += 1;
                    return;
                }
                "," => self.at += 1,
                "as" => self.at += 2,
                _ => self.tree(stem),
            }
        }
    }

    /// Turns `super::x` into `crate::…::x`.
    fn resolve(&self, segments: Vec<String>) -> Vec<String> {
        let up = segments.iter().take_while(|segment| *segment == "super").count();
        let here = segments.first().is_some_and(|first| first == "self");
        if up == 0 && !here {
            return segments;
        }
        let kept = self.module.len().saturating_sub(up);
        let stem = std::iter::once("crate".to_owned()).chain(self.module[..kept].iter().cloned());
        stem.chain(segments.into_iter().skip(up.max(usize::from(here)))).collect()
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(module: &[&str], source: &str, wanted: &[&str]) {
        let found: Vec<_> = paths(source, module).into_iter().map(|path| path.segments.join("::")).collect();
        for path in wanted {
            assert!(found.iter().any(|p| p == path), "{path} in {source}: {found:?}");
        }
    }

    #[test]
    fn plain_paths_and_trees_are_seen_whole() {
        check(&["app"], "fn f(x: crate::text::SafeText) {}", &["crate::text::SafeText"]);
        check(
            &["app"],
            "use crate::{text::SafeText, interview::{self, Batch as B, time::*}};",
            &["crate::text::SafeText", "crate::interview::self", "crate::interview::Batch", "crate::interview::time::*"],
        );
        check(&["app"], "let t = ::std::fs::read(p)?;", &["std::fs::read"]);
        check(&["app"], "Vec::<std::thread::JoinHandle<()>>::new()", &["std::thread::JoinHandle"]);
    }

    #[test]
    fn super_leads_where_it_leads() {
        check(&["app", "review"], "use super::super::tui::Screen;", &["crate::tui::Screen"]);
        check(&["app"], "use super::tui::Screen;", &["crate::tui::Screen"]);
        check(&["journal"], "mod tests { use super::text; } use super::text;", &["crate::journal::text", "crate::text"]);
        check(&["journal"], "use self::act::Act;", &["crate::journal::act::Act"]);
    }
}
