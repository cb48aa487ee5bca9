// The package acme-client of npm: issues, renews, changes the key of its account and revokes. What it does is said in words,
// one a line, and the certificates are written to first.pem and second.pem in the folder that it runs in.
//
// node acme-client.cjs DIRECTORY CHALLENGE NAME ZONE HTTP-PORT TLS-PORT [KID HMAC]
const acme = require('acme-client');
const fs = require('fs');
const http = require('http');
const path = require('path');
const tls = require('tls');

const [directoryUrl, wanted, name, zone, httpPort, tlsPort, kid, hmacKey] = process.argv.slice(2);

// Answers http-01 with what is in `bodies`, and tls-alpn-01 with `shown`.
const bodies = new Map();
let shown;
const web = http.createServer((request, response) => {
  const body = bodies.get(path.basename(request.url));
  response.writeHead(body === undefined ? 404 : 200).end(body);
});
const alpn = tls.createServer({
  ALPNProtocols: ['acme-tls/1'],
  SNICallback: (_, done) => done(null, tls.createSecureContext({ key: shown[0], cert: shown[1] })),
}, (socket) => socket.end());

async function prove(client, authorization) {
  const challenge = authorization.challenges.find(({ type }) => type === wanted);
  const keyAuthorization = await client.getChallengeKeyAuthorization(challenge);
  const record = path.join(zone, `_acme-challenge.${authorization.identifier.value}`);
  if (wanted === 'http-01') bodies.set(challenge.token, keyAuthorization);
  if (wanted === 'dns-01') fs.writeFileSync(record, `${keyAuthorization}\n`);
  if (wanted === 'tls-alpn-01') shown = await acme.crypto.createAlpnCertificate(authorization, keyAuthorization);
  await client.completeChallenge(challenge);
  await client.waitForValidStatus(challenge);
}

async function issue(client, file) {
  const order = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] });
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status === 'pending') await prove(client, authorization);
  }
  const [, csr] = await acme.crypto.createCsr({ altNames: [name] });
  const certificate = await client.getCertificate(await client.finalizeOrder(order, csr));
  fs.writeFileSync(file, certificate);
  return certificate;
}

async function main() {
  await new Promise((done) => web.listen(httpPort, '127.0.0.1', done));
  await new Promise((done) => alpn.listen(tlsPort, '127.0.0.1', done));
  const externalAccountBinding = kid ? { kid, hmacKey } : {};
  const accountKey = await acme.crypto.createPrivateEcdsaKey();
  const client = new acme.Client({ directoryUrl, accountKey, externalAccountBinding, backoffMin: 200, backoffMax: 1000 });
  await client.createAccount({ termsOfServiceAgreed: true });
  await issue(client, 'first.pem');
  console.log('issued');
  await client.updateAccountKey(await acme.crypto.createPrivateEcdsaKey());
  console.log('key changed');
  const second = await issue(client, 'second.pem');
  console.log('renewed');
  await client.revokeCertificate(second, { reason: 4 });
  console.log('revoked');
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
