//! What a team asks of every exception.

use serde::Deserialize;

use super::{Day, Terms};

/// The keys of `policy:` in `keysieve.yaml`. By default nothing is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Say why.
    pub require_reason: bool,
    /// Name the last day.
    pub require_expiry: bool,
    /// The last day is at most so many days from today.
    pub max_expiry_days: Option<u32>,
    /// Name who agreed: an owner of what is hidden, who did not write the exception; see [`super::Approvals`].
    pub require_approval: bool,
}

impl Policy {
    /// What an exception on these terms lacks on the day `today`, in words that follow "it".
    pub fn lacks(&self, terms: &Terms, today: Day) -> Option<String> {
        if self.require_reason && terms.reason.is_none() {
            return Some("gives no reason, which the policy asks for".to_owned());
        }
        if self.require_approval && terms.approved_by.is_none() {
            return Some("was approved by nobody, which the policy asks for".to_owned());
        }
        let Some(expires) = terms.expires else {
            let is_asked = self.require_expiry || self.max_expiry_days.is_some();
            return is_asked.then(|| "names no day on which it expires, which the policy asks for".to_owned());
        };
        let days = self.max_expiry_days?;
        (expires > today.plus_days(days)).then(|| format!("expires on {expires}, later than the {days} days that the policy allows"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_demand_is_one_of_its_own() {
        let today = Day::at(0);
        let good = Terms {
            reason: Some("why".to_owned()),
            owner: None,
            expires: Some(today.plus_days(180)),
            approved_by: Some("@lead".to_owned()),
        };
        let all = Policy { require_reason: true, require_expiry: true, max_expiry_days: Some(180), require_approval: true };
        assert_eq!(all.lacks(&good, today), None);
        for (terms, word) in [
            (Terms { reason: None, ..good.clone() }, "reason"),
            (Terms { approved_by: None, ..good.clone() }, "approved"),
            (Terms { expires: None, ..good.clone() }, "no day"),
            (Terms { expires: Some(today.plus_days(181)), ..good.clone() }, "180 days"),
        ] {
            assert!(all.lacks(&terms, today).is_some_and(|why| why.contains(word)), "{word}");
            assert_eq!(Policy::default().lacks(&terms, today), None);
        }
    }
}
