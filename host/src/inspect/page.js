// Shows what the server says. Every text is set as text: names come from whoever the program talks to.
"use strict";

const MOST_EVENTS = 2000;
const status = document.getElementById("status");
const sockets = document.querySelector("#sockets tbody");
const older = document.getElementById("older");
const events = document.querySelector("#events tbody");
const rules = document.getElementById("rules");
const anchors = new Map();

function cell(row, text, kind) {
  const made = row.insertCell();
  made.textContent = text ?? "";
  if (kind) made.className = kind;
  return made;
}

function link(made, text, anchor) {
  if (!anchor) {
    made.textContent = text ?? "";
    return;
  }
  const to = document.createElement("a");
  to.textContent = text;
  to.href = "#" + anchor;
  made.replaceChildren(to);
}

function showRules(texts) {
  if (texts.length === anchors.size && texts.every((text) => anchors.has(text))) return;
  anchors.clear();
  const items = [...new Set(texts)].map((text, index) => {
    const item = document.createElement("li");
    item.id = "rule-" + (index + 1);
    item.textContent = text;
    anchors.set(text, item.id);
    return item;
  });
  rules.replaceChildren(...items);
}

function showSockets(now) {
  const rows = now.sockets.map((socket) => {
    const row = document.createElement("tr");
    const { protocol, state, local, peer } = socket;
    for (const text of [socket.socket, protocol, state, local, peer, socket.bytes_sent, socket.bytes_received]) {
      cell(row, text);
    }
    return row;
  });
  sockets.replaceChildren(...rows);
  older.hidden = now.older === 0;
  older.textContent = `and ${now.older} older`;
}

function place(address, port) {
  const host = address.includes(":") ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

function target(event) {
  const where = event.address === undefined ? event.path : place(event.address, event.port);
  return [event.name, where].filter((text) => text !== undefined).join(" = ");
}

function outcome(event) {
  switch (event.event) {
    case "decision":
      return [event.verdict, event.verdict];
    case "state":
      return [[event.state, event.errno].filter(Boolean).join(" "), event.errno ? "failed" : ""];
    case "lookup":
      return event.errno ? [event.errno, "failed"] : [(event.addresses ?? []).join(" "), "found"];
    default:
      return [`closed, ${event.bytes_sent ?? "?"} sent, ${event.bytes_received ?? "?"} received`, ""];
  }
}

function showEvent(event) {
  const row = events.insertRow(0);
  cell(row, event.time.slice(11, 23));
  cell(row, event.event === "socket" ? "end" : `${event.event} ${event.operation}`);
  cell(row, event.socket);
  cell(row, [event.protocol, target(event)].filter(Boolean).join(" "));
  cell(row, ...outcome(event));
  if (event.rule) link(cell(row), event.rule, anchors.get(event.rule));
  else if (event.reason) link(cell(row), event.reason, "reason-" + event.reason);
  else cell(row, event.event === "decision" ? "needs none" : "");
  if (events.rows.length > MOST_EVENTS) events.deleteRow(-1);
}

function showGap(count, why) {
  const row = events.insertRow(0);
  row.className = "gap";
  cell(row, `${count} events ${why}`).colSpan = 6;
}

const source = new EventSource("events");
const on = (kind, show) => source.addEventListener(kind, (message) => show(JSON.parse(message.data)));
on("start", ({ earlier }) => {
  status.textContent = "running";
  events.replaceChildren();
  if (earlier > 0) showGap(earlier, "were before those that are kept");
});
on("now", (now) => {
  showRules(now.rules);
  showSockets(now);
});
on("event", showEvent);
on("gap", ({ missed }) => showGap(missed, "were missed: they came faster than this page could take them"));
on("end", (end) => {
  source.close();
  status.textContent = end.status === null ? "ended by a trap" : `ended with status ${end.status}`;
});
source.addEventListener("error", () => {
  status.textContent = "the connection is lost";
});
