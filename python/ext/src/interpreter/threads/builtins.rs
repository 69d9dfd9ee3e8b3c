//! The component model's built-ins for threads, and the stack pointer of C, which they know nothing of.

use std::arch::global_asm;

#[link(wasm_import_module = "$root")]
unsafe extern "C" {
    /// A suspended thread that will call `start` with `context`: `thread.new-indirect`.
    #[link_name = "[thread-new-indirect-v0]"]
    pub(super) fn thread_new(start: extern "C" fn(u32), context: u32) -> u32;
    /// Suspends this thread and goes on in another one: `thread.suspend-then-resume`.
    #[link_name = "[thread-suspend-then-resume]"]
    pub(super) fn thread_switch(thread: u32) -> u32;
    /// Which thread this is: `thread.index`.
    #[link_name = "[thread-index]"]
    pub(super) fn thread_index() -> u32;
}

unsafe extern "C" {
    /// Where the stack of C ends now.
    pub(super) fn wasocket_stack_pointer() -> usize;
    /// Puts its end elsewhere. What the caller has on it stays where it is.
    pub(super) fn wasocket_set_stack_pointer(pointer: usize);
}

global_asm!(
    ".globaltype __stack_pointer, i32",
    ".globl wasocket_stack_pointer",
    ".hidden wasocket_stack_pointer",
    ".type wasocket_stack_pointer,@function",
    "wasocket_stack_pointer:",
    ".functype wasocket_stack_pointer () -> (i32)",
    "global.get __stack_pointer",
    "end_function",
    ".globl wasocket_set_stack_pointer",
    ".hidden wasocket_set_stack_pointer",
    ".type wasocket_set_stack_pointer,@function",
    "wasocket_set_stack_pointer:",
    ".functype wasocket_set_stack_pointer (i32) -> ()",
    "local.get 0",
    "global.set __stack_pointer",
    "end_function",
);
