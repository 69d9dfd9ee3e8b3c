//! Each number and each kind of descriptor has the one home that CONTRIBUTING.md names.

use super::source::Source;

/// What stands in a second home.
pub(crate) fn one_each(sources: &[Source]) -> Vec<String> {
    let errnos: Vec<&str> =
        sources.iter().filter(|source| source.path == ERRNOS).flat_map(|source| errnos(&source.text)).collect();
    let code = sources.iter().filter(|source| source.has_extension("rs") && is_ours(&source.path));
    code.flat_map(|source| findings(source, &errnos)).collect()
}

/// The names that the table of errors has.
fn errnos(text: &str) -> Vec<&str> {
    above_tests(text).flat_map(|(_, line)| numbered_names(line)).filter(|name| name.starts_with('E')).collect()
}

fn is_ours(path: &str) -> bool {
    PLACES.iter().any(|place| path.starts_with(place))
}

fn findings(source: &Source, errnos: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in above_tests(&source.text) {
        for (what, home, is_in) in RULES {
            if source.path != home && is_in(line) {
                findings.push(format!("{}:{number}: {what}; its home is {home}: {}", source.path, line.trim()));
            }
        }
    }
    let numbered =
        above_tests(&source.text).filter(|(_, line)| numbered_names(line).any(|name| errnos.contains(&name)));
    if source.path != ERRNOS {
        findings.extend(numbered.map(|(number, line)| {
            format!("{}:{number}: an errno with its number; its home is {ERRNOS}: {}", source.path, line.trim())
        }));
    }
    let kinds = above_tests(&source.text).filter(|(_, line)| is_kind(line)).count();
    if kinds > 1 {
        findings.push(format!("{}: {kinds} kinds of descriptors; each has a file of its own", source.path));
    }
    findings
}

/// Lines of code with their numbers, without comments and up to the tests, which may name any number.
fn above_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(place, line)| (place + 1, line));
    let code = numbered.take_while(|(_, line)| !line.starts_with(TESTS));
    code.map(|(number, line)| (number, line.split("//").next().unwrap_or_default()))
}

/// Whether a line is in the home that follows what it has.
type IsIn = fn(&str) -> bool;

const RULES: [(&str, &str, IsIn); 5] = [
    ("a constant of the module `socket` with its number", "guest/src/constants.rs", has_constant),
    ("an option by the numbers of its level and name", "guest/src/options/table.rs", has_option),
    ("an event of `poll` with its number", "guest/src/polling.rs", has_event),
    ("a flag of a message with its number", "guest/src/message.rs", has_message_flag),
    ("a kind of descriptor by its variant", "guest/src/sockets/kinds.rs", has_variant),
];

/// `const SO_ERROR: i32 = 4;`, `("SO_ERROR", 4)`.
fn has_constant(line: &str) -> bool {
    let is_one = |name: &str| CONSTANTS.iter().any(|prefix| name.starts_with(prefix));
    numbered_names(line).any(is_one)
}

/// `("POLLIN", 1)`, `Events::from_bits_retain(1)`.
fn has_event(line: &str) -> bool {
    let is_one = |name: &str| EVENTS.iter().any(|prefix| name.starts_with(prefix)) && name != "EPOLL_CLOEXEC";
    numbered_names(line).any(is_one) || has_bits(line, &["Events::", "Trigger::"])
}

/// `("MSG_PEEK", 2)`, `MessageFlags::from_bits_retain(2)`.
fn has_message_flag(line: &str) -> bool {
    numbered_names(line).any(|name| name.starts_with("MSG_")) || has_bits(line, &["MessageFlags::"])
}

/// `(SOL_SOCKET, 4)`.
fn has_option(line: &str) -> bool {
    let levels = line.match_indices('(').filter_map(|(place, _)| line.get(place + 1..)?.split_once(','));
    levels.filter(|(level, _)| LEVELS.iter().any(|prefix| level.starts_with(prefix))).any(|(_, name)| is_number(name))
}

/// `KernelKind::Pipe`.
fn has_variant(line: &str) -> bool {
    KINDS.iter().any(|kinds| line.contains(kinds))
}

/// `impl<N: Network> Endpoint<N> for File {`.
fn is_kind(line: &str) -> bool {
    line.starts_with("impl") && line.contains(" Endpoint<") && line.contains(" for ")
}

/// The names in capital letters that a number is given to: by `=`, by `=>`, or behind them as a text.
fn numbered_names(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names = words
        .filter(move |word| word.starts_with(|first: char| first.is_ascii_uppercase()) && word.chars().all(is_part));
    names.filter(move |name| {
        line.match_indices(name).any(|(place, _)| line.get(place + name.len()..).is_some_and(is_given_number))
    })
}

