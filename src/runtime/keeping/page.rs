//! The page of a parcel: the same as its JSON, for people. It needs nothing but itself, and runs nothing.

use std::fmt::Write as _;

use serde_json::Value;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; media-src 'self'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n<title>Everything that is kept about one person</title>\n<style>\n\
body { font: 16px/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }\n\
h2 { border-top: 2px solid #111; padding-top: 1rem } dt { font-weight: bold } dd { margin: 0 0 .5rem 1rem; white-space: pre-wrap }\n\
.sha { font: .75rem monospace; overflow-wrap: anywhere; color: #444 }\n</style>\n</head>\n<body>\n";

/// The page for a document as `told` makes it.
pub(super) fn page(document: &Value) -> String {
    let mut page = String::from(HEAD);
    page.push_str("<h1>Everything that is kept about one person</h1>\n");
    let _ =
        writeln!(page, "<p>Made at {}. The same is in <a href=\"person.json\">person.json</a>.</p>", text(&document["made_at"]));
    fields(&mut page, &document["person"]);
    for entry in list(&document["submissions"]) {
        submission(&mut page, entry);
    }
    section(&mut page, "h2", "Sent to", &document["sent_to"]);
    section(&mut page, "h2", "Given to engines", &document["engines"]);
    page.push_str("</body>\n</html>\n");
    page
}

fn submission(page: &mut String, entry: &Value) {
    let _ = writeln!(page, "<h2>{}</h2>", text(&entry["batch"]["title"]));
    const APART: [&str; 10] = [
        "batch",
        "answers",
        "platform_says",
        "machine_read",
        "machine_said",
        "reviews",
        "documents",
        "decisions",
        "remarks",
        "not_in_this_parcel",
    ];
    let of_itself = |name: &str| !APART.contains(&name);
    let own: serde_json::Map<String, Value> = entry
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| of_itself(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    fields(page, &Value::Object(own));
    section(page, "h3", "Documents", &entry["documents"]);
    page.push_str("<h3>Answers</h3>\n");
    for answer in list(&entry["answers"]) {
        let _ = writeln!(page, "<h4>{}</h4>", text(&answer["asked"]));
        fields(page, answer);
    }
    section(page, "h3", "What the platform said by itself", &entry["platform_says"]);
    section(page, "h3", "What a machine proposed", &entry["machine_read"]);
    section(page, "h3", "What a machine said and somebody saw", &entry["machine_said"]);
    section(page, "h3", "What reviewers said", &entry["reviews"]);
    section(page, "h3", "Decisions", &entry["decisions"]);
    section(page, "h3", "Remarks", &entry["remarks"]);
    section(page, "h3", "Not in this parcel", &entry["not_in_this_parcel"]);
}

fn section(page: &mut String, heading: &str, title: &str, value: &Value) {
    if list(value).is_empty() {
        return;
    }
    let _ = writeln!(page, "<{heading}>{title}</{heading}>\n<ol>");
    for one in list(value) {
        page.push_str("<li>");
        anything(page, one);
        page.push_str("</li>\n");
    }
    page.push_str("</ol>\n");
}

fn fields(page: &mut String, value: &Value) {
    page.push_str("<dl>\n");
    for (name, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !is_nothing(value)) {
        let _ = write!(page, "<dt>{}</dt><dd>", escaped(&name.replace('_', " ")));
        anything(page, value);
        page.push_str("</dd>\n");
    }
    page.push_str("</dl>\n");
}

fn anything(page: &mut String, value: &Value) {
    match value {
        Value::Object(of) if of.contains_key("file") && of.contains_key("sha256") => {
            // Its name is one that was made here.
            let file = escaped(of["file"].as_str().unwrap_or_default());
            let _ = write!(
                page,
                "<a href=\"{file}\">{file}</a> ({} bytes) <span class=\"sha\">{}</span>",
                of["bytes"],
                text(&of["sha256"])
            );
        }
        Value::Object(_) => fields(page, value),
        Value::Array(all) if all.iter().all(|one| !one.is_object()) => {
            let words: Vec<String> = all.iter().map(text).collect();
            page.push_str(&words.join(", "));
        }
        Value::Array(all) => {
            page.push_str("<ul>\n");
            for one in all {
                page.push_str("<li>");
                anything(page, one);
                page.push_str("</li>\n");
            }
            page.push_str("</ul>\n");
        }
        one => page.push_str(&text(one)),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(of) => of.is_empty(),
        _ => false,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        other => escaped(&other.to_string()),
    }
}

/// Text that is nothing but text in a page: also no sign that turns what follows it around.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in crate::text::SafeText::block(text).as_str().chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_that_a_person_wrote_becomes_markup() {
        let evil = "<script>alert(1)</script>\"onload='x' \u{202e}&";
        let document = json!({
            "made_at": "2026-11-21T00:00:00Z",
            "person": { "name": evil, evil: "x" },
            "submissions": [{ "batch": { "title": evil }, "answers": [{ "asked": evil, "text": evil }], "remarks": [{ "text": evil }] }],
            "sent_to": [],
        });
        let page = page(&document);
        assert!(!page.contains("<script") && !page.contains("onload='"), "{page}");
        // What was asked is the answer's heading as well.
        assert_eq!(page.matches("&lt;script&gt;").count(), 7, "{page}");
        assert!(!page.contains('\u{202e}'));
    }
}
