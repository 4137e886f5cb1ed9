//! A figure that is known with what it rests on, or undefined with the reason; never NaN.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A figure that may not exist.
#[derive(Clone, PartialEq, Debug)]
pub enum Statistic {
    /// It exists.
    Known(Known),
    /// It does not.
    Undefined(Reason),
}

/// A figure and what it rests on.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Known {
    /// The estimate; finite.
    pub value: f64,
    /// The lower end of its interval, where there is one.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many observations it rests on; of what, the method says.
    pub n: usize,
    /// How it was computed.
    pub method: String,
}

/// Why a figure does not exist.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Reason {
    /// Nothing was rated by two.
    NoPairs,
    /// The machine gave no point beside people's.
    NothingProposed,
    /// All values are the same.
    NoVariation,
    /// Fewer observations than it needs.
    TooFew,
    /// The reviewers' candidates do not hang together, or what they rated of them does not.
    Disconnected,
    /// One side always wins.
    Separated,
    /// The computation did not settle.
    NotConverged,
    /// The policy for missing data leaves no figure, or data that it needs is absent.
    PolicyMissing,
}

impl Reason {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Reason::NoPairs => "nothing was rated by two reviewers",
            Reason::NothingProposed => "the machine gave no point where people rated",
            Reason::NoVariation => "all values are the same",
            Reason::TooFew => "too few ratings to say",
            Reason::Disconnected => "reviewers and candidates fall into groups that share nobody",
            Reason::Separated => "one side always wins",
            Reason::NotConverged => "the computation did not settle",
            Reason::PolicyMissing => "the policy for missing data leaves no figure",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

impl Statistic {
    /// A figure without interval. What is not finite is a fault of the computation and becomes undefined.
    pub fn known(value: f64, n: usize, method: &str) -> Self {
        if value.is_finite() {
            Statistic::Known(Known { value, low: None, high: None, n, method: method.to_owned() })
        } else {
            Statistic::Undefined(Reason::NotConverged)
        }
    }

    /// The same figure with an interval, which holds it: that of a resampling may lie beside. One without width is left out: it would
    /// say that nothing is unsure, where the method has nothing to tell it by.
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        if let Statistic::Known(known) = &mut self
            && low.is_finite()
            && high.is_finite()
            && high - low > 1e-9 * (1.0 + known.value.abs())
        {
            (known.low, known.high) = (Some(low.min(known.value)), Some(high.max(known.value)));
        }
        self
    }

    /// The same figure with an interval of this half width, as far as it lies between the ends; `how` is added to the method.
    #[must_use]
    pub fn about(mut self, half: f64, ends: (f64, f64), how: &str) -> Self {
        if let Statistic::Known(known) = &mut self
            && half.is_finite()
        {
            (known.low, known.high) = (Some((known.value - half).max(ends.0)), Some((known.value + half).min(ends.1)));
            known.method = format!("{}; {how}", known.method);
        }
        self
    }

    /// The figure, where it exists.
    pub fn value(&self) -> Option<f64> {
        match self {
            Statistic::Known(known) => Some(known.value),
            Statistic::Undefined(_) => None,
        }
    }
}

/// `{"value", "low", "high", "n", "method"}`, or `{"undefined": reason}`.
impl Serialize for Statistic {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Statistic::Known(known) => known.serialize(to),
            Statistic::Undefined(reason) => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("undefined", reason)?;
                map.end()
            }
        }
    }
}
