//! How deliveries leave this machine: through a forward proxy, and to a host whose certificate a CA of one's own has signed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::ats::{Ats, Got, Reply};
use super::requests::{VARIABLES, apply, ashby, plan};

/// Asks what a proxy was asked for, and hands the answer on.
fn forwarded(got: &Got) -> std::io::Result<Reply> {
    let rest = got.path.strip_prefix("http://").ok_or_else(|| std::io::Error::other("no whole address"))?;
    let (host, path) = rest.split_once('/').ok_or_else(|| std::io::Error::other("no path"))?;
    let mut stream = TcpStream::connect(host)?;
    let headers = got.headers.iter().filter(|(name, _)| !name.starts_with("proxy-"));
    let headers: String = headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "{} /{path} HTTP/1.1\r\n{headers}\r\n", got.verb)?;
    stream.write_all(&got.body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(502);
    let kept = head.lines().skip(1).filter(|line| line.to_lowercase().starts_with("content-type"));
    Ok(Reply::Plain(status, kept.map(|line| format!("{line}\r\n")).collect(), body.to_owned()))
}

#[test]
fn a_delivery_goes_through_the_proxy_that_is_set_and_round_it_where_that_is_said() {
    let (home, server, state) = ashby();
    let proxy = Ats::start(|got| forwarded(got).unwrap_or(Reply::Nothing));
    let with = |more: &[(&'static str, &str)]| {
        let more: Vec<(&str, String)> = more.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        VARIABLES.iter().map(|(name, value)| (*name, (*value).to_owned())).chain(more).collect::<Vec<_>>()
    };
    let bare = |all: &[(&'static str, String)]| all.iter().map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>();
    let through = bare(&with(&[("HTTP_PROXY", &proxy.address)]));
    let through: Vec<(&str, &str)> = through.iter().map(|(name, value)| (*name, value.as_str())).collect();
    plan(&home, &server.address, &through).json(4);
    assert_eq!(apply(&home, &through).json(4)["sum"]["delivered"], 6);
    let asked = proxy.got();
    assert!(
        !asked.is_empty() && asked.len() == server.got().len(),
        "all of it went through: {} {}",
        asked.len(),
        server.got().len()
    );
    assert!(asked.iter().all(|got| got.path.starts_with(&server.address)));
    assert!(state.lock().expect("no panic").complaints.is_empty());
    let round = bare(&with(&[("HTTP_PROXY", &proxy.address), ("NO_PROXY", "127.0.0.1")]));
    let round: Vec<(&str, &str)> = round.iter().map(|(name, value)| (*name, value.as_str())).collect();
    plan(&home, &server.address, &round).json(4);
    assert_eq!(proxy.got().len(), asked.len(), "NO_PROXY is kept to");
}

#[test]
fn a_proxy_that_is_away_is_tried_again_later_and_its_password_is_told_to_nobody() {
    let (home, server, _) = ashby();
    let away = [&VARIABLES[..], &[("HTTP_PROXY", "http://ann:kanarie@127.0.0.1:1")]].concat();
    let ran = plan(&home, &server.address, &away);
    assert!(ran.code == Some(75) && !ran.err.contains("kanarie"), "{ran:#?}");
    assert!(server.got().is_empty());
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
        std::fs::write(folder.join("ext"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").ok()?;
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
