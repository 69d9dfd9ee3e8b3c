// dns_client SERVER PORT NAME: asks a name server for the IPv4 addresses of a name, over UDP, three times at most.
import { command, connect, encode, second } from "./example.js";

/** Records follow the question; those of type A begin with a reference to its name, and end with an address. */
function print_answer(answer, start) {
  const view = new DataView(answer.buffer, answer.byteOffset);
  for (let at = start; at + 12 <= answer.length; at += 12 + view.getUint16(at + 10)) {
    const isAddress = view.getUint16(at + 2) === 1 && view.getUint16(at + 10) === 4;
    if (isAddress) console.log(answer.slice(at + 12, at + 16).join("."));
  }
}

export const run = command((server, port, name) => {
  if (!name) throw new Error("usage: dns_client SERVER PORT NAME");
  const socket = connect(server, port, "datagram", 2n * second);
  // An identifier, "recursion desired", one question.
  const labels = name.split(".").flatMap((label) => [label.length, ...encode(label)]);
  const question = Uint8Array.from([0x42, 0x42, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  for (let attempt = 0; attempt < 3; attempt++) {
    socket.send(question, {});
    try {
      return print_answer(socket.recv(4096, {}), question.length);
    } catch (error) {
      if (error.payload?.tag !== "timeout") throw error;
      console.log("no answer yet");
    }
  }
  throw new Error("no answer");
});
