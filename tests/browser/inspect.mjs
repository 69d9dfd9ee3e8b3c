// `wasocket run --inspect` as a browser shows it: node inspect.mjs CHROMIUM WASOCKET PICTURE
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [chromium, wasocket, picture] = process.argv.slice(2);
const signal = AbortSignal.timeout(240_000);
const MARKUP = `/<img src=x onerror="document.title='caught'">`;
const PROGRAM = `
import socket, sys
with socket.socket(socket.AF_UNIX) as other:
    try:
        other.connect(sys.argv[2])
    except PermissionError:
        pass
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as visit:
    while data := visit.recv(1 << 16):
        visit.sendall(data)
sys.exit(5)
`;

const server = net.createServer().listen(0, "127.0.0.1");
await once(server, "listening", { signal });
const port = server.address().port;
const rule = `--allow-outbound tcp://127.0.0.1:${port}`;
const connection = once(server, "connection", { signal });
const rules = [...rule.split(" "), "--allow-outbound", "unix:///db.sock"];
const words = ["run", "--inspect", "127.0.0.1:0", ...rules, "-c", PROGRAM, String(port), MARKUP];
const program = spawn(wasocket, words, { stdio: ["ignore", "inherit", "pipe"] });
const ended = once(program, "exit", { signal });

async function urlOf(program) {
  for await (const line of createInterface({ input: program.stderr })) {
    const [url] = line.match(/http:\S+/) ?? [];
    if (url) return url;
  }
  throw new Error("wasocket has printed no URL");
}

const url = await urlOf(program);
program.stderr.resume();
const options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args: options });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 760 });
  const [complaints, requests] = [[], []];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => requests.push(request.url()));
  const [peer] = await connection;
  await page.goto(url, { waitUntil: "domcontentloaded" });

  const has = (selector, text) =>
    page.waitForFunction(
      (selector, text) => [...document.querySelectorAll(selector)].some((found) => found.textContent.includes(text)),
      {},
      selector,
      text,
    );
  await has("#status", "running");
  await has("#sockets tbody tr", `tcpconnected${peer.remoteAddress}:${peer.remotePort}127.0.0.1:${port}`);

  // Bytes are counted as they go.
  peer.write("x".repeat(4321));
  await has("#sockets tbody td", "4321");

  // The decision leads to the rule.
  await has("#events tbody tr", "decision connect");
  const decision = await page.waitForSelector("#events a[href='#rule-1']");
  assert.equal(await decision.evaluate((link) => link.textContent), rule);
  await decision.evaluate((link) => link.click());
  assert.equal(await page.$eval(":target", (found) => found.textContent), rule);

  // What a program or its peers say is text.
  await has("#events tbody td", MARKUP);
  assert.equal(await page.$("img"), null);
  assert.equal(await page.title(), "wasocket");
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: picture });

  peer.end();
  await has("#status", "ended with status 5");
  await has("#events tbody tr", "closed, 4321 sent, 4321 received");
  assert.equal(await page.$("#sockets tbody tr"), null);
  assert.deepEqual(await ended, [5, null]);
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests.filter((request) => !request.startsWith(url)), []);
} finally {
  await browser.close();
  program.kill();
  server.close();
}
console.log(`the page shows what it is to show: ${picture}`);
