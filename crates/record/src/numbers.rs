//! Series of numbers as a record keeps them: one line in place of one a number.

/// Numbers as a record keeps them: one line in place of one a number.
#[must_use]
pub fn spaced(numbers: &[u64]) -> String {
    let words: Vec<String> = numbers.iter().map(u64::to_string).collect();
    words.join(" ")
}

pub(super) fn numbers(text: &str) -> Vec<u64> {
    let parsed: Result<Vec<u64>, _> = text.split(' ').map(str::parse).collect();
    parsed.unwrap_or_default()
}
