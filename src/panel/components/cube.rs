//! One value for each candidate, reviewer and question, with gaps.

use crate::panel::scores::{Scores, mean};

/// Candidates × reviewers × questions.
#[derive(Clone, PartialEq, Debug)]
pub struct Cube {
    candidates: usize,
    reviewers: usize,
    questions: usize,
    cells: Vec<Option<f64>>,
}

impl Cube {
    /// A cube without any value.
    pub fn empty(candidates: usize, reviewers: usize, questions: usize) -> Self {
        Cube { candidates, reviewers, questions, cells: vec![None; candidates * reviewers * questions] }
    }

    /// A table as a cube of one question.
    pub fn of_scores(scores: &Scores) -> Self {
        let mut cube = Cube::empty(scores.rows(), scores.columns(), 1);
        scores.observed().for_each(|(candidate, reviewer, value)| cube.set(candidate, reviewer, 0, Some(value)));
        cube
    }

    /// How many candidates, reviewers and questions there are.
    pub fn size(&self) -> (usize, usize, usize) {
        (self.candidates, self.reviewers, self.questions)
    }

    /// Puts a value into a cell, or takes it out. What is not finite is missing.
    pub fn set(&mut self, candidate: usize, reviewer: usize, question: usize, value: Option<f64>) {
        let at = self.at(candidate, reviewer, question);
        self.cells[at] = value.filter(|value| value.is_finite());
    }

    /// The value of a cell.
    pub fn get(&self, candidate: usize, reviewer: usize, question: usize) -> Option<f64> {
        self.cells[self.at(candidate, reviewer, question)]
    }

    fn at(&self, candidate: usize, reviewer: usize, question: usize) -> usize {
        (candidate * self.reviewers + reviewer) * self.questions + question
    }

    /// All values, with candidate, reviewer and question.
    pub fn observed(&self) -> impl Iterator<Item = (usize, usize, usize, f64)> {
        let (reviewers, questions) = (self.reviewers, self.questions);
        let place = move |at: usize| (at / (reviewers * questions), at / questions % reviewers, at % questions);
        self.cells.iter().enumerate().filter_map(move |(at, cell)| {
            let (candidate, reviewer, question) = place(at);
            cell.map(|value| (candidate, reviewer, question, value))
        })
    }

    /// How many values there are.
    pub fn n(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Whether no cell is missing, and there is any.
    pub fn is_complete(&self) -> bool {
        !self.cells.is_empty() && self.cells.iter().all(Option::is_some)
    }

    /// Candidates × reviewers: the mean over the questions that the reviewer saw of the candidate.
    #[must_use]
    pub fn who_saw_whom(&self) -> Scores {
        let mut table = Scores::empty(self.candidates, self.reviewers);
        for candidate in 0..self.candidates {
            for reviewer in 0..self.reviewers {
                let of = (0..self.questions).filter_map(|question| self.get(candidate, reviewer, question));
                table.set(candidate, reviewer, mean(of));
            }
        }
        table
    }

    /// The cube without candidates, reviewers and questions that have no value.
    #[must_use]
    pub fn without_empty(&self) -> Self {
        let mut seen = [vec![false; self.candidates], vec![false; self.reviewers], vec![false; self.questions]];
        for (candidate, reviewer, question, _) in self.observed() {
            (seen[0][candidate], seen[1][reviewer], seen[2][question]) = (true, true, true);
        }
        let [c, r, q] = seen.map(|of| (0..of.len()).filter(|&at| of[at]).collect::<Vec<usize>>());
        let mut less = Cube::empty(c.len(), r.len(), q.len());
        for (to_c, &candidate) in c.iter().enumerate() {
            for (to_r, &reviewer) in r.iter().enumerate() {
                for (to_q, &question) in q.iter().enumerate() {
                    less.set(to_c, to_r, to_q, self.get(candidate, reviewer, question));
                }
            }
        }
        less
    }

    /// The mean of the values that agree on what is given; none where there are none.
    pub(super) fn mean(&self, candidate: Option<usize>, reviewer: Option<usize>, question: Option<usize>) -> Option<f64> {
        let all = |given: Option<usize>, n: usize| given.map_or(0..n, |at| at..at + 1);
        let values = all(candidate, self.candidates).flat_map(move |c| {
            let across = all(question, self.questions);
            all(reviewer, self.reviewers).flat_map(move |r| across.clone().map(move |q| (c, r, q)))
        });
        mean(values.filter_map(|(c, r, q)| self.get(c, r, q)))
    }
}
