#!/bin/sh
# A mutual-TLS client with curl.
#
#   sh curl/client.sh trust/curl.languages.internal SERVER_NAME HOST:PORT
#
# Reads from that directory:
#   fullchain.pem  our certificate and the intermediate above it
#   key.pem        our private key
#   roots.pem      the roots whose servers we accept
set -eu
trust=$1 name=$2 address=$3

# The name is verified as always; only where to connect is said apart from it.
exec curl --silent --show-error --max-time 5 --tlsv1.3 --noproxy '*' \
    --cert "$trust/fullchain.pem" --key "$trust/key.pem" --cacert "$trust/roots.pem" \
    --connect-to "$name:443:$address" "https://$name/"
