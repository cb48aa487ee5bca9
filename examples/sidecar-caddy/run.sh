#!/bin/sh
# Everything in one command: the authority, three services, their sidecars, every call, every refusal. What it makes lies in a
# folder of its own, which is removed at the end unless RUN names one.
#
# Needs handfast, caddy (2.8 or newer), go, python3, node, curl and openssl. HANDFAST and CADDY name programs that are not in PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
handfast=${HANDFAST:-handfast}
caddy=${CADDY:-caddy}
if [ -z "${RUN:-}" ]; then
	RUN=$(mktemp -d)
	remove=$RUN
fi
export RUN
running=""
stop() {
	for one in $running; do kill "$one" 2>/dev/null || true; done
	wait
	[ -z "${remove:-}" ] || rm -rf "$remove"
}
trap stop EXIT
trap 'exit 1' INT TERM

# start LOG PROGRAM WORD…
start() {
	log=$1
	shift
	"$@" > "$RUN/$log.log" 2>&1 &
	running="$running $!"
}

# until_true WHAT COMMAND…: half a minute, ten times a second.
until_true() {
	what=$1
	shift
	tries=0
	until "$@" > "$RUN/last.log" 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 300 ]; then
			echo "$what did not come" >&2
			tail -n 5 "$RUN"/*.log >&2
			exit 1
		fi
		sleep 0.1
	done
}

echo "== the authority: trust for everyone, and an ACME server"
cp "$here/handfast.toml" "$RUN/"
cd "$RUN"
"$handfast" apply > apply.log
start handfast "$handfast" serve
roots=$RUN/trust/go.sidecar.internal/roots.pem
directory=https://127.0.0.10:8443/acme/services/directory
until_true "the authority" curl --silent --fail --cacert "$roots" "$directory"

echo "== three services in plain HTTP, and a sidecar for each"
GOTOOLCHAIN=local GO111MODULE=off go build -o "$RUN/go-service" "$here/go/main.go"
start go "$RUN/go-service" go 18011 http://127.0.0.11:8180
start python python3 "$here/python/main.py" python 18012 http://127.0.0.12:8180
start node node "$here/node/main.js" node 18013 http://127.0.0.13:8180
for sidecar in "go 127.0.0.11 18011" "python 127.0.0.12 18012" "node 127.0.0.13 18013"; do
	set -- $sidecar
	export NAME="$1" ADDRESS="$2" PORT="$3" HOME="$RUN"
	start "caddy-$1" "$caddy" run --config "$here/Caddyfile"
done
for name in go python node; do
	until_true "the certificate of $name" grep -q "certificate obtained successfully" "caddy-$name.log"
done
"$handfast" list --profile sidecar

echo "== every service asks every other, through its sidecar"
for pair in "go 18011 python" "go 18011 node" "python 18012 go" "python 18012 node" "node 18013 go" "node 18013 python"; do
	set -- $pair
	until_true "an answer of $3" curl --silent --fail "http://127.0.0.1:$2/ask/$3"
	echo "$1 asks $3: $(cat last.log)"
done

# ask WORD…: python's sidecar is asked by somebody else. Whom it refuses learns so when it ends the connection.
ask() {
	status=0
	curl --silent --http1.1 --cacert "$roots" --resolve python.sidecar.internal:8443:127.0.0.12 "$@" \
		https://python.sidecar.internal:8443/ || status=$?
	case $status in
	0) ;;
	16 | 35 | 52 | 55 | 56) echo "refused" ;;
	*) echo "curl ends with $status" ;;
	esac
}

echo "== a caller without a certificate, and one with a certificate of nobody"
echo "without: $(ask)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=go.sidecar.internal \
	-addext subjectAltName=DNS:go.sidecar.internal -keyout stranger.key -out stranger.pem 2> /dev/null
echo "stranger: $(ask --cert stranger.pem --key stranger.key)"

echo "== the certificate of go is revoked"
mine=$(find caddy/go/certificates -name go.sidecar.internal.crt)
cp "$mine" revoked.pem
cp "${mine%.crt}.key" revoked.key
echo "before: $(ask --cert revoked.pem --key revoked.key)"
"$handfast" revoke "$(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)" --reason superseded > revoke.log 2>&1
"$handfast" crl services --out services.crl > crl.log 2>&1
cat "$roots" services.crl > roots-and-crl.pem
echo "openssl with the CRL: $(openssl verify -crl_check -CAfile roots-and-crl.pem -untrusted revoked.pem revoked.pem 2>&1 |
	grep -m 1 revoked)"
echo "Caddy, which reads no CRL: $(ask --cert revoked.pem --key revoked.key)"
