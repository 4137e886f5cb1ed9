//! What was cut off: what lies under a file's name is the beginning of the very bytes that were sent.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::items::{Job, items};
use super::send::with_arrived;
use super::settle::{Found, Parcel};
use super::store::{Store, StoreError, Trouble};
use crate::export::dialect::CellText;
use crate::export::mapping::{Datum, MappedRow, PlannedFile, files};
use crate::interview::Digest;
use crate::library::Delivered;

/// Whether what lies under a name is the beginning of these bytes, and not all of them.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn begins(store: &mut Store, name: &str, bytes: &[u8]) -> Result<bool, StoreError> {
    let seen = store.look_whole(name).await?;
    let beginning = seen.bytes.and_then(|length| bytes.get(..usize::try_from(length).ok()?));
    let is_beginning = |beginning: &[u8]| seen.sha256 == Some(Digest::of(beginning)) && beginning.len() < bytes.len();
    Ok(beginning.is_some_and(is_beginning))
}

/// What was found of a file in whose way another lies: its own beginning is no other, and is written over by the whole; and another is
/// written over where somebody says so.
pub(super) async fn unless_cut_off(store: &mut Store, found: Found, parcel: &Parcel, bytes: Option<&[u8]>, replace: bool) -> Found {
    let Found::Unsure(why) = found else { return found };
    if why.trouble != Trouble::InTheWay {
        return Found::Unsure(why);
    }
    let is_ours = match bytes {
        Some(bytes) => begins(store, &parcel.name, bytes).await.unwrap_or(false),
        None => false,
    };
    if is_ours || replace { Found::Not } else { Found::Unsure(why) }
}

/// The very file that entries were sent in; none where their rows are not any more as they were.
pub(super) fn made_again(job: &Job, parcel: &Parcel, entries: &[&Delivered], ledger: &[Delivered]) -> Option<PlannedFile> {
    let all = items(job).ok()?.items;
    let is_in = |object: &str, digest: Digest| entries.iter().any(|entry| entry.digest == digest && entry.is_about(object));
    let rows: Vec<usize> = all.iter().filter(|item| is_in(&item.object, item.digest)).map(|item| item.row).collect();
    let made = files(job.profile, job.mapped, &with_arrived(job, &rows, ledger).ok()?, job.title).ok()?;
    made.into_iter().find(|file| file.sha256 == parcel.sha256)
}

/// The bytes of the file that was delivered last under a name, made again from what the ledger kept of its rows; none where these are not
/// the very bytes, as where somebody in it was erased since.
pub(super) fn as_delivered(job: &Job, name: &str, ledger: &[Delivered]) -> Option<Vec<u8>> {
    let of_name = |entry: &Delivered| Parcel::read(entry.parcel.as_deref()?).filter(|parcel| parcel.name == name);
    let arrived = || ledger.iter().filter(|entry| entry.state.arrived());
    let last = arrived().filter_map(of_name).next_back()?;
    let now: BTreeMap<&str, &MappedRow> = job.mapped.rows.iter().map(|row| (row.key.as_str(), row)).collect();
    let mut rows: IndexMap<&str, Vec<CellText>> = IndexMap::new();
    for entry in arrived().filter(|entry| of_name(entry).is_some_and(|parcel| parcel.is_same(&last))) {
        let (object, detail) = entry.detail.as_ref()?;
        rows.insert(object, cells(job, now.get(object.as_str()).copied(), detail["values"].as_object()?)?);
    }
    let rows: Vec<&[CellText]> = rows.values().map(Vec::as_slice).collect();
    let bytes = job.profile.dialect.file(&job.mapped.columns, &rows).bytes;
    (Digest::of(&bytes) == last.sha256).then_some(bytes)
}

/// A row's cells from its values; `now` is what the row is now, where it is one.
fn cells(job: &Job, now: Option<&MappedRow>, values: &Map<String, Value>) -> Option<Vec<CellText>> {
    let as_now = now.map(|row| job.mapped.values(row));
    let cell = |(at, column): (usize, &String)| {
        let value = values.get(column)?;
        let same = now.filter(|_| as_now.as_ref().is_some_and(|as_now| as_now.get(column) == Some(value)));
        if let Some(cell) = same.and_then(|row| row.cells.get(at)) {
            return Some(cell.clone());
        }
        let of_column = now.into_iter().chain(&job.mapped.rows).filter_map(|row| row.data.get(at));
        let like = of_column.into_iter().find(|datum| !datum.is_empty());
        job.profile.dialect.cell(&datum(value, like.unwrap_or(&Datum::Empty))?).ok()
    };
    job.mapped.columns.iter().enumerate().map(cell).collect()
}

/// A value as it was before it was kept as JSON, of the kind of another one of its column.
fn datum(value: &Value, like: &Datum) -> Option<Datum> {
    Some(match (value, like) {
        (Value::Null, _) => Datum::Empty,
        (Value::Bool(flag), _) => Datum::Flag(*flag),
        (Value::Number(number), Datum::Decimal { places, .. }) => Datum::decimal(number.as_f64()?, *places),
        (Value::Number(number), _) => number.as_i64().map_or(Datum::decimal(number.as_f64()?, None), Datum::Integer),
        // A time is kept as the file had it.
        (Value::String(text), Datum::Word(_) | Datum::Date(_) | Datum::Time(_)) => Datum::Word(text.clone()),
        (Value::String(text), Datum::Exact(_)) => Datum::Exact(text.clone()),
        (Value::String(text), _) => Datum::Text(text.clone()),
        _ => return None,
    })
}
