//! One cell as a profile wants it: typed, in the target's words, on the target's scale, within its bounds.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::datum::{Datum, rounded};
use crate::export::Cell;
use crate::export::profile::{Column, OnOverflow, OnUnmapped, Range, Type};

/// The longest text that any row may carry, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// Why a cell cannot be delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) reason: String,
    pub(super) remedy: String,
}

/// A cell that was converted, and whether it lost its end.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Converted {
    pub(super) datum: Datum,
    pub(super) cut: bool,
}

fn wrong(reason: impl Into<String>, remedy: impl Into<String>) -> Wrong {
    Wrong { reason: reason.into(), remedy: remedy.into() }
}

/// A cell as the column wants it.
pub(super) fn convert(column: &Column, cell: &Cell) -> Result<Converted, Wrong> {
    let given = Datum::plain(cell);
    let mapped = mapped(column, given)?;
    let typed = if mapped.is_empty() { Datum::Empty } else { typed(column, mapped)? };
    if column.required && typed.is_empty() {
        return Err(wrong("it is empty, and the target requires it", "fill it in, or do not require it in the profile"));
    }
    within_length(column, typed)
}

/// The target's word for earmark's.
fn mapped(column: &Column, given: Datum) -> Result<Datum, Wrong> {
    if column.map.is_empty() || given.is_empty() {
        return Ok(given);
    }
    let word = given.written();
    match (column.map.get(&word), column.on_unmapped) {
        (Some(target), _) => Ok(Datum::Word(target.clone())),
        (None, OnUnmapped::Keep) => Ok(given),
        (None, OnUnmapped::Empty) => Ok(Datum::Empty),
        (None, OnUnmapped::Quarantine) => {
            let known = column.map.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            Err(wrong(format!("\"{}\" is not in the map", short(&word)), format!("add it to `map`, which has {known}")))
        }
    }
}

fn typed(column: &Column, given: Datum) -> Result<Datum, Wrong> {
    match column.kind {
        Type::Text => Ok(match given {
            Datum::Text(_) | Datum::Exact(_) | Datum::Word(_) => given,
            other => Datum::Word(other.written()),
        }),
        Type::Enum => Ok(given),
        Type::Id => id(given),
        Type::Integer | Type::Decimal => number(column, &given),
        Type::Flag => match given.written().as_str() {
            "yes" | "true" => Ok(Datum::Flag(true)),
            "no" | "false" => Ok(Datum::Flag(false)),
            other => Err(wrong(format!("\"{}\" is neither yes nor no", short(other)), "map it, or write type = \"text\"")),
        },
        Type::Date => date(&given.written()),
        Type::Datetime => match given.written().parse::<Timestamp>() {
            Ok(time) => Ok(Datum::Time(time)),
            Err(_) => {
                Err(wrong(format!("\"{}\" is no time", short(&given.written())), "write type = \"text\" to send it as it is"))
            }
        },
    }
}

/// An id goes as it came, or not at all.
fn id(given: Datum) -> Result<Datum, Wrong> {
    let text = given.written();
    if text.chars().any(char::is_control) {
        return Err(wrong("an id holds a control character", "mend it at its source; ids are never changed on the way"));
    }
    if text.trim() != text {
        return Err(wrong("an id begins or ends with a space", "mend it at its source; ids are never changed on the way"));
    }
    Ok(Datum::Exact(text))
}

fn number(column: &Column, given: &Datum) -> Result<Datum, Wrong> {
    let number = match given {
        Datum::Decimal { number, .. } => *number,
        Datum::Integer(number) => *number as f64,
        other => {
            let text = other.written();
            let parsed = text.parse::<f64>().ok().filter(|number| number.is_finite());
            parsed.ok_or_else(|| wrong(format!("\"{}\" is no number", short(&text)), "map the word, or write type = \"text\""))?
        }
    };
    let scaled = match column.scale {
        None => number,
        Some(scaling) => {
            let (from, to) = (scaling.from, scaling.to);
            if number < from.0 || number > from.1 {
                let reason = format!("{number} is not on the scale of {} to {}", from.0, from.1);
                return Err(wrong(reason, "correct `from` in the column's scale"));
            }
            to.0 + (number - from.0) / (from.1 - from.0) * (to.1 - to.0)
        }
    };
    let places = column.round;
    let number = match places {
        Some(places) => rounded(scaled, places),
        None => scaled,
    };
    if let Range::Within(low, high) = column.range
        && !(low..=high).contains(&number)
    {
        return Err(wrong(format!("{number} is outside the target's {low} to {high}"), "give the column a scale that leads there"));
    }
    if column.kind == Type::Integer {
        return match number.fract() == 0.0 && number.abs() < 9e15 {
            true => Ok(Datum::Integer(number as i64)),
            false => Err(wrong(format!("{number} is no whole number"), "add round = 0")),
        };
    }
    Ok(Datum::decimal(number, places))
}

fn date(text: &str) -> Result<Datum, Wrong> {
    let of_time = || text.parse::<Timestamp>().ok().map(|time| time.to_zoned(TimeZone::UTC).date());
    let day = of_time().or_else(|| text.parse::<Date>().ok());
    day.map(Datum::Date).ok_or_else(|| wrong(format!("\"{}\" is no day", short(text)), "write type = \"text\" to send it as it is"))
}

fn within_length(column: &Column, datum: Datum) -> Result<Converted, Wrong> {
    let text = match &datum {
        Datum::Text(text) | Datum::Exact(text) | Datum::Word(text) => text,
        _ => return Ok(Converted { datum, cut: false }),
    };
    let most = column.max_len.unwrap_or(usize::MAX);
    let length = text.chars().count();
    if length <= most && text.len() <= LONGEST {
        return Ok(Converted { datum, cut: false });
    }
    let most = most.min(LONGEST / 4);
    if column.on_overflow == OnOverflow::Cut {
        let kept: String = text.chars().take(most - 1).chain(['…']).collect();
        return Ok(Converted { datum: Datum::Text(kept), cut: true });
    }
    let bound = if column.max_len.is_some() { format!("{most} characters") } else { format!("{LONGEST} bytes") };
    let reason = format!("it has {length} characters, and at most {bound} are taken");
    Err(wrong(reason, "shorten it where it was written, or write on_overflow = \"cut\""))
}

/// The beginning of a text, for messages: no more of it than tells what is meant.
pub(super) fn short(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}
