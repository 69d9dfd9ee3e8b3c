//! `wasi:sockets/tcp`, call by call.

use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::{ErrorCode, IpAddressFamily};
use wasip2::sockets::tcp::{ShutdownType, TcpSocket};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

use crate::addresses::{family, parse, text};
use crate::things::{Answer, Thing, Things, code, done, unknown};

impl Things {
    /// Does it, if it is about TCP.
    pub(crate) fn tcp(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["tcp4", name] => self.create_tcp(name, IpAddressFamily::Ipv4),
            ["tcp6", name] => self.create_tcp(name, IpAddressFamily::Ipv6),
            [verb, name, rest @ ..] if matches!(self.0.get(*name), Some(Thing::Tcp(_))) => {
                return self.of_tcp(verb, name, rest);
            }
            _ => return None,
        })
    }

    fn create_tcp(&mut self, name: &str, family: IpAddressFamily) -> Answer {
        let socket = create_tcp_socket(family).map_err(code)?;
        self.0.insert(name.to_owned(), Thing::Tcp(socket));
        Ok("ok".to_owned())
    }

    pub(crate) fn tcp_socket(&self, name: &str) -> Result<&TcpSocket, String> {
        match self.0.get(name) {
            Some(Thing::Tcp(socket)) => Ok(socket),
            _ => Err(unknown(name)),
        }
    }

    fn of_tcp(&mut self, verb: &str, name: &str, rest: &[&str]) -> Option<Answer> {
        Some(match (verb, rest) {
            ("bind", [local]) => self.bind(name, local),
            ("connect", [remote]) => self.connect(name, remote),
            ("finish-connect", []) => self.finish_connect(name),
            ("listen", []) => self.listen(name),
            ("accept", [accepted]) => self.accept(name, accepted),
            ("await", [accepted]) => self.accept_waiting(name, accepted),
            _ => return self.tcp_socket(name).and_then(|socket| simple(socket, verb, rest)).transpose(),
        })
    }

    fn bind(&self, name: &str, local: &str) -> Answer {
        let socket = self.tcp_socket(name)?;
        socket.start_bind(&instance_network(), parse(local)?).map_err(code)?;
        socket.finish_bind().map(done).map_err(code)
    }

    fn connect(&mut self, name: &str, remote: &str) -> Answer {
        let socket = self.tcp_socket(name)?;
        socket.start_connect(&instance_network(), parse(remote)?).map_err(code)?;
        loop {
            match self.finish_connect(name) {
                Err(error) if error == "would-block" => self.tcp_socket(name)?.subscribe().block(),
                answer => return answer,
            }
        }
    }

    fn finish_connect(&mut self, name: &str) -> Answer {
        let (input, output) = self.tcp_socket(name)?.finish_connect().map_err(code)?;
        self.0.insert(format!("{name}.in"), Thing::Input(input));
        self.0.insert(format!("{name}.out"), Thing::Output(output));
        Ok("ok".to_owned())
    }

    fn listen(&self, name: &str) -> Answer {
        let socket = self.tcp_socket(name)?;
        socket.start_listen().map_err(code)?;
        socket.finish_listen().map(done).map_err(code)
    }

    fn accept(&mut self, name: &str, accepted: &str) -> Answer {
        let (socket, input, output) = self.tcp_socket(name)?.accept().map_err(code)?;
        self.0.insert(accepted.to_owned(), Thing::Tcp(socket));
        self.0.insert(format!("{accepted}.in"), Thing::Input(input));
        self.0.insert(format!("{accepted}.out"), Thing::Output(output));
        Ok("ok".to_owned())
    }

    fn accept_waiting(&mut self, name: &str, accepted: &str) -> Answer {
        loop {
            match self.accept(name, accepted) {
                Err(error) if error == "would-block" => self.tcp_socket(name)?.subscribe().block(),
                answer => return answer,
            }
        }
    }
}

/// What is one call, and makes nothing.
fn simple(socket: &TcpSocket, verb: &str, rest: &[&str]) -> Result<Option<String>, String> {
    let answer: Result<String, ErrorCode> = match (verb, rest) {
        ("start-bind", [local]) => socket.start_bind(&instance_network(), parse(local)?).map(done),
        ("finish-bind", []) => socket.finish_bind().map(done),
        ("start-connect", [remote]) => socket.start_connect(&instance_network(), parse(remote)?).map(done),
        ("start-listen", []) => socket.start_listen().map(done),
        ("finish-listen", []) => socket.finish_listen().map(done),
        ("shutdown", ["receive"]) => socket.shutdown(ShutdownType::Receive).map(done),
        ("shutdown", ["send"]) => socket.shutdown(ShutdownType::Send).map(done),
        ("shutdown", ["both"]) => socket.shutdown(ShutdownType::Both).map(done),
        ("local", []) => socket.local_address().map(text),
        ("remote", []) => socket.remote_address().map(text),
        ("family", []) => Ok(family(socket.address_family()).to_owned()),
        ("listening", []) => Ok(socket.is_listening().to_string()),
        _ => return Ok(None),
    };
    answer.map(Some).map_err(code)
}
