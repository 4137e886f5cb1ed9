//! How a reviewer chose to hear last, kept for the next start.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::Chosen;
use crate::config::private;

/// The file's fields; speed in hundredths.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    speed: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wpm: Option<u16>,
    paced: bool,
    skip_silence: bool,
}

/// What was chosen last; none where nothing was, or the file cannot be read.
pub fn read(file: &Path) -> Option<Chosen> {
    let Kept { speed, wpm, paced, skip_silence } = toml::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    Some(Chosen { speed, wpm, paced, skip_silence })
}

/// Keeps what was chosen. Where that cannot be, the next start begins with the settings.
pub(in crate::runtime) fn keep(file: &Path, chosen: Chosen) {
    let Chosen { speed, wpm, paced, skip_silence } = chosen;
    let folder = file.parent().map_or(Ok(()), private::folder);
    let text = toml::to_string(&Kept { speed, wpm, paced, skip_silence }).map_err(std::io::Error::other);
    if let Err(error) = folder.and(text).and_then(|text| std::fs::write(file, text)) {
        tracing::warn!(%error, "how answers are heard could not be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_last_is_read_again_and_a_damaged_file_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("state/tempo.toml");
        assert_eq!(read(&file), None);
        for wpm in [None, Some(220)] {
            let chosen = Chosen { speed: 165, wpm, paced: wpm.is_some(), skip_silence: true };
            keep(&file, chosen);
            assert_eq!(read(&file), Some(chosen));
        }
        std::fs::write(&file, "speed = \"fast\"").expect("it is written");
        assert_eq!(read(&file), None);
    }
}
