//! The words of a guest's memory that signals are told by, for guests whose memory this crate keeps.

use std::ptr::NonNull;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, WasmList};

use crate::runtime::guest::Guest;
use crate::signals::Word;

/// Links what takes the places of words. [`crate::linker::add_host_to_linker`] has linked functions that do nothing.
///
/// A store drops its data before its guest's memory, and a guest's data lets go of the words when it is dropped.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut interface = linker.instance(INTERFACE)?;
    interface.func_wrap("watch", |store: StoreContextMut<'_, Guest>, (word, bit): (WasmList<u8>, u8)| {
        if let Some(first) = word.as_le_slice(&store).first() {
            store.data().signals().watch(Word::new(NonNull::from(first), bit));
        }
        Ok(())
    })?;
    interface.func_wrap("forget", |store: StoreContextMut<'_, Guest>, (word,): (WasmList<u8>,)| {
        store.data().signals().forget(word.as_le_slice(&store).as_ptr().addr());
        Ok(())
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

const INTERFACE: &str = "wasocket:socket/signals@0.1.0";
