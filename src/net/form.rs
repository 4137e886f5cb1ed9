//! A form with files, as browsers send it: `multipart/form-data` (RFC 7578).

/// A form: fields and files, in order. Names are the program's own and hold no quotes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Form {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Part {
    head: String,
    body: Vec<u8>,
}

impl Form {
    /// With a field.
    pub fn field(mut self, name: &'static str, value: &str) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"\r\n");
        self.parts.push(Part { head, body: value.as_bytes().to_vec() });
        self
    }

    /// With a file of this name and type.
    pub fn file(mut self, name: &'static str, file: &'static str, kind: &'static str, body: Vec<u8>) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n");
        self.parts.push(Part { head, body });
        self
    }

    /// Its type with the boundary, and its bytes. The boundary is drawn anew each time, so that nobody who made what is sent can know it.
    pub(super) fn sent(&self) -> (String, Vec<u8>) {
        self.bounded(&format!("earmark-{}", uuid::Uuid::now_v7().simple()))
    }

    fn bounded(&self, boundary: &str) -> (String, Vec<u8>) {
        let length: usize = self.parts.iter().map(|part| part.head.len() + part.body.len() + 64).sum();
        let mut bytes = Vec::with_capacity(length + 64);
        for part in &self.parts {
            bytes.extend_from_slice(format!("--{boundary}\r\n{}\r\n", part.head).as_bytes());
            bytes.extend_from_slice(&part.body);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_the_standard_has_it_and_no_two_have_the_same_boundary() {
        let form = Form::default().field("model", "whisper-1").file("file", "answer.wav", "audio/wav", b"RIFF".to_vec());
        let (kind, bytes) = form.bounded("xx");
        assert_eq!(kind, "multipart/form-data; boundary=xx");
        let expected = "--xx\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
             --xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"answer.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n\
             --xx--\r\n";
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
        assert_ne!(form.sent().0, form.sent().0);
    }
}
