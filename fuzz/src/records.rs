//! What a peer of a TLS connection may send.

use std::sync::{Mutex, OnceLock, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use wasocket_tls::{Connection, Context, Error, Plaintext, Progress, Settings, VerifyMode, certificates_of};

use crate::choice;
use crate::edits::Edits;

/// The first byte says what the rest is.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    let contexts = contexts().lock().unwrap_or_else(PoisonError::into_inner);
    let (client, server) = &*contexts;
    match selector % 4 {
        0 => alone(Connection::server(server), rest, server),
        1 => alone(speaking(client), rest, server),
        which => disturbed(client, server, which == 2, rest),
    }
}

/// A client that trusts the authority of the server's certificate.
fn contexts() -> &'static Mutex<(Context, Context)> {
    static CONTEXTS: OnceLock<Mutex<(Context, Context)>> = OnceLock::new();
    CONTEXTS.get_or_init(|| {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.use_authority_key_identifier_extension = true;
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let mut certificate = CertificateParams::new(["host.test".to_owned()]).expect("a name");
        certificate.is_ca = IsCa::ExplicitNoCa;
        certificate.use_authority_key_identifier_extension = true;
        let certificate = certificate.signed_by(&key, &authority).expect("a certificate");
        let (mut client, mut server) = (Context::default(), Context::default());
        for certificate in certificates_of(authority.pem().as_bytes(), false).expect("a certificate") {
            client.trust_mut().add(certificate).expect("an authority");
        }
        server.load_cert_chain(certificate.pem().as_bytes(), key.serialize_pem().as_bytes(), None).expect("its own");
        server.set(Settings { verify_mode: VerifyMode::None, check_host: None, ..Settings::default() });
        Mutex::new((client, server))
    })
}

/// A client that has said who it is.
fn speaking(context: &Context) -> Connection {
    let mut made = Connection::client(context, Some("host.test")).expect("a client");
    made.begin(context, None, false).expect("its first words");
    made
}

/// One end, and a peer that says anything: no connection comes of it, and what is refused stays refused.
fn alone(mut end: Connection, data: &[u8], context: &Context) {
    let refused = feed(&mut end, data, context).err();
    assert_ne!(end.progress(), Ok(Progress::Done));
    if let Some(error) = refused {
        assert_eq!(end.progress().map_err(|error| error.reason), Err(error.reason));
        assert!(end.feed(b"x").is_err());
    }
    assert!(end.output().len() < 1 << 16, "{} bytes in answer to {}", end.output().len(), data.len());
}

/// Two ends, and somebody between them who changes what one of them says: they agree, or one of them notices.
fn disturbed(client: &Context, server: &Context, is_client: bool, input: &[u8]) {
    let Some((when, edits)) = choice(input) else { return };
    let edits = Edits::read(edits);
    let mut ends = (speaking(client), Connection::server(server));
    let disturb = |step: u8, from_client: bool, data: Vec<u8>| {
        if step == when % 4 && from_client == is_client { edits.applied(&data) } else { data }
    };
    for step in 0..4 {
        let said = disturb(step, true, take(&mut ends.0));
        let heard = feed(&mut ends.1, &said, server);
        let answered = disturb(step, false, take(&mut ends.1));
        if heard.is_err() || feed(&mut ends.0, &answered, client).is_err() {
            return;
        }
    }
    if (ends.0.progress(), ends.1.progress()) != (Ok(Progress::Done), Ok(Progress::Done)) {
        return;
    }
    assert_eq!(ends.0.version(), ends.1.version());
    assert_eq!(ends.0.cipher().map(|cipher| cipher.name), ends.1.cipher().map(|cipher| cipher.name));
    assert_eq!(ends.0.verified_chain().len(), 2);
    ends.0.write(b"what was said").expect("room");
    let said = take(&mut ends.0);
    if feed(&mut ends.1, &said, server).is_ok() {
        assert_eq!(ends.1.read(99), Ok(Plaintext::Data(b"what was said".to_vec())));
    }
}

fn take(end: &mut Connection) -> Vec<u8> {
    let output = end.output().to_vec();
    end.sent(output.len());
    output
}

fn feed(end: &mut Connection, mut data: &[u8], context: &Context) -> Result<(), Error> {
    while !data.is_empty() {
        let (now, rest) = data.split_at(end.wanted().clamp(1, data.len()));
        end.feed(now)?;
        if end.progress()? == Progress::Hello {
            end.answer(context, false)?;
        }
        data = rest;
    }
    Ok(())
}
