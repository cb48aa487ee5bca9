// A mutual-TLS client with nothing but Node.js.
//
//   node node/client.js trust/node.languages.internal SERVER_NAME HOST:PORT
//
// Reads from that directory:
//   fullchain.pem  our certificate and the intermediate above it
//   key.pem        our private key
//   roots.pem      the roots whose servers we accept

const fs = require("node:fs");
const https = require("node:https");
const path = require("node:path");

const [trust, name, address] = process.argv.slice(2);
const [host, port] = address.split(":");
const read = (file) => fs.readFileSync(path.join(trust, file));

const options = {
  host,
  port,
  servername: name, // the name that is verified
  headers: { host: name },
  cert: read("fullchain.pem"),
  key: read("key.pem"),
  ca: read("roots.pem"),
  minVersion: "TLSv1.3",
  timeout: 5000,
  agent: false,
};

const request = https.get(options, (response) => response.pipe(process.stdout));
request.on("timeout", () => request.destroy(new Error("no answer within 5 seconds")));
request.on("error", (refused) => {
  console.error(`refused: ${refused.message}`);
  process.exitCode = 1;
});
