//! The arguments of `getaddrinfo` and of its older kin, and what they make of a resolver's answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use arbitrary::{Arbitrary, Result, Unstructured};
use wasocket::Error;
use wasocket::address::{Family, IpFamily};
use wasocket::errno::Errno;
use wasocket::net::{ErrorCode, NetError, NetResult};
use wasocket::netdb::numbers::{
    AF_INET, AF_INET6, AF_UNSPEC, AI_ADDRCONFIG, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV,
};
use wasocket::netdb::{
    AddressInfo, Hints, Plan, getaddrinfo, gethostbyaddr, gethostbyname, gethostbyname_ex, getnameinfo,
    name_info_address, resolve_host,
};

use crate::c_library;

/// The longest name that the C library looks up.
const LONGEST_NAME: usize = 254;

/// The C library's flags for names that are not ASCII.
const AI_IDN: i32 = 0x3c0;

/// What a program asks, and what a resolver answers.
#[derive(Debug)]
struct Question<'a> {
    host: Option<&'a [u8]>,
    service: Option<&'a [u8]>,
    hints: Hints,
    answer: NetResult<Vec<IpAddr>>,
}

impl<'a> Arbitrary<'a> for Question<'a> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let family = *input.choose(&[AF_UNSPEC, AF_INET, AF_INET6, 1, -1])?;
        let kind = *input.choose(&[0, 1, 2, 3, 5, 6, 77])?;
        let protocol = *input.choose(&[0, 6, 17, 33, 132, 136, 255, -1])?;
        let flags = i32::from(input.arbitrary::<u16>()?) & *input.choose(&[0, 0x43f, 0x7ff, 0xffff])?;
        let answer = if input.ratio(1, 8)? { Err(net_error(input)?) } else { Ok(addresses(input)?) };
        let service = input.arbitrary()?;
        let host = input.arbitrary()?;
        Ok(Self { host, service, hints: Hints { family, kind, protocol, flags }, answer })
    }
}

fn net_error(input: &mut Unstructured<'_>) -> Result<NetError> {
    Ok(match input.int_in_range(0..=3)? {
        0 => NetError::WouldBlock,
        1 => NetError::Code(ErrorCode::NameUnresolvable),
        2 => NetError::Code(ErrorCode::AccessDenied),
        _ => NetError::Other(input.arbitrary()?),
    })
}

fn addresses(input: &mut Unstructured<'_>) -> Result<Vec<IpAddr>> {
    (0..input.int_in_range(0..=5)?)
        .map(|_| {
            Ok(match input.arbitrary()? {
                true => IpAddr::V4(Ipv4Addr::from_bits(input.arbitrary()?)),
                false => IpAddr::V6(Ipv6Addr::from_bits(input.arbitrary()?)),
            })
        })
        .collect()
}

/// Asks what the bytes say.
pub fn check(input: &[u8]) {
    let Ok(question) = Question::arbitrary(&mut Unstructured::new(input)) else { return };
    ask(&question);
    against_the_c_library(&question);
    older_questions(&question);
}

fn ask(question: &Question<'_>) {
    match getaddrinfo(question.host, question.service, &question.hints) {
        Ok(Plan::Done(found)) => check_found(&found, &question.hints),
        Ok(Plan::Lookup(pending)) => {
            check_name(pending.name(), &question.hints);
            let refused = question.answer.is_err();
            match pending.finish(question.answer.clone()) {
                Ok(found) => {
                    assert!(!refused, "a lookup that failed has an answer: {found:?}");
                    check_found(&found, &question.hints);
                }
                Err(error) => check_error(&error),
            }
        }
        Err(error) => check_error(&error),
    }
}

/// A resolver is asked only for what the C library takes for a name.
fn check_name(name: &str, hints: &Hints) {
    assert!((1..=LONGEST_NAME).contains(&name.len()), "{name:?}");
    assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name:?}");
    assert!(name.parse::<IpAddr>().is_err(), "{name} is an address");
    assert_eq!(hints.flags & AI_NUMERICHOST, 0, "{name} was to be an address");
}

