//! What an answer is that is not what was asked for: a web page, or an error in JSON, known by how it begins.

/// Bytes at the beginning by which it is known.
pub const HEAD: usize = 4096;

/// What begins so, behind a byte order mark, white space and comments; none where a comment has no end among these bytes.
fn past_comments(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&head[..head.len().min(HEAD)]).to_lowercase();
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let mut rest = text.trim_start_matches(blank);
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->")?.1.trim_start_matches(blank);
    }
    Some(rest.to_owned())
}

/// Whether this is a web page, as it begins or as `kind` says.
pub(super) fn is_html(head: &[u8], kind: Option<&str>) -> bool {
    let is_said = kind.is_some_and(|kind| kind.to_lowercase().contains("html"));
    is_said || past_comments(head).is_none_or(|text| text.starts_with("<!doctype html") || text.starts_with("<html"))
}

/// What stands in the place of a recording: [`PAGE`], such as one that says that a link has expired, or `an error in JSON`; none
/// where it may be a recording. `kind` is the media type, as it is said.
pub fn in_its_place(head: &[u8], kind: Option<&str>) -> Option<&'static str> {
    let is_kind = |what: &str| kind.is_some_and(|kind| kind.to_lowercase().starts_with(what));
    let Some(text) = past_comments(head) else { return Some(PAGE) };
    let begins = ["<!doctype html", "<html", "<head", "<?xml", "<error"].iter().any(|start| text.starts_with(start));
    if begins || is_kind("text/html") && text.starts_with('<') {
        return Some(PAGE);
    }
    let record = text.strip_prefix('{').map(str::trim_start);
    let is_json = record.is_some_and(|text| text.starts_with('"') || text.starts_with('}'))
        || is_kind("application/json") && text.starts_with(['[', '{', '"', 'n']);
    is_json.then_some("an error in JSON")
}

/// What a web page is called among them.
pub const PAGE: &str = "a web page";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_or_an_error_is_known_by_its_beginning_and_a_recording_is_none() {
        let blank = format!("\u{feff}\r\n\n  <!-- {} -->\n<!-- so -->\n<!DOCTYPE html>", "x".repeat(700));
        for (head, kind, is) in [
            (&b"<!DOCTYPE html><title>Link expired"[..], Some("video/webm"), Some(PAGE)),
            (b"\xef\xbb\xbf \n<HTML>", None, Some(PAGE)),
            (blank.as_bytes(), None, Some(PAGE)),
            (&blank.as_bytes()[..300], None, Some(PAGE)),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied", Some("application/xml"), Some(PAGE)),
            (b"<body>", Some("text/html; charset=utf-8"), Some(PAGE)),
            (b"{\"error\":\"expired\"}", None, Some("an error in JSON")),
            (b"{}", Some("video/mp4"), Some("an error in JSON")),
            (b"null", Some("application/json"), Some("an error in JSON")),
            (b"\x1aE\xdf\xa3webm", Some("text/html"), None),
            (b"{\x01\x02", None, None),
            (b"OggS", None, None),
            (b"OggS", Some("application/json"), None),
            (b"", None, None),
        ] {
            assert_eq!(in_its_place(head, kind), is, "{}", String::from_utf8_lossy(head));
        }
        assert!(is_html(blank.as_bytes(), None) && is_html(b"", Some("text/html")) && !is_html(b"{}", None));
    }
}
