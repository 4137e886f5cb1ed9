//! How the loop ends: in order, with the last stretches heard and judged on disk.

use std::path::Path;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;

use super::Unsaved;
use crate::app::{App, Effect, Event, Report};
use crate::config::private;
use crate::runtime::edges::Edges;
use crate::runtime::listening::Listening;

/// Remembers that the tour is over. Where that cannot be, it begins again next time.
pub fn end_tour(file: &Path) {
    let folder = file.parent().map_or(Ok(()), private::folder);
    let kept = folder.and_then(|()| std::fs::write(file, b""));
    if let Err(error) = kept {
        tracing::warn!(%error, "the end of the tour could not be kept");
    }
}

/// Ends in order: the last stretches heard are reported and written before the program ends.
pub(in crate::runtime) async fn finish(
    mut app: App,
    mut listening: Listening,
    mut edges: Edges,
    mut happened: UnboundedReceiver<Event>,
) -> Unsaved {
    let last = listening.end().await;
    // Reports that had come in when the loop ended were made before these.
    let mut reports = Vec::new();
    while let Ok(event) = happened.try_recv() {
        if let Event::Player(report @ Report::Heard { .. }) = event {
            reports.push(report);
        }
    }
    reports.extend(last);
    for report in reports {
        for effect in app.update(Event::Player(report), Timestamp::now()) {
            if let Effect::Append(drafts) = effect {
                edges.append(drafts);
            }
        }
    }
    let unsaved = edges.end().await;
    happened.close();
    unsaved
}
