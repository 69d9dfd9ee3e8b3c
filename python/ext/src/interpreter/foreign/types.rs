//! C's types as `_ctypes` describes them, and how WebAssembly passes each.

use std::ffi::c_void;
use std::ptr;

/// `ffi_type`.
#[repr(C)]
pub(super) struct Type {
    pub(super) size: usize,
    alignment: u16,
    kind: u16,
    elements: *const *const Self,
}

// SAFETY: nobody changes those that are shared; `_ctypes` copies them.
unsafe impl Sync for Type {}

/// How a value is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// No value.
    Nothing,
    /// `i32`: integers of up to four bytes, pointers.
    Word,
    /// `i64`.
    LongWord,
    /// `f32`.
    Float,
    /// `f64`.
    Double,
    /// So many bytes somewhere in memory: structures, unions, `long double`, complex numbers.
    Memory(usize),
}

impl Type {
    /// A type that is aligned to its size, which is at most 16.
    const fn new(kind: u16, size: usize) -> Self {
        Self { size, alignment: size as u16, kind, elements: ptr::null() }
    }

    /// A complex number has half the alignment, and two elements of one type.
    const fn complex(size: usize, elements: &'static Elements) -> Self {
        Self { size, alignment: (size / 2) as u16, kind: kinds::COMPLEX, elements: elements.0.as_ptr() }
    }

    /// None of a type that `ffi.h` does not have.
    pub(super) fn class(&self) -> Option<Class> {
        Some(match self.kind {
            kinds::VOID => Class::Nothing,
            kinds::UINT8..=kinds::SINT32 | kinds::POINTER => Class::Word,
            kinds::UINT64 | kinds::SINT64 => Class::LongWord,
            kinds::FLOAT => Class::Float,
            kinds::DOUBLE => Class::Double,
            kinds::LONG_DOUBLE | kinds::STRUCT | kinds::COMPLEX => Class::Memory(self.size),
            _ => return None,
        })
    }

    /// The value at `place`, widened as C does; 0 of what is no number.
    ///
    /// # Safety
    ///
    /// A value of this type is there.
    pub(super) unsafe fn read(&self, place: *const c_void) -> u64 {
        // SAFETY: the caller's.
        unsafe {
            match self.kind {
                kinds::UINT8 => place.cast::<u8>().read().into(),
                kinds::SINT8 => widened(place.cast::<i8>().read()),
                kinds::UINT16 => place.cast::<u16>().read_unaligned().into(),
                kinds::SINT16 => widened(place.cast::<i16>().read_unaligned()),
                kinds::SINT32 => widened(place.cast::<i32>().read_unaligned()),
                kinds::UINT32 | kinds::POINTER | kinds::FLOAT => place.cast::<u32>().read_unaligned().into(),
                kinds::UINT64 | kinds::SINT64 | kinds::DOUBLE => place.cast::<u64>().read_unaligned(),
                _ => 0,
            }
        }
    }
}

fn widened(value: impl Into<i64>) -> u64 {
    value.into().cast_unsigned()
}

/// `FFI_TYPE_…`, as in `ffi.h`.
mod kinds {
    pub(super) const VOID: u16 = 0;
    pub(super) const FLOAT: u16 = 1;
    pub(super) const DOUBLE: u16 = 2;
    pub(super) const LONG_DOUBLE: u16 = 3;
    pub(super) const UINT8: u16 = 4;
    pub(super) const SINT8: u16 = 5;
    pub(super) const UINT16: u16 = 6;
    pub(super) const SINT16: u16 = 7;
    pub(super) const UINT32: u16 = 8;
    pub(super) const SINT32: u16 = 9;
    pub(super) const UINT64: u16 = 10;
    pub(super) const SINT64: u16 = 11;
    pub(super) const STRUCT: u16 = 12;
    pub(super) const POINTER: u16 = 13;
    pub(super) const COMPLEX: u16 = 14;
}

/// Types by the names that C knows.
macro_rules! types {
    ($($symbol:literal $name:ident = $kind:ident, $size:literal;)*) => {
        $(#[unsafe(export_name = $symbol)] static $name: Type = Type::new(kinds::$kind, $size);)*
    };
}

types! {
    "ffi_type_void" VOID = VOID, 1;
    "ffi_type_uint8" UINT8 = UINT8, 1;
    "ffi_type_sint8" SINT8 = SINT8, 1;
    "ffi_type_uint16" UINT16 = UINT16, 2;
    "ffi_type_sint16" SINT16 = SINT16, 2;
    "ffi_type_uint32" UINT32 = UINT32, 4;
    "ffi_type_sint32" SINT32 = SINT32, 4;
    "ffi_type_uint64" UINT64 = UINT64, 8;
    "ffi_type_sint64" SINT64 = SINT64, 8;
    "ffi_type_float" FLOAT = FLOAT, 4;
    "ffi_type_double" DOUBLE = DOUBLE, 8;
    "ffi_type_longdouble" LONG_DOUBLE = LONG_DOUBLE, 16;
    "ffi_type_pointer" POINTER = POINTER, 4;
}

/// The parts of a complex number, up to NULL.
struct Elements([*const Type; 2]);

// SAFETY: as above.
unsafe impl Sync for Elements {}

static OF_FLOAT: Elements = Elements([&raw const FLOAT, ptr::null()]);
static OF_DOUBLE: Elements = Elements([&raw const DOUBLE, ptr::null()]);
static OF_LONG_DOUBLE: Elements = Elements([&raw const LONG_DOUBLE, ptr::null()]);

#[unsafe(export_name = "ffi_type_complex_float")]
static COMPLEX_FLOAT: Type = Type::complex(8, &OF_FLOAT);
#[unsafe(export_name = "ffi_type_complex_double")]
static COMPLEX_DOUBLE: Type = Type::complex(16, &OF_DOUBLE);
#[unsafe(export_name = "ffi_type_complex_longdouble")]
static COMPLEX_LONG_DOUBLE: Type = Type::complex(32, &OF_LONG_DOUBLE);
