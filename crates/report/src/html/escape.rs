//! Data for a script, written into the page.

use serde::Serialize;

/// The value as JSON in which no byte means anything to an HTML parser: what
/// could end the element, or a line of old scripts, is written as an escape
/// that JSON reads back.
pub(super) fn json_for_script(value: &impl Serialize) -> String {
    // plain data with strings for keys: what can't be written is left out
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_markup_and_all_of_it_reads_back() {
        let hostile = "</script><img src=x onerror=alert(1)> & <!-- \u{2028}\u{2029}\"'\\";
        let json = json_for_script(&hostile);
        assert!(
            !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}
