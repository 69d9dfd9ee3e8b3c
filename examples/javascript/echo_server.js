// echo_server [CONNECTIONS]: serves any number of clients at a time, one `poll` for all of them; ends after so many.
import { poll } from "wasocket:socket/polling@0.1.0";
import { Socket } from "wasocket:socket/sockets@0.1.0";
import { command, second } from "./example.js";

/** Sends back what has come; whether there may be more. */
function echo(client) {
  try {
    const data = client.recv(65_536, {});
    client.sendAll(data, {});
    return data.length > 0;
  } catch {
    return false; // this client is gone; the others are not
  }
}

export const run = command((connections) => {
  let left = Number(connections ?? Infinity);
  const server = Socket.create({ tag: "inet" }, { tag: "stream" }, 0);
  server.bind({ tag: "inet", val: { address: [127, 0, 0, 1], port: 0 } });
  server.listen(64);
  console.log(`listening: 127.0.0.1:${server.getsockname().val.port}`);

  let clients = [];
  while (left > 0 || clients.length > 0) {
    const asked = [[server, { readable: left > 0 }], ...clients.map((client) => [client, { readable: true }])];
    const [hasCalled, ...ready] = poll(asked, undefined).map((events) => Object.values(events).some(Boolean));
    clients = clients.filter((client, index) => {
      if (!ready[index] || echo(client)) return true;
      client.close();
      return false;
    });
    if (hasCalled) {
      const [client, peer] = server.accept();
      client.setTimeout(10n * second);
      console.log(`connected: 127.0.0.1:${peer.val.port}`);
      clients.push(client);
      left -= 1;
    }
  }
});
