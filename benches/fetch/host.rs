//! Debian's nginx with the files, and the platform's answer that names them.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

/// How the platform is asked.
pub(crate) const DESCRIPTION: &str = r#"
source = "bench"
per_second = 100
[batch]
request = "/export.json"
fields = { id = "/id", title = "/title" }
[questions]
items = "/questions"
fields = { id = "/id", prompt = "/text" }
[submissions]
items = "/candidates"
fields = { "candidate.id" = "/id", completed_at = "/at" }
[answers]
items = "/answers"
fields = { question = "/question", file = "/file", mime = "/mime" }
"#;

/// An nginx of its own; it ends with the run.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
    files: PathBuf,
}

impl Nginx {
    /// None where there is no nginx.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists())?;
        let address = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
        let (at, files) = (folder.display(), folder.join("root"));
        let settings = format!(
            "daemon off; worker_processes 1; pid {at}/pid; error_log {at}/errors;\nevents {{}}\nhttp {{ access_log off; sendfile on; \
             keepalive_requests 100000; client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; \
             uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n server {{ listen {address}; root {at}/root; autoindex on; }} }}"
        );
        fs::create_dir_all(files.join("files")).expect("made");
        fs::write(folder.join("nginx.conf"), settings).expect("written");
        // Root's nginx gives its workers to nobody.
        for path in folder.ancestors().take(2).chain([files.as_path(), &files.join("files")]) {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("changed");
        }
        let mut command = Command::new(program);
        command.args(["-e", "stderr", "-p"]).arg(folder).arg("-c").arg(folder.join("nginx.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(Nginx { child, address, files })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Puts files of 1 to 3 MB and the answer that names them; returns their lengths.
pub(crate) fn put_files(nginx: &Nginx, count: usize) -> Vec<u64> {
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        noise
    };
    let mut sizes = Vec::with_capacity(count);
    for nth in 0..count {
        let words = (1_000_000 + next() % 2_000_000) / 8;
        let bytes: Vec<u8> = (0..words).flat_map(|_| next().to_le_bytes()).collect();
        sizes.push(bytes.len() as u64);
        fs::write(nginx.files.join(format!("files/{nth}.bin")), bytes).expect("written");
    }
    let answer = |nth: usize, question: usize| json!({"question": format!("q{question}"), "file": format!("/files/{}.bin", nth * 4 + question), "mime": "application/pdf"});
    let people = (0..count / 4)
        .map(|nth| json!({"id": nth, "at": 1_790_000_000, "answers": (0..4).map(|q| answer(nth, q)).collect::<Vec<_>>()}));
    let export = json!({"id": "b", "title": "Bench", "questions": (0..4).map(|q| json!({"id": format!("q{q}"), "text": "?"})).collect::<Vec<_>>(),
        "candidates": people.collect::<Vec<_>>()});
    fs::write(nginx.files.join("export.json"), export.to_string()).expect("written");
    sizes
}
