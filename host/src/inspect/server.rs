//! HTTP for the page: one request a connection, and as many connections as a few people need.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener as Listener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::channel::Channel;
use http_body_util::{Either, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use wasmtime_wasi_http::io::TokioIo;

use super::End;
use super::feed::Feed;
use super::gate::{Asset, Gate};
use super::stream;
use crate::policy::Network;

/// The content of the page, and the gate to it.
pub(super) struct Site {
    gate: Gate,
    pub(super) feed: Arc<Feed>,
    pub(super) network: Network,
    pub(super) end: watch::Receiver<Option<End>>,
    streams: Arc<Semaphore>,
}

impl Site {
    pub(super) fn new(gate: Gate, feed: Arc<Feed>, network: Network, end: watch::Receiver<Option<End>>) -> Self {
        Self { gate, feed, network, end, streams: Arc::new(Semaphore::new(MAX_STREAMS)) }
    }
}

type Body = Either<Full<Bytes>, Channel<Bytes>>;

/// Answers until the guest ends.
pub(super) async fn serve(listener: Listener, site: Arc<Site>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let seats = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut end = site.end.clone();
    loop {
        tokio::select! {
            accepted = accept(&listener, &seats) => match accepted {
                Ok((stream, seat)) => _ = connections.spawn(converse(stream, Arc::clone(&site), seat)),
                // No descriptors are left, perhaps: that passes.
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => (),
            _ = end.wait_for(Option::is_some) => break,
        }
    }
    let farewell = async { while connections.join_next().await.is_some() {} };
    // Who does not take the last words in this time does not get them.
    let _ = timeout(FAREWELL, farewell).await;
}

async fn accept(listener: &TcpListener, seats: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, seat))
}

/// One connection. A client that sends no request in time is dropped to free its slot.
async fn converse(stream: TcpStream, site: Arc<Site>, _seat: OwnedSemaphorePermit) {
    let has_asked = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&has_asked);
    // Until this is dropped, the client is there.
    let (_here, presence) = watch::channel(());
    let service = service_fn(move |request| {
        asked.store(true, Ordering::Relaxed);
        let response = answer(&site, &request, &presence);
        async { Ok::<_, Infallible>(response) }
    });
    // Each answer says that it is the last. With keep-alive switched off, hyper would not notice that a client goes.
    let connection = http1::Builder::new().max_buf_size(MAX_REQUEST).serve_connection(TokioIo::new(stream), service);
    let patience = async {
        sleep(PATIENCE).await;
        if has_asked.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        // How a client breaks off is its own affair.
        _ = connection => (),
        () = patience => (),
    }
}

fn answer<B>(site: &Arc<Site>, request: &Request<B>, presence: &watch::Receiver<()>) -> Response<Body> {
    let mut response = match site.gate.judge(request) {
        Ok(Asset::Page) => text("text/html; charset=utf-8", include_str!("page.html")),
        Ok(Asset::Script) => text("text/javascript; charset=utf-8", include_str!("page.js")),
        Ok(Asset::Style) => text("text/css; charset=utf-8", include_str!("page.css")),
        Ok(Asset::Events) if request.method() == Method::HEAD => with_type(EVENTS, Either::Left(Full::default())),
        Ok(Asset::Events) => events(site, presence.clone()),
        Err(refusal) => {
            let mut response = plain(refusal.status(), refusal.text());
            if refusal.status() == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            response
        }
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn events(site: &Arc<Site>, mut presence: watch::Receiver<()>) -> Response<Body> {
    let Ok(place) = Arc::clone(&site.streams).try_acquire_owned() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Too many look at this page already.\n");
    };
    let (sender, channel) = Channel::new(1);
    let site = Arc::clone(site);
    tokio::spawn(async move {
        tokio::select! {
            // A client that is gone is no failure.
            _ = stream::send(site, sender) => (),
            _ = presence.changed() => (),
        }
        drop(place);
    });
    with_type(EVENTS, Either::Right(channel))
}

fn plain(status: StatusCode, content: &'static str) -> Response<Body> {
    let mut response = text("text/plain; charset=utf-8", content);
    *response.status_mut() = status;
    response
}

fn text(kind: &'static str, content: &'static str) -> Response<Body> {
    with_type(kind, Either::Left(Full::new(Bytes::from_static(content.as_bytes()))))
}

fn with_type(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// What every answer says: it is the connection's last; nothing comes from elsewhere nor goes there, and no other page gets at this one.
const HEADERS: [(header::HeaderName, &str); 7] = [
    (header::CONNECTION, "close"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

const EVENTS: &str = "text/event-stream";

/// How many connections there are at a time; others wait.
const MAX_CONNECTIONS: usize = 64;

/// How many of them show events.
const MAX_STREAMS: usize = 16;

/// How long a request may be.
const MAX_REQUEST: usize = 16 << 10;

/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long clients may take to hear that the guest has ended.
const FAREWELL: Duration = Duration::from_secs(1);

/// How soon to try again to accept.
const PAUSE: Duration = Duration::from_millis(100);
