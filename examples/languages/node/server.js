// A mutual-TLS server with nothing but Node.js.
//
//   node node/server.js trust/node.languages.internal [PORT]
//
// Reads from that directory:
//   fullchain.pem  our certificate and the intermediate above it
//   key.pem        our private key
//   roots.pem      the roots whose clients we accept

const fs = require("node:fs");
const https = require("node:https");
const path = require("node:path");

const [trust, port = "8443"] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(trust, name));
const us = path.basename(trust);

const options = {
  cert: read("fullchain.pem"),
  key: read("key.pem"),
  ca: read("roots.pem"),
  requestCert: true, // without these two lines
  rejectUnauthorized: true, // anybody may connect
  minVersion: "TLSv1.3",
  handshakeTimeout: 5000,
};

// Answers every request with one line.
const server = https.createServer(options, (request, response) => {
  const tls = request.socket;
  // The first subject alternative name, which Node.js writes as `DNS:name`.
  const peer = tls.getPeerCertificate().subjectaltname.split(", ")[0].replace("DNS:", "");
  console.log(`accepted ${peer} over ${tls.getProtocol()}`);
  response.end(`hello ${peer}, this is ${us}\n`);
});

// The reason is on the socket when the certificate was refused; the error alone would say `socket hang up`.
server.on("tlsClientError", (error, tls) => {
  console.log(`refused: ${tls.authorizationError ?? error.reason ?? error.message}`);
});

server.listen(Number(port), "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
