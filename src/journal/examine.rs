//! Looking through a whole stream for every place at which its chain does not hold.

use crate::interview::{Digest, EventId, WriterId};

use super::{ChainError, Header, Stored};

/// A place at which a stream is not what was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Break {
    /// The number of the event, as far as that can be told.
    pub seq: u64,
    /// The event, where its header can be read.
    pub event: Option<EventId>,
    /// What is wrong.
    pub why: ChainError,
}

/// What was found in one stream.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Examined {
    /// The headers that can be read, in order.
    pub headers: Vec<Header>,
    /// Events that are not here, of a stream in which some may be missing.
    pub missing: u64,
    /// The number and hash with which it ends.
    pub end: (u64, Digest),
    /// Every place at which it is not what was written, the first first.
    pub breaks: Vec<Break>,
}

/// Looks through a stream from its first event to its last and goes on after each place that is wrong. Of a stream `with_gaps`,
/// which was written elsewhere, events may be missing; where one follows another, the chain must hold.
pub fn examine(writer: WriterId, stream: &[(u64, Stored)], with_gaps: bool) -> Examined {
    let mut found = Examined::default();
    let (mut expected, mut prev) = (1, Some(Digest::default()));
    for (seq, stored) in stream {
        let mut wrong = |event, why| found.breaks.push(Break { seq: *seq, event, why });
        match stored.read_header() {
            Err(why) => wrong(stored.said_id(), why),
            Ok(header) => {
                let event = Some(header.id);
                if header.writer != writer {
                    wrong(event, ChainError::Stranger { writer, found: header.writer });
                } else if header.seq != *seq {
                    wrong(event, ChainError::Gap { writer, expected: *seq, found: header.seq });
                } else if *seq < expected || (*seq > expected && !with_gaps) {
                    wrong(event, ChainError::Gap { writer, expected, found: *seq });
                } else if *seq == expected && prev.is_some_and(|prev| prev != header.prev) {
                    wrong(event, ChainError::Broken { writer, seq: *seq });
                }
                found.headers.push(header);
            }
        }
        if with_gaps {
            found.missing += seq.saturating_sub(expected);
        }
        found.end = (*seq, stored.hash);
        (expected, prev) = (seq + 1, Some(stored.hash));
    }
    found
}

impl Stored {
    /// The id that the header says, whether or not the bytes are what was written.
    fn said_id(&self) -> Option<EventId> {
        serde_json::from_slice::<Header>(&self.header).ok().map(|header| header.id)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::interview::ReviewerId;
    use crate::journal::SCHEMA;

    fn writer() -> WriterId {
        WriterId::derive(&["one"])
    }

    fn stream(events: u64) -> Vec<(u64, Stored)> {
        let mut prev = Digest::default();
        (1..=events)
            .map(|seq| {
                let header = Header {
                    schema: SCHEMA,
                    id: EventId::derive(&["event", &seq.to_string()]),
                    author: ReviewerId::derive(&["someone"]),
                    writer: writer(),
                    seq,
                    prev,
                    base: None,
                    at: Timestamp::UNIX_EPOCH,
                    after: None,
                    batch: None,
                    subject: None,
                    kind: "drafted".into(),
                };
                let stored = Stored::new(&header, format!("body {seq}").into_bytes());
                prev = stored.hash;
                (seq, stored)
            })
            .collect()
    }

    fn breaks(stream: &[(u64, Stored)], with_gaps: bool) -> Vec<u64> {
        examine(writer(), stream, with_gaps).breaks.iter().map(|found| found.seq).collect()
    }

    #[test]
    fn every_change_loss_and_move_is_found_at_its_number_and_what_follows_is_not_blamed() {
        let whole = stream(6);
        assert_eq!(examine(writer(), &whole, false).breaks, []);
        assert_eq!(examine(writer(), &whole, false).end, (6, whole[5].1.hash));
        let mut changed = whole.clone();
        changed[1].1.body[0] ^= 1;
        changed[4].1.header[20] ^= 1;
        assert_eq!(breaks(&changed, false), [2, 5], "two places are named, not only the first");
        let mut lost = whole.clone();
        lost.remove(2);
        assert_eq!(breaks(&lost, false), [4]);
        let mut moved = whole.clone();
        let (second, third) = (moved[1].1.clone(), moved[2].1.clone());
        (moved[1].1, moved[2].1) = (third, second);
        assert_eq!(breaks(&moved, false)[..2], [2, 3]);
        let mut doubled = whole.clone();
        doubled.insert(3, whole[2].clone());
        assert_eq!(breaks(&doubled, false), [3]);
    }

    #[test]
    fn an_event_that_was_written_anew_with_a_right_hash_is_found_by_the_one_after_it() {
        let mut forged = stream(4);
        let mut header = forged[1].1.read_header().expect("it is whole");
        header.kind = "rated".into();
        forged[1].1 = Stored::new(&header, b"another".to_vec());
        assert_eq!(breaks(&forged, false), [3]);
        assert_eq!(breaks(&forged, true), [3]);
    }

    #[test]
    fn what_was_written_elsewhere_may_lack_events_and_they_are_counted() {
        let mut known = stream(6);
        known.drain(1..3);
        let found = examine(writer(), &known, true);
        assert_eq!((found.breaks.len(), found.missing, found.headers.len()), (0, 2, 4));
        assert_eq!(breaks(&known, false), [4]);
    }

    #[test]
    fn an_event_of_another_stream_is_a_stranger() {
        let found = examine(WriterId::derive(&["two"]), &stream(1), false);
        assert!(matches!(found.breaks[0].why, ChainError::Stranger { .. }));
    }
}
