//! The meaning of a socket, on a network that does what a script says and a clock that only moves when told.

mod coalescing;
mod connecting;
mod dual_stack;
mod epoll;
mod files;
mod machine;
mod options;
mod pairs;
mod pipes;
mod program;
mod readiness;
mod scripted;
mod sets;
mod sharing;
mod states;
mod streams;
mod system;
mod timeouts;
mod udp;
mod unix;
