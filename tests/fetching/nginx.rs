//! Recordings behind a real web server: ranges and validators as nginx gives them.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::host::{Fault, Host};
use super::platform::export;
use super::{done, fetch, home_of_platform, wav};

/// An nginx of its own; it ends with the test.
struct Nginx {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Nginx {
    /// None where there is no nginx.
    fn start() -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists())?;
        let folder = tempfile::tempdir().expect("a folder");
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("an address");
        drop(socket);
        let at = folder.path().display();
        let settings = format!(
            "daemon off; worker_processes 1; pid {at}/pid; error_log {at}/errors;\nevents {{}}\nhttp {{ access_log {at}/log; \
             client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; \
             scgi_temp_path {at}/s;\n server {{ listen {address}; root {at}/files; }} }}"
        );
        std::fs::write(folder.path().join("nginx.conf"), settings).expect("written");
        std::fs::create_dir(folder.path().join("files")).expect("made");
        // Root's nginx gives its workers to nobody.
        for path in [folder.path().to_owned(), folder.path().join("files")] {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(path, mode).expect("changed");
        }
        let mut command = Command::new(program);
        command.args(["-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not listen");
            std::thread::yield_now();
        }
        Some(Nginx { child, address: format!("http://{address}"), folder })
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join("files").join(name), bytes).expect("written");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked in its own way, it ends its workers too.
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

#[test]
fn recordings_come_from_nginx_and_one_that_is_half_here_is_gone_on_with() {
    let Some(nginx) = Nginx::start() else {
        crate::parts::absent("there is no nginx");
        return;
    };
    for nth in 1..=3 {
        nginx.put(&format!("{nth}.wav"), &wav(nth, 2_000_000));
    }
    let addresses = [1, 2, 3].map(|nth| format!("{}/{nth}.wav", nginx.address));
    let exported = export([&addresses[0], &addresses[1], &addresses[2]], None);
    let api = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, _| Fault::None);
    let home = home_of_platform(&api.address);
    let mut slow = home.command(&["fetch", "platform", "--json", "--limit-rate", "1M"]);
    slow.env("PLATFORM_TOKEN", "kanarie").stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = slow.spawn().expect("it starts");
    let coming = home.path().join(".local/share/earmark/library/coming");
    let half = || -> u64 {
        let folders = std::fs::read_dir(&coming).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
        files.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum()
    };
    while half() < 600_000 {
        assert!(child.try_wait().expect("it can be waited for").is_none(), "it ended before it was killed");
        std::thread::yield_now();
    }
    child.kill().expect("it runs");
    let _ = child.wait();
    let end = done(&fetch(&home, &[]), 0);
    assert_eq!((&end["arrived"], &end["answers"]), (&json!(3), &json!(3)), "{end}");
    assert!(nginx.log().contains(" 206 "), "it was asked for the rest: {}", nginx.log());
}
