//! An engine that speaks as OpenAI's endpoints do: it takes nothing but what their documentation describes, and misbehaves as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    /// All header lines; names in lower case.
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
}

/// What an engine does with one request.
pub(super) enum Reply {
    /// Answers with a status, header lines and a body.
    Text(u16, &'static str, String),
    /// Says nothing, and keeps the line open.
    Never,
    /// Breaks off in the midst of its answer.
    BreakOff,
    /// Sends and sends.
    Endless,
}

/// A running engine; it ends with the test's process.
pub(super) struct Engine {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Decide = Box<dyn FnMut(&Asked, usize) -> Reply + Send>;

impl Engine {
    /// Answers as `decide` says, which gets the request and how many came before it.
    pub(super) fn start(decide: impl FnMut(&Asked, usize) -> Reply + Send + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/v1", socket.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, decide): (_, Arc<Mutex<Decide>>) = (asked.clone(), Arc::new(Mutex::new(Box::new(decide))));
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let (kept, decide) = (kept.clone(), decide.clone());
                std::thread::spawn(move || serve(stream, &kept, &decide));
            }
        });
        Engine { address, asked }
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics there").clone()
    }
}

fn serve(stream: TcpStream, asked: &Mutex<Vec<Asked>>, decide: &Mutex<Decide>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a line"));
    let mut stream = stream;
    while let Some(request) = request(&mut reader) {
        let nth = {
            let mut asked = asked.lock().expect("nobody panics there");
            asked.push(request.clone());
            asked.len() - 1
        };
        let reply = (decide.lock().expect("it does not panic"))(&request, nth);
        let head = |status: u16, more: &str, length: usize| {
            format!("HTTP/1.1 {status} So\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n")
        };
        let goes_on = match reply {
            Reply::Text(status, more, body) => stream.write_all((head(status, more, body.len()) + &body).as_bytes()).is_ok(),
            Reply::Never => loop {
                // Until the other side hangs up.
                if !matches!(reader.read(&mut [0; 64]), Ok(1..)) {
                    break false;
                }
            },
            Reply::BreakOff => {
                let _ = stream.write_all((head(200, "", 4096) + "{\"choices\": [").as_bytes());
                false
            }
            Reply::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 So\r\ncontent-type: application/json\r\n\r\n{\"choices\": \"");
                while stream.write_all(&[b'x'; 1 << 16]).is_ok() {}
                false
            }
        };
        if !goes_on {
            return;
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (verb, path) = (words.next()?, words.next()?);
    let mut headers = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? <= 2 {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push_str(&format!("{}:{value}", name.to_lowercase()));
    }
    assert_eq!(verb, "POST", "these endpoints take nothing else");
    let length = header(&headers, "content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { path, headers, body })
}

pub(super) fn header<'h>(headers: &'h str, name: &str) -> Option<&'h str> {
    headers.lines().find_map(|line| line.split_once(':').filter(|(found, _)| *found == name)).map(|(_, value)| value.trim())
}

impl Asked {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("it is JSON")
    }

    /// What the model is told of one answer.
    pub(super) fn told(&self) -> Value {
        serde_json::from_str(self.json()["messages"][1]["content"].as_str().expect("a message")).expect("it is JSON")
    }

    /// What is wrong with a chat request, as the documentation of the endpoint has it; none where it is right.
    pub(super) fn wrong(&self, key: Option<&str>) -> Option<Reply> {
        let asked = self.json();
        let refused = |status: u16, code: &str| {
            let error =
                json!({ "error": { "message": format!("no: {code}, sk-kanarie"), "type": "invalid_request_error", "code": code } });
            Some(Reply::Text(status, "", error.to_string()))
        };
        let bearer = key.map(|key| format!("Bearer {key}"));
        if header(&self.headers, "authorization") != bearer.as_deref() {
            return refused(401, "invalid_api_key");
        }
        let known = ["model", "messages", "temperature", "response_format"];
        if asked.as_object().is_none_or(|fields| fields.keys().any(|field| !known.contains(&field.as_str()))) {
            return refused(400, "unknown_parameter");
        }
        let roles: Vec<&str> = asked["messages"].as_array()?.iter().filter_map(|one| one["role"].as_str()).collect();
        let format = &asked["response_format"];
        let schema = &format["json_schema"];
        let is_right = self.path == "/v1/chat/completions"
            && header(&self.headers, "content-type") == Some("application/json")
            && roles == ["system", "user"]
            && (format["type"] == "json_schema" && schema["strict"] == true && schema["name"].is_string())
            && schema["schema"]["additionalProperties"] == false;
        if is_right { None } else { refused(400, "invalid_value") }
    }
}

/// A chat completion as it is documented, with this text.
pub(super) fn completion(text: &str) -> Reply {
    completed(json!({ "role": "assistant", "content": text, "refusal": null }), "stop")
}

/// A chat completion with this message.
pub(super) fn completed(message: Value, finish: &str) -> Reply {
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": "reader-7b-0613",
        "system_fingerprint": "fp_44",
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish }],
        "usage": { "prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21 },
    });
    Reply::Text(200, "", body.to_string())
}
