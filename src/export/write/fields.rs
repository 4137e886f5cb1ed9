//! Records as the bytes of a delimited file: each field is looked at once, and quoted where it must be.

use std::io::{self, Write};

use super::super::dialect::{Dialect, Quote};

/// How much is gathered before it is handed on, in bytes.
const GATHERED: usize = 64 << 10;

/// A field needs quotes: it holds the delimiter, a quotation mark or a line end.
pub(super) const QUOTED: u8 = 1;
/// It may hold something that ends a line somewhere.
pub(super) const BREAK: u8 = 2;
/// It may hold a control character.
pub(super) const CONTROL: u8 = 4;
/// It holds NUL.
pub(super) const NUL: u8 = 8;
/// It may hold the sign of a character that could not be read.
pub(super) const LOST: u8 = 16;

/// What each byte may mean for its field.
struct Classes([u8; 256]);

impl Classes {
    fn of_dialect(delimiter: u8) -> Self {
        let mut classes = [0; 256];
        for (byte, class) in classes.iter_mut().enumerate() {
            *class = match byte as u8 {
                b'\n' | b'\r' => QUOTED | BREAK,
                b'"' => QUOTED,
                b'\t' => 0,
                0 => NUL | CONTROL,
                0x0b | 0x0c => BREAK | CONTROL,
                1..0x20 | 0x7f => CONTROL,
                // The first bytes of U+0080 to U+00BF, of U+2000 to U+2FFF, and of U+F000 to U+FFFF.
                0xc2 => BREAK | CONTROL,
                0xe2 => BREAK,
                0xef => LOST,
                _ => 0,
            };
        }
        classes[delimiter as usize] |= QUOTED;
        Classes(classes)
    }
}

/// In each of eight bytes a one, and in each the highest bit.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);

/// Whether none of eight bytes is a control character, a quotation mark, a delimiter or beyond ASCII.
fn are_plain(eight: [u8; 8], delimiter: u8) -> bool {
    let bytes = u64::from_ne_bytes(eight);
    // The highest bit shows where a byte is below `least`, or zero; there may be more of them above the first, which is no matter.
    let below = |least: u8| bytes.wrapping_sub(ONES * u64::from(least)) & !bytes;
    let is = |byte: u8| {
        let differs = bytes ^ (ONES * u64::from(byte));
        differs.wrapping_sub(ONES) & !differs
    };
    (below(0x20) | is(b'"') | is(delimiter) | is(0x7f) | bytes) & HIGHEST == 0
}

/// Writes records, and takes back one that turns out wrong.
pub(crate) struct Records<W: Write> {
    to: W,
    /// What is not handed on yet; the record that is being written begins at `start`.
    gathered: Vec<u8>,
    start: usize,
    fields: usize,
    classes: Classes,
    delimiter: u8,
    quote: Quote,
    end: &'static [u8],
}

impl<W: Write> Records<W> {
    /// Records as a dialect has them, after its byte order mark.
    pub(crate) fn new(to: W, dialect: &Dialect) -> Self {
        let mut gathered = Vec::with_capacity(2 * GATHERED);
        if dialect.bom {
            gathered.extend_from_slice("\u{feff}".as_bytes());
        }
        Records {
            to,
            start: gathered.len(),
            gathered,
            fields: 0,
            classes: Classes::of_dialect(dialect.delimiter),
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            end: if dialect.crlf { b"\r\n" } else { b"\n" },
        }
    }

    /// What the bytes of a text may mean, all in one.
    pub(super) fn classes(&self, text: &str) -> u8 {
        let bytes = text.as_bytes();
        let of = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all | self.classes.0[*byte as usize]);
        // Nearly all texts are plain, and eight bytes are looked at as quickly as one; the last eight overlap those before.
        let Some(last) = bytes.last_chunk() else { return of(bytes) };
        let (eights, _) = bytes.as_chunks();
        let odd = eights.iter().chain([last]).filter(|eight| !are_plain(**eight, self.delimiter));
        odd.fold(0, |all, eight| all | of(eight))
    }

    /// One more field of the record.
    pub(crate) fn field(&mut self, text: &str) {
        let classes = self.classes(text);
        self.put(text, classes);
    }

    /// One more field, of which it is known already what its bytes may mean.
    #[inline]
    pub(super) fn put(&mut self, text: &str, classes: u8) {
        self.part();
        let quoted = match self.quote {
            Quote::Minimal => classes & QUOTED != 0,
            Quote::All => true,
            Quote::Text => text.parse::<f64>().is_err() && text.parse::<i128>().is_err(),
        };
        if !quoted {
            self.gathered.extend_from_slice(text.as_bytes());
            return;
        }
        self.gathered.push(b'"');
        if classes & QUOTED == 0 {
            self.gathered.extend_from_slice(text.as_bytes());
        } else {
            let mut parts = text.split('"');
            self.gathered.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
            for part in parts {
                self.gathered.extend_from_slice(b"\"\"");
                self.gathered.extend_from_slice(part.as_bytes());
            }
        }
        self.gathered.push(b'"');
    }

    /// One more field that is written by `write`: a number, which needs no quotes unless all fields have them.
    #[inline]
    pub(super) fn number(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.part();
        let quoted = self.quote == Quote::All;
        if quoted {
            self.gathered.push(b'"');
        }
        write(&mut self.gathered);
        if quoted {
            self.gathered.push(b'"');
        }
    }

    fn part(&mut self) {
        if self.fields > 0 {
            self.gathered.push(self.delimiter);
        }
        self.fields += 1;
    }

    /// Ends the record; hands on what is gathered when that is enough.
    ///
    /// # Errors
    /// What the writer says.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if self.fields == 1 && self.gathered.len() == self.start {
            // An empty line would be no record.
            self.gathered.extend_from_slice(b"\"\"");
        }
        self.gathered.extend_from_slice(self.end);
        self.fields = 0;
        if self.gathered.len() >= GATHERED {
            self.to.write_all(&self.gathered)?;
            self.gathered.clear();
            // One huge cell is no reason to keep that much.
            self.gathered.shrink_to(4 * GATHERED);
        }
        self.start = self.gathered.len();
        Ok(())
    }

    /// Takes back the record that is being written.
    pub(super) fn take_back(&mut self) {
        self.gathered.truncate(self.start);
        self.fields = 0;
    }

    /// Hands on the rest, and gives back what was written to.
    ///
    /// # Errors
    /// What the writer says.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&self.gathered)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

