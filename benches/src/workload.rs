//! What is measured: one table.

use serde::Serialize;

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unit {
    /// Time for one operation: less is better.
    Time,
    /// Bytes in a second, at so many for each operation: more is better.
    Throughput { bytes: u64 },
    /// Operations in a second: more is better.
    Rate,
    /// Bytes of memory for each of so many connections: less is better.
    Memory { connections: u64 },
}

/// One row of the table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// What it is, in words.
    pub(crate) subject: &'static str,
    /// Its name in the worker.
    pub(crate) program: &'static str,
    pub(crate) argument: &'static str,
    pub(crate) unit: Unit,
    /// Whether a quick run has it.
    pub(crate) quick: bool,
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// All of them, in the order of the page.
pub(crate) const WORKLOADS: &[Workload] = &[
    row("round-trip-1", "request and response, 1 byte, TCP", ("round-trip", "1"), Unit::Time, true),
    row("round-trip-1k", "request and response, 1 KiB, TCP", ("round-trip", "1024"), Unit::Time, true),
    row("write-write-read", "two small writes and a read, TCP_NODELAY", ("write-write-read", "0"), Unit::Time, true),
    row("receive-4k", "bulk receive, 4 KiB a call", ("receive", "4096"), bulk(4 * KIB), false),
    row("receive-64k", "bulk receive, 64 KiB a call", ("receive", "65536"), bulk(64 * KIB), true),
    row("receive-1m", "bulk receive, 1 MiB a call", ("receive", "1048576"), bulk(MIB), false),
    row("receive-into-64k", "bulk recv_into, 64 KiB a call", ("receive-into", "65536"), bulk(64 * KIB), false),
    row("send-4k", "bulk send, 4 KiB a call", ("send", "4096"), bulk(4 * KIB), false),
    row("send-64k", "bulk send, 64 KiB a call", ("send", "65536"), bulk(64 * KIB), true),
    row("send-1m", "bulk send, 1 MiB a call", ("send", "1048576"), bulk(MIB), true),
    row("connect", "connect and close", ("connect", "0"), Unit::Time, true),
    row("accept", "accept and close", ("accept", "0"), Unit::Rate, true),
    row("udp-round-trip", "request and response, 64 bytes, UDP", ("udp-round-trip", "64"), Unit::Time, true),
    row("udp-send", "datagrams of 64 bytes, one way", ("udp-send", "64"), Unit::Rate, false),
    row("lookup-literal", "getaddrinfo of an address", ("lookup", "127.0.0.1"), Unit::Time, false),
    row("lookup-name", "getaddrinfo of localhost", ("lookup", "localhost"), Unit::Time, false),
    row("http-get", "http.client GET of 1 KiB, one connection", ("http-get", "0"), Unit::Rate, true),
    row("redis-pipeline", "redis-py, a pipeline of 100 commands", ("redis-pipeline", "100"), Unit::Time, true),
    row("select-10", "select with 10 idle sockets", ("select", "10"), Unit::Time, false),
    row("select-500", "select with 500 idle sockets", ("select", "500"), Unit::Time, false),
    row("poll-10", "poll with 10 idle sockets", ("poll", "10"), Unit::Time, true),
    row("poll-1000", "poll with 1,000 idle sockets", ("poll", "1000"), Unit::Time, false),
    row("poll-5000", "poll with 5,000 idle sockets", ("poll", "5000"), Unit::Time, true),
    row("epoll-10", "epoll with 10 idle sockets", ("epoll", "10"), Unit::Time, false),
    row("epoll-5000", "epoll with 5,000 idle sockets", ("epoll", "5000"), Unit::Time, false),
    row("asyncio-echo-1", "asyncio echo server, 1 connection", ("asyncio-echo", "1"), Unit::Rate, true),
    row("asyncio-echo-100", "asyncio echo server, 100 connections", ("asyncio-echo", "100"), Unit::Rate, true),
    row("asyncio-echo-1000", "asyncio echo server, 1,000 connections", ("asyncio-echo", "1000"), Unit::Rate, true),
    row("tls-accept-p256", "TLS handshake as a server, P-256", ("tls-accept", "p-256"), Unit::Time, true),
    row("tls-accept-rsa", "TLS handshake as a server, RSA-2048", ("tls-accept", "rsa-2048"), Unit::Time, true),
    row("tls-accept-resumed", "TLS handshake as a server, resumed", ("tls-accept-resumed", "p-256"), Unit::Time, true),
    row("tls-connect-p256", "TLS handshake as a client, P-256", ("tls-connect", "p-256"), Unit::Time, false),
    row("tls-connect-rsa", "TLS handshake as a client, RSA-2048", ("tls-connect", "rsa-2048"), Unit::Time, false),
    row(
        "tls-connect-resumed",
        "TLS handshake as a client, resumed",
        ("tls-connect-resumed", "p-256"),
        Unit::Time,
        false,
    ),
    row("tls-receive-16k", "bulk receive over TLS, 16 KiB a call", ("tls-receive", "16384"), bulk(16 * KIB), true),
    row("tls-receive-1m", "bulk receive over TLS, 1 MiB a call", ("tls-receive", "1048576"), bulk(MIB), false),
    row("tls-send-16k", "bulk send over TLS, 16 KiB a call", ("tls-send", "16384"), bulk(16 * KIB), true),
    row("tls-send-1m", "bulk send over TLS, 1 MiB a call", ("tls-send", "1048576"), bulk(MIB), false),
    row("across-64", "across a boundary of components and back, 64 bytes", ("across", "64"), bulk(2 * 64), true),
    row("across-64k", "across a boundary of components and back, 64 KiB", ("across", "65536"), bulk(128 * KIB), true),
    row("python-calls", "Python alone: calls of functions", ("python", "calls"), Unit::Time, true),
    row("python-loops", "Python alone: loops over a list", ("python", "loops"), Unit::Time, false),
    row("python-floats", "Python alone: arithmetic with floats", ("python", "floats"), Unit::Time, true),
    row("python-objects", "Python alone: objects and properties", ("python", "objects"), Unit::Time, true),
    row(
        "python-dictionaries",
        "Python alone: dictionaries and texts as keys",
        ("python", "dictionaries"),
        Unit::Time,
        true,
    ),
    row("python-texts", "Python alone: texts", ("python", "texts"), Unit::Time, false),
    row("python-expressions", "Python alone: regular expressions", ("python", "expressions"), Unit::Time, false),
    row("python-documents", "Python alone: JSON", ("python", "documents"), Unit::Time, false),
    row("python-generators", "Python alone: generators", ("python", "generators"), Unit::Time, false),
    row("python-collections", "Python alone: deque, heap and set", ("python", "collections"), Unit::Time, false),
    row("python-exceptions", "Python alone: exceptions", ("python", "exceptions"), Unit::Time, false),
    row("python-tasks", "Python alone: tasks of asyncio", ("python", "tasks"), Unit::Time, true),
    row("thread-start", "a thread that starts and ends", ("thread-start", "0"), Unit::Time, true),
    row("thread-queue", "SimpleQueue to a thread and back", ("thread-queue", "0"), Unit::Time, true),
    row("thread-waits", "request and response beside a thread that waits", ("thread-waits", "1"), Unit::Time, false),
    row(
        "thread-computes",
        "request and response beside a thread that computes",
        ("thread-computes", "1"),
        Unit::Time,
        false,
    ),
    row("thread-echo-100", "echo server with a thread each, 100 connections", ("thread-echo", "100"), Unit::Rate, true),
    row(
        "thread-echo-1000",
        "echo server with a thread each, 1,000 connections",
        ("thread-echo", "1000"),
        Unit::Rate,
        false,
    ),
    row("memory", "memory for a connection", ("memory", "1000"), Unit::Memory { connections: 1000 }, false),
];

