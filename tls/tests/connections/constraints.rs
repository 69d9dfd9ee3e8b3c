//! Name constraints of authorities: whatever name a host is found by obeys them.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, CustomExtension, DnType, GeneralSubtree, IsCa,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use rustls_pki_types::UnixTime;
use wasocket_tls::TrustStore;
use wasocket_tls::verify::{ExpectedHost, Purpose, Question, verify};

const PERMITTED: i32 = 47;
const EXCLUDED: i32 = 48;

/// What an authority may give names for.
#[derive(Clone, Default)]
struct Limits {
    permitted: Vec<GeneralSubtree>,
    excluded: Vec<GeneralSubtree>,
    /// Instead of both, what the extension holds.
    raw: Option<Vec<u8>>,
}

fn hosts(names: &[&str]) -> Vec<GeneralSubtree> {
    names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect()
}

fn permitted(names: &[&str]) -> Limits {
    Limits { permitted: hosts(names), ..Limits::default() }
}

fn excluded(names: &[&str]) -> Limits {
    Limits { excluded: hosts(names), ..Limits::default() }
}

/// The number of the failure to verify `host`, where the root and the authority between have these limits.
fn failure(root: &Limits, between: &Limits, common: &str, names: Vec<SanType>, host: &str, flags: u32) -> Option<i32> {
    let authority = |name: &str, limits: &Limits| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let Limits { permitted: permitted_subtrees, excluded: excluded_subtrees, raw } = limits.clone();
        params.custom_extensions =
            raw.into_iter().map(|raw| CustomExtension::from_oid_content(&[2, 5, 29, 30], raw)).collect();
        if !permitted_subtrees.is_empty() || !excluded_subtrees.is_empty() {
            params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees });
        }
        params
    };
    let key = || KeyPair::generate().expect("a key");
    let root = CertifiedIssuer::self_signed(authority("root", root), key()).expect("a root");
    let between = CertifiedIssuer::signed_by(authority("between", between), key(), &root).expect("an authority");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common);
    params.is_ca = IsCa::ExplicitNoCa;
    params.subject_alt_names = names;
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2201, 1, 1));
    let leaf = params.signed_by(&key(), &between).expect("a certificate");
    let mut store = TrustStore::default();
    store.add(root.der().clone()).expect("a root");
    let question = Question {
        leaf: leaf.der(),
        others: &[between.der().clone()],
        store: &store,
        flags: 0,
        purpose: Purpose::Server,
        host: Some(&ExpectedHost { name: host.to_owned(), flags }),
        now: UnixTime::now(),
    };
    verify(&question).err().map(|failure| failure.code)
}

/// The same for a common name alone.
fn of_common_name(root: &Limits, between: &Limits, common: &str, host: &str) -> Option<i32> {
    failure(root, between, common, Vec::new(), host, 0)
}

fn none() -> Limits {
    Limits::default()
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.to_owned().try_into().expect("ASCII"))
}

#[test]
fn common_names_obey_every_authority_above() {
    let host = "victim.test";
    for (root, between, expected) in [
        (none(), none(), None),
        (none(), permitted(&["example.com"]), Some(PERMITTED)),
        (none(), permitted(&["example.com", "victim.test"]), None),
        (none(), permitted(&["test"]), None),
        (none(), excluded(&["victim.test"]), Some(EXCLUDED)),
        (none(), excluded(&["test"]), Some(EXCLUDED)),
        (none(), excluded(&["example.com", "im.test"]), None),
        (permitted(&["example.com"]), none(), Some(PERMITTED)),
        (excluded(&["VICTIM.test"]), none(), Some(EXCLUDED)),
        (permitted(&["test"]), excluded(&["a.victim.test"]), None),
        (permitted(&["test"]), excluded(&["victim.test"]), Some(EXCLUDED)),
    ] {
        assert_eq!(of_common_name(&root, &between, host, host), expected, "{:?}", (root.permitted, between.permitted));
    }
}

#[test]
fn names_of_another_kind_do_not_hide_the_common_name() {
    let limits = permitted(&["example.com"]);
    for name in [
        SanType::IpAddress([127, 0, 0, 1].into()),
        SanType::Rfc822Name("a@b.test".to_owned().try_into().expect("ASCII")),
        SanType::URI("https://example.com/".to_owned().try_into().expect("ASCII")),
    ] {
        let found = |limits: &Limits| failure(&none(), limits, "victim.test", vec![name.clone()], "victim.test", 0);
        assert_eq!((found(&limits), found(&none())), (Some(PERMITTED), None), "{name:?}");
    }
}

