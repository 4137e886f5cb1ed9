//! A platform that is strict: what its documents do not describe is refused, and noted.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// With its query.
    pub(super) path: String,
    /// By their names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The method, and the path without its query.
    pub(super) fn what(&self) -> (&str, &str) {
        (&self.method, self.path.split('?').next().unwrap_or_default())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// What is answered.
pub(super) struct Reply {
    status: u16,
    headers: &'static str,
    body: String,
}

pub(super) fn ok(body: &Value) -> Reply {
    Reply { status: 200, headers: "", body: body.to_string() }
}

pub(super) fn status(status: u16, headers: &'static str) -> Reply {
    Reply { status, headers, body: r#"{"detail": "no"}"#.to_owned() }
}

/// A running platform; it ends with the test's process.
pub(super) struct Server {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    wrong: Arc<Mutex<Vec<String>>>,
}

/// What is asked for and how often the same was asked for before; an error says what no document describes.
type Answer = dyn Fn(&Asked, usize) -> Result<Reply, String> + Send + Sync;

impl Server {
    pub(super) fn start(answer: impl Fn(&Asked, usize) -> Result<Reply, String> + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", socket.local_addr().expect("an address"));
        let (asked, wrong) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (noted, refused, answer) = (asked.clone(), wrong.clone(), Arc::new(answer) as Arc<Answer>);
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let (noted, refused, answer) = (noted.clone(), refused.clone(), answer.clone());
                std::thread::spawn(move || drop(serve(stream, &noted, &refused, answer.as_ref())));
            }
        });
        Server { address, asked, wrong }
    }

    /// Everything that was asked so far; nothing of it was against the documents.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let wrong = self.wrong.lock().expect("nobody panics there");
        assert!(wrong.is_empty(), "{wrong:#?}");
        self.asked.lock().expect("nobody panics there").clone()
    }
}

fn serve(stream: TcpStream, noted: &Mutex<Vec<Asked>>, refused: &Mutex<Vec<String>>, answer: &Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(asked) = read(&mut reader)? {
        let nth = {
            let mut noted = noted.lock().expect("nobody panics there");
            let nth = noted.iter().filter(|one| one.path == asked.path && one.body == asked.body).count();
            noted.push(asked.clone());
            nth
        };
        let reply = answer(&asked, nth).unwrap_or_else(|why| {
            refused.lock().expect("nobody panics there").push(format!("{why}: {asked:?}"));
            status(400, "")
        });
        let Reply { status, headers, body } = reply;
        let head =
            format!("HTTP/1.1 {status} So\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Asked>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
    let mut headers = HashMap::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Asked { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() }))
}
