//! A connection that is given another context: it shows and trusts what that one does, and demands what it always did.

use wasocket_tls::{Connection, Context, Settings, VerifyMode};

use crate::authority::Authority;
use crate::peers::{self, client, shake};

type Ended = Result<(Connection, Connection), (&'static str, &'static str)>;

/// A server that was made with `front` and answers with `other`, as a `sni_callback` would have it.
fn swapped(front: &Context, other: &Context, visitor: Connection) -> Ended {
    let mut server = Connection::server(front);
    server.set_context(other);
    shake(visitor, server, other).map_err(|(who, error)| (who, error.reason))
}

fn of_server(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings { verify_mode: VerifyMode::None, check_host: None, ..Settings::default() };
    change(&mut settings);
    settings
}

/// An authority, a client without a certificate, a server that wants none, and one that does.
fn cast() -> (Authority, Context, Context, Context) {
    let authority = Authority::new();
    let mut strict = authority.server("host.test", |_| {});
    authority.trusted_by(&mut strict);
    strict.set(of_server(|settings| settings.verify_mode = VerifyMode::Required));
    let (visitor, plain) = (authority.client(), authority.server("host.test", |_| {}));
    (authority, visitor, plain, strict)
}

/// A context of somebody who has a certificate of `authority`.
fn member(authority: &Authority) -> Context {
    let mut context = authority.server("member.test", |_| {});
    authority.trusted_by(&mut context);
    context.set(Settings::default());
    context
}

#[test]
fn a_demand_for_certificates_outlives_a_change_of_contexts() {
    let (authority, visitor, plain, strict) = cast();
    let visit = |context: &Context| client(context, "host.test", None).expect("a client");
    let refused = swapped(&strict, &plain, visit(&visitor)).err();
    assert_eq!(refused, Some(("server", "PEER_DID_NOT_RETURN_A_CERTIFICATE")));
    // It still wants a certificate, which the other context has no authority for.
    let refused = swapped(&strict, &plain, visit(&member(&authority))).err();
    assert_eq!(refused, Some(("server", "CERTIFICATE_VERIFY_FAILED")));
    // The other way round, as a control: what the other context demands is nobody's demand.
    let (_, server) = swapped(&plain, &strict, visit(&visitor)).expect("a connection");
    assert!(server.peer_chain().is_empty());
    let (_, server) = swapped(&strict, &strict, visit(&member(&authority))).expect("a connection");
    assert_eq!(server.verified_chain().len(), 2);
}

#[test]
fn versions_and_groups_are_those_that_a_connection_was_made_with() {
    let (authority, mut visitor, plain, _) = cast();
    let mut narrow = authority.server("host.test", |_| {});
    let only12 = of_server(|settings| settings.tls13 = false);
    let p384 = of_server(|settings| settings.curve = Some("secp384r1".to_owned()));
    for (settings, version) in [(only12, "TLSv1.2"), (p384, "TLSv1.3")] {
        narrow.set(settings);
        for (front, other, is_narrow) in [(&narrow, &plain, true), (&plain, &narrow, false)] {
            visitor.set(Settings::default());
            let (one, _) = swapped(front, other, client(&visitor, "host.test", None).expect("a client")).expect("one");
            assert_eq!(one.version(), Some(if is_narrow { version } else { "TLSv1.3" }));
            visitor.set(Settings { tls12: false, curve: Some("X25519".to_owned()), ..Settings::default() });
            let met = swapped(front, other, client(&visitor, "host.test", None).expect("a client"));
            assert_eq!(met.is_err(), is_narrow, "{version}");
        }
    }
}

#[test]
fn certificate_trust_ciphers_and_protocols_are_those_of_the_context_it_is_given() {
    let (authority, mut visitor, mut front, _) = cast();
    let mut other = authority.server("other.test", |_| {});
    let protocols = || vec![b"one".to_vec(), b"two".to_vec()];
    let ciphers = |name: &str| Some(format!("ECDHE-ECDSA-{name}"));
    front.set(of_server(|settings| settings.ciphers = ciphers("AES128-GCM-SHA256")));
    other.set(of_server(|settings| {
        settings.ciphers = ciphers("AES256-GCM-SHA384");
        settings.protocols = protocols();
    }));
    visitor.set(Settings { tls13: false, protocols: protocols(), ..Settings::default() });
    let (one, _) = swapped(&front, &other, client(&visitor, "other.test", None).expect("a client")).expect("one");
    assert_eq!(one.cipher().map(|cipher| cipher.name), Some("ECDHE-ECDSA-AES256-GCM-SHA384"));
    assert_eq!(one.protocol(), Some(&b"one"[..]));
    let refused = swapped(&front, &front, client(&visitor, "other.test", None).expect("a client")).err();
    assert_eq!(refused, Some(("client", "CERTIFICATE_VERIFY_FAILED")), "the control has the first certificate");
}

