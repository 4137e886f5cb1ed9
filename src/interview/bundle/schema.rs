//! The JSON Schema of `batch.json`.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::Document;

/// The JSON Schema (draft 2020-12) of `batch.json`; the same text in every run of one version.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document>()
}

/// The schema of one record without references, for checking.
pub(super) fn of<T: JsonSchema>() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
