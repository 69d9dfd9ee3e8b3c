//! Certificates and keys on P-521, which *ring* lacks.
//!
//! The files were made by OpenSSL: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521` and `openssl ca`.
//! `leaf.pem` is signed with SHA-512 and has its key in PKCS #8, `sha256.pem` with SHA-256 and SEC 1.

use proptest::prelude::*;
use wasocket_tls::{Connection, Context, Error, ErrorKind, Settings, VerifyMode, certificates_of};

use crate::authority::Authority;
use crate::peers::connect;

const AUTHORITY: &str = include_str!("../p521/authority.pem");
const LEAF: &str = include_str!("../p521/leaf.pem");
const SHA256: &str = include_str!("../p521/sha256.pem");

fn context(pem: &str, settings: Settings) -> Context {
    let mut context = trusting();
    context.load_cert_chain(pem.as_bytes(), pem.as_bytes(), None).expect("its own certificate");
    context.set(settings);
    context
}

fn trusting() -> Context {
    let mut context = Context::default();
    for certificate in certificates_of(AUTHORITY.as_bytes(), false).expect("a certificate") {
        context.trust_mut().add(certificate).expect("an authority");
    }
    context
}

fn serving(verify_mode: VerifyMode) -> Settings {
    Settings { verify_mode, check_host: None, ..Settings::default() }
}

#[test]
fn both_ends_show_certificates_on_p521_in_both_versions() {
    for (tls13, pem, curve) in [
        (false, LEAF, None),
        (true, LEAF, None),
        (false, SHA256, Some("secp521r1")),
        (true, SHA256, Some("P-521")),
        (true, LEAF, Some("X25519")),
    ] {
        let curve = curve.map(str::to_owned);
        let client = context(pem, Settings { tls12: !tls13, tls13, curve, ..Settings::default() });
        let server = context(pem, serving(VerifyMode::Required));
        let (one, other) = connect(&client, &server, "p521.test").expect("a connection");
        assert_eq!((one.verified_chain().len(), other.verified_chain().len()), (2, 2), "{tls13}");
    }
}

#[test]
fn whoever_does_not_trust_the_authority_refuses() {
    let (client, server) = (Authority::new().client(), context(LEAF, serving(VerifyMode::None)));
    assert_eq!(code(connect(&client, &server, "p521.test")), Some(20));
    let client = trusting();
    assert_eq!(code(connect(&client, &server, "other.test")), Some(62));
}

#[test]
fn a_signature_of_the_authority_that_is_false_is_refused() {
    let (client, mut stranger) = (trusting(), context(LEAF, serving(VerifyMode::None)));
    let good = certificates_of(LEAF.as_bytes(), false).expect("a certificate");
    for (from_end, change) in [(1, 0), (1, 1), (40, 0x10), (100, 0x80)] {
        let mut certificate = good.first().expect("a certificate").to_vec();
        let at = certificate.len() - from_end;
        *certificate.get_mut(at).expect("a byte of the signature") ^= change;
        let pem = encoded(&certificate);
        stranger.load_cert_chain(pem.as_bytes(), LEAF.as_bytes(), None).expect("the key is the same");
        let expected = (change != 0).then_some(7);
        assert_eq!(code(connect(&client, &stranger, "p521.test")), expected, "{from_end} from the end");
    }
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let refused = Context::default().load_cert_chain(LEAF.as_bytes(), SHA256.as_bytes(), None);
    assert_eq!(refused.map_err(|error| error.reason), Err("KEY_VALUES_MISMATCH"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_key_is_another_or_none(at in any::<prop::sample::Index>(), change in 1_u8..) {
        for pem in [LEAF, SHA256] {
            let (start, end) = (pem.find("KEY-----\n").expect("a key") + 9, pem.rfind("\n-----END").expect("its end"));
            let mut changed = pem.as_bytes().to_vec();
            *at.get_mut(changed.get_mut(start..end).expect("its text")) ^= change;
            let mut server = Context::default();
            // Base64 has spare bits, and the parameters of a key may be left out: what is taken is the same key.
            if server.load_cert_chain(pem.as_bytes(), &changed, None).is_ok() {
                server.set(serving(VerifyMode::None));
                prop_assert!(connect(&trusting(), &server, "p521.test").is_ok());
            }
        }
    }
}

/// The number of what a client refused a certificate for.
fn code(connected: Result<(Connection, Connection), (&'static str, Error)>) -> Option<i32> {
    let (who, error) = connected.err()?;
    assert_eq!(who, "client", "{error}");
    match error.kind {
        ErrorKind::Verification(failure) => Some(failure.code),
        ErrorKind::Ssl | ErrorKind::EndOfFile | ErrorKind::Closed => panic!("{error}"),
    }
}

/// A certificate in PEM.
fn encoded(der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in der.chunks(3) {
        let bits =
            group.iter().chain([0, 0].iter()).take(3).fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit > group.len() { '=' } else { char::from(DIGITS[value]) });
        }
    }
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}
