//! The sounds of quotes: each recording decoded once behind the fence, each stretch through the player's own chain at the common
//! loudness, measured of the stretch itself, then Opus.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use futures_util::StreamExt as _;

use super::{Wish, most};
use crate::export::Sources;
use crate::export::report::{Clip, Quote, Report, Sound};
use crate::fence::Fence;
use crate::interview::{Answer, AnswerId, Moment, Span, Submission};
use crate::library::{Library, LibraryError};
use crate::runtime::contents;
use crate::sound::{Pcm, Prepared, RATE, Recording, excerpt, opus, sample_at};

/// Recordings that are decoded at once.
const AT_ONCE: usize = 4;
/// What is decoded beyond the last quote, so that the chain never comes to the end of what there is.
const BEYOND_MS: u32 = 2_000;

/// Whose quotes have their sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excerpts {
    /// Nobody's.
    None,
    /// Those of the first so many candidates of the ranking.
    Top(usize),
    /// Everyone's.
    All,
}

impl Excerpts {
    fn candidates(self) -> usize {
        match self {
            Excerpts::None => 0,
            Excerpts::Top(candidates) => candidates,
            Excerpts::All => usize::MAX,
        }
    }
}

impl FromStr for Excerpts {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("top:").map(str::parse)) {
            ("none", _) => Ok(Excerpts::None),
            ("all", _) => Ok(Excerpts::All),
            (_, Some(Ok(candidates))) => Ok(Excerpts::Top(candidates)),
            _ => Err("none, top:N or all".to_owned()),
        }
    }
}

/// The stretches that are wanted of one recording.
type Wanted = BTreeMap<AnswerId, Vec<Span>>;

/// Puts sounds to the quotes for which they are wanted and allowed.
pub(super) async fn put(report: &mut Report, library: &Library, sources: &Sources<'_>, wish: &Wish, tell: impl Fn(usize, usize)) {
    let most = most(sources);
    let mut wanted = Wanted::new();
    for person in report.people.iter_mut().take(if most == 0 { 0 } else { wish.excerpts.candidates() }) {
        let (mut left, mut had) = (wish.each, BTreeSet::new());
        for quote in person.quotes_mut().filter(|quote| !quote.written) {
            match (quote.stale, left) {
                (true, _) => quote.sound = missing("it was marked in an older recording"),
                // One stretch may be marked for several criteria, and by several reviewers.
                _ if had.contains(&(quote.answer, quote.span)) => quote.sound = Sound::Above,
                (_, 0) => quote.sound = missing(&format!("{} excerpts of one candidate are the most", wish.each)),
                _ => {
                    wanted.entry(quote.answer).or_default().push(cut(quote.span, most));
                    had.insert((quote.answer, quote.span));
                    left -= 1;
                }
            }
        }
    }
    let sounds = made(library, sources, wanted, tell).await;
    for quote in report.people.iter_mut().flat_map(|person| person.quotes_mut()) {
        let of = |quote: &Quote| Some(sounds.get(&(quote.answer, cut(quote.span, most)))?.clone());
        let Some(sound) = of(quote).filter(|_| matches!(quote.sound, Sound::None | Sound::Above)) else { continue };
        quote.sound = match (sound, &quote.sound) {
            (Sound::Clip(_), Sound::Above) => Sound::Above,
            (Sound::Clip(clip), _) => Sound::Clip(Clip { whole: quote.span.length() <= most, ..clip }),
            (other, _) => other,
        };
    }
}

fn cut(span: Span, most: u32) -> Span {
    Span { end: span.end.min(span.start.shifted(most.into())), ..span }
}

fn missing(why: &str) -> Sound {
    Sound::Missing(why.to_owned())
}

