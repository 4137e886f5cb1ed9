//! Names in scripts that put no spaces between words, and in Hangul, whose particles stick to the name: found inside of words.

use std::ops::Range;

use super::{Particulars, Redacted, What};
use crate::text::is_unspaced;

/// A name, or a part of it, in signs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Sign {
    signs: Vec<char>,
    place: Place,
}

/// Where it names somebody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    /// Wherever it stands.
    Anywhere,
    /// At the start of a word that goes on with a particle at most: elsewhere it is a part of some other word.
    OwnWord,
    /// Before an address such as 小姐, or after `我叫`: a family's name is one sign, and that an everyday one.
    Addressed,
}

/// What friends put before a family's name.
const FAMILIAR: [char; 3] = ['小', '老', '阿'];

/// Families' names that make an everyday word with one of those: `小于` is less than, `小时` an hour.
const WORDS: [char; 16] = ['于', '时', '時', '康', '车', '車', '包', '路', '师', '師', '白', '米', '成', '家', '年', '麦'];

/// How somebody is addressed behind the name; katakana as hiragana.
const ADDRESSES: [&str; 45] = [
    "姐",
    "哥",
    "叔",
    "小姐",
    "先生",
    "女士",
    "太太",
    "老师",
    "老師",
    "同学",
    "同學",
    "经理",
    "經理",
    "总监",
    "總監",
    "主任",
    "教授",
    "医生",
    "醫生",
    "博士",
    "律师",
    "律師",
    "さん",
    "さま",
    "様",
    "氏",
    "くん",
    "ちゃん",
    "殿",
    "先輩",
    "部長",
    "課長",
    "씨",
    "님",
    "선생",
    "과장",
    "대리",
    "팀장",
    "부장",
    "차장",
    "사원",
    "선배",
    "교수",
    "사장",
    "이사님",
];

/// What comes before a name that somebody says of himself.
const INTRODUCTIONS: [&str; 9] = ["我叫", "叫我", "我姓", "免贵姓", "免貴姓", "名字叫", "名字是", "名前は", "이름은"];

/// Likewise, where nothing comes behind the name but an end.
const OF_ONESELF: [&str; 7] = ["我是", "私は", "僕は", "わたしは", "ぼくは", "저는", "나는"];

/// What ends a sentence that says who somebody is.
const ENDS: [&str; 8] = ["です", "と申", "といい", "と言い", "でござ", "입니다", "이에요", "예요"];

/// What sticks to a Korean name.
const PARTICLES: [&str; 37] = [
    "이",
    "가",
    "은",
    "는",
    "을",
    "를",
    "의",
    "에게",
    "와",
    "과",
    "도",
    "로",
    "으로",
    "라",
    "야",
    "아",
    "씨",
    "님",
    "군",
    "양",
    "한테",
    "께",
    "랑",
    "만",
    "부터",
    "까지",
    "하고",
    "입니다",
    "예요",
    "에요",
    "인데",
    "선생",
    "처럼",
    "보다",
    "및",
    "였",
    "란",
];

/// Whether a word is of those scripts.
pub(super) fn is_among(word: &str) -> bool {
    word.chars().any(|c| is_unspaced(c) || is_hangul(c))
}

fn is_hangul(c: char) -> bool {
    matches!(c as u32, 0xac00..=0xd7a3)
}

fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3005 | 0x3400..=0x9fff | 0x20000..=0x3ffff)
}

/// What stands between the parts of a name, and between the words of a transcript.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '・' | '•' | '‧' | '･' | '=' | '＝')
}

