//! What passes over the connection of a request: counted, and no faster than the policy lets it.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::accounting::account::SocketAccount;

/// The account of a connection, and when more may pass.
pub(super) struct Traffic {
    account: Box<SocketAccount>,
    turn: Option<Pin<Box<Sleep>>>,
}

impl Traffic {
    pub(super) fn new(account: SocketAccount) -> Self {
        Self { account: Box::new(account), turn: None }
    }

    /// Waits until something may pass.
    pub(super) fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(turn) = &mut self.turn {
                std::task::ready!(turn.as_mut().poll(context));
                self.turn = None;
            }
            let pause = self.account.meter().take_bytes(0);
            if pause.is_zero() {
                return Poll::Ready(());
            }
            self.turn = Some(Box::pin(sleep_until(Instant::now() + pause)));
        }
    }

    /// Bytes have left.
    pub(super) fn sent(&self, bytes: usize) {
        self.account.sent(bytes);
        self.account.meter().count_bytes(bytes as u64);
    }

    /// Bytes have come.
    pub(super) fn received(&self, bytes: usize) {
        self.account.received(bytes);
        self.account.meter().count_bytes(bytes as u64);
    }
}
