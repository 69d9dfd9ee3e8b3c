//! Arguments: CPython's own parser, so that its texts come out, and buffers that are released.

use std::ffi::{CStr, c_char, c_int, c_void};

use crate::errors::{Exception, PyResult, Raised};
use crate::ffi;
use crate::object::{Borrowed, Object, slice};

/// `PyArg_ParseTuple(arguments, format, pointers…)`. What is pointed to must have the types that the format names: see
/// <https://docs.python.org/3/c-api/arg.html>.
macro_rules! parse_tuple {
    ($arguments:expr, $format:literal $(, $slot:expr)* $(,)?) => {
        // SAFETY: each slot has the type that the format names for it and outlives the call.
        if unsafe { $crate::ffi::PyArg_ParseTuple($arguments.as_pointer(), $format.as_ptr() $(, $slot)*) } == 0 {
            Err($crate::errors::Raised)
        } else {
            Ok(())
        }
    };
}
pub(crate) use parse_tuple;

/// `PyArg_ParseTupleAndKeywords(arguments, keywords, format, names, pointers…)`.
macro_rules! parse_keywords {
    ($arguments:expr, $keywords:expr, $format:literal, $names:expr $(, $slot:expr)* $(,)?) => {
        // SAFETY: as for `parse_tuple`; the names end with NULL.
        if unsafe {
            $crate::ffi::PyArg_ParseTupleAndKeywords(
                $arguments.as_pointer(),
                $keywords.map_or(std::ptr::null_mut(), $crate::object::Borrowed::as_pointer),
                $format.as_ptr(),
                $names.0.as_ptr() $(, $slot)*
            )
        } == 0 {
            Err($crate::errors::Raised)
        } else {
            Ok(())
        }
    };
}
pub(crate) use parse_keywords;

/// The names for [`parse_keywords`].
macro_rules! names {
    ($($name:literal),*) => { $crate::export::Table([$($name.as_ptr()),*, std::ptr::null()]) };
}
pub(crate) use names;

/// A buffer that some Python object exports; released when this value goes.
#[repr(transparent)]
pub(crate) struct Buffer(ffi::Py_buffer);

impl Buffer {
    /// None yet: a slot for the formats `y*`, `s*` and `w*`.
    pub(crate) fn empty() -> Self {
        Self(ffi::Py_buffer::new())
    }

    /// The buffer of a bytes-like object.
    pub(crate) fn of(object: Borrowed<'_>) -> PyResult<Self> {
        let mut buffer = Self::empty();
        // SAFETY: the object is alive, the slot is ours.
        let failed = unsafe { ffi::PyObject_GetBuffer(object.as_pointer(), &raw mut buffer.0, ffi::PyBUF_SIMPLE) };
        if failed < 0 { Err(Raised) } else { Ok(buffer) }
    }

    /// `PyArg_Parse(object, format, &buffer)`.
    pub(crate) fn parse(object: Borrowed<'_>, format: &CStr) -> PyResult<Self> {
        let mut buffer = Self::empty();
        // SAFETY: the format names one buffer.
        let done = unsafe { ffi::PyArg_Parse(object.as_pointer(), format.as_ptr(), &raw mut buffer) };
        if done == 0 { Err(Raised) } else { Ok(buffer) }
    }

    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.0.len).unwrap_or(0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the exporter keeps its memory in place until the buffer is released.
        unsafe { slice(self.0.buf.cast_const().cast(), self.0.len) }.unwrap_or_default()
    }

    /// Copies the start of `data` into a writable buffer, from `offset` on; how much fitted.
    pub(crate) fn write(&mut self, offset: usize, data: &[u8]) -> usize {
        let room = self.len().saturating_sub(offset).min(data.len());
        if room > 0 && self.0.readonly == 0 {
            // SAFETY: the exporter keeps `len` writable bytes in place; `offset + room` is within them. Python code
            // that shares the memory does not run meanwhile.
            unsafe { self.0.buf.cast::<u8>().add(offset).copy_from_nonoverlapping(data.as_ptr(), room) }
        }
        room
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the buffer was filled by CPython, or has no exporter, which makes this do nothing.
        unsafe { ffi::PyBuffer_Release(&raw mut self.0) }
    }
}

/// The items of an iterable.
pub(crate) struct Items {
    sequence: Object,
    position: ffi::Py_ssize_t,
}

impl Items {
    /// Whatever `PySequence_Fast` takes; anything else is `TypeError(text)`. What is taken out of a list while this goes
    /// through it is not there any more.
    pub(crate) fn of(iterable: Borrowed<'_>, text: &CStr) -> PyResult<Self> {
        // SAFETY: both are alive.
        let sequence = Object::from_new(unsafe { ffi::PySequence_Fast(iterable.as_pointer(), text.as_ptr()) })?;
        Ok(Self { sequence, position: 0 })
    }

