//! How much memory children hold at most, seen from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Looks at the children of the thread that made it, until it is asked. Where the system does not tell, it sees nothing.
pub(crate) struct Peak {
    stop: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    watcher: Option<JoinHandle<()>>,
}

impl Peak {
    pub(crate) fn watch() -> Peak {
        let (stop, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let children =
            std::fs::read_link("/proc/thread-self").map(|itself| std::path::Path::new("/proc").join(itself).join("children"));
        let watcher = children.ok().map(|children| {
            let (stop, most) = (stop.clone(), most.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let running = std::fs::read_to_string(&children).unwrap_or_default();
                    running.split_whitespace().filter_map(highest).for_each(|kib| {
                        most.fetch_max(kib, Ordering::Relaxed);
                    });
                    std::thread::sleep(Duration::from_millis(1));
                }
            })
        });
        Peak { stop, most, watcher }
    }

    /// The most that one of them held, in MB of 10⁶ bytes; 0 if none was seen.
    pub(crate) fn megabytes(mut self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.watcher.take().map(JoinHandle::join);
        self.most.load(Ordering::Relaxed) as f64 * 1024.0 / 1e6
    }
}

/// The highest resident memory of a process up to now, in KiB.
fn highest(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
