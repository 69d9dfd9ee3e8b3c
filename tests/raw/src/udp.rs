//! `wasi:sockets/udp`, call by call.

use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::udp::{OutgoingDatagram, UdpSocket};
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::addresses::{family, parse, text};
use crate::things::{Answer, Thing, Things, code, done, number, unknown};

impl Things {
    /// Does it, if it is about UDP.
    pub(crate) fn udp(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["udp4", name] => self.create_udp(name, IpAddressFamily::Ipv4),
            ["udp6", name] => self.create_udp(name, IpAddressFamily::Ipv6),
            ["check-send", name] => self.check_send(name),
            ["send", name, count, remote] => self.send(name, count, Some(remote)),
            ["send", name, count] => self.send(name, count, None),
            ["receive", name, max] => self.receive(name, max),
            [verb, name, rest @ ..] if matches!(self.0.get(*name), Some(Thing::Udp(_))) => {
                return self.of_udp(verb, name, rest);
            }
            _ => return None,
        })
    }

    fn create_udp(&mut self, name: &str, family: IpAddressFamily) -> Answer {
        let socket = create_udp_socket(family).map_err(code)?;
        self.0.insert(name.to_owned(), Thing::Udp(socket));
        Ok("ok".to_owned())
    }

    pub(crate) fn udp_socket(&self, name: &str) -> Result<&UdpSocket, String> {
        match self.0.get(name) {
            Some(Thing::Udp(socket)) => Ok(socket),
            _ => Err(unknown(name)),
        }
    }

    fn of_udp(&mut self, verb: &str, name: &str, rest: &[&str]) -> Option<Answer> {
        Some(match (verb, rest) {
            ("bind", [local]) => self.bind_udp(name, local),
            ("stream", []) => self.stream(name, None),
            ("stream", [remote]) => self.stream(name, Some(remote)),
            _ => return self.udp_socket(name).and_then(|socket| simple(socket, verb, rest)).transpose(),
        })
    }

    fn bind_udp(&self, name: &str, local: &str) -> Answer {
        let socket = self.udp_socket(name)?;
        socket.start_bind(&instance_network(), parse(local)?).map_err(code)?;
        socket.finish_bind().map(done).map_err(code)
    }

    fn stream(&mut self, name: &str, remote: Option<&str>) -> Answer {
        let remote = remote.map(parse).transpose()?;
        // The old ones have to be gone before there are new ones.
        self.0.remove(&format!("{name}.in"));
        self.0.remove(&format!("{name}.out"));
        let (incoming, outgoing) = self.udp_socket(name)?.stream(remote).map_err(code)?;
        self.0.insert(format!("{name}.in"), Thing::Incoming(incoming));
        self.0.insert(format!("{name}.out"), Thing::Outgoing(outgoing));
        Ok("ok".to_owned())
    }

    fn check_send(&self, name: &str) -> Answer {
        match self.0.get(&format!("{name}.out")) {
            Some(Thing::Outgoing(stream)) => stream.check_send().map(|count| count.to_string()).map_err(code),
            _ => Err(unknown(name)),
        }
    }

    /// Sends `count` datagrams at once, without asking for a permit.
    fn send(&self, name: &str, count: &str, remote: Option<&str>) -> Answer {
        let Some(Thing::Outgoing(stream)) = self.0.get(&format!("{name}.out")) else {
            return Err(unknown(name));
        };
        let remote_address = remote.map(parse).transpose()?;
        let datagrams: Vec<_> =
            (0..number(count)?).map(|_| OutgoingDatagram { data: b"hello".to_vec(), remote_address }).collect();
        stream.send(&datagrams).map(|sent| format!("sent {sent}")).map_err(code)
    }

    fn receive(&self, name: &str, max: &str) -> Answer {
        let Some(Thing::Incoming(stream)) = self.0.get(&format!("{name}.in")) else {
            return Err(unknown(name));
        };
        let datagrams = stream.receive(number(max)?).map_err(code)?;
        Ok(format!("received {}", datagrams.len()))
    }
}

/// What is one call, and makes nothing.
fn simple(socket: &UdpSocket, verb: &str, rest: &[&str]) -> Result<Option<String>, String> {
    let answer = match (verb, rest) {
        ("start-bind", [local]) => socket.start_bind(&instance_network(), parse(local)?).map(done),
        ("finish-bind", []) => socket.finish_bind().map(done),
        ("local", []) => socket.local_address().map(text),
        ("remote", []) => socket.remote_address().map(text),
        ("family", []) => Ok(family(socket.address_family()).to_owned()),
        _ => return Ok(None),
    };
    answer.map(Some).map_err(code)
}
