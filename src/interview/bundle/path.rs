//! Which paths may stand in a bundle: relative ones that stay in its folder, on every system.

/// Why a path cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PathFault {
    /// Nothing there.
    #[error("the path is empty")]
    Empty,
    /// Over 1024 bytes, or over 32 folders deep.
    #[error("the path is too long")]
    Long,
    /// Starts at the root of a disk.
    #[error("the path is absolute")]
    Absolute,
    /// `..` in it.
    #[error("the path leaves the folder of the batch")]
    Leaves,
    /// A drive or an alternate stream of Windows.
    #[error("the path names a drive")]
    Drive,
    /// NUL or another control character.
    #[error("the path contains a control character")]
    Control,
    /// Windows writes it so; elsewhere it is part of a name.
    #[error("the path contains a backslash")]
    Backslash,
    /// `.`, or a name with `/` at its end.
    #[error("the path names a folder")]
    Folder,
    /// `https://…`.
    #[error("the path is a web address")]
    Address,
    /// CON, NUL, COM1 and others open a device on Windows.
    #[error("the path names a device of Windows")]
    Device,
}

impl PathFault {
    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            PathFault::Backslash => "write / between folders",
            PathFault::Address => "download the recording beside the batch and name the file",
            PathFault::Control | PathFault::Device | PathFault::Long => "rename the file",
            PathFault::Empty | PathFault::Folder => "name the file, or leave the field out",
            PathFault::Absolute | PathFault::Leaves | PathFault::Drive => {
                "put the file into the folder of the batch and write its path from there"
            }
        }
    }
}

/// Whether `path` may be opened in the folder of a bundle.
///
/// # Errors
/// Says the first thing that is wrong with it.
pub fn check_path(path: &str) -> Result<(), PathFault> {
    let bytes = path.as_bytes();
    if path.trim().is_empty() {
        return Err(PathFault::Empty);
    }
    if path.chars().any(char::is_control) {
        return Err(PathFault::Control);
    }
    if !path.starts_with('/') && (path.ends_with('/') || path.split('/').all(|part| matches!(part, "" | "."))) {
        return Err(PathFault::Folder);
    }
    if path.contains("://") {
        return Err(PathFault::Address);
    }
    if path.starts_with(['/', '\\']) {
        return Err(PathFault::Absolute);
    }
    if bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return Err(PathFault::Drive);
    }
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Err(PathFault::Leaves);
    }
    if path.contains('\\') {
        return Err(PathFault::Backslash);
    }
    if path.split('/').any(is_device) {
        return Err(PathFault::Device);
    }
    if path.len() > 1024 || path.split('/').count() > 32 {
        return Err(PathFault::Long);
    }
    Ok(())
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    let numbered = |name: &str| {
        stem.strip_prefix(name).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|digit| (b'1'..=b'9').contains(&digit)))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_stay_in_the_folder_are_taken() {
        let rows = [
            ("answers/a01/q1.webm", Ok(())),
            ("./q1.webm", Ok(())),
            ("answers/a..b/q1..webm", Ok(())),
            ("陳 怡君/回答 1.mp4", Ok(())),
            ("", Err(PathFault::Empty)),
            (".", Err(PathFault::Folder)),
            ("./.", Err(PathFault::Folder)),
            ("answers/", Err(PathFault::Folder)),
            ("/etc/passwd", Err(PathFault::Absolute)),
            ("\\\\server\\share", Err(PathFault::Absolute)),
            ("../other/q1.webm", Err(PathFault::Leaves)),
            ("a/../../b", Err(PathFault::Leaves)),
            ("a\\..\\b", Err(PathFault::Leaves)),
            ("C:/q1.webm", Err(PathFault::Drive)),
            ("c:q1.webm", Err(PathFault::Drive)),
            ("q1.webm\0.txt", Err(PathFault::Control)),
            ("q1\x1b[2J.webm", Err(PathFault::Control)),
            ("answers\\q1.webm", Err(PathFault::Backslash)),
            ("https://cdn.example.com/q1.webm", Err(PathFault::Address)),
            ("answers/nul.webm", Err(PathFault::Device)),
            ("COM1", Err(PathFault::Device)),
            ("computer/com10.webm", Ok(())),
        ];
        for (path, expected) in rows {
            assert_eq!(check_path(path), expected, "{path:?}");
        }
    }
}
