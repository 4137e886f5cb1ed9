//! A WebM taken apart and put together wrongly.

/// One element: its id, and all of its bytes.
#[derive(Clone)]
pub(crate) struct Element {
    pub(crate) id: u64,
    pub(crate) content: Vec<u8>,
}

pub(crate) const SEGMENT: u64 = 0x1853_8067;
pub(crate) const CLUSTER: u64 = 0x1F43_B675;
pub(crate) const INFO: u64 = 0x1549_A966;
pub(crate) const DURATION: u64 = 0x4489;
const SEEK_HEAD: u64 = 0x114D_9B74;
const CUES: u64 = 0x1C53_BB6B;

/// The elements that `bytes` is made of.
pub(crate) fn elements(bytes: &[u8]) -> Vec<Element> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let (id, id_length) = number(&bytes[at..], true);
        let (size, size_length) = number(&bytes[at + id_length..], false);
        let start = at + id_length + size_length;
        let end = if size == (1 << (7 * size_length)) - 1 { bytes.len() } else { start + size as usize };
        found.push(Element { id, content: bytes[start..end].to_vec() });
        at = end;
    }
    found
}

fn number(bytes: &[u8], keep_marker: bool) -> (u64, usize) {
    let length = bytes[0].leading_zeros() as usize + 1;
    let first = if keep_marker { bytes[0] } else { bytes[0] & 0xFFu8.checked_shr(length as u32).unwrap_or(0) };
    (bytes[1..length].iter().fold(u64::from(first), |number, byte| number << 8 | u64::from(*byte)), length)
}

/// The bytes of `elements`, their sizes written anew.
pub(crate) fn bytes(elements: &[Element]) -> Vec<u8> {
    let one = |element: &Element| {
        let id = element.id.to_be_bytes();
        let id = &id[id.iter().position(|byte| *byte != 0).expect("no id is zero")..];
        let size = (element.content.len() as u64 | 1 << 56).to_be_bytes();
        [id, &size, &element.content].concat()
    };
    elements.iter().flat_map(one).collect()
}

/// The file with what lies in its segment changed; what would tell where things lie is left out.
pub(crate) fn with_segment(file: &[u8], change: impl FnOnce(&mut Vec<Element>)) -> Vec<u8> {
    let mut top = elements(file);
    let segment = top.iter_mut().find(|element| element.id == SEGMENT).expect("a WebM has a segment");
    let mut inside = elements(&segment.content);
    inside.retain(|element| element.id != SEEK_HEAD && element.id != CUES);
    change(&mut inside);
    segment.content = bytes(&inside);
    bytes(&top)
}

/// The file with another declared duration, in milliseconds.
pub(crate) fn with_duration(file: &[u8], duration: f64) -> Vec<u8> {
    with_segment(file, |inside| {
        let info = inside.iter_mut().find(|element| element.id == INFO).expect("a WebM has its info");
        let mut fields = elements(&info.content);
        fields.retain(|field| field.id != DURATION);
        fields.push(Element { id: DURATION, content: duration.to_be_bytes().to_vec() });
        info.content = bytes(&fields);
    })
}
