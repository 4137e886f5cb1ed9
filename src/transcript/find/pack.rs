//! Numbers and strings close together: small numbers take one byte, strings lie in one piece.

/// Appends a number, seven bits a byte, the low ones first.
pub(super) fn put(number: u32, to: &mut Vec<u8>) {
    let mut rest = number;
    while rest >= 0x80 {
        to.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    to.push(rest as u8);
}

/// The numbers of packed bytes, in order; what is cut off at the end is left out.
#[derive(Clone)]
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        if first < 0x80 {
            return Some(u32::from(first));
        }
        let mut number = u32::from(first & 0x7f);
        let mut shift = 7;
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }
}

/// Many strings in one piece, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: Box<str>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Strings {
    /// Lays strings down in the order they come.
    pub(super) fn of<'s>(all: impl Iterator<Item = &'s str>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for one in all {
            text.push_str(one);
            ends.push(text.len() as u32);
        }
        Strings { text: text.into(), ends: ends.into() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The one with this number.
    pub(super) fn get(&self, nth: usize) -> &str {
        let start = nth.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[nth] as usize]
    }

    /// The first that is not before `key`; for sorted strings.
    pub(super) fn lower_bound(&self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Which begin with `key`; for sorted strings.
    pub(super) fn beginning_with(&self, key: &str) -> std::ops::Range<usize> {
        let start = self.lower_bound(key);
        let (mut low, mut high) = (start, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).starts_with(key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        start..low
    }

    /// Which are equal to `key`; for sorted strings, of which several may be equal.
    pub(super) fn equal_to(&self, key: &str) -> std::ops::Range<usize> {
        let start = self.lower_bound(key);
        let mut end = start;
        while end < self.len() && self.get(end) == key {
            end += 1;
        }
        start..end
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_as_they_went_in() {
        let numbers = [0, 1, 127, 128, 300, 16_383, 16_384, u32::MAX, 5];
        let mut packed = Vec::new();
        numbers.iter().for_each(|number| put(*number, &mut packed));
        assert_eq!(Numbers(&packed).collect::<Vec<_>>(), numbers);
        assert_eq!(Numbers(&[0x80, 0x80]).next(), None);
        assert!(Numbers(&[0xff; 9]).next().is_none(), "what is damaged ends");
    }

    #[test]
    fn sorted_strings_are_found_by_their_beginning() {
        let strings = Strings::of(["", "dead", "dead", "deadline", "deal", "z"].into_iter());
        assert_eq!(strings.beginning_with("dead"), 1..4);
        assert_eq!(strings.beginning_with("y"), 5..5);
        assert_eq!(strings.equal_to("dead"), 1..3);
        assert_eq!(strings.equal_to("deadl"), 3..3);
        assert_eq!(strings.get(4), "deal");
    }
}
