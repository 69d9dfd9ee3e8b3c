//! Changes to bytes that are right: what is nearly right reaches further than what is not.

/// Bytes to change, from the input of a target: three bytes each, the place and what it is combined with.
pub struct Edits(Vec<(usize, u8)>);

impl Edits {
    /// At most eight.
    pub fn read(input: &[u8]) -> Self {
        let edits = input.chunks_exact(3).take(8);
        Self(edits.map(|edit| (usize::from(u16::from_be_bytes([edit[0], edit[1]])), edit[2])).collect())
    }

    /// The bytes after these changes; those that lie behind the end cut it off.
    pub fn applied(&self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for (place, change) in &self.0 {
            match changed.get_mut(*place) {
                Some(byte) => *byte ^= change,
                None => changed.truncate(*place % (bytes.len() + 1)),
            }
        }
        changed
    }
}
