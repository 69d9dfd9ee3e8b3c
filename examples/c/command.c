#include "example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The export `wasi:cli/run`.
bool exports_wasi_cli_run_run(void) {
  wasocket_list_string_t arguments;
  wasi_cli_environment_get_arguments(&arguments);
  char **argv = calloc(arguments.len + 1, sizeof *argv);
  for (size_t i = 0; argv && i < arguments.len; i++)
    argv[i] = strndup((const char *)arguments.ptr[i].ptr, arguments.ptr[i].len);
  if (!argv) fail("out of memory", NULL);
  wasocket_list_string_free(&arguments);
  command(arguments.len, argv);
  fflush(stdout);
  return true;
}

// The codes that these programs are likely to see; wasocket.h lists all.
static const char *const codes[] = {
    [TYPES_ERRNO_ACCESS_DENIED] = "access denied",
    [TYPES_ERRNO_CONNECTION_REFUSED] = "connection refused",
    [TYPES_ERRNO_CONNECTION_RESET] = "connection reset",
};

_Noreturn void fail(const char *what, const sockets_error_t *error) {
  fputs(what, stderr);
  if (error && error->tag == TYPES_ERROR_OS) {
    types_errno_t code = error->val.os.code;
    const char *name = code < sizeof codes / sizeof *codes ? codes[code] : NULL;
    name ? fprintf(stderr, ": %s", name) : fprintf(stderr, ": errno %d of wasocket.h", code);
  } else if (error) {
    fputs(error->tag == TYPES_ERROR_TIMEOUT ? ": timed out" : ": name lookup failed", stderr);
  }
  fputs("\n", stderr);
  exit(1);
}
