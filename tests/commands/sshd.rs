//! OpenSSH's own server on a loopback port, with keys of its own, for as long as a test runs.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server; it is stopped when dropped.
pub(super) struct Sshd {
    child: Child,
    pub(super) port: u16,
    /// Holds its keys, and the client's.
    pub(super) folder: PathBuf,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<&'static str> {
    ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|path| Path::new(path).exists())
}

fn key(path: &Path) {
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path).status().expect("ssh-keygen");
    assert!(made.success());
}

impl Sshd {
    /// Starts a server with its keys in `folder`; none, and a line that says so, where OpenSSH's server is not installed.
    pub(super) fn start(folder: &Path) -> Option<Self> {
        let Some(program) = program() else {
            crate::parts::absent("there is no server of OpenSSH (sshd)");
            return None;
        };
        std::fs::create_dir_all(folder).expect("a folder");
        for name in ["host", "client", "stranger"] {
            key(&folder.join(name));
        }
        std::fs::copy(folder.join("client.pub"), folder.join("authorized")).expect("copied");
        // A port that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        Some(Sshd::listen(program, folder, port))
    }

    fn listen(program: &str, folder: &Path, port: u16) -> Self {
        if rustix::process::getuid().is_root() {
            // Where it parts privileges; its package makes this folder when the service starts.
            std::fs::create_dir_all("/run/sshd").expect("a folder");
        }
        let shown = folder.display();
        let settings = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/authorized\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n\
             MaxStartups 100\nSubsystem sftp internal-sftp\nPrintMotd no\n"
        );
        std::fs::write(folder.join("sshd_config"), settings).expect("written");
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(folder.join("sshd_config"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("sshd starts");
        let mut said = BufReader::new(child.stderr.take().expect("a pipe"));
        let (mut line, mut all) = (String::new(), String::new());
        while !line.contains("Server listening") {
            line.clear();
            assert!(said.read_line(&mut line).expect("UTF-8") > 0, "sshd ended: {all}");
            all.push_str(&line);
        }
        // Its pipe is read until it ends, or it would stand still once that is full.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let server = Sshd { child, port, folder: folder.to_owned() };
        server.make_known("host");
        server
    }

    /// Writes the client's known hosts: this server has the key of this name.
    pub(super) fn make_known(&self, name: &str) {
        let public = std::fs::read_to_string(self.folder.join(format!("{name}.pub"))).expect("there");
        std::fs::write(self.folder.join("known"), format!("[127.0.0.1]:{} {public}", self.port)).expect("written");
    }

    /// Stops it, to be started again later.
    pub(super) fn stop(self) -> Stopped {
        Stopped { folder: self.folder.clone(), port: self.port }
    }

    /// The address of a folder of this machine there.
    pub(super) fn address(&self, folder: &Path) -> String {
        let user = Command::new("id").arg("-un").output().expect("id").stdout;
        format!("sftp://{}@127.0.0.1:{}{}/", String::from_utf8_lossy(&user).trim(), self.port, folder.display())
    }

    /// What a profile's `[deliver]` says of the client's keys.
    pub(super) fn deliver(&self) -> String {
        format!("key = \"{0}/client\"\nknown_hosts = \"{0}/known\"\n", self.folder.display())
    }
}

/// A server that does not run at the moment.
pub(super) struct Stopped {
    folder: PathBuf,
    port: u16,
}

impl Stopped {
    /// The same server again, on its port.
    pub(super) fn start(self) -> Sshd {
        Sshd::listen(program().expect("it ran"), &self.folder, self.port)
    }
}
