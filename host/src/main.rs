//! `wasocket`: runs Python programs and components that use sockets, under a network policy.

mod cli;

fn main() -> ! {
    std::process::exit(cli::main())
}
