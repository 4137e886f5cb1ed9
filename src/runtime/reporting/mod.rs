//! Making a report of an open batch: what may be seen of it, and the sounds of its quotes.

mod excerpts;
mod machine;
mod said;

pub use excerpts::Excerpts;

use crate::app::{Desk, NotRanked};
use crate::export::report::{Given, Report};
use crate::export::{Choice, Sources};
use crate::library::{Library, LibraryError};
use crate::panel::Panel;
use crate::runtime::exporting::sources;

/// What is wanted in a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// How many can be met.
    pub places: Option<usize>,
    /// Whether candidates and reviewers are numbers.
    pub anonymous: bool,
    /// Whose quotes have their sound.
    pub excerpts: Excerpts,
    /// How many sounds a candidate has at the most.
    pub each: usize,
}

/// A report of what may be seen at a desk; none while no rubric is attached. `tell` hears of each recording that is decoded, and
/// how many there are.
///
/// # Errors
/// When the library cannot be read. A recording that is gone, or that cannot be decoded, is told in the report.
pub async fn report(
    library: &Library,
    desk: &Desk,
    wish: &Wish,
    tell: impl Fn(usize, usize),
) -> Result<Option<Report>, LibraryError> {
    let (Some(sources), Some(from)) = (sources(desk, Choice::Ready), desk.to_measure(wish.places)) else { return Ok(None) };
    let panel = Panel::analyse(&from.sealed.ratings, &from.sealed.scheme);
    let measures = from.measures();
    let said = said::said(library, &sources).await?;
    let not_ranked: Vec<_> = desk.not_ranked(&panel).into_iter().map(|NotRanked { why, who }| (why, who)).collect();
    let mut report = Report::collect(
        &sources,
        Given {
            panel: &panel,
            measures: &measures,
            places: wish.places,
            anonymous: wish.anonymous,
            not_ranked: &not_ranked,
            said: &|answer, at| said::at(&said, answer, at),
            machine: machine::contributed(library, &sources).await?,
        },
    );
    excerpts::put(&mut report, library, &sources, wish, tell).await;
    Ok(Some(report))
}

/// How much sound a quote may have by the rules of the batch, in milliseconds; 0 is none.
fn most(sources: &Sources) -> u32 {
    sources.rules.protocol.excerpt_seconds.saturating_mul(1000)
}
