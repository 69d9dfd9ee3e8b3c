/* What signals, and threads that take turns, need of CPython's inner parts, compiled together with it.
 *
 * A thread that computes gives nobody else a turn by itself. So, while another thread waits for something that may have happened,
 * a bit of the word that CPython looks at between bytecodes is set from time to time, by the host if it can, else all the time; it is
 * one that has a meaning only without a global interpreter lock. Nor does it ask whether a signal has arrived: the host sets the bit
 * for signals in the words of all threads.
 * The linker puts `__wrap__Py_HandlePending` in front of the function that CPython calls for that word.
 */

#include "Python.h"
#include "pycore_ceval.h"
#include "pycore_gil.h"
#include "pycore_interp.h"
#include "pycore_pystate.h"

#ifdef Py_GIL_DISABLED
#  error "the bit for turns has a meaning without the global interpreter lock"
#endif

#define TURN_BIT _PY_EVAL_EXPLICIT_MERGE_BIT

int __real__Py_HandlePending(PyThreadState *state);
void __real__PyThreadState_Bind(PyThreadState *state);
void __real__PyThreadState_DeleteCurrent(PyThreadState *state);

/* A signal may have arrived. */
void (*wasocket_on_signals)(void);

/* CPython begins to look at this word in a thread, or the word is about to mean something else. */
void (*wasocket_on_word)(uint8_t *word, int begins);

/* Gives others a turn; how many times more CPython may ask before the next. */
int (*wasocket_on_turn)(void);

static int asked_left;

int
__wrap__Py_HandlePending(PyThreadState *state)
{
    if (wasocket_on_signals != NULL && _Py_eval_breaker_bit_is_set(state, _PY_SIGNALS_PENDING_BIT)) {
        wasocket_on_signals();
    }
    if (_Py_eval_breaker_bit_is_set(state, TURN_BIT)) {
        if (--asked_left < 0) {
            asked_left = wasocket_on_turn();
        }
        uintptr_t others = _Py_atomic_load_uintptr_relaxed(&state->eval_breaker) & _PY_EVAL_EVENTS_MASK;
        if ((others & ~(uintptr_t)TURN_BIT) == 0) {
            return 0;
        }
    }
    return __real__Py_HandlePending(state);
}

/* The first byte of the word that CPython looks at in the thread of `state`, which has the bits for all that is pending. */
static uint8_t *
word_of(PyThreadState *state)
{
    return (uint8_t *)&state->eval_breaker;
}

uint8_t *
wasocket_word(void)
{
    return word_of(PyThreadState_Get());
}

const uint8_t wasocket_signals_bit = _PY_SIGNALS_PENDING_BIT;
const uint8_t wasocket_turn_bit = TURN_BIT;

/* What a thread waits for that waits for the global interpreter lock. */
const void *
wasocket_lock_condition(void)
{
    return &_PyInterpreterState_Main()->ceval.gil->cond;
}

/* A thread begins with its state. */
void
__wrap__PyThreadState_Bind(PyThreadState *state)
{
    __real__PyThreadState_Bind(state);
    if (wasocket_on_word != NULL) {
        wasocket_on_word(word_of(state), 1);
    }
}

/* It ends, and the memory of its state is free. */
void
__wrap__PyThreadState_DeleteCurrent(PyThreadState *state)
{
    if (wasocket_on_word != NULL) {
        wasocket_on_word(word_of(state), 0);
    }
    __real__PyThreadState_DeleteCurrent(state);
}

/* From now on the thread that runs is asked for turns, or is not. */
void
wasocket_ask_for_turns(int on)
{
    PyThreadState *state = PyGILState_GetThisThreadState();
    if (state == NULL) {
        return;
    }
    if (on) {
        _Py_set_eval_breaker_bit(state, TURN_BIT);
    }
    else {
        _Py_unset_eval_breaker_bit(state, TURN_BIT);
    }
}

/* The state of the thread that runs, which is not this variable's on a system with threads; what it was. */
void *
wasocket_exchange_state(void *state)
{
    void *before = _Py_tss_tstate;
    _Py_tss_tstate = state;
    return before;
}
