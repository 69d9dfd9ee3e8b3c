//! The module `_socket`.

use wasocket::constants;

use crate::errors::PyResult;
use crate::module::{Definition, add, add_named, os_error, timeout_error};
use crate::module_functions::FUNCTIONS;
use crate::object::Object;
use crate::state::PythonObjects;

static DEFINITION: Definition =
    Definition::new(c"_socket", c"The interface to sockets; see the module socket.", &FUNCTIONS.0);

/// Makes the module without the types and exceptions that it shares with the state.
pub(crate) fn make_module() -> PyResult<Object> {
    let socket = DEFINITION.make()?;
    for (name, value) in constants::CONSTANTS {
        add_named(&socket, name, &Object::integer(*value)?)?;
    }
    add(&socket, c"has_ipv6", &Object::boolean(true)?)?;
    add(&socket, c"CAPI", &Object::none())?;
    add(&socket, c"error", &os_error()?)?;
    add(&socket, c"timeout", &timeout_error()?)?;
    Ok(socket)
}

/// Adds what the state has.
pub(crate) fn complete(socket: &Object, objects: &PythonObjects) -> PyResult<()> {
    add(socket, c"herror", &objects.host_error)?;
    add(socket, c"gaierror", &objects.address_info_error)?;
    add(socket, c"socket", &objects.socket_type)?;
    add(socket, c"SocketType", &objects.socket_type)
}
