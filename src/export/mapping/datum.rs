//! A value as an ATS is to get it: typed, scaled and rounded, before it is written as a cell or as JSON.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Number, Value, json};

use crate::export::Cell;

/// One mapped value.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum {
    /// What a person wrote.
    Text(String),
    /// An id of another system: every character counts.
    Exact(String),
    /// A word of earmark's or of the profile's own.
    Word(String),
    /// A number; `places` decimals where the profile says how many.
    Decimal {
        /// Finite, rounded already.
        number: f64,
        /// Decimals that are written, also where they are zeros.
        places: Option<u32>,
    },
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(Date),
    /// A moment.
    Time(Timestamp),
    /// Nothing.
    Empty,
}

impl Datum {
    /// A number, rounded half away from zero to so many decimals; to six where none are said.
    pub fn decimal(number: f64, places: Option<u32>) -> Self {
        Datum::Decimal { number: rounded(number, places.unwrap_or(6)), places }
    }

    /// A cell of a table as it is.
    pub fn plain(cell: &Cell) -> Self {
        match cell {
            Cell::Text(text) => Datum::Text(text.clone()),
            Cell::Id(text) => Datum::Exact(text.clone()),
            Cell::Word(text) => Datum::Word(text.clone()),
            Cell::Number(number) => Datum::decimal(*number, None),
            Cell::Integer(number) => Datum::Integer(*number),
            Cell::Empty => Datum::Empty,
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        match self {
            Datum::Text(text) | Datum::Exact(text) | Datum::Word(text) => text.is_empty(),
            Datum::Empty => true,
            _ => false,
        }
    }

    /// The value as text, in the way of machines.
    pub fn written(&self) -> String {
        match self {
            Datum::Text(text) | Datum::Exact(text) | Datum::Word(text) => text.clone(),
            Datum::Decimal { number, places: Some(places) } => format!("{number:.*}", *places as usize),
            Datum::Decimal { number, places: None } => number.to_string(),
            Datum::Integer(number) => number.to_string(),
            Datum::Flag(flag) => flag.to_string(),
            Datum::Date(date) => date.to_string(),
            Datum::Time(time) => time.to_string(),
            Datum::Empty => String::new(),
        }
    }

    /// The value as JSON: a whole number has no decimals, nothing is null.
    pub fn to_json(&self) -> Value {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self {
            Datum::Decimal { number, .. } if number.fract() == 0.0 && number.abs() < EXACT => json!(*number as i64),
            Datum::Decimal { number, .. } => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Datum::Integer(number) => json!(number),
            Datum::Flag(flag) => json!(flag),
            Datum::Empty => Value::Null,
            other => json!(other.written()),
        }
    }
}

/// Rounds half away from zero, by the digits that people see: 2.675 to two decimals is 2.68.
pub(super) fn rounded(number: f64, places: u32) -> f64 {
    let factor = 10f64.powi(places.min(9) as i32);
    let scaled = number * factor;
    // What is a half but for the last bits of the binary fraction counts as a half.
    let nudged = scaled + scaled.signum() * scaled.abs() * 4.0 * f64::EPSILON;
    let whole = nudged.round();
    // Adding zero turns -0 into 0.
    if scaled.is_finite() { whole / factor + 0.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_people_round_them() {
        for (number, places, written) in
            [(2.675, 2, "2.68"), (-2.5, 0, "-3"), (1.005, 2, "1.01"), (81.25, 1, "81.3"), (-0.004, 2, "0.00"), (4.0, 2, "4.00")]
        {
            assert_eq!(Datum::decimal(number, Some(places)).written(), written);
        }
    }

    #[test]
    fn a_whole_number_has_no_decimals_in_json() {
        assert_eq!(Datum::decimal(4.0, Some(2)).to_json().to_string(), "4");
        assert_eq!(Datum::decimal(4.25, Some(2)).to_json().to_string(), "4.25");
        assert_eq!(Datum::Exact("007".into()).to_json().to_string(), "\"007\"");
    }
}
