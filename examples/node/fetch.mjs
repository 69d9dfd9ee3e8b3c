// Fetch a page with sockets as Python has them: `node fetch.mjs HOST PORT`.
import { netdb, sockets } from "wasocket";

const [host, port] = process.argv.slice(2);
const second = 1_000_000_000n;

/** Python's `socket.create_connection((host, port), timeout=10)`. */
function createConnection(host, port) {
  let refused;
  const lookup = netdb.Getaddrinfo.create(host, port, { type: { tag: "stream" }, protocol: 0, flags: {} });
  for (const found of lookup.take(10n * second)) {
    const socket = sockets.Socket.create(found.family, found.type, found.protocol);
    try {
      socket.setTimeout(10n * second);
      socket.connect(found.address);
      return socket;
    } catch (error) {
      socket.close();
      refused = error;
    }
  }
  throw refused;
}

try {
  const socket = createConnection(host, port);
  socket.sendAll(new TextEncoder().encode(`GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`), {});
  const parts = [];
  for (let part; (part = socket.recv(65536, {})).length > 0; ) parts.push(part);
  socket.close();
  const [head, body] = Buffer.concat(parts).toString().split("\r\n\r\n");
  console.log(`${head.split(" ")[1]} ${body.trimEnd()}`);
  process.exit(0);
} catch (error) {
  // The contract's errors are thrown as they are: `{ tag: "os", val: { code: "connection-refused" } }`.
  console.error(`${host} port ${port}: ${error.tag ? JSON.stringify(error) : error}`);
  process.exit(1);
}
