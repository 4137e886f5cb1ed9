//! What a reviewer gives: a point on the scale, or that there was nothing to judge.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a reviewer observed for a criterion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// A point on the scale.
    Point(Point),
    /// The answer gave no chance to see it (`NO`).
    NotObserved,
    /// The recording cannot be judged (`TF`).
    TechnicalFault,
}

/// A point on a scale, in halves, so that half points are exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Point {
    halves: i16,
}

/// A number that is no point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a point is a whole or a half number between -999 and 999, not {0:?}")]
pub struct PointError(pub String);

impl Point {
    /// A whole point.
    pub fn whole(value: i16) -> Self {
        Point { halves: value.saturating_mul(2) }
    }

    /// Half a point higher or lower.
    pub fn halves(halves: i16) -> Self {
        Point { halves }
    }

    /// The number, for computing.
    pub fn value(self) -> f64 {
        f64::from(self.halves) / 2.0
    }

    /// Whether it lies between two whole points.
    pub fn is_half(self) -> bool {
        self.halves % 2 != 0
    }

    /// The point with this number.
    pub fn from_value(value: f64) -> Result<Self, PointError> {
        let halves = value * 2.0;
        if halves.fract() == 0.0 && halves.abs() <= 1998.0 {
            Ok(Point { halves: halves as i16 })
        } else {
            Err(PointError(value.to_string()))
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.value().to_string())
    }
}

impl FromStr for Point {
    type Err = PointError;
    fn from_str(text: &str) -> Result<Self, PointError> {
        let wrong = || PointError(text.to_owned());
        // As people write numbers: `1e1` is a slip.
        let value: f64 = text.trim().parse().ok().filter(|_| !text.contains(['e', 'E'])).ok_or_else(wrong)?;
        Point::from_value(value).map_err(|_| wrong())
    }
}

impl Serialize for Point {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.is_half() { to.serialize_f64(self.value()) } else { to.serialize_i16(self.halves / 2) }
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Point::from_value(f64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_whole_or_half() {
        assert_eq!("4.5".parse::<Point>().map(Point::value), Ok(4.5));
        assert!("4.3".parse::<Point>().is_err());
        assert!("NaN".parse::<Point>().is_err());
        assert!("1e0".parse::<Point>().is_err() && "1E0".parse::<Point>().is_err());
        assert_eq!(serde_json::to_string(&Point::whole(3)).ok().as_deref(), Some("3"));
    }
}
