//! The fields of events are those that `docs/policy.md` documents.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use crate::policy::Event;

const DOCUMENT: &str = include_str!("../../../../docs/policy.md");

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let address = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let event = Event {
        socket: Some(1),
        state: Some("open"),
        protocol: Some("tcp"),
        name: Some("db.test".to_owned()),
        address,
        port: Some(1),
        local_address: address,
        local_port: Some(1),
        path: Some("/db.sock".into()),
        verdict: Some("allowed"),
        rule: Some("--allow-net".to_owned()),
        reason: Some("denied"),
        remedy: Some("--allow-net".to_owned()),
        addresses: Some(Vec::new()),
        ttl: Some(1),
        errno: Some("EACCES"),
        duration_ms: Some(1),
        bytes_sent: Some(1),
        bytes_received: Some(1),
        ..Event::default()
    };
    let record = serde_json::to_value(event).unwrap();
    let fields: BTreeSet<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    let (_, table) = DOCUMENT.split_once("| field | in | what it says |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split(','));
    let documented: BTreeSet<_> = names.map(|name| name.trim().trim_matches('`')).collect();
    assert_eq!(documented, fields);
}
