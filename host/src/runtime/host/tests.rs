//! Guests with threads and without, side by side.

use wasm_encoder::{BlockType, Instruction};
use wasmtime::Engine;

use super::Host;
use crate::error::{Error, Result};
use crate::policy::{Network, Policy};
use crate::runtime::guest::Grants;
use crate::runtime::needs::tests::{command, command_with_a_thread};

const FOR_EVER: [Instruction<'_>; 4] =
    [Instruction::Loop(BlockType::Empty), Instruction::Br(0), Instruction::End, Instruction::Unreachable];

/// How the second ends, while the first runs for ever.
fn end_beside(for_ever: &[u8], ending: &[u8]) -> Result<u8> {
    let host = Host::builder().build().unwrap();
    let [for_ever, ending] = [for_ever, ending].map(|component| host.load("app", component).unwrap());
    let grants = || Grants::new(Network::new(Policy::new(), |_| ()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            biased;
            end = host.run(&for_ever, grants()) => panic!("it runs for ever: {end:?}"),
            end = host.run(&ending, grants()) => end,
        }
    })
}

#[test]
fn threads_that_compute_yield_to_other_guests() {
    let end = end_beside(&command_with_a_thread(&FOR_EVER), &command(&[Instruction::I32Const(1)]));
    assert_eq!(end.unwrap(), 1);
}

#[test]
fn guests_that_compute_yield_to_threads() {
    let end = end_beside(&command(&FOR_EVER), &command_with_a_thread(&[Instruction::Unreachable]));
    assert!(matches!(&end, Err(Error::Trap { reason, .. }) if reason.contains("unreachable")), "{end:?}");
}

#[test]
fn only_a_component_with_threads_is_on_their_engine() {
    let host = Host::builder().build().unwrap();
    let with_threads = command_with_a_thread(&[Instruction::Unreachable]);
    let plain = host.engine_for(&command(&[Instruction::I32Const(0)])).unwrap();
    assert!(Engine::same(plain, host.engine()));
    let threads = host.engine_for(&with_threads).unwrap();
    assert!(!Engine::same(threads, host.engine()));
    assert!(Engine::same(threads, host.engine_for(&with_threads).unwrap()), "there is one for all");
    assert!(wasmtime::component::Component::new(plain, &with_threads).is_err(), "the control");
}
