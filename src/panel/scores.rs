//! One value for each row and column, with gaps: candidates × reviewers, or units × reviewers.

/// A table of numbers in which cells may be missing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scores {
    rows: usize,
    columns: usize,
    cells: Vec<Option<f64>>,
}

impl Scores {
    /// A table without any value.
    pub fn empty(rows: usize, columns: usize) -> Self {
        Scores { rows, columns, cells: vec![None; rows * columns] }
    }

    /// From rows; where one is shorter than the longest, the rest of it is missing. What is not finite is missing.
    pub fn from_rows(rows: &[Vec<Option<f64>>]) -> Self {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut scores = Scores::empty(rows.len(), columns);
        for (row, cells) in rows.iter().enumerate() {
            cells.iter().enumerate().for_each(|(column, cell)| scores.set(row, column, *cell));
        }
        scores
    }

    /// Puts a value into a cell, or takes it out. What is not finite is missing.
    pub fn set(&mut self, row: usize, column: usize, value: Option<f64>) {
        self.cells[row * self.columns + column] = value.filter(|value| value.is_finite());
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The value of a cell.
    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        self.cells[row * self.columns + column]
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[Option<f64>] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// All values with their row and column, row by row.
    pub fn observed(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let columns = self.columns;
        let cells = self.cells.iter().enumerate();
        cells.filter_map(move |(at, cell)| cell.map(|value| (at / columns, at % columns, value)))
    }

    /// How many values there are.
    pub fn n(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Whether no cell is missing, and there is any.
    pub fn is_complete(&self) -> bool {
        !self.cells.is_empty() && self.cells.iter().all(Option::is_some)
    }

    /// Columns as rows.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut turned = Scores::empty(self.columns, self.rows);
        self.observed().for_each(|(row, column, value)| turned.set(column, row, Some(value)));
        turned
    }

    /// The mean of a row's values; none where it has none.
    pub fn row_mean(&self, row: usize) -> Option<f64> {
        mean(self.row(row).iter().flatten().copied())
    }

    /// The mean of a column's values; none where it has none.
    pub fn column_mean(&self, column: usize) -> Option<f64> {
        mean((0..self.rows).filter_map(|row| self.get(row, column)))
    }

    /// These rows and columns alone, in the order given.
    #[must_use]
    pub fn part(&self, rows: &[usize], columns: &[usize]) -> Self {
        let mut part = Scores::empty(rows.len(), columns.len());
        for (to, &row) in rows.iter().enumerate() {
            for (at, &column) in columns.iter().enumerate() {
                part.set(to, at, self.get(row, column));
            }
        }
        part
    }
}

/// The mean of values; none of none.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0usize);
    values.into_iter().for_each(|value| (sum, n) = (sum + value, n + 1));
    (n > 0).then(|| sum / n as f64)
}

/// The variance of values with n - 1 below; none of fewer than two.
pub(super) fn variance(values: &[f64]) -> Option<f64> {
    let centre = mean(values.iter().copied()).filter(|_| values.len() > 1)?;
    Some(values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64)
}

/// The product-moment correlation; none of fewer than two, or where one side does not vary.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (centre_a, centre_b) = (mean(a.iter().copied())?, mean(b.iter().copied())?);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - centre_a, b - centre_b);
        (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
    }
    // Rounding leaves a trace of variation in equal values.
    let least = |values: &[f64]| 1e-24 * values.iter().map(|value| value * value).sum::<f64>();
    (aa > least(a) && bb > least(b)).then(|| (ab / (aa.sqrt() * bb.sqrt())).clamp(-1.0, 1.0))
}

/// A quantile of sorted values, by linear interpolation between them (type 7 of Hyndman & Fan 1996); none of none.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}
