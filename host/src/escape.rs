//! Foreign texts on a terminal and in a shell: what they hold must neither move a cursor, nor hide, nor run.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::path::Path;

/// The text as one line that shows all that is in it: what a terminal would obey, reorder or not show is written `\u{202e}`.
///
/// A backslash stays one, since it does no harm and texts have escapes of their own.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        if is_printable(char) {
            line.push(char);
        } else {
            line.extend(char.escape_unicode());
        }
    }
    Cow::Owned(line)
}

/// The same of a path; bytes of it that are no UTF-8 are written `\xff`.
pub(crate) fn printable_path(path: &Path) -> String {
    let mut line = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        line.push_str(&printable(chunk.valid()));
        line.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    line
}

/// The text as one word of a POSIX shell: in quotes, unless it needs none.
pub(crate) fn shell_quoted(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', "'\\''")))
}

/// Whether a character stands for itself, and nothing else.
pub(crate) fn is_printable(char: char) -> bool {
    // The last two of each plane are no characters.
    let is_noncharacter = u32::from(char) & 0xfffe == 0xfffe;
    !(char.is_control() || is_noncharacter || HIDDEN.iter().any(|range| range.contains(&char)))
}

/// What is no control character, and may be unseen all the same or order others anew: Unicode 17's categories Cf, Zl, Zp and
/// Co, and the characters that are none.
const HIDDEN: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{e000}'..='\u{f8ff}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{feff}'..='\u{feff}',
    '\u{fff9}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0001}'..='\u{e0001}',
    '\u{e0020}'..='\u{e007f}',
    '\u{f0000}'..='\u{10ffff}',
];

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn what_stands_for_itself_stays() {
        for text in ["", "connect to tcp [::1]:80", "C:\\u{1b}", "bücher 日本語 🦀 е", "\u{fffd}"] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_hides_is_shown() {
        for (text, line) in [
            ("a\x1b]0;pwned\x07b", "a\\u{1b}]0;pwned\\u{7}b"),
            ("a\r\nb\tc\0\x7f", "a\\u{d}\\u{a}b\\u{9}c\\u{0}\\u{7f}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}gnp.exe\u{2066}", "\\u{202e}gnp.exe\\u{2066}"),
            ("\u{2028}\u{2029}\u{feff}\u{ad}\u{200b}", "\\u{2028}\\u{2029}\\u{feff}\\u{ad}\\u{200b}"),
            ("\u{e0041}\u{e000}\u{10ffff}\u{fffe}", "\\u{e0041}\\u{e000}\\u{10ffff}\\u{fffe}"),
        ] {
            assert_eq!(printable(text), line);
        }
    }

    #[test]
    fn a_shell_reads_what_was_quoted() {
        for (text, word) in [
            ("tcp://a.test:80,443", "tcp://a.test:80,443"),
            ("", "''"),
            ("tcp://a->10.0.0.1:80", "'tcp://a->10.0.0.1:80'"),
            ("udp://[::1]:53", "'udp://[::1]:53'"),
            ("unix:///a b;$(id)`id`'\\\"*~#!", "'unix:///a b;$(id)`id`'\\''\\\"*~#!'"),
        ] {
            assert_eq!(shell_quoted(text), word);
            let script = format!("printf %s {word}");
            let read = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(read.stdout).unwrap(), text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_shown() {
        for (bytes, line) in [
            (&b"/tmp/\xff"[..], "/tmp/\\xff"),
            (b"/\xe2\x80\xae/\xe2\x80/x", "/\\u{202e}/\\xe2\\x80/x"),
            ("/bücher".as_bytes(), "/bücher"),
        ] {
            assert_eq!(printable_path(Path::new(OsStr::from_bytes(bytes))), line);
        }
    }
}
