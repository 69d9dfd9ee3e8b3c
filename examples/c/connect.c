#include "example.h"

#include <string.h>

sockets_borrow_socket_t connect_to(const char *host, const char *port, uint8_t kind, uint64_t timeout) {
  wasocket_string_t name = {(uint8_t *)host, strlen(host)}, service = {(uint8_t *)port, strlen(port)};
  netdb_hints_t hints = {.type = {.is_some = true, .val = {.tag = kind}}};
  netdb_own_getaddrinfo_t lookup;
  netdb_list_address_info_t found;
  sockets_error_t error;
  if (!netdb_static_getaddrinfo_create(&name, &service, &hints, &lookup, &error)) fail(host, &error);
  if (!netdb_method_getaddrinfo_take(netdb_borrow_getaddrinfo(lookup), &timeout, &found, &error)) fail(host, &error);
  netdb_getaddrinfo_drop_own(lookup);
  for (size_t i = 0; i < found.len; i++) {
    netdb_address_info_t *each = &found.ptr[i];
    sockets_own_socket_t own;
    if (!sockets_static_socket_create(&each->family, &each->type, each->protocol, &own, &error)) continue;
    sockets_borrow_socket_t socket = sockets_borrow_socket(own);
    if (sockets_method_socket_set_timeout(socket, &timeout, &error) &&
        sockets_method_socket_connect(socket, &each->address, &error)) {
      netdb_list_address_info_free(&found);
      return socket;
    }
    sockets_socket_drop_own(own);
  }
  fail(host, &error);
}
