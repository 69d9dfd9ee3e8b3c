//! Bytes in elements of eight, for speed between components. A word's first byte is its lowest, as in WebAssembly's memory.

use super::contract::types::WideBytes;
use super::convert::error_from_core;
use super::handle::WitResult;
use crate::errno::Errno;

/// The bytes of `wide`, or `EINVAL` if its length does not belong to its words.
pub(super) fn narrow(wide: &WideBytes) -> WitResult<&[u8]> {
    let length = usize::try_from(wide.length).unwrap_or(usize::MAX);
    match bytemuck::cast_slice(&wide.words).get(..length) {
        Some(bytes) if length.div_ceil(WORD) == wide.words.len() => Ok(bytes),
        _ => Err(error_from_core(Errno::EINVAL.into())),
    }
}

/// `bytes` in wide elements.
pub(super) fn widen(bytes: &[u8]) -> WideBytes {
    let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % WORD);
    let mut words = Vec::with_capacity(bytes.len().div_ceil(WORD));
    // Copied as memory, which an allocator's blocks are aligned well enough for, and not zeroed before.
    match bytemuck::try_cast_slice(whole) {
        Ok(aligned) => words.extend_from_slice(aligned),
        Err(_) => words.extend(whole.chunks_exact(WORD).map(word)),
    }
    if !rest.is_empty() {
        words.push(word(rest));
    }
    WideBytes { words, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
}

/// Up to eight bytes as one word, the rest of it zero.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

const WORD: usize = size_of::<u64>();
