//! A name server in this process, on loopback, over UDP, and over TCP what is long: it says what a test wants said, and
//! keeps what it is asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, PTR};
use hickory_resolver::proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What the server says of a name.
#[derive(Clone)]
pub(super) enum Say {
    /// These addresses, to be kept for so many seconds.
    Addresses(Vec<IpAddr>, u32),
    /// It is an alias of this name, which has this address.
    Alias(&'static str, IpAddr),
    /// It is the name of an address, `PTR`.
    Pointer(&'static str),
    /// These are.
    Pointers(Vec<String>),
    /// An error of this kind.
    Code(ResponseCode),
}

pub(super) struct NameServer {
    pub(super) address: SocketAddr,
    names: Arc<Mutex<Vec<(String, Say)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Must be called on a runtime, which it lives on.
    pub(super) async fn start() -> Self {
        let (socket, listener) = sockets().await;
        let address = socket.local_addr().unwrap();
        let (names, asked) = (Arc::<Mutex<Vec<(String, Say)>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (said, heard) = (Arc::clone(&names), Arc::clone(&asked));
        let reply = move |bytes: &[u8]| {
            let question = Message::from_vec(bytes).unwrap();
            heard.lock().unwrap().push(name_in(&question));
            (answer(&question, &said.lock().unwrap()).to_vec().unwrap(), question)
        };
        tokio::spawn(serve_tcp(listener, reply.clone()));
        tokio::spawn(serve_udp(socket, reply));
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
        self.asked.lock().unwrap().len()
    }

    /// The names that the questions were about, with the dot at the end.
    pub(super) fn asked_names(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Both have one port. A number that is free for the one may be taken for the other.
#[expect(clippy::disallowed_methods, reason = "it is the other end")]
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(listener) = TcpListener::bind(socket.local_addr().unwrap()).await {
            return (socket, listener);
        }
    }
}

async fn serve_udp(socket: UdpSocket, reply: impl Fn(&[u8]) -> (Vec<u8>, Message)) {
    let mut buffer = [0; 4096];
    loop {
        let (count, from) = socket.recv_from(&mut buffer).await.unwrap();
        let (mut answer, question) = reply(&buffer[..count]);
        if answer.len() > LONGEST_DATAGRAM {
            let mut truncated = Message::response(question.id, question.op_code);
            truncated.add_query(question.queries[0].clone());
            truncated.metadata.truncation = true;
            answer = truncated.to_vec().unwrap();
        }
        socket.send_to(&answer, from).await.unwrap();
    }
}

async fn serve_tcp(listener: TcpListener, reply: impl Fn(&[u8]) -> (Vec<u8>, Message) + Clone + Send + 'static) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let reply = reply.clone();
        tokio::spawn(async move {
            while let Ok(length) = stream.read_u16().await {
                let mut question = vec![0; length.into()];
                stream.read_exact(&mut question).await.unwrap();
                let (answer, _) = reply(&question);
                stream.write_u16(answer.len().try_into().unwrap()).await.unwrap();
                stream.write_all(&answer).await.unwrap();
            }
        });
    }
}

/// What every resolver takes (RFC 1035, section 4.2.1).
const LONGEST_DATAGRAM: usize = 512;

fn name_in(question: &Message) -> String {
    question.queries[0].name().to_ascii().to_ascii_lowercase()
}

fn answer(question: &Message, names: &[(String, Say)]) -> Message {
    let query = question.queries[0].clone();
    let name = name_in(question);
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
            answer.add_answer(pointer(&query, target));
        }
        Say::Pointers(targets) => {
            answer.add_answers(targets.iter().map(|target| pointer(&query, target)));
        }
        Say::Code(code) => answer.metadata.response_code = code,
    }
    answer
}

fn pointer(query: &Query, target: &str) -> Record {
    Record::from_rdata(query.name().clone(), 300, RData::PTR(PTR(Name::from_ascii(target).unwrap())))
}
