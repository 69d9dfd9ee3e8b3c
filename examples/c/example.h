// What the examples share: connecting as Python's `socket.create_connection`, and errors that end the program.
#include "wasocket.h"

// The program itself.
void command(int argc, char **argv);

#define SECOND 1000000000ull

// Ends the program with a line on standard error, which names the contract's error if there is one.
_Noreturn void fail(const char *what, const sockets_error_t *error);

// A socket that is connected to the first address of a name that answers; `kind` is `TYPES_SOCKET_TYPE_*`.
sockets_borrow_socket_t connect_to(const char *host, const char *port, uint8_t kind, uint64_t timeout);
