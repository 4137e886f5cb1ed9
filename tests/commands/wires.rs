//! How deliveries leave this machine: through a forward proxy, and to a host whose certificate a CA of one's own has signed.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::ats::{Ats, Got};
use super::requests::{VARIABLES, apply, ashby, plan};

/// A proxy that opens the way to this machine's `to` for whoever asks for one; what it was asked.
fn proxy(to: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", socket.local_addr().expect("an address"));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in socket.incoming().flatten() {
            let (to, noted) = (to.clone(), Arc::clone(&noted));
            std::thread::spawn(move || drop(opened(stream, &to, &noted)));
        }
    });
    (address, asked)
}

fn opened(mut stream: TcpStream, to: &str, noted: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    noted.lock().expect("nobody panics there").push(first);
    let mut there = TcpStream::connect(to)?;
    stream.write_all(b"HTTP/1.1 200 So\r\n\r\n")?;
    let (mut back, mut from) = (stream.try_clone()?, there.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Both);
    });
    std::io::copy(&mut stream, &mut there).map(drop)
}

#[test]
fn a_delivery_goes_through_the_proxy_that_is_set_and_never_to_this_machine() {
    let (home, plain, state) = ashby();
    if certificates(home.path()).is_none() {
        return;
    }
    let of_server = Arc::clone(&state);
    let serve = move |got: &Got| of_server.lock().expect("no panic").serve(got);
    let server = Ats::start_tls(&home.path().join("leaf.pem"), &home.path().join("leaf.key"), serve);
    let here = server.address.trim_start_matches("https://").to_owned();
    let port = here.rsplit_once(':').expect("a port").1.to_owned();
    let (address, asked) = proxy(here);
    let ca = home.path().join("ca.pem").display().to_string();
    let through = [&VARIABLES[..], &[("HTTPS_PROXY", &address), ("HTTP_PROXY", &address), ("SSL_CERT_FILE", &ca)]].concat();
    plan(&home, &format!("https://ats.example:{port}"), &through).json(4);
    assert_eq!(apply(&home, &through).json(4)["sum"]["delivered"], 6);
    let ways = asked.lock().expect("nobody panics there").clone();
    assert!(!ways.is_empty() && ways.iter().all(|way| *way == format!("CONNECT ats.example:{port} HTTP/1.1")), "{ways:?}");
    assert!(state.lock().expect("no panic").complaints.is_empty());
    plan(&home, &plain.address, &through).json(4);
    assert_eq!(asked.lock().expect("nobody panics there").len(), ways.len(), "this machine is asked without it");
}

#[test]
fn a_proxy_that_is_away_is_tried_again_later_and_its_password_is_told_to_nobody() {
    let (home, _, _) = ashby();
    let away = [&VARIABLES[..], &[("HTTPS_PROXY", "http://ann:kanarie@127.0.0.1:1")]].concat();
    let ran = plan(&home, "https://ats.example", &away);
    assert!(ran.code == Some(75) && ran.err.contains("the proxy") && !ran.err.contains("kanarie"), "{ran:#?}");
}

/// A CA of one's own and a certificate by it for this machine, in `folder`; none, and a line that says so, without openssl.
pub(crate) fn certificates(folder: &Path) -> Option<()> {
    let openssl = |args: &str| {
        let ran = Command::new("openssl").args(args.split_whitespace()).current_dir(folder).output();
        ran.ok().filter(|ran| ran.status.success()).map(drop)
    };
    let made = || {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=own -days 2"))?;
        openssl(&format!("req {key} -keyout leaf.key -out leaf.csr -subj /CN=here"))?;
        std::fs::write(folder.join("ext"), "subjectAltName=IP:127.0.0.1,DNS:ats.example\nbasicConstraints=CA:FALSE\n").ok()?;
        openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -days 2 -extfile ext")
    };
    let made = made();
    if made.is_none() {
        crate::parts::absent("there is no openssl that makes certificates");
    }
    made
}

#[test]
fn a_host_is_trusted_where_a_ca_of_ones_own_signed_for_it_and_not_without_that() {
    let (home, _, state) = ashby();
    if certificates(home.path()).is_none() {
        return;
    }
    let of_server = Arc::clone(&state);
    let serve = move |got: &Got| of_server.lock().expect("no panic").serve(got);
    let server = Ats::start_tls(&home.path().join("leaf.pem"), &home.path().join("leaf.key"), serve);
    let stranger = plan(&home, &server.address, &VARIABLES);
    assert!(stranger.code == Some(2) && stranger.err.contains("a certificate that is not trusted"), "{stranger:#?}");
    assert!(server.got().is_empty(), "nobody who is not known is told a key");
    let ca = home.path().join("ca.pem").display().to_string();
    let trusting = [&VARIABLES[..], &[("SSL_CERT_FILE", ca.as_str())]].concat();
    plan(&home, &server.address, &trusting).json(4);
    assert_eq!(apply(&home, &trusting).json(4)["sum"]["delivered"], 6);
    let settings = home.path().join(".config/earmark/settings.toml");
    std::fs::create_dir_all(settings.parent().expect("a folder")).expect("made");
    std::fs::write(&settings, format!("[network]\nca = \"{ca}\"\n")).expect("written");
    assert_eq!(plan(&home, &server.address, &VARIABLES).json(4)["counts"]["unchanged"], 6);
}
