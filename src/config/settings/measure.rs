//! Settings that are a measure: a size, a number of days.

use serde_json::json;

use super::value::{Raw, Value};

/// A number of bytes, as people write it: 500M, 20G.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size(u64);

impl Size {
    /// Bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Reads bytes, or a number with k, M, G or T: powers of 1024.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (digits, factor) = match text.char_indices().last()? {
            (at, 'k' | 'K') => (&text[..at], 1u64 << 10),
            (at, 'm' | 'M') => (&text[..at], 1 << 20),
            (at, 'g' | 'G') => (&text[..at], 1 << 30),
            (at, 't' | 'T') => (&text[..at], 1 << 40),
            _ => (text, 1),
        };
        let number = digits.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0)?;
        Some(Size((number * factor as f64) as u64)).filter(|size| size.0 > 0)
    }
}

impl Value for Option<Size> {
    const EXPECTED: &'static str = "a size in quotes such as \"20G\"";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) => Size::parse(text).map(Some),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.map(|size| size.0))
    }
}

/// Bytes a second, as curl writes them: 500k, 2M.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate(u64);

impl Rate {
    /// Bytes a second.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Reads bytes a second, or a number with k, M or G: powers of 1024.
    pub fn parse(text: &str) -> Option<Self> {
        Size::parse(text).map(|size| Rate(size.0))
    }
}

impl Value for Option<Rate> {
    const EXPECTED: &'static str = "a rate in quotes such as \"2M\"";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) => Rate::parse(text).map(Some),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.map(|rate| rate.0))
    }
}

/// A number of days, 1 to 36,500.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Days(u32);

impl From<Days> for u32 {
    fn from(days: Days) -> u32 {
        days.0
    }
}

impl Value for Option<Days> {
    const EXPECTED: &'static str = "a whole number from 1 to 36500";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Number(days) if days.fract() == 0.0 && (1.0..=36_500.0).contains(days) => Some(Some(Days(*days as u32))),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.map(|days| days.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_as_people_write_it() {
        for (text, bytes) in [("100", 100), ("500k", 512_000), ("20G", 20 << 30), ("1.5m", 3 << 19)] {
            assert_eq!(Size::parse(text).map(Size::bytes), Some(bytes), "{text}");
        }
        for text in ["", "much", "0", "-1k", "G"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
        assert_eq!(Rate::parse("2M").map(Rate::bytes), Some(2 << 20));
    }
}