#[cfg(test)]
mod tests {
    use csv::{QuoteStyle, Terminator, WriterBuilder};
    use proptest::prelude::*;

    use super::*;

    fn ours(records: &[Vec<String>], dialect: &Dialect) -> Vec<u8> {
        let mut to = Records::new(Vec::new(), dialect);
        for record in records {
            record.iter().for_each(|field| to.field(field));
            to.end().expect("memory takes all");
        }
        to.finish().expect("memory takes all")
    }

    fn of_the_csv_crate(records: &[Vec<String>], dialect: &Dialect) -> Vec<u8> {
        let quote = match dialect.quote {
            Quote::Minimal => QuoteStyle::Necessary,
            Quote::All => QuoteStyle::Always,
            Quote::Text => QuoteStyle::NonNumeric,
        };
        let terminator = if dialect.crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
        let mut to = WriterBuilder::new();
        let mut to =
            to.flexible(true).delimiter(dialect.delimiter).quote_style(quote).terminator(terminator).from_writer(Vec::new());
        records.iter().for_each(|record| to.write_record(record).expect("memory takes all"));
        to.into_inner().expect("memory takes all")
    }

    proptest! {
        #[test]
        fn the_bytes_are_those_of_the_csv_crate(
            records in prop::collection::vec(prop::collection::vec("[ab,;\"\r\n\t|é=0-9.]{0,5}", 1..4), 0..5),
            delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
            quote in prop::sample::select(vec![Quote::Minimal, Quote::All, Quote::Text]),
            crlf in any::<bool>(),
        ) {
            let dialect = Dialect { delimiter, quote, crlf, ..Dialect::default() };
            prop_assert_eq!(ours(&records, &dialect), of_the_csv_crate(&records, &dialect));
        }
    }

    #[test]
    fn a_byte_means_the_same_wherever_it_stands() {
        let records = Records::new(Vec::new(), &Dialect { delimiter: b';', ..Dialect::default() });
        for long in 1..20 {
            for at in 0..long {
                for byte in 0..0x80u8 {
                    let mut text = vec![b'a'; long];
                    text[at] = byte;
                    let text = String::from_utf8(text).expect("ASCII");
                    assert_eq!(records.classes(&text), records.classes.0[byte as usize], "{text:?}");
                }
                let text = format!("{}é{}", "a".repeat(at), "a".repeat(long - at));
                assert_eq!(records.classes(&text), records.classes.0[0xc3] | records.classes.0[0xa9], "{text:?}");
                let text = format!("{}\u{85}{}", "a".repeat(at), "a".repeat(long - at));
                assert_eq!(records.classes(&text), BREAK | CONTROL, "{text:?}");
            }
        }
    }

    #[test]
    fn a_record_that_is_taken_back_leaves_nothing() {
        let mut to = Records::new(Vec::new(), &Dialect::default());
        to.field("a");
        to.end().expect("memory takes all");
        to.field("wrong, \"all\" of it");
        to.take_back();
        to.field("b");
        to.end().expect("memory takes all");
        assert_eq!(to.finish().expect("memory takes all"), b"a\r\nb\r\n");
    }

    #[test]
    fn what_is_gathered_is_handed_on_long_before_the_end() {
        let mut to = Records::new(Vec::new(), &Dialect::default());
        for _ in 0..100_000 {
            to.field("twelve bytes");
            to.end().expect("memory takes all");
            assert!(to.gathered.capacity() <= 2 * GATHERED);
        }
        assert_eq!(to.finish().expect("memory takes all").len(), 1_400_000);
    }
}
