//! The rubrics that come with the program: every `.toml` file of `rubrics/`.

use include_dir::{Dir, include_dir};

static RUBRICS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rubrics");

/// A rubric that comes with the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shipped {
    /// The file's name without `.toml`; what people call it on the command line.
    pub name: &'static str,
    /// The file's name.
    pub file: &'static str,
    /// The TOML; read it with [`super::Rubric::read`].
    pub text: &'static str,
}

/// All shipped rubrics, by name.
pub fn shipped() -> Vec<Shipped> {
    let as_shipped = |file: &'static include_dir::File<'static>| {
        let name = file.path().to_str()?;
        Some(Shipped { name: name.strip_suffix(".toml")?, file: name, text: file.contents_utf8()? })
    };
    let mut all: Vec<Shipped> = RUBRICS.files().filter_map(as_shipped).collect();
    all.sort_by_key(|shipped| shipped.name);
    all
}

/// The shipped rubric of this name, with or without `.toml`.
pub fn shipped_as(name: &str) -> Option<Shipped> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    shipped().into_iter().find(|shipped| shipped.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rubric::Rubric;

    #[test]
    fn every_shipped_rubric_is_read_without_problem_or_warning_and_names_each_criterion_once() {
        for shipped in shipped() {
            let reading =
                Rubric::read(shipped.file, shipped.text).unwrap_or_else(|problems| panic!("{}: {problems:#?}", shipped.file));
            assert_eq!(reading.warnings, [], "{}", shipped.file);
            let mut ids = HashSet::new();
            for (_, criterion) in reading.rubric.criteria() {
                assert!(ids.insert(criterion.id.clone()), "{}: {} twice", shipped.file, criterion.id);
            }
            assert_eq!(shipped_as(shipped.name), Some(shipped));
        }
    }

    #[test]
    fn every_shipped_rubric_is_complete_enough_to_be_used_tomorrow() {
        for shipped in shipped() {
            let rubric = Rubric::read(shipped.file, shipped.text).expect("a test above reads it").rubric;
            assert_eq!(rubric.id.as_str(), shipped.name);
            assert!(!rubric.must_haves.is_empty(), "{}", shipped.file);
            let kinds: HashSet<&str> =
                rubric.questions.iter().filter_map(|question| question.category.as_ref()).map(|kind| kind.as_str()).collect();
            assert_eq!(kinds, HashSet::from(["past-behaviour", "situational", "work-sample"]), "{}", shipped.file);
            for question in &rubric.questions {
                let at = format!("{}: {}", shipped.file, question.id);
                let timed = question.think_seconds.is_some() && question.answer_seconds.is_some() && question.retakes.is_some();
                assert!(timed && question.probe_hint.is_some() && (1..=3).contains(&question.criteria.len()), "{at}");
                assert!(question.criteria.iter().any(|criterion| criterion.weight >= 1.0), "{at}");
                for criterion in &question.criteria {
                    assert_eq!(criterion.anchors.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4, 5], "{at}: {}", criterion.id);
                    assert!(criterion.competency.is_some() && !criterion.look_for.is_empty(), "{at}: {}", criterion.id);
                }
            }
        }
    }

    #[test]
    fn the_list_of_shipped_rubrics_names_each_and_no_other() {
        let list = include_str!("../../rubrics/README.md");
        let rows: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(rows, shipped().iter().map(|shipped| shipped.name).collect::<Vec<_>>());
    }
}
