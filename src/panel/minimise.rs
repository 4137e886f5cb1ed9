//! The smallest value of a smooth function of a few variables, by BFGS.

/// Where the search ended.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Minimum {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
}

const STEPS: usize = 200;

/// The smallest value near `start`; none when the search leaves all bounds or does not settle.
pub(super) fn minimise(start: &[f64], f: impl Fn(&[f64]) -> f64, gradient: impl Fn(&[f64]) -> Vec<f64>) -> Option<Minimum> {
    let n = start.len();
    let (mut x, mut value) = (start.to_vec(), f(start));
    if n == 0 {
        return value.is_finite().then_some(Minimum { at: x, value });
    }
    let mut slope = gradient(&x);
    let mut curve = identity(n, 0.1);
    let mut still = 0;
    for _ in 0..STEPS {
        let mut way: Vec<f64> = curve.iter().map(|row| -dot(row, &slope)).collect();
        if dot(&way, &slope) >= 0.0 {
            curve = identity(n, 0.1);
            way = slope.iter().map(|s| -0.1 * s).collect();
        }
        let Some((next, lower)) = descend(&x, value, &slope, &way, &f) else {
            // No way down along the curve; along the slope itself there may be one.
            if still > 0 || is_flat(&slope, value) {
                return settled(x, value, &slope);
            }
            (curve, still) = (identity(n, 1e-3), 1);
            continue;
        };
        let turned = gradient(&next);
        let step: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = turned.iter().zip(&slope).map(|(a, b)| a - b).collect();
        update(&mut curve, &step, &change);
        let gained = value - lower;
        (x, value, slope) = (next, lower, turned);
        still = if gained < 1e-13 * (1.0 + value.abs()) { still + 1 } else { 0 };
        if still > 2 || is_flat(&slope, value) && gained < 1e-9 * (1.0 + value.abs()) {
            return settled(x, value, &slope);
        }
    }
    settled(x, value, &slope)
}

fn is_flat(slope: &[f64], value: f64) -> bool {
    slope.iter().all(|s| s.abs() < 1e-7 * (1.0 + value.abs()))
}

fn settled(at: Vec<f64>, value: f64, slope: &[f64]) -> Option<Minimum> {
    let is_near = slope.iter().all(|s| s.abs() < 1e-4 * (1.0 + value.abs()));
    (is_near && value.is_finite() && at.iter().all(|x| x.abs() < 1e4)).then_some(Minimum { at, value })
}

/// The first of ever shorter steps that lowers the value enough.
fn descend(x: &[f64], value: f64, slope: &[f64], way: &[f64], f: &impl Fn(&[f64]) -> f64) -> Option<(Vec<f64>, f64)> {
    let longest = way.iter().fold(0.0f64, |most, step| most.max(step.abs()));
    let mut length = if longest > 2.0 { 2.0 / longest } else { 1.0 };
    let steepness = dot(slope, way);
    for _ in 0..50 {
        let next: Vec<f64> = x.iter().zip(way).map(|(x, step)| x + length * step).collect();
        let there = f(&next);
        if there.is_finite() && there < value && there <= value + 1e-4 * length * steepness {
            return Some((next, there));
        }
        length *= 0.5;
    }
    None
}

fn update(curve: &mut [Vec<f64>], step: &[f64], change: &[f64]) {
    let along = dot(step, change);
    if along <= 1e-14 {
        return;
    }
    let turned: Vec<f64> = curve.iter().map(|row| dot(row, change)).collect();
    let scale = (1.0 + dot(change, &turned) / along) / along;
    for (i, row) in curve.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell += scale * step[i] * step[j] - (turned[i] * step[j] + step[i] * turned[j]) / along;
        }
    }
}

fn identity(n: usize, size: f64) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| if i == j { size } else { 0.0 }).collect()).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_bent_valley_is_found() {
        let valley = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let slope = |x: &[f64]| {
            let bend = 200.0 * (x[1] - x[0] * x[0]);
            vec![-2.0 * (1.0 - x[0]) - 2.0 * x[0] * bend, bend]
        };
        let found = minimise(&[-1.2, 1.0], valley, slope).expect("it settles");
        assert!((found.at[0] - 1.0).abs() < 1e-4 && (found.at[1] - 1.0).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn what_has_no_bottom_is_not_found() {
        assert_eq!(minimise(&[1.0], |x| -x[0], |_| vec![-1.0]), None);
    }
}