/// Whether what follows a name gives it a number.
fn is_given_number(rest: &str) -> bool {
    if let Some(rest) = rest.strip_prefix("\",") {
        return is_number(rest);
    }
    // `: i32`
    let rest = rest
        .strip_prefix(": ")
        .map_or(rest, |typed| typed.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_'));
    let rest = rest.trim_start();
    ["=>", "="].iter().find_map(|sign| rest.strip_prefix(sign)).is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    text.trim_start().trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())
}

/// Flags made from a number that stands there.
fn has_bits(line: &str, types: &[&str]) -> bool {
    let made =
        line.match_indices("::from_bits").filter_map(|(place, _)| Some((line.get(..place + 2)?, line.get(place..)?)));
    made.filter(|(before, _)| types.iter().any(|name| before.ends_with(name)))
        .any(|(_, after)| after.split_once('(').is_some_and(|(_, value)| is_number(value)))
}

const PLACES: [&str; 2] = ["guest/src/", "python/ext/src/"];
/// `EACCES = 13`: elsewhere, a number beside one of these names is a second home.
const ERRNOS: &str = "guest/src/errno.rs";
const TESTS: &str = "#[cfg(test)]";
const CONSTANTS: [&str; 15] = [
    "AF_", "AI_", "EAI_", "IPPROTO_", "IPV6_", "IP_", "NI_", "SCM_", "SHUT_", "SOCK_", "SOL_", "SO_", "TCP_",
    "UDPLITE_", "EPOLL_",
];
const EVENTS: [&str; 2] = ["POLL", "EPOLL"];
const LEVELS: [&str; 2] = ["SOL_", "IPPROTO_"];
const KINDS: [&str; 2] = ["UserspaceKind::", "KernelKind::"];

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        let table = "errnos! { EACCES = 13; ECONNREFUSED = 111; }";
        let sources = [(ERRNOS, table), (path, text)];
        one_each(&sources.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() })).len()
    }

    /// What is no second home in `home` is one anywhere else.
    fn has_home(home: &str, line: &str) {
        assert_eq!(count(home, line), 0, "{line} in {home}");
        assert_eq!(count("guest/src/tcp/mod.rs", line), 1, "{line} elsewhere");
        assert_eq!(count("python/ext/src/numbers.rs", line), 1, "{line} elsewhere");
    }

    #[test]
    fn a_second_home_is_found() {
        has_home("guest/src/constants.rs", "    pub(crate) const SO_ERROR: i32 = 4;");
        has_home("guest/src/constants.rs", "    (\"IPPROTO_TCP\", 6),");
        has_home("guest/src/constants.rs", "    (\"EAI_AGAIN\", -3),");
        has_home("guest/src/constants.rs", "const AI_PASSIVE: i32 = 0x1;");
        has_home("guest/src/options/table.rs", "    row(SOL_SOCKET, 4, SocketOption::Error, Scope::Any, FLAG),");
        has_home("guest/src/options/table.rs", "    SocketOption::TcpCork => (IPPROTO_TCP, 3),");
        has_home("guest/src/errno.rs", "        EACCES = 13, \"Permission denied\";");
        has_home("guest/src/errno.rs", "        Errno::ECONNREFUSED => 111,");
        has_home("guest/src/polling.rs", "    (\"EPOLLIN\", 1),");
        has_home("guest/src/polling.rs", "const POLLIN: u32 = 1;");
        has_home("guest/src/polling.rs", "    let events = Events::from_bits_retain(0x1);");
        has_home("guest/src/message.rs", "    (\"MSG_PEEK\", 2),");
        has_home("guest/src/message.rs", "    MessageFlags::from_bits_retain(2)");
        has_home("guest/src/sockets/kinds.rs", "    KernelKind::Pipe(pipe) => pipe,");
    }

    #[test]
    fn what_only_uses_a_number_is_none() {
        for line in [
            "const SO_ERROR: i32 = number(\"SO_ERROR\");",
            "    (\"EPOLLIN\", Events::IN.bits() as i64),",
            "    Events::from_bits_retain(mask)",
            "    (SOL_SOCKET, SO_ERROR) => 4,",
            "    Errno::EAGAIN => ErrorKind::WouldBlock,",
            "/// `SO_ERROR = 4`, (SOL_SOCKET, 4), EACCES = 13.",
            "const LIMIT: usize = 4;",
            "    const EDGE = 1 << 31;",
        ] {
            assert_eq!(count("guest/src/tcp/mod.rs", line), 0, "{line}");
        }
        assert_eq!(count("host/src/x.rs", "const SO_ERROR: i32 = 4;"), 0);
        assert_eq!(count("guest/src/x.rs", "#[cfg(test)]\nconst SO_ERROR: i32 = 4;"), 0);
    }

    #[test]
    fn two_kinds_in_a_file_are_found() {
        let kind = |name: &str| format!("impl<N: Network> Endpoint<N> for {name} {{\n}}\n");
        assert_eq!(count("guest/src/file.rs", &kind("File")), 0);
        assert_eq!(count("guest/src/file.rs", &(kind("File") + &kind("Pipe<Rights<N>>"))), 1);
    }
}