#[test]
fn a_common_name_that_finds_no_host_is_free() {
    let limits = permitted(&["example.com"]);
    let named = |common, flags| failure(&none(), &limits, common, vec![dns("a.example.com")], "a.example.com", flags);
    assert_eq!(named("victim.test", 0), None, "the extension has the names");
    assert_eq!(named("victim.test", 0x1), Some(PERMITTED), "both have them");
    assert_eq!(named("victim.test", 0x20), None, "the common name is never used");
    assert_eq!(named("Some Company, Ltd.", 0x1), None, "it is no host's name");
}

#[test]
fn a_common_name_that_is_no_plain_name_obeys_for_the_host_that_it_finds() {
    let host = "www.victim.test";
    assert_eq!(of_common_name(&none(), &none(), "*.victim.test", host), None);
    assert_eq!(of_common_name(&none(), &permitted(&["example.com"]), "*.victim.test", host), Some(PERMITTED));
    assert_eq!(of_common_name(&none(), &excluded(&[host]), "*.victim.test", host), Some(EXCLUDED));
    assert_eq!(of_common_name(&none(), &permitted(&["victim.test"]), "*.victim.test", host), None);
    assert_eq!(of_common_name(&none(), &permitted(&["example.com"]), "localhost", "localhost"), Some(PERMITTED));
    assert_eq!(of_common_name(&none(), &permitted(&["localhost"]), "localhost", "localhost"), None);
}

#[test]
fn names_of_the_extension_obey_with_the_same_numbers() {
    let network = |address: &str| GeneralSubtree::IpAddress(address.parse::<CidrSubnet>().expect("a network"));
    let (v4, v6) = (SanType::IpAddress([127, 0, 0, 1].into()), SanType::IpAddress([0_u16; 8].into()));
    let of = |limits: Limits, name: &SanType, host| failure(&none(), &limits, "x", vec![name.clone()], host, 0);
    let only = |permitted| Limits { permitted, ..Limits::default() };
    let but = |excluded| Limits { excluded, ..Limits::default() };
    let victim = dns("victim.test");
    assert_eq!(of(permitted(&["example.com"]), &victim, "victim.test"), Some(PERMITTED));
    assert_eq!(of(excluded(&["victim.test"]), &victim, "victim.test"), Some(EXCLUDED));
    assert_eq!(of(permitted(&["victim.test"]), &victim, "victim.test"), None);
    assert_eq!(of(only(vec![network("10.0.0.0/8")]), &v4, "127.0.0.1"), Some(PERMITTED));
    assert_eq!(of(but(vec![network("127.0.0.0/8")]), &v4, "127.0.0.1"), Some(EXCLUDED));
    assert_eq!(of(only(vec![network("127.0.0.0/8")]), &v4, "127.0.0.1"), None);
    assert_eq!(of(only(vec![network("127.0.0.0/8")]), &v6, "::"), Some(PERMITTED));
    assert_eq!(of(but(vec![network("127.0.0.0/8")]), &v6, "::"), None);
}

#[test]
fn constraints_that_are_not_understood_let_nothing_pass() {
    let host = b"\x82\x0bvictim.test";
    let subtree = |tag: u8, content: &[u8]| {
        let inner = [&[0x30, content.len() as u8], content].concat();
        [&[tag, inner.len() as u8], inner.as_slice()].concat()
    };
    let sequence = |content: &[u8]| [&[0x30, content.len() as u8], content].concat();
    let of = |raw: Vec<u8>| {
        let limits = Limits { raw: Some(raw), ..Limits::default() };
        of_common_name(&none(), &limits, "victim.test", "victim.test")
    };
    let excluded = subtree(0xa1, host);
    assert_eq!(of(sequence(&subtree(0xa0, host))), None);
    assert_eq!(of(sequence(&excluded)), Some(EXCLUDED));
    let nobody_first = [&[0xa0, 0], excluded.as_slice()].concat();
    assert!(of(sequence(&nobody_first)).is_some(), "an empty list does not hide the other");
    let twice = [excluded.as_slice(), &subtree(0xa0, host)].concat();
    assert!(of(sequence(&twice)).is_some(), "nor does their order");
    assert_eq!(of(sequence(&subtree(0xa0, &[host.as_slice(), &[0x80, 1, 1]].concat()))), Some(49), "a minimum");
    assert_eq!(of(sequence(&subtree(0xa0, b"\x82\x02\xff\xfe"))), Some(52), "no text");
    for garbage in [&b""[..], b"\x30\x80", b"\x30\x01\xa0", b"\x31\x00", b"\x30\x03\x02\x01\x00", b"\x30\x02\xa0\x05"] {
        assert!(of(garbage.to_vec()).is_some(), "{garbage:?}");
    }
}
