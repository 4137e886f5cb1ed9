//! Whether reviewers and candidates hang together, and which review would tie them.

use std::collections::BTreeMap;

use super::scores::Scores;

/// Candidates and reviewers that are tied to each other by reviews, directly or over others.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Component {
    /// Rows, ascending.
    pub candidates: Vec<usize>,
    /// Columns, ascending.
    pub reviewers: Vec<usize>,
}

/// A review that would tie two components: this reviewer hears this candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Bridge {
    /// The column.
    pub reviewer: usize,
    /// The row.
    pub candidate: usize,
}

/// A candidate without whom the table would fall apart: all that is known of the reviewers on one side against those on the
/// other rests on this one.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Hinge {
    /// The row.
    pub candidate: usize,
    /// The columns of the smaller side, ascending.
    pub reviewers: Vec<usize>,
}

/// How a table hangs together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Design {
    /// The components, by their first candidate. Rows and columns without any value belong to none.
    pub components: Vec<Component>,
}

impl Design {
    /// Of the graph that has an edge for each value.
    pub fn of(scores: &Scores) -> Self {
        let (rows, columns) = (scores.rows(), scores.columns());
        let mut parents: Vec<usize> = (0..rows + columns).collect();
        for (row, column, _) in scores.observed() {
            let (a, b) = (root(&mut parents, row), root(&mut parents, rows + column));
            parents[a.max(b)] = a.min(b);
        }
        let mut components: Vec<(usize, Component)> = Vec::new();
        let has_any = |row: &usize| scores.row(*row).iter().any(Option::is_some);
        for row in (0..rows).filter(has_any) {
            let top = root(&mut parents, row);
            match components.iter_mut().find(|(of, _)| *of == top) {
                Some((_, component)) => component.candidates.push(row),
                None => components.push((top, Component { candidates: vec![row], reviewers: Vec::new() })),
            }
        }
        for column in 0..columns {
            let top = root(&mut parents, rows + column);
            // A reviewer without ratings is in none.
            if let Some((_, component)) = components.iter_mut().find(|(of, _)| *of == top) {
                component.reviewers.push(column);
            }
        }
        Design { components: components.into_iter().map(|(_, component)| component).collect() }
    }

    /// Whether there is one component, and so one scale.
    pub fn is_connected(&self) -> bool {
        self.components.len() == 1
    }

    /// The rank of the additive model's design.
    pub fn rank(&self) -> usize {
        let nodes: usize = self.components.iter().map(|component| component.candidates.len() + component.reviewers.len()).sum();
        nodes - self.components.len()
    }

    /// The fewest further reviews that tie everything together: each lets the reviewer of the largest component who has heard the
    /// fewest candidates hear one of another component's, the one whom most have heard.
    pub fn bridges(&self, scores: &Scores) -> Vec<Bridge> {
        let heard_by = |candidate: usize| scores.row(candidate).iter().flatten().count();
        let load = |reviewer: usize| (0..scores.rows()).filter(|&row| scores.get(row, reviewer).is_some()).count();
        let size = |component: &Component| component.candidates.len() + component.reviewers.len();
        let mut order: Vec<&Component> = self.components.iter().collect();
        order.sort_by_key(|component| std::cmp::Reverse(size(component)));
        let Some((largest, others)) = order.split_first() else { return Vec::new() };
        let mut loads: Vec<(usize, usize)> = largest.reviewers.iter().map(|&reviewer| (load(reviewer), reviewer)).collect();
        let bridge = |other: &&Component| {
            let lightest = loads.iter_mut().min()?;
            lightest.0 += 1;
            let candidate = other.candidates.iter().copied().max_by_key(|&at| (heard_by(at), std::cmp::Reverse(at)))?;
            Some(Bridge { reviewer: lightest.1, candidate })
        };
        others.iter().filter_map(bridge).collect()
    }
}

/// The candidates who alone tie some reviewers to the others, in a table that hangs together.
pub fn hinges(scores: &Scores) -> Vec<Hinge> {
    let columns: Vec<usize> = (0..scores.columns()).filter(|&column| scores.column_mean(column).is_some()).collect();
    let both = |row: usize| {
        let of: Vec<usize> = columns.iter().copied().filter(|&column| scores.get(row, column).is_some()).collect();
        of.iter().flat_map(|&a| of.iter().map(move |&b| (a, b))).filter(|(a, b)| a < b).collect::<Vec<_>>()
    };
    // How many candidates two reviewers have in common.
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    (0..scores.rows()).flat_map(both).for_each(|pair| *shared.entry(pair).or_default() += 1);
    let without = |candidate: usize| {
        let ties = both(candidate);
        if ties.iter().all(|pair| shared[pair] > 1) {
            return None;
        }
        let kept = shared.iter().filter(|(pair, n)| **n > usize::from(ties.contains(pair))).map(|(pair, _)| *pair);
        let mut parents: Vec<usize> = (0..scores.columns()).collect();
        for (a, b) in kept {
            let (a, b) = (root(&mut parents, a), root(&mut parents, b));
            parents[a.max(b)] = a.min(b);
        }
        let mut sides: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        columns.iter().for_each(|&column| sides.entry(root(&mut parents, column)).or_default().push(column));
        if sides.len() < 2 {
            return None;
        }
        let smallest = sides.into_values().min_by_key(|side| (side.len(), std::cmp::Reverse(side[0])));
        smallest.map(|reviewers| Hinge { candidate, reviewers })
    };
    (0..scores.rows()).filter_map(without).collect()
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_ties_what_did_not_hang_together() {
        let some = Some;
        let mut scores = Scores::from_rows(&[
            vec![some(4.0), some(3.0), None, None],
            vec![some(5.0), some(4.0), None, None],
            vec![some(5.0), None, None, None],
            vec![None, None, some(2.0), None],
            vec![None, None, None, some(2.0)],
        ]);
        let bridges = Design::of(&scores).bridges(&scores);
        assert_eq!(bridges, [Bridge { reviewer: 1, candidate: 3 }, Bridge { reviewer: 0, candidate: 4 }]);
        bridges.iter().for_each(|bridge| scores.set(bridge.candidate, bridge.reviewer, Some(3.0)));
        assert!(Design::of(&scores).is_connected());
    }

    #[test]
    fn who_alone_ties_two_sides_is_named_and_two_of_them_are_none() {
        let some = Some(3.0);
        let mut scores = Scores::from_rows(&[
            vec![some, some, None, None],
            vec![some, some, None, None],
            vec![None, some, some, None],
            vec![None, None, some, some],
            vec![None, None, some, some],
        ]);
        let hinge = |candidate, reviewers: &[usize]| Hinge { candidate, reviewers: reviewers.to_vec() };
        assert_eq!(hinges(&scores), [hinge(2, &[2, 3])]);
        scores.set(1, 2, some);
        assert_eq!(hinges(&scores), [], "a second candidate is heard on both sides");
        scores.set(4, 3, None);
        assert_eq!(hinges(&scores), [hinge(3, &[3])], "who shares one candidate with anyone hangs on that one");
    }

    #[test]
    fn who_has_no_ratings_is_in_no_component() {
        let design = Design::of(&Scores::from_rows(&[vec![Some(4.0), None], vec![None, None]]));
        assert_eq!(design.components, [Component { candidates: vec![0], reviewers: vec![0] }]);
        assert_eq!(design.rank(), 1);
        assert!(!Design::of(&Scores::default()).is_connected());
    }
}
