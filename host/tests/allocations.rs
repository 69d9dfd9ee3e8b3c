//! What a decision costs: one that nobody listens to allocates nothing.

use std::net::SocketAddr;

use wasocket_host::policy::{Attempt, Network, Policy};

/// The network of a guest that has looked up a name of its rules, which gives it its address.
fn network(more: &str) -> Network {
    let policy =
        "[allow]\noutbound = ['tcp://*:80', 'udp://db.test->10.0.0.5:53', 'udp://10.0.0.6:*', 'udp://[::1]:*']\n";
    let network = Network::builder(Policy::from_toml(&format!("{policy}{more}")).unwrap()).build();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(network.resolve("db.test")).unwrap();
    network
}

fn allocations(decide: impl FnMut()) -> u64 {
    allocation_counter::measure(decide).count_total
}

/// `send` on a connected socket of `wasi:sockets`, `sendto`, and `recvfrom`: by an address and by a name.
#[test]
fn a_datagram_is_decided_without_allocating() {
    let network = network("[deny]\noutbound = ['udp://192.0.2.0/24:*', 'udp://other.test:*']\n");
    let attempts: [fn(SocketAddr) -> Attempt; 3] = [Attempt::Send, Attempt::Receive, Attempt::Connect];
    for (address, attempts) in [
        ("10.0.0.5:53", &attempts[..2]),
        ("10.0.0.6:9", &attempts[..2]),
        ("[::1]:9", &attempts[..2]),
        ("10.0.0.6:80", &attempts[2..]),
    ] {
        let address = address.parse().unwrap();
        for attempt in attempts {
            let attempt = attempt(address);
            network.check(attempt.clone()).unwrap();
            let count = allocations(|| {
                for _ in 0..100 {
                    network.check(attempt.clone()).unwrap();
                }
            });
            assert_eq!(count, 0, "{attempt:?}");
        }
    }
    // The control: what is told needs a text.
    let refused = Attempt::Send("192.0.2.1:9".parse().unwrap());
    assert!(allocations(|| assert!(network.check(refused.clone()).is_err())) > 0);
}
