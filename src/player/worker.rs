//! Decoding beside the playing, behind the fence: the first samples are handed on while the rest is on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use super::engine::Message;
use super::handle::Load;
use crate::fence::{Coming, Fence};
use crate::sound::{DecodeError, Loaded, Pcm, Prepared, measure};

/// What a worker says of load number `load`.
pub(super) enum News {
    /// There are samples, and more to come.
    Opened(Pcm),
    /// All are there.
    Decoded(Loaded),
    /// It was measured, having come unprepared.
    Measured(Box<Prepared>),
    /// It cannot be played.
    Failed(DecodeError),
}

/// Stops the work when dropped: the slot has something else now.
pub(super) struct Work(Arc<AtomicBool>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Decodes on a thread of its own; the news come as messages.
pub(super) fn decode(fence: Fence, number: u32, load: &Load, to: Sender<Message>) -> std::io::Result<Work> {
    let stop = Arc::new(AtomicBool::new(false));
    let work = Work(stop.clone());
    let (bytes, hint, prepared) = (load.bytes.clone(), load.hint.clone(), load.prepared.clone());
    let run = move || {
        let downmix = prepared.as_ref().map(|prepared| prepared.downmix.clone());
        // The player is gone when nobody listens.
        let tell = |news| drop(to.send(Message::News { load: number, news }));
        match fence.open(bytes, hint.as_deref(), downmix).and_then(|coming| follow(coming, &stop, &tell)) {
            Ok(Some((pcm, loaded))) => {
                tell(News::Decoded(loaded.clone()));
                if prepared.is_none() {
                    tell(News::Measured(Box::new(measure(&pcm, &loaded))));
                }
            }
            Ok(None) => {}
            Err(error) => tell(News::Failed(error)),
        }
    };
    thread::Builder::new().name("earmark-decode".into()).spawn(run)?;
    Ok(work)
}

/// Decodes to the end; says when the first samples are there. None when it was stopped.
fn follow(mut coming: Coming, stop: &Arc<AtomicBool>, tell: &dyn Fn(News)) -> Result<Option<(Pcm, Loaded)>, DecodeError> {
    coming.end_on(stop);
    let pcm = coming.pcm();
    let mut opened = false;
    while !stop.load(Ordering::Relaxed) {
        let done = match coming.step() {
            // What was given up has no end to tell of.
            Err(_) if stop.load(Ordering::Relaxed) => return Ok(None),
            step => step?,
        };
        if !opened && pcm.available() > 0 {
            opened = true;
            tell(News::Opened(pcm.clone()));
        }
        if let Some(loaded) = done {
            return Ok(Some((pcm, loaded)));
        }
    }
    Ok(None)
}
