//! `wasi:http`: one request.

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, Scheme};
use wasip2::io::streams::StreamError;

use crate::things::{Answer, Things};

impl Things {
    /// Does it, if it is about HTTP.
    pub(crate) fn fetches(words: &[&str]) -> Option<Answer> {
        match words {
            ["fetch", scheme, authority, path] => Some(fetch(scheme, authority, path)),
            _ => None,
        }
    }
}

fn fetch(scheme: &str, authority: &str, path: &str) -> Answer {
    let request = OutgoingRequest::new(Fields::new());
    let scheme = if scheme == "https" { Scheme::Https } else { Scheme::Http };
    let set = request.set_scheme(Some(&scheme)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some(path))).map_err(|()| "malformed".to_owned())?;
    let future = handle(request, None).map_err(|error| word(&error))?;
    future.subscribe().block();
    match future.get() {
        Some(Ok(Ok(response))) => body(&response),
        Some(Ok(Err(error))) => Err(word(&error)),
        Some(Err(())) | None => Err("no answer".to_owned()),
    }
}

fn word(error: &ErrorCode) -> String {
    format!("{error:?}")
}

fn body(response: &IncomingResponse) -> Answer {
    let body = response.consume().map_err(|()| "no body".to_owned())?;
    let stream = body.stream().map_err(|()| "no stream".to_owned())?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(1 << 16) {
            Ok(more) => bytes.extend(more),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(_)) => return Err("broken".to_owned()),
        }
    }
    Ok(format!("{} {}", response.status(), String::from_utf8_lossy(&bytes)))
}
