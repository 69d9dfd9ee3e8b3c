//! WASI's error codes are given a meaning in one place of the guest, and pass through few others.

use super::source::Source;

/// `ErrorCode::` stands only where codes enter the guest and where they become errno.
pub(crate) fn in_their_place(sources: &[Source]) -> Vec<String> {
    let guest = sources.iter().filter(|source| source.path.starts_with("guest/src/"));
    let strangers = guest.filter(|source| code(source).contains(CODE) && !is_place(&source.path));
    strangers
        .map(|source| format!("{}: names a WASI error code; that belongs into {}", source.path, PLACES.join(", ")))
        .collect()
}

/// What stands above the tests, which may name any code.
fn code(source: &Source) -> &str {
    source.text.split(TESTS).next().unwrap_or_default()
}

fn is_place(path: &str) -> bool {
    let path = path.strip_prefix("guest/src/").unwrap_or(path);
    PLACES.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

const CODE: &str = "ErrorCode::";
const TESTS: &str = "#[cfg(test)]";
/// The codes of a name lookup become `gaierror`s in netdb/.
const PLACES: [&str; 6] = ["errno.rs", "errno_table.rs", "net.rs", "backend/", "netdb/", "component/convert/"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_code_is_found() {
        let source = |path: &str| vec![Source { path: path.to_owned(), text: format!("{CODE}AccessDenied") }];
        assert!(in_their_place(&source("guest/src/backend/wasi.rs")).is_empty());
        assert!(in_their_place(&source("guest/src/errno_table.rs")).is_empty());
        assert_eq!(in_their_place(&source("guest/src/tcp.rs")).len(), 1);
        assert!(in_their_place(&source("host/src/x.rs")).is_empty());
    }
}
