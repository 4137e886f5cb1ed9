//! Reads `[format]`: the dialect, the bounds of a file, and its name.

use super::parts::set;
use crate::export::Guard;
use crate::export::dialect::{Bounds, CellNewline, Dialect, Quote, Split};
use crate::export::profile::template::Template;
use crate::form::Form;

/// What a file's name may hold.
const IN_NAMES: [&str; 6] = ["profile", "batch", "requisition", "part", "digest8", "table"];

/// `[format]` over what most machines read.
pub(super) fn format(root: &Form<'_>) -> (Dialect, Bounds, Template) {
    let (mut dialect, mut bounds) = (Dialect::default(), Bounds::default());
    let mut filename = Template::parse("earmark-{profile}-{batch}-{digest8}.csv").expect("it is a template");
    let Some(form) = root.form("format", "[format]".into()) else { return (dialect, bounds, filename) };
    let _utf8 = form.word("encoding", &[("utf-8", ())]);
    set(&mut dialect.bom, form.flag("bom"));
    set(&mut dialect.delimiter, ascii(&form, "delimiter", &[',', ';', '\t', '|']).map(|c| c as u8));
    set(&mut dialect.quote, form.word("quote", &[("minimal", Quote::Minimal), ("all", Quote::All), ("text", Quote::Text)]));
    set(&mut dialect.crlf, form.word("line_end", &[("crlf", true), ("lf", false)]));
    let newlines = [("keep", CellNewline::Keep), ("space", CellNewline::Space), ("refuse", CellNewline::Refuse)];
    set(&mut dialect.cell_newline, form.word("cell_newline", &newlines));
    set(&mut dialect.header, form.flag("header"));
    set(&mut dialect.booleans, booleans(&form));
    set(&mut dialect.decimal, ascii(&form, "decimal", &['.', ',']));
    set(&mut dialect.date, time_pattern(&form, "date"));
    set(&mut dialect.datetime, time_pattern(&form, "datetime"));
    set(&mut dialect.null, form.string("null"));
    let guards = [("off", Guard::Off), ("apostrophe", Guard::Apostrophe), ("quarantine", Guard::Quarantine)];
    set(&mut dialect.guard, form.word("formula_guard", &guards));
    bounds.max_rows = form.whole("max_rows", 1..=i64::MAX).map(|most| most as u64);
    bounds.max_bytes = form.whole("max_bytes", 100..=i64::MAX).map(|most| most as u64);
    let splits = [("none", Split::None), ("rows", Split::Rows), ("requisition", Split::Requisition)];
    set(&mut bounds.split, form.word("split", &splits));
    set(&mut filename, file_name(&form, bounds.split));
    if dialect.decimal == ',' && dialect.delimiter == b',' {
        form.error("decimal", "decimals and cells are both parted by a comma", "write delimiter = \";\", or decimal = \".\"");
    }
    form.finish();
    (dialect, bounds, filename)
}

fn ascii(form: &Form<'_>, key: &'static str, allowed: &[char]) -> Option<char> {
    let text = form.string(key)?;
    let mut chars = text.chars();
    let found = chars.next().filter(|c| chars.next().is_none() && allowed.contains(c));
    if found.is_none() {
        let list = allowed.iter().map(|c| if *c == '\t' { "\"\\t\"".to_owned() } else { format!("\"{c}\"") });
        let list = list.collect::<Vec<_>>().join(", ");
        form.error(key, &format!("`{key}` in {} cannot be \"{text}\"", form.name), &format!("allowed: {list}"));
    }
    found
}

fn booleans(form: &Form<'_>) -> Option<(String, String)> {
    let items = form.list("booleans", "two texts: [\"true\", \"false\"]")?;
    let words: Vec<String> = items.into_iter().filter_map(|item| form.string_of("booleans", item)).collect();
    match <[String; 2]>::try_from(words) {
        Ok([yes, no]) if yes != no => Some((yes, no)),
        _ => {
            form.error("booleans", "`booleans` in [format] are not two different texts", "write [\"true\", \"false\"]");
            None
        }
    }
}

/// A pattern that can be written: it is tried on one moment.
fn time_pattern(form: &Form<'_>, key: &'static str) -> Option<String> {
    let pattern = form.text(key)?.raw().to_owned();
    let day = jiff::civil::date(2026, 2, 3);
    let tried = match key {
        "date" => jiff::fmt::strtime::format(&pattern, day).map(drop),
        _ => jiff::fmt::strtime::format(&pattern, jiff::Timestamp::UNIX_EPOCH).map(drop),
    };
    match tried {
        Ok(()) => Some(pattern),
        Err(why) => {
            let remedy = if key == "date" { "write it as \"%Y-%m-%d\"" } else { "write it as \"%Y-%m-%dT%H:%M:%SZ\"" };
            form.error(key, &format!("`{key}` in {} cannot be written: {why}", form.name), remedy);
            None
        }
    }
}

fn file_name(form: &Form<'_>, split: Split) -> Option<Template> {
    let text = form.text("filename")?;
    let template = match Template::parse(text.raw()) {
        Ok(template) => template,
        Err((reason, remedy)) => {
            form.error("filename", &reason, &remedy);
            return None;
        }
    };
    if text.raw().contains(['/', '\\', '\0']) || text.raw().starts_with('.') {
        form.error("filename", "`filename` names a folder, or a hidden file", "write a plain name; [deliver] says where it goes");
    }
    for field in template.fields() {
        if !IN_NAMES.contains(&field) {
            let reason = format!("a file's name cannot hold {{{field}}}");
            form.error("filename", &reason, &format!("it may hold {}", IN_NAMES.map(|name| format!("{{{name}}}")).join(", ")));
        }
    }
    let has = |name: &str| template.fields().any(|field| field == name);
    if split != Split::None && !has("part") && !has("digest8") {
        form.error("filename", "several files would have one name", "put {part} or {digest8} into `filename`");
    }
    Some(template)
}
