//! Files of the vault over HTTP: whole or a part, with a validator, a piece at a time in memory.

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, Response, StatusCode};
use futures_util::stream;

use crate::interview::Digest;
use crate::library::{LibraryError, Reading};

/// What is handed out.
pub(super) enum Content {
    /// A file of the vault.
    Vault(Reading),
    /// Something small.
    Small(Bytes),
}

impl Content {
    fn length(&self) -> u64 {
        match self {
            Content::Vault(reading) => reading.length(),
            Content::Small(bytes) => bytes.len() as u64,
        }
    }
}

/// Which bytes are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Whole,
    /// From the first up to the last, both of them sent.
    Range(u64, u64),
    /// Nothing of it is there.
    Nowhere,
}

/// Answers a request for a file.
pub(super) fn answer(content: Content, digest: Digest, headers: &HeaderMap) -> Response<Body> {
    let (length, tag) = (content.length(), format!("\"{digest}\""));
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let answer = Response::builder()
        .header(ETAG, &tag)
        .header(ACCEPT_RANGES, "bytes")
        .header(CACHE_CONTROL, "private, no-store")
        .header("x-content-type-options", "nosniff");
    if text(IF_NONE_MATCH).is_some_and(|tags| tags == "*" || tags.split(',').any(|one| one.trim() == tag)) {
        return answer.status(StatusCode::NOT_MODIFIED).body(Body::empty()).expect("its headers are texts");
    }
    // Of another file than the one that was begun, all is sent.
    let is_the_same = text(IF_RANGE).is_none_or(|held| held == tag);
    let part = match text(RANGE).filter(|_| is_the_same) {
        Some(range) => part(range, length),
        None => Part::Whole,
    };
    let answer = answer.header(CONTENT_TYPE, "application/octet-stream");
    let (status, first, last) = match part {
        Part::Nowhere => {
            let answer = answer.status(StatusCode::RANGE_NOT_SATISFIABLE).header(CONTENT_RANGE, format!("bytes */{length}"));
            return answer.body(Body::empty()).expect("its headers are texts");
        }
        Part::Whole => (StatusCode::OK, 0, length.saturating_sub(1)),
        Part::Range(first, last) => (StatusCode::PARTIAL_CONTENT, first, last),
    };
    let sent = if length == 0 { 0 } else { last - first + 1 };
    let mut answer = answer.status(status).header(CONTENT_LENGTH, sent);
    if status == StatusCode::PARTIAL_CONTENT {
        answer = answer.header(CONTENT_RANGE, format!("bytes {first}-{last}/{length}"));
    }
    answer.body(body(content, first, sent)).expect("its headers are texts")
}

/// Which bytes a `Range` header asks for; one range alone is answered, of several the whole is sent (RFC 9110, section 14.2).
fn part(range: &str, length: u64) -> Part {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return Part::Whole };
    match (from.trim(), to.trim()) {
        (_, to) if to.contains(',') => Part::Whole,
        ("", last) => match last.parse::<u64>() {
            Ok(0) => Part::Nowhere,
            Ok(_) if length == 0 => Part::Nowhere,
            Ok(last) => Part::Range(length.saturating_sub(last), length - 1),
            Err(_) => Part::Whole,
        },
        (first, last) => {
            let Ok(first) = first.parse::<u64>() else { return Part::Whole };
            let last = match last {
                "" => length.saturating_sub(1),
                last => match last.parse::<u64>() {
                    Ok(last) if last >= first => last.min(length.saturating_sub(1)),
                    _ => return Part::Whole,
                },
            };
            if first >= length { Part::Nowhere } else { Part::Range(first, last) }
        }
    }
}

fn body(content: Content, first: u64, sent: u64) -> Body {
    let reading = match content {
        Content::Small(bytes) => return Body::from(bytes.slice(first as usize..(first + sent) as usize)),
        Content::Vault(reading) => reading,
    };
    let pieces = stream::try_unfold((reading, first, sent), |(mut reading, at, left)| async move {
        if left == 0 {
            return Ok::<_, LibraryError>(None);
        }
        let size = Reading::PIECE as u64;
        let read = tokio::task::spawn_blocking(move || reading.piece((at / size) as u32).map(|piece| (reading, piece)));
        let (reading, piece) = read.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
        let within = (at % size) as usize;
        let now = (piece.len() - within).min(usize::try_from(left).unwrap_or(usize::MAX));
        let bytes = Bytes::copy_from_slice(&piece[within..within + now]);
        Ok(Some((bytes, (reading, at + now as u64, left - now as u64))))
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_rfc_9110_says() {
        for (range, found) in [
            ("bytes=0-4", Part::Range(0, 4)),
            ("bytes=5-", Part::Range(5, 9)),
            ("bytes=5-99", Part::Range(5, 9)),
            ("bytes=-3", Part::Range(7, 9)),
            ("bytes=-99", Part::Range(0, 9)),
            ("bytes=10-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=4-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("lines=0-1", Part::Whole),
        ] {
            assert_eq!(part(range, 10), found, "{range}");
        }
    }
}
