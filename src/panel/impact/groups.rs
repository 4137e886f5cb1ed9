//! All groups of an attribute against the one with the highest rate; small ones are masked.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::two::{Counts, Impact};

/// Groups of fewer are masked.
pub(super) const MASKED_BELOW: u64 = 5;

/// A candidate's group; none where it is not known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Member<T> {
    /// The group's name.
    pub group: Option<String>,
    /// Whether selected, or the score.
    pub value: T,
}

/// One attribute, or several together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// Its name; of several, with ` x ` between.
    pub name: String,
    /// Each candidate's group; none where it is not known.
    pub groups: Vec<Option<String>>,
}

/// A group's place in a selection.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GroupRate {
    /// Its name.
    pub group: String,
    /// How many it has; none where it is masked.
    pub n: Option<u64>,
    /// Against the group with the highest rate; none where it is masked.
    pub impact: Option<Impact>,
    /// Whether it has so few that figures would tell of persons.
    pub masked: bool,
}

/// The selection rates of an attribute's groups.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Selection {
    /// The group with the highest rate among those that are not masked.
    pub reference: Option<String>,
    /// By name.
    pub groups: Vec<GroupRate>,
    /// Candidates whose group is not known.
    pub unknown: u64,
}

/// The selection rates of groups. Masked groups are named and counted nowhere.
pub fn selection(members: &[Member<bool>]) -> Selection {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for member in members {
        let Some(group) = &member.group else { continue };
        let of = counts.entry(group).or_insert(Counts { selected: 0, n: 0 });
        (of.n, of.selected) = (of.n + 1, of.selected + u64::from(member.value));
    }
    let shown = counts.iter().filter(|(_, of)| of.n >= MASKED_BELOW);
    // Of equal rates the larger group says more.
    let best = shown.max_by(|(a_name, a), (b_name, b)| a.compare(b).then(a.n.cmp(&b.n)).then_with(|| b_name.cmp(a_name)));
    let best = best.map(|(name, of)| ((*name).to_owned(), *of));
    let rate = |(name, of): (&&str, &Counts)| {
        let masked = of.n < MASKED_BELOW;
        let impact = best.as_ref().filter(|_| !masked).map(|(reference, best)| match reference == *name {
            true => Impact::of(*of, *best).with_itself(),
            false => Impact::of(*of, *best),
        });
        GroupRate { group: (*name).to_owned(), n: (!masked).then_some(of.n), impact, masked }
    };
    Selection {
        groups: counts.iter().map(rate).collect(),
        reference: best.map(|(name, _)| name),
        unknown: members.iter().filter(|member| member.group.is_none()).count() as u64,
    }
}

/// How many attributes are taken together at the most: of more, nearly every group is small.
const TOGETHER: usize = 3;
/// Of more attributes than these only every two are taken together: every three would be thousands of tables.
const CROSSED_BY_THREES: usize = 8;

/// The attributes alone, then every two and, where they are few, every three of them together. A candidate with an unknown group is unknown in what it is
/// part of.
pub fn intersections(attributes: &[Attribute]) -> Vec<Attribute> {
    let mut last: Vec<Vec<usize>> = (0..attributes.len()).map(|at| vec![at]).collect();
    let mut all = attributes.to_vec();
    let most = if attributes.len() > CROSSED_BY_THREES { 2 } else { TOGETHER };
    for _ in 1..most {
        let more = |of: &Vec<usize>| {
            let from = of.last().map_or(0, |last| last + 1);
            (from..attributes.len()).map(|next| of.iter().copied().chain([next]).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(more).collect();
        all.extend(last.iter().map(|of| together(&of.iter().map(|&at| &attributes[at]).collect::<Vec<_>>())));
    }
    all
}

const BETWEEN: &str = " x ";

fn together(all: &[&Attribute]) -> Attribute {
    let count = all.iter().map(|one| one.groups.len()).min().unwrap_or(0);
    let of = |at: usize| {
        let parts: Option<Vec<String>> = all.iter().map(|one| one.groups[at].as_deref().map(told_apart)).collect();
        parts.map(|parts| parts.join(BETWEEN))
    };
    let name = all.iter().map(|one| told_apart(&one.name)).collect::<Vec<_>>().join(BETWEEN);
    Attribute { name, groups: (0..count).map(of).collect() }
}

/// A name as part of several; in quotes where it holds what stands between them, so that no two meet.
fn told_apart(name: &str) -> String {
    if name.contains(BETWEEN.trim()) && name.split_whitespace().any(|word| word == BETWEEN.trim()) || name.contains('"') {
        format!("{name:?}")
    } else {
        name.to_owned()
    }
}

/// The names of groups in a list of members.
pub(super) fn names<T>(members: &[Member<T>]) -> BTreeSet<&str> {
    members.iter().filter_map(|member| member.group.as_deref()).collect()
}
