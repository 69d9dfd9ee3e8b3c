//! No file contains a path of the machine that it was written on.

use super::source::Source;

/// Home folders and the like have no place in sources.
pub(crate) fn none_of_a_machine(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("tidy/local_paths.rs")) {
        for (number, line) in source.text.lines().enumerate() {
            if let Some(place) = PLACES.iter().find(|place| has_path(line, place)) {
                findings.push(format!("{}:{}: a path of one machine: {place}", source.path, number + 1));
            }
        }
    }
    findings
}

/// Whether a path begins with `place` in this line: not in the middle of another path or a URL.
fn has_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "/._-:".contains(letter))
    })
}

const PLACES: [&str; 2] = ["/root/", "/Users/"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_parts_of_paths() {
        assert!(has_path("open('/root/x/y')", "/root/"));
        assert!(has_path("/root/x", "/root/"));
        assert!(!has_path("https://example.com/root/x", "/root/"));
        assert!(!has_path("target/Users/x", "/Users/"));
        assert!(!has_path("./Users/x", "/Users/"));
    }
}
