
"use strict";
// Keeps the server-rendered page up to date. It builds the same elements from a status as page.cpp does.

const period = 2000; // ms between polls of the server
const patience = 10000; // ms to wait for its answer, and for STUN's
const by = (id) => document.getElementById(id);

// Makes an element. Text is never parsed as HTML.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Makes a node equal to another, touching only what differs, so that a reader's selection and scroll position survive.
function become(node, wanted) {
  if (node.nodeName !== wanted.nodeName) return node.replaceWith(wanted);
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const name of ["class", "data-label"]) {
    const value = wanted.getAttribute(name);
    if (value === null) node.removeAttribute(name);
    else if (value !== node.getAttribute(name)) node.setAttribute(name, value);
  }
  fill(node, [...wanted.childNodes]);
}

function fill(parent, children) {
  const had = [...parent.childNodes];
  children.forEach((child, i) => (i < had.length ? become(had[i], child) : parent.append(child)));
  had.slice(children.length).forEach((each) => each.remove());
}

const sum = (values) => values.reduce((all, each) => all + each, 0);
const grouped = (value) => value.toLocaleString("en-US");

function rateText(rate) {
  return (rate > 0 && rate < 100 ? rate.toFixed(1) : grouped(Math.round(rate))) + "/s";
}

function duration(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const at = units.findIndex(([size]) => seconds >= size);
  if (at < 0 || at === 3) return `${Math.max(seconds, 0)} s`;
  const [[big, bigUnit], [small, smallUnit]] = units.slice(at);
  return `${Math.floor(seconds / big)} ${bigUnit} ${Math.floor((seconds % big) / small)} ${smallUnit}`;
}

// The counts of the previous poll, by name, for rates. Discarded when the server has restarted.
let before = null;

class Look {
  constructor(status) {
    this.server = `${status.pid} ${status.started}`;
    this.time = performance.now();
    this.counts = new Map();
  }
  // Spans with the rate, if known, and the total.
  amount(key, total) {
    this.counts.set(key, total);
    const spans = [make("span", { class: "total" }, grouped(total))];
    const last = before !== null && before.server === this.server ? before.counts.get(key) : undefined;
    if (last !== undefined && last <= total) {
      const rate = (total - last) / ((this.time - before.time) / 1000);
      spans.unshift(make("span", { class: "rate" }, rateText(rate)));
    }
    return spans;
  }
}

function totals(address) {
  const of = (what) => sum(address.traffic.map((each) => each[what]));
  return { requests: of("requests"), replies: of("replies"), drops: of("dropped") + address.dropped + address.unsent };
}

function cell(label, children, kind) {
  return make("td", { "data-label": label, ...(kind && { class: kind }) }, ...children);
}

function list(texts) {
  return texts.length === 0 ? [] : [make("ul", {}, ...texts.map((each) => make("li", {}, each)))];
}

function served(port) {
  const transports = [port.udp && "udp", port.tcp && "tcp"].filter(Boolean).join("+");
  return `${port.protocols.join("+").toUpperCase()} ${port.port} ${transports}`;
}

function addressRow(address, look) {
  const all = totals(address);
  const amount = (what) => look.amount(JSON.stringify([address.interface, address.address, what]), all[what]);
  return make("tr", {},
    cell("Interface", [address.interface], "name"),
    cell("Address", [address.address], "name"),
    cell("Served", list(address.served.map(served))),
    cell("Views", list(address.views)),
    cell("Requests", amount("requests"), "number"),
    cell("Replies", amount("replies"), "number"),
    cell("Drops", amount("drops"), "number"));
}

function tiles(status, look) {
  const all = status.addresses.map(totals);
  return [["Requests", "requests"], ["Replies", "replies"], ["Drops", "drops"]].map(([name, what]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, ...look.amount(what, sum(all.map((each) => each[what]))))));
}

