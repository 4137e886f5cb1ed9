//! Components of variance of complete designs, from mean squares. Negative ones are kept: whoever plans takes them as 0.

use crate::panel::icc::MeanSquares;
use crate::panel::scores::Scores;
use crate::panel::statistic::Reason;

use super::cube::Cube;

/// Candidates × reviewers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OneFacet {
    /// Between candidates.
    pub candidate: f64,
    /// Between reviewers: leniency.
    pub reviewer: f64,
    /// What is left.
    pub residual: f64,
}

impl OneFacet {
    /// # Errors
    ///
    /// `TooFew` with one candidate or reviewer, `PolicyMissing` when a cell is missing.
    pub fn of(scores: &Scores) -> Result<Self, Reason> {
        let MeanSquares { n, k, rows, columns, error, .. } = MeanSquares::of(scores)?;
        Ok(OneFacet { candidate: (rows - error) / k as f64, reviewer: (columns - error) / n as f64, residual: error })
    }
}

/// Candidates × reviewers × questions, all random.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ThreeWay {
    /// Between candidates.
    pub candidate: f64,
    /// Between reviewers.
    pub reviewer: f64,
    /// Between questions.
    pub question: f64,
    /// Candidates are seen differently by reviewers.
    pub candidate_reviewer: f64,
    /// Candidates do differently in questions.
    pub candidate_question: f64,
    /// Reviewers are lenient in some questions.
    pub reviewer_question: f64,
    /// What is left.
    pub residual: f64,
}

impl ThreeWay {
    /// # Errors
    ///
    /// `TooFew` with one candidate, reviewer or question, `PolicyMissing` when a cell is missing.
    pub fn of(cube: &Cube) -> Result<Self, Reason> {
        let (p, r, q) = cube.size();
        if p < 2 || r < 2 || q < 2 {
            return Err(Reason::TooFew);
        }
        if !cube.is_complete() {
            return Err(Reason::PolicyMissing);
        }
        let squares = Squares::of(cube);
        let (pf, rf, qf) = (p as f64, r as f64, q as f64);
        let (p1, r1, q1) = (pf - 1.0, rf - 1.0, qf - 1.0);
        let (ms_p, ms_r, ms_q) = (rf * qf * squares.p / p1, pf * qf * squares.r / r1, pf * rf * squares.q / q1);
        let (ms_pr, ms_pq) = (qf * squares.pr / (p1 * r1), rf * squares.pq / (p1 * q1));
        let (ms_rq, ms_e) = (pf * squares.rq / (r1 * q1), squares.prq / (p1 * r1 * q1));
        Ok(ThreeWay {
            candidate: (ms_p - ms_pr - ms_pq + ms_e) / (rf * qf),
            reviewer: (ms_r - ms_pr - ms_rq + ms_e) / (pf * qf),
            question: (ms_q - ms_pq - ms_rq + ms_e) / (pf * rf),
            candidate_reviewer: (ms_pr - ms_e) / qf,
            candidate_question: (ms_pq - ms_e) / rf,
            reviewer_question: (ms_rq - ms_e) / pf,
            residual: ms_e,
        })
    }

    /// The same with 0 for what is negative, for planning.
    #[must_use]
    pub fn floored(self) -> Self {
        ThreeWay {
            candidate: self.candidate.max(0.0),
            reviewer: self.reviewer.max(0.0),
            question: self.question.max(0.0),
            candidate_reviewer: self.candidate_reviewer.max(0.0),
            candidate_question: self.candidate_question.max(0.0),
            reviewer_question: self.reviewer_question.max(0.0),
            residual: self.residual.max(0.0),
        }
    }
}

/// Sums of squared effects, each effect counted once.
struct Squares {
    p: f64,
    r: f64,
    q: f64,
    pr: f64,
    pq: f64,
    rq: f64,
    prq: f64,
}

impl Squares {
    fn of(cube: &Cube) -> Self {
        let (p, r, q) = cube.size();
        let mean = |c: Option<usize>, r: Option<usize>, q: Option<usize>| cube.mean(c, r, q).unwrap_or_default();
        let grand = mean(None, None, None);
        let of_p: Vec<f64> = (0..p).map(|c| mean(Some(c), None, None) - grand).collect();
        let of_r: Vec<f64> = (0..r).map(|at| mean(None, Some(at), None) - grand).collect();
        let of_q: Vec<f64> = (0..q).map(|at| mean(None, None, Some(at)) - grand).collect();
        let pr = table(p, r, |c, at| mean(Some(c), Some(at), None) - grand - of_p[c] - of_r[at]);
        let pq = table(p, q, |c, at| mean(Some(c), None, Some(at)) - grand - of_p[c] - of_q[at]);
        let rq = table(r, q, |of, at| mean(None, Some(of), Some(at)) - grand - of_r[of] - of_q[at]);
        let rest = |(c, of, at, value): (usize, usize, usize, f64)| {
            value - grand - of_p[c] - of_r[of] - of_q[at] - pr[c][of] - pq[c][at] - rq[of][at]
        };
        let flat = |table: &[Vec<f64>]| table.iter().map(|row| sum(row)).sum();
        let prq = cube.observed().map(|cell| rest(cell).powi(2)).sum();
        Squares { p: sum(&of_p), r: sum(&of_r), q: sum(&of_q), pr: flat(&pr), pq: flat(&pq), rq: flat(&rq), prq }
    }
}

fn table(rows: usize, columns: usize, cell: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect()
}

fn sum(effects: &[f64]) -> f64 {
    effects.iter().map(|effect| effect * effect).sum()
}
