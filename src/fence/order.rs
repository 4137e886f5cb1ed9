//! What a child is told to do, as words of its command line: numbers and a mix, never a path.

use super::walls::Limits;
use crate::sound::Downmix;

/// The hidden subcommand of the program.
pub const COMMAND: &str = "__fence";

/// Memory that any recording may need on top of its own bytes.
const MEMORY: u64 = 192 << 20;
/// Seconds of a processor that any recording may need…
const SECONDS: u64 = 30;
/// …and one more for so many bytes of it: hours of speech take minutes.
const BYTES_A_SECOND: u64 = 128 << 10;

/// One piece of work.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Order {
    /// Decodes what comes on standard input.
    Decode {
        /// How much comes.
        bytes: u64,
        /// Its file's extension.
        hint: Option<String>,
        /// The mix that was chosen before.
        downmix: Option<Downmix>,
    },
    /// Decodes what comes on standard input and tells what it measures of it.
    Measure {
        /// How much comes.
        bytes: u64,
        /// Its file's extension.
        hint: Option<String>,
    },
    /// Becomes ffmpeg, which turns standard input into a FLAC on standard output.
    Convert {
        /// How much comes.
        bytes: u64,
        /// Seconds of sound after which it ends.
        seconds: u64,
    },
}

impl Order {
    /// As words after [`COMMAND`].
    pub(super) fn words(&self) -> Vec<String> {
        match self {
            Order::Decode { bytes, hint, downmix } => {
                let mut words = vec!["decode".to_owned(), bytes.to_string(), extension(hint)];
                words.extend(downmix.iter().flat_map(|mix| mix.weights()).map(ToString::to_string));
                words
            }
            Order::Measure { bytes, hint } => vec!["measure".to_owned(), bytes.to_string(), extension(hint)],
            Order::Convert { bytes, seconds } => vec!["convert".to_owned(), bytes.to_string(), seconds.to_string()],
        }
    }

    /// Reads them again.
    pub(super) fn read(words: &[String]) -> Option<Order> {
        match words {
            [kind, bytes, seconds] if kind == "convert" => {
                Some(Order::Convert { bytes: bytes.parse().ok()?, seconds: seconds.parse().ok()? })
            }
            [kind, bytes, hint] if kind == "measure" => {
                let hint = is_extension(hint).then(|| hint.clone());
                Some(Order::Measure { bytes: bytes.parse().ok()?, hint })
            }
            [kind, bytes, hint, weights @ ..] if kind == "decode" => {
                let weights: Option<Vec<f32>> = weights.iter().map(|weight| weight.parse().ok()).collect();
                let downmix = Downmix::of_weights(weights?);
                let hint = is_extension(hint).then(|| hint.clone());
                Some(Order::Decode { bytes: bytes.parse().ok()?, hint, downmix })
            }
            _ => None,
        }
    }

    /// How much the work may use.
    pub(super) fn limits(&self) -> Limits {
        let (bytes, passes) = match self {
            Order::Decode { bytes, .. } | Order::Convert { bytes, .. } => (bytes, 1),
            // Once more where another mix is better than the first.
            Order::Measure { bytes, .. } => (bytes, 2),
        };
        // It holds the recording twice for a moment, and once more where it has to be mended.
        Limits { memory: MEMORY + bytes * 3, seconds: (SECONDS + bytes / BYTES_A_SECOND) * passes }
    }
}

fn extension(hint: &Option<String>) -> String {
    hint.as_deref().filter(|hint| is_extension(hint)).unwrap_or("-").to_owned()
}

fn is_extension(word: &str) -> bool {
    (1..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_given() {
        let mix = Downmix::of_weights(vec![0.5, -0.5]);
        for order in [
            Order::Decode { bytes: 7, hint: Some("webm".to_owned()), downmix: mix },
            Order::Decode { bytes: 0, hint: None, downmix: None },
            Order::Measure { bytes: 8, hint: Some("mp3".to_owned()) },
            Order::Convert { bytes: 9, seconds: 60 },
        ] {
            assert_eq!(Order::read(&order.words()), Some(order));
        }
    }

    #[test]
    fn an_extension_that_is_none_is_not_passed_on() {
        let order = Order::Decode { bytes: 1, hint: Some("../../etc".to_owned()), downmix: None };
        assert_eq!(order.words(), ["decode", "1", "-"]);
        assert_eq!(Order::read(&["decode".to_owned()]), None);
    }
}
