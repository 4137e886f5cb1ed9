//! The house keeps its floors: DESIGN's table of rooms against the code as it is.

mod paths;
mod rules;
mod table;
mod tokens;

use std::fs;
use std::path::Path;

/// Every Rust file under `folder`, as its path relative to it and its text.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut waiting = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(folder).expect("it was found in the folder");
                let name = name.to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("a source file is UTF-8")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_file_of_the_house_keeps_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.len() > 10, "the sources were not found");
    let mut breaches: Vec<String> =
        files.iter().flat_map(|(file, source)| rules::breaches(file, source)).map(|breach| format!("src/{breach}")).collect();
    for beside in ["tests", "benches"] {
        let files = sources(&root.join(beside));
        breaches.extend(files.iter().flat_map(|(file, source)| rules::shape(&format!("{beside}/{file}"), source)));
    }
    assert!(breaches.is_empty(), "{} broken:\n{}", breaches.len(), breaches.join("\n"));
}

#[test]
fn the_table_lists_each_room_once_and_floor_by_floor() {
    let floors: Vec<u8> = table::ROOMS.iter().map(|room| room.floor).collect();
    assert!(floors.is_sorted(), "{floors:?}");
    for (place, room) in table::ROOMS.iter().enumerate() {
        assert_eq!(table::find(room.name).map(|found| found.0), Some(place), "{} is listed twice", room.name);
    }
}
