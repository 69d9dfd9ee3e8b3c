/* What CPython's `_ctypes` asks of libffi, and no more of it: `python/ext/src/interpreter/foreign/` implements it.
 *
 * libffi itself makes code for calls and callbacks while a program runs, and WebAssembly lets no program do that. `_ctypes` without
 * calls is still what many programs use it for: C's types, their layout in memory, casts and pointers. So the types are here in full;
 * what can be called are the functions of a table, and Python's own functions.
 */

#ifndef WASOCKET_FFI_H
#define WASOCKET_FFI_H

#include <stddef.h>

/* A type: what `_ctypes` copies, and changes for structures. */
typedef struct _ffi_type {
    size_t size;
    unsigned short alignment;
    unsigned short type;
    struct _ffi_type **elements;
} ffi_type;

/* The kinds of types; `python/ext/src/interpreter/foreign/types.rs` has the same numbers. */
enum {
    FFI_TYPE_VOID,
    FFI_TYPE_FLOAT,
    FFI_TYPE_DOUBLE,
    FFI_TYPE_LONGDOUBLE,
    FFI_TYPE_UINT8,
    FFI_TYPE_SINT8,
    FFI_TYPE_UINT16,
    FFI_TYPE_SINT16,
    FFI_TYPE_UINT32,
    FFI_TYPE_SINT32,
    FFI_TYPE_UINT64,
    FFI_TYPE_SINT64,
    FFI_TYPE_STRUCT,
    FFI_TYPE_POINTER,
    FFI_TYPE_COMPLEX,
};

extern ffi_type ffi_type_void;
extern ffi_type ffi_type_uint8, ffi_type_sint8, ffi_type_uint16, ffi_type_sint16;
extern ffi_type ffi_type_uint32, ffi_type_sint32, ffi_type_uint64, ffi_type_sint64;
extern ffi_type ffi_type_float, ffi_type_double, ffi_type_longdouble, ffi_type_pointer;
extern ffi_type ffi_type_complex_float, ffi_type_complex_double, ffi_type_complex_longdouble;

#define FFI_TARGET_HAS_COMPLEX_TYPE

/* C's names of them, where pointers and `long` have four bytes. */
#define ffi_type_uchar ffi_type_uint8
#define ffi_type_schar ffi_type_sint8
#define ffi_type_ushort ffi_type_uint16
#define ffi_type_sshort ffi_type_sint16
#define ffi_type_uint ffi_type_uint32
#define ffi_type_sint ffi_type_sint32
#define ffi_type_ulong ffi_type_uint32
#define ffi_type_slong ffi_type_sint32

/* What a small result of a call takes at least. */
typedef unsigned long ffi_arg;
typedef signed long ffi_sarg;

typedef enum { FFI_OK, FFI_BAD_TYPEDEF, FFI_BAD_ABI, FFI_BAD_ARGTYPE } ffi_status;
typedef enum { FFI_DEFAULT_ABI = 1 } ffi_abi;

/* What is passed to a function, and what it returns. */
typedef struct {
    unsigned int nargs;
    ffi_type **arg_types;
    ffi_type *rtype;
} ffi_cif;

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned int nargs, ffi_type *rtype, ffi_type **atypes);
ffi_status ffi_prep_cif_var(ffi_cif *cif, ffi_abi abi, unsigned int nfixedargs, unsigned int ntotalargs, ffi_type *rtype,
                            ffi_type **atypes);
void ffi_call(ffi_cif *cif, void (*fn)(void), void *rvalue, void **avalue);

/* A function of Python's as C sees it. */
typedef struct {
    ffi_cif *cif;
    void (*fun)(ffi_cif *cif, void *result, void **arguments, void *user_data);
    void *user_data;
} ffi_closure;

void *ffi_closure_alloc(size_t size, void **code);
void ffi_closure_free(void *closure);
ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif, void (*fun)(ffi_cif *, void *, void **, void *),
                                void *user_data, void *code);

/* Where the code of a closure is where it lies, as it is here. */
ffi_status ffi_prep_closure(ffi_closure *closure, ffi_cif *cif, void (*fun)(ffi_cif *, void *, void **, void *), void *user_data);

#define FFI_FN(function) ((void (*)(void))(function))

#endif
