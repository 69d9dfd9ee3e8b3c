//! The workloads of `benches/programs/worker.py` that are about sockets alone.

use std::io::{Error, Result};

use wasocket_bench_worker::work::{Peer, Workload, expect, left_of};

use crate::network::{Channel, Network};

/// The workload that is called so, over this library; none if the program does not have it.
pub(crate) fn prepare<N: Network>(name: &str, argument: usize, peer: Peer) -> Result<Option<Box<dyn Workload>>> {
    let service = |service: &str| connect::<N>(peer, service);
    let message = vec![b'x'; argument];
    Ok(Some(match name {
        "round-trip" => Box::new(RoundTrip { channel: service("echo")?, message }),
        "write-write-read" => Box::new(WriteWriteRead { channel: service("pairs")? }),
        "receive" => Box::new(Receive { channel: service("source")?, size: argument }),
        "receive-into" => Box::new(ReceiveInto { channel: service("source")?, buffer: vec![0; argument] }),
        "send" => Box::new(Send { channel: service("sink")?, message }),
        "connect" => Box::new(Repeated(move || N::connect(peer.greeter_port).map(drop))),
        "accept" => Box::new(Accept::<N>::prepare(peer)?),
        "udp-round-trip" => {
            Box::new(RoundTrip { channel: N::datagrams(peer.udp_port)?, message: vec![b'e'; argument] })
        }
        "udp-send" => {
            // The peer drops what does not begin with an `e`.
            let (mut channel, message) = (N::datagrams(peer.udp_port)?, vec![b'd'; argument]);
            Box::new(Repeated(move || channel.send_all(&message)))
        }
        "poll" => Box::new(Poll::<N>::prepare(peer, argument)?),
        "memory" => Box::new(Idle { _connections: idle::<N>(peer, argument)? }),
        _ => return Ok(None),
    }))
}

/// A connection to one of the peer's services; its line may have an argument.
fn connect<N: Network>(peer: Peer, service: &str) -> Result<N::Stream> {
    let mut stream = N::connect(peer.port)?;
    N::set_nodelay(&stream)?;
    stream.send_all(format!("{service}\n").as_bytes())?;
    Ok(stream)
}

/// Connections on which nothing happens.
fn idle<N: Network>(peer: Peer, count: usize) -> Result<Vec<N::Stream>> {
    (0..count).map(|_| connect::<N>(peer, "hold")).collect()
}

/// Tells the peer how many bytes, or operations, come next or are to come.
fn announce(channel: &mut impl Channel, number: u64) -> Result<()> {
    channel.send_all(&number.to_be_bytes())
}

/// So many bytes exactly, and what they are.
fn receive_exactly(channel: &mut impl Channel, size: usize) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < size {
        let missing = size - data.len();
        let received = channel.receive(missing)?;
        left_of(missing as u64, received.len())?;
        data.extend_from_slice(&received);
    }
    Ok(data)
}

/// So many bytes, at most `size` in a call.
fn receive_all(channel: &mut impl Channel, mut missing: u64, size: usize) -> Result<()> {
    while missing > 0 {
        let most = missing.min(size as u64) as usize;
        missing = left_of(missing, channel.receive(most)?.len())?;
    }
    Ok(())
}

/// How many bytes so many messages are; more than 32 bits can count.
fn whole(size: usize, count: u32) -> u64 {
    size as u64 * u64::from(count)
}

/// The peer says that it has all.
fn expect_word(channel: &mut impl Channel) -> Result<()> {
    expect("the peer's word", &channel.receive(1)?, b"k")
}

/// A message to the peer, and back: over a stream, or as datagrams.
struct RoundTrip<C> {
    channel: C,
    message: Vec<u8>,
}

impl<C: Channel> Workload for RoundTrip<C> {
    fn run(&mut self, count: u32) -> Result<()> {
        for _ in 0..count {
            self.channel.send_all(&self.message)?;
            receive_all(&mut self.channel, self.message.len() as u64, self.message.len())?;
        }
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        // The first byte is what the peer knows a datagram by.
        let varied = self.message.iter().zip(0..=250).map(|(byte, number)| byte ^ number);
        let message: Vec<u8> = varied.chain(self.message.iter().skip(251).copied()).collect();
        self.channel.send_all(&message)?;
        expect("the echo", &receive_exactly(&mut self.channel, message.len())?, &message)
    }
}

struct WriteWriteRead<C> {
    channel: C,
}

