// echo_server [CONNECTIONS]: serves up to 64 clients at a time, one `poll` for all of them; ends after so many.
#include "example.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

// Sends back what has come; whether there may be more.
static bool echo(sockets_borrow_socket_t client) {
  wasocket_list_u8_t data;
  sockets_error_t error;
  if (!sockets_method_socket_recv(client, 65536, 0, &data, &error)) return false;
  bool more = data.len > 0 && sockets_method_socket_send_all(client, &data, 0, &error);
  wasocket_list_u8_free(&data);
  return more;
}

static sockets_borrow_socket_t listen_on_loopback(void) {
  sockets_address_family_t family = {.tag = TYPES_ADDRESS_FAMILY_INET};
  sockets_socket_type_t kind = {.tag = TYPES_SOCKET_TYPE_STREAM};
  sockets_address_t address = {.tag = TYPES_ADDRESS_INET, .val.inet = {.address = {127, 0, 0, 1}}};
  sockets_own_socket_t own;
  sockets_error_t error;
  if (!sockets_static_socket_create(&family, &kind, 0, &own, &error)) fail("socket", &error);
  sockets_borrow_socket_t server = sockets_borrow_socket(own);
  if (!sockets_method_socket_bind(server, &address, &error)) fail("bind", &error);
  if (!sockets_method_socket_listen(server, NULL, &error)) fail("listen", &error);
  if (!sockets_method_socket_getsockname(server, &address, &error)) fail("getsockname", &error);
  printf("listening: 127.0.0.1:%d\n", address.val.inet.port);
  fflush(stdout);
  return server;
}

void command(int argc, char **argv) {
  int left = argc > 1 ? atoi(argv[1]) : INT_MAX;
  polling_tuple2_borrow_socket_events_t asked[65] = {{listen_on_loopback(), 0}};
  sockets_error_t error;
  for (size_t count = 1; left > 0 || count > 1;) {
    asked[0].f1 = left > 0 && count < 65 ? POLLING_EVENTS_READABLE : 0;
    polling_list_tuple2_borrow_socket_events_t list = {asked, count};
    polling_list_events_t ready;
    if (!polling_poll(&list, NULL, &ready, &error)) fail("poll", &error);
    for (size_t i = count - 1; i > 0; i--) {
      if (!ready.ptr[i] || echo(asked[i].f0)) continue;
      sockets_method_socket_close(asked[i].f0, &error);
      asked[i] = asked[--count];
    }
    if (ready.ptr[0]) {
      sockets_tuple2_own_socket_address_t accepted;
      if (!sockets_method_socket_accept(asked[0].f0, &accepted, &error)) fail("accept", &error);
      asked[count].f0 = sockets_borrow_socket(accepted.f0);
      asked[count++].f1 = POLLING_EVENTS_READABLE;
      printf("connected: 127.0.0.1:%d\n", accepted.f1.val.inet.port);
      left--;
    }
    polling_list_events_free(&ready);
  }
}