    /// The same, with the items that are there now, whatever becomes of a list meanwhile.
    pub(crate) fn there_now(iterable: Borrowed<'_>, text: &CStr) -> PyResult<Self> {
        let Self { sequence, position } = Self::of(iterable, text)?;
        // SAFETY: the sequence is alive.
        let sequence = Object::from_new(unsafe { ffi::PySequence_Tuple(sequence.borrow().as_pointer()) })?;
        Ok(Self { sequence, position })
    }
}

impl Iterator for Items {
    type Item = PyResult<Object>;

    fn next(&mut self) -> Option<PyResult<Object>> {
        // SAFETY: the sequence is alive.
        let length = unsafe { ffi::PySequence_Size(self.sequence.as_pointer()) };
        let position = self.position;
        self.position += 1;
        // SAFETY: as above.
        (position < length)
            .then(|| Object::from_new(unsafe { ffi::PySequence_GetItem(self.sequence.as_pointer(), position) }))
    }
}

/// A host name: a slot for `O&` with [`host_name_converter`].
#[derive(Default)]
pub(crate) struct HostName(pub(crate) Vec<u8>);

/// What CPython takes for the format `O&`.
pub(crate) type Converter = unsafe extern "C" fn(*mut ffi::PyObject, *mut c_void) -> c_int;

/// [`host_name_converter`] as a value.
pub(crate) const HOST_NAME: Converter = host_name_converter;

/// Takes a `str`, `bytes` or `bytearray` as a host name, encoding it with IDNA if it is not ASCII.
unsafe extern "C" fn host_name_converter(object: *mut ffi::PyObject, slot: *mut c_void) -> c_int {
    // SAFETY: CPython passes an argument that is alive, and the slot that stands beside this function.
    let (object, slot) = unsafe {
        let Some(object) = Borrowed::from_pointer(object) else { return 1 };
        let Some(slot) = slot.cast::<HostName>().as_mut() else { return 0 };
        (object, slot)
    };
    match host_name(object) {
        Ok(name) => {
            slot.0 = name;
            1
        }
        Err(Raised) => 0,
    }
}

fn host_name(object: Borrowed<'_>) -> PyResult<Vec<u8>> {
    let name = if object.is_bytes() || is_byte_array(object) {
        Buffer::of(object)?.bytes().to_vec()
    } else if object.is_text() {
        let encoded = encode_idna(object).map_err(|Raised| Exception::Type.raise("encoding of hostname failed"))?;
        encoded.borrow().byte_vector()?
    } else {
        let text = format!("str, bytes or bytearray expected, not {}", object.type_name());
        return Err(Exception::Type.raise(&text));
    };
    if name.contains(&0) {
        return Err(Exception::Type.raise("host name must not contain null character"));
    }
    Ok(name)
}

/// `text.encode('idna')`, which leaves ASCII as it is here: CPython does not check ASCII host names either.
fn encode_idna(text: Borrowed<'_>) -> PyResult<Object> {
    if let Ok(ascii) = text.utf8() {
        if ascii.is_ascii() {
            return Object::bytes(ascii.as_bytes());
        }
    } else {
        crate::errors::clear();
    }
    idna(text)
}

/// `text.encode('idna')`.
pub(crate) fn idna(text: Borrowed<'_>) -> PyResult<Object> {
    // SAFETY: the object is alive; NULL asks for strict errors.
    Object::from_new(unsafe { ffi::PyUnicode_AsEncodedString(text.as_pointer(), c"idna".as_ptr(), std::ptr::null()) })
}

fn is_byte_array(object: Borrowed<'_>) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::PyByteArray_Check(object.as_pointer()) != 0 }
}

/// A `char *` that the argument parser filled in, as bytes.
pub(crate) fn c_string<'a>(pointer: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the parser points to text that its argument owns, which the caller of our function keeps alive.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) })
}

/// A C string that CPython allocated for the format `et`; freed when this value goes.
pub(crate) struct EncodedText(pub(crate) *mut c_char);

impl EncodedText {
    pub(crate) fn empty() -> Self {
        Self(std::ptr::null_mut())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        c_string(self.0.cast_const()).map_or(&[], CStr::to_bytes)
    }
}

impl Drop for EncodedText {
    fn drop(&mut self) {
        // SAFETY: the parser allocated it so, or it is NULL.
        unsafe { ffi::PyMem_Free(self.0.cast()) }
    }
}

/// A text in the file system's encoding, NULs included: names of the abstract namespace of `AF_UNIX` begin with one.
pub(crate) fn encoded_text(text: Borrowed<'_>) -> PyResult<Object> {
    // SAFETY: the object is alive.
    Object::from_new(unsafe { ffi::PyUnicode_EncodeFSDefault(text.as_pointer()) })
}

/// `os.fsencode(path)`.
pub(crate) fn file_system_bytes(path: Borrowed<'_>) -> PyResult<Object> {
    let mut bytes: *mut ffi::PyObject = std::ptr::null_mut();
    // SAFETY: the object is alive, and the converter stores a new reference.
    if unsafe { ffi::PyUnicode_FSConverter(path.as_pointer(), (&raw mut bytes).cast()) } == 0 {
        return Err(Raised);
    }
    Object::from_new(bytes)
}
