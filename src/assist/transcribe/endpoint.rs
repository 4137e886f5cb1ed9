//! `/v1/audio/transcriptions`, as OpenAI documents it and whisper.cpp's server and faster-whisper's speak it too.

use super::super::endpoint::{Endpoint, Trouble, Turn};
use super::{NotWritten, Sound, Written, read};
use crate::net::{Form, Payload};

/// Sends the sound, asks for words with their times, and for what there is where the model has no times to give.
pub(super) async fn write_down(endpoint: &Endpoint, turn: &Turn<'_>, sound: &Sound) -> Result<Written, NotWritten> {
    let asked = endpoint.ask(turn, "/audio/transcriptions", form(endpoint.model(), sound, "verbose_json")).await;
    let answer = match asked {
        Err((Trouble::Refuses, said)) if said.contains("unsupported_value") => {
            endpoint.ask(turn, "/audio/transcriptions", form(endpoint.model(), sound, "json")).await?
        }
        other => other?,
    };
    let text = String::from_utf8_lossy(&answer.body);
    // Anything else would be taken for what somebody said.
    if !text.trim_start().starts_with('{') {
        return Err(NotWritten { name: "unreadable", reason: "the answer is no transcription".to_owned() });
    }
    read(&answer.body, sound.length_ms)
}

fn form(model: &str, sound: &Sound, format: &str) -> Payload {
    let mut form = Form::default().field("model", model).field("response_format", format).field("temperature", "0");
    if format == "verbose_json" {
        form = form.field("timestamp_granularities[]", "word").field("timestamp_granularities[]", "segment");
    }
    // ISO 639-1, as it is asked for.
    let language = sound.language.as_ref().and_then(|tag| tag.as_str().split(['-', '_']).next());
    if let Some(language) = language.filter(|language| language.len() == 2) {
        form = form.field("language", &language.to_lowercase());
    }
    Payload::Form(form.file("file", "answer.wav", "audio/wav", sound.wav.to_vec()))
}
