//! What machines contributed to a batch, as far as it may be shown.

use crate::export::Sources;
use crate::export::report::Machine;
use crate::scorecard::Material;
use crate::sound::prepare::STEP;

/// What is measured of recordings, on which the shares heard rest. A second reader's points are in no report.
pub(super) fn contributed(sources: &Sources) -> Vec<Machine> {
    let measured = sources.materials.values().filter(|material| matches!(material, Material::Sound { speech: Some(_), .. }));
    let count = measured.count();
    let told = Machine {
        what: format!("Speech detection, version {STEP}"),
        did: format!(
            "Found where someone speaks in {count} recordings, so that it can be said how much of the speech was heard, and \
             measured how loud they are. No rating, total or rank rests on it."
        ),
    };
    (count > 0).then_some(told).into_iter().collect()
}
