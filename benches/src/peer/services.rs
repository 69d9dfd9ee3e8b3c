//! What the peer serves: services on one TCP port, and UDP.
//!
//! A connection names its service in its first line. Each connection has a thread of its own, but for those of a load and
//! those that only are held, which one thread drives.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::OnceLock;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;

use super::{encrypted, redis};

/// Begins to serve; answers the ports of the services, of UDP, and of the greeter.
pub(super) fn start() -> Result<[u16; 3]> {
    let (listener, greeter) = (listen()?, listen()?);
    let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ports = [listener.local_addr()?.port(), datagrams.local_addr()?.port(), greeter.local_addr()?.port()];
    thread::spawn(move || accept(&listener));
    thread::spawn(move || answer_datagrams(&datagrams));
    thread::spawn(move || greet(&greeter));
    Ok(ports)
}

/// With a queue that no contender fills: a connection that finds it full waits a second.
fn listen() -> Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket2::SockRef::from(&listener).listen(4096)?;
    Ok(listener)
}

/// Takes connections and lets go of each some time later, so that the other side is the first to close.
fn greet(listener: &TcpListener) {
    let mut held = VecDeque::new();
    for stream in listener.incoming().flatten() {
        held.push_back(stream);
        if held.len() > 64 {
            held.pop_front();
        }
    }
}

fn accept(listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        // Thousands of connections only wait: a small stack is plenty.
        let serving = thread::Builder::new().stack_size(128 * 1024).spawn(move || {
            // A contender that goes away ends its service.
            let _ = serve(stream);
        });
        if let Err(error) = serving {
            eprintln!("the peer has no thread left: {error}");
        }
    }
}

fn serve(mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let line = first_line(&mut stream)?;
    let mut words = line.split_whitespace();
    let service = words.next().unwrap_or_default();
    let words: Vec<&str> = words.collect();
    let numbers: Vec<u32> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if let Some(service) = service.strip_prefix("tls-") {
        return encrypted::serve(stream, service, &words);
    }
    match (service, numbers.as_slice()) {
        ("echo", []) => echo(&mut stream),
        ("pairs", []) => answer_pairs(&mut stream),
        ("source", []) => source(&mut stream),
        ("sink", []) => sink(&mut stream),
        ("hold", []) => hold(stream),
        ("dial", [port]) => dial(&mut stream, *port),
        ("load", [port, connections]) => load(stream, *port, *connections),
        ("GET", _) => answer_requests(&mut stream),
        (count, []) if count.starts_with('*') => redis::serve(stream, count),
        _ => Err(ErrorKind::InvalidInput.into()),
    }
}

fn first_line(stream: &mut TcpStream) -> Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while byte[0] != b'\n' {
        stream.read_exact(&mut byte)?;
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn echo(stream: &mut TcpStream) -> Result<()> {
    let mut buffer = [0; 65536];
    loop {
        let size = stream.read(&mut buffer)?;
        if size == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..size])?;
    }
}

/// Keeps a connection on which nothing happens until the other side closes it, without a thread.
fn hold(stream: TcpStream) -> Result<()> {
    static KEEPER: OnceLock<Runtime> = OnceLock::new();
    let keeper = match KEEPER.get() {
        Some(keeper) => keeper,
        None => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            KEEPER.get_or_init(|| runtime)
        }
    };
    stream.set_nonblocking(true)?;
    keeper.spawn(async move { tokio::net::TcpStream::from_std(stream)?.read(&mut [0]).await });
    Ok(())
}

/// One byte for two.
fn answer_pairs(stream: &mut TcpStream) -> Result<()> {
    let mut pair = [0; 2];
    loop {
        stream.read_exact(&mut pair)?;
        stream.write_all(b"z")?;
    }
}

pub(super) fn source(stream: &mut (impl Read + Write)) -> Result<()> {
    let block = vec![b'x'; 1 << 18];
    loop {
        let mut missing = number(stream)?;
        while missing > 0 {
            let size = missing.min(block.len() as u64);
            stream.write_all(&block[..size as usize])?;
            missing -= size;
        }
    }
}

pub(super) fn sink(stream: &mut (impl Read + Write)) -> Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        let mut missing = number(stream)?;
        while missing > 0 {
            let most = missing.min(buffer.len() as u64) as usize;
            match stream.read(&mut buffer[..most])? {
                0 => return Ok(()),
                size => missing -= size as u64,
            }
        }
        stream.write_all(b"k")?;
    }
}

/// How many bytes, or operations, come next.
pub(super) fn number(stream: &mut impl Read) -> Result<u64> {
    let mut bytes = [0; 8];
    stream.read_exact(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}

fn dial(control: &mut TcpStream, port: u32) -> Result<()> {
    let place = place(port)?;
    loop {
        for _ in 0..number(control)? {
            TcpStream::connect(place)?.read(&mut [0]).map(drop)?;
        }
        control.write_all(b"k")?;
    }
}

pub(super) fn place(port: u32) -> Result<SocketAddr> {
    let port = u16::try_from(port).map_err(|_| ErrorKind::InvalidInput)?;
    Ok((Ipv4Addr::LOCALHOST, port).into())
}

fn answer_requests(stream: &mut TcpStream) -> Result<()> {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n".to_vec();
    answer.resize(answer.len() + 1024, b'x');
    let mut buffer = [0; 4096];
    let mut held: Vec<u8> = Vec::new();
    // What stands before the blank line is of no interest; the first line was taken already.
    loop {
        while let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            held.drain(..end + 4);
            stream.write_all(&answer)?;
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            size => held.extend(&buffer[..size]),
        }
    }
}

/// Keeps many connections busy: each sends a request as soon as it has its answer.
fn load(mut control: TcpStream, port: u32, connections: u32) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let place = place(port)?;
    let mut streams = runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = tokio::net::TcpStream::connect(place).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        Result::Ok(streams)
    })?;
    control.write_all(b"k")?;
    loop {
        let requests = number(&mut control)?;
        let each = requests.div_ceil(u64::from(connections).max(1));
        streams = runtime.block_on(round(streams, each))?;
        control.write_all(b"k")?;
    }
}

async fn round(streams: Vec<tokio::net::TcpStream>, each: u64) -> Result<Vec<tokio::net::TcpStream>> {
    let mut tasks = tokio::task::JoinSet::new();
    for mut stream in streams {
        tasks.spawn(async move {
            let mut buffer = [0; MESSAGE.len()];
            for _ in 0..each {
                stream.write_all(MESSAGE).await?;
                stream.read_exact(&mut buffer).await?;
            }
            Result::Ok(stream)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

const MESSAGE: &[u8; 64] = &[b'm'; 64];

/// Echoes what begins with an `e`.
fn answer_datagrams(socket: &UdpSocket) {
    let mut buffer = [0; 65536];
    loop {
        if let Ok((size, from)) = socket.recv_from(&mut buffer)
            && buffer[..size].first() == Some(&b'e')
        {
            // A contender that has gone does not hear it.
            let _ = socket.send_to(&buffer[..size], from);
        }
    }
}
