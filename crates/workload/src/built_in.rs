//! The workloads of this project, kept in the program, so that their names work
//! in any folder.

use std::path::Path;

macro_rules! built_in {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../workloads/", $name, ".toml"))),)*]
    };
}

/// Names, which are paths below `workloads` without `.toml`, and texts.
pub(super) const BUILT_IN: &[(&str, &str)] = built_in![
    "badge_polling",
    "cold_start",
    "diurnal_week",
    "engagement_only",
    "extension_adversary",
    "influencer",
    "picture_scraper",
    "recruiter_sweep",
    "steady_month",
    "steady_week",
    "tag_churn_storm",
    "viral_post",
    "scale/zipf99",
    "smoke/all_settings",
    "smoke/blocked_pairs",
    "smoke/constant_sequential",
    "smoke/crowded_inboxes",
    "smoke/diurnal_snowflake",
    "smoke/from_zero",
    "smoke/muted_actors",
    "smoke/on_off_random",
    "smoke/opted_out_kinds",
    "smoke/pair",
    "smoke/push_cap",
    "smoke/read_heavy",
    "smoke/released_views",
    "smoke/told_once",
    "smoke/unique_viewers",
    "smoke/views_only",
    "smoke/viral_adversarial",
];
/// Those below are too large for a quick proof.
const LARGE: &str = "scale/";

/// Names of the built-in workloads that are small enough to be proved one
/// after the other.
pub fn built_in_to_verify() -> impl Iterator<Item = &'static str> {
    built_in_names().filter(|name| !name.starts_with(LARGE))
}

/// Names of all built-in workloads.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The text of the built-in workload that is meant: by its name, where no
/// file is called so. A path still is a path.
#[must_use]
pub fn built_in_text(path: &Path) -> Option<&'static str> {
    let name = path.to_str()?;
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    (!path.is_file()).then_some(*text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload_files;
    use crate::{Workload, built_in_summaries};
    use std::path::PathBuf;

    #[test]
    fn every_workload_of_the_project_is_built_in() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("workloads");
        let mut files = Vec::new();
        for folder in ["", "scale", "smoke"] {
            files.extend(workload_files(&root.join(folder)).unwrap());
        }
        let name = |path: &PathBuf| {
            let inner = path.strip_prefix(&root).unwrap();
            inner.with_extension("").to_str().unwrap().to_owned()
        };
        let mut files: Vec<String> = files.iter().map(name).collect();
        let mut known: Vec<&str> = built_in_names().collect();
        files.sort();
        known.sort_unstable();
        assert_eq!(known, files);
        assert!(built_in_summaries().iter().all(Result::is_ok));
    }

    #[test]
    fn a_name_is_built_in_and_a_path_is_a_path() {
        assert!(built_in_text(Path::new("steady_week")).is_some());
        assert!(built_in_text(Path::new("smoke/pair")).is_some());
        for path in ["steady_week.toml", "./steady_week", "pair", "smoke"] {
            assert!(built_in_text(Path::new(path)).is_none(), "{path}");
        }
        let (workload, _) = Workload::load(Path::new("smoke/pair")).unwrap();
        assert_eq!(workload.name, "pair");
    }
}