const fn row(
    name: &'static str,
    subject: &'static str,
    (program, argument): (&'static str, &'static str),
    unit: Unit,
    quick: bool,
) -> Workload {
    Workload { name, subject, program, argument, unit, quick }
}

const fn bulk(bytes: u64) -> Unit {
    Unit::Throughput { bytes }
}

impl Workload {
    /// Whether a contender and its peer wait for each other, so that there is never work for more than one core.
    pub(crate) fn takes_turns(&self) -> bool {
        const PROGRAMS: [&str; 18] = [
            "across",
            "round-trip",
            "write-write-read",
            "udp-round-trip",
            "http-get",
            "redis-pipeline",
            "select",
            "poll",
            "python",
            "epoll",
            "tls-accept",
            "tls-accept-resumed",
            "tls-connect",
            "tls-connect-resumed",
            "thread-start",
            "thread-queue",
            "thread-waits",
            "thread-computes",
        ];
        PROGRAMS.contains(&self.program) || (self.program == "asyncio-echo" && self.argument == "1")
    }
}

impl Unit {
    /// What is compared: nanoseconds for an operation as they are, or turned so that more is better.
    pub(crate) fn value(self, nanoseconds: f64) -> f64 {
        match self {
            Self::Time | Self::Memory { .. } => nanoseconds,
            Self::Throughput { bytes } => bytes as f64 / (nanoseconds / 1e9),
            Self::Rate => 1e9 / nanoseconds,
        }
    }

    /// The value in words.
    pub(crate) fn text(self, value: f64) -> String {
        match self {
            Self::Time if value >= 1e6 => format!("{:.1} ms", value / 1e6),
            Self::Time => format!("{:.1} µs", value / 1e3),
            Self::Throughput { .. } if value >= 1e9 => format!("{:.2} GB/s", value / 1e9),
            Self::Throughput { .. } => format!("{:.0} MB/s", value / 1e6),
            Self::Rate if value >= 1e6 => format!("{:.2} M/s", value / 1e6),
            Self::Rate if value >= 1e4 => format!("{:.1} k/s", value / 1e3),
            Self::Rate => format!("{value:.0} /s"),
            Self::Memory { .. } => format!("{:.1} KiB", value / 1024.0),
        }
    }

    /// Whether less is better.
    pub(crate) fn less_is_better(self) -> bool {
        matches!(self, Self::Time | Self::Memory { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), WORKLOADS.len());
    }

    #[test]
    fn values_and_texts() {
        assert_eq!(Unit::Time.text(Unit::Time.value(17_250.0)), "17.2 µs");
        assert_eq!(bulk(1000).text(bulk(1000).value(500.0)), "2.00 GB/s");
        assert_eq!(Unit::Rate.text(Unit::Rate.value(100_000.0)), "10.0 k/s");
    }
}
