// dns_client SERVER PORT NAME: asks a name server for the IPv4 addresses of a name, over UDP, three times at most.
#include "example.h"

#include <stdio.h>
#include <string.h>

// An identifier, "recursion desired", one question; how long it is.
static size_t ask(uint8_t question[512], const char *name) {
  static const uint8_t head[] = {0x42, 0x42, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, tail[] = {0, 0, 1, 0, 1};
  if (strlen(name) > 253) fail("the name is too long", NULL);
  memcpy(question, head, sizeof head);
  uint8_t *at = question + sizeof head;
  for (;;) {
    size_t label = strcspn(name, ".");
    *at++ = label;
    memcpy(at, name, label);
    at += label;
    if (!name[label]) break;
    name += label + 1;
  }
  memcpy(at, tail, sizeof tail);
  return at + sizeof tail - question;
}

// Records follow the question; those of type A begin with a reference to its name, and end with an address.
static void print_answer(wasocket_list_u8_t answer, size_t at) {
  while (at + 12 <= answer.len) {
    const uint8_t *record = answer.ptr + at;
    size_t length = record[10] << 8 | record[11];
    at += 12 + length;
    if (at <= answer.len && record[3] == 1 && length == 4)
      printf("%d.%d.%d.%d\n", record[12], record[13], record[14], record[15]);
  }
}

void command(int argc, char **argv) {
  if (argc != 4) fail("usage: dns_client SERVER PORT NAME", NULL);
  sockets_borrow_socket_t socket = connect_to(argv[1], argv[2], TYPES_SOCKET_TYPE_DATAGRAM, 2 * SECOND);
  uint8_t buffer[512];
  wasocket_list_u8_t question = {buffer, ask(buffer, argv[3])}, answer;
  sockets_error_t error;
  for (int attempt = 0; attempt < 3; attempt++) {
    uint32_t sent;
    if (!sockets_method_socket_send(socket, &question, 0, &sent, &error)) fail("send", &error);
    if (sockets_method_socket_recv(socket, 4096, 0, &answer, &error)) {
      print_answer(answer, question.len);
      return;
    }
    if (error.tag != TYPES_ERROR_TIMEOUT) fail("recv", &error);
    puts("no answer yet");
  }
  fail("no answer", NULL);
}
