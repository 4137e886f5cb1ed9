//! The three presets: what a rubric that sets nothing says.

use super::settings::{
    Aggregate, Calibration, DecisionGate, EvidenceRule, MissingRule, Order, Playback, Policy, Preset, Protocol, Pseudonyms, Reveal,
    Seal, Shuffle, SkipRule, SpeedRule, When,
};

impl Policy {
    /// The policy of a preset; they differ in the reviewers that a cell needs.
    pub fn preset(preset: Preset) -> Self {
        Policy {
            not_observed: MissingRule::Exclude,
            not_answered: MissingRule::Floor,
            technical_fault: MissingRule::Block,
            min_reviewers: if preset == Preset::Audit { 2 } else { 1 },
            min_coverage: 0.8,
            aggregate: Aggregate::CriterionMeanThenWeight,
            disagreement_gap: 2.0,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy::preset(Preset::default())
    }
}

impl Protocol {
    /// The protocol of a preset.
    ///
    /// `light` is `standard` with seal and reveal per submission, no evidence asked, no calibration and the gate off.
    /// `audit` is `standard` with every rating evidenced and one way of playing for everyone: 1.0x, nothing skipped.
    pub fn preset(preset: Preset) -> Self {
        let standard = Protocol::standard();
        match preset {
            Preset::Standard => standard,
            Preset::Light => Protocol {
                preset,
                seal: Seal::Submission,
                reveal: Reveal::Submission,
                evidence: EvidenceRule::None,
                calibration: None,
                decision_gate: DecisionGate::Off,
                ..standard
            },
            Preset::Audit => Protocol {
                preset,
                evidence: EvidenceRule::EveryRatingAtSeal,
                playback: Playback { speed: SpeedRule::Fixed(1.0), skip_silence: SkipRule::Never },
                ..standard
            },
        }
    }

    fn standard() -> Self {
        Protocol {
            preset: Preset::Standard,
            order: Order::QuestionFirst,
            shuffle: Shuffle::PerReviewerSeeded,
            hide_names: true,
            reveal: Reveal::OwnBatchSealed,
            seal: Seal::Question,
            evidence: EvidenceRule::ExtremesAtSeal,
            calibration: Some(Calibration::default()),
            heard_min: 0.9,
            decision_gate: DecisionGate::WaveReviewed,
            playback: Playback { speed: SpeedRule::Free, skip_silence: SkipRule::Free },
            video: When::Allowed,
            documents: When::AfterSeal,
            pseudonyms: Pseudonyms::Stable,
            literal_hits: true,
            handoff_names_open: false,
            excerpt_seconds: 30,
            absent_author_days: None,
            failed_second_reader_off: true,
            change_reason_always: false,
        }
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Protocol::preset(Preset::default())
    }
}

/// One clip, an error of at most 0.75 points, again every 25 answers; it applies where the rubric has clips.
impl Default for Calibration {
    fn default() -> Self {
        Calibration { clips: 1, max_mean_abs_error: 0.75, repeat_every: 25 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_seals_and_reveals_per_submission_and_leaves_the_gate_open() {
        let light = Protocol::preset(Preset::Light);
        assert_eq!((light.seal, light.reveal), (Seal::Submission, Reveal::Submission));
        assert_eq!((light.evidence, light.decision_gate), (EvidenceRule::None, DecisionGate::Off));
        assert_eq!(light.calibration, None);
        assert_eq!(light.documents, Protocol::default().documents);
    }

    #[test]
    fn audit_asks_for_two_reviewers_evidence_everywhere_and_one_way_of_playing() {
        let audit = Protocol::preset(Preset::Audit);
        assert_eq!(audit.evidence, EvidenceRule::EveryRatingAtSeal);
        assert_eq!(audit.playback, Playback { speed: SpeedRule::Fixed(1.0), skip_silence: SkipRule::Never });
        assert_eq!(Policy::preset(Preset::Audit).min_reviewers, 2);
        assert_eq!(Policy::default().min_reviewers, 1);
    }
}
