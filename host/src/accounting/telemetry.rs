//! Audit events as `tracing` events, with the names of OpenTelemetry's semantic conventions.
//!
//! A subscriber with an exporter sends them on; without any subscriber they cost a comparison.
//!
//! # References
//! - <https://opentelemetry.io/docs/specs/semconv/registry/attributes/network/>
//! - <https://opentelemetry.io/docs/specs/semconv/registry/attributes/dns/>

use tracing::field::{DisplayValue, display};

use super::event::Event;

/// Whether anybody listens.
pub(super) fn is_heard() -> bool {
    tracing::enabled!(target: "wasocket::policy", tracing::Level::DEBUG)
}

/// Tells of one event. Names that no convention has begin with `wasocket`.
pub(super) fn emit(event: &Event) {
    let is_local = matches!(event.operation, "bind" | "listen");
    let address = event.address.map(display);
    let (local, peer) = if is_local { (address, None) } else { (event.local_address.map(display), address) };
    let is_lookup = matches!(event.operation, "resolve" | "reverse");
    let name = event.name.as_deref();
    tracing::debug!(
        target: "wasocket::policy",
        {
            wasocket.guest = event.guest,
            wasocket.event = event.event,
            wasocket.operation = event.operation,
            wasocket.socket = event.socket,
            wasocket.state = event.state,
            network.transport = event.protocol,
            network.local.address = local,
            network.local.port = if is_local { event.port } else { event.local_port },
            network.peer.address = peer,
            network.peer.port = event.port.filter(|_| !is_local),
            server.address = name.filter(|_| !is_lookup),
            dns.question.name = name.filter(|_| is_lookup),
            dns.answers = answers(event),
            error.r#type = event.errno,
            wasocket.path = event.path.as_deref(),
            wasocket.verdict = event.verdict,
            wasocket.rule = event.rule,
            wasocket.reason = event.reason,
            wasocket.duration_ms = event.duration_ms,
            wasocket.bytes_sent = event.bytes_sent,
            wasocket.bytes_received = event.bytes_received,
        },
        "{} {}", event.event, event.operation
    );
}

fn answers(event: &Event) -> Option<DisplayValue<String>> {
    let addresses = event.addresses.as_ref()?;
    Some(display(addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt;
    use std::sync::{Arc, Mutex};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Metadata, Subscriber};

    use crate::policy::{Attempt, Network, Policy, Protocol, Rule};

    /// Keeps the fields of all events.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<Fields>>>);

    #[derive(Default)]
    struct Fields(BTreeMap<&'static str, String>);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.0.insert(field.name(), format!("{value:?}"));
        }

        fn record_str(&mut self, field: &Field, value: &str) {
            self.0.insert(field.name(), value.to_owned());
        }
    }

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "wasocket::policy"
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().unwrap().push(fields);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn events_have_the_names_of_the_conventions() {
        let mut policy = Policy::new();
        policy.allow_outbound(Rule::parse("tcp://10.0.0.1:80").unwrap());
        let network = Network::builder(policy).guest("one").build();
        let kept = Kept::default();
        tracing::subscriber::with_default(kept.clone(), || {
            network.check(Attempt::Connect("10.0.0.1:80".parse().unwrap())).unwrap();
            network.check(Attempt::Bind(Protocol::Udp, "127.0.0.1:53".parse().unwrap())).unwrap_err();
            network.check(Attempt::Resolve("db.test".to_owned())).unwrap_err();
        });
        let events = kept.0.lock().unwrap();
        let all: Vec<_> = events.iter().filter(|event| event.0.contains_key("wasocket.event")).collect();
        let [connect, bind, resolve] = &all[..] else { panic!("{} events", all.len()) };
        for (event, name, value) in [
            (connect, "wasocket.guest", "one"),
            (connect, "wasocket.verdict", "allowed"),
            (connect, "network.transport", "tcp"),
            (connect, "network.peer.address", "10.0.0.1"),
            (connect, "network.peer.port", "80"),
            (bind, "network.transport", "udp"),
            (bind, "network.local.address", "127.0.0.1"),
            (bind, "network.local.port", "53"),
            (bind, "error.type", "EACCES"),
            (bind, "wasocket.reason", "no-rule"),
            (resolve, "dns.question.name", "db.test"),
        ] {
            assert_eq!(event.0.get(name).map(String::as_str), Some(value), "{name} of {:?}", event.0);
        }
        assert!(!bind.0.contains_key("network.peer.port"), "{:?}", bind.0);
    }
}