/// As signs are compared: katakana as hiragana.
fn plain(c: char) -> char {
    match c as u32 {
        code @ 0x30a1..=0x30f6 => char::from_u32(code - 0x60).unwrap_or(c),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// What of a name is found in signs.
pub(super) fn of(name: &str) -> Vec<Sign> {
    let is_of_name = |c: char| !is_gap(c) && !c.is_control() && !c.is_ascii_punctuation();
    let pieces: Vec<Vec<char>> =
        name.split(|c| !is_of_name(c)).filter(|piece| is_among(piece)).map(|piece| piece.chars().map(plain).collect()).collect();
    match &pieces[..] {
        [] => Vec::new(),
        [one] => in_one(one),
        [first, .., last] => {
            let [forth, back] = [pieces.concat(), [&last[..], &pieces[..pieces.len() - 1].concat()].concat()];
            let whole =
                [forth, back, [&first[..], last].concat(), [&last[..], first].concat()].into_iter().map(|name| whole(&name));
            let parts = pieces.iter().flat_map(|piece| {
                let family = (piece.len() <= 2).then(|| Sign { signs: piece.clone(), place: Place::Addressed });
                [Some(part(piece)).filter(|_| piece.len() >= 2), family]
            });
            whole.chain(parts.flatten()).collect()
        }
    }
}

/// A name without a space: the whole, what somebody is called among friends, which is the part behind the family's name, and that.
fn in_one(signs: &[char]) -> Vec<Sign> {
    let mut all: Vec<Sign> = Some(whole(signs)).filter(|_| signs.len() >= 2).into_iter().collect();
    let is_east_asian = signs.iter().all(|c| is_han(*c)) || signs.iter().all(|c| is_hangul(*c));
    if is_east_asian && (2..=4).contains(&signs.len()) {
        let given = (1..=2).filter_map(|family| signs.get(family..)).filter(|given| given.len() >= 2);
        all.extend(given.map(part));
        let families = (1..=2).filter(|family| *family < signs.len()).map(|family| signs[..family].to_vec());
        all.extend(families.map(|signs| Sign { signs, place: Place::Addressed }));
    }
    all
}

/// Both parts together: in Hangul two signs are too few to be nothing else.
fn whole(signs: &[char]) -> Sign {
    let is_word = signs.len() <= 2 && signs.iter().all(|c| is_hangul(*c));
    Sign { signs: signs.to_vec(), place: if is_word { Place::OwnWord } else { Place::Anywhere } }
}

fn part(signs: &[char]) -> Sign {
    let is_word = signs.iter().all(|c| is_hangul(*c));
    Sign { signs: signs.to_vec(), place: if is_word { Place::OwnWord } else { Place::Anywhere } }
}

/// A text's signs without the gaps between them: machines put a space where they hear a word.
struct Dense {
    signs: Vec<char>,
    /// Where each stands in the text.
    ranges: Vec<Range<usize>>,
}

impl Dense {
    fn of(text: &str) -> Self {
        let all = text.char_indices().filter(|(_, c)| !is_gap(*c));
        let (signs, ranges) = all.map(|(at, c)| (plain(c), at..at + c.len_utf8())).unzip();
        Dense { signs, ranges }
    }

    /// Whether nothing stands between a sign and the one before it.
    fn sticks(&self, at: usize) -> bool {
        at > 0 && at < self.signs.len() && self.ranges[at - 1].end == self.ranges[at].start
    }

    fn goes_on(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| word.chars().enumerate().all(|(nth, c)| self.signs.get(at + nth) == Some(&c)))
    }

    fn comes_after(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| {
            let count = word.chars().count();
            count <= at && word.chars().zip(&self.signs[at - count..at]).all(|(c, sign)| c == *sign)
        })
    }

    fn is_name(&self, at: Range<usize>, place: Place) -> bool {
        let is_hangul_at = |at: usize| self.signs.get(at).is_some_and(|c| is_hangul(*c));
        let starts_word = !(self.sticks(at.start) && is_hangul_at(at.start - 1));
        let goes_on_in_word = self.sticks(at.end) && is_hangul_at(at.end);
        match place {
            Place::Anywhere => true,
            Place::OwnWord => {
                let is_whole = (at.start + 1..at.end).all(|at| self.sticks(at));
                is_whole && starts_word && (!goes_on_in_word || self.goes_on(at.end, &PARTICLES))
            }
            Place::Addressed => {
                let is_own = is_hangul_at(at.start) && !starts_word;
                !is_own && (self.is_familiar(&at) || self.goes_on(at.end, &ADDRESSES) || self.is_introduced(at))
            }
        }
    }

    /// Whether friends say it so: `小陈`, `老王`, `阿明`.
    fn is_familiar(&self, at: &Range<usize>) -> bool {
        let before = at.start.checked_sub(1).map(|before| self.signs[before]);
        let is_family = at.len() == 1 && is_han(self.signs[at.start]) && !WORDS.contains(&self.signs[at.start]);
        is_family && before.is_some_and(|before| FAMILIAR.contains(&before))
    }

    /// The place with what friends put before it.
    fn with_familiar(&self, at: Range<usize>, place: Place) -> Range<usize> {
        if place == Place::Addressed && self.is_familiar(&at) { at.start - 1..at.end } else { at }
    }

    fn is_introduced(&self, at: Range<usize>) -> bool {
        let start = if at.start > 0 && FAMILIAR.contains(&self.signs[at.start - 1]) { at.start - 1 } else { at.start };
        let ends = self.signs.get(at.end).is_none_or(|c| !c.is_alphanumeric()) || self.goes_on(at.end, &ENDS);
        self.comes_after(start, &INTRODUCTIONS) || ends && self.comes_after(start, &OF_ONESELF)
    }
}

/// Those in order that begin with a sign.
fn beginning_with(signs: &[Sign], first: char) -> &[Sign] {
    let from = signs.partition_point(|sign| sign.signs.first() < Some(&first));
    let count = signs[from..].partition_point(|sign| sign.signs.first() == Some(&first));
    &signs[from..from + count]
}

/// The places at which a name stands in signs.
pub(super) fn names(text: &str, particulars: &Particulars) -> Vec<Redacted> {
    if particulars.signs.is_empty() || text.is_ascii() || !is_among(text) {
        return Vec::new();
    }
    let dense = Dense::of(text);
    let found = dense.signs.iter().enumerate().flat_map(|(at, first)| {
        let rest = &dense.signs[at..];
        let here = beginning_with(&particulars.signs, *first).iter().filter(|sign| rest.starts_with(&sign.signs));
        here.map(move |sign| (at..at + sign.signs.len(), sign.place))
    });
    let found = found.filter(|(at, place)| dense.is_name(at.clone(), *place));
    let bytes = |at: Range<usize>| dense.ranges[at.start].start..dense.ranges[at.end - 1].end;
    found.map(|(at, place)| Redacted { range: bytes(dense.with_familiar(at, place)), what: What::Name }).collect()
}
