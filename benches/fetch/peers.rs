//! curl and rclone, from Debian's packages, on the same files.

use std::path::Path;

use super::{AT_ONCE, Took, timed};

/// `curl --parallel` with the addresses in a file.
///
/// # Errors
/// Why it is absent.
pub(crate) fn curl(address: &str, files: usize, to: &Path) -> Result<Took, String> {
    let lines: String = (0..files).map(|nth| format!("url = \"{address}/files/{nth}.bin\"\noutput = \"{nth}.bin\"\n")).collect();
    std::fs::write(to.join("list"), lines).expect("written");
    let most = AT_ONCE.to_string();
    timed(Path::new("curl"), &["--parallel", "--parallel-max", &most, "--fail", "--silent", "--config", "list"], to)
}

/// curl, one file after the other, into a program that does nothing but hash, encrypt and sync them: [`super::cipher::from_input`].
///
/// # Errors
/// Why it is absent.
pub(crate) fn curl_sealed(address: &str, sizes: &[u64], to: &Path) -> Result<Took, String> {
    let lines: String = (0..sizes.len()).map(|nth| format!("url = \"{address}/files/{nth}.bin\"\n")).collect();
    std::fs::write(to.join("list"), lines).expect("written");
    let all: String = sizes.iter().map(|size| format!("{size}\n")).collect();
    std::fs::write(to.join("sizes"), all).expect("written");
    let script = "set -o pipefail; curl --fail --silent --config list | \"$0\" seal";
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let own = own.to_str().ok_or("its path is no text")?;
    timed(Path::new("bash"), &["-c", script, own], to)
}

/// `rclone copy` from the web server's listing.
///
/// # Errors
/// Why it is absent.
pub(crate) fn rclone(address: &str, to: &Path) -> Result<Took, String> {
    let from = format!(":http,url='{address}/files/':");
    let most = AT_ONCE.to_string();
    timed(Path::new("rclone"), &["copy", &from, "copied", "--transfers", &most, "--config", "/dev/null", "-q"], to)
}

/// The better of two rounds.
pub(crate) fn better(before: Result<Took, String>, now: Result<Took, String>) -> Result<Took, String> {
    match (before, now) {
        (Ok(before), Ok(now)) => Ok(before.least(now)),
        (Ok(took), Err(_)) | (Err(_), Ok(took)) => Ok(took),
        (Err(_), Err(why)) => Err(why),
    }
}
