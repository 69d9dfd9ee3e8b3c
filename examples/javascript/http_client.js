// http_client HOST PORT PATH: fetches a page over HTTP/1.1 and prints its status and its body.
import { command, connect, encode, second } from "./example.js";

export const run = command((host, port, path) => {
  if (!path) throw new Error("usage: http_client HOST PORT PATH");
  const socket = connect(host, port, "stream", 10n * second);
  socket.sendAll(encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`), {});

  const decoder = new TextDecoder();
  let page = "";
  for (let part; (part = socket.recv(65_536, {})).length > 0; ) page += decoder.decode(part, { stream: true });
  socket.close();

  const [head, body] = page.split("\r\n\r\n");
  console.log(head.split("\r\n")[0]);
  console.log(body.trimEnd());
});