impl<C: Channel> Workload for WriteWriteRead<C> {
    fn run(&mut self, count: u32) -> Result<()> {
        for _ in 0..count {
            self.channel.send_all(b"x")?;
            self.channel.send_all(b"y")?;
            left_of(1, self.channel.receive(1)?.len())?;
        }
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        self.channel.send_all(b"x")?;
        self.channel.send_all(b"y")?;
        expect("the answer", &self.channel.receive(1)?, b"z")
    }
}

struct Receive<C> {
    channel: C,
    size: usize,
}

impl<C: Channel> Workload for Receive<C> {
    fn run(&mut self, count: u32) -> Result<()> {
        let whole = whole(self.size, count);
        announce(&mut self.channel, whole)?;
        receive_all(&mut self.channel, whole, self.size)
    }

    fn check(&mut self) -> Result<()> {
        announce(&mut self.channel, self.size as u64)?;
        let data = receive_exactly(&mut self.channel, self.size)?;
        expect("what was received", &data, &vec![b'x'; self.size])
    }
}

struct ReceiveInto<C> {
    channel: C,
    buffer: Vec<u8>,
}

impl<C: Channel> Workload for ReceiveInto<C> {
    fn run(&mut self, count: u32) -> Result<()> {
        let mut missing = whole(self.buffer.len(), count);
        announce(&mut self.channel, missing)?;
        while missing > 0 {
            let most = missing.min(self.buffer.len() as u64) as usize;
            let buffer = self.buffer.get_mut(..most).unwrap_or_default();
            missing = left_of(missing, self.channel.receive_into(buffer)?)?;
        }
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        announce(&mut self.channel, self.buffer.len() as u64)?;
        let mut free: &mut [u8] = &mut self.buffer;
        while !free.is_empty() {
            let received = self.channel.receive_into(free)?;
            left_of(free.len() as u64, received)?;
            free = free.get_mut(received..).unwrap_or_default();
        }
        expect("what was received", &self.buffer, &vec![b'x'; self.buffer.len()])
    }
}

struct Send<C> {
    channel: C,
    message: Vec<u8>,
}

impl<C: Channel> Workload for Send<C> {
    fn run(&mut self, count: u32) -> Result<()> {
        announce(&mut self.channel, whole(self.message.len(), count))?;
        for _ in 0..count {
            self.channel.send_all(&self.message)?;
        }
        expect_word(&mut self.channel)
    }
}

/// An operation that says itself whether it was right.
struct Repeated<F>(F);

impl<F: FnMut() -> Result<()>> Workload for Repeated<F> {
    fn run(&mut self, count: u32) -> Result<()> {
        (0..count).try_for_each(|_| (self.0)())
    }
}

/// The peer connects and waits until it is closed, again and again.
struct Accept<N: Network> {
    listener: N::Listener,
    control: N::Stream,
}

impl<N: Network> Accept<N> {
    fn prepare(peer: Peer) -> Result<Self> {
        let (listener, port) = N::listen()?;
        Ok(Self { listener, control: connect::<N>(peer, &format!("dial {port}"))? })
    }
}

impl<N: Network> Workload for Accept<N> {
    fn run(&mut self, count: u32) -> Result<()> {
        announce(&mut self.control, count.into())?;
        for _ in 0..count {
            drop(N::accept(&self.listener)?);
        }
        expect_word(&mut self.control)
    }
}

/// A round trip whose answer is waited for among connections on which nothing happens.
struct Poll<N: Network> {
    /// The last is the one that is used.
    streams: Vec<N::Stream>,
}

impl<N: Network> Poll<N> {
    fn prepare(peer: Peer, count: usize) -> Result<Self> {
        let mut streams = idle::<N>(peer, count)?;
        streams.push(connect::<N>(peer, "echo")?);
        Ok(Self { streams })
    }
}

impl<N: Network> Workload for Poll<N> {
    fn run(&mut self, count: u32) -> Result<()> {
        for _ in 0..count {
            if let Some(stream) = self.streams.last_mut() {
                stream.send_all(b"x")?;
            }
            let ready = N::poll(&self.streams)?;
            if ready != 1 {
                return Err(Error::other(format!("{ready} connections are ready, not the one that has an answer")));
            }
            if let Some(stream) = self.streams.last_mut() {
                expect("the answer", &stream.receive(1)?, b"x")?;
            }
        }
        Ok(())
    }
}

/// Nothing but connections that are there; the driver looks at the memory.
struct Idle<S> {
    _connections: Vec<S>,
}

impl<S> Workload for Idle<S> {
    fn run(&mut self, _count: u32) -> Result<()> {
        Ok(())
    }
}
