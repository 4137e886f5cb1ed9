//! 400 files from Debian's nginx with 50 ms of added delay, beside rclone and `curl --parallel` in one run; what a kill costs; a
//! manifest of 10,000 people. `cargo bench --bench fetch`.
//!
//! All go through the same delaying proxy, four transfers at a time. The files are no recordings: what measuring those takes is
//! not a matter of fetching. `EARMARK` names another program than the one that was built.
#![allow(clippy::print_stdout)] // printing is what it is for

mod cipher;
mod host;
mod manifest;
mod peers;
mod proxy;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use host::Nginx;
use proxy::Proxy;

/// Files.
const FILES: usize = 400;
/// Each peer in turn, so often; the least counts.
const ROUNDS: usize = 3;
/// What is added to the way of an answer.
const DELAY: Duration = Duration::from_millis(50);
/// Transfers at the same time: what earmark and rclone do when nobody says otherwise.
const AT_ONCE: usize = 4;
/// Processor time beyond hash and cipher, beside curl's.
const OF_CURL: f64 = 1.25;
/// Wall time beside rclone's.
const OF_RCLONE: f64 = 1.0;
/// Of all bytes, those that come twice when a fetch is killed.
const TWICE: f64 = 0.01;

/// How long something took, in seconds: by the clock, and of the processor with its children.
#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    cpu: f64,
}

impl Took {
    const NEVER: Took = Took { wall: f64::MAX, cpu: f64::MAX };

