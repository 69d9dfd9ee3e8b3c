//! Bytes in elements of eight, for speed between components. A word's first byte is its lowest, as in WebAssembly's memory.

use super::contract::types::WideBytes;
use crate::errno::Errno;

/// The bytes of `wide`, or `EINVAL` if its length does not belong to its words.
pub(super) fn narrow(wide: &WideBytes) -> Result<Vec<u8>, Errno> {
    let length = usize::try_from(wide.length).map_err(|_| Errno::EINVAL)?;
    if length.div_ceil(WORD) != wide.words.len() {
        return Err(Errno::EINVAL);
    }
    Ok(bytemuck::cast_slice(&wide.words).get(..length).unwrap_or_default().to_vec())
}

/// `bytes` in wide elements.
pub(super) fn widen(bytes: &[u8]) -> WideBytes {
    let mut words = vec![0_u64; bytes.len().div_ceil(WORD)];
    let room: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    if let Some(room) = room.get_mut(..bytes.len()) {
        room.copy_from_slice(bytes);
    }
    WideBytes { words, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
}

const WORD: usize = size_of::<u64>();
