//! Rows as a long table has them: ids, points, comments of which some are at risk, times.

use earmark::export::Cell;

/// Twelve columns of the long table.
pub(crate) const COLUMNS: [&str; 12] = [
    "candidate",
    "question",
    "criterion",
    "reviewer",
    "value",
    "weight",
    "scale_min",
    "scale_max",
    "comment",
    "heard_share",
    "rated_at",
    "names_hidden",
];

/// So many rows that no cache holds a single one of them, and few enough to lie in memory.
pub(crate) fn some() -> Vec<Vec<Cell>> {
    (0..4096).map(row).collect()
}

fn row(at: usize) -> Vec<Cell> {
    const COMMENTS: [&str; 8] = [
        "",
        "",
        "Named the log file and what was in it.",
        "Said \"it depends\", then named three cases, one of them ours",
        "- no example, although asked for one",
        "Erklärte die Störung Schritt für Schritt; fragte zurück",
        "First: what changed?\nThen: who else sees it?",
        "=1+1",
    ];
    let comment = COMMENTS[at * 7 % COMMENTS.len()];
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    vec![
        Cell::Id(format!("cand-{:06}", at / 32)),
        Cell::Id(format!("q{}-outage", at / 8 % 4 + 1)),
        Cell::Id(["diagnosis", "communication"][at / 4 % 2].to_owned()),
        Cell::Id(format!("R{}", at % 4 + 1)),
        if at.is_multiple_of(23) { Cell::Word("NO".to_owned()) } else { Cell::Number((at % 9) as f64 / 2.0 + 1.0) },
        Cell::Number([1.0, 3.0, 2.5][at % 3]),
        Cell::Integer(1),
        Cell::Integer(5),
        text(comment),
        Cell::number(Some((at % 97) as f64 / 97.0)),
        Cell::Word(format!("2026-03-{:02}T{:02}:{:02}:17Z", at % 28 + 1, at % 24, at % 60)),
        Cell::yes(!at.is_multiple_of(11)),
    ]
}
