//! Between which ranks a candidate may stand, or why that cannot be said.

use serde::Serialize;

use super::statistic::Reason;

/// Between which ranks a candidate may truly stand, nine in ten.
#[derive(Clone, PartialEq, Debug)]
pub enum RankRange {
    /// From, to.
    Known {
        /// The better end.
        low: u32,
        /// The worse end.
        high: u32,
        /// Whether it rests on fewer than five reviewers, whose differences are then hardly known.
        rough: bool,
    },
    /// It cannot be said.
    Undefined(Reason),
}

impl RankRange {
    /// From, to.
    pub fn ends(&self) -> Option<(u32, u32)> {
        match self {
            RankRange::Known { low, high, .. } => Some((*low, *high)),
            RankRange::Undefined(_) => None,
        }
    }

    /// Where it lies when so many can be met: one method says the range and who is within the cut.
    pub fn to_the_line(&self, places: usize) -> Option<Side> {
        let (low, high) = self.ends()?;
        Some(match () {
            () if high as usize <= places => Side::Within,
            () if low as usize > places => Side::Below,
            () => Side::Open,
        })
    }
}

/// On which side of the cut line a candidate stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// All of the range is within.
    Within,
    /// It cannot be told apart from the line.
    Open,
    /// All of the range is below.
    Below,
}

impl Serialize for RankRange {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat {
            rank_low: Option<u32>,
            rank_high: Option<u32>,
            rough: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            rank_undefined: Option<Reason>,
        }
        let flat = match self {
            RankRange::Known { low, high, rough } => {
                Flat { rank_low: Some(*low), rank_high: Some(*high), rough: *rough, rank_undefined: None }
            }
            RankRange::Undefined(reason) => Flat { rank_low: None, rank_high: None, rough: true, rank_undefined: Some(*reason) },
        };
        flat.serialize(to)
    }
}
