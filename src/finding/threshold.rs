//! From where on a finding makes a scan fail.

use serde::Serialize;

use super::{Confidence, Finding, Severity, StatusState};

/// The least of both that a finding must have to make a scan fail. Findings below it are reported all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    /// Least severity.
    pub severity: Severity,
    /// Least confidence.
    pub confidence: Confidence,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { severity: Severity::ALL[0], confidence: Confidence::ALL[0] }
    }
}

impl Threshold {
    /// Whether every finding reaches it.
    pub fn is_lowest(self) -> bool {
        self == Self::default()
    }

    /// Whether `finding` is open and reaches it.
    pub fn is_reached_by(self, finding: &Finding) -> bool {
        finding.status.state == StatusState::Open && finding.severity >= self.severity && finding.confidence >= self.confidence
    }
}