fn check_found(found: &[AddressInfo], hints: &Hints) {
    assert!(!found.is_empty() || hints.family == AF_UNSPEC, "no answer is an error");
    for (position, info) in found.iter().enumerate() {
        assert_eq!(info.family == Family::Inet, info.address.is_ipv4(), "{info:?}");
        assert!(hints.family != AF_INET || info.address.is_ipv4(), "{info:?} for {hints:?}");
        assert!(hints.family != AF_INET6 || info.address.is_ipv6(), "{info:?} for {hints:?}");
        assert!(hints.kind == 0 || info.kind == hints.kind, "{info:?} for {hints:?}");
        let named = position == 0 && hints.flags & AI_CANONNAME != 0;
        assert!(named || info.canonical_name.is_empty(), "{info:?} is number {position}");
        assert_eq!(info.address.port(), found[0].address.port(), "one service has one port");
    }
}

fn check_error(error: &Error) {
    // A name that the policy refuses is `PermissionError`, and what the resolver says in its own words is passed on; all
    // else is a `gaierror`.
    let expected = matches!(error, Error::AddressInfo(_) | Error::Other(_) | Error::Os { errno: Errno::EACCES, .. });
    assert!(expected, "{error:?}");
}

/// The C library's answer, where it comes without a resolver and without files.
fn against_the_c_library(question: &Question<'_>) {
    let Hints { family, kind, protocol, flags } = question.hints;
    let scoped = |host: &[u8]| host.contains(&b'%');
    if question.host.is_some_and(scoped) {
        // See the target `addresses`.
        return;
    }
    // Which families a machine has is not for a guest to know, and Python itself encodes names.
    let flags = (flags & !(AI_ADDRCONFIG | AI_IDN)) | AI_NUMERICHOST | AI_NUMERICSERV;
    let ours = match getaddrinfo(question.host, question.service, &Hints { flags, ..question.hints }) {
        Ok(Plan::Done(found)) => Ok(found),
        Ok(Plan::Lookup(pending)) => panic!("{pending:?} in spite of AI_NUMERICHOST"),
        Err(Error::AddressInfo(error)) => Err(error.code()),
        Err(error) => panic!("{error:?}"),
    };
    // Python passes "*" on as it is, which the C library takes for nothing.
    let ours = ours.map(|found| {
        let answer = |info: AddressInfo| (info.kind, info.protocol, info.canonical_name, info.address);
        found.into_iter().map(answer).collect::<Vec<_>>()
    });
    let theirs = c_library::addrinfo(question.host, question.service, [family, kind, protocol, flags]);
    assert_eq!(ours, theirs, "{question:?}");
}

/// None of them panics, and none looks up what is no name.
fn older_questions(question: &Question<'_>) {
    let host = question.host.unwrap_or_default();
    let anything = Hints::default();
    for family in [IpFamily::V4, IpFamily::V6] {
        if let Ok(Plan::Lookup(pending)) = resolve_host(host, family) {
            check_name(pending.name(), &anything);
            drop(pending.finish(question.answer.clone()));
        }
    }
    if let Ok(Plan::Lookup(pending)) = gethostbyname(host) {
        drop(pending.finish(question.answer.clone()));
    }
    if let Ok(Plan::Lookup(pending)) = gethostbyname_ex(host) {
        drop(pending.finish(question.answer.clone()));
    }
    if let Ok(Plan::Lookup(pending)) = gethostbyaddr(host) {
        drop(pending.finish(question.answer.clone()));
    }
    let length = question.service.map_or(2, <[u8]>::len);
    let numbers = (question.hints.protocol, question.hints.kind.cast_unsigned(), question.hints.flags.cast_unsigned());
    if let Ok(address) = name_info_address(host, numbers.0, numbers.1, numbers.2, length) {
        drop(getnameinfo(address, question.hints.flags));
    }
}
