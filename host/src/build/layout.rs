//! The memory layout of the generated module.

use crate::error::{Error, Result};

/// Static memory, filled from address 0 on.
#[derive(Debug, Default)]
pub(super) struct Layout {
    bytes: Vec<u8>,
}

/// A string or a list in memory, as the canonical ABI writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Layout {
    /// Puts bytes into memory.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<Slice> {
        let start = self.end()?;
        self.bytes.extend_from_slice(bytes);
        self.end()?;
        Ok(Slice { start, length: length_of(bytes.len())? })
    }

    /// Puts a list of strings or lists into memory; their contents are there already.
    pub(super) fn slices(&mut self, slices: &[Slice]) -> Result<Slice> {
        self.align();
        let words = slices.iter().flat_map(|slice| [slice.start, slice.length]);
        let bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        let start = self.bytes(&bytes)?.start;
        Ok(Slice { start, length: length_of(slices.len())? })
    }

    /// Sets room for a result aside.
    pub(super) fn room(&mut self, size: usize) -> Result<u32> {
        self.align();
        Ok(self.bytes(&vec![0; size])?.start)
    }

    /// The address behind everything, aligned for anything.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, u32)> {
        self.align();
        let end = self.end()?;
        Ok((self.bytes, end))
    }

    fn align(&mut self) {
        let length = self.bytes.len().next_multiple_of(ALIGNMENT);
        self.bytes.resize(length, 0);
    }

    fn end(&self) -> Result<u32> {
        length_of(self.bytes.len())
    }
}

fn length_of(length: usize) -> Result<u32> {
    match u32::try_from(length) {
        Ok(length) if length <= LARGEST => Ok(length),
        Ok(_) | Err(_) => Err(Error::Internal {
            action: "cannot embed the files",
            problem: format!("they are larger than {} MB together", LARGEST >> 20),
        }),
    }
}

/// Of 64-bit integers, the strictest of the canonical ABI.
const ALIGNMENT: usize = 8;

/// A component's memory has 4 GB; this leaves room for the interpreter's own copies.
pub(super) const LARGEST: u32 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_strings_are_pairs_of_address_and_length() {
        let mut layout = Layout::default();
        let names = [layout.bytes(b"abc").unwrap(), layout.bytes(b"").unwrap(), layout.bytes(b"de").unwrap()];
        let list = layout.slices(&names).unwrap();
        assert_eq!(list, Slice { start: 8, length: 3 });
        let (bytes, end) = layout.finish().unwrap();
        assert_eq!(&bytes[..5], b"abcde");
        assert_eq!(bytes[8..], [0, 3, 3, 0, 3, 2].map(u32::to_le_bytes).concat());
        assert_eq!(end, 32);
    }
}
