// What the examples share: connecting as Python's `socket.create_connection`, and a command whose `main` may throw.
import { getArguments } from "wasi:cli/environment@0.2.12";
import { Getaddrinfo } from "wasocket:socket/netdb@0.1.0";
import { Socket } from "wasocket:socket/sockets@0.1.0";

export const second = 1_000_000_000n;
export const encode = (text) => new TextEncoder().encode(text);

/** A socket that is connected to the first address of a name that answers; `tag` is "stream" or "datagram". */
export function connect(host, port, tag, timeout) {
  const lookup = Getaddrinfo.create(host, port, { type: { tag }, protocol: 0, flags: {} });
  let refused;
  for (const found of lookup.take(timeout)) {
    const socket = Socket.create(found.family, found.type, found.protocol);
    socket.setTimeout(timeout);
    try {
      socket.connect(found.address);
      return socket;
    } catch (error) {
      socket.close();
      refused = error;
    }
  }
  throw refused;
}

/** The contract's error as text: a code's symbol, what would have helped, or a message. */
function text({ payload }) {
  const { tag, val } = payload;
  return typeof val === "object" ? [val.code, val.detail, val.text].filter(Boolean).join(": ") : (val ?? tag);
}

/** The export `wasi:cli/run`; what `main` throws is a line on standard error. */
export const command = (main) => ({
  run() {
    try {
      main(...getArguments().slice(1));
    } catch (error) {
      console.error(error.payload ? text(error) : error.message);
      throw undefined;
    }
  },
});