#[test]
fn a_context_that_changes_later_changes_no_connection() {
    let (authority, visitor, _, mut strict) = cast();
    let server = Connection::server(&strict);
    strict.set(of_server(|_| {}));
    let ended = shake(client(&visitor, "host.test", None).expect("a client"), server, &strict);
    assert_eq!(ended.err().map(|(_, error)| error.reason), Some("PEER_DID_NOT_RETURN_A_CERTIFICATE"));
    assert!(peers::connect(&visitor, &strict, "host.test").is_ok(), "the control is made after the change");

    let mut changing = authority.client();
    let mut one = Connection::client(&changing, Some("elsewhere.test")).expect("a client");
    changing.set(Settings { verify_mode: VerifyMode::None, check_host: None, ..Settings::default() });
    one.begin(&changing, None, false).expect("its first words");
    let ended = shake(one, Connection::server(&strict), &strict);
    assert_eq!(ended.err().map(|(_, error)| error.reason), Some("CERTIFICATE_VERIFY_FAILED"));
}

/// Whether a session of the first visit to `first` opens a second one, to `second`.
fn resumes(visitor: &mut Context, tls13: bool, first: (&Context, &Context), second: (&Context, &Context)) -> bool {
    visitor.set(Settings { tls13, tls12: !tls13, ..Settings::default() });
    let (one, _) = swapped(first.0, first.1, client(visitor, "host.test", None).expect("a client")).expect("one");
    let session = one.session().clone();
    assert!(session.is_resumable());
    let again = client(visitor, "host.test", Some(&session)).expect("a client");
    swapped(second.0, second.1, again).is_ok_and(|(one, other)| one.is_resumed() && other.is_resumed())
}

#[test]
fn a_session_opens_only_what_demands_the_same() {
    for tls13 in [false, true] {
        for tickets in [false, true] {
            let (authority, mut visitor, mut plain, mut strict) = cast();
            let mut member = member(&authority);
            plain.set(of_server(|settings| settings.tickets = tickets));
            let demanding = of_server(|settings| {
                settings.tickets = tickets;
                settings.verify_mode = VerifyMode::Required;
            });
            strict.set(demanding.clone());
            let mut stranger = authority.server("host.test", |_| {});
            authority.trusted_by(&mut stranger);
            Authority::new().trusted_by(&mut stranger);

            let of = |visitor: &mut Context, first, second| resumes(visitor, tls13, first, second);
            assert!(of(&mut visitor, (&plain, &plain), (&plain, &strict)), "the control demands nothing either time");
            assert!(of(&mut member, (&strict, &strict), (&strict, &strict)), "the control trusts the same");
            assert!(!of(&mut member, (&strict, &strict), (&strict, &stranger)), "trust has changed");
            assert!(!of(&mut member, (&strict, &strict), (&plain, &strict)), "another context's sessions");
        }
    }
}

#[test]
fn a_context_that_begins_to_demand_forgets_who_came_before() {
    for tls13 in [false, true] {
        let (authority, mut visitor, mut server, _) = cast();
        authority.trusted_by(&mut server);
        visitor.set(Settings { tls13, tls12: !tls13, ..Settings::default() });
        let (one, _) = peers::connect(&visitor, &server, "host.test").expect("a connection");
        let session = one.session().clone();
        let again = |server: &Context| {
            let one = client(&visitor, "host.test", Some(&session)).expect("a client");
            shake(one, Connection::server(server), server).map(|(one, _)| one.is_resumed())
        };
        assert_eq!(again(&server), Ok(true), "the control");
        server.set(of_server(|settings| settings.verify_mode = VerifyMode::Required));
        let refused = again(&server).map_err(|(who, error)| (who, error.reason));
        assert_eq!(refused, Err(("server", "PEER_DID_NOT_RETURN_A_CERTIFICATE")));
    }
}
