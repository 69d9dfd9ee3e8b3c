//! `wasi:http` for components that import it: each request resolves and connects as the policy says, to the address that the
//! policy has judged.

mod authorities;
mod body;
mod stream;
mod traffic;

use std::future::Future;
use std::time::Duration;

use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use wasmtime_wasi::runtime::spawn;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::network::Network;
pub use authorities::Authorities;
use body::Timed;
use stream::connect;

/// What `wasi:http` is to ask: the hooks of a `WasiHttpCtxView`, for a store of one's own.
#[derive(Clone, Debug)]
pub struct Hooks {
    network: Network,
    authorities: Authorities,
}

impl Hooks {
    /// Requests go under this policy.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the policy allows.
    pub fn new(network: Network) -> Self {
        Self { network, authorities: Authorities::default() }
    }

    /// Servers' certificates are checked against these, in place of Mozilla's.
    #[must_use]
    pub fn authorities(self, authorities: Authorities) -> Self {
        Self { authorities, ..self }
    }
}

type Sending = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Exchange = Result<(Response<WasiBody>, Sending), Error>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Sending,
    ) -> Box<dyn Future<Output = Exchange> + Send> {
        let hooks = self.clone();
        Box::new(async move { send(&hooks, request, options.unwrap_or_default()).await })
    }
}

/// Whom a request is for.
struct Target {
    host: String,
    port: u16,
    is_tls: bool,
}

impl Target {
    fn of(uri: &Uri) -> Result<Self, Error> {
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Self { host: authority.host().to_owned(), port, is_tls })
    }
}

async fn send(hooks: &Hooks, mut request: Request<WasiBody>, options: RequestOptions) -> Exchange {
    let target = Target::of(request.uri())?;
    let patience = options.connect_timeout.unwrap_or(PATIENCE);
    let opened = async {
        let stream = connect(hooks, &target).await?;
        Ok::<_, Error>(hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?)
    };
    let (mut sender, connection) =
        tokio::time::timeout(patience, opened).await.map_err(|_| Error::ConnectionTimeout)??;
    // Whoever drops the task ends the connection: a guest that is killed has none.
    let connection = spawn(async move { connection.await.map_err(Error::from) });
    // Only a request to a proxy contains scheme and authority.
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().map_err(|_| Error::HttpRequestUriInvalid)?;
    let patience = options.first_byte_timeout.unwrap_or(PATIENCE);
    let response = tokio::time::timeout(patience, sender.send_request(request)).await;
    let response = response.map_err(|_| Error::ConnectionReadTimeout)??;
    let patience = options.between_bytes_timeout.unwrap_or(PATIENCE);
    Ok((response.map(|body| Timed::new(body, patience).boxed_unsync()), Box::new(connection)))
}

/// What wasmtime waits, too, where a request does not say how long.
const PATIENCE: Duration = Duration::from_secs(600);
