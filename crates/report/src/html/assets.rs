//! What is inlined into every page: style, scripts, the plotting library (its
//! licence lies beside it), and the hashes that the page's policy names them
//! by.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Apache ECharts, the full build; `assets/echarts/VERSION.json` says which.
pub(super) const ECHARTS: &str = include_str!("assets/echarts/echarts.min.js");
/// What draws the plots with it.
pub(super) const CHARTS: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("assets/charts/text.js"),
    include_str!("assets/charts/base.js"),
    include_str!("assets/charts/rows.js"),
    include_str!("assets/charts/lines.js"),
    include_str!("assets/charts/areas.js"),
    include_str!("assets/charts/page.js"),
    "})();\n",
);
/// How it looks.
pub(super) const STYLE: &str = include_str!("assets/style.css");

/// The page's policy: nothing is fetched, and nothing runs or styles but what
/// is named here by its hash (Content Security Policy Level 3, section 6.7).
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; script-src {} {}; style-src {}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        source(ECHARTS),
        source(CHARTS),
        source(STYLE)
    )
}

/// `'sha256-…'` of an inlined text.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_one_that_is_pinned() {
        let version: serde_json::Value =
            serde_json::from_str(include_str!("assets/echarts/VERSION.json")).unwrap();
        let hash: String = Sha256::digest(ECHARTS)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(version["sha256"], hash.as_str());
        let said = format!("t.version=\"{}\"", version["version"].as_str().unwrap());
        assert!(ECHARTS.contains(&said), "{said}");
    }

    #[test]
    fn its_licence_is_kept() {
        assert!(include_str!("assets/echarts/LICENSE").contains("Apache License"));
        assert!(include_str!("assets/echarts/NOTICE").contains("Apache ECharts"));
        assert!(include_str!("assets/echarts/LICENSE-d3").contains("Bostock"));
    }

    #[test]
    fn nothing_inlined_ends_its_own_element() {
        for text in [ECHARTS, CHARTS] {
            let text = text.to_lowercase();
            assert!(!text.contains("</script") && !text.contains("<!--"));
        }
        assert!(!STYLE.to_lowercase().contains("</style"));
    }
}
