//! The OpenAPI document, made from the same table as the router and from the types that are sent.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::routes::{ROUTES, Route, Says};

/// The OpenAPI document (3.1) of what the hub answers; the same in every run of one version.
pub fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.verb] = operation(route, &mut schemas);
    }
    let schemas = schemas.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "earmark hub",
            "version": "1",
            "description": "Batches of recorded interviews for other workstations, read-only. A batch is the document that a bundle \
                            has as batch.json, with locators in the place of paths; a locator becomes an address that holds for a \
                            while. Cursors are opaque and belong to the hub that gave them. What is missing from an answer was \
                            not deleted: a batch names in `deleted` whose data was erased here, and is listed among the changes for it.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn operation(route: &Route, schemas: &mut schemars::SchemaGenerator) -> Value {
    let mut operation = json!({ "operationId": route.id, "summary": route.summary });
    let parameters = route.parameters.iter().map(|(place, name, required, description)| {
        json!({ "in": place, "name": name, "required": required, "description": description, "schema": { "type": "string" } })
    });
    let parameters: Vec<Value> = parameters.collect();
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if route.needs_token {
        operation["security"] = json!([{ "token": [] }]);
    }
    if let Some(asks) = route.asks {
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": asks(schemas) } } });
    }
    for (status, description, says) in route.answers {
        let mut answer = json!({ "description": description });
        match says {
            Says::Nothing => {}
            Says::Json(schema) => answer["content"] = json!({ "application/json": { "schema": schema(schemas) } }),
            Says::Bytes => {
                answer["content"] = json!({ "application/octet-stream": {} });
                answer["headers"] = json!({ "ETag": { "schema": { "type": "string" } } });
            }
        }
        operation["responses"][status.to_string()] = answer;
    }
    operation
}
