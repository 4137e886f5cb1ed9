//! The text of one caption: who speaks, words with their own times, and markup that is left out.

use super::raw::{RawCue, words};

/// The longest tag that is believed to be one.
const LONGEST_TAG: usize = 256;
/// The longest entity, with its `;`.
const LONGEST_ENTITY: usize = 12;

/// The parts of a caption, one for each speaker; `start` is the caption's, in seconds. Times of words are seconds.
///
/// Tags of WebVTT and SRT (`<i>`, `<c.loud>`, `<font …>`, `{\an8}`) go, `<v Name>` names who speaks, `<00:01.500>` is the time
/// of the word after it, entities become their characters.
pub(super) fn parts(payload: &str, start: Option<f64>) -> Vec<RawCue> {
    let mut reader = Reader { start, ..Reader::default() };
    let mut rest = payload;
    while let Some(at) = rest.find(['<', '&', '{']) {
        reader.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = reader.markup(rest);
        rest = &rest[taken..];
    }
    reader.text.push_str(rest);
    reader.finish()
}

/// The caption's text alone.
pub(super) fn plain(payload: &str) -> String {
    let parts = parts(payload, None);
    let words = parts.iter().flat_map(|part| &part.words).map(|word| word.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Reader {
    start: Option<f64>,
    done: Vec<RawCue>,
    part: RawCue,
    /// What was read since the last tag that matters.
    text: String,
    /// The time of the next word.
    time: Option<f64>,
    has_times: bool,
    glued: bool,
}

impl Reader {
    /// Takes one tag, entity or override at the start of `rest`, and returns how many bytes it had.
    fn markup(&mut self, rest: &str) -> usize {
        // The end is looked for nearby alone: a file of nothing but brackets is read in one go.
        let tag = |open: &str, begins: fn(u8) -> bool, close: u8, longest: usize| {
            let inner = rest.strip_prefix(open).filter(|inner| inner.bytes().next().is_some_and(begins))?;
            let end = inner.bytes().take(longest).position(|byte| byte == close)?;
            Some(&inner[..end])
        };
        if let Some(inner) = tag("{\\", |_| true, b'}', LONGEST_TAG) {
            return inner.len() + 3;
        }
        if let Some(inner) = tag("<", |b| b.is_ascii_alphanumeric() || b == b'/', b'>', LONGEST_TAG) {
            self.tag(inner);
            return inner.len() + 2;
        }
        if let Some((character, length)) =
            tag("&", |b| b.is_ascii_alphanumeric() || b == b'#', b';', LONGEST_ENTITY).and_then(entity)
        {
            self.text.push(character);
            return length + 2;
        }
        let first = rest.chars().next().expect("markup begins with one of its characters");
        self.text.push(first);
        first.len_utf8()
    }

    fn tag(&mut self, inner: &str) {
        let name = inner.split(|c: char| c.is_whitespace() || c == '.').next().unwrap_or_default();
        if let Some(time) = super::captions::time(inner) {
            self.flush();
            (self.time, self.has_times) = (Some(time), true);
        } else if name == "v" {
            self.next_speaker();
            let speaker = inner.split_once(char::is_whitespace).map(|(_, name)| name.trim());
            self.part.speaker = speaker.filter(|name| !name.is_empty()).map(unescaped);
        } else if name == "/v" {
            self.next_speaker();
        } else if name.eq_ignore_ascii_case("br") || name.eq_ignore_ascii_case("br/") {
            self.text.push(' ');
        }
    }

    /// Makes words of the text so far; the first of them has the time before it.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut new = words(&text).into_iter();
        let glued = self.glued && !text.starts_with(char::is_whitespace);
        if !text.is_empty() {
            self.glued = !text.ends_with(char::is_whitespace);
        }
        // A word whose syllables have times of their own is one word, from its first syllable on.
        if let (true, Some(last)) = (glued, self.part.words.last_mut()) {
            last.text.extend(new.next().map(|word| word.text));
            self.time = None;
        }
        let from = self.part.words.len();
        self.part.words.extend(new);
        if let Some(first) = self.part.words.get_mut(from) {
            first.start = self.time.take();
        }
    }

    fn next_speaker(&mut self) {
        self.flush();
        self.glued = false;
        let part = std::mem::take(&mut self.part);
        if !part.words.is_empty() {
            self.done.push(part);
        }
    }

    fn finish(mut self) -> Vec<RawCue> {
        self.next_speaker();
        let first = self.done.first_mut().and_then(|part| part.words.first_mut());
        if let (true, Some(first)) = (self.has_times, first) {
            first.start = first.start.or(self.start);
        }
        self.done
    }
}

fn unescaped(text: &str) -> String {
    parts(text, None).iter().flat_map(|part| &part.words).map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The character of an entity without `&` and `;`, and the entity's length.
fn entity(name: &str) -> Option<(char, usize)> {
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload: &str, expected: &str) {
        let parts = parts(payload, Some(1.0));
        let shown = parts.iter().map(|part| {
            let words = part.words.iter().map(|word| match word.start {
                Some(start) => format!("{start}:{}", word.text),
                None => word.text.clone(),
            });
            let words = words.collect::<Vec<_>>().join(" ");
            part.speaker.as_ref().map_or(words.clone(), |speaker| format!("[{speaker}] {words}"))
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" / "), expected, "{payload}");
    }

    #[test]
    fn markup_goes_and_its_text_stays() {
        check("<i>En 1928,</i> <c.magenta.bg_black>Musique</c>", "En 1928, Musique");
        check("{\\an8}<font color=\"#ff0000\">Là</font><br>bas", "Là bas");
        check("2 &lt; 3 &amp;&nbsp;4 &#39;x&#x27; &unknown; & a < b <3", "2 < 3 & 4 'x' &unknown; & a < b <3");
    }

    #[test]
    fn a_voice_tag_says_who_speaks() {
        check("<v.loud Jane Doe>Good morning.</v>", "[Jane Doe] Good morning.");
        check("<v Fred>Hi <v Bill>Hello", "[Fred] Hi / [Bill] Hello");
        check("<v R&amp;D>Yes</v> thanks", "[R&D] Yes / thanks");
    }

    #[test]
    fn times_within_a_caption_belong_to_the_word_after_them() {
        check("When the moon <00:17.500>hits your eye", "1:When the moon 17.5:hits your eye");
        check("this<00:05.199><c> will</c><c.x><00:05.379><c> happen</c></c>", "1:this 5.199:will 5.379:happen");
        check("<00:02.000>syl<00:02.200>la<00:02.400>ble end", "2:syllable end");
    }

    #[test]
    fn open_brackets_without_end_are_text() {
        check("a <b", "a <b");
        check("{ x } &", "{ x } &");
    }
}
