//! How long it takes, beside the peers.

use std::fmt::Write as _;
use std::time::Instant;

use earmark::panel::Scores;
use earmark::panel::agreement::{Metric, alpha};
use earmark::panel::components::{Cube, Effect, fit};
use earmark::panel::pairwise::{Comparison, Outcome, Separation, Strengths};

use crate::Chance;
use crate::peers::{Peer, peer};

pub(crate) fn run() {
    println!("speed, best of five, beside the peers on the same numbers");
    ordinal_alpha();
    crossed_model();
    strengths();
}

/// The quickest of five, in milliseconds, with what came out.
pub(crate) fn best<T>(work: impl Fn() -> T) -> (f64, T) {
    let timed = || {
        let start = Instant::now();
        let result = std::hint::black_box(work());
        (start.elapsed().as_secs_f64() * 1e3, result)
    };
    (0..4).fold(timed(), |best, _| {
        let next = timed();
        if next.0 < best.0 { next } else { best }
    })
}

fn told(what: &str, ours: f64, figure: &str, peer: Peer, wanted: f64) {
    match peer {
        Peer::Ran { name, ms, said } => {
            let verdict = if ms / ours >= wanted { "" } else { "  NOT ENOUGH" };
            println!("{what:<44}{ours:>9.2} ms  {figure}");
            println!("{:<44}{ms:>9.2} ms  {said}  {:.0} times as long{verdict}", format!("  {name}"), ms / ours);
        }
        Peer::Absent(why) => println!("{what:<44}{ours:>9.2} ms  {figure}\n  the peer is absent: {why}"),
    }
}

fn ordinal_alpha() {
    let mut chance = Chance::new(1);
    let mut table = Scores::empty(10_000, 6);
    for unit in 0..10_000 {
        let truth = 3.0 + chance.normal();
        for reviewer in 0..6 {
            if chance.unit() >= 0.4 {
                table.set(unit, reviewer, Some((truth + 0.8 * chance.normal()).round().clamp(1.0, 5.0)));
            }
        }
    }
    let (ours, figure) = best(|| alpha(&table, Metric::Ordinal));
    let mut file = String::new();
    (0..table.rows()).for_each(|row| {
        let cells: Vec<String> = table.row(row).iter().map(|cell| cell.map_or("nan".to_owned(), |v| v.to_string())).collect();
        writeln!(file, "{}", cells.join(",")).expect("memory");
    });
    let said = format!("alpha {:.9}", figure.value().expect("known"));
    told("ordinal alpha, 6 x 10,000, 40% missing", ours, &said, peer("krippendorff", &file), 1.0);
}

fn cube(candidates: usize) -> Cube {
    let mut chance = Chance::new(2);
    let mut cube = Cube::empty(candidates, 3, 5);
    let reviewers: Vec<f64> = (0..3).map(|_| 0.5 * chance.normal()).collect();
    let questions: Vec<f64> = (0..5).map(|_| 0.4 * chance.normal()).collect();
    for candidate in 0..candidates {
        let level = 3.0 + 0.8 * chance.normal();
        for (reviewer, severity) in reviewers.iter().enumerate() {
            for (question, difficulty) in questions.iter().enumerate() {
                cube.set(candidate, reviewer, question, Some(level + severity + difficulty + 0.7 * chance.normal()));
            }
        }
    }
    cube
}

fn crossed_model() {
    for (candidates, name) in [(1000, "lme4"), (60, "statsmodels")] {
        let cube = cube(candidates);
        let effects = [Effect::Candidate, Effect::Reviewer, Effect::Question];
        let (ours, fitted) = best(|| fit(&cube, &effects).expect("it settles"));
        let mut file = "candidate,reviewer,question,y\n".to_owned();
        cube.observed().for_each(|(c, r, q, y)| writeln!(file, "c{c},r{r},q{q},{y}").expect("memory"));
        let variances: Vec<String> = fitted.variances.iter().map(|(_, variance)| format!("{variance:.4}")).collect();
        let said = format!("variances {} {:.4}", variances.join(" "), fitted.residual);
        told(&format!("crossed mixed model, {} rows", cube.n()), ours, &said, peer(name, &file), 10.0);
    }
    let mut gaps = cube(1000);
    let mut chance = Chance::new(4);
    (0..1000).for_each(|c| {
        (0..3).for_each(|r| {
            (0..5).for_each(|q| {
                if chance.unit() < 0.2 {
                    gaps.set(c, r, q, None)
                }
            })
        })
    });
    let all = [
        Effect::Candidate,
        Effect::CandidateReviewer,
        Effect::CandidateQuestion,
        Effect::Reviewer,
        Effect::Question,
        Effect::ReviewerQuestion,
    ];
    let (ours, _) = best(|| fit(&gaps, &all).map(|fitted| fitted.residual));
    println!("{:<44}{ours:>9.2} ms", "  with all interactions, 20% missing");
}

fn strengths() {
    let mut chance = Chance::new(3);
    let worth: Vec<f64> = (0..200).map(|_| chance.normal()).collect();
    let comparison = |_| {
        let (a, b) = (chance.below(200), chance.below(199));
        let b = if b >= a { b + 1 } else { b };
        let outcome = if chance.unit() < 1.0 / (1.0 + (worth[b] - worth[a]).exp()) { Outcome::First } else { Outcome::Second };
        Comparison { a, b, outcome }
    };
    let all: Vec<Comparison> = (0..20_000).map(comparison).collect();
    let (ours, fitted) = best(|| Strengths::fit(200, &all, Separation::Ridge(0.1)).expect("it settles"));
    let mut file = String::new();
    for one in &all {
        let (winner, loser) = if one.outcome == Outcome::First { (one.a, one.b) } else { (one.b, one.a) };
        writeln!(file, "{winner},{loser}").expect("memory");
    }
    let said = format!("first strength {:.6}", fitted.log_worth[0]);
    told("Bradley-Terry, 200 items, 20,000 pairs", ours, &said, peer("choix", &file), 50.0);
}
