//! What leaves this workstation or comes to it by files: the comparative table, and journals.

use jiff::Timestamp;

use super::{Edges, typed};
use crate::app::{Desk, Event};
use crate::exchange;
use crate::export::Choice;
use crate::interview::BatchId;
use crate::journal::Act;
use crate::runtime::attach;
use crate::runtime::contents;
use crate::runtime::exporting::{self, Manner, NotWritten};
use crate::runtime::saving::told;
use crate::text::SafeText;

impl Edges {
    pub(super) fn exchange(&self, folder: String) {
        let (library, me) = (self.library.clone(), self.identity.clone());
        self.spawn("Nothing more was exchanged", async move {
            let me = me.ok_or("nobody is signed in")?;
            let report = exchange::exchange(&library, &me, &typed(&folder), &exchange::Wish::default()).await;
            let report = report.map_err(|error| error.to_string())?;
            Ok(vec![Event::Exchanged { told: SafeText::line(&report.in_a_line()), whole: report.is_whole() }])
        });
    }

    pub(super) fn export(&self, batch: BatchId, path: String) {
        let (library, me) = (self.library.clone(), self.me);
        self.spawn("The CSV could not be written", async move {
            let desk = Desk::new(me, contents::open_batch(&library, batch).await.map_err(told)?);
            let sources = exporting::sources(&desk, Choice::Ready).ok_or("no rubric is attached to this batch")?;
            let (manner, place) = (Manner::default(), typed(&path));
            let file = place.as_path();
            let out = exporting::write_rows(manner, &sources, file, false).map_err(|error| match error {
                NotWritten::Exists => format!("{path} is there already and is not written over; give another name"),
                NotWritten::Io(error) => format!("{path}: {error}"),
            })?;
            let manifest = exporting::manifest(manner, &sources, &out, file, Timestamp::now());
            exporting::write_beside(file, &manifest).map_err(|error| format!("{path} is written, its manifest is not: {error}"))?;
            let receipt = exporting::receipt(manner, &sources, &out, Some(file));
            let done = Event::Exported {
                path: SafeText::line(&path),
                rows: out.found.written as usize,
                unsealed: sources.visible.unsealed().values().sum(),
                not_ready: sources.not_ready().len(),
                kept_out: out.found.rows_refused().len(),
            };
            Ok(vec![match library.append(vec![attach::draft(Some(batch), Act::Exported { receipt })]).await {
                Ok(_) => done,
                // The file is there all the same.
                Err(error) => Event::Failed {
                    what: SafeText::line(&format!("The CSV is written to {path}; the receipt could not be")),
                    why: SafeText::line(&told(error)),
                },
            }])
        });
    }
}
