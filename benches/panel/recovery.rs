//! Whether the figures recover what is known: panels are played with known true scores.

use earmark::panel::adjust::{Gate, Mixed};
use earmark::panel::agreement::spearman;
use earmark::panel::{Key, Panel, Ratings, Scheme, Scores, Statistic, Value};
use earmark::rubric::Point;

use crate::Chance;

/// Variances of candidates and of what is left; points are rounded to 1 to 5.
const CANDIDATES: f64 = 0.7;
const REST: f64 = 0.4;
const PANELS: usize = 300;

/// Candidates, reviewers of each, reviewers.
#[derive(Clone, Copy)]
struct Design(usize, usize, usize);

impl std::fmt::Display for Design {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{} candidates, {} of {}", self.0, self.1, self.2))
    }
}

pub(crate) fn run() {
    println!("\nsaid P(A above B) against what was true, {PANELS} panels a row, reviewers' variance .3");
    println!("{:<28}{:>8} .50-.60 .60-.70 .70-.80 .80-.90 .90-.95 .95-1.0   mean gap", "", "pairs");
    for design in [Design(12, 2, 3), Design(20, 3, 4), Design(20, 2, 6), Design(20, 3, 5), Design(40, 3, 6), Design(60, 2, 8)] {
        calibration(design);
    }
    println!("\nhow often ranges hold the true rank, and intervals the true total; nine in ten are asked, .88 and .80 the least");
    println!("{:<28}{:>8} {:>8} {:>14}", "", "ranks", "totals", "mean range");
    for design in [Design(12, 3, 3), Design(12, 2, 4), Design(20, 5, 5), Design(20, 2, 6), Design(12, 2, 2), Design(60, 2, 8)] {
        ranges(design);
    }
    println!("\nmean Spearman correlation with the true order, {PANELS} panels a row");
    println!("{:<28}{:>5} {:>7} {:>7} {:>7}   short of the better", "", "s2r", "raw", "BLUP", "gated");
    for design in [Design(12, 2, 3), Design(20, 2, 6), Design(20, 3, 4)] {
        for reviewers in [0.0, 0.15, 0.3, 0.6] {
            gate(design, reviewers);
        }
    }
}

/// A panel with the true levels; reviewers are assigned at random.
fn played(design: Design, reviewers: f64, chance: &mut Chance) -> (Scores, Vec<f64>) {
    let Design(n, each, of) = design;
    let levels: Vec<f64> = (0..n).map(|_| CANDIDATES.sqrt() * chance.normal()).collect();
    let lenient: Vec<f64> = (0..of).map(|_| reviewers.sqrt() * chance.normal()).collect();
    let mut scores = Scores::empty(n, of);
    for (candidate, level) in levels.iter().enumerate() {
        for reviewer in chance.some(each, of) {
            let score = (3.0 + level + lenient[reviewer] + REST.sqrt() * chance.normal()).round().clamp(1.0, 5.0);
            scores.set(candidate, reviewer, Some(score));
        }
    }
    (scores, levels)
}

fn calibration(design: Design) {
    const ENDS: [f64; 7] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0 + 1e-9];
    let mut chance = Chance::new(11);
    let mut bins = [(0.0, 0.0, 0.0); 6];
    for _ in 0..PANELS {
        let (scores, levels) = played(design, 0.3, &mut chance);
        let Ok(model) = Mixed::fit(&scores) else { continue };
        for a in 0..levels.len() {
            for b in 0..a {
                let Some(p) = model.p_above(a, b) else { continue };
                let (p, hit) = if p >= 0.5 { (p, levels[a] > levels[b]) } else { (1.0 - p, levels[b] > levels[a]) };
                let bin = (0..6).find(|&bin| p < ENDS[bin + 1]).unwrap_or(5);
                let of: &mut (f64, f64, f64) = &mut bins[bin];
                *of = (of.0 + 1.0, of.1 + p, of.2 + f64::from(u8::from(hit)));
            }
        }
    }
    let pairs: f64 = bins.iter().map(|(n, ..)| n).sum();
    let gap: f64 = bins.iter().map(|(_, said, hits)| (said - hits).abs()).sum::<f64>() / pairs;
    let most = if design.2 >= 5 { 0.02 } else { 0.05 };
    let told = |(n, said, hits): &(f64, f64, f64)| format!("{:+.3}", (hits - said) / n.max(1.0));
    let row: Vec<String> = bins.iter().map(told).collect();
    let verdict = if gap <= most { "within" } else { "NOT WITHIN" };
    println!("{design:<28}{pairs:>8} {}   {gap:.3} {verdict} {most}", row.join("  "));
}

