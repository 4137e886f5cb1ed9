//! The fields that profiles may name: the tables' columns, and what stands beside them.

use super::model::{PERSONAL, Shape};
use crate::export::{long_columns, wide_columns};

/// Beside the table's columns, in every row; the last three only where the table has none of its own.
pub const BESIDE: [&str; 7] =
    ["submission", "batch", "batch_title", "requisition_title", "application_id", "application_system", "requisition"];

/// Which scale a field's numbers are on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// 0 to 100.
    Percent,
    /// The rubric's points.
    Points,
}

/// The names that a column may come from; `QUESTION`, `CRITERION` and `ID` stand for the rubric's own.
pub fn known_fields(shape: Shape) -> Vec<String> {
    let of_table = match shape {
        Shape::Wide => wide_columns(),
        Shape::Long => long_columns(),
    };
    let beside = BESIDE.iter().chain(&PERSONAL).map(|name| (*name).to_owned());
    let mut names: Vec<String> = of_table.into_iter().map(|about| about.name).collect();
    for name in beside {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether a column may come from a field of this name.
pub(super) fn is_known(shape: Shape, name: &str) -> bool {
    let general = name.replace("{question}", "QUESTION").replace("{criterion}", "CRITERION").replace("{must_have}", "ID");
    // A further id that the ATS wants back, and whatever the batch calls it.
    let of_ats = general.strip_prefix("id.").is_some_and(|rest| !rest.is_empty());
    of_ats || known_fields(shape).iter().any(|known| *known == general || is_one_of(known, &general))
}

/// Whether a name such as `q1.depth.mean` or `must_have.rota` is of the kind `QUESTION.CRITERION.mean` or `must_have.ID`.
fn is_one_of(kind: &str, name: &str) -> bool {
    let (kinds, names): (Vec<&str>, Vec<&str>) = (kind.split('.').collect(), name.split('.').collect());
    let fits = |(kind, name): (&&str, &&str)| {
        if matches!(*kind, "QUESTION" | "CRITERION" | "ID") { !name.is_empty() && !name.contains(['{', '}']) } else { kind == name }
    };
    kinds.len() > 1 && kinds.len() == names.len() && kinds.iter().zip(&names).all(fits)
}

/// On which scale the numbers of a field are; none where they are no scores.
pub fn own_range(field: &str) -> Option<Own> {
    match field {
        "total" | "total_low" | "total_high" => Some(Own::Percent),
        "mean_points" | "value" | "revised_from" => Some(Own::Points),
        other => {
            let parts: Vec<&str> = other.split('.').collect();
            matches!(parts.as_slice(), [_, _, "mean" | "min" | "max"]).then_some(Own::Points)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_by_its_name_or_its_kind() {
        for (name, known) in [
            ("total", true),
            ("{question}.{criterion}.mean", true),
            ("q1.depth.n", true),
            ("q1.depth.nn", false),
            ("must_have.{must_have}", true),
            ("id.candidate_id", true),
            ("id.", false),
            ("email", true),
            ("evidence_quote", false),
        ] {
            assert_eq!(is_known(Shape::Wide, name), known, "{name}");
        }
        assert!(is_known(Shape::Long, "evidence_quote"));
    }

    #[test]
    fn scores_are_told_from_other_numbers() {
        assert_eq!(own_range("total"), Some(Own::Percent));
        assert_eq!(own_range("{question}.{criterion}.max"), Some(Own::Points));
        assert_eq!((own_range("q1.depth.n"), own_range("rank"), own_range("spread")), (None, None, None));
    }
}
