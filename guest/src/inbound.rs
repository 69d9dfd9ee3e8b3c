//! Bytes that have been read ahead: for `MSG_PEEK`, and for readiness that is exact.

/// Bytes of a stream that a program has not taken yet, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Inbound {
    bytes: Vec<u8>,
    /// How many of `bytes` have been taken.
    taken: usize,
}

impl Inbound {
    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.taken
    }

    /// Whether none wait.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what has just been read.
    pub(crate) fn push(&mut self, more: Vec<u8>) {
        if self.is_empty() {
            self.bytes = more;
            self.taken = 0;
        } else {
            self.bytes.extend_from_slice(&more);
        }
    }

    /// A copy of the first `max` bytes, which stay.
    pub(crate) fn peek(&self, max: usize) -> Vec<u8> {
        let waiting = &self.bytes[self.taken..];
        waiting[..max.min(waiting.len())].to_vec()
    }

    /// Takes the first `max` bytes.
    pub(crate) fn take(&mut self, max: usize) -> Vec<u8> {
        if self.taken == 0 && max >= self.bytes.len() {
            return std::mem::take(&mut self.bytes);
        }
        let first = self.peek(max);
        self.taken += first.len();
        if self.is_empty() {
            *self = Self::default();
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_their_order() {
        let mut inbound = Inbound::default();
        inbound.push(b"abc".to_vec());
        assert_eq!(inbound.take(1), b"a");
        inbound.push(b"def".to_vec());
        assert_eq!(inbound.peek(3), b"bcd");
        assert_eq!(inbound.len(), 5);
        assert_eq!(inbound.take(99), b"bcdef");
        assert!(inbound.is_empty());
        assert_eq!(inbound.take(1), b"");
    }
}
