//! Bytes in elements of eight, for speed between components.

use super::contract::types::WideBytes;
use crate::errno::Errno;

/// The bytes of `wide`, or `EINVAL` if its length does not belong to its words.
pub(super) fn narrow(wide: &WideBytes) -> Result<Vec<u8>, Errno> {
    let length = usize::try_from(wide.length).map_err(|_| Errno::EINVAL)?;
    if length.div_ceil(WORD) != wide.words.len() {
        return Err(Errno::EINVAL);
    }
    let mut bytes = vec![0; wide.words.len() * WORD];
    for (chunk, word) in bytes.chunks_exact_mut(WORD).zip(&wide.words) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// `bytes` in wide elements.
pub(super) fn widen(bytes: &[u8]) -> WideBytes {
    let (chunks, rest) = bytes.as_chunks::<WORD>();
    let mut words: Vec<u64> = Vec::with_capacity(bytes.len().div_ceil(WORD));
    words.extend(chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)));
    if !rest.is_empty() {
        let mut last = [0; WORD];
        last.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        words.push(u64::from_le_bytes(last));
    }
    WideBytes { words, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
}

const WORD: usize = size_of::<u64>();
