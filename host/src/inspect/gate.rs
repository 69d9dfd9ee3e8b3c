//! The access check of the page: it admits requests that only read, to the page's own address, with the secret of its URL.

use std::io;
use std::net::SocketAddr;

use http::header::HOST;
use http::{Method, Request, StatusCode};

use super::token::Token;

/// What opens the page.
pub(super) struct Gate {
    address: SocketAddr,
    token: Token,
}

/// What there is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asset {
    Page,
    Script,
    Style,
    Events,
}

/// Why nothing is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It was meant for another host, perhaps one whose name leads here to fool a browser.
    OtherHost,
    /// It would change something.
    Method,
    /// There is no such thing, or no such secret.
    Nothing,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Nothing => StatusCode::NOT_FOUND,
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::OtherHost => "This page has another address: open the URL that wasocket has printed.\n",
            Self::Method => "This page only shows: ask with GET or HEAD.\n",
            Self::Nothing => "Nothing is here: open the whole URL that wasocket has printed.\n",
        }
    }
}

impl Gate {
    pub(super) fn new(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { address, token: Token::draw()? })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/{}/", self.address, self.token.text())
    }

    /// What a request is to get.
    pub(super) fn judge<B>(&self, request: &Request<B>) -> Result<Asset, Refusal> {
        if !self.is_meant(request) {
            return Err(Refusal::OtherHost);
        }
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return Err(Refusal::Method);
        }
        let path = request.uri().path().strip_prefix('/').unwrap_or_default();
        let (token, file) = path.split_once('/').unwrap_or((path, "/"));
        if !self.token.is(token) {
            return Err(Refusal::Nothing);
        }
        match file {
            "" => Ok(Asset::Page),
            "page.js" => Ok(Asset::Script),
            "page.css" => Ok(Asset::Style),
            "events" => Ok(Asset::Events),
            _ => Err(Refusal::Nothing),
        }
    }

    /// Whether the client believes it speaks to this address. A browser that was led here by a name says the name.
    fn is_meant<B>(&self, request: &Request<B>) -> bool {
        let mut hosts = request.headers().get_all(HOST).iter();
        let said = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next());
        let (Some(host), None) = said else { return false };
        let is_own =
            |said: &str| said == self.address.to_string() || (self.address.port() == 80 && said == self.host());
        is_own(host) && request.uri().authority().is_none_or(|authority| is_own(authority.as_str()))
    }

    /// The address without its port, which clients leave out where it is 80.
    fn host(&self) -> String {
        match self.address {
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        }
    }
}
