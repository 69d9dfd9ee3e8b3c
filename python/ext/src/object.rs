//! References to Python objects: owned ones, and ones that last as long as a call.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::errors::{PyResult, Raised};
use crate::ffi;

/// A reference that this value owns.
pub(crate) struct Object(NonNull<ffi::PyObject>);

impl Object {
    /// Takes over the new reference that a C function returned; NULL means that it raised.
    pub(crate) fn from_new(pointer: *mut ffi::PyObject) -> PyResult<Self> {
        NonNull::new(pointer).map(Self).ok_or(Raised)
    }

    /// Hands the reference over to C.
    pub(crate) fn into_pointer(self) -> *mut ffi::PyObject {
        let pointer = self.0.as_ptr();
        std::mem::forget(self);
        pointer
    }

    pub(crate) fn as_pointer(&self) -> *mut ffi::PyObject {
        self.0.as_ptr()
    }

    /// The same object, for as long as this reference lives.
    pub(crate) fn borrow(&self) -> Borrowed<'_> {
        Borrowed(self.0, PhantomData)
    }

    pub(crate) fn none() -> Self {
        // SAFETY: `None` is never NULL and lives as long as the interpreter.
        let none = unsafe { NonNull::new_unchecked(ffi::Py_None()) };
        Borrowed(none, PhantomData).own()
    }

    pub(crate) fn boolean(value: bool) -> PyResult<Self> {
        // SAFETY: the interpreter runs while we are called.
        Self::from_new(unsafe { ffi::PyBool_FromLong(value.into()) })
    }

    pub(crate) fn integer(value: i64) -> PyResult<Self> {
        // SAFETY: as above.
        Self::from_new(unsafe { ffi::PyLong_FromLongLong(value) })
    }

    pub(crate) fn unsigned(value: u64) -> PyResult<Self> {
        // SAFETY: the interpreter runs.
        Self::from_new(unsafe { ffi::PyLong_FromUnsignedLongLong(value) })
    }

    pub(crate) fn size(value: usize) -> PyResult<Self> {
        // SAFETY: as above.
        Self::from_new(unsafe { ffi::PyLong_FromSize_t(value) })
    }

    pub(crate) fn float(value: f64) -> PyResult<Self> {
        // SAFETY: as above.
        Self::from_new(unsafe { ffi::PyFloat_FromDouble(value) })
    }

    pub(crate) fn text(value: &str) -> PyResult<Self> {
        // SAFETY: the pointer and the length are those of `value`; a slice is never longer than `isize::MAX`.
        Self::from_new(unsafe { ffi::PyUnicode_FromStringAndSize(value.as_ptr().cast(), value.len().cast_signed()) })
    }

    /// A `str` from bytes in the file system's encoding.
    pub(crate) fn file_system_text(value: &[u8]) -> PyResult<Self> {
        // SAFETY: as in `text`.
        Self::from_new(unsafe {
            ffi::PyUnicode_DecodeFSDefaultAndSize(value.as_ptr().cast(), value.len().cast_signed())
        })
    }

    pub(crate) fn bytes(value: &[u8]) -> PyResult<Self> {
        // SAFETY: as in `text`.
        Self::from_new(unsafe { ffi::PyBytes_FromStringAndSize(value.as_ptr().cast(), value.len().cast_signed()) })
    }

    pub(crate) fn tuple<const N: usize>(items: [Self; N]) -> PyResult<Self> {
        // SAFETY: as above; no tuple of ours has more than a few items.
        let tuple = Self::from_new(unsafe { ffi::PyTuple_New(N.cast_signed()) })?;
        for (position, item) in items.into_iter().enumerate() {
            // SAFETY: the tuple is new and has room at each position; the item's reference goes over to it.
            if unsafe { ffi::PyTuple_SetItem(tuple.as_pointer(), position.cast_signed(), item.into_pointer()) } < 0 {
                return Err(Raised);
            }
        }
        Ok(tuple)
    }

    pub(crate) fn list(items: impl IntoIterator<Item = PyResult<Self>>) -> PyResult<Self> {
        // SAFETY: the interpreter runs while we are called.
        let list = Self::from_new(unsafe { ffi::PyList_New(0) })?;
        for item in items {
            // SAFETY: both references are owned by this function.
            if unsafe { ffi::PyList_Append(list.as_pointer(), item?.as_pointer()) } < 0 {
                return Err(Raised);
            }
        }
        Ok(list)
    }
}

