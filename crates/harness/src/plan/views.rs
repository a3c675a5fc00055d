//! How the views of a workload are counted and shown.

use notibench_core::policy::{HiddenShare, MemberSettings, ReleaseRule, Share};
use notibench_core::viewing::{Releasing, Views};
use notibench_workload::{ViewMode, Workload};

/// How the views of a workload are counted and shown; with releases, under a
/// noise key that the operating system draws.
///
/// # Errors
/// Where the system gives no random words.
pub fn views_of(workload: &Workload) -> Result<Views, String> {
    let anonymity = &workload.anonymity;
    let hidden = HiddenShare::new(anonymity.hidden_share);
    let settings = &workload.settings;
    let settings = MemberSettings {
        blocked: Share::new(settings.blocked_share),
        muted: Share::new(settings.muted_share),
        opted_out: Share::new(settings.opted_out_share),
        precedence: settings.precedence,
        pushes_per_day: settings.pushes_per_day,
    };
    let views = match anonymity.mode {
        ViewMode::Off => Views::default(),
        ViewMode::Counts => Views::unique(hidden),
        ViewMode::Released => {
            let rule = ReleaseRule {
                epsilon: anonymity.epsilon,
                threshold: anonymity.threshold,
            };
            Views::released(hidden, Releasing::draw(rule)?)
        }
    };
    Ok(views.with_settings(settings))
}
