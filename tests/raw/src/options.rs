//! The options of sockets: `get NAME OPTION` and `set NAME OPTION VALUE`.

use wasip2::sockets::network::ErrorCode;
use wasip2::sockets::tcp::TcpSocket;
use wasip2::sockets::udp::UdpSocket;

use crate::things::{Answer, Thing, Things, code, done, number, unknown};

impl Things {
    /// Does it, if it is about options.
    pub(crate) fn options(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["get", name, option] => self.get(name, option),
            ["set", name, option, value] => number(value).and_then(|value| self.set(name, option, value)),
            _ => return None,
        })
    }

    fn get(&self, name: &str, option: &str) -> Answer {
        let answer = match self.0.get(name) {
            Some(Thing::Tcp(socket)) => of_tcp(socket, option),
            Some(Thing::Udp(socket)) => of_udp(socket, option),
            _ => return Err(unknown(name)),
        };
        answer.ok_or_else(|| unknown(option))?.map(|value| value.to_string()).map_err(code)
    }

    fn set(&self, name: &str, option: &str, value: u64) -> Answer {
        let answer = match self.0.get(name) {
            Some(Thing::Tcp(socket)) => to_tcp(socket, option, value),
            Some(Thing::Udp(socket)) => to_udp(socket, option, value),
            _ => return Err(unknown(name)),
        };
        answer.ok_or_else(|| unknown(option))?.map(done).map_err(code)
    }
}

fn of_tcp(socket: &TcpSocket, option: &str) -> Option<Result<u64, ErrorCode>> {
    Some(match option {
        "keep-alive" => socket.keep_alive_enabled().map(u64::from),
        "idle-time" => socket.keep_alive_idle_time(),
        "interval" => socket.keep_alive_interval(),
        "count" => socket.keep_alive_count().map(u64::from),
        "hop-limit" => socket.hop_limit().map(u64::from),
        "receive-buffer" => socket.receive_buffer_size(),
        "send-buffer" => socket.send_buffer_size(),
        _ => return None,
    })
}

fn to_tcp(socket: &TcpSocket, option: &str, value: u64) -> Option<Result<(), ErrorCode>> {
    Some(match option {
        "keep-alive" => socket.set_keep_alive_enabled(value != 0),
        "idle-time" => socket.set_keep_alive_idle_time(value),
        "interval" => socket.set_keep_alive_interval(value),
        "count" => socket.set_keep_alive_count(u32::try_from(value).unwrap_or(u32::MAX)),
        "hop-limit" => socket.set_hop_limit(u8::try_from(value).unwrap_or(u8::MAX)),
        "receive-buffer" => socket.set_receive_buffer_size(value),
        "send-buffer" => socket.set_send_buffer_size(value),
        "backlog" => socket.set_listen_backlog_size(value),
        _ => return None,
    })
}

fn of_udp(socket: &UdpSocket, option: &str) -> Option<Result<u64, ErrorCode>> {
    Some(match option {
        "hop-limit" => socket.unicast_hop_limit().map(u64::from),
        "receive-buffer" => socket.receive_buffer_size(),
        "send-buffer" => socket.send_buffer_size(),
        _ => return None,
    })
}

fn to_udp(socket: &UdpSocket, option: &str, value: u64) -> Option<Result<(), ErrorCode>> {
    Some(match option {
        "hop-limit" => socket.set_unicast_hop_limit(u8::try_from(value).unwrap_or(u8::MAX)),
        "receive-buffer" => socket.set_receive_buffer_size(value),
        "send-buffer" => socket.set_send_buffer_size(value),
        _ => return None,
    })
}
