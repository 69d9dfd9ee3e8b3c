// http_client HOST PORT PATH: fetches a page over HTTP/1.1 and prints its status and its body.
#include "example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// All that the peer sends, until it closes, as a string.
static char *receive_all(sockets_borrow_socket_t socket) {
  size_t length = 0;
  char *all = calloc(1, 1);
  for (;;) {
    wasocket_list_u8_t part;
    sockets_error_t error;
    if (!sockets_method_socket_recv(socket, 65536, 0, &part, &error)) fail("recv", &error);
    if (part.len == 0) return all;
    all = realloc(all, length + part.len + 1);
    if (!all) fail("out of memory", NULL);
    memcpy(all + length, part.ptr, part.len);
    length += part.len;
    all[length] = 0;
    wasocket_list_u8_free(&part);
  }
}

void command(int argc, char **argv) {
  if (argc != 4) fail("usage: http_client HOST PORT PATH", NULL);
  sockets_borrow_socket_t socket = connect_to(argv[1], argv[2], TYPES_SOCKET_TYPE_STREAM, 10 * SECOND);

  char request[1024];
  const char *format = "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
  int length = snprintf(request, sizeof request, format, argv[3], argv[1]);
  if (length >= (int)sizeof request) fail("the path is too long", NULL);
  wasocket_list_u8_t data = {(uint8_t *)request, length};
  sockets_error_t error;
  if (!sockets_method_socket_send_all(socket, &data, 0, &error)) fail("send", &error);

  char *page = receive_all(socket);
  char *body = strstr(page, "\r\n\r\n");
  if (!body) fail("the answer has no end of its head", NULL);
  printf("%.*s\n%s\n", (int)strcspn(page, "\r"), page, body + 4);
  free(page);
}