impl Clone for Object {
    fn clone(&self) -> Self {
        self.borrow().own()
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: this value owns a reference.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) }
    }
}

/// A reference that another owner holds for `'a`: the caller of one of our functions, mostly.
#[derive(Clone, Copy)]
pub(crate) struct Borrowed<'a>(NonNull<ffi::PyObject>, PhantomData<&'a ffi::PyObject>);

impl Borrowed<'_> {
    /// # Safety
    /// `pointer` is NULL or an object that lives for the lifetime that the caller picks.
    pub(crate) unsafe fn from_pointer(pointer: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(pointer).map(|pointer| Self(pointer, PhantomData))
    }

    pub(crate) fn as_pointer(self) -> *mut ffi::PyObject {
        self.0.as_ptr()
    }

    /// A reference of our own.
    pub(crate) fn own(self) -> Object {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_INCREF(self.0.as_ptr()) };
        Object(self.0)
    }

    pub(crate) fn is_none(self) -> bool {
        // SAFETY: any object may be compared with `None`.
        unsafe { ffi::Py_IsNone(self.as_pointer()) != 0 }
    }

    pub(crate) fn is_text(self) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::PyUnicode_Check(self.as_pointer()) != 0 }
    }

    pub(crate) fn is_bytes(self) -> bool {
        // SAFETY: as above.
        unsafe { ffi::PyBytes_Check(self.as_pointer()) != 0 }
    }

    pub(crate) fn is_tuple(self) -> bool {
        // SAFETY: as above.
        unsafe { ffi::PyTuple_Check(self.as_pointer()) != 0 }
    }

    /// `type(self).__name__`, as error messages show it.
    pub(crate) fn type_name(self) -> String {
        // SAFETY: every object has a type.
        let name = Object::from_new(unsafe { ffi::PyType_GetName(ffi::Py_TYPE(self.as_pointer())) });
        match name.as_ref().map(|name| name.borrow().utf8()) {
            Ok(Ok(name)) => name,
            Ok(Err(Raised)) | Err(Raised) => {
                crate::errors::clear();
                String::from("object")
            }
        }
    }

    /// The text of a `str`; surrogates raise.
    pub(crate) fn utf8(self) -> PyResult<String> {
        let mut length = 0;
        // SAFETY: CPython checks that the object is a `str`; the buffer lives as long as it.
        let bytes = unsafe {
            let data = ffi::PyUnicode_AsUTF8AndSize(self.as_pointer(), &raw mut length);
            slice(data.cast(), length).ok_or(Raised)?
        };
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The contents of a `bytes` object.
    pub(crate) fn byte_vector(self) -> PyResult<Vec<u8>> {
        let (mut data, mut length) = (std::ptr::null_mut(), 0);
        // SAFETY: CPython checks that the object is `bytes`; the buffer lives as long as it.
        unsafe {
            if ffi::PyBytes_AsStringAndSize(self.as_pointer(), &raw mut data, &raw mut length) < 0 {
                return Err(Raised);
            }
            slice(data.cast_const().cast(), length).map(<[u8]>::to_vec).ok_or(Raised)
        }
    }

    /// The value as a C `long`, through `__index__`.
    pub(crate) fn c_long(self) -> PyResult<i32> {
        // SAFETY: the object is alive.
        let value = unsafe { ffi::PyLong_AsLong(self.as_pointer()) };
        if value == -1 && crate::errors::occurred() { Err(Raised) } else { Ok(value) }
    }

    /// The value as a C `int`, through `__index__`.
    pub(crate) fn c_int(self) -> PyResult<c_int> {
        // SAFETY: the object is alive.
        let value = unsafe { ffi::PyLong_AsInt(self.as_pointer()) };
        if value == -1 && crate::errors::occurred() { Err(Raised) } else { Ok(value) }
    }

    /// `bool(self)`.
    pub(crate) fn is_true(self) -> PyResult<bool> {
        // SAFETY: the object is alive.
        match unsafe { ffi::PyObject_IsTrue(self.as_pointer()) } {
            -1 => Err(Raised),
            truth => Ok(truth != 0),
        }
    }
}

/// The bytes at `data`, none if that is NULL.
///
/// # Safety
/// If it is not NULL, `length` bytes are there for as long as the caller uses them.
pub(crate) unsafe fn slice<'a>(data: *const u8, length: ffi::Py_ssize_t) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    // SAFETY: the caller's promise.
    (!data.is_null()).then(|| unsafe { std::slice::from_raw_parts(data, length) })
}
