//! The system's `ssh` as a carrier: its pipes, and what it says of why it could not.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, Join, join};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::{StoreError, Trouble};

/// How `ssh` is started.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct SshOptions {
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// The private key's file; else the agent's keys and those of the person's settings.
    pub(super) key: Option<String>,
    /// The known host keys' file; else the person's own.
    pub(super) known_hosts: Option<String>,
}

/// A running `ssh`.
#[derive(Debug)]
pub(super) struct Ssh {
    child: Child,
    said: JoinHandle<String>,
}

/// How much of what `ssh` says is kept, in bytes.
const MOST: u64 = 16 * 1024;
/// How long `ssh` may take to leave once its pipes are closed.
const LEAVING: Duration = Duration::from_secs(5);

impl Ssh {
    /// Starts `ssh -s HOST sftp`. It never asks, and takes no host key that is not known.
    pub(super) fn start(options: &SshOptions) -> Result<(Self, Join<ChildStdout, ChildStdin>), StoreError> {
        let mut command = Command::new("ssh");
        command.args(arguments(options));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            StoreError::new(Trouble::Refused, format!("could not start ssh, which carries SFTP: {error}; is OpenSSH installed?"))
        })?;
        let (out, input) = (child.stdout.take().expect("a pipe"), child.stdin.take().expect("a pipe"));
        let errors = child.stderr.take().expect("a pipe");
        let said = tokio::spawn(async move {
            let mut text = Vec::new();
            // What cannot be read is not told.
            let _ = errors.take(MOST).read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok((Ssh { child, said }, join(out, input)))
    }

    /// Why it ended, in `ssh`'s own words; `else_said` where it has none.
    pub(super) async fn why(mut self, place: &str, else_said: &str) -> StoreError {
        if tokio::time::timeout(LEAVING, self.child.wait()).await.is_err() {
            // It hangs: what it said until now is all.
            let _ = self.child.kill().await;
        }
        let said = tokio::time::timeout(LEAVING, self.said).await.ok().and_then(Result::ok).unwrap_or_default();
        let (trouble, text) = story(&said, else_said);
        StoreError::new(trouble, format!("{place}: {text}"))
    }
}

/// What came of it, in `ssh`'s own words and ours.
fn story(said: &str, else_said: &str) -> (Trouble, String) {
    if said.contains("IDENTIFICATION HAS CHANGED") || said.contains("REVOKED HOST KEY") {
        // How the warning is got rid of is told by whoever has asked the keeper, not by us.
        let text = "the host shows another key than the one that is known: somebody may stand in between, and nothing was sent; ask the \
                    host's keeper, by another way than this one, before anything is changed in the known hosts";
        return (Trouble::Authentication, text.to_owned());
    }
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("@@")).collect();
    let trouble = trouble(said);
    let text = if lines.is_empty() { else_said.to_owned() } else { told(&lines) };
    let hint = match trouble {
        Trouble::Authentication if said.contains("Host key") || said.contains("host key") => {
            "; compare the host's key with its keeper, and add it to the known hosts by ssh-keyscan or a first ssh"
        }
        _ => "",
    };
    (trouble, format!("{text}{hint}"))
}

/// The last lines, which tell what it came to.
fn told(lines: &[&str]) -> String {
    let last = lines.len().saturating_sub(3);
    lines[last..].iter().map(|line| line.trim_end_matches('.')).collect::<Vec<_>>().join("; ")
}

fn trouble(said: &str) -> Trouble {
    let any = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    if any(&["Host key verification failed", "Permission denied (", "Too many authentication failures", "host key is known"]) {
        Trouble::Authentication
    } else if any(&["Bad configuration", "unknown option", "subsystem request failed", "Identity file"]) {
        Trouble::Refused
    } else {
        Trouble::Temporary
    }
}

fn arguments(options: &SshOptions) -> Vec<String> {
    let mut all: Vec<String> = [
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=yes",
        "-oConnectTimeout=20",
        "-oServerAliveInterval=15",
        "-oServerAliveCountMax=4",
        "-oClearAllForwardings=yes",
        "-oRequestTTY=no",
    ]
    .map(str::to_owned)
    .into();
    // ssh reads these two as lists and expands `%`: quoted, they are one file each.
    let file = |path: &str| format!("\"{}\"", path.replace('%', "%%"));
    if let Some(known) = &options.known_hosts {
        all.push(format!("-oUserKnownHostsFile={}", file(known)));
        all.push("-oGlobalKnownHostsFile=none".to_owned());
    }
    if let Some(key) = &options.key {
        all.extend([format!("-oIdentityFile={}", file(key)), "-oIdentitiesOnly=yes".to_owned()]);
    }
    all.extend(options.port.map(|port| format!("-p{port}")));
    all.extend(options.user.as_ref().map(|user| format!("-l{user}")));
    all.extend(["-s", "--", &options.host, "sftp"].map(str::to_owned));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_never_asks_and_takes_no_unknown_host() {
        let options = SshOptions {
            user: Some("ann".into()),
            host: "drop.example".into(),
            port: Some(2222),
            key: Some("/keys/a b%".into()),
            known_hosts: Some("/keys/hosts".into()),
        };
        let all = arguments(&options);
        for wanted in [
            "-oBatchMode=yes",
            "-oStrictHostKeyChecking=yes",
            "-oIdentityFile=\"/keys/a b%%\"",
            "-oIdentitiesOnly=yes",
            "-oUserKnownHostsFile=\"/keys/hosts\"",
            "-p2222",
            "-lann",
        ] {
            assert!(all.iter().any(|one| one == wanted), "{wanted} in {all:?}");
        }
        assert_eq!(all[all.len() - 3..], ["--", "drop.example", "sftp"]);
    }

    #[test]
    fn a_host_that_shows_another_key_is_a_warning_and_no_recipe() {
        let said = "@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nIT IS POSSIBLE THAT SOMEONE IS \
                    DOING SOMETHING NASTY!\n  ssh-keygen -f /h/known_hosts -R [127.0.0.1]:2\nHost key verification failed.";
        let (trouble, text) = story(said, "");
        assert!(trouble == Trouble::Authentication && text.contains("somebody may stand in between"), "{text}");
        assert!(!text.contains("ssh-keygen") && !text.contains("ssh-keyscan"), "{text}");
    }

    #[test]
    fn what_ssh_says_is_told_apart() {
        for (said, expected) in [
            ("No ED25519 host key is known for [127.0.0.1]:2 and you have requested strict checking.", Trouble::Authentication),
            ("ann@drop.example: Permission denied (publickey).", Trouble::Authentication),
            ("ssh: connect to host drop.example port 22: Connection refused", Trouble::Temporary),
            ("subsystem request failed on channel 0", Trouble::Refused),
            ("", Trouble::Temporary),
        ] {
            assert_eq!(trouble(said), expected, "{said}");
        }
    }
}
