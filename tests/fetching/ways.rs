//! The ways that a fetch goes: this machine is never asked through a proxy, and what a proxy answers is said to be the proxy's.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::host::{Fault, Host};
use super::platform::export;
use super::{done, home_of_platform, wav};

/// A proxy that answers everything so; the first lines of what it is asked.
fn proxy(answer: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", socket.local_addr().expect("an address"));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = asked.clone();
    std::thread::spawn(move || {
        for mut stream in socket.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines().map_while(Result::ok);
            noted.lock().expect("nobody panics there").extend(lines.next());
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

#[test]
fn this_machine_is_not_asked_through_a_proxy_whoever_names_one() {
    let exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 20_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let (address, asked) = proxy("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
    for of_settings in [false, true] {
        let home = home_of_platform(&host.address);
        if of_settings {
            let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
            home.settings(&format!("network.proxy = \"{address}\"\n{settings}"));
        }
        let variables =
            [("PLATFORM_TOKEN", "kanarie"), ("HTTP_PROXY", &address), ("ALL_PROXY", &address), ("NO_PROXY", "elsewhere.example")];
        let ran = home.run_with(&variables, &["fetch", "platform", "--json"]);
        assert_eq!(done(&ran, 0)["arrived"], json!(3), "{ran:#?}");
    }
    let asked = asked.lock().expect("nobody panics there");
    assert!(asked.is_empty(), "the token would have gone there in plain text: {asked:?}");
}

#[test]
fn a_proxy_that_wants_a_password_is_named_and_not_the_source() {
    let (address, asked) = proxy("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
    let home = home_of_platform("https://platform.example");
    let ran = home.run_with(&[("PLATFORM_TOKEN", "kanarie"), ("HTTPS_PROXY", &address)], &["fetch", "platform"]);
    assert!(ran.code == Some(1) && ran.err.contains("platform.example cannot be reached: the proxy"), "{ran:#?}");
    assert!(ran.err.contains("wants a name and a password"), "{ran:#?}");
    let asked = asked.lock().expect("nobody panics there");
    assert_eq!(*asked, ["CONNECT platform.example:443 HTTP/1.1"]);
}
