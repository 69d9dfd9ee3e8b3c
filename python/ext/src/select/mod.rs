//! The module `select`.

mod epoll_object;
mod poll_object;
mod select_function;
mod waiting;

pub(crate) use epoll_object::make_type as make_epoll_type;
pub(crate) use poll_object::make_type;
use wasocket::constants::SELECT_CONSTANTS;

use crate::errors::PyResult;
use crate::export::{END_OF_METHODS, Table, method};
use crate::ffi;
use crate::module::{self, Definition};
use crate::object::Object;

static FUNCTIONS: Table<[ffi::PyMethodDef; 3]> = Table([
    method!(
        many,
        c"select",
        select_function::select,
        c"select(rlist, wlist, xlist, timeout=None, /)\n--\n\nWait until some of the descriptors are ready; the lists of those that are."
    ),
    method!(none, c"poll", poll_object::poll, c"poll()\n--\n\nA polling object, for any number of descriptors."),
    END_OF_METHODS,
]);

static DEFINITION: Definition = Definition::new(c"select", c"Waiting for many descriptors at once.", &FUNCTIONS.0);

/// Makes the module.
pub(crate) fn make_module() -> PyResult<Object> {
    let select = DEFINITION.make()?;
    for (name, value) in SELECT_CONSTANTS {
        module::add_named(&select, name, &Object::integer(*value)?)?;
    }
    module::add(&select, c"error", &module::os_error()?)?;
    Ok(select)
}
