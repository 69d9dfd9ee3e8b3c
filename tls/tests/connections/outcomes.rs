//! Which certificates are refused, with OpenSSL's numbers and words.

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, date_time_ymd};
use wasocket_tls::{ErrorKind, Settings, VerifyMode};

use crate::authority::Authority;
use crate::peers::connect;

/// The number and the words for a server whose certificate for "host.test" was changed so.
fn refusal(host: &str, change: impl FnOnce(&mut CertificateParams)) -> Option<(i32, String)> {
    let authority = Authority::new();
    let (client, server) = (authority.client(), authority.server("host.test", change));
    let (who, error) = connect(&client, &server, host).err()?;
    assert_eq!((who, error.reason), ("client", "CERTIFICATE_VERIFY_FAILED"));
    match error.kind {
        ErrorKind::Verification(failure) => Some((failure.code, failure.message)),
        ErrorKind::Ssl | ErrorKind::EndOfFile | ErrorKind::Closed => None,
    }
}

#[test]
fn a_good_certificate_is_taken() {
    assert_eq!(refusal("host.test", |_| {}), None);
}

#[test]
fn bad_certificates_are_refused_for_their_own_reasons() {
    let expired = refusal("host.test", |params| params.not_after = date_time_ymd(2002, 1, 1));
    assert_eq!(expired, Some((10, "certificate has expired".to_owned())));
    let early = refusal("host.test", |params| params.not_before = date_time_ymd(2200, 1, 1));
    assert_eq!(early, Some((9, "certificate is not yet valid".to_owned())));
    let other = "Hostname mismatch, certificate is not valid for 'other.test'.";
    assert_eq!(refusal("other.test", |_| {}), Some((62, other.to_owned())));
    let address = "IP address mismatch, certificate is not valid for '127.0.0.1'.";
    assert_eq!(refusal("127.0.0.1", |_| {}), Some((64, address.to_owned())));
    let purpose = refusal("host.test", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    assert_eq!(purpose.map(|(code, _)| code), Some(26));
}

#[test]
fn an_unknown_authority_is_refused() {
    let (client, server) = (Authority::new().client(), Authority::new().server("host.test", |_| {}));
    let error = connect(&client, &server, "host.test").err();
    assert!(
        matches!(error, Some(("client", error)) if matches!(&error.kind, ErrorKind::Verification(found) if found.code == 20))
    );
}

#[test]
fn nothing_is_refused_where_nothing_is_verified() {
    let (mut client, server) = (Authority::new().client(), Authority::new().server("host.test", |_| {}));
    client.set(Settings { verify_mode: VerifyMode::None, check_host: None, ..Settings::default() });
    assert!(connect(&client, &server, "whatever.test").is_ok());
}

#[test]
fn a_server_that_wants_a_certificate_refuses_a_client_without_one() {
    let authority = Authority::new();
    let (client, mut server) = (authority.client(), authority.server("host.test", |_| {}));
    for certificate in authority.client().trust().authorities() {
        server.trust_mut().add(certificate.to_vec().into()).expect("an authority");
    }
    let settings = Settings { verify_mode: VerifyMode::Required, check_host: None, ..Settings::default() };
    server.set(settings);
    let error = connect(&client, &server, "host.test").err();
    assert_eq!(error.map(|(who, error)| (who, error.reason)), Some(("server", "PEER_DID_NOT_RETURN_A_CERTIFICATE")));
}

#[test]
fn versions_that_do_not_meet_are_refused() {
    let authority = Authority::new();
    let (mut client, mut server) = (authority.client(), authority.server("host.test", |_| {}));
    client.set(Settings { tls13: false, ..Settings::default() });
    server.set(Settings { tls12: false, verify_mode: VerifyMode::None, check_host: None, ..Settings::default() });
    let error = connect(&client, &server, "host.test").err();
    assert_eq!(error.map(|(who, error)| (who, error.reason)), Some(("server", "UNSUPPORTED_PROTOCOL")));
}
