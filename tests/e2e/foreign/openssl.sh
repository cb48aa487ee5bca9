# Files as OpenSSL writes them, into the current folder. The password is `open sesame`.
set -eu
password='pass:open sesame'
quiet() { "$@" 2>/dev/null; }

quiet openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
quiet openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -outform DER -out p384.der
quiet openssl genpkey -algorithm ED25519 -out ed25519.pem
quiet openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
quiet openssl ec -in p256.pem -out p256-sec1.pem
quiet openssl rsa -in rsa.pem -traditional -out rsa-pkcs1.pem
quiet openssl rsa -in rsa.pem -traditional -outform DER -out rsa-pkcs1.der
openssl pkcs8 -topk8 -in p256.pem -passout "$password" -out p256-encrypted.pem
openssl pkcs8 -topk8 -in p256.pem -passout "$password" -scrypt -out p256-scrypt.pem
openssl pkey -in p256.pem -pubout -out p256-public.pem

cat >openssl.cnf <<'END'
[req]
distinguished_name = subject
[subject]
[ca]
default_ca = authority
[authority]
database = index.txt
crlnumber = number
default_md = sha256
default_crl_days = 30
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
openssl req -x509 -new -key p256.pem -subj '/C=DE/O=Foreign/CN=root' -days 30 -config openssl.cnf -extensions root \
    -out cert.pem
openssl x509 -in cert.pem -outform DER -out cert.der
openssl x509 -in cert.pem -text -out cert-with-text.pem
openssl req -new -key rsa.pem -subj '/CN=a.foreign.internal' -addext 'subjectAltName=DNS:a.foreign.internal' \
    -config openssl.cnf -out request.pem
openssl req -in request.pem -outform DER -out request.der
: >index.txt
echo 01 >number
quiet openssl ca -gencrl -config openssl.cnf -cert cert.pem -keyfile p256.pem -out crl.pem
openssl crl -in crl.pem -outform DER -out crl.der
openssl crl2pkcs7 -nocrl -certfile cert.pem -out bundle.p7b
openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out bundle.p7c

openssl pkcs12 -export -inkey p256.pem -in cert.pem -name foreign -passout "$password" -out modern.p12
openssl pkcs12 -export -inkey p256.pem -in cert.pem -name foreign -passout "$password" -legacy -out legacy.p12
openssl pkcs12 -export -nokeys -in cert.pem -passout "$password" -out certificates.p12