function facts(status) {
  const { done, refused, busy } = status.reloads;
  const reloads = `${grouped(done)} done${refused ? `, ${grouped(refused)} of them refused` : ""}` +
    (busy ? ", one goes on" : "");
  return [["Version", status.version], ["Up", duration(status.uptime_seconds)], ["Workers", `${status.workers}`],
    ["Process", `${status.pid}`], ["Reloads", reloads], ["Configuration", status.configuration]]
    .map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)));
}

function notices(status) {
  const notice = (words, texts) => make("div", { class: "notice" }, make("p", {}, words), ...list(texts));
  const all = [];
  if (!status.live) all.push(notice("A worker has not answered lately.", []));
  if (!status.ready) all.push(notice("Not ready:", status.not_ready));
  if (status.not_served.length) all.push(notice("Cannot be had, all else is served:", status.not_served));
  if (status.reloads.last_refused) {
    all.push(notice("The last reload was refused, and all stays as it was:", status.reloads.words));
  } else if (status.reloads.words.length > 0) {
    all.push(notice("The last reload had something to say:", status.reloads.words));
  }
  return all;
}

function measureTable(metric, samples) {
  const names = Object.keys(samples[0].labels);
  const heading = [...names.map((name) => make("th", { scope: "col" }, name)),
    make("th", { scope: "col", class: "number" }, "value")];
  const rows = samples.map((each) => make("tr", {}, ...names.map((name) => make("td", {}, each.labels[name] ?? "")),
    make("td", { class: "number" }, each.value === null ? "-" : `${each.value}`)));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heading)), make("tbody", {}, ...rows));
  return make("section", {}, make("h3", {}, samples[0].help), make("p", { class: "metric" }, metric),
    make("div", { class: "scroll", tabindex: "0" }, table));
}

function measures(status) {
  return Object.entries(status.measures).filter(([, all]) => all.length > 0).map(([protocol, all]) => {
    const names = [...new Set(all.map((each) => each.name))].sort();
    const tables = names.map((name) =>
      measureTable(`thence_${protocol}_${name}`, all.filter((each) => each.name === name)));
    return make("section", { class: "protocol" }, make("h2", {}, protocol.toUpperCase()),
      make("div", { class: "measures" }, ...tables));
  });
}

function counters(status, look) {
  return Object.entries(status.counters).filter(([, value]) => value > 0).map(([name, value]) =>
    make("tr", {}, make("td", {}, name), make("td", { class: "number" }, ...look.amount(`counter ${name}`, value))));
}

function show(kind, words) {
  by("state").className = kind;
  if (by("state").textContent !== words) by("state").textContent = words;
}

function showState(status) {
  if (!status.live) return show("bad", "Stuck");
  if (!status.ready) return show("doubt", "Not ready");
  show("good", status.reloads.busy ? "Reloading" : "Ready");
}

function render(status) {
  const look = new Look(status);
  showState(status);
  fill(by("notices"), notices(status));
  fill(by("tiles"), tiles(status, look));
  fill(by("facts"), facts(status));
  fill(by("addresses"), status.addresses.map((each) => addressRow(each, look)));
  fill(by("measures"), measures(status));
  fill(by("counters"), counters(status, look));
  by("http-saw").textContent = status.peer.address;
  offer(status);
  before = look;
}

// STUN servers that a browser can ask: link-local addresses need an interface, which a URL cannot name.
function askable(status) {
  const isLinkLocal = (address) => address.includes("%") || /^fe[89ab]/i.test(address);
  return status.addresses.flatMap(({ address, served: ports }) => {
    const port = ports.find((each) => each.udp && each.protocols.includes("stun"));
    return port && !isLinkLocal(address) ? [{ address, port: port.port }] : [];
  });
}

const hostText = ({ address, port }) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
const isLoopback = (address) => address.startsWith("127.") || address === "::1";
let offered = "";

