//! A language model as second reader: the contract of `scorer` over an endpoint that speaks as OpenAI's does.

use serde_json::{Value, json};

use super::endpoint::{Endpoint, Trouble, Turn};
use crate::interview::Digest;
use crate::net::Payload;
use crate::rubric::{Question, Scale};
use crate::scorer::reader::contract::{self, Prompt};
use crate::scorer::reader::{Engine, Outcome, Unavailable, Unreadable};
use crate::text::SafeText;
use crate::transcript::Transcript;

/// A language model behind an endpoint.
#[derive(Debug)]
pub struct ModelReader {
    endpoint: Endpoint,
}

/// What was asked and what came back, word by word: kept, so that a point can be accounted for.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange {
    /// Where it was sent.
    pub place: String,
    /// What was sent, as JSON: model, rules, rubric, transcript with its names hidden, schema.
    pub asked: Value,
    /// The reply's text; none where there was no reply.
    pub reply: Option<String>,
    /// The model and its version, as the reply calls them.
    pub engine: Engine,
}

impl ModelReader {
    /// One that asks this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        ModelReader { endpoint }
    }

    /// Where it asks.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What its work on an answer depends on, beside the transcript: place, model and everything that it is told.
    pub fn input(&self, question: &Question, scale: &Scale, said: Digest) -> Digest {
        let prompt = contract::prompt(&Transcript::default(), question, scale);
        Digest::of_all(&[b"model", self.endpoint.place().as_bytes(), self.endpoint.model().as_bytes(), &prompt.digest.0, &said.0])
    }

    /// What it is asked about an answer, before anything is sent.
    pub fn asks(&self, transcript: &Transcript, question: &Question, scale: &Scale) -> Exchange {
        let prompt = contract::prompt(transcript, question, scale);
        let (asked, engine) = (self.request(&prompt), self.engine(&prompt, None));
        Exchange { place: self.endpoint.place(), asked, reply: None, engine }
    }

    /// How it ended where it is not asked at all.
    pub fn not_asked((trouble, said): (Trouble, String)) -> Outcome {
        unavailable(trouble, &said, &Transcript::default())
    }

    /// Reads one answer in its turn; `read` is the digest of the transcript, whose names are hidden.
    pub async fn read(
        &self,
        turn: &Turn<'_>,
        transcript: &Transcript,
        (question, scale): (&Question, &Scale),
        read: Digest,
    ) -> (Outcome, Exchange) {
        let prompt = contract::prompt(transcript, question, scale);
        let mut asked = self.request(&prompt);
        let mut answered = self.ask(turn, &asked).await;
        // Models that think by themselves take no temperature but their own.
        if answered.as_ref().is_err_and(|(trouble, said)| *trouble == Trouble::Refuses && said.contains("unsupported_value")) {
            asked.as_object_mut().expect("it is an object").remove("temperature");
            answered = self.ask(turn, &asked).await;
        }
        let engine = self.engine(&prompt, answered.as_ref().ok());
        let (outcome, reply) = match answered {
            Err((trouble, said)) => (unavailable(trouble, &said, transcript), None),
            Ok(answer) => match reply_of(&answer) {
                Ok(text) => (contract::taken(&text, transcript, question, scale, engine.clone(), read), Some(text)),
                Err((outcome, text)) => (outcome, text),
            },
        };
        (outcome, Exchange { place: self.endpoint.place(), asked, reply, engine })
    }

    fn request(&self, prompt: &Prompt) -> Value {
        json!({
            "model": self.endpoint.model(),
            "temperature": 0,
            "messages": [{ "role": "system", "content": prompt.system }, { "role": "user", "content": prompt.user }],
            "response_format": { "type": "json_schema", "json_schema": { "name": "ratings", "strict": true, "schema": prompt.schema } },
        })
    }

    async fn ask(&self, turn: &Turn<'_>, asked: &Value) -> Result<Value, (Trouble, String)> {
        let answer = self.endpoint.ask(turn, "/chat/completions", Payload::Json(asked.clone())).await?;
        // What is no JSON is told of as such further on.
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    fn engine(&self, prompt: &Prompt, answer: Option<&Value>) -> Engine {
        let said = |key: &str| answer.and_then(|answer| answer[key].as_str()).map(|text| text.chars().take(80).collect::<String>());
        // The name that was asked for may stand for another model tomorrow; what answered says which it is.
        let version = [said("model"), said("system_fingerprint")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let version = SafeText::line(if version.is_empty() { "unknown" } else { &version });
        Engine { model: SafeText::line(self.endpoint.model()), version, prompt: Some(prompt.digest) }
    }
}

/// The text of a reply, or how it ended instead.
fn reply_of(answer: &Value) -> Result<String, (Outcome, Option<String>)> {
    let unreadable = |how: Unreadable, reason: &str| Outcome::Unreadable { how, reason: SafeText::line(reason) };
    let Some(choice) = answer["choices"].get(0) else {
        return Err((unreadable(Unreadable::OtherShape, "the answer is no chat completion"), None));
    };
    let message = &choice["message"];
    let text = text_of(&message["content"]);
    let refused = |said: &str| Outcome::Refused { said: SafeText::line(&said.chars().take(400).collect::<String>()) };
    if let Some(said) = message["refusal"].as_str().filter(|said| !said.is_empty()) {
        return Err((refused(said), Some(said.to_owned())));
    }
    match choice["finish_reason"].as_str() {
        Some("content_filter") => Err((refused("the endpoint filtered its reply"), text)),
        Some("length") => Err((unreadable(Unreadable::CutOff, "the reply came to the end of its length"), text)),
        _ => text.ok_or_else(|| (unreadable(Unreadable::Empty, "the reply has no text"), None)),
    }
}

/// The text of a message: some endpoints give it in pieces.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            (!parts.is_empty()).then(|| parts.concat())
        }
        _ => None,
    }
}

fn unavailable(trouble: Trouble, said: &str, transcript: &Transcript) -> Outcome {
    // Where there is no room for it in the model, asking again makes none.
    if trouble == Trouble::Refuses && said.contains("context_length_exceeded") {
        return Outcome::TooLong { words: transcript.words.len() };
    }
    if trouble == Trouble::Refuses && said.contains("content_filter") {
        return Outcome::Refused { said: SafeText::line("the endpoint filtered what it was asked") };
    }
    let how = match trouble {
        Trouble::Endless => return Outcome::Unreadable { how: Unreadable::Endless, reason: SafeText::line(said) },
        Trouble::Late => Unavailable::Late,
        Trouble::Unreached => Unavailable::NotReached,
        Trouble::Busy => Unavailable::Busy,
        Trouble::Broken => Unavailable::Broken,
        Trouble::NotLetIn => Unavailable::NotLetIn,
        Trouble::Refuses | Trouble::Elsewhere => Unavailable::NotTaken,
        Trouble::GivenUp => Unavailable::GivenUp,
    };
    Outcome::Unavailable { how, reason: SafeText::line(said) }
}
