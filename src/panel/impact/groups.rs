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

/// The attributes alone, then every two and every three of them together. A candidate with an unknown group is unknown in what it is
/// part of.
pub fn intersections(attributes: &[Attribute]) -> Vec<Attribute> {
    // Each with the place of its last attribute, after which the next may come.
    let mut last: Vec<(usize, Attribute)> = attributes.iter().cloned().enumerate().collect();
    let mut all = attributes.to_vec();
    for _ in 1..TOGETHER {
        let more = |(at, first): &(usize, Attribute)| {
            let next = attributes.iter().enumerate().skip(at + 1);
            next.map(|(at, second)| (at, together(first, second))).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(more).collect();
        all.extend(last.iter().map(|(_, attribute)| attribute.clone()));
    }
    all
}

fn together(first: &Attribute, second: &Attribute) -> Attribute {
    let both = first.groups.iter().zip(&second.groups);
    let groups = both.map(|(a, b)| Some(format!("{} x {}", a.as_ref()?, b.as_ref()?))).collect();
    Attribute { name: format!("{} x {}", first.name, second.name), groups }
}

/// The names of groups in a list of members.
pub(super) fn names<T>(members: &[Member<T>]) -> BTreeSet<&str> {
    members.iter().filter_map(|member| member.group.as_deref()).collect()
}
