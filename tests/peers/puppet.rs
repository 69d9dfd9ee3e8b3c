//! `puppet`: one connection that the program moves step by step, over a second connection that carries commands.
//!
//! Each command is a line and gets a line back, `ok …` or `error …`, after its effect. So a program decides what the
//! other end does and when, and nobody needs to sleep.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};

use super::server::{PATIENCE, Stop, listen};
use super::tcp;

/// What the puppet holds.
#[derive(Default)]
struct Puppet {
    listener: Option<TcpListener>,
    connection: Option<TcpStream>,
    socket: Option<UdpSocket>,
}

/// Do what the lines on `control` say, until it ends.
pub(crate) fn obey(control: TcpStream, _: &Stop) -> io::Result<()> {
    let mut puppet = Puppet::default();
    let mut answers = control.try_clone()?;
    for line in BufReader::new(control).lines() {
        let answer = match puppet.act(&line?) {
            Ok(answer) => format!("ok {answer}"),
            Err(error) => format!("error {error}"),
        };
        writeln!(answers, "{}", answer.trim_end())?;
    }
    Ok(())
}

impl Puppet {
    fn act(&mut self, line: &str) -> io::Result<String> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command {
            "listen" => self.listen(rest),
            "accept" => self.accept(),
            "connect" => self.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, number(rest)?))),
            "connect6" => self.connect(SocketAddr::from((Ipv6Addr::LOCALHOST, number(rest)?))),
            "send" => done(tcp::send_pattern(self.connection()?, number(rest)?)),
            "say" => done(self.connection()?.write_all(&bytes(rest)?)),
            "receive" => Ok(hexadecimal(&self.receive(number(rest)?)?)),
            "drain" => self.drain(),
            "finish" => done(self.connection()?.shutdown(Shutdown::Write)),
            "reset" => done(tcp::abort(self.take_connection()?)),
            "close" => done(self.take_connection().map(drop)),
            "exchange" => exchange(rest),
            "bind" => self.bind(),
            "sendto" => self.send_to(rest),
            "datagram" => self.datagram(),
            _ => Err(io::Error::other(format!("the puppet does not know `{command}`"))),
        }
    }

    /// `listen [RECEIVE-BUFFER]` → the port.
    fn listen(&mut self, rest: &str) -> io::Result<String> {
        let receive_buffer = if rest.is_empty() { None } else { Some(number(rest)?) };
        let listener = listen("127.0.0.1:0", receive_buffer, 16)?;
        let port = listener.local_addr()?.port();
        self.listener = Some(listener);
        Ok(port.to_string())
    }

    /// `accept`: take the connection that the program has made.
    fn accept(&mut self) -> io::Result<String> {
        let listener = self.listener.as_ref().ok_or_else(|| io::Error::other("the puppet does not listen"))?;
        let (connection, _) = listener.accept()?;
        self.hold(connection)
    }

    /// `connect PORT`: to a listener of the program.
    fn connect(&mut self, remote: SocketAddr) -> io::Result<String> {
        self.hold(TcpStream::connect_timeout(&remote, PATIENCE)?)
    }

    fn hold(&mut self, connection: TcpStream) -> io::Result<String> {
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        let port = connection.local_addr()?.port();
        self.connection = Some(connection);
        Ok(port.to_string())
    }

    fn connection(&self) -> io::Result<&TcpStream> {
        self.connection.as_ref().ok_or_else(not_connected)
    }

    fn take_connection(&mut self) -> io::Result<TcpStream> {
        self.connection.take().ok_or_else(not_connected)
    }

    /// `receive N` → N bytes, fewer at the end.
    fn receive(&self, count: u64) -> io::Result<Vec<u8>> {
        let mut data = Vec::new();
        self.connection()?.take(count).read_to_end(&mut data)?;
        Ok(data)
    }

    /// `drain` → how many bytes came until the end, and their SHA-256.
    fn drain(&mut self) -> io::Result<String> {
        let connection = self.connection.as_mut().ok_or_else(not_connected)?;
        let (total, digest) = tcp::read_to_end(connection, 64 << 10)?;
        Ok(format!("{total} {digest}"))
    }

    /// `bind`: a UDP socket → its port.
    fn bind(&mut self) -> io::Result<String> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let port = socket.local_addr()?.port();
        self.socket = Some(socket);
        Ok(port.to_string())
    }

    fn socket(&self) -> io::Result<&UdpSocket> {
        self.socket.as_ref().ok_or_else(|| io::Error::other("the puppet has no UDP socket"))
    }

    /// `sendto PORT HEX`: one datagram.
    fn send_to(&self, rest: &str) -> io::Result<String> {
        let (port, data) = rest.split_once(' ').unwrap_or((rest, ""));
        let port: u16 = number(port)?;
        self.socket()?.send_to(&bytes(data)?, (Ipv4Addr::LOCALHOST, port))?;
        Ok(String::new())
    }

    /// `datagram` → the port that the next one came from, and the datagram.
    fn datagram(&self) -> io::Result<String> {
        let mut buffer = vec![0; 65536];
        let (count, from) = self.socket()?.recv_from(&mut buffer)?;
        buffer.truncate(count);
        Ok(format!("{} {}", from.port(), hexadecimal(&buffer)))
    }
}

/// `exchange PORT HEX`: connect, send, and read to the end → what came.
fn exchange(rest: &str) -> io::Result<String> {
    let (port, data) = rest.split_once(' ').unwrap_or((rest, ""));
    let port: u16 = number(port)?;
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.write_all(&bytes(data)?)?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer)?;
    Ok(hexadecimal(&answer))
}

fn done(result: io::Result<()>) -> io::Result<String> {
    result.map(|()| String::new())
}

fn not_connected() -> io::Error {
    io::Error::other("the puppet has no connection")
}

fn number<N: std::str::FromStr>(text: &str) -> io::Result<N> {
    text.parse().map_err(|_| io::Error::other(format!("`{text}` is not a number")))
}

fn hexadecimal(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(text: &str) -> io::Result<Vec<u8>> {
    let pairs =
        (0..text.len()).step_by(2).map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()));
    pairs.collect::<Option<_>>().ok_or_else(|| io::Error::other(format!("`{text}` is not hexadecimal")))
}
