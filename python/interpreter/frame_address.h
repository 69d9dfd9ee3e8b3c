/* CPython bounds its recursion in C by the stack of linear memory, and asks for its end by `__builtin_frame_address(0)`. A function
 * that keeps nothing on that stack does not move its end: such functions, which free nested lists for instance, would call one
 * another until WebAssembly's own stack, which nobody can ask for, is exhausted: a trap. Here the question itself has its place on
 * the stack, so that every function that asks takes some of it.
 */

#ifndef WASOCKET_FRAME_ADDRESS_H
#define WASOCKET_FRAME_ADDRESS_H

#define __builtin_frame_address(level) wasocket_frame_address()

static inline __attribute__((always_inline)) void *
wasocket_frame_address(void)
{
    char here;
    void *address = &here;
    __asm__ volatile("" : : "r"(address) : "memory");
    return address;
}

#endif