/// The sounds by answer and stretch.
async fn made(
    library: &Library,
    sources: &Sources<'_>,
    wanted: Wanted,
    tell: impl Fn(usize, usize),
) -> BTreeMap<(AnswerId, Span), Sound> {
    let of = wanted.len();
    let jobs = wanted.into_iter().map(|(id, mut spans)| {
        spans.sort_unstable();
        spans.dedup();
        async move {
            let found = match sources.batch.answer(id) {
                Some((submission, answer)) => of_recording(library, submission, answer, &spans).await,
                None => Err("its answer is gone".to_owned()),
            };
            let each = |(nth, span): (usize, Span)| {
                let clip = found.as_ref().map_err(Clone::clone).and_then(|clips| clips[nth].clone());
                ((id, span), clip.map_or_else(|why| missing(&why), Sound::Clip))
            };
            spans.iter().copied().enumerate().map(each).collect::<Vec<_>>()
        }
    });
    let mut sounds = BTreeMap::new();
    let mut done = futures_util::stream::iter(jobs).buffer_unordered(AT_ONCE).enumerate();
    while let Some((nth, some)) = done.next().await {
        sounds.extend(some);
        tell(nth + 1, of);
    }
    sounds
}

/// One stretch's sound, or why there is none, as the end of a sentence.
type Cut = Result<Clip, String>;

/// The clips of one recording, each by itself, or why there is none of it.
async fn of_recording(library: &Library, submission: &Submission, answer: &Answer, spans: &[Span]) -> Result<Vec<Cut>, String> {
    let media = answer.media.as_ref().ok_or_else(gone)?;
    let digest = media.digest.ok_or_else(gone)?;
    let bytes = contents::playable(library, submission.candidate.id, digest).await.map_err(|error| said_of(&error))?;
    let prepared = match contents::prepared(library, submission, answer).await {
        // What was measured is measured anew where it is damaged.
        Err(LibraryError::Damaged { .. }) => None,
        found => found.map_err(|error| said_of(&error))?,
    };
    let hint = media.locator.raw().rsplit_once('.').map(|(_, extension)| extension.to_owned());
    let spans = spans.to_vec();
    let work = move || {
        let (pcm, prepared) = decoded(bytes.into(), hint.as_deref(), prepared, &spans)?;
        Ok(spans.iter().map(|span| clip(&pcm, &prepared, *span)).collect())
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

fn gone() -> String {
    "the recording is not in the library any more".to_owned()
}

/// Why a recording cannot be had.
fn said_of(error: &LibraryError) -> String {
    match error {
        LibraryError::Damaged { .. } => "the recording is damaged here".to_owned(),
        LibraryError::NotKept { .. } | LibraryError::Erased(_) => gone(),
        LibraryError::Away { .. } => error.to_string(),
        other => format!("the recording could not be read: {other}"),
    }
}

/// Decodes as far as the last stretch; a recording that nobody has measured is measured now, which needs all of it.
fn decoded(bytes: Recording, hint: Option<&str>, prepared: Option<Prepared>, spans: &[Span]) -> Result<(Pcm, Prepared), String> {
    let fence = Fence::here();
    let Some(prepared) = prepared else {
        return fence.prepare(bytes, hint).map_err(|error| error.to_string());
    };
    let last = spans.iter().map(|span| span.end).max().unwrap_or(Moment::START);
    let enough = sample_at(last.shifted(BEYOND_MS.into()));
    let mut coming = fence.open(bytes, hint, Some(prepared.downmix.clone())).map_err(|error| error.to_string())?;
    let pcm = coming.pcm();
    while pcm.available() < enough {
        if coming.step().map_err(|error| error.to_string())?.is_some() {
            break;
        }
    }
    Ok((pcm, prepared))
}

fn clip(pcm: &Pcm, prepared: &Prepared, span: Span) -> Result<Clip, String> {
    if sample_at(span.start) >= pcm.available() {
        return Err("the recording ends before it".to_owned());
    }
    let made = excerpt(pcm, prepared, span);
    let bytes: Arc<[u8]> = opus::encode(&made.samples).map_err(|error| error.to_string())?.into();
    let length_ms = (made.samples.len() as u64 * 1000 / u64::from(RATE)) as u32;
    Ok(Clip { bytes, length_ms, whole: true, level: made.is_level() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_could_not_be_read_is_not_called_one_that_is_gone() {
        let not_kept = LibraryError::NotKept { what: "a recording".to_owned() };
        assert_eq!(said_of(&not_kept), gone());
        let busy = LibraryError::Busy { path: "library.db".into() };
        assert!(said_of(&busy).starts_with("the recording could not be read: "), "{}", said_of(&busy));
    }
}
