//! What a file really is, by its first bytes: a page that says "not found", saved under a recording's name, is no recording.

/// What the first bytes look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// A container of sound or picture, or something that is not recognised and may be one.
    Recording,
    /// There are no bytes.
    Empty,
    /// A web page: mostly a server's error, saved.
    WebPage,
    /// JSON or XML: mostly a service's error, saved.
    Data,
    /// The note that a version control system leaves in place of a large file.
    Pointer,
    /// A PDF or an office document.
    Document,
    /// A picture.
    Picture,
    /// An archive.
    Archive,
    /// Plain text.
    Text,
}

impl Look {
    /// What it is, in words, where it cannot be heard.
    pub fn instead_of_a_recording(self) -> Option<&'static str> {
        match self {
            Look::Recording => None,
            Look::Empty => Some("the file is empty"),
            Look::WebPage => Some("the file is a web page (HTML), not a recording: mostly a server's error message"),
            Look::Data => Some("the file is JSON or XML, not a recording: mostly a server's error message"),
            Look::Pointer => Some("the file is a version control system's note about a recording, not the recording"),
            Look::Document => Some("the file is a document, not a recording"),
            Look::Picture => Some("the file is a picture, not a recording"),
            Look::Archive => Some("the file is an archive, not a recording"),
            Look::Text => Some("the file is plain text, not a recording"),
        }
    }
}

/// Tells by the first bytes; 512 are enough.
pub fn look(start: &[u8]) -> Look {
    let start = &start[..start.len().min(512)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let begins = |words: &[&str]| words.iter().any(|word| starts_without_case(text, word));
    if start.is_empty() {
        Look::Empty
    } else if start.starts_with(b"%PDF") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        Look::Document
    } else if start.starts_with(b"\x89PNG") || start.starts_with(b"\xff\xd8\xff") || start.starts_with(b"GIF8") {
        Look::Picture
    } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\x1f\x8b") || start.starts_with(b"7z\xbc\xaf") {
        Look::Archive
    } else if begins(&["<!doctype html", "<html", "<head", "<body", "<title"]) {
        Look::WebPage
    } else if begins(&["<?xml", "<error", "{", "["]) && is_text(start) {
        Look::Data
    } else if begins(&["version https://git-lfs", "/annex/objects/", "../.git/annex"]) {
        Look::Pointer
    } else if is_text(start) {
        Look::Text
    } else {
        Look::Recording
    }
}

fn starts_without_case(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether nothing in it would be out of place in a text. A few bytes prove nothing.
fn is_text(start: &[u8]) -> bool {
    let end = match std::str::from_utf8(start) {
        Ok(_) => start.len(),
        // A letter may be cut in two at the end of what was read.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return false,
    };
    end >= 4 && start[..end].iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_first_bytes() {
        let rows: [(&[u8], Look); 16] = [
            (b"", Look::Empty),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81", Look::Recording),
            (b"\0\0\0\x20ftypisom", Look::Recording),
            (b"OggS\0\x02", Look::Recording),
            (b"ID3\x04\0\0", Look::Recording),
            (b"RIFF\x24\0\0\0WAVEfmt ", Look::Recording),
            (b"fLaC\0\0\0\x22", Look::Recording),
            (b"\xff\xfb\x90\x64", Look::Recording),
            (b"\n <!DOCTYPE HTML><html>", Look::WebPage),
            (b"\xef\xbb\xbf<html lang=en>", Look::WebPage),
            (b"<?xml version=\"1.0\"?><Error>AccessDenied", Look::Data),
            (b"{\"message\": \"expired\"}", Look::Data),
            (b"version https://git-lfs.github.com/spec/v1", Look::Pointer),
            (b"%PDF-1.7", Look::Document),
            (b"PK\x03\x04\x14", Look::Archive),
            (b"404 page not found\n", Look::Text),
        ];
        for (bytes, expected) in rows {
            assert_eq!(look(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
