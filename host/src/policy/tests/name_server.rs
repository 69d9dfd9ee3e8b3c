//! A name server in this process, over UDP on loopback: it says what a test wants said, and counts what it is asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, PTR};
use hickory_resolver::proto::rr::{Name, RData, Record};
use tokio::net::UdpSocket;

/// What the server says of a name.
#[derive(Clone)]
pub(super) enum Say {
    /// These addresses, to be kept for so many seconds.
    Addresses(Vec<IpAddr>, u32),
    /// It is an alias of this name, which has this address.
    Alias(&'static str, IpAddr),
    /// It is the name of an address, `PTR`.
    Pointer(&'static str),
    /// An error of this kind.
    Code(ResponseCode),
}

pub(super) struct NameServer {
    pub(super) address: SocketAddr,
    names: Arc<Mutex<Vec<(String, Say)>>>,
    asked: Arc<AtomicUsize>,
}

impl NameServer {
    /// Must be called on a runtime, which it lives on.
    #[expect(clippy::disallowed_methods, reason = "it is the other end")]
    pub(super) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (names, asked) = (Arc::<Mutex<Vec<(String, Say)>>>::default(), Arc::<AtomicUsize>::default());
        let (said, counted) = (Arc::clone(&names), Arc::clone(&asked));
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            loop {
                let (count, from) = socket.recv_from(&mut buffer).await.unwrap();
                let answer = answer(&Message::from_vec(&buffer[..count]).unwrap(), &said.lock().unwrap());
                counted.fetch_add(1, Ordering::SeqCst);
                socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
            }
        });
        Self { address, names, asked }
    }

    /// From now on, says this of `name`.
    pub(super) fn say(&self, name: &str, say: Say) {
        let mut names = self.names.lock().unwrap();
        names.retain(|(known, _)| known != name);
        names.push((name.to_owned(), say));
    }

    pub(super) fn has(&self, name: &str, address: &str) {
        self.say(name, Say::Addresses(vec![address.parse().unwrap()], 300));
    }

    /// How many questions have come.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(question: &Message, names: &[(String, Say)]) -> Message {
    let query = question.queries[0].clone();
    let name = query.name().to_ascii().to_ascii_lowercase();
    let said = names.iter().find(|(known, _)| name == format!("{known}.")).map(|(_, say)| say.clone());
    let mut answer = Message::response(question.id, question.op_code);
    answer.add_query(query.clone());
    match said.unwrap_or(Say::Code(ResponseCode::NXDomain)) {
        Say::Addresses(addresses, ttl) => {
            for address in addresses.into_iter().map(RData::from) {
                if address.record_type() == query.query_type() {
                    answer.add_answer(Record::from_rdata(query.name().clone(), ttl, address));
                }
            }
        }
        Say::Alias(target, address) => {
            let (target, address) = (Name::from_ascii(target).unwrap(), RData::from(address));
            let alias = RData::CNAME(CNAME(target.clone()));
            answer.add_answer(Record::from_rdata(query.name().clone(), 300, alias));
            if address.record_type() == query.query_type() {
                answer.add_answer(Record::from_rdata(target, 300, address));
            }
        }
        Say::Pointer(target) => {
            let pointer = RData::PTR(PTR(Name::from_ascii(target).unwrap()));
            answer.add_answer(Record::from_rdata(query.name().clone(), 300, pointer));
        }
        Say::Code(code) => answer.metadata.response_code = code,
    }
    answer
}
