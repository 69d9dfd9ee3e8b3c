//! What one client is sent: server-sent events, of the guest's and of what is open now.
//!
//! # References
//! - <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::channel::{SendError, Sender};
use serde::Serialize;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{MissedTickBehavior, interval};

use super::End;
use super::feed::Entry;
use super::server::Site;
use crate::policy::{Network, SocketView};

/// What is so at this moment.
#[derive(PartialEq, Eq, Serialize)]
struct Now {
    /// The policy's rules.
    rules: Vec<String>,
    /// The newest sockets that are open, oldest first.
    sockets: Vec<Row>,
    /// How many older ones are.
    older: usize,
}

/// One socket, in the words of the audit.
#[derive(PartialEq, Eq, Serialize)]
struct Row {
    socket: u64,
    protocol: String,
    state: &'static str,
    local: Option<String>,
    peer: Option<String>,
    bytes_sent: Option<u64>,
    bytes_received: Option<u64>,
}

impl Now {
    fn of(network: &Network) -> Self {
        let open = network.open_sockets();
        let older = open.len().saturating_sub(SHOWN);
        let sockets = open.iter().skip(older).map(Row::of).collect();
        Self { rules: network.rules(), sockets, older }
    }
}

impl Row {
    fn of(view: &SocketView) -> Self {
        Self {
            socket: view.number,
            protocol: view.protocol.to_string(),
            state: view.state.word(),
            local: view.local.map(|local| local.to_string()),
            peer: view.remote.map(|remote| remote.to_string()),
            bytes_sent: view.bytes_sent,
            bytes_received: view.bytes_received,
        }
    }
}

/// Sends everything, until the client goes or the guest ends.
pub(super) async fn send(site: Arc<Site>, mut client: Sender<Bytes>) -> Result<(), SendError> {
    let (recent, mut entries) = site.feed.follow();
    let earlier = recent.first().map_or(0, |entry| entry.number - 1);
    client.send_data(message("start", &Start { earlier })).await?;
    let mut shown = Now::of(&site.network);
    client.send_data(message("now", &shown)).await?;
    for entry in recent {
        client.send_data(of_entry(&entry)).await?;
    }
    let mut end = site.end.clone();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut quiet = 0;
    let ended = loop {
        let text = tokio::select! {
            entry = entries.recv() => match entry {
                Ok(entry) => of_entry(&entry),
                Err(RecvError::Lagged(missed)) => message("gap", &Gap { missed }),
                Err(RecvError::Closed) => break None,
            },
            _ = tick.tick() => {
                let now = Now::of(&site.network);
                quiet += 1;
                if now != shown {
                    shown = now;
                    message("now", &shown)
                } else if quiet >= SILENCE {
                    Bytes::from_static(b":\n\n")
                } else {
                    continue;
                }
            }
            ended = end.wait_for(Option::is_some) => break ended.ok().and_then(|ended| *ended),
        };
        quiet = 0;
        client.send_data(text).await?;
    };
    loop {
        match entries.try_recv() {
            Ok(entry) => client.send_data(of_entry(&entry)).await?,
            Err(TryRecvError::Lagged(missed)) => client.send_data(message("gap", &Gap { missed })).await?,
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    client.send_data(message("now", &Now::of(&site.network))).await?;
    client.send_data(message("end", &ended.unwrap_or(End { status: None }))).await
}

/// What comes first: how many events were before those that are still known.
#[derive(Serialize)]
struct Start {
    earlier: u64,
}

/// Events that the client was too slow for.
#[derive(Serialize)]
struct Gap {
    missed: u64,
}

fn of_entry(entry: &Entry) -> Bytes {
    message("event", &entry.event)
}

/// JSON has no line breaks of its own, so it is one line of data.
fn message(kind: &str, content: &impl Serialize) -> Bytes {
    match serde_json::to_string(content) {
        Ok(content) => format!("event: {kind}\ndata: {content}\n\n").into(),
        // None that we know of; should there be one, it is missed, and what follows is not.
        Err(_) => Bytes::from_static(b"event: gap\ndata: {\"missed\":1}\n\n"),
    }
}

/// How often is looked what has changed without an event.
const TICK: Duration = Duration::from_millis(250);

/// How many times that a client hears nothing, before it is shown that the connection lives: 15 seconds.
const SILENCE: u32 = 60;

/// More sockets than anyone reads.
const SHOWN: usize = 500;