/// Whole rankings of four questions, as `earmark panel --ratings` makes them.
fn ranges(design: Design) {
    let Design(n, each, of) = design;
    let mut chance = Chance::new(13);
    let (mut ranks, mut totals, mut width, mut all) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..PANELS {
        let levels: Vec<f64> = (0..n).map(|_| 0.7 * chance.normal()).collect();
        let lenient: Vec<f64> = (0..of).map(|_| 0.4 * chance.normal()).collect();
        let mut ratings = Ratings::default();
        for (candidate, level) in levels.iter().enumerate() {
            for reviewer in chance.some(each, of) {
                for question in 0..4 {
                    let point = (3.0 + level + lenient[reviewer] + 0.9 * chance.normal()).round().clamp(1.0, 5.0);
                    let key = Key {
                        candidate: format!("c{candidate}").as_str().into(),
                        question: format!("q{question}").parse().expect("an id"),
                        criterion: "depth".parse().expect("an id"),
                        reviewer: format!("r{reviewer}").as_str().into(),
                    };
                    ratings.insert(key, Value::Point(Point::from_value(point).expect("a point")));
                }
            }
        }
        let mut scheme = Scheme::from_values(&ratings);
        (scheme.min, scheme.max) = (1.0, 5.0);
        let panel = Panel::analyse(&ratings, &scheme);
        for (candidate, level) in levels.iter().enumerate() {
            let Some(ranked) = panel.of(&format!("c{candidate}").as_str().into()) else { continue };
            // By chance a small panel can fall into groups that share nobody.
            let (Some((low, high)), Statistic::Known(total)) = (ranked.range.ends(), &ranked.total) else { continue };
            let truth = 1 + levels.iter().filter(|other| *other > level).count() as u32;
            let mean = (100.0 * (2.0 + level) / 4.0).clamp(0.0, 100.0);
            let held = total.low.is_some_and(|low| low <= mean + 1e-9) && total.high.is_some_and(|high| high >= mean - 1e-9);
            ranks += f64::from(u8::from((low..=high).contains(&truth)));
            totals += f64::from(u8::from(held));
            width += f64::from(high - low + 1);
            all += 1.0;
        }
    }
    let (ranks, totals) = (ranks / all, totals / all);
    let verdict = if ranks >= 0.88 && totals >= 0.8 { "within" } else { "NOT WITHIN" };
    println!("{design:<28}{ranks:>8.3} {totals:>8.3} {:>8.1} of {n}   {verdict}", width / all);
}

fn gate(design: Design, reviewers: f64) {
    let mut chance = Chance::new(12);
    let mut sums = [0.0; 3];
    for _ in 0..PANELS {
        let (scores, levels) = played(design, reviewers, &mut chance);
        let raw: Vec<f64> = (0..scores.rows()).map(|row| scores.row_mean(row).unwrap_or_default()).collect();
        let adjusted = Mixed::fit(&scores).map_or_else(|_| raw.clone(), |model| model.candidates);
        let gated = if Gate::default().judge(&scores).adjusts() { &adjusted } else { &raw };
        for (sum, of) in sums.iter_mut().zip([&raw, &adjusted, gated]) {
            *sum += spearman(of, &levels).value().unwrap_or(0.0);
        }
    }
    let [raw, adjusted, gated] = sums.map(|sum| sum / PANELS as f64);
    let short = raw.max(adjusted) - gated;
    let verdict = if short <= 0.005 { "within" } else { "NOT WITHIN" };
    println!("{design:<28}{reviewers:>5} {raw:>7.3} {adjusted:>7.3} {gated:>7.3}   {short:+.4} {verdict} .005");
}
