//! The log file: what the program did, for a person who looks for a fault; never on the terminal, and never about anyone.
//!
//! What goes in are ids, counts, places and times. Candidates' text cannot: [`crate::text::SafeText`] writes only its
//! length into a log, and the crates below are heard only where they report errors.

use std::io;
use std::sync::Mutex;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

use super::settings::LogLevel;
use super::{Paths, private};

/// How many days are kept.
const DAYS: usize = 7;

/// Begins to log into `log/` of the state folder, a file a day. A second call changes nothing.
///
/// # Errors
/// When the folder cannot be made or the file not be opened; the program works without a log.
pub fn start(paths: &Paths, level: LogLevel) -> io::Result<()> {
    if level == LogLevel::Off {
        return Ok(());
    }
    private::folder(&paths.logs())?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("earmark")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(paths.logs())
        .map_err(io::Error::other)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("error,earmark={}", level.word())))
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .finish();
    // A test or an embedding program may have its own already; that one then is the log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