    fn least(self, other: Took) -> Took {
        Took { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }
}

fn main() {
    // As the second half of a peer.
    if std::env::args().nth(1).as_deref() == Some("seal") {
        let sizes = std::fs::read_to_string("sizes").expect("the first half wrote it");
        let sizes: Vec<u64> = sizes.lines().filter_map(|line| line.parse().ok()).collect();
        return cipher::from_input(&sizes, Path::new(".")).expect("it is read and written");
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a real disk");
    let mut all_well = true;
    match Nginx::start(&folder.path().join("nginx")) {
        Some(nginx) => all_well &= transfers(&nginx, folder.path()),
        None => println!("nginx is absent: nothing was transferred"),
    }
    all_well &= manifest::measured(&folder.path().join("manifest"));
    if !all_well {
        std::process::exit(1);
    }
}

fn transfers(nginx: &Nginx, folder: &Path) -> bool {
    let sizes = host::put_files(nginx, FILES);
    let total: u64 = sizes.iter().sum();
    let proxy = Proxy::start(nginx.address, DELAY);
    println!("{FILES} files, {:.1} MiB, {} ms added, {AT_ONCE} at a time; the least of {ROUNDS}", mib(total), DELAY.as_millis());
    let absent = || Err("it was not run".to_owned());
    let (mut ours, mut curl, mut rclone, mut curl_sealed) = (Took::NEVER, absent(), absent(), absent());
    for round in 0..ROUNDS {
        let to = |name: &str| {
            let to = folder.join(format!("{name}-{round}"));
            std::fs::create_dir_all(&to).expect("made");
            to
        };
        ours = ours.least(fetch(&home(&to("earmark"), &proxy.address), None));
        curl = peers::better(curl, peers::curl(&proxy.address, FILES, &to("curl")));
        rclone = peers::better(rclone, peers::rclone(&proxy.address, &to("rclone")));
        curl_sealed = peers::better(curl_sealed, peers::curl_sealed(&proxy.address, &sizes, &to("sealed")));
        for name in ["earmark", "curl", "rclone", "sealed"] {
            let _ = std::fs::remove_dir_all(folder.join(format!("{name}-{round}")));
        }
    }
    let sealed = (0..ROUNDS).map(|_| cipher::seconds(&sizes)).fold(f64::MAX, f64::min);
    say("earmark", &Ok(ours));
    println!("{:<34}{:>8} {:>8.2} s", "  of which SHA-256 and the cipher", "", sealed);
    say("curl --parallel", &curl);
    say("rclone", &rclone);
    say("curl | SHA-256, cipher, fsync", &curl_sealed);
    let mut all_well = true;
    if let Ok(rclone) = rclone {
        all_well &= judged("wall time beside rclone's", ours.wall / rclone.wall, OF_RCLONE);
    }
    if let Ok(curl) = curl {
        println!("     wall time beside curl's: {:.2}", ours.wall / curl.wall);
        all_well &= judged("processor time beyond hash and cipher, beside curl's", (ours.cpu - sealed) / curl.cpu, OF_CURL);
    }
    if let Ok(sealed) = curl_sealed {
        println!("     processor time beside that of curl, hashed, encrypted and synced: {:.2}", ours.cpu / sealed.cpu);
    }
    all_well & killed(&proxy, folder, total)
}

/// A fetch that is killed half way, and gone on with.
fn killed(proxy: &Proxy, folder: &Path, total: u64) -> bool {
    let home = home(&folder.join("killed"), &proxy.address);
    let before = proxy.delivered();
    fetch(&home, Some((proxy, before + total / 2)));
    let first = proxy.delivered() - before;
    fetch(&home, None);
    let all = proxy.delivered() - before;
    let twice = all.saturating_sub(total) as f64 / total as f64;
    println!("killed after {:.1} MiB, then gone on with: {:.1} MiB in all (with headers)", mib(first), mib(all));
    judged("bytes that came twice, of all", twice, TWICE)
}

/// Fetches everything, or until so many bytes were delivered.
fn fetch(home: &Path, until: Option<(&Proxy, u64)>) -> Took {
    let program = earmark();
    let args = ["fetch", "platform", "--json"];
    let Some((proxy, bytes)) = until else {
        let ran = timed(&program, &args, home);
        return ran.unwrap_or_else(|why| panic!("earmark does not fetch: {why}"));
    };
    let mut child = command(&program, home).args(args).spawn().expect("it starts");
    while proxy.delivered() < bytes && child.try_wait().expect("it is a child").is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    // What was under way to it is let go.
    std::thread::sleep(Duration::from_millis(500));
    Took::NEVER
}

/// The program that is measured.
fn earmark() -> PathBuf {
    std::env::var_os("EARMARK").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_earmark")), PathBuf::from)
}

/// A home folder whose source `platform` is at this address.
fn home(home: &Path, address: &str) -> PathBuf {
    let settings = home.join(".config/earmark");
    std::fs::create_dir_all(&settings).expect("made");
    let source = format!(
        "[source.platform]\nkind = \"rest\"\nurl = \"{address}\"\ndescription = \"platform.toml\"\nat_once = {AT_ONCE}\n\
         media_hosts = [\"127.0.0.1\"]\n"
    );
    std::fs::write(settings.join("settings.toml"), source).expect("written");
    std::fs::write(settings.join("platform.toml"), host::DESCRIPTION).expect("written");
    home.to_owned()
}

/// A program in a home of its own, without a word.
fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin").current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs a program to its end; the shell counts what it and its children took.
///
/// # Errors
/// Where it is not there, or fails.
fn timed<A: AsRef<std::ffi::OsStr>>(program: &Path, args: &[A], home: &Path) -> Result<Took, String> {
    let script = "TIMEFORMAT='%R %U %S'; time \"$0\" \"$@\" >/dev/null 2>&3";
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(format!("exec 3>errors; {script}")).arg(program).args(args);
    shell.env_clear().env("HOME", home).env("LC_ALL", "C").env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin").current_dir(home);
    let output = shell.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match (output.status.success(), numbers.as_slice()) {
        (true, [wall, user, system]) => Ok(Took { wall: *wall, cpu: user + system }),
        _ => Err(std::fs::read_to_string(home.join("errors")).unwrap_or_default().lines().last().unwrap_or("it failed").to_owned()),
    }
}

fn say(name: &str, took: &Result<Took, String>) {
    match took {
        Ok(took) => println!("{name:<34}{:>8.2} s {:>6.2} s of the processor", took.wall, took.cpu),
        Err(why) => println!("{name} is absent: {why}"),
    }
}

fn judged(what: &str, found: f64, most: f64) -> bool {
    let is_well = found <= most;
    println!("{} {what}: {found:.3}, at most {most:.3}", if is_well { "ok  " } else { "MISS" });
    is_well
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
