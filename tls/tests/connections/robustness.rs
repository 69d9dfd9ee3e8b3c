//! Nothing that a peer or a file may say is more than an error.

use proptest::prelude::*;
use wasocket_tls::{Connection, certificate_facts, certificates_of, is_pem_key_encrypted};

use crate::authority::Authority;
use crate::peers::{client, connect, feed};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_instead_of_a_handshake_is_an_error(kind in 20_u8..24, body in prop::collection::vec(any::<u8>(), 0..300)) {
        let authority = Authority::new();
        let context = authority.server("host.test", |_| {});
        let mut record = vec![kind, 3, 1];
        record.extend((body.len() as u16).to_be_bytes());
        record.extend(&body);
        let mut server = Connection::server(&context);
        let fed = feed(&mut server, &record, &context);
        // Alerts and changes of ciphers may be passed over; whatever is left cannot be a connection.
        prop_assert!(fed.is_err() || server.version().is_none());
        let mut client = client(&authority.client(), "host.test", None).expect("a client");
        let fed = feed(&mut client, &record, &context);
        prop_assert!(fed.is_err() || client.version().is_none());
    }

    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), change in 1_u8..) {
        let authority = Authority::new();
        let (client, server) = (authority.client(), authority.server("host.test", |_| {}));
        let (mut one, mut other) = connect(&client, &server, "host.test").expect("a connection");
        one.write(b"what nobody may change").expect("room");
        let mut record = one.output().to_vec();
        let payload = record.get_mut(5..).expect("a record");
        *at.get_mut(payload) ^= change;
        let fed = feed(&mut other, &record, &server);
        prop_assert_eq!(fed.map_err(|error| error.reason), Err("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"));
    }

    #[test]
    fn files_of_any_content_are_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        for data in [data, format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----").into_bytes()] {
            prop_assert!(certificates_of(&data, true).is_err());
            prop_assert!(certificates_of(&data, false).is_err());
            prop_assert!(certificate_facts(&data).is_err());
            is_pem_key_encrypted(&data);
            let mut context = wasocket_tls::Context::default();
            prop_assert!(context.load_cert_chain(&data, &data, Some(b"password")).is_err());
        }
    }
}
