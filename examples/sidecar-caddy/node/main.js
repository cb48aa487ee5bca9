// A service that knows nothing of certificates: `node main.js NAME PORT SIDECAR`.
//
// `/` says who asked. `/ask/OTHER` asks the other service, through the sidecar.
const http = require('http');

const [name, port, sidecar] = process.argv.slice(2);

http.createServer(async (request, response) => {
  if (request.url === '/') {
    response.end(`hello ${request.headers['x-caller']}, this is ${name} in Node.js\n`);
  } else if (request.url.startsWith('/ask/')) {
    const answer = await fetch(`${sidecar}/${request.url.slice('/ask/'.length)}/`);
    response.writeHead(answer.status).end(await answer.text());
  } else {
    response.writeHead(404).end('not here\n');
  }
}).listen(port, '127.0.0.1');