function offer(status) {
  const servers = askable(status);
  const isPossible = typeof RTCPeerConnection === "function" && servers.length > 0;
  by("ask").hidden = !isPossible;
  by("why-not").hidden = isPossible;
  by("why-not").textContent = servers.length > 0 ? "This browser has no WebRTC, which is needed to ask over STUN."
    : "No address that a browser can reach serves STUN over UDP.";
  const now = servers.map(hostText).join(" ");
  if (now === offered) return;
  offered = now;
  const chosen = by("asked").value;
  by("asked").replaceChildren(...servers.map((each) => make("option", {}, hostText(each))));
  const here = location.hostname.replace(/^\[|\]$/g, "");
  const best = servers.find((each) => hostText(each) === chosen) ?? servers.find((each) => each.address === here) ??
    servers.find((each) => !isLoopback(each.address)) ?? servers[0];
  if (best) by("asked").value = hostText(best);
}

// The reflexive address that a STUN server sees. A browser reports no reflexive candidate equal to a host candidate. So
// without one, a host candidate whose address is known, and whose request did not fail, is the reflexive address.
function reflexive(server) {
  return new Promise((resolve, reject) => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:${server}` }] });
    const own = new Map();
    const end = (settle, value) => {
      clearTimeout(timer);
      connection.close();
      settle(value);
    };
    const timer = setTimeout(() => end(reject, new Error("no answer in 10 s")), patience);
    const isOfFamily = (address) => address.includes(":") === server.startsWith("[");
    connection.onicecandidateerror = (event) => own.delete(`${event.address} ${event.port}`);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) {
        const [first] = own.values();
        return first ? end(resolve, first) : end(reject, new Error("no answer"));
      }
      if (!candidate.candidate) return;
      const [, , transport, , address, port, , type] = candidate.candidate.split(" ");
      if (transport.toLowerCase() !== "udp") return;
      if (type === "srflx") return end(resolve, { address, port });
      const isTold = type === "host" && !address.endsWith(".local");
      if (isTold && isOfFamily(address)) own.set(`${address} ${port}`, { address, port });
    };
    connection.createDataChannel("address");
    connection.setLocalDescription().catch((error) => end(reject, error));
  });
}

function verdict(stun, http) {
  if (stun.includes(":") !== http.includes(":")) return "One is IPv4 and the other IPv6: there is nothing to compare.";
  if (stun === http) return "Both saw the same address.";
  return "They saw different addresses: a proxy or tunnel carries one of the two, or another way leads to the " +
    "address asked.";
}

by("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const server = by("asked").value;
  const button = by("ask").querySelector("button");
  button.disabled = true;
  by("stun-row").hidden = false;
  by("stun-saw").textContent = "…";
  by("verdict").textContent = "";
  try {
    const { address, port } = await reflexive(server);
    by("stun-saw").textContent = `${address} port ${port}`;
    by("verdict").textContent = verdict(address, by("http-saw").textContent);
  } catch (error) {
    by("stun-saw").textContent = "nothing";
    by("verdict").textContent = `${server}: ${error.message}. Does a firewall drop UDP, or can this browser not ` +
      "reach that address?";
  }
  button.disabled = false;
});

let timer = null;
let lastSeen = new Date();

function gone() {
  show("bad", "No answer");
  const time = lastSeen.toLocaleTimeString();
  by("gone").textContent = `The server has not answered since ${time}. This page shows its state at that time.`;
  by("gone").hidden = false;
}

// The status; null if there is no answer.
async function look() {
  try {
    const response = await fetch("status.json", { cache: "no-store", signal: AbortSignal.timeout?.(patience) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function poll() {
  timer = null;
  const status = await look();
  if (status === null) {
    gone();
  } else {
    lastSeen = new Date();
    by("gone").hidden = true;
    render(status);
  }
  schedule();
}

// A hidden page need not be updated.
function schedule() {
  if (timer === null && !document.hidden) timer = setTimeout(poll, period);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    timer = null;
  } else {
    before = null; // a rate since then would be an average over the hidden time
    if (timer === null) timer = setTimeout(poll, 0);
  }
});
poll();
